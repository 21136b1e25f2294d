/* Records and items as rows of register.db. Must never open what they hold. */
#include "register/sql.h"

#include <assert.h>
#include <string.h>

#include "register/bytes.h"

enum {
  AT_ROW,
  AT_ID,
  AT_VERSION,
  AT_FIELD_SET,
  AT_GENERATION,
  AT_KEY,
  AT_SEAL,
  AT_BODY,
  AT_SHIELDED,
  AT_PATCHES
};

/* 63 bits of the random id: positive, unique but for one chance in 10^8 at a million records. */
static uint64_t rowid(struct id id)
{
  return get_u64(id.b) >> 1;
}

static enum err read_head(sqlite3_stmt *statement, struct row_head *ret_head)
{
  struct row_head head = {0};

  TRY(sql_column(statement, AT_ID, head.id.b, ID_BYTES));
  TRY(sql_column(statement, AT_KEY, head.key.b, ID_BYTES));
  head.version = sql_column_number(statement, AT_VERSION);
  uint64_t field_set = sql_column_number(statement, AT_FIELD_SET);
  uint64_t generation = sql_column_number(statement, AT_GENERATION);
  if (sql_column_number(statement, AT_ROW) != rowid(head.id)) return ERR_CORRUPT;
  if (field_set > UINT32_MAX || generation > UINT32_MAX || head.version == 0) return ERR_CORRUPT;
  head.field_set = (uint32_t)field_set;
  head.generation = (uint32_t)generation;
  *ret_head = head;
  return OK;
}

static enum err read_row(sqlite3_stmt *statement, struct row *ret_row)
{
  TRY(read_head(statement, &ret_row->head));
  TRY(sql_column(statement, AT_SEAL, ret_row->seal.bytes, HASH_BYTES));
  TRY(sql_column(statement, AT_BODY, ret_row->body, BODY_BYTES));
  TRY(sql_column(statement, AT_SHIELDED, ret_row->shielded, SHIELD_BLOB_BYTES));
  return sql_column(statement, AT_PATCHES, ret_row->patches, PATCHES_BYTES);
}

/* A row that somebody put below the numbers that ids have is in the first part. */
static enum err bind_part(sqlite3_stmt *statement, unsigned part)
{
  static const int64_t width = INT64_MAX / STORE_PARTS + 1;

  assert(part < STORE_PARTS);
  TRY(sql_error(sqlite3_bind_int64(statement, 1, part == 0 ? INT64_MIN : part * width)));
  return sql_error(sqlite3_bind_int64(statement, 2, part * width + (width - 1)));
}

static bool same_id(struct id a, struct id b)
{
  return memcmp(a.b, b.b, ID_BYTES) == 0;
}

enum err store_row_head(struct store *store, struct row_head *ret_head, struct id id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY_HEAD);
  struct row_head head = {0};

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_step_row(statement));
  enum err err = read_head(statement, &head);
  sqlite3_reset(statement);
  if (err != OK) return err;
  if (!same_id(head.id, id)) return ERR_ABSENT;
  *ret_head = head;
  return OK;
}

enum err store_row(struct store *store, struct row *ret_row, struct id id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY);

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_step_row(statement));
  enum err err = read_row(statement, ret_row);
  sqlite3_reset(statement);
  if (err != OK) return err;
  return same_id(ret_row->head.id, id) ? OK : ERR_ABSENT;
}

enum err store_row_part(struct store *store, void *ret_bytes, struct id id, enum row_part part,
                        size_t offset, size_t n)
{
  static const char *const columns[] = {"body", "shielded", "patches"};
  static const size_t sizes[] = {BODY_BYTES, SHIELD_BLOB_BYTES, PATCHES_BYTES};
  struct connection *connection = &store->files[FILE_REGISTER];
  sqlite3_blob **blob = &connection->blobs[part];
  sqlite3_int64 row = (sqlite3_int64)rowid(id);

  assert(store->is_reading); /* a blob left open would hold its snapshot */
  assert(offset <= sizes[part] && n <= sizes[part] - offset);
  int code = SQLITE_OK;
  if (!*blob)
    code = sqlite3_blob_open(connection->db, "main", "entry", columns[part], row, 0, blob);
  else if (connection->blob_rows[part] != row)
    code = sqlite3_blob_reopen(*blob, row);
  connection->blob_rows[part] = row;
  if (code == SQLITE_ERROR) return ERR_ABSENT;
  if (code != SQLITE_OK) return sql_error(code);
  if ((size_t)sqlite3_blob_bytes(*blob) != sizes[part]) return ERR_CORRUPT;
  return sql_error(sqlite3_blob_read(*blob, ret_bytes, (int)n, (int)offset));
}

