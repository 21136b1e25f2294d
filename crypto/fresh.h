/* A keyed multiset sum over all rows (MSet-Add-Hash, Clarke et al. 2003): tells that a row was put
 * back, taken away or doubled, whatever its own seal says. The sums are secret: they are stored
 * sealed, since visible sums invite forgery (Wagner 2002). Never a substitute for the row seal. */
#ifndef CRYPTO_FRESH_H
#define CRYPTO_FRESH_H

#include "crypto/envelope.h"

#define FRESH_BUCKETS 16

struct fresh {
  uint8_t sums[FRESH_BUCKETS][HASH_BYTES]; /* little-endian integers mod 2^256 */
  uint64_t rows;
  uint64_t sequence; /* one up for each commit */
};

/* What one row adds: BLAKE2b-256(key, "cnis/fresh/1", record || version || crypto revision ||
 * seal). */
void fresh_term(struct hash *ret_term, const struct key *fresh_key, const struct row_place *place,
                const struct hash *seal);
/* The record id chooses the bucket; `rows` counts along. */
void fresh_add(struct fresh *fresh, const uint8_t record[static ID_BYTES], const struct hash *term);
void fresh_subtract(struct fresh *fresh, const uint8_t record[static ID_BYTES],
                    const struct hash *term);
/* Adds what another sum has counted, rows included: parts may be summed apart. */
void fresh_join(struct fresh *fresh, const struct fresh *part);
/* Same sums and the same number of rows; the sequence is not compared. Constant time. */
bool fresh_equal(const struct fresh *a, const struct fresh *b);

#define FRESH_TEXT_BYTES (FRESH_BUCKETS * HASH_BYTES + 16)
#define FRESH_SEALED_BYTES (FRESH_TEXT_BYTES + ENVELOPE_OVERHEAD)
MUST_USE enum err fresh_seal(uint8_t ret_sealed[static FRESH_SEALED_BYTES],
                             const struct key *fresh_key, const uint8_t authority[static ID_BYTES],
                             uint32_t generation, const struct nonce *nonce,
                             const struct fresh *fresh);
MUST_USE enum err fresh_open(struct fresh *ret_fresh, const struct key *fresh_key,
                             const uint8_t authority[static ID_BYTES], uint32_t lowest_generation,
                             const uint8_t sealed[static FRESH_SEALED_BYTES]);

#endif
