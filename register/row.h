/* One record: sealing, opening and changing its fields. Whoever calls row_open has been allowed to
 * (open.c), or is one of the four that open without a decision: facts, index, matcher, re-seal;
 * every opening is counted by kind so that a test can tell. The shielded blob is never opened here:
 * it cannot be. */
#ifndef REGISTER_ROW_H
#define REGISTER_ROW_H

#include <stdatomic.h>

#include "register/keys.h"

enum opening_kind {
  OPENED_GRANTED,
  OPENED_FACTS,
  OPENED_INDEX,
  OPENED_MATCH,
  OPENED_RESEAL,
  OPENING_KINDS
};
struct opening_counts {
  atomic_uint_fast64_t of[OPENING_KINDS];
};

/* Tables of the envelope's context; never reused (1 to 4 are the shield's, from 0xFF00 on
 * crypto's). */
enum {
  TABLE_ENTRY = 16,
  TABLE_ITEM = 17,
  TABLE_ITEM_TEXT = 18,
  TABLE_VIEW = 19,
  TABLE_CHARGE = 20
};

/* What sealing and opening of any row needs; one for the register. */
struct row_kit {
  const uint8_t *authority;
  uint32_t generation;
  const struct key *fresh; /* KEY_FRESH */
  struct shield_public custodian;
  const struct outside *outside;
  struct opening_counts *counts;
};
void row_count(const struct row_kit *kit, enum opening_kind kind, unsigned n);

/* Opens one slot from its sealed bytes. The value's text points into `plain`, which has room for
 * the field's bucket (field_bucket). */
MUST_USE enum err row_open_field(const struct row_kit *kit, enum opening_kind kind,
                                 struct value *ret_value, uint8_t *plain,
                                 const struct row_head *head, const struct key *key,
                                 enum field field, unsigned slot, const void *sealed);

/* Whether the seal over head, body, blob and patches holds. ERR_CORRUPT. GUARD(ROW_SEAL). */
MUST_USE enum err row_verify(const struct row_kit *kit, const struct row *row,
                             const struct key *key);
void row_term(const struct row_kit *kit, struct hash *ret_term, const struct row *row);

/* All values of a record, in memory. Slots in the order of fields.def; BLOB fields have no place
 * here. */
struct record {
  struct id id;
  uint64_t version;     /* 0: not stored yet */
  struct row *sealed;   /* as read; NULL for a new one */
  struct key old_key;   /* of `sealed` */
  struct hash old_term; /* its part of the freshness sum */
  struct value values[FIELD_COUNT][FIELD_SLOTS_MAX];
};

/* A new record: every field absent, its own audit secret, level unknown. The id is random. In the
 * arena. */
MUST_USE enum err record_new(struct arena *arena, const struct row_kit *kit,
                             struct record **ret_record);
/* Reads, verifies and opens a whole row (OPENED_RESEAL). ERR_MOVED when its version is not
 * `version`. */
MUST_USE enum err record_read(struct arena *arena, const struct row_kit *kit, struct store *reader,
                              const struct keys *keys, struct record **ret_record, struct id id,
                              uint64_t version);
/* Sets a value; `text` must outlive the record. Not for HOME_BLOB, nor for SHIELDED ones of a
 * shielded record. */
void record_set(struct record *record, enum field field, unsigned slot, struct value value);
/* Of a value in casework; empty when it is absent. Valid as long as the record. */
struct personal record_text(const struct record *record, enum field field, unsigned slot);
MUST_USE enum err record_safety(const struct record *record, struct safety *ret_safety);
MUST_USE enum err record_set_safety(struct arena *arena, struct record *record,
                                    const struct safety *safety);
MUST_USE enum err record_audit(const struct record *record, struct audit_secret *ret_secret);

/* What goes into the shielded blob or a patch at the next seal. */
struct shielding {
  const struct shield_entry *entries; /* ascending (field id, part) */
  size_t count;
  enum {
    SHIELDING_KEEP,
    SHIELDING_BLOB,
    SHIELDING_PATCH,
    SHIELDING_MERGED
  } into;           /* KEEP: same core, new outer layer */
  unsigned patch;   /* slot that is written (PATCH), or becomes "nothing held" (MERGED;
                       SHIELD_PATCHES: none) */
  const void *core; /* MERGED: the blob's new one, as the custodian made it */
};
/* Moves every HOME_SHIELDED value out of the body into *ret_shielding, with `more` (BLOB fields
 * such as the reason; ascending) merged in. The casework fields become absent. */
MUST_USE enum err record_shield(struct arena *arena, struct record *record,
                                struct shielding *ret_shielding, const struct shield_entry *more,
                                size_t more_count);

/* Seals everything anew at version + 1 under a spare key: every field, blob, patches, seal. The row
 * is in the arena. Nonces are drawn in one call. ERR_BUSY when no spare is left. */
MUST_USE enum err record_seal(struct arena *arena, const struct row_kit *kit, struct keys *keys,
                              const struct record *record, const struct shielding *shielding,
                              struct row **ret_row);

#endif
