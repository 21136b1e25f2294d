/* How the files of the store speak to SQLite: connections, prepared statements, errors. Included by
 * sql.c, migrate.c, store*.c and nothing else. */
#ifndef REGISTER_SQL_H
#define REGISTER_SQL_H

#include <sqlite3.h>

#include "register/store.h"

enum sql {
#define Q(id, file, use, text) SQL_##id,
#include "register/sql.def"
#undef Q
  SQL_COUNT
};

struct connection {
  sqlite3 *db;
  sqlite3_blob *blobs[3];     /* by enum row_part; open only inside a read transaction */
  sqlite3_int64 blob_rows[3]; /* where each of them stands */
  bool is_shut;               /* no new SQL */
  int wal_pages;              /* in the WAL after the last commit */
};
struct store {
  enum store_use use;
  struct connection files[FILE_COUNT];
  sqlite3_stmt *statements[SQL_COUNT];
  bool is_reading;
};

/* Opens one file with everything that makes SQLite careful; `create` makes it. */
MUST_USE enum err sql_connect(struct connection *connection, const char *dir, enum store_file file,
                              enum store_use use, bool create, struct trail *trail);
void sql_disconnect(struct connection *connection, enum store_use use);
MUST_USE enum err sql_prepare_all(struct store *store, struct trail *trail);
/* Runs a text of the tables (migrations.def, pragmas); only before SQL is shut. */
MUST_USE enum err sql_run(struct connection *connection, const char *text);
MUST_USE enum err sql_number(struct connection *connection, const char *text, int64_t *ret_number);
/* Brings one file to SCHEMA_VERSION. ERR_VERSION when it is newer. */
MUST_USE enum err sql_migrate(struct connection *connection, enum store_file file, bool may_write,
                              struct trail *trail);
enum err sql_error(int code);

/* ---- one use of a prepared statement: reset, bind, step, read, reset ---- */

sqlite3_stmt *sql_use(struct store *store, enum sql sql);
enum err sql_bind_id(sqlite3_stmt *statement, int at, struct id id);
enum err sql_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes,
                        size_t n); /* not copied */
enum err sql_bind_number(sqlite3_stmt *statement, int at, uint64_t number);
enum err sql_bind_text(sqlite3_stmt *statement, int at, struct str text);
MUST_USE enum err sql_step_done(sqlite3_stmt *statement); /* no row expected; resets */
void sql_step_last(
  sqlite3_stmt *statement); /* the end of a read, or of a failure: nothing to tell */
MUST_USE enum err
sql_step_row(sqlite3_stmt *statement); /* ERR_ABSENT and reset when there is none */
/* A BLOB column of exactly n bytes; else ERR_CORRUPT. */
MUST_USE enum err sql_column(sqlite3_stmt *statement, int at, void *ret_bytes, size_t n);
MUST_USE enum err sql_column_text(sqlite3_stmt *statement, int at, char *ret_text, size_t capacity);
uint64_t sql_column_number(sqlite3_stmt *statement, int at);

#endif
