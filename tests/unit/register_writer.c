/* Changing, committing, keys and what lies on disk. */
#include "tests/unit/register_world.h"

static size_t file_holds(const struct world *world, const char *what)
{
  char command[200], count[32] = "";

  snprintf(command, sizeof command, "cat %s/* | grep -a -c '%s'", world->register_dir, what);
  FILE *out = popen(command, "r");
  cr_assert_not_null(fgets(count, sizeof count, out));
  pclose(out);
  return strtoul(count, NULL, 10);
}

Test(writer, takes_two_hundred_records_and_leaves_no_name_on_disk, .timeout = 120)
{
  struct world *world = world_new();
  struct trail trail = {0};
  char name[32];

  for (int i = 0; i < 200; i++) {
    snprintf(name, sizeof name, "Canari%d", i);
    world_add(world, name, "Enwdirgel", "2014-03-02");
  }
  for (const char *const *word =
         (const char *const[]){"Canari", "Enwdirgel", "Stryd", "ZZ1 1AA", "900123", NULL};
       *word; word++)
    cr_expect_eq(file_holds(world, *word), 0, "%s", *word); /* with the WAL as it is */
  world_close(world);
  cr_expect_eq(file_holds(world, "Canari"), 0);
  cr_expect_eq(world_open(world), OK, "%s", trail.where);
  index_read(world->reg->index);
  cr_expect_eq(index_count(world->reg->index), 200);
  index_done(world->reg->index);
  world_free(world);
}

Test(writer, changes_a_record_under_a_new_key_and_refuses_an_older_version)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct record *first, *second;
  struct row_head before, after;
  struct facts facts;
  struct entry_of entry = {.action = ACTION_ENTRY_CHANGE};
  enum err err;

  cr_assert_eq(world_facts(world, &facts, id), OK);
  before = facts.head;
  cr_assert_eq(op_record(op, &first, &facts), OK);
  cr_assert_eq(op_record(op, &second, &facts), OK);
  record_set(first, FIELD_known_as, 0, world_value("Siôny"));
  cr_assert_eq(op_put(op, first, NULL), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(world_submit(op), OK);
  op->commit = NULL;
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_put(op, second, NULL), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  err = world_submit(op);
  cr_expect_eq(err, ERR_MOVED, "%s", err_name(err));
  cr_assert_eq(world_facts(world, &facts, id), OK);
  after = facts.head;
  cr_expect_eq(after.version, before.version + 1);
  cr_expect(!id_equal(after.key, before.key));
  op_end(op);
  world_close(world);
  cr_assert_eq(world_open(world), OK);
  uint8_t wrapped[WRAPPED_KEY_BYTES];
  cr_expect_eq(store_key(world->reader->store, wrapped, before.key),
               ERR_ABSENT); /* destroyed at the latest now */
  cr_expect_eq(store_key(world->reader->store, wrapped, after.key), OK);
  world_free(world);
}

Test(writer, decides_again_what_rested_on_an_older_protection)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};

  arena_reset(op->arena);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  op_moves_protection(op);
  cr_assert_eq(world_submit(op), OK);
  cr_assert_eq(op_begin(op), OK);
  op->commit->protection_version--;
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_expect_eq(world_submit(op), ERR_MOVED);
  world_free(world);
}

struct crowd {
  struct world *world;
  unsigned done;
};

static void *add_twenty(void *self)
{
  struct crowd *crowd = self;
  struct reader *reader = NULL;
  struct arena *arena = NULL;
  struct id id;

  if (reader_new(&reader, crowd->world->reg) != OK || arena_new(&arena, 64 << 20) != OK)
    return NULL;
  struct op op = {.reg = crowd->world->reg, .reader = reader, .arena = arena};
  for (int i = 0; i < 20;) {
    enum err err = world_child(&op, &id, "Nia", "Prawf", "2013-05-05");
    if (err == OK)
      i++, crowd->done++;
    else if (err == ERR_BUSY)
      usleep(1000);
    else
      break;
  }
  reader_free(&reader);
  arena_free(&arena);
  return NULL;
}

Test(writer, commits_for_eight_threads_in_groups, .timeout = 120)
{
  struct world *world = world_new();
  struct crowd crowds[8] = {{0}};
  pthread_t threads[8];
  struct log_state state;

  for (int i = 0; i < 8; i++) {
    crowds[i].world = world;
    cr_assert_eq(pthread_create(&threads[i], NULL, add_twenty, &crowds[i]), 0);
  }
  for (int i = 0; i < 8; i++) {
    pthread_join(threads[i], NULL);
    cr_expect_eq(crowds[i].done, 20);
  }
  cr_assert_eq(store_log_state(world->reader->store, &state), OK);
  cr_expect_eq(state.edge.size, 161);
  world_close(world);
  cr_expect_eq(world_open(world), OK);
  world_free(world);
}

static int compare_ids(const void *a, const void *b)
{
  return memcmp(a, b, ID_BYTES);
}

Test(keys, never_hands_one_out_twice)
{
  struct world *world = world_new();
  static struct id taken[1200];
  struct spare spare;

  for (size_t i = 0; i < 1200;) {
    enum err err = keys_take(world->reg->keys, &spare);
    if (err == ERR_BUSY) {
      usleep(1000);
      continue;
    }
    cr_assert_eq(err, OK);
    taken[i++] = spare.id;
    spare_wipe(&spare);
  }
  qsort(taken, 1200, sizeof taken[0], compare_ids);
  for (size_t i = 1; i < 1200; i++)
    cr_assert(!id_equal(taken[i - 1], taken[i]));
  world_free(world);
}

static void note_fatal(void *self)
{
  *(bool *)self = true;
}

Test(writer, stops_when_the_outcome_of_a_commit_is_unknown)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};
  bool is_fatal = false;

  world_close(world);
  world->seams.fatal = note_fatal;
  world->seams.self = &is_fatal;
  cr_assert_eq(world_open(world), OK);
  /* Somebody else's leaf in the place of ours: an error that no room would mend. */
  world_sql(world, "audit.db", "INSERT INTO audit_leaf VALUES(1, randomblob(128))");
  arena_reset(op->arena);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_expect_eq(world_submit(op), ERR_UNKNOWN_OUTCOME);
  cr_expect(is_fatal);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_expect_eq(world_submit(op), ERR_UNKNOWN_OUTCOME); /* and nothing more is written */
  world_free(world);
}
