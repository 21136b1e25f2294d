/* See reaper.h. A table, one mutex and a look at every row four times a second: at most a few
 * hundred rows. */
#include "api/reaper.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#define LOOK_EVERY_US 250000

struct watched {
  int socket;
  bool is_used;
  uint64_t due_us;
  void *with;
};

struct reaper {
  pthread_mutex_t lock;
  pthread_cond_t stop;
  pthread_t thread;
  struct outside outside;
  struct watched *table;
  size_t count;
  bool stopping;
};

static void cut_overdue(struct reaper *reaper)
{
  uint64_t now = reaper->outside.mono_us(reaper->outside.self);

  for (size_t i = 0; i < reaper->count; i++) {
    struct watched *watched = &reaper->table[i];

    if (!watched->is_used || watched->due_us > now) continue;
    (void)shutdown(watched->socket, SHUT_RDWR);
    watched->due_us = UINT64_MAX;
  }
}

static void *watch(void *context)
{
  struct reaper *reaper = context;

  (void)pthread_mutex_lock(&reaper->lock);
  while (!reaper->stopping) {
    uint64_t until_us = reaper->outside.mono_us(reaper->outside.self) + LOOK_EVERY_US;
    struct timespec until = {(time_t)(until_us / 1000000), (long)(until_us % 1000000) * 1000};

    cut_overdue(reaper);
    (void)pthread_cond_timedwait(&reaper->stop, &reaper->lock, &until);
  }
  (void)pthread_mutex_unlock(&reaper->lock);
  return NULL;
}

enum err reaper_start(struct reaper **ret_reaper, struct arena *arena, size_t count,
                      struct outside outside)
{
  struct reaper *reaper = arena_take(arena, sizeof *reaper);
  pthread_condattr_t monotonic;

  if (reaper == NULL) return ERR_MEMORY;
  reaper->table = arena_take_array(arena, count, sizeof *reaper->table);
  if (reaper->table == NULL) return ERR_MEMORY;
  reaper->count = count;
  reaper->outside = outside;
  (void)pthread_mutex_init(&reaper->lock, NULL);
  (void)pthread_condattr_init(&monotonic);
  (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  (void)pthread_cond_init(&reaper->stop, &monotonic);
  (void)pthread_condattr_destroy(&monotonic);
  if (pthread_create(&reaper->thread, NULL, watch, reaper) != 0) return ERR_MEMORY;
  *ret_reaper = reaper;
  return OK;
}

void reaper_stop(struct reaper **reaper)
{
  if (reaper == NULL || *reaper == NULL) return;
  (void)pthread_mutex_lock(&(*reaper)->lock);
  (*reaper)->stopping = true;
  (void)pthread_cond_signal(&(*reaper)->stop);
  (void)pthread_mutex_unlock(&(*reaper)->lock);
  (void)pthread_join((*reaper)->thread, NULL);
  (void)pthread_cond_destroy(&(*reaper)->stop);
  (void)pthread_mutex_destroy(&(*reaper)->lock);
  *reaper = NULL;
}

struct watched *reaper_add(struct reaper *reaper, int socket, uint64_t due_in_us, void *with)
{
  struct watched *added = NULL;
  size_t at = 0;

  (void)pthread_mutex_lock(&reaper->lock);
  while (at < reaper->count && reaper->table[at].is_used)
    at++;
  if (at < reaper->count) {
    added = &reaper->table[at];
    added->socket = socket;
    added->is_used = true;
    added->with = with;
    added->due_us = reaper->outside.mono_us(reaper->outside.self) + due_in_us;
  }
  (void)pthread_mutex_unlock(&reaper->lock);
  return added;
}

void reaper_set(struct reaper *reaper, struct watched *watched, uint64_t due_in_us)
{
  if (watched == NULL) return;
  (void)pthread_mutex_lock(&reaper->lock);
  if (watched->due_us != UINT64_MAX) {
    watched->due_us = reaper->outside.mono_us(reaper->outside.self) + due_in_us;
  }
  (void)pthread_mutex_unlock(&reaper->lock);
}

void *reaper_with(const struct watched *watched)
{
  return watched->with;
}

void *reaper_remove(struct reaper *reaper, struct watched *watched)
{
  void *with;

  if (watched == NULL) return NULL;
  (void)pthread_mutex_lock(&reaper->lock);
  with = watched->with;
  watched->is_used = false;
  (void)pthread_mutex_unlock(&reaper->lock);
  return with;
}
