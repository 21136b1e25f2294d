/* Entries that wait for their first safety decision, and what the circle has to see of them before
 * it decides. */
#ifndef REGISTER_WAITING_H
#define REGISTER_WAITING_H

#include "register/listing.h"

struct waiting {
  struct id *at; /* in the arena */
  size_t count;
};
/* What the safeguarding lead asks of each. */
struct ask waiting_ask(const struct op *op);
/* All that wait. */
MUST_USE enum err waiting_find(struct op *op, struct waiting *ret_waiting);
/* The protected children whom a row resembles, as intake noted it; only those that the caller's own
 * decision about each lets them know of. */
MUST_USE enum err waiting_resembled(struct op *op, struct waiting *ret_resembled, struct id record);
/* What the custodian said of the row, as it is now and with all that is protected now; one bit,
 * never which. Nothing counts while the custodian is away. */
enum waiting_compared { WAITING_NOT_COMPARED, WAITING_NO_HIT, WAITING_HIT };
enum waiting_compared waiting_compared(const struct op *op, struct id record);
/* Adds one to the list, with what the custodian said of it and the children whom it resembles;
 * nothing where the decision refuses. */
MUST_USE enum err waiting_list(struct op *op, struct listing *listing, struct id record);

#endif
