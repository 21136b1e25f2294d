/* Whether a ticket may be used: who signed it, and whether a committed log entry bears it out. Pure
 * but for the lists it is given; it opens nothing. */
#ifndef CUSTODIAN_EVIDENCE_H
#define CUSTODIAN_EVIDENCE_H

#include "custodian/memory.h"

/* CUSTODIAN_SIGNATURE unless the requester has signed with a key enrolled for the ticket's person,
 * and `needed` other persons, all different, have approved; every signature that is there must
 * hold. CUSTODIAN_WITHDRAWN when one is by a key that was withdrawn, whenever it was made. */
MUST_USE enum custodian_status evidence_signed(const struct custodian_opening *opening,
                                               const struct memory_people *people, unsigned needed);
/* CUSTODIAN_EVIDENCE unless the entry is included under a head that `log_key` signed, the openings
 * are those that its leaf commits to, and they say what the ticket says. */
MUST_USE enum custodian_status evidence_committed(unsigned *ret_approvals,
                                                  const struct custodian_opening *opening,
                                                  const struct note_key *log_key);
/* CUSTODIAN_EXPIRED unless now < expiry <= now + CUSTODIAN_TICKET_LIFE_US. */
MUST_USE enum custodian_status evidence_in_time(const struct ticket *ticket, struct instant now);

#endif
