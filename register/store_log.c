/* The log as rows of audit.db: leaves, views, full tiles, state, heads. Leaves and tiles are only
 * ever added. */
#include "register/sql.h"

#include <string.h>

#include "crypto/note.h"

/* The bytes of a row found by one number that is already bound. */
static enum err read_one(sqlite3_stmt *statement, void *ret_bytes, size_t n)
{
  TRY(sql_step_row(statement));
  enum err err = sql_column(statement, 0, ret_bytes, n);
  sqlite3_reset(statement);
  return err;
}

static enum err insert_numbered(sqlite3_stmt *statement, uint64_t index, const void *bytes,
                                size_t n)
{
  TRY(sql_bind_number(statement, 1, index));
  TRY(sql_bind_bytes(statement, 2, bytes, n));
  return sql_step_done(statement);
}

enum err store_leaf_insert(struct store *store, uint64_t index,
                           const uint8_t commitments[static COMMITMENTS_BYTES])
{
  return insert_numbered(sql_use(store, SQL_LEAF_INSERT), index, commitments, COMMITMENTS_BYTES);
}

enum err store_views_insert(struct store *store, uint64_t index,
                            const uint8_t views[static VIEWS_BYTES])
{
  return insert_numbered(sql_use(store, SQL_VIEWS_INSERT), index, views, VIEWS_BYTES);
}

enum err store_charge_insert(struct store *store, uint64_t index,
                             const uint8_t charge[static CHARGE_BYTES])
{
  return insert_numbered(sql_use(store, SQL_CHARGE_INSERT), index, charge, CHARGE_BYTES);
}

enum err store_charge_each(struct store *store,
                           enum err (*each)(void *self, uint64_t index, const uint8_t *charge,
                                            const uint8_t *commitments),
                           void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_CHARGE_EACH);
  enum err err = sql_bind_number(statement, 1, 0);
  uint8_t charge[CHARGE_BYTES], commitments[COMMITMENTS_BYTES];

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = sql_column(statement, 1, charge, sizeof charge);
    if (err == OK) err = sql_column(statement, 2, commitments, sizeof commitments);
    if (err == OK) err = each(self, sql_column_number(statement, 0), charge, commitments);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}

enum err store_charge_drop(struct store *store, uint64_t before)
{
  sqlite3_stmt *statement = sql_use(store, SQL_CHARGE_DROP);

  TRY(sql_bind_number(statement, 1, before));
  return sql_step_done(statement);
}

enum err store_leaf(struct store *store, uint8_t ret_commitments[static COMMITMENTS_BYTES],
                    uint64_t index)
{
  sqlite3_stmt *statement = sql_use(store, SQL_LEAF);

  TRY(sql_bind_number(statement, 1, index));
  return read_one(statement, ret_commitments, COMMITMENTS_BYTES);
}

enum err store_views(struct store *store, uint8_t ret_views[static VIEWS_BYTES], uint64_t index)
{
  sqlite3_stmt *statement = sql_use(store, SQL_VIEWS);

  TRY(sql_bind_number(statement, 1, index));
  return read_one(statement, ret_views, VIEWS_BYTES);
}

enum err store_leaf_each(struct store *store, uint64_t first,
                         enum err (*each)(void *self, uint64_t index, const uint8_t *commitments),
                         void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_LEAF_EACH);
  enum err err = sql_bind_number(statement, 1, first);
  uint8_t commitments[COMMITMENTS_BYTES];

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = sql_column(statement, 1, commitments, sizeof commitments);
    if (err == OK) err = each(self, sql_column_number(statement, 0), commitments);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}

enum err store_tile_insert(struct store *store, unsigned level, uint64_t n,
                           const struct hash hashes[static TREE_TILE_WIDTH])
{
  sqlite3_stmt *statement = sql_use(store, SQL_TILE_INSERT);

  TRY(sql_bind_number(statement, 1, level));
  TRY(sql_bind_number(statement, 2, n));
  TRY(sql_bind_bytes(statement, 3, hashes, TREE_TILE_WIDTH * sizeof hashes[0]));
  return sql_step_done(statement);
}

enum err store_tile(struct store *store, struct hash ret_hashes[static TREE_TILE_WIDTH],
                    unsigned level, uint64_t n)
{
  sqlite3_stmt *statement = sql_use(store, SQL_TILE);

  TRY(sql_bind_number(statement, 1, level));
  TRY(sql_bind_number(statement, 2, n));
  return read_one(statement, ret_hashes, TREE_TILE_WIDTH * sizeof ret_hashes[0]);
}

static enum err read_state(sqlite3_stmt *statement, struct log_state *state)
{
  state->edge.size = sql_column_number(statement, 0);
  if (state->edge.size >= TREE_SIZE_MAX) return ERR_CORRUPT;
  size_t edge_bytes = tree_edge_count(state->edge.size) * sizeof state->edge.hashes[0];
  TRY(sql_column(statement, 1, state->edge.hashes, edge_bytes));
  TRY(sql_column(statement, 2, state->root.bytes, HASH_BYTES));
  state->changed_from = sql_column_number(statement, 3);
  state->changed = sql_column_number(statement, 4);
  return OK;
}

enum err store_log_state(struct store *store, struct log_state *ret_state)
{
  sqlite3_stmt *statement = sql_use(store, SQL_STATE);
  struct log_state state = {0};

  TRY(sql_step_row(statement));
  enum err err = read_state(statement, &state);
  sqlite3_reset(statement);
  if (err == OK) *ret_state = state;
  return err;
}

enum err store_log_state_put(struct store *store, const struct log_state *state)
{
  sqlite3_stmt *statement = sql_use(store, SQL_STATE_PUT);
  size_t edge_bytes = tree_edge_count(state->edge.size) * sizeof state->edge.hashes[0];

  TRY(sql_bind_number(statement, 1, state->edge.size));
  TRY(sql_bind_bytes(statement, 2, state->edge.hashes, edge_bytes));
  TRY(sql_bind_bytes(statement, 3, state->root.bytes, HASH_BYTES));
  TRY(sql_bind_number(statement, 4, state->changed_from));
  TRY(sql_bind_number(statement, 5, state->changed));
  return sql_step_done(statement);
}

enum err store_head(struct store *store, char *ret_note, size_t capacity, size_t *ret_n,
                    uint64_t *ret_size, uint64_t size, bool published)
{
  sqlite3_stmt *statement = sql_use(store, SQL_HEAD);

  TRY(sql_bind_number(statement, 1, published ? 1 : 0));
  TRY(sql_bind_number(statement, 2, size > 0 ? size : TREE_SIZE_MAX));
  TRY(sql_step_row(statement));
  enum err err = sql_column_text(statement, 1, ret_note, capacity);
  if (err == OK) {
    *ret_size = sql_column_number(statement, 0);
    *ret_n = (size_t)sqlite3_column_bytes(statement, 1);
  }
  sqlite3_reset(statement);
  return err;
}

/* Of receipt heads only the newest is kept; published ones stay. */
enum err store_head_put(struct store *store, uint64_t size, bool published, struct str note)
{
  sqlite3_stmt *statement = sql_use(store, SQL_HEAD_PUT);

  if (!published) TRY(sql_step_done(sql_use(store, SQL_HEAD_DROP)));
  TRY(sql_bind_number(statement, 1, published ? 1 : 0));
  TRY(sql_bind_number(statement, 2, size));
  TRY(sql_bind_text(statement, 3, note));
  return sql_step_done(statement);
}
