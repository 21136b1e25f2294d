/* What shield.c and custody_shield.c must agree on, and nobody else needs: contexts and the lock.
 */
#ifndef CRYPTO_SHIELD_LAYERS_H
#define CRYPTO_SHIELD_LAYERS_H

#include "crypto/shield.h"

struct shield_layers {
  uint16_t outer_table, inner_table; /* envelope table ids; never reused */
  unsigned pad_class;
};
const struct shield_layers *shield_layers(enum shield_kind kind);

/* What the sealed box holds. */
struct shield_lock {
  struct key key;    /* of the inner envelope */
  struct hash place; /* BLAKE2b-256 of its place, since a sealed box has no context of its own */
};
void shield_lock_wipe(struct shield_lock *lock);

struct envelope_context shield_inner(enum shield_kind kind, const struct shield_place *place);

#endif
