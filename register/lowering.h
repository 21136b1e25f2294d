/* Lowering to none: the values come out of the shielded compartment, by a ticket that two people
 * sign, and go back into casework.
 *
 *   proposal       one person (on_protection.c)
 *   lowering_offer the second person agrees and gets a ticket; nothing has changed yet
 *   lowering_make  with both signatures: an entry; then the custodian opens, a second entry with
 *                  the row; then the answer
 *
 * What has no place in casework (the safe-contact plan, former names and UPNs, reasons) does not
 * come out: the custodian takes the rest from the blob around it. */
#ifndef REGISTER_LOWERING_H
#define REGISTER_LOWERING_H

#include "custodian/protocol.h"
#include "register/asked.h"

/* The proposer has to sign too, and may sit elsewhere. */
#define LOWERING_TICKET_LIFE_US (INT64_C(4) * 60 * 60 * 1000000)

/* The second person has agreed: answers 202 with the ticket for them to sign. 409 while a patch
 * waits, since what it holds would be lost to them. */
MUST_USE enum err lowering_offer(struct op *op, const struct asked *asked, const struct ask *ask,
                                 struct entry_of *entry);
/* A TICKET_LOWER of this caller, with the signatures given. */
MUST_USE enum err lowering_make(struct op *op, const struct custodian_opening *opening);

#endif
