/* The writer thread: queue, batches, and what it does between them. No lock is held across an
 * fsync. Must never call `done` before the entries are durable. */
#include "register/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/guard.h"
#include "register/batch.h"

enum {
  QUEUE_MAX = 1024,
  IDLE_MS = 250,              /* how often an idle writer looks at keys and checkpoints */
  DESTROY_EVERY_US = 5000000, /* well within the minute that the design promises */
  WAL_PAGES = 256,
  EXIT_UNKNOWN_OUTCOME = 70,
  ARENA_BYTES = 1 << 20
};

struct writer {
  struct ledger ledger; /* the thread's own, but for `head` */
  pthread_t thread;
  bool is_finished;      /* known to whoever closes the register */
  pthread_mutex_t mutex; /* over all below */
  pthread_cond_t work, grown;
  struct commit *first, *last;
  size_t queued;
  bool is_stopping, is_broken;
  struct tree_edge edge;
  struct pending_head heads[2]; /* receipt and published: neither waits in place of the other */
  atomic_uint_fast64_t protection_version;
  uint64_t worked_us;
};

static uint64_t now_us(const struct writer *writer)
{
  const struct outside *outside = writer->ledger.deps.rows->outside;

  return outside->mono_us(outside->self);
}

static void finish(struct commit *commit, enum err err)
{
  if (err == OK && commit->hand_over)
    commit->hand_over(commit->hand_over_self, commit);
  else
    commit->done(commit->context, err);
}

static void finish_all(struct commit *const *commits, size_t count, enum err err)
{
  for (size_t i = 0; i < count; i++)
    finish(commits[i], err);
}

/* After an I/O error nobody knows what is on disk: only a new start can tell. */
static void fatal(struct writer *writer, enum err err)
{
  const struct writer_deps *deps = &writer->ledger.deps;

  log_event(deps->log, EVENT_COMMIT_FAILED, err, 0, 0);
  pthread_mutex_lock(&writer->mutex);
  writer->is_broken = true;
  pthread_mutex_unlock(&writer->mutex);
  if (deps->fatal)
    deps->fatal(deps->self);
  else
    _exit(EXIT_UNKNOWN_OUTCOME);
}

/* ---- a batch ---- */

struct batch {
  struct commit *taken[BATCH_MAX], *accepted[BATCH_MAX], *changing[BATCH_MAX], *moved[BATCH_MAX];
  size_t taken_count, accepted_count, changing_count, moved_count;
};

static void take(struct writer *writer, struct batch *batch)
{
  while (writer->first && batch->taken_count < BATCH_MAX) {
    batch->taken[batch->taken_count++] = writer->first;
    writer->first = writer->first->next;
    writer->queued--;
  }
  if (!writer->first) writer->last = NULL;
}

static void check_all(struct writer *writer, struct batch *batch)
{
  uint64_t now = now_us(writer);

  for (size_t i = 0; i < batch->taken_count; i++) {
    struct commit *commit = batch->taken[i];
    enum err err =
      batch_check(&writer->ledger, commit, batch->accepted, batch->accepted_count, now);
    if (err == ERR_MOVED) {
      batch->moved[batch->moved_count++] = commit;
      continue;
    }
    if (err != OK) {
      finish(commit, err);
      continue;
    }
    batch->accepted[batch->accepted_count++] = commit;
    if (commit->changes || commit->moves_protection)
      batch->changing[batch->changing_count++] = commit;
  }
}

static void publish(struct writer *writer)
{
  pthread_mutex_lock(&writer->mutex);
  writer->edge = writer->ledger.deps.state.edge;
  pthread_cond_broadcast(&writer->grown);
  pthread_mutex_unlock(&writer->mutex);
  atomic_store(&writer->protection_version, writer->ledger.deps.meta.protection_version);
}

static bool is_changing(const struct commit *commit)
{
  return commit->changes || commit->moves_protection;
}

static void release(const struct batch *batch, enum err changed)
{
  for (size_t i = 0; i < batch->accepted_count; i++) {
    struct commit *commit = batch->accepted[i];
    enum err err = is_changing(commit) ? changed : OK;
    if (err == OK && commit->applied) commit->applied(commit->applied_self);
    finish(commit, err);
  }
}

