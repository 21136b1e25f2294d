/* The openings thread. It must never call `done` before the work has ended, nor hold its lock while
 * it works. */
#include "register/openings.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "register/errands.h"
#include "register/pace.h"
#include "register/reply.h"

enum { CUSTODIAN_WAIT_US = 3000000, LOOK_EVERY_MS = 25 };

struct openings {
  pthread_t thread;
  pthread_mutex_t mutex; /* over the three below */
  pthread_cond_t work;
  struct late *first;
  size_t count;
  bool is_stopping;
  struct reg *reg;
  struct reader *reader;
  struct custodian *custodian;
  struct pace pace;    /* the thread's own */
  char note[NOTE_MAX]; /* likewise */
};

static uint64_t now_us(const struct openings *openings)
{
  const struct outside *outside = &openings->reg->outside;

  return outside->mono_us(outside->self);
}

/* ---- handing over: in the writer's thread ---- */

static bool put(struct openings *openings, struct late *late)
{
  bool is_taken;

  pthread_mutex_lock(&openings->mutex);
  is_taken = !openings->is_stopping && openings->count < OPENINGS_WAITING_MAX;
  if (is_taken) {
    struct late **end = &openings->first;

    while (*end != NULL)
      end = &(*end)->next;
    *end = late;
    openings->count++;
    pthread_cond_signal(&openings->work);
  }
  pthread_mutex_unlock(&openings->mutex);
  return is_taken;
}

static void hand_over(void *self, struct commit *commit)
{
  struct late *late = self;
  struct openings *openings = late->op->reg->openings;

  if (late->index == LATE_OWN) late->index = commit->first_index;
  late->next = NULL;
  late->commit = commit;
  late->until_us = now_us(openings) + late->wait_us;
  if (!put(openings, late)) commit->done(commit->context, ERR_BUSY);
}

void openings_after(struct op *op, struct late *late)
{
  late->op = op;
  op->commit->hand_over = hand_over;
  op->commit->hand_over_self = late;
}

/* ---- for the work ---- */

/* By then what was opened first in the last hour no longer counts. */
static unsigned wait_s(enum err err)
{
  return err == ERR_CUSTODY_BUDGET ? 3600 : 0;
}

enum err openings_refused(struct op *op, const struct opening_context *context, enum err err,
                          const struct entry_of *entry)
{
  struct op second = {.reg = op->reg,
                      .reader = context->reader,
                      .arena = op->arena,
                      .lang = op->lang,
                      .actor = op->actor};
  struct entry_of refused = *entry;

  if (!custodian_has_refused(err)) return err;
  refused.outcome = OUTCOME_REFUSED;
  memset(refused.released, 0, sizeof refused.released);
  enum err said = op_begin(&second);
  if (said == OK) said = reply_problem(&second, &(struct problem){.err = err}, &refused);
  op_end(&second);
  TRY(said);
  TRY(errand_commit_asked(&second));
  op->answer = second.answer;
  op->answer.retry_s = wait_s(err);
  return OK;
}

/* ---- working ---- */

/* ERR_STALE: not signed yet. */
static enum err find_head(struct openings *openings, struct opening_context *ret_desk,
                          const struct late *late)
{
  size_t n = 0;
  uint64_t size = 0;
  *ret_desk = (struct opening_context){.reader = openings->reader,
                                       .store = openings->reader->store,
                                       .custodian = openings->custodian,
                                       .pace = &openings->pace};
  if (late->is_headless) return OK;
  enum err err = store_head(openings->reader->store, openings->note, sizeof openings->note, &n,
                            &size, 0, late->is_outward);

  if (err == ERR_ABSENT || (err == OK && size <= late->index)) return ERR_STALE;
  TRY(err);
  ret_desk->head = (struct str){openings->note, n};
  ret_desk->size = size;
  return OK;
}

/* ERR_STALE: it has to wait longer. Any other word is the last. */
static enum err try_one(struct openings *openings, struct late *late)
{
  struct opening_context context;
  enum err err = find_head(openings, &context, late);

  if (err == ERR_STALE) return now_us(openings) > late->until_us ? ERR_CUSTODIAN : ERR_STALE;
  TRY(err);
  return late->run(late->self, late->op, &context);
}

static struct late *take_all(struct openings *openings, bool *ret_goes_on)
{
  struct late *taken;

  pthread_mutex_lock(&openings->mutex);
  while (openings->first == NULL && !openings->is_stopping)
    pthread_cond_wait(&openings->work, &openings->mutex);
  taken = openings->first;
  openings->first = NULL;
  *ret_goes_on = !openings->is_stopping;
  pthread_mutex_unlock(&openings->mutex);
  return taken;
}

static void finish(struct openings *openings, struct late *late, enum err err)
{
  struct commit *commit = late->commit;

  pthread_mutex_lock(&openings->mutex);
  openings->count--;
  pthread_mutex_unlock(&openings->mutex);
  commit->done(commit->context, err); /* from here on `late` is not ours */
}

/* Back to the front, in their order: what came meanwhile waits behind. */
static void put_back(struct openings *openings, struct late *waiting)
{
  struct late **end = &waiting;

  pthread_mutex_lock(&openings->mutex);
  while (*end != NULL)
    end = &(*end)->next;
  *end = openings->first;
  openings->first = waiting;
  pthread_mutex_unlock(&openings->mutex);
}

static void *run(void *self)
{
  struct openings *openings = self;
  struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
  bool goes_on = true;

  while (goes_on) {
    struct late *taken = take_all(openings, &goes_on), *waiting = NULL, **end = &waiting;

    while (taken != NULL) {
      struct late *late = taken;
      enum err err = goes_on ? try_one(openings, late) : ERR_BUSY;

      taken = late->next;
      late->next = NULL;
      if (err != ERR_STALE) {
        finish(openings, late, err);
        continue;
      }
      *end = late;
      end = &late->next;
    }
    if (waiting == NULL) continue;
    put_back(openings, waiting);
    (void)nanosleep(&pause, NULL);
  }
  return NULL;
}

/* ---- beginning and end ---- */

static void openings_free(struct openings **openings)
{
  void *block = *openings;
  size_t one = 1;

  if (block == NULL) return;
  custodian_free(&(*openings)->custodian);
  reader_free(&(*openings)->reader);
  pthread_mutex_destroy(&(*openings)->mutex);
  pthread_cond_destroy(&(*openings)->work);
  block_free(&block, &one, sizeof(struct openings));
  *openings = NULL;
}

enum err openings_start(struct openings **ret_openings, struct reg *reg, const char *socket_path)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct openings)));
  OWNED(openings_free) struct openings *openings = block;
  openings->reg = reg;
  if (pthread_mutex_init(&openings->mutex, NULL) != 0 ||
      pthread_cond_init(&openings->work, NULL) != 0)
    return ERR_MEMORY;
  TRY(reader_new(&openings->reader, reg));
  if (socket_path != NULL)
    TRY(custodian_new(&openings->custodian, socket_path, CUSTODIAN_WAIT_US, &reg->outside));
  if (pthread_create(&openings->thread, NULL, run, openings) != 0) return ERR_MEMORY;
  *ret_openings = openings;
  openings = NULL;
  return OK;
}

void openings_stop(struct openings **openings)
{
  if (openings == NULL || *openings == NULL) return;
  pthread_mutex_lock(&(*openings)->mutex);
  (*openings)->is_stopping = true;
  pthread_cond_signal(&(*openings)->work);
  pthread_mutex_unlock(&(*openings)->mutex);
  pthread_join((*openings)->thread, NULL);
  openings_free(openings);
}
