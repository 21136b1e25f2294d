/* One sealed value, version 1. XChaCha20-Poly1305 under a key that BLAKE2b derives for each
 * message, with a 32-byte commitment to key, nonce and context; the context says in which place of
 * which record of which authority the value stands, so nothing sealed can be moved. Never
 * compresses, never allocates, never tries a second key.
 *
 *   header  0  u8 version 1 | u8 suite 1 | u8 compartment | u8 pad class | u32 generation
 *   nonce   8  24 bytes, random
 *   commit 32  32 bytes
 *   body   64  padded text || 16-byte tag                        (integers little-endian) */
#ifndef CRYPTO_ENVELOPE_H
#define CRYPTO_ENVELOPE_H

#include "crypto/key.h"

#define ENVELOPE_OVERHEAD 80
#define ENVELOPE_PAD_CLASS_MAX 17 /* 1 MiB */

/* Bytes of a padded text, and of its envelope, for pad classes 1 to ENVELOPE_PAD_CLASS_MAX. The
 * padding (ISO 7816-4) takes at least one byte, so a text has at most ENVELOPE_BUCKET - 1. */
#define ENVELOPE_BUCKET(pad_class) ((size_t)8 << (pad_class))
#define ENVELOPE_SIZE(pad_class) (ENVELOPE_BUCKET(pad_class) + ENVELOPE_OVERHEAD)

enum compartment {
  COMPARTMENT_CASEWORK = 1,
  COMPARTMENT_SHIELDED = 2,
  COMPARTMENT_AUDIT = 3,
  COMPARTMENT_EXPORT = 4,
  COMPARTMENT_KEY_WRAP = 5
};

/* Tables that crypto/ itself seals for. Ids below 0xFF00 belong to register/ and are never reused;
 * 1 to 4 are the shield's (crypto/shield.h). */
enum { ENVELOPE_TABLE_KEY = 0xFF01, ENVELOPE_TABLE_FRESH = 0xFF02 };

struct nonce {
  uint8_t bytes[24];
};

/* Where a value stands. Opening needs the same context as sealing, with one exception: `generation`
 * is what sealing writes, and the lowest that opening accepts. */
struct envelope_context {
  uint16_t table, field, codec, part;
  uint8_t authority[ID_BYTES], record[ID_BYTES];
  uint64_t version;
  enum compartment compartment;
  unsigned pad_class; /* 0: exact length; else ENVELOPE_BUCKET */
  uint32_t generation;
};

/* Bytes of the envelope of an n-byte text in this class; 0 when it does not fit. */
size_t envelope_size(unsigned pad_class, size_t n);

/* Where the body stands: a text may be made there, and sealed or opened without another buffer. */
#define ENVELOPE_TEXT_AT 64

/* Writes envelope_size(context->pad_class, n) bytes. The nonce is drawn by the caller, so that one
 * call of outside->random serves a whole row; it is never used twice. ERR_TOO_LARGE when the text
 * does not fit its class; nothing is written then. */
MUST_USE enum err envelope_seal(void *ret_envelope, const struct key *key,
                                const struct envelope_context *context, const struct nonce *nonce,
                                const void *text, size_t n);

/* Opens straight into the caller's buffer, which must hold size - ENVELOPE_OVERHEAD bytes; what
 * follows the text there is zero. ERR_CORRUPT: not the length of an envelope of this class;
 * ERR_VERSION: a version or suite that this program does not know; ERR_OPEN: every other cause,
 * never which. On failure the buffer is zeroed. */
MUST_USE enum err envelope_open(void *ret_text, size_t *ret_n, const struct key *key,
                                const struct envelope_context *context, const void *envelope,
                                size_t size);

/* The generation that an envelope claims, to choose the key; proven only by opening. */
MUST_USE enum err envelope_generation(uint32_t *ret_generation, const void *envelope, size_t size);

/* The 56 bytes that place a value, as they are authenticated (for crypto/ itself). */
#define ENVELOPE_PLACE_BYTES 56
void envelope_place(uint8_t ret_place[static ENVELOPE_PLACE_BYTES],
                    const struct envelope_context *context);

/* A key in an envelope: exact, compartment 5, table ENVELOPE_TABLE_KEY, field 1,
 * codec 1, version 0. */
#define WRAPPED_KEY_BYTES (KEY_BYTES + ENVELOPE_OVERHEAD)
struct wrap_context {
  uint8_t authority[ID_BYTES], record[ID_BYTES];
  uint32_t generation; /* of the wrapping key; opening: the lowest accepted */
};
MUST_USE enum err key_wrap(uint8_t ret_wrapped[static WRAPPED_KEY_BYTES],
                           const struct key *wrapping, const struct wrap_context *context,
                           const struct nonce *nonce, const struct key *key);
MUST_USE enum err key_unwrap(struct key *ret_key, const struct key *wrapping,
                             const struct wrap_context *context,
                             const uint8_t wrapped[static WRAPPED_KEY_BYTES]);

/* The seal of a whole row, over ids, versions and every column in order, NULL told from empty:
 * begin, a call for each column, finish. Key: derived from the record key, "cnis/seal/1". */
struct row_place {
  uint8_t authority[ID_BYTES], record[ID_BYTES];
  uint64_t version;
  uint32_t crypto_revision;
};
struct row_seal {
  _Alignas(64) uint8_t state_[384];
};
void row_seal_begin(struct row_seal *seal, const struct key *record_key,
                    const struct row_place *place);
void row_seal_column(struct row_seal *seal, uint16_t column, const void *bytes,
                     size_t n);                                     /* NULL: SQL NULL */
void row_seal_finish(struct row_seal *seal, struct hash *ret_seal); /* wipes the state */

#endif
