/* A raise of a budget as it is kept: an item, so that it survives a restart; in memory it is a
 * struct budget_raise (budget.h). Whose and which window stand outside, the rest in its text. */
#ifndef REGISTER_RAISED_H
#define REGISTER_RAISED_H

#include "register/op.h"

#define RAISED_REASON_MAX 480

struct raised {
  struct budget_raise raise;
  struct instant at;
  struct id by; /* account of who raised it */
  struct personal reason;
};
/* With the op's commit; the budget in memory follows once it is durable. Sets raise.id. */
MUST_USE enum err raised_put(struct op *op, struct raised *raised);
MUST_USE enum err raised_read(struct op *op, struct raised *ret_raised, struct id id);
/* At start. A purpose that policy no longer has is POLICY_NO_WORD, and raises nothing. */
MUST_USE enum err raised_parse(struct budget_raise *ret_raise, const struct policy *policy,
                               const struct item *item, struct personal text);

#endif
