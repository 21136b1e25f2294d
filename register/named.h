/* A named worker (design.md D11): somebody whom the circle of one child admits for a time, so that
 * a hidden family is served inside the register. Two people name them, neither of them the worker;
 * it ends by its day, or earlier by the lead. ITEM_NAMED_WORKER: its subject is the worker, its end
 * the last day; sealed under the record. It lifts shields for that child (rule C-08) and grants
 * nothing: what the worker may see is what their role and relation to the child are granted. */
#ifndef REGISTER_NAMED_H
#define REGISTER_NAMED_H

#include "base/json.h"
#include "register/op.h"

#define NAMED_WAITS 1u /* flag: for a second person; such an item admits nobody */

struct named {
  struct item item;
  struct id maker, other; /* accounts; `other` is zero while it waits */
  struct id assignment;   /* the item that it made; zero: none */
  struct str purpose;     /* a policy word by name: also assigned for it; empty: not assigned */
  struct personal reason;
};
/* `child` is the record's secret. */
MUST_USE enum err named_read(struct op *op, struct named *ret_named, struct id id,
                             const struct audit_secret *child);
MUST_USE enum err named_put(struct op *op, struct named *named, const struct audit_secret *child);
/* Whoever proposed it, or is to be named: not the second person. */
bool named_is_party(const struct op *op, const struct named *named);
/* Members of an open object, for the circle. */
void named_write(struct json *json, const struct op *op, const struct named *named);

#endif
