/* Idempotency-Key: outcome and id are kept, nothing else. A replay is decided again, logged again
 * and written anew from what is held now; the same key with other content is refused
 * (ERR_KEY_REUSED). Kept for a day. The item's id is a keyed tag of account, key and operation, so
 * that two requests that race for it meet in the writer: one is applied, the other is run again and
 * finds it. */
#ifndef REGISTER_ONCE_H
#define REGISTER_ONCE_H

#include "register/op.h"
#include "register/operations.h"

struct once {
  struct id item;   /* zero: the caller sent no key */
  uint32_t version; /* of an older item under this key, whose day is over */
  struct hash body; /* keyed, of what was asked */
  bool is_replay;
  struct id made; /* of the replay: what the first one made */
};

/* `action` and the bytes say what is asked. ERR_KEY_REUSED. */
MUST_USE enum err once_begin(struct op *op, struct once *ret_once, enum action action,
                             const struct hash *body);
/* With the change, in the same commit; does nothing without a key or for a replay. */
MUST_USE enum err once_done(struct op *op, const struct once *once, struct id made);

/* A keyed hash of values as given, in their order; continue with *hash zeroed at first. */
void once_feed(const struct op *op, struct hash *hash, const void *bytes, size_t n);
void once_feed_values(const struct op *op, struct hash *hash, const struct given_list *values);

#endif