static enum err bind_row(sqlite3_stmt *statement, const struct row *row)
{
  TRY(sql_bind_number(statement, 1, rowid(row->head.id)));
  TRY(sql_bind_id(statement, 2, row->head.id));
  TRY(sql_bind_number(statement, 3, row->head.version));
  TRY(sql_bind_number(statement, 4, row->head.field_set));
  TRY(sql_bind_number(statement, 5, row->head.generation));
  TRY(sql_bind_id(statement, 6, row->head.key));
  TRY(sql_bind_bytes(statement, 7, row->seal.bytes, HASH_BYTES));
  TRY(sql_bind_bytes(statement, 8, row->body, BODY_BYTES));
  TRY(sql_bind_bytes(statement, 9, row->shielded, SHIELD_BLOB_BYTES));
  return sql_bind_bytes(statement, 10, row->patches, PATCHES_BYTES);
}

enum err store_row_insert(struct store *store, const struct row *row)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY_INSERT);

  TRY(bind_row(statement, row));
  return sql_step_done(statement);
}

enum err store_row_update(struct store *store, const struct row *row)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY_UPDATE);

  TRY(bind_row(statement, row));
  TRY(sql_step_done(statement));
  return sqlite3_changes(store->files[FILE_REGISTER].db) == 1 ? OK : ERR_ABSENT;
}

enum err store_row_delete(struct store *store, struct id id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY_DELETE);

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_step_done(statement));
  return sqlite3_changes(store->files[FILE_REGISTER].db) == 1 ? OK : ERR_ABSENT;
}

enum err store_row_each(struct store *store, unsigned part, struct row *scratch,
                        enum err (*each)(void *self, const struct row *row), void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ENTRY_EACH);
  enum err err = bind_part(statement, part);

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = read_row(statement, scratch);
    if (err == OK) err = each(self, scratch);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}

/* ---- items ---- */

enum err store_item(struct store *store, uint8_t ret_body[static ITEM_BYTES], struct id id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ITEM);
  struct id found = {0};

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_step_row(statement));
  enum err err = sql_column(statement, 0, found.b, ID_BYTES);
  if (err == OK && !same_id(found, id)) err = ERR_ABSENT;
  if (err == OK) err = sql_column(statement, 1, ret_body, ITEM_BYTES);
  sqlite3_reset(statement);
  return err;
}

enum err store_item_put(struct store *store, struct id id, const uint8_t body[static ITEM_BYTES])
{
  sqlite3_stmt *statement = sql_use(store, SQL_ITEM_PUT);

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_bind_id(statement, 2, id));
  TRY(sql_bind_bytes(statement, 3, body, ITEM_BYTES));
  return sql_step_done(statement);
}

enum err store_item_delete(struct store *store, struct id id)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ITEM_DELETE);

  TRY(sql_bind_number(statement, 1, rowid(id)));
  TRY(sql_step_done(statement));
  return sqlite3_changes(store->files[FILE_REGISTER].db) == 1 ? OK : ERR_ABSENT;
}

enum err store_item_each(struct store *store, unsigned part,
                         enum err (*each)(void *self, struct id id, const uint8_t *body),
                         void *self)
{
  sqlite3_stmt *statement = sql_use(store, SQL_ITEM_EACH);
  enum err err = bind_part(statement, part);
  uint8_t body[ITEM_BYTES];
  struct id id;

  while (err == OK && (err = sql_step_row(statement)) == OK) {
    err = sql_column(statement, 0, id.b, ID_BYTES);
    if (err == OK) err = sql_column(statement, 1, body, ITEM_BYTES);
    if (err == OK) err = each(self, id, body);
  }
  sqlite3_reset(statement);
  return err == ERR_ABSENT ? OK : err;
}
