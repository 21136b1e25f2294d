/* Brings a database file to the schema of this program, step by step from version 1; a file of a
 * newer program is refused, never touched. */
#include "register/sql.h"

static const struct {
  int version;
  enum store_file file;
  const char *text;
} steps[] = {
#define M(version, file, text) {version, file, text},
#include "register/migrations.def"
#undef M
};

static enum err run_steps(struct connection *connection, enum store_file file, int64_t from)
{
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
    if (steps[i].file == file && steps[i].version > from) TRY(sql_run(connection, steps[i].text));
  return OK;
}

/* Written out rather than printed: SQL is never put together at run time. */
#define STAMP_TEXT(version) "PRAGMA user_version = " #version
#define STAMP(version) STAMP_TEXT(version)

enum err sql_migrate(struct connection *connection, enum store_file file, bool may_write,
                     struct trail *trail)
{
  int64_t version = 0;

  TRY(sql_number(connection, "PRAGMA user_version", &version));
  if (version == SCHEMA_VERSION) return OK;
  if (version > SCHEMA_VERSION)
    return FAIL_AT(trail, ERR_VERSION, "written by a newer program", file, version);
  if (!may_write)
    return FAIL_AT(trail, ERR_VERSION, "an older file, not brought up to date", file, version);
  TRY(sql_run(connection, "BEGIN IMMEDIATE"));
  enum err err = run_steps(connection, file, version);
  if (err == OK) err = sql_run(connection, STAMP(SCHEMA_VERSION));
  if (err == OK) return sql_run(connection, "COMMIT");
  sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL,
               NULL); /* the first error is the one to tell */
  return FAIL_AT(trail, err, "a migration failed", file, version);
}
