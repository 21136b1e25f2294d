/* The keyed multiset sum (fresh.h). Adds and subtracts 256-bit integers in time that does not
 * depend on them; must never store or show a sum unsealed. */
#include "crypto/fresh.h"

#include <sodium.h>

#include "base/arena.h"
#include "crypto/bytes.h"

void fresh_term(struct hash *ret_term, const struct key *fresh_key, const struct row_place *place,
                const struct hash *seal)
{
  uint8_t row[ID_BYTES + 8 + 4 + HASH_BYTES];
  memcpy(row, place->record, ID_BYTES);
  le64_put(row + 16, place->version);
  le32_put(row + 24, place->crypto_revision);
  memcpy(row + 28, seal->bytes, HASH_BYTES);
  key_mac(ret_term, fresh_key, "cnis/fresh/1", row, sizeof row);
}

static uint8_t *bucket_of(struct fresh *fresh, const uint8_t record[static ID_BYTES])
{
  return fresh->sums[record[0] % FRESH_BUCKETS];
}

void fresh_add(struct fresh *fresh, const uint8_t record[static ID_BYTES], const struct hash *term)
{
  sodium_add(bucket_of(fresh, record), term->bytes, HASH_BYTES);
  fresh->rows++;
}

void fresh_subtract(struct fresh *fresh, const uint8_t record[static ID_BYTES],
                    const struct hash *term)
{
  sodium_sub(bucket_of(fresh, record), term->bytes, HASH_BYTES);
  fresh->rows--;
}

void fresh_join(struct fresh *fresh, const struct fresh *part)
{
  for (size_t i = 0; i < FRESH_BUCKETS; i++)
    sodium_add(fresh->sums[i], part->sums[i], HASH_BYTES);
  fresh->rows += part->rows;
}

bool fresh_equal(const struct fresh *a, const struct fresh *b)
{
  return bytes_equal(a->sums, b->sums, sizeof a->sums) & (a->rows == b->rows);
}

static void sums_key(struct key *ret_key, struct envelope_context *ret_context,
                     const struct key *fresh_key, const uint8_t authority[static ID_BYTES],
                     uint32_t generation)
{
  key_derive(ret_key, fresh_key, "cnis/sums/1", NULL, 0);
  *ret_context = (struct envelope_context){.table = ENVELOPE_TABLE_FRESH,
                                           .codec = 1,
                                           .compartment = COMPARTMENT_CASEWORK,
                                           .generation = generation};
  memcpy(ret_context->authority, authority, ID_BYTES);
}

enum err fresh_seal(uint8_t ret_sealed[static FRESH_SEALED_BYTES], const struct key *fresh_key,
                    const uint8_t authority[static ID_BYTES], uint32_t generation,
                    const struct nonce *nonce, const struct fresh *fresh)
{
  OWNED(key_wipe) struct key key;
  struct envelope_context context;
  uint8_t text[FRESH_TEXT_BYTES];
  sums_key(&key, &context, fresh_key, authority, generation);
  memcpy(text, fresh->sums, sizeof fresh->sums);
  le64_put(text + sizeof fresh->sums, fresh->rows);
  le64_put(text + sizeof fresh->sums + 8, fresh->sequence);
  enum err err = envelope_seal(ret_sealed, &key, &context, nonce, text, sizeof text);
  wipe(text, sizeof text);
  return err;
}

enum err fresh_open(struct fresh *ret_fresh, const struct key *fresh_key,
                    const uint8_t authority[static ID_BYTES], uint32_t lowest_generation,
                    const uint8_t sealed[static FRESH_SEALED_BYTES])
{
  OWNED(key_wipe) struct key key;
  struct envelope_context context;
  uint8_t text[FRESH_TEXT_BYTES];
  size_t n;
  sums_key(&key, &context, fresh_key, authority, lowest_generation);
  TRY(envelope_open(text, &n, &key, &context, sealed, FRESH_SEALED_BYTES));
  memcpy(ret_fresh->sums, text, sizeof ret_fresh->sums);
  ret_fresh->rows = le64_get(text + sizeof ret_fresh->sums);
  ret_fresh->sequence = le64_get(text + sizeof ret_fresh->sums + 8);
  wipe(text, sizeof text);
  return OK;
}
