/* What a start notices: every kind of damage and of going back, with its place. */
#include "tests/unit/register_world.h"

Test(start, opens_what_was_made_and_knows_its_records)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");

  world_close(world);
  cr_assert_eq(world_open(world), OK);
  index_read(world->reg->index);
  cr_expect_eq(index_count(world->reg->index), 1);
  const struct entry *entry = index_entry(world->reg->index, id);
  cr_assert_not_null(entry);
  cr_expect_eq(entry->version, 1);
  cr_expect_eq(entry->level, LEVEL_UNKNOWN);
  index_done(world->reg->index);
  world_free(world);
}

Test(start, refuses_a_second_process)
{
  struct world *world = world_new();
  struct reg *second = NULL;
  struct trail trail = {0};

  cr_expect_eq(reg_open(&second, &world->config, &trail), ERR_LOCKED);
  world_free(world);
}

Test(start, refuses_another_root)
{
  struct world *world = world_new();
  char path[128];

  world_close(world);
  snprintf(path, sizeof path, "%s/root.key", world->root_dir);
  cr_assert_eq(chmod(path, 0600), 0);
  int fd = open(path, O_RDWR);
  char byte = 0;
  cr_assert_eq(pread(fd, &byte, 1, 0), 1);
  byte = (char)(byte ^ 1); /* another, whatever it was */
  cr_assert_eq(pwrite(fd, &byte, 1, 0), 1);
  close(fd);
  cr_expect_eq(world_open(world), ERR_KEY);
  world_free(world);
}

/* Each row: what is done to the closed files, and what the start says. */
static const struct {
  const char *what, *file, *sql;
  enum err err;
} damages[] = {
  {"a byte of a body", "register.db",
   "UPDATE entry SET body = CAST(substr(body,1,20000) || x'ff00ff00' || substr(body,20005) AS "
   "BLOB) WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"a byte of a blob", "register.db",
   "UPDATE entry SET shielded = CAST(substr(shielded,1,9000) || x'ff00ff00' || "
   "substr(shielded,9005) AS BLOB)"
   " WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"a byte of the patches", "register.db",
   "UPDATE entry SET patches = CAST(substr(patches,1,900) || x'ff00ff00' || substr(patches,905) "
   "AS BLOB)"
   " WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"a seal", "register.db",
   "UPDATE entry SET seal = randomblob(32) WHERE row = (SELECT max(row) FROM entry)", ERR_CORRUPT},
  {"a version", "register.db",
   "UPDATE entry SET version = 2 WHERE row = (SELECT max(row) FROM entry)", ERR_CORRUPT},
  {"a field set", "register.db",
   "UPDATE entry SET field_set = 2 WHERE row = (SELECT max(row) FROM entry)", ERR_CORRUPT},
  {"an id", "register.db",
   "UPDATE entry SET id = randomblob(16) WHERE row = (SELECT max(row) FROM entry)", ERR_CORRUPT},
  {"a key name", "register.db",
   "UPDATE entry SET key = (SELECT key FROM entry ORDER BY row LIMIT 1) WHERE row = (SELECT "
   "max(row) FROM entry)",
   ERR_CORRUPT},
  {"a row taken away", "register.db", "DELETE FROM entry WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"a row doubled", "register.db",
   "INSERT INTO entry SELECT row - 1, id, version, field_set, generation, key, seal, body, "
   "shielded, patches FROM entry"
   " WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"bodies changed over", "register.db",
   "UPDATE entry SET body = (SELECT e.body FROM entry e WHERE e.row <> entry.row ORDER BY e.row "
   "LIMIT 1)"
   " WHERE row = (SELECT max(row) FROM entry)",
   ERR_CORRUPT},
  {"the sums", "register.db", "UPDATE sum SET sealed = randomblob(length(sealed)) WHERE which = 0",
   ERR_CORRUPT},
  {"live instead of synthetic", "register.db", "UPDATE meta SET synthetic = 0", ERR_CORRUPT},
  {"the protection version", "register.db", "UPDATE meta SET protection = 99", ERR_CORRUPT},
  {"the log position", "register.db", "UPDATE meta SET applied = applied - 1", ERR_CORRUPT},
  {"a wrapped key", "keys.db", "UPDATE key SET wrapped = randomblob(112)", ERR_VERSION},
  {"all keys", "keys.db", "DELETE FROM key", ERR_CORRUPT},
  {"a leaf", "audit.db",
   "DROP TRIGGER leaf_holds; UPDATE audit_leaf SET commitments = randomblob(128) WHERE idx = 1",
   ERR_CORRUPT},
  {"the last leaf cut", "audit.db",
   "DROP TRIGGER leaf_stays; DELETE FROM audit_leaf WHERE idx = (SELECT max(idx) FROM audit_leaf)",
   ERR_CORRUPT},
  {"the first leaf cut", "audit.db",
   "DROP TRIGGER leaf_stays; DELETE FROM audit_leaf WHERE idx = 0", ERR_CORRUPT},
  {"the root", "audit.db", "UPDATE audit_state SET root = randomblob(32)", ERR_CORRUPT},
  {"the right edge", "audit.db", "UPDATE audit_state SET edge = randomblob(length(edge))",
   ERR_CORRUPT},
  {"a charge", "audit.db", "UPDATE audit_charge SET sealed = randomblob(208) WHERE idx = 1",
   ERR_CORRUPT},
  {"a charge put beside another entry", "audit.db",
   "UPDATE audit_charge SET sealed = (SELECT sealed FROM audit_charge WHERE idx = 2) WHERE idx = 1",
   ERR_CORRUPT},
  {"the oldest charges", "audit.db", "DELETE FROM audit_charge WHERE idx < 2", ERR_CORRUPT},
  {"the newest charge", "audit.db",
   "DELETE FROM audit_charge WHERE idx = (SELECT max(idx) FROM audit_charge)", ERR_CORRUPT},
  {"all charges", "audit.db", "DELETE FROM audit_charge", ERR_CORRUPT},
  {"a newer schema", "audit.db", "PRAGMA user_version = 99", ERR_VERSION},
};

