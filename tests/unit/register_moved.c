/* What rested on a state that moved: told so while it can be decided again, answered 503 at last,
 * and never sooner than the new state is there to be read. */
#include "register/operations.h"
#include "register/writer.h"
#include "tests/unit/register_world.h"

Test(moved, operation_is_run_again_without_an_entry_and_the_third_time_is_the_last)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct tree_edge before, after;

  writer_edge(world->reg->writer, &before);
  for (op->attempt = 0; op->attempt < 3; op->attempt++) {
    arena_reset(op->arena);
    cr_assert_eq(op_begin(op), OK);
    op_refuse(op, ERR_MOVED);
    enum err err = world_submit(op);
    writer_edge(world->reg->writer, &after);
    if (op->attempt < 2) {
      cr_expect_eq(err, ERR_MOVED, "%s", err_name(err));
      cr_expect_eq(after.size, before.size);
      continue;
    }
    cr_expect_eq(err, OK, "%s", err_name(err));
    cr_expect_eq(op->answer.status, 503);
    cr_expect_eq(after.size, before.size + 1);
  }
  world_free(world);
}

/* ---- two in one batch ---- */

struct gate {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool is_held, is_open;
};

/* Between the two commits of the first batch: holds the writer while others queue behind it. */
static void hold(void *self)
{
  struct gate *gate = self;

  pthread_mutex_lock(&gate->mutex);
  gate->is_held = true;
  pthread_cond_broadcast(&gate->changed);
  while (!gate->is_open)
    pthread_cond_wait(&gate->changed, &gate->mutex);
  pthread_mutex_unlock(&gate->mutex);
}

static void let_go(struct gate *gate)
{
  pthread_mutex_lock(&gate->mutex);
  gate->is_open = true;
  pthread_cond_broadcast(&gate->changed);
  pthread_mutex_unlock(&gate->mutex);
}

static void wait_until_held(struct gate *gate)
{
  pthread_mutex_lock(&gate->mutex);
  while (!gate->is_held)
    pthread_cond_wait(&gate->changed, &gate->mutex);
  pthread_mutex_unlock(&gate->mutex);
}

struct heard {
  struct world_wait wait;
  struct reg *reg;
  uint64_t version; /* of protection, when it was heard */
};

static void hear(void *self, enum err err)
{
  struct heard *heard = self;

  heard->version = writer_protection_version(heard->reg->writer);
  world_ended(&heard->wait, err);
}

static enum err await(struct heard *heard)
{
  pthread_mutex_lock(&heard->wait.mutex);
  while (!heard->wait.has_ended)
    pthread_cond_wait(&heard->wait.ended, &heard->wait.mutex);
  pthread_mutex_unlock(&heard->wait.mutex);
  return heard->wait.err;
}

static void send(struct world *world, struct op *op, struct arena *arena, struct heard *heard,
                 bool moves)
{
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE};

  *op = (struct op){.reg = world->reg, .reader = world->reader, .arena = arena};
  *heard =
    (struct heard){.wait = {.mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER},
                   .reg = world->reg};
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  if (moves) op_moves_protection(op);
  op_end(op);
}

Test(moved, word_comes_when_the_new_state_can_be_read)
{
  struct world *world = world_new();
  struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  struct arena *arenas[3];
  struct heard heard[3];
  struct op ops[3];

  world_close(world);
  world->seams.between = hold;
  world->seams.self = &gate;
  cr_assert_eq(world_open(world), OK);
  for (int i = 0; i < 3; i++)
    cr_assert_eq(arena_new(&arenas[i], 1 << 20), OK);
  send(world, &ops[0], arenas[0], &heard[0], true);
  reg_submit(&ops[0], hear, &heard[0]);
  wait_until_held(&gate);
  for (int i = 1; i < 3; i++) {
    send(world, &ops[i], arenas[i], &heard[i], i == 1);
    ops[i].commit->protection_version++; /* as if decided right after the first */
  }
  reg_submit(&ops[1], hear, &heard[1]);
  reg_submit(&ops[2], hear, &heard[2]); /* behind a raising in its own batch */
  let_go(&gate);
  cr_expect_eq(await(&heard[0]), OK);
  cr_expect_eq(await(&heard[1]), OK);
  cr_expect_eq(await(&heard[2]), ERR_MOVED);
  cr_expect_eq(heard[2].version, heard[0].version + 1, "else it would rest on the old state again");
  for (int i = 0; i < 3; i++)
    arena_free(&arenas[i]);
  world_free(world);
}
