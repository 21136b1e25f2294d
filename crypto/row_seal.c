/* The seal of a whole row (envelope.h): columns are hashed with id and length in front, so no two
 * rows hash the same bytes. Checked before anything in the row is opened. */
#include <assert.h>
#include <sodium.h>

#include "base/arena.h"
#include "crypto/bytes.h"
#include "crypto/envelope.h"

_Static_assert(sizeof(struct row_seal) >= sizeof(crypto_generichash_state), "room for the state");

static crypto_generichash_state *state_of(struct row_seal *seal)
{
  return (crypto_generichash_state *)(void *)seal->state_;
}

static void seal_bytes(struct row_seal *seal, const void *bytes, size_t n)
{
  crypto_generichash_update(state_of(seal), bytes, n);
}

void row_seal_begin(struct row_seal *seal, const struct key *record_key,
                    const struct row_place *place)
{
  OWNED(key_wipe) struct key key;
  uint8_t head[ID_BYTES + ID_BYTES + 8 + 4];
  memcpy(head, place->authority, ID_BYTES);
  memcpy(head + 16, place->record, ID_BYTES);
  le64_put(head + 32, place->version);
  le32_put(head + 40, place->crypto_revision);

  key_derive(&key, record_key, "cnis/seal/1", NULL, 0);
  crypto_generichash_init(state_of(seal), key.secret_, KEY_BYTES, HASH_BYTES);
  seal_bytes(seal, head, sizeof head);
}

void row_seal_column(struct row_seal *seal, uint16_t column, const void *bytes, size_t n)
{
  uint8_t head[6];
  assert(n < UINT32_MAX);
  le16_put(head, column);
  le32_put(head + 2, bytes == NULL ? UINT32_MAX : (uint32_t)n);
  seal_bytes(seal, head, sizeof head);
  if (bytes != NULL) seal_bytes(seal, bytes, n);
}

void row_seal_finish(struct row_seal *seal, struct hash *ret_seal)
{
  crypto_generichash_final(state_of(seal), ret_seal->bytes, HASH_BYTES);
  wipe(seal, sizeof *seal);
}
