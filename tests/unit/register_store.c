/* The store: statements, transactions, and that no new SQL gets in. */
#include <sys/stat.h>
#include <unistd.h>

#include "register/sql.h"
#include "tests/unit/register_world.h"

static const struct {
  enum store_file file;
  const char *text;
} statements[] = {
#define Q(id, file, use, text) {file, text},
#include "register/sql.def"
#undef Q
};

Test(store, every_plan_is_a_search)
{
  static const char *const files[] = {"register.db", "audit.db", "keys.db"};
  struct world *world = world_new();
  char path[128], sql[1200];

  for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
    sqlite3 *db = NULL;
    sqlite3_stmt *plan = NULL;
    snprintf(path, sizeof path, "%s/%s", world->register_dir, files[statements[i].file]);
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", statements[i].text);
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &plan, NULL), SQLITE_OK, "%s", sql);
    while (sqlite3_step(plan) == SQLITE_ROW)
      cr_expect_null(strstr((const char *)sqlite3_column_text(plan, 3), "SCAN"), "%s", sql);
    sqlite3_finalize(plan);
    sqlite3_close(db);
  }
  world_free(world);
}

Test(store, refuses_any_new_statement_once_open)
{
  struct world *world = world_new();

  for (enum store_file file = 0; file < FILE_COUNT; file++) {
    sqlite3 *db = world->reader->store->files[file].db;
    cr_expect_eq(sqlite3_exec(db, "SELECT 1", NULL, NULL, NULL), SQLITE_AUTH);
    cr_expect_eq(sqlite3_exec(db, "PRAGMA user_version", NULL, NULL, NULL), SQLITE_AUTH);
  }
  world_free(world);
}

Test(store, reads_by_offset_what_the_whole_row_holds)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct row *row = malloc(sizeof *row);
  uint8_t part[500];

  cr_assert_eq(op_begin(&world->op), OK);
  cr_assert_eq(store_row(world->reader->store, row, id), OK);
  for (size_t at = 0; at + sizeof part <= BODY_BYTES; at += 3777) {
    cr_assert_eq(store_row_part(world->reader->store, part, id, PART_BODY, at, sizeof part), OK);
    cr_expect_eq(memcmp(part, row->body + at, sizeof part), 0);
  }
  cr_assert_eq(store_row_part(world->reader->store, part, id, PART_PATCHES, 17, sizeof part), OK);
  cr_expect_eq(memcmp(part, row->patches + 17, sizeof part), 0);
  id.b[3] ^= 1;
  cr_expect_eq(store_row_part(world->reader->store, part, id, PART_BODY, 0, 1), ERR_ABSENT);
  free(row);
  world_free(world);
}

Test(store, every_row_has_one_size)
{
  struct world *world = world_new();

  world_add(world, "A", "B", "2014-03-02");
  world_add(world, "Gwenhwyfar Angharad", "ap Llywelyn-Fychan", "2014-03-02");
  world_close(world);
  world_sql(world, "register.db",
            "CREATE TEMP TABLE t(n INTEGER CHECK(n = 1)); INSERT INTO t SELECT count(DISTINCT "
            "length(body) || ' ' ||"
            " length(shielded) || ' ' || length(patches)) FROM entry");
  world_free(world);
}

/* Whether what was committed has moved from the log of the database into the database itself. */
static bool has_moved(const struct world *world, const char *file, off_t bytes)
{
  char path[128];
  struct stat about;

  snprintf(path, sizeof path, "%s/%s", world->register_dir, file);
  return stat(path, &about) == 0 && about.st_size >= bytes;
}

Test(store, moves_what_is_committed_out_of_the_write_ahead_log, .timeout = 60)
{
  struct world *world = world_new();

  for (int i = 0; i < 100; i++)
    world_add(world, "Siôn", "Prawf", "2014-03-02");
  for (int wait = 0; wait < 50 && !has_moved(world, "register.db", 4 << 20); wait++)
    usleep(100000);
  cr_expect(has_moved(world, "register.db", 4 << 20));
  world_free(world);
}
