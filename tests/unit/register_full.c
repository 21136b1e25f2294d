/* No room: each file of the register is bounded in turn, by SQLite's own limit of pages, and what
 * follows is 503 and no data, nothing half done, and business as usual once there is room. The same
 * on a real file system is tests/crash/full_disk.sh. */
#include "register/keys.h"
#include "register/sql.h"
#include "register/writer.h"
#include "tests/unit/register_world.h"

static struct world *world;
static atomic_int_fast64_t later_us; /* how far the clock is ahead */

static struct instant shifted_now(void *self)
{
  struct outside real = outside_real();
  struct instant now = real.now(self);

  now.us += later_us;
  return now;
}

static void begin(void)
{
  later_us = 0;
  world = world_new();
  world_close(world);
  world->config.outside.now = shifted_now;
  cr_assert_eq(world_open(world), OK);
}

static void end(void)
{
  world_free(world);
}

TestSuite(full, .init = begin, .fini = end, .timeout = 120);

/* ---- bounding a file: on the writer's thread, whose connections they are ---- */

struct bounding {
  struct world_wait wait;
  enum store_file file;
  bool is_full;
};

/* Rows of months that nobody asks for, until not one more finds room in the last page. */
static void fill_months(struct connection *connection)
{
  char text[96];
  enum err err = OK;

  for (int id = 1; err == OK; id++) {
    snprintf(text, sizeof text, "INSERT INTO month(id, wrapped) VALUES(%d, zeroblob(%d))", id,
             WRAPPED_KEY_BYTES);
    err = sql_run(connection, text);
  }
  cr_assert_eq(err, ERR_FULL, "%s", err_name(err));
}

static void bound(struct store *store, enum store_file file, bool is_full)
{
  struct connection *connection = &store->files[file];
  char text[64];
  int64_t pages = 1 << 30;

  connection->is_shut = false;
  if (is_full) cr_assert_eq(sql_number(connection, "PRAGMA page_count", &pages), OK);
  snprintf(text, sizeof text, "PRAGMA max_page_count = %lld", (long long)pages);
  cr_assert_eq(sql_run(connection, text), OK);
  if (is_full && file == FILE_KEYS) fill_months(connection);
  connection->is_shut = true;
}

static void bound_and_end(void *self, enum err err)
{
  struct bounding *bounding = self;

  bound(world->reg->store, bounding->file, bounding->is_full);
  world_ended(&bounding->wait, err);
}

static enum err submit_and_bound(struct op *op, enum store_file file, bool is_full)
{
  struct bounding bounding = {
    {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, OK}, file, is_full};

  reg_submit(op, bound_and_end, &bounding);
  pthread_mutex_lock(&bounding.wait.mutex);
  while (!bounding.wait.has_ended)
    pthread_cond_wait(&bounding.wait.ended, &bounding.wait.mutex);
  pthread_mutex_unlock(&bounding.wait.mutex);
  return bounding.wait.err;
}

/* An entry and nothing else. */
static void prepare_view(struct op *op)
{
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};

  arena_reset(op->arena);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
}

static enum err view(void)
{
  prepare_view(&world->op);
  return world_submit(&world->op);
}

static void set_room(enum store_file file, bool is_full)
{
  prepare_view(&world->op);
  (void)submit_and_bound(&world->op, file, is_full);
}

static uint64_t log_size(void)
{
  struct tree_edge edge;

  writer_edge(world->reg->writer, &edge);
  return edge.size;
}

static size_t records(void)
{
  index_read(world->reg->index);
  size_t count = index_count(world->reg->index);
  index_done(world->reg->index);
  return count;
}

static enum err add(void)
{
  struct id id;
  enum err err;

  while ((err = world_child(&world->op, &id, "Siân", "Prawf", "2014-03-02")) == ERR_BUSY)
    usleep(1000);
  op_end(&world->op);
  return err;
}

static void reopen(void)
{
  world_close(world);
  enum err err = world_open(world);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), world->trail.where ? world->trail.where : "");
}

/* ---- what happens ---- */