Test(start, refuses_every_kind_of_damage_and_names_the_place, .timeout = 120)
{
  struct world *world = world_new();
  char name[64];

  world_add(world, "Siôn", "Prawf", "2014-03-02");
  world_add(world, "Mair", "Prawf", "2012-01-09");
  world_close(world);
  for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
    snprintf(name, sizeof name, "%s.whole", damages[i].file);
    world_copy(world, damages[i].file, name);
    world_sql(world, damages[i].file, damages[i].sql);
    enum err err = world_open(world);
    bool is_refused =
      err == damages[i].err || (err == ERR_CORRUPT && damages[i].err == ERR_VERSION);
    cr_expect(is_refused, "%s: %s", damages[i].what, err_name(err));
    cr_expect_not_null(world->trail.where, "%s has no place", damages[i].what);
    world_close(world);
    world_copy(world, name, damages[i].file);
  }
  cr_expect_eq(world_open(world), OK);
  world_free(world);
}

Test(start, refuses_an_older_file_put_back)
{
  struct world *world = world_new();

  world_add(world, "Siôn", "Prawf", "2014-03-02");
  world_close(world);
  world_copy(world, "register.db", "register.old");
  cr_assert_eq(world_open(world), OK);
  world_add(world, "Mair", "Prawf", "2012-01-09");
  world_add(world, "Nia", "Prawf", "2011-01-09");
  world_close(world);
  world_copy(world, "register.old", "register.db");
  cr_expect_eq(world_open(world), ERR_ROLLED_BACK);
  world_free(world);
}

/* Signs whatever it is shown, and remembers. */
struct memory {
  uint64_t size;
  struct hash root;
};

static enum err memory_last(void *self, uint64_t *ret_size, struct hash *ret_root)
{
  const struct memory *memory = self;

  *ret_size = memory->size;
  *ret_root = memory->root;
  return OK;
}

static enum err memory_sign(void *self, char ret_note[static NOTE_MAX], size_t *ret_n,
                            uint64_t old_size, const struct tree_proof *proof, uint64_t new_size,
                            const struct hash *root)
{
  struct memory *memory = self;

  (void)proof, (void)old_size;
  memory->size = new_size;
  memory->root = *root;
  *ret_n = (size_t)snprintf(ret_note, NOTE_MAX, "head of %llu\n", (unsigned long long)new_size);
  return OK;
}

Test(start, refuses_all_files_put_back_when_the_witness_remembers)
{
  struct world *world = world_new();
  struct memory memory = {0};
  struct head_witness witness = {memory_last, memory_sign, &memory};

  world_add(world, "Siôn", "Prawf", "2014-03-02");
  world_close(world);
  world_copy(world, "register.db", "register.old");
  world_copy(world, "audit.db", "audit.old");
  world_copy(world, "keys.db", "keys.old");
  world->seams.witness = &witness;
  world->config.start_without_custodian = false;
  cr_assert_eq(world_open(world), OK);
  world_add(world, "Mair", "Prawf", "2012-01-09");
  for (int i = 0; i < 200 && memory.size < 3; i++)
    usleep(20000);
  cr_expect_eq(memory.size, 3);
  world_close(world);
  cr_expect_eq(world_open(world), OK); /* as it is: fine */
  world_close(world);
  world_copy(world, "register.old", "register.db");
  world_copy(world, "audit.old", "audit.db");
  world_copy(world, "keys.old", "keys.db");
  cr_expect_eq(world_open(world), ERR_ROLLED_BACK);
  world_free(world);
}

