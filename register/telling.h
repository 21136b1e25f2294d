/* What was told by telephone of a spoken disclosure: who answered the call, and which words were
 * read out. An ITEM_TOLD, sealed under the record; it holds no value. */
#ifndef REGISTER_TELLING_H
#define REGISTER_TELLING_H

#include "register/op.h"

struct told_once {
  struct id record, disclosure, by;
  struct instant at;
  struct fieldset fields; /* words of the policy that the disclosure was made under */
  struct personal to;
};
/* `child` is the record's secret. ERR_TOO_LARGE. */
MUST_USE enum err told_put(struct op *op, const struct told_once *told,
                           const struct audit_secret *child);
/* A member "told": [{"to", "at", "by", "fields": [word]}], each time it was. */
MUST_USE enum err told_list(struct json *json, struct op *op, const struct told_once *about,
                            const struct audit_secret *child);

#endif
