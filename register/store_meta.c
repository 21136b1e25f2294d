/* What the register knows of itself, the sums, and keys.db. */
#include "register/sql.h"

#include <string.h>

static struct str text(const char *nul_terminated)
{
  return str_from(nul_terminated);
}

static enum err read_meta(sqlite3_stmt *statement, struct meta *meta)
{
  TRY(sql_column(statement, 0, meta->authority, ID_BYTES));
  TRY(sql_column_text(statement, 1, meta->name, sizeof meta->name));
  TRY(sql_column_text(statement, 2, meta->code, sizeof meta->code));
  TRY(sql_column_text(statement, 3, meta->origin, sizeof meta->origin));
  TRY(sql_column_text(statement, 4, meta->regime, sizeof meta->regime));
  TRY(sql_column_text(statement, 5, meta->custodian_pub, sizeof meta->custodian_pub));
  meta->synthetic = sql_column_number(statement, 6) != 0;
  meta->applied = sql_column_number(statement, 7);
  meta->protection_version = sql_column_number(statement, 8);
  TRY(sql_column(statement, 9, meta->policy, sizeof meta->policy));
  return sql_column(statement, 10, meta->mac.bytes, HASH_BYTES);
}

enum err store_meta(struct store *store, struct meta *ret_meta)
{
  sqlite3_stmt *statement = sql_use(store, SQL_META);
  struct meta meta = {0};

  TRY(sql_step_row(statement));
  enum err err = read_meta(statement, &meta);
  sqlite3_reset(statement);
  if (err == OK) *ret_meta = meta;
  return err;
}

enum err store_meta_put(struct store *store, const struct meta *meta)
{
  sqlite3_stmt *statement = sql_use(store, SQL_META_PUT);

  TRY(sql_bind_bytes(statement, 1, meta->authority, ID_BYTES));
  TRY(sql_bind_text(statement, 2, text(meta->name)));
  TRY(sql_bind_text(statement, 3, text(meta->code)));
  TRY(sql_bind_text(statement, 4, text(meta->origin)));
  TRY(sql_bind_text(statement, 5, text(meta->regime)));
  TRY(sql_bind_text(statement, 6, text(meta->custodian_pub)));
  TRY(sql_bind_number(statement, 7, meta->synthetic ? 1 : 0));
  TRY(sql_bind_number(statement, 8, meta->applied));
  TRY(sql_bind_number(statement, 9, meta->protection_version));
  TRY(sql_bind_bytes(statement, 10, meta->policy, sizeof meta->policy));
  TRY(sql_bind_bytes(statement, 11, meta->mac.bytes, HASH_BYTES));
  return sql_step_done(statement);
}

/* One BLOB of n bytes, found by a number or an id that is already bound. */
static enum err read_one(sqlite3_stmt *statement, void *ret_bytes, size_t n)
{
  TRY(sql_step_row(statement));
  enum err err = sql_column(statement, 0, ret_bytes, n);
  sqlite3_reset(statement);
  return err;
}

enum err store_sum(struct store *store, uint8_t ret_sealed[static FRESH_SEALED_BYTES], enum sum sum)
{
  sqlite3_stmt *statement = sql_use(store, SQL_SUM);

  TRY(sql_bind_number(statement, 1, sum));
  return read_one(statement, ret_sealed, FRESH_SEALED_BYTES);
}

enum err store_sum_put(struct store *store, enum sum sum,
                       const uint8_t sealed[static FRESH_SEALED_BYTES])
{
  sqlite3_stmt *statement = sql_use(store, SQL_SUM_PUT);

  TRY(sql_bind_number(statement, 1, sum));
  TRY(sql_bind_bytes(statement, 2, sealed, FRESH_SEALED_BYTES));
  return sql_step_done(statement);
}

/* ---- keys ---- */

enum err store_key(struct store *store, uint8_t ret_wrapped[static WRAPPED_KEY_BYTES],
                   struct id key)
{
  sqlite3_stmt *statement = sql_use(store, SQL_KEY);

  TRY(sql_bind_id(statement, 1, key));
  return read_one(statement, ret_wrapped, WRAPPED_KEY_BYTES);
}

enum err store_key_insert(struct store *store, struct id key,
                          const uint8_t wrapped[static WRAPPED_KEY_BYTES])
{
  sqlite3_stmt *statement = sql_use(store, SQL_KEY_INSERT);

  TRY(sql_bind_id(statement, 1, key));
  TRY(sql_bind_bytes(statement, 2, wrapped, WRAPPED_KEY_BYTES));
  return sql_step_done(statement);
}

enum err store_key_delete(struct store *store, struct id key)
{
  sqlite3_stmt *statement = sql_use(store, SQL_KEY_DELETE);

  TRY(sql_bind_id(statement, 1, key));
  return sql_step_done(statement);
}

enum err store_key_each(struct store *store,
                        enum err (*each)(void *self, struct id key, const uint8_t *wrapped),
                        void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_KEY_EACH);
  enum err err = sql_bind_bytes(statement, 1, "", 0);
  uint8_t wrapped[WRAPPED_KEY_BYTES];
  struct id id;

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = sql_column(statement, 0, id.b, ID_BYTES);
    if (err == OK) err = sql_column(statement, 1, wrapped, sizeof wrapped);
    if (err == OK) err = each(self, id, wrapped);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}

enum err store_month(struct store *store, uint8_t ret_wrapped[static WRAPPED_KEY_BYTES],
                     uint32_t id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_MONTH);

  TRY(sql_bind_number(statement, 1, id));
  return read_one(statement, ret_wrapped, WRAPPED_KEY_BYTES);
}

enum err store_month_insert(struct store *store, uint32_t id,
                            const uint8_t wrapped[static WRAPPED_KEY_BYTES])
{
  sqlite3_stmt *statement = sql_use(store, SQL_MONTH_INSERT);

  TRY(sql_bind_number(statement, 1, id));
  TRY(sql_bind_bytes(statement, 2, wrapped, WRAPPED_KEY_BYTES));
  return sql_step_done(statement);
}

enum err store_retired_insert(struct store *store, struct id key)
{
  sqlite3_stmt *statement = sql_use(store, SQL_RETIRED_INSERT);

  TRY(sql_bind_id(statement, 1, key));
  return sql_step_done(statement);
}

enum err store_retired_delete(struct store *store, struct id key)
{
  sqlite3_stmt *statement = sql_use(store, SQL_RETIRED_DELETE);

  TRY(sql_bind_id(statement, 1, key));
  return sql_step_done(statement);
}

enum err store_retired_each(struct store *store, enum err (*each)(void *self, struct id key),
                            void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_RETIRED_EACH);
  enum err err = sql_bind_bytes(statement, 1, "", 0);
  struct id id;

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = sql_column(statement, 0, id.b, ID_BYTES);
    if (err == OK) err = each(self, id);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}
