/* See queue.h. A waiting request is linked through its own member `next`; nothing is allocated. */
#include "api/queue.h"

#include <pthread.h>
#include <time.h>

#include "api/request.h"

#define SLOW_THREADS_MAX 4

struct tick {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  pthread_t thread;
  struct outside outside;
  uint64_t tick_us;
  struct queue_out out;
  struct request *waiting;
  bool stopping;
};

struct slow {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  pthread_t threads[SLOW_THREADS_MAX];
  unsigned thread_count;
  struct queue_out out;
  struct request *first, **last;
  size_t waiting;
  bool stopping;
};

static void sleep_us(uint64_t us)
{
  struct timespec span = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};

  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &span, &span) != 0)
    continue;
}

/* Splits off those whose tick has come. */
static struct request *take_due(struct tick *tick, uint64_t now_us)
{
  struct request *due = NULL;
  struct request **link = &tick->waiting;

  while (*link != NULL) {
    struct request *request = *link;

    if (request->due_us > now_us) {
      link = &request->next;
      continue;
    }
    *link = request->next;
    request->next = due;
    due = request;
  }
  return due;
}

static void *tick_run(void *context)
{
  struct tick *tick = context;

  (void)pthread_mutex_lock(&tick->lock);
  for (;;) {
    struct request *due;
    uint64_t now;

    while (tick->waiting == NULL && !tick->stopping) {
      (void)pthread_cond_wait(&tick->changed, &tick->lock);
    }
    if (tick->waiting == NULL) break;
    (void)pthread_mutex_unlock(&tick->lock);
    now = tick->outside.mono_us(tick->outside.self);
    sleep_us(tick_after(now, tick->tick_us) - now);
    (void)pthread_mutex_lock(&tick->lock);
    due = take_due(tick, tick->outside.mono_us(tick->outside.self));
    (void)pthread_mutex_unlock(&tick->lock);
    while (due != NULL) {
      struct request *next = due->next; /* gone once it is taken */

      tick->out.take(tick->out.context, due);
      due = next;
    }
    (void)pthread_mutex_lock(&tick->lock);
  }
  (void)pthread_mutex_unlock(&tick->lock);
  return NULL;
}

enum err tick_start(struct tick **ret_tick, struct arena *arena, struct outside outside,
                    uint64_t tick_us, struct queue_out out)
{
  struct tick *tick = arena_take(arena, sizeof *tick);

  if (tick == NULL) return ERR_MEMORY;
  tick->outside = outside;
  tick->tick_us = tick_us;
  tick->out = out;
  (void)pthread_mutex_init(&tick->lock, NULL);
  (void)pthread_cond_init(&tick->changed, NULL);
  if (pthread_create(&tick->thread, NULL, tick_run, tick) != 0) return ERR_MEMORY;
  *ret_tick = tick;
  return OK;
}

void tick_stop(struct tick **tick)
{
  if (tick == NULL || *tick == NULL) return;
  (void)pthread_mutex_lock(&(*tick)->lock);
  (*tick)->stopping = true;
  (void)pthread_cond_signal(&(*tick)->changed);
  (void)pthread_mutex_unlock(&(*tick)->lock);
  (void)pthread_join((*tick)->thread, NULL);
  (void)pthread_cond_destroy(&(*tick)->changed);
  (void)pthread_mutex_destroy(&(*tick)->lock);
  *tick = NULL;
}

void tick_put(struct tick *tick, struct request *request)
{
  (void)pthread_mutex_lock(&tick->lock);
  request->due_us = tick_after(tick->outside.mono_us(tick->outside.self), tick->tick_us);
  request->next = tick->waiting;
  tick->waiting = request;
  (void)pthread_cond_signal(&tick->changed);
  (void)pthread_mutex_unlock(&tick->lock);
}

static void *slow_run(void *context)
{
  struct slow *slow = context;

  (void)pthread_mutex_lock(&slow->lock);
  for (;;) {
    struct request *request;

    while (slow->first == NULL && !slow->stopping) {
      (void)pthread_cond_wait(&slow->changed, &slow->lock);
    }
    if (slow->first == NULL) break;
    request = slow->first;
    slow->first = request->next;
    if (slow->first == NULL) slow->last = &slow->first;
    slow->waiting--;
    (void)pthread_mutex_unlock(&slow->lock);
    slow->out.take(slow->out.context, request);
    (void)pthread_mutex_lock(&slow->lock);
  }
  (void)pthread_mutex_unlock(&slow->lock);
  return NULL;
}

enum err slow_start(struct slow **ret_slow, struct arena *arena, unsigned threads,
                    struct queue_out out)
{
  OWNED(slow_stop) struct slow *slow = arena_take(arena, sizeof *slow);

  if (slow == NULL) return ERR_MEMORY;
  slow->out = out;
  slow->last = &slow->first;
  (void)pthread_mutex_init(&slow->lock, NULL);
  (void)pthread_cond_init(&slow->changed, NULL);
  for (unsigned i = 0; i < threads && i < SLOW_THREADS_MAX; i++) {
    if (pthread_create(&slow->threads[i], NULL, slow_run, slow) != 0) return ERR_MEMORY;
    slow->thread_count++;
  }
  *ret_slow = slow;
  slow = NULL;
  return OK;
}

void slow_stop(struct slow **slow)
{
  if (slow == NULL || *slow == NULL) return;
  (void)pthread_mutex_lock(&(*slow)->lock);
  (*slow)->stopping = true;
  (void)pthread_cond_broadcast(&(*slow)->changed);
  (void)pthread_mutex_unlock(&(*slow)->lock);
  for (unsigned i = 0; i < (*slow)->thread_count; i++)
    (void)pthread_join((*slow)->threads[i], NULL);
  (void)pthread_cond_destroy(&(*slow)->changed);
  (void)pthread_mutex_destroy(&(*slow)->lock);
  *slow = NULL;
}

enum err slow_put(struct slow *slow, struct request *request)
{
  enum err err = OK;

  (void)pthread_mutex_lock(&slow->lock);
  if (slow->waiting == SLOW_WAITING_MAX || slow->stopping) {
    err = ERR_BUSY;
  } else {
    request->next = NULL;
    *slow->last = request;
    slow->last = &request->next;
    slow->waiting++;
    (void)pthread_cond_signal(&slow->changed);
  }
  (void)pthread_mutex_unlock(&slow->lock);
  return err;
}
