/* The serving side of the shielded compartment: it can seal, and can change the outer layer;
 * nothing here opens what is shielded, because the secret key lives in the custodian
 * (custody_shield.h).
 *
 *   inner = Envelope(K, compartment 2, inner table, fixed bucket, text)      K: fresh for each
 * write lock  = crypto_box_seal(custodian's public key, K || BLAKE2b-256(place of inner)) core  =
 * lock || inner                                   what the custodian gets and gives whole =
 * Envelope(record key, compartment 2, outer table, exact, core)    what is stored
 *
 * Every record has one blob and four patch slots, real or "nothing held", all of one size, all
 * renewed at every write, so that two snapshots show only that a record changed. The inner layer
 * binds authority, record and slot, the outer also the row version. */
#ifndef CRYPTO_SHIELD_H
#define CRYPTO_SHIELD_H

#include "crypto/envelope.h"

#define SHIELD_LOCK_BYTES (48 + KEY_BYTES + HASH_BYTES)
#define SHIELD_BLOB_CLASS 11 /* 16 KiB */
#define SHIELD_PATCH_CLASS 6 /* 512 bytes: one field; a whole row stays within 64 KiB */
#define SHIELD_CORE_SIZE(pad_class) (SHIELD_LOCK_BYTES + ENVELOPE_SIZE(pad_class))
#define SHIELD_BLOB_TEXT_MAX (ENVELOPE_BUCKET(SHIELD_BLOB_CLASS) - 1)
#define SHIELD_BLOB_CORE_BYTES SHIELD_CORE_SIZE(SHIELD_BLOB_CLASS)
#define SHIELD_BLOB_BYTES (SHIELD_BLOB_CORE_BYTES + ENVELOPE_OVERHEAD)
#define SHIELD_PATCH_TEXT_MAX (ENVELOPE_BUCKET(SHIELD_PATCH_CLASS) - 1)
#define SHIELD_PATCH_CORE_BYTES SHIELD_CORE_SIZE(SHIELD_PATCH_CLASS)
#define SHIELD_PATCH_BYTES (SHIELD_PATCH_CORE_BYTES + ENVELOPE_OVERHEAD)
#define SHIELD_PATCHES 4

enum shield_kind { SHIELD_BLOB, SHIELD_PATCH };
size_t shield_text_max(enum shield_kind kind);
size_t shield_core_bytes(enum shield_kind kind);
size_t shield_bytes(enum shield_kind kind);

struct shield_public {
  uint8_t bytes[32]; /* X25519 */
};

struct shield_place {
  uint8_t authority[ID_BYTES], record[ID_BYTES];
  uint64_t version;    /* of the row; outer layer only */
  uint32_t generation; /* of the record key; opening: the lowest accepted */
  uint16_t slot;       /* 0 to SHIELD_PATCHES - 1 for a patch, 0 for the blob */
};

/* Writes shield_bytes(kind). n = 0 is "nothing held". ERR_TOO_LARGE. */
MUST_USE enum err shield_seal(void *ret_whole, enum shield_kind kind,
                              const struct shield_public *to, const struct key *record_key,
                              const struct shield_place *place, const void *text, size_t n,
                              const struct outside *outside);
MUST_USE enum err shield_nothing(void *ret_whole, enum shield_kind kind,
                                 const struct shield_public *to, const struct key *record_key,
                                 const struct shield_place *place, const struct outside *outside);

/* The outer layer off and on: what goes to the custodian (shield_core_bytes) and what it returns.
 * ERR_OPEN when it was not this record's, or was changed. */
MUST_USE enum err shield_strip(void *ret_core, enum shield_kind kind, const struct key *record_key,
                               const struct shield_place *place, const void *whole);
MUST_USE enum err shield_dress(void *ret_whole, enum shield_kind kind, const struct key *record_key,
                               const struct shield_place *place, const void *core,
                               const struct outside *outside);
/* A new record key or row version over the same core, in place; the core never leaves this call.
 * After a failure the bytes are of no more use. */
MUST_USE enum err shield_reseal_outer(void *whole, enum shield_kind kind, const struct key *old_key,
                                      const struct shield_place *old_place,
                                      const struct key *new_key,
                                      const struct shield_place *new_place,
                                      const struct outside *outside);
/* The core alone, for the custodian, which has no record key. */
MUST_USE enum err shield_seal_core(void *ret_core, enum shield_kind kind,
                                   const struct shield_public *to, const struct shield_place *place,
                                   const void *text, size_t n, const struct outside *outside);

/* The text of a blob or patch: entries in ascending order of (field, part),
 *   u16 field | u16 part | u32 n | n bytes,   little-endian.
 * In a patch n = 0 takes the entry away. */
struct shield_entry {
  uint16_t field, part;
  const void *bytes;
  size_t n;
};
#define SHIELD_ENTRY_OVERHEAD 8
/* Appends at *n; ERR_TOO_LARGE past capacity, ERR_INPUT when out of order. */
struct shield_writer {
  uint8_t *text;
  size_t capacity, n;
  uint32_t next; /* lowest (field << 16 | part) that may follow */
};
MUST_USE enum err shield_put(struct shield_writer *writer, const struct shield_entry *entry);
/* Start with {.text, .n}. False at the end, and at the first byte that is not of this form: then
 * err is ERR_CORRUPT. Entries point into the text. */
struct shield_reader {
  const uint8_t *text;
  size_t n, offset;
  uint32_t next;
  enum err err;
};
bool shield_next(struct shield_entry *ret_entry, struct shield_reader *reader);

#endif
