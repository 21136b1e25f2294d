/* The errands thread. It must never hold a read view while it waits for the custodian. */
#include "register/errands.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
  CUSTODIAN_WAIT_US = 3000000,
  LOOK_EVERY_US = 1000000, /* for a custodian that has started again */
  GATHER_US = 50000,       /* one round for what comes close together */
  ARENA_BYTES = 4 << 20,
  LISTS_BYTES = 16 << 20
};
#define TOLD_NOTHING UINT64_MAX

struct errands {
  pthread_t thread;
  struct errand_context context;
  struct learnt learnt;
  uint64_t seen;              /* size of the log when the last round began */
  size_t refused, uncompared; /* in the last round */
  atomic_bool has_custodian;  /* these three for every thread */
  atomic_uint_fast32_t able;
  atomic_uint_fast64_t told; /* index_blobs up to which the custodian knows all */
};

/* ---- waiting for the writer ---- */

struct waiting_commit {
  pthread_mutex_t mutex;
  pthread_cond_t ended;
  bool has_ended;
  enum err err;
};

static void end(void *context, enum err err)
{
  struct waiting_commit *waiting = context;

  pthread_mutex_lock(&waiting->mutex);
  waiting->err = err;
  waiting->has_ended = true;
  pthread_cond_signal(&waiting->ended);
  pthread_mutex_unlock(&waiting->mutex);
}

enum err errand_commit_asked(struct op *op)
{
  struct waiting_commit waiting = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                   .ended = PTHREAD_COND_INITIALIZER};

  reg_submit(op, end, &waiting);
  pthread_mutex_lock(&waiting.mutex);
  while (!waiting.has_ended)
    pthread_cond_wait(&waiting.ended, &waiting.mutex);
  pthread_mutex_unlock(&waiting.mutex);
  pthread_mutex_destroy(&waiting.mutex);
  pthread_cond_destroy(&waiting.ended);
  return waiting.err;
}

enum err errand_commit(struct op *op)
{
  TRY(errand_commit_asked(op));
  atomic_fetch_add(&op->reg->unasked, op->commit->entry_count);
  return OK;
}

bool errand_goes_on(const struct errand_context *context)
{
  return writer_wait(context->reg->writer, UINT64_MAX, 0);
}

enum err errand_outcome(const struct errand_context *context, enum err err, size_t *ret_refused)
{
  bool is_refused = custodian_has_refused(err);

  arena_reset(context->arena);
  if (err == OK || err == ERR_MOVED || err == ERR_ABSENT || err == ERR_BUSY) return OK;
  if (is_refused) (*ret_refused)++;
  return is_refused ? OK : err;
}

/* ---- rounds ---- */

/* Every patch is written with an entry, so a log that does not grow has nothing new in it. */
static bool wait_for_more(const struct errands *errands, enum err last)
{
  struct writer *writer = errands->context.reg->writer;

  if (last != OK) return writer_wait(writer, UINT64_MAX, LOOK_EVERY_US);
  return writer_wait(writer, errands->seen, LOOK_EVERY_US) &&
         writer_wait(writer, UINT64_MAX, GATHER_US);
}

/* Said once, and again when it gets worse. */
static void say(const struct errands *errands, enum event event, size_t now, size_t *before)
{
  if (now > *before)
    log_event(&errands->context.reg->log, event, ERR_CUSTODY_REFUSED, (int64_t)now, 0);
  *before = now;
}

static enum err run_round(struct errands *errands)
{
  struct writer *writer = errands->context.reg->writer;
  uint64_t protection_version = writer_protection_version(writer);
  struct tree_edge edge;
  size_t refused = 0, uncompared = 0;
  enum err err;

  writer_edge(writer, &edge);
  errands->seen = edge.size;
  arena_reset(errands->context.lists);
  TRY(owed_round(&errands->context));
  TRY(sent_round(&errands->context));
  err = learn_round(&errands->context, &errands->learnt);
  atomic_store(&errands->has_custodian, err != ERR_CUSTODIAN);
  atomic_store(&errands->able, errands->learnt.able);
  if (err == OK && errands->learnt.is_whole && !errands->learnt.is_refused)
    atomic_store(&errands->told, errands->learnt.blobs_told);
  TRY(err);
  TRY(shelter_round(&errands->context, &refused));
  TRY(merge_round(&errands->context, &refused));
  say(errands, EVENT_MERGE_REFUSED, refused, &errands->refused);
  TRY(compare_round(&errands->context, protection_version, &uncompared));
  say(errands, EVENT_COMPARE_REFUSED, uncompared, &errands->uncompared);
  return refused + uncompared == 0 ? OK : ERR_CUSTODY_REFUSED;
}

static void *run(void *self)
{
  struct errands *errands = self;
  enum err err = OK;

  while (wait_for_more(errands, err))
    err = run_round(errands);
  return NULL;
}

bool errands_has_custodian(const struct errands *errands)
{
  return errands != NULL && atomic_load(&errands->has_custodian);
}

uint32_t errands_able(const struct errands *errands)
{
  return errands == NULL ? 0 : (uint32_t)atomic_load(&errands->able);
}

bool errands_all_in_place(const struct index *index)
{
  size_t cursor = 0;

  if (index_item_of_kind(index, ITEM_PATCH, &cursor) != NULL) return false;
  for (size_t i = 0; i < index_count(index); i++)
    if (index_at(index, i)->in_transit) return false;
  return true;
}

bool errands_all_told(const struct errands *errands, struct index *index)
{
  bool is_told;

  if (errands == NULL) return false;
  index_read(index);
  is_told = errands_all_in_place(index) && atomic_load(&errands->told) == index_blobs(index);
  index_done(index);
  return is_told;
}

/* ---- beginning and end ---- */

static void errands_free(struct errands **errands)
{
  void *block = *errands;
  size_t one = 1;

  if (block == NULL) return;
  custodian_free(&(*errands)->context.custodian);
  reader_free(&(*errands)->context.reader);
  arena_free(&(*errands)->context.arena);
  arena_free(&(*errands)->context.lists);
  block_free(&block, &one, sizeof(struct errands));
  *errands = NULL;
}

enum err errands_start(struct errands **ret_errands, struct reg *reg, const char *socket_path)
{
  void *block = NULL;
  size_t held = 0;

  if (socket_path == NULL) return OK;
  TRY(block_grow(&block, &held, 1, sizeof(struct errands)));
  OWNED(errands_free) struct errands *errands = block;
  errands->context.reg = reg;
  atomic_store(&errands->told, TOLD_NOTHING);
  TRY(arena_new(&errands->context.arena, ARENA_BYTES));
  TRY(arena_new(&errands->context.lists, LISTS_BYTES));
  TRY(reader_new(&errands->context.reader, reg));
  TRY(custodian_new(&errands->context.custodian, socket_path, CUSTODIAN_WAIT_US, &reg->outside));
  if (pthread_create(&errands->thread, NULL, run, errands) != 0) return ERR_MEMORY;
  *ret_errands = errands;
  errands = NULL;
  return OK;
}

void errands_stop(struct errands **errands)
{
  if (errands == NULL || *errands == NULL) return;
  pthread_join((*errands)->thread, NULL);
  errands_free(errands);
}
