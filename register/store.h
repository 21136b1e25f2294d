/* The three SQLite files of one authority, in terms of bytes: register.db (sealed rows), audit.db
 * (the log) and keys.db (wrapped keys). No SQLite type and no plaintext passes through here. A
 * struct store is one thread's connections: the writer's own everything, others only read.
 *
 * Plain columns are ids, versions and generations, nothing else. A row's rowid is the first 63 bits
 * of its random id: no order of creation shows, no second index is kept, and a body can be read by
 * offset. */
#ifndef REGISTER_STORE_H
#define REGISTER_STORE_H

#include "base/arena.h"
#include "crypto/fresh.h"
#include "crypto/tree.h"
#include "register/field.h"
#include "register/register.h"

struct store;

enum store_use { STORE_OWNER, STORE_READER };
enum store_file { FILE_REGISTER, FILE_AUDIT, FILE_KEYS, FILE_COUNT };

#define SCHEMA_VERSION 2

/* Makes the three files at the newest schema. ERR_CONFLICT when one is there; ERR_IO, ERR_FULL. */
MUST_USE enum err store_create(const char *dir, struct trail *trail);
/* Opens, checks journal mode and sync level as read back, prepares every statement of sql.def, and
 * shuts SQL: from here on any new statement is refused, whoever asks. ERR_VERSION for a newer file,
 * ERR_CORRUPT, ERR_IO. The owner brings older files up to date (migrations.def). */
MUST_USE enum err store_open(struct store **ret_store, const char *dir, enum store_use use,
                             struct trail *trail);
void store_close(struct store **store); /* the owner's checkpoints and truncates */

/* The lock of the directory: held until the descriptor is closed. ERR_LOCKED. */
MUST_USE enum err store_lock(int *ret_fd, const char *dir);

/* ---- transactions ---- */

/* A view of register.db and keys.db that does not move; nests not at all. */
MUST_USE enum err store_read_begin(struct store *store);
void store_read_end(struct store *store);

MUST_USE enum err store_begin(struct store *store,
                              enum store_file file); /* owner: takes the write lock */
/* OK: durable. ERR_FULL: undone. ERR_UNKNOWN_OUTCOME: an I/O error, after which nothing of this
 * process may be believed. */
MUST_USE enum err store_commit(struct store *store, enum store_file file);
void store_rollback(struct store *store, enum store_file file);
/* Owner: copies what the WAL holds beyond `pages` back into the file, as far as no reader hinders.
 */
MUST_USE enum err store_checkpoint(struct store *store, enum store_file file, int pages);

/* ---- records ---- */

struct row_head {
  struct id id;
  uint64_t version;
  uint32_t field_set, generation; /* generation: of the key that wraps the record key; constant */
  struct id key;                  /* random id of the record key in keys.db */
};
/* A whole row, 64 KB: the parts lie one after another so that a row is one block. */
struct row {
  struct row_head head;
  uint8_t body[BODY_BYTES];
  uint8_t shielded[SHIELD_BLOB_BYTES];
  uint8_t patches[PATCHES_BYTES];
  struct hash seal;
};
enum row_part { PART_BODY, PART_SHIELDED, PART_PATCHES };

/* All ERR_ABSENT when there is none, ERR_CORRUPT when a column is not of its one size, ERR_IO. */
MUST_USE enum err store_row_head(struct store *store, struct row_head *ret_head, struct id id);
MUST_USE enum err store_row(struct store *store, struct row *ret_row, struct id id);
/* n bytes from offset of one part: touches only the pages they lie on. */
MUST_USE enum err store_row_part(struct store *store, void *ret_bytes, struct id id,
                                 enum row_part part, size_t offset, size_t n);
MUST_USE enum err store_row_insert(struct store *store, const struct row *row); /* ERR_CONFLICT */
MUST_USE enum err store_row_update(struct store *store, const struct row *row);
MUST_USE enum err store_row_delete(struct store *store, struct id id);
/* Every row of one part of the file in its order, into `scratch`. Ids are random, so that the parts
 * are alike. Stops at the first error that `each` returns. */
#define STORE_PARTS 256
MUST_USE enum err store_row_each(struct store *store, unsigned part, struct row *scratch,
                                 enum err (*each)(void *self, const struct row *row), void *self);

/* ---- items ---- */

#define ITEM_CLASS 7 /* 1 KiB of padded text; longer ones go on in pages */
#define ITEM_BYTES ENVELOPE_SIZE(ITEM_CLASS)
MUST_USE enum err store_item(struct store *store, uint8_t ret_body[static ITEM_BYTES],
                             struct id id);
MUST_USE enum err store_item_put(struct store *store, struct id id,
                                 const uint8_t body[static ITEM_BYTES]);
MUST_USE enum err store_item_delete(struct store *store, struct id id);
MUST_USE enum err store_item_each(struct store *store, unsigned part,
                                  enum err (*each)(void *self, struct id id, const uint8_t *body),
                                  void *self);

/* ---- what the register knows of itself ---- */

#define META_TEXT_MAX 160
struct meta {
  uint8_t authority[ID_BYTES];
  char name[META_TEXT_MAX], code[8], origin[META_TEXT_MAX], regime[64];
  char custodian_pub[1024];
  bool synthetic;
  uint64_t applied;            /* size of the log that the records have reached */
  uint64_t protection_version; /* rises with every change of anybody's protection */
  uint8_t policy[32];          /* version of the policy in force */
  struct hash mac;             /* over all of the above, in this order, under KEY_FRESH */
};
MUST_USE enum err store_meta(struct store *store, struct meta *ret_meta);
MUST_USE enum err store_meta_put(struct store *store, const struct meta *meta);