/* The log is durable; now the records. */
static void run_changes(struct writer *writer, struct batch *batch)
{
  struct ledger *ledger = &writer->ledger;
  enum err err = OK;

  if (batch->changing_count > 0) {
    if (ledger->deps.between) ledger->deps.between(ledger->deps.self);
    err = batch_apply(ledger, batch->changing, batch->changing_count);
  }
  publish(writer);
  if (err == ERR_FULL) log_event(ledger->deps.log, EVENT_DISK_FULL, err, 0, 0);
  if (err == OK || err == ERR_FULL) {
    if (GUARD(AUDIT_BEFORE_RELEASE)) release(batch, err);
    return;
  }
  fatal(writer, err);
  finish_all(batch->accepted, batch->accepted_count, err);
}

static void run_accepted(struct writer *writer, struct batch *batch)
{
  struct ledger *ledger = &writer->ledger;
  enum err err = ledger->owed > 0 ? batch_settle(ledger) : OK;

  check_all(writer, batch);
  if (batch->accepted_count == 0 && err == OK) return;
  if (!GUARD(AUDIT_BEFORE_RELEASE)) release(batch, OK);
  if (err == OK) err = batch_log(ledger, batch->accepted, batch->accepted_count);
  if (err == OK) {
    run_changes(writer, batch);
    return;
  }
  if (err == ERR_FULL)
    log_event(ledger->deps.log, EVENT_DISK_FULL, err, 0, 0);
  else
    fatal(writer, err);
  if (GUARD(AUDIT_BEFORE_RELEASE)) finish_all(batch->accepted, batch->accepted_count, err);
}

static void run_batch(struct writer *writer, struct batch *batch)
{
  run_accepted(writer, batch);
  /* Only now: decided again sooner, they would rest on the same state and move again. */
  finish_all(batch->moved, batch->moved_count, ERR_MOVED);
}

/* ---- between batches ---- */

static void work_keys(struct writer *writer)
{
  struct writer_deps *deps = &writer->ledger.deps;
  enum keys_work work = keys_want_work(deps->keys);
  uint64_t now = now_us(writer), destroyed = 0;

  if (work == KEYS_IDLE || (work == KEYS_WAITING && now - writer->worked_us < DESTROY_EVERY_US))
    return;
  writer->worked_us = now;
  enum err err = keys_work(deps->keys, deps->store, &destroyed);
  if (err == OK && destroyed > 0)
    log_event(deps->log, EVENT_KEYS_DESTROYED, OK, (int64_t)destroyed, 0);
  if (err == ERR_UNKNOWN_OUTCOME) fatal(writer, err);
}

static void work_between(struct writer *writer)
{
  struct ledger *ledger = &writer->ledger;

  work_keys(writer);
  if (batch_has_head(ledger) && batch_heads(ledger) == ERR_UNKNOWN_OUTCOME)
    fatal(writer, ERR_UNKNOWN_OUTCOME);
  for (enum store_file file = 0; file < FILE_COUNT; file++) {
    enum err err = store_checkpoint(ledger->deps.store, file, WAL_PAGES);
    if (err != OK && err != ERR_FULL) fatal(writer, ERR_UNKNOWN_OUTCOME);
  }
}

static struct timespec after_ms(int ms)
{
  struct timespec at;

  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_nsec += (long)ms * 1000000;
  at.tv_sec += at.tv_nsec / 1000000000;
  at.tv_nsec %= 1000000000;
  return at;
}

static bool has_head(const struct writer *writer)
{
  return writer->heads[0].is_there || writer->heads[1].is_there;
}

/* Waits for work, a head, or the idle time. False when there is nothing left to do and the writer
 * stops. */
static bool wait_for_work(struct writer *writer, struct batch *batch)
{
  struct timespec until = after_ms(IDLE_MS);

  pthread_mutex_lock(&writer->mutex);
  while (!writer->first && !writer->is_stopping && !has_head(writer))
    if (pthread_cond_timedwait(&writer->work, &writer->mutex, &until) == ETIMEDOUT) break;
  take(writer, batch);
  for (size_t i = 0; i < 2; i++) {
    if (writer->heads[i].is_there) writer->ledger.heads[i] = writer->heads[i];
    writer->heads[i].is_there = false;
  }
  bool goes_on = batch->taken_count > 0 || !writer->is_stopping;
  pthread_mutex_unlock(&writer->mutex);
  return goes_on;
}

static void *writer_run(void *self)
{
  struct writer *writer = self;
  struct batch batch = {0};

  while (wait_for_work(writer, &batch)) {
    if (writer->is_broken)
      finish_all(batch.taken, batch.taken_count, ERR_UNKNOWN_OUTCOME);
    else if (batch.taken_count > 0)
      run_batch(writer, &batch);
    if (!writer->is_broken) work_between(writer);
    batch = (struct batch){0};
  }
  return NULL;
}

/* ---- from other threads ---- */

