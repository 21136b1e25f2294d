/* Connections and statements. SQL text comes from sql.def and migrations.def alone, and once a
 * store is open the authoriser refuses any other, whoever brings it. Must never see a plaintext. */
#include "register/sql.h"

#include <stdio.h>
#include <string.h>

static const char *const file_names[FILE_COUNT] = {"register.db", "audit.db", "keys.db"};

enum sql_use { READ, WRITE };
static const struct {
  enum store_file file;
  enum sql_use use;
  const char *text;
} statements[SQL_COUNT] = {
#define Q(id, file, use, text) {file, use, text},
#include "register/sql.def"
#undef Q
};

enum err sql_error(int code)
{
  switch (code & 0xff) {
  case SQLITE_OK:
  case SQLITE_DONE:
  case SQLITE_ROW:
    return OK;
  case SQLITE_FULL:
    return ERR_FULL;
  case SQLITE_CONSTRAINT:
    return ERR_CONFLICT;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return ERR_CORRUPT;
  case SQLITE_NOMEM:
    return ERR_MEMORY;
  case SQLITE_BUSY:
    return ERR_BUSY;
  default:
    return ERR_IO;
  }
}

/* The second wall: after the statements are prepared nothing else is. */
static int authorise(void *self, int action, const char *a, const char *b, const char *c,
                     const char *d)
{
  const struct connection *connection = self;

  (void)a, (void)b, (void)c, (void)d;
  if (connection->is_shut || action == SQLITE_ATTACH || action == SQLITE_DETACH) return SQLITE_DENY;
  return SQLITE_OK;
}

static int count_wal(void *self, sqlite3 *db, const char *name, int pages)
{
  (void)db, (void)name;
  ((struct connection *)self)->wal_pages = pages;
  return SQLITE_OK;
}

enum err sql_run(struct connection *connection, const char *text)
{
  return sql_error(sqlite3_exec(connection->db, text, NULL, NULL, NULL));
}

enum err sql_number(struct connection *connection, const char *text, int64_t *ret_number)
{
  sqlite3_stmt *statement = NULL;
  enum err err = sql_error(sqlite3_prepare_v2(connection->db, text, -1, &statement, NULL));

  if (err == OK) err = sql_step_row(statement);
  if (err == OK) *ret_number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return err;
}

/* Settings that lower SQLite's guard are switched off by name, whatever the build's defaults. */
static enum err harden(struct connection *connection)
{
  static const struct {
    int option, value;
  } settings[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
  };

  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
    int now = -1;
    int code = sqlite3_db_config(connection->db, settings[i].option, settings[i].value, &now);
    if (code != SQLITE_OK) return sql_error(code);
    if (now != settings[i].value) return ERR_IO;
  }
  return OK;
}

/* WAL and FULL are what "durable" rests on: set, read back, refused when they are not so. */
static enum err check_durable(struct connection *connection, struct trail *trail)
{
  int64_t synchronous = 0, is_wal = 0;

  TRY(sql_run(connection, "PRAGMA synchronous = FULL"));
  TRY(sql_number(connection, "PRAGMA synchronous", &synchronous));
  if (synchronous != 2) return FAIL_AT(trail, ERR_IO, "synchronous is not FULL", synchronous, 0);
  TRY(sql_number(connection, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &is_wal));
  if (is_wal != 1) return FAIL(trail, ERR_IO, "journal mode is not WAL");
  return OK;
}

static enum err configure(struct connection *connection, enum store_use use, bool create,
                          struct trail *trail)
{
  if (create) {
    TRY(sql_run(connection, "PRAGMA page_size = 16384"));
    TRY(sql_run(connection, "PRAGMA journal_mode = WAL"));
  }
  TRY(sql_run(connection, "PRAGMA wal_autocheckpoint = 0"));
  /* More makes nothing faster: the system caches the file once for all connections. A reader looks
   * at one row at a time; a batch of the owner's changes many. */
  if (use == STORE_READER) TRY(sql_run(connection, "PRAGMA cache_size = -256"));
  if (use == STORE_OWNER) {
    TRY(sql_run(connection, "PRAGMA cache_size = -1024"));
    TRY(sql_run(connection, "PRAGMA secure_delete = ON"));
  }
  return check_durable(connection, trail);
}