Test(full, log_without_room_gives_nothing_until_there_is_some)
{
  uint64_t acknowledged = 0, before;
  enum err err;

  cr_assert_eq(add(), OK);
  set_room(FILE_AUDIT, true);
  before = log_size();
  while ((err = view()) == OK && acknowledged < 10000)
    acknowledged++;
  cr_expect_eq(err, ERR_FULL, "%s", err_name(err));
  cr_expect_eq(view(), ERR_FULL, "and it stays so");
  cr_expect_eq(add(), ERR_FULL, "nor is anything taken in");
  cr_expect_eq(records(), 1);
  cr_expect_eq(log_size(), before + acknowledged);
  set_room(FILE_AUDIT, false);
  cr_expect_eq(view(), OK);
  cr_expect_eq(add(), OK);
  cr_expect_eq(log_size(), before + acknowledged + 2);
  reopen();
  cr_expect_eq(records(), 2);
  cr_expect_eq(log_size(), before + acknowledged + 2);
}

/* Adds until it is refused. */
static size_t fill_records(void)
{
  size_t added = 0;
  enum err err;

  set_room(FILE_REGISTER, true);
  while ((err = add()) == OK && added < 1000)
    added++;
  cr_assert_eq(err, ERR_FULL, "%s", err_name(err));
  return added;
}

Test(full, records_without_room_owe_the_log_an_entry_before_anything_follows)
{
  size_t added = fill_records();
  uint64_t refused_at = log_size();

  cr_expect_eq(records(), added);
  cr_expect_eq(view(), OK, "looking goes on");
  cr_expect_eq(log_size(), refused_at + 2, "what did not happen, and the look");
  cr_expect_eq(view(), OK);
  cr_expect_eq(log_size(), refused_at + 3, "it is said once");
  cr_expect_eq(add(), ERR_FULL);
  set_room(FILE_REGISTER, false);
  cr_expect_eq(add(), OK);
  cr_expect_eq(records(), added + 1);
  reopen();
  cr_expect_eq(records(), added + 1);
}

Test(full, what_is_owed_at_the_end_is_said_at_the_next_start)
{
  size_t added = fill_records();
  uint64_t refused_at = log_size();

  reopen();
  cr_expect_eq(records(), added);
  cr_expect_eq(log_size(), refused_at + 1);
  reopen();
  cr_expect_eq(log_size(), refused_at + 1, "and not again");
  cr_expect_eq(add(), OK);
}

/* ---- keys ---- */

static int32_t month(void)
{
  return instant_month(shifted_now(NULL));
}

Test(full, no_entry_is_sealed_under_a_months_key_that_could_not_be_kept)
{
  struct key key, again;

  set_room(FILE_KEYS, true);
  prepare_view(&world->op);
  later_us = (int64_t)70 * 86400 * 1000000;
  usleep(800000); /* enough to make it, were there room */
  cr_expect_eq(keys_month(world->reg->keys, &key, MONTH_CHILDLESS, month()), ERR_BUSY);
  cr_assert_eq(submit_and_bound(&world->op, FILE_KEYS, false), OK);
  for (int i = 0; i < 100; i++) {
    if (keys_month(world->reg->keys, &key, MONTH_CHILDLESS, month()) == OK) break;
    usleep(50000);
  }
  cr_assert_eq(keys_month(world->reg->keys, &key, MONTH_CHILDLESS, month()), OK);
  reopen();
  cr_assert_eq(keys_month(world->reg->keys, &again, MONTH_CHILDLESS, month()), OK);
  cr_expect_eq(memcmp(&key, &again, sizeof key), 0);
}

Test(full, the_keys_of_past_months_are_there_after_a_start)
{
  int32_t then = month();
  struct key key, again;

  cr_assert_eq(keys_month(world->reg->keys, &key, MONTH_WHO, then), OK);
  later_us = (int64_t)200 * 86400 * 1000000;
  reopen();
  cr_assert_eq(keys_month(world->reg->keys, &again, MONTH_WHO, then), OK);
  cr_expect_eq(memcmp(&key, &again, sizeof key), 0);
}