/* The mac over everything else in it, under KEY_FRESH (meta.c). */
void meta_mac(const struct meta *meta, struct hash *ret_mac, const struct key *fresh);

enum sum { SUM_ROWS, SUM_ITEMS, SUM_COUNT };
MUST_USE enum err store_sum(struct store *store, uint8_t ret_sealed[static FRESH_SEALED_BYTES],
                            enum sum sum);
MUST_USE enum err store_sum_put(struct store *store, enum sum sum,
                                const uint8_t sealed[static FRESH_SEALED_BYTES]);

/* ---- keys.db, and the list in register.db of keys that wait for destruction ---- */

MUST_USE enum err store_key(struct store *store, uint8_t ret_wrapped[static WRAPPED_KEY_BYTES],
                            struct id key);
MUST_USE enum err store_key_insert(struct store *store, struct id key,
                                   const uint8_t wrapped[static WRAPPED_KEY_BYTES]);
MUST_USE enum err store_key_delete(struct store *store, struct id key);
MUST_USE enum err
store_key_each(struct store *store,
               enum err (*each)(void *self, struct id key, const uint8_t *wrapped), void *self);
/* Month keys: id is month use and yyyymm (keys.h). */
MUST_USE enum err store_month(struct store *store, uint8_t ret_wrapped[static WRAPPED_KEY_BYTES],
                              uint32_t id);
MUST_USE enum err store_month_insert(struct store *store, uint32_t id,
                                     const uint8_t wrapped[static WRAPPED_KEY_BYTES]);
MUST_USE enum err store_retired_insert(struct store *store, struct id key);
MUST_USE enum err store_retired_delete(struct store *store, struct id key);
MUST_USE enum err store_retired_each(struct store *store,
                                     enum err (*each)(void *self, struct id key), void *self);

/* ---- audit.db ---- */

#define VIEW_CLASS_CORE 6
#define VIEW_CLASS_WHO 5
#define VIEW_CLASS_WHAT 6
#define VIEW_CLASS_OPS 6
#define VIEWS_BYTES                                                                                \
  (ENVELOPE_SIZE(VIEW_CLASS_CORE) + ENVELOPE_SIZE(VIEW_CLASS_WHO) +                                \
   ENVELOPE_SIZE(VIEW_CLASS_WHAT) + ENVELOPE_SIZE(VIEW_CLASS_OPS))
#define COMMITMENTS_BYTES 128
/* What an entry charges to budgets (charge.h): beside it, for as long as a budget looks back. */
#define CHARGE_CLASS 4
#define CHARGE_BYTES ENVELOPE_SIZE(CHARGE_CLASS)

struct log_state {
  struct tree_edge edge; /* size and right edge */
  struct hash root;
  uint64_t changed_from, changed; /* size before and after the last batch that changed records */
};
MUST_USE enum err store_log_state(struct store *store, struct log_state *ret_state);
MUST_USE enum err store_log_state_put(struct store *store, const struct log_state *state);
MUST_USE enum err store_leaf_insert(struct store *store, uint64_t index,
                                    const uint8_t commitments[static COMMITMENTS_BYTES]);
MUST_USE enum err store_leaf(struct store *store, uint8_t ret_commitments[static COMMITMENTS_BYTES],
                             uint64_t index);
/* Leaves from `first` on, in order, until `each` returns something else than OK. */
MUST_USE enum err store_leaf_each(struct store *store, uint64_t first,
                                  enum err (*each)(void *self, uint64_t index,
                                                   const uint8_t *commitments),
                                  void *self);
MUST_USE enum err store_views_insert(struct store *store, uint64_t index,
                                     const uint8_t views[static VIEWS_BYTES]);
MUST_USE enum err store_views(struct store *store, uint8_t ret_views[static VIEWS_BYTES],
                              uint64_t index);
MUST_USE enum err store_charge_insert(struct store *store, uint64_t index,
                                      const uint8_t charge[static CHARGE_BYTES]);
/* All that are kept, in order, each with its leaf. Owner. */
MUST_USE enum err store_charge_each(struct store *store,
                                    enum err (*each)(void *self, uint64_t index,
                                                     const uint8_t *charge,
                                                     const uint8_t *commitments),
                                    void *self);
MUST_USE enum err store_charge_drop(struct store *store, uint64_t before);
MUST_USE enum err store_tile_insert(struct store *store, unsigned level, uint64_t n,
                                    const struct hash hashes[static TREE_TILE_WIDTH]);
MUST_USE enum err store_tile(struct store *store, struct hash ret_hashes[static TREE_TILE_WIDTH],
                             unsigned level, uint64_t n); /* ERR_ABSENT: not full yet */
/* Signed heads. The newest of at most `size` when size > 0, else the newest. *ret_n bytes of at
 * most NOTE_MAX. */
MUST_USE enum err store_head(struct store *store, char *ret_note, size_t capacity, size_t *ret_n,
                             uint64_t *ret_size, uint64_t size, bool published);
MUST_USE enum err store_head_put(struct store *store, uint64_t size, bool published,
                                 struct str note);

#endif