enum err sql_connect(struct connection *connection, const char *dir, enum store_file file,
                     enum store_use use, bool create, struct trail *trail)
{
  char path[512];
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
              (use == STORE_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
              (create ? SQLITE_OPEN_CREATE : 0);
  int n = snprintf(path, sizeof path, "%s/%s", dir, file_names[file]);

  if (n < 0 || (size_t)n >= sizeof path) return FAIL(trail, ERR_INPUT, "path too long");
  *connection = (struct connection){0};
  int code = sqlite3_open_v2(path, &connection->db, flags, NULL);
  if (code != SQLITE_OK)
    return FAIL_AT(trail, sql_error(code), "cannot open a database file", file, code);
  sqlite3_extended_result_codes(connection->db, 1);
  sqlite3_busy_timeout(connection->db, 2000);
  sqlite3_set_authorizer(connection->db, authorise, connection);
  enum err err = harden(connection);
  if (err == OK) err = configure(connection, use, create, trail);
  /* After configure: setting wal_autocheckpoint takes any hook away. */
  sqlite3_wal_hook(connection->db, count_wal, connection);
  return err == OK ? OK : FAIL_AT(trail, err, "cannot set up a database file", file, 0);
}

void sql_disconnect(struct connection *connection, enum store_use use)
{
  if (!connection->db) return;
  for (size_t i = 0; i < 3; i++)
    sqlite3_blob_close(connection->blobs[i]);
  if (use == STORE_OWNER)
    sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  sqlite3_close_v2(connection->db);
  *connection = (struct connection){0};
}

enum err sql_prepare_all(struct store *store, struct trail *trail)
{
  for (int i = 0; i < SQL_COUNT; i++) {
    struct connection *connection = &store->files[statements[i].file];
    if (statements[i].use == WRITE && store->use != STORE_OWNER) continue;
    int code = sqlite3_prepare_v3(connection->db, statements[i].text, -1, SQLITE_PREPARE_PERSISTENT,
                                  &store->statements[i], NULL);
    if (code != SQLITE_OK)
      return FAIL_AT(trail, sql_error(code), "a statement cannot be prepared", i, code);
  }
  for (int file = 0; file < FILE_COUNT; file++)
    store->files[file].is_shut = true;
  return OK;
}

sqlite3_stmt *sql_use(struct store *store, enum sql sql)
{
  return store->statements[sql];
}

enum err sql_bind_id(sqlite3_stmt *statement, int at, struct id id)
{
  return sql_error(sqlite3_bind_blob(statement, at, id.b, ID_BYTES, SQLITE_TRANSIENT));
}

enum err sql_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t n)
{
  return sql_error(sqlite3_bind_blob64(statement, at, bytes, n, SQLITE_STATIC));
}

enum err sql_bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
  return sql_error(sqlite3_bind_int64(statement, at, (sqlite3_int64)number));
}

enum err sql_bind_text(sqlite3_stmt *statement, int at, struct str text)
{
  return sql_error(
    sqlite3_bind_text64(statement, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

enum err sql_step_done(sqlite3_stmt *statement)
{
  int code = sqlite3_step(statement);

  sqlite3_reset(statement);
  return code == SQLITE_ROW ? ERR_INTERNAL : sql_error(code);
}

void sql_step_last(sqlite3_stmt *statement)
{
  sqlite3_step(statement);
  sqlite3_reset(statement);
}

enum err sql_step_row(sqlite3_stmt *statement)
{
  int code = sqlite3_step(statement);

  if (code == SQLITE_ROW) return OK;
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? ERR_ABSENT : sql_error(code);
}

enum err sql_column(sqlite3_stmt *statement, int at, void *ret_bytes, size_t n)
{
  if (sqlite3_column_type(statement, at) != SQLITE_BLOB) return ERR_CORRUPT;
  const void *bytes = sqlite3_column_blob(statement, at);
  if ((size_t)sqlite3_column_bytes(statement, at) != n || (n > 0 && !bytes)) return ERR_CORRUPT;
  if (n > 0) memcpy(ret_bytes, bytes, n);
  return OK;
}

enum err sql_column_text(sqlite3_stmt *statement, int at, char *ret_text, size_t capacity)
{
  const unsigned char *text = sqlite3_column_text(statement, at);
  size_t n = (size_t)sqlite3_column_bytes(statement, at);

  if (!text || n >= capacity || memchr(text, 0, n)) return ERR_CORRUPT;
  memset(ret_text, 0, capacity);
  memcpy(ret_text, text, n);
  return OK;
}

uint64_t sql_column_number(sqlite3_stmt *statement, int at)
{
  return (uint64_t)sqlite3_column_int64(statement, at);
}