void writer_submit(struct writer *writer, struct commit *commit)
{
  pthread_mutex_lock(&writer->mutex);
  bool taken = writer->queued < QUEUE_MAX && !writer->is_stopping && !writer->is_broken;
  enum err err = writer->is_broken ? ERR_UNKNOWN_OUTCOME : ERR_BUSY;
  if (taken) {
    commit->next = NULL;
    if (writer->last)
      writer->last->next = commit;
    else
      writer->first = commit;
    writer->last = commit;
    if (writer->queued++ == 0) pthread_cond_signal(&writer->work);
  }
  pthread_mutex_unlock(&writer->mutex);
  if (!taken) finish(commit, err);
}

uint64_t writer_protection_version(const struct writer *writer)
{
  return atomic_load(&writer->protection_version);
}

void writer_edge(struct writer *writer, struct tree_edge *ret_edge)
{
  pthread_mutex_lock(&writer->mutex);
  *ret_edge = writer->edge;
  pthread_mutex_unlock(&writer->mutex);
}

bool writer_wait(struct writer *writer, uint64_t size, uint64_t wait_us)
{
  struct timespec until = after_ms((int)(wait_us / 1000));

  pthread_mutex_lock(&writer->mutex);
  while (writer->edge.size <= size && !writer->is_stopping)
    if (pthread_cond_timedwait(&writer->grown, &writer->mutex, &until) == ETIMEDOUT) break;
  bool goes_on = !writer->is_stopping;
  pthread_mutex_unlock(&writer->mutex);
  return goes_on;
}

void writer_keep_head(struct writer *writer, uint64_t size, bool published, struct str note)
{
  if (note.len > NOTE_MAX) return;
  pthread_mutex_lock(&writer->mutex);
  struct pending_head *head = &writer->heads[published];
  head->published = published;
  head->is_there = true;
  head->size = size;
  head->n = note.len;
  memcpy(head->note, note.ptr, note.len);
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->mutex);
}

size_t writer_queued(struct writer *writer)
{
  pthread_mutex_lock(&writer->mutex);
  size_t queued = writer->queued;
  pthread_mutex_unlock(&writer->mutex);
  return queued;
}

/* ---- beginning and end ---- */

static void writer_free(struct writer **writer)
{
  void *block = *writer;
  size_t one = 1;

  if (!block) return;
  arena_free(&(*writer)->ledger.arena);
  pthread_mutex_destroy(&(*writer)->mutex);
  pthread_cond_destroy(&(*writer)->work);
  pthread_cond_destroy(&(*writer)->grown);
  block_free(&block, &one, sizeof(struct writer));
  *writer = NULL;
}

static enum err init_locks(struct writer *writer)
{
  pthread_condattr_t monotonic;
  int failed =
    pthread_condattr_init(&monotonic) || pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) ||
    pthread_mutex_init(&writer->mutex, NULL) || pthread_cond_init(&writer->work, &monotonic) ||
    pthread_cond_init(&writer->grown, &monotonic);

  pthread_condattr_destroy(&monotonic);
  return failed ? ERR_MEMORY : OK;
}

enum err writer_start(struct writer **ret_writer, const struct writer_deps *deps)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct writer)));
  OWNED(writer_free) struct writer *writer = block;
  TRY(init_locks(writer));
  TRY(arena_new(&writer->ledger.arena, ARENA_BYTES));
  writer->ledger.deps = *deps;
  writer->ledger.tail = *deps->tail;
  writer->edge = deps->state.edge;
  atomic_store(&writer->protection_version, deps->meta.protection_version);
  if (deps->is_owed) {
    writer->ledger.owed_from = deps->owed_from;
    writer->ledger.owed = deps->state.edge.size - deps->owed_from;
    TRY(batch_settle(&writer->ledger));
    writer->edge = writer->ledger.deps.state.edge;
  }
  if (pthread_create(&writer->thread, NULL, writer_run, writer) != 0) return ERR_MEMORY;
  *ret_writer = writer;
  writer = NULL;
  return OK;
}

void writer_finish(struct writer *writer)
{
  if (!writer || writer->is_finished) return;
  pthread_mutex_lock(&writer->mutex);
  writer->is_stopping = true;
  pthread_cond_broadcast(&writer->work);
  pthread_cond_broadcast(&writer->grown);
  pthread_mutex_unlock(&writer->mutex);
  pthread_join(writer->thread, NULL);
  writer->is_finished = true;
}

void writer_stop(struct writer **writer)
{
  if (!writer || !*writer) return;
  writer_finish(*writer);
  writer_free(writer);
}
