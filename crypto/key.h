/* Keys, and what is derived from them. A key is a type of its own: nothing outside crypto/ touches
 * `secret_` (a lint forbids it), keys are never logged and never leave except wrapped.
 * All keyed hashing is BLAKE2b (RFC 7693) with the label as its personalisation, so no two uses of
 * one key can meet. Labels and formats: docs/design.md, keys. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/err.h"

#define KEY_BYTES 32
#define KEY_ID_BYTES 16
#define KEY_TAG_BYTES 16
#define KEY_LABEL_MAX 16
#define HASH_BYTES 32
#define ID_BYTES 16 /* random ids: authority, record, person, request */

struct key {
  uint8_t secret_[KEY_BYTES];
};

struct hash {
  uint8_t bytes[HASH_BYTES];
};

/* Call once before anything else. ERR_INTERNAL when the library is not one that we can trust:
 * too old, or its own checks fail. */
MUST_USE enum err crypto_ready(void);

/* For OWNED(key_wipe) struct key local = {0}. */
void key_wipe(struct key *key);
void key_random(struct key *ret_key, const struct outside *outside);

/* BLAKE2b-256(key = from, personal = label, context). The label is a literal of at most
 * KEY_LABEL_MAX bytes, one for each use: "cnis/seal/1". */
void key_derive(struct key *ret_key, const struct key *from, const char *label, const void *context,
                size_t n);

/* Names a key without giving anything away: BLAKE2b-128 keyed, personal "cnis/keyid/1". */
void key_id(uint8_t ret_id[static KEY_ID_BYTES], const struct key *key);

/* Keyed fingerprints of bytes: 32 bytes for what is stored (hashes of tokens, budgets, idempotency
 * keys), 16 for what is compared within its lifetime (ETags, search tokens). */
void key_mac(struct hash *ret_mac, const struct key *key, const char *label, const void *bytes,
             size_t n);
void key_tag(uint8_t ret_tag[static KEY_TAG_BYTES], const struct key *key, const char *label,
             const void *bytes, size_t n);

/* Unkeyed, for public things only: anything about a person has too little entropy for these. */
void hash_blake2b(struct hash *ret_hash, const void *bytes, size_t n);
void hash_sha256(struct hash *ret_hash, const void *bytes, size_t n);

/* Time depends on n alone. */
bool bytes_equal(const void *a, const void *b, size_t n);
bool hash_equal(const struct hash *a, const struct hash *b);

#endif