static void die(void *self)
{
  (void)self;
  _exit(0); /* kill between the two commits */
}

Test(start, says_in_the_log_that_a_change_was_not_applied)
{
  struct world *world = world_new();
  struct log_state state;

  world_add(world, "Siôn", "Prawf", "2014-03-02");
  world_close(world);
  pid_t child = fork();
  if (child == 0) {
    world->seams.between = die;
    if (world_open(world) == OK) world_add(world, "Mair", "Prawf", "2012-01-09");
    _exit(1);
  }
  int status = -1;
  cr_assert_eq(waitpid(child, &status, 0), child);
  cr_assert_eq(status, 0);
  cr_assert_eq(world_open(world), OK);
  index_read(world->reg->index);
  cr_expect_eq(index_count(world->reg->index), 1);
  index_done(world->reg->index);
  cr_assert_eq(store_log_state(world->reader->store, &state), OK);
  cr_expect_eq(state.edge.size, 4); /* made, Siôn, Mair, not applied */
  world_add(world, "Nia", "Prawf", "2011-01-09");
  world_close(world);
  cr_expect_eq(world_open(world), OK);
  world_free(world);
}

/* SQL about one child's row; the older file is attached as "old". */
static void sql_of(const struct world *world, struct id id, const char *before, const char *after)
{
  char text[ID_BYTES * 2 + 1] = {0}, sql[600];

  hex_write(text, id.b, ID_BYTES);
  snprintf(sql, sizeof sql, "ATTACH '%s/register.old' AS old; %s x'%s'%s x'%s'",
           world->register_dir, before, text, after, text);
  world_sql(world, "register.db", sql);
}

/* Yesterday's keys beside today's, as somebody would have them who kept a copy. */
static void bring_back_keys(const struct world *world)
{
  char path[128], sql[200];
  sqlite3 *db = NULL;

  snprintf(path, sizeof path, "%s/keys.db", world->register_dir);
  snprintf(sql, sizeof sql,
           "ATTACH '%s/keys.old' AS old; INSERT OR IGNORE INTO key SELECT * FROM old.key",
           world->register_dir);
  cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
  cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
  sqlite3_close(db);
}

Test(start, takes_no_key_back_that_was_destroyed)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct entry_of entry = {.action = ACTION_ENTRY_CHANGE};
  struct record *record;
  struct facts facts;

  world_close(world);
  world_copy(world, "keys.db", "keys.old");
  cr_assert_eq(world_open(world), OK);
  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_assert_eq(op_record(&world->op, &record, &facts), OK);
  cr_assert_eq(op_put(&world->op, record, NULL), OK);
  cr_assert_eq(op_entry(&world->op, &entry), OK);
  cr_assert_eq(world_submit(&world->op), OK);
  world_close(world);
  world_copy(world, "keys.old", "keys.db"); /* the record's new key was made after that */
  cr_expect_neq(world_open(world), OK);
  world_free(world);
}

Test(start, notices_one_row_taken_away_or_put_back_though_its_seal_holds)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct entry_of entry = {.action = ACTION_ENTRY_CHANGE};
  struct record *record;
  struct facts facts;

  world_close(world);
  world_copy(world, "register.db", "register.old");
  world_copy(world, "keys.db", "keys.old");
  cr_assert_eq(world_open(world), OK);
  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_assert_eq(op_record(&world->op, &record, &facts), OK);
  cr_assert_eq(op_put(&world->op, record, NULL), OK);
  cr_assert_eq(op_entry(&world->op, &entry), OK);
  cr_assert_eq(world_submit(&world->op), OK);
  world_close(world);
  bring_back_keys(world);
  world_copy(world, "register.db", "register.new");
  cr_assert_eq(world_open(world), OK);
  world_close(world);
  bring_back_keys(world);
  sql_of(world, id,
         "DELETE FROM entry WHERE id =", "; INSERT INTO entry SELECT * FROM old.entry WHERE id =");
  cr_expect_eq(world_open(world), ERR_CORRUPT);
  world_close(world);
  world_copy(world, "register.new", "register.db");
  sql_of(world, id, "DELETE FROM entry WHERE id =", " OR id =");
  cr_expect_eq(world_open(world), ERR_CORRUPT);
  world_free(world);
}
