/* The audit leaf (leaf.h). Hides by a 32-byte random salt for each view; must never be given a salt
 * twice. */
#include "crypto/leaf.h"

#include <sodium.h>
#include <string.h>

static const char leaf_tag[] = "cnis-audit-leaf/v1\n";
enum { LEAF_TAG = sizeof leaf_tag - 1 };
_Static_assert(LEAF_TAG + 1 + LEAF_VIEWS * HASH_BYTES == LEAF_BYTES, "a leaf's length");

struct str leaf_view_name(enum leaf_view view)
{
  static const struct str names[LEAF_VIEWS] = {[LEAF_CORE] = {"core", 4},
                                               [LEAF_WHO] = {"who", 3},
                                               [LEAF_WHAT] = {"what", 4},
                                               [LEAF_OPS] = {"ops", 3}};
  return names[view];
}

void leaf_commit(struct hash *ret_commitment, enum leaf_view view,
                 const uint8_t salt[static LEAF_SALT_BYTES], const void *payload, size_t n)
{
  static const uint8_t domain[] = "cnis-audit-view/v1\n";
  struct str name = leaf_view_name(view);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, salt, LEAF_SALT_BYTES);
  crypto_auth_hmacsha256_update(&state, domain, sizeof domain - 1);
  crypto_auth_hmacsha256_update(&state, (const uint8_t *)name.ptr, name.len);
  crypto_auth_hmacsha256_update(&state, (const uint8_t *)"\n", 1);
  crypto_auth_hmacsha256_update(&state, payload, n);
  crypto_auth_hmacsha256_final(&state, ret_commitment->bytes);
}

void leaf_write(uint8_t ret_leaf[static LEAF_BYTES],
                const struct hash commitments[static LEAF_VIEWS])
{
  memcpy(ret_leaf, leaf_tag, LEAF_TAG);
  ret_leaf[LEAF_TAG] = LEAF_VIEWS;
  for (size_t i = 0; i < LEAF_VIEWS; i++)
    memcpy(ret_leaf + LEAF_TAG + 1 + i * HASH_BYTES, commitments[i].bytes, HASH_BYTES);
}

enum err leaf_parse(struct hash ret_commitments[static LEAF_VIEWS], const void *leaf, size_t n)
{
  const uint8_t *in = leaf;
  if (n != LEAF_BYTES || memcmp(in, leaf_tag, LEAF_TAG) != 0 || in[LEAF_TAG] != LEAF_VIEWS)
    return ERR_CORRUPT;
  for (size_t i = 0; i < LEAF_VIEWS; i++)
    memcpy(ret_commitments[i].bytes, in + LEAF_TAG + 1 + i * HASH_BYTES, HASH_BYTES);
  return OK;
}
