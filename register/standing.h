/* What an assignment stands for: the purpose and basis of the short view (GET /entries/{id}), kept
 * as words in the text of the assignment's item, so that a change of vocabulary moves nobody to
 * another purpose. */
#ifndef REGISTER_STANDING_H
#define REGISTER_STANDING_H

#include "register/op.h"
#include "register/operations.h"

struct standing {
  uint8_t purpose, basis; /* policy words */
};
/* The text of an ITEM_ASSIGNMENT: two lines. In the op's arena. */
MUST_USE enum err standing_write(struct op *op, struct personal *ret_text,
                                 const struct standing *standing);
/* Of this account's assignment to this child that is in force today. `child` seals its text.
 * *ret_found false: none, or its words are no longer in the vocabulary. */
MUST_USE enum err standing_find(struct op *op, struct standing *ret_standing, bool *ret_found,
                                struct id record, struct id account,
                                const struct audit_secret *child);
/* The request that it stands for, with no fields named. */
struct ask standing_ask(const struct op *op, const struct standing *standing);
/* Makes the item: `relation` is what relations.def calls it. */
MUST_USE enum err standing_put(struct op *op, struct id record, struct id account,
                               const struct standing *standing, enum relation_code relation,
                               struct day until, const struct audit_secret *child);

#endif
