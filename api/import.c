/* See import.h. One thread does the jobs in the order in which they came; the register's own writer
 * is the limit, so more threads would gain nothing. */
#include "api/import.h"

#include <pthread.h>
#include <string.h>

#include "api/import_job.h"

struct import_jobs {
  pthread_mutex_t lock; /* everything below, and what job_* say is shared */
  pthread_cond_t changed;
  pthread_t thread;
  struct reg *reg;
  struct outside outside;
  struct job *jobs[IMPORT_JOBS_KEPT]; /* oldest first */
  size_t count;
  bool stopping;
};

static struct job *next_waiting(struct import_jobs *jobs)
{
  for (size_t i = 0; i < jobs->count; i++) {
    if (jobs->jobs[i]->state == JOB_WAITING) return jobs->jobs[i];
  }
  return NULL;
}

static void *run(void *context)
{
  struct import_jobs *jobs = context;
  struct reader *reader = NULL;

  (void)pthread_mutex_lock(&jobs->lock);
  while (!jobs->stopping) {
    struct job *job = next_waiting(jobs);

    if (job == NULL) {
      (void)pthread_cond_wait(&jobs->changed, &jobs->lock);
      continue;
    }
    job->state = JOB_RUNNING;
    (void)pthread_mutex_unlock(&jobs->lock);
    if (reader == NULL && reader_new(&reader, jobs->reg) != OK) reader = NULL;
    job_run(job, jobs->reg, reader, jobs->outside);
    (void)pthread_mutex_lock(&jobs->lock);
  }
  (void)pthread_mutex_unlock(&jobs->lock);
  reader_free(&reader);
  return NULL;
}

enum err import_start(struct import_jobs **ret_jobs, struct arena *arena, struct reg *reg,
                      struct outside outside)
{
  struct import_jobs *jobs = arena_take(arena, sizeof *jobs);

  if (jobs == NULL) return ERR_MEMORY;
  jobs->reg = reg;
  jobs->outside = outside;
  (void)pthread_mutex_init(&jobs->lock, NULL);
  (void)pthread_cond_init(&jobs->changed, NULL);
  if (pthread_create(&jobs->thread, NULL, run, jobs) != 0) return ERR_MEMORY;
  *ret_jobs = jobs;
  return OK;
}

void import_stop(struct import_jobs **jobs)
{
  struct import_jobs *stopping;

  if (jobs == NULL || *jobs == NULL) return;
  stopping = *jobs;
  *jobs = NULL;
  (void)pthread_mutex_lock(&stopping->lock);
  stopping->stopping = true;
  for (size_t i = 0; i < stopping->count; i++)
    job_cancel(stopping->jobs[i]);
  (void)pthread_cond_signal(&stopping->changed);
  (void)pthread_mutex_unlock(&stopping->lock);
  (void)pthread_join(stopping->thread, NULL);
  for (size_t i = 0; i < stopping->count; i++)
    job_free(&stopping->jobs[i]);
  (void)pthread_cond_destroy(&stopping->changed);
  (void)pthread_mutex_destroy(&stopping->lock);
}

/* Forgets the oldest finished job when there is no room. */
static bool make_room(struct import_jobs *jobs)
{
  if (jobs->count < IMPORT_JOBS_KEPT) return true;
  for (size_t i = 0; i < jobs->count; i++) {
    if (jobs->jobs[i]->state == JOB_WAITING || jobs->jobs[i]->state == JOB_RUNNING) continue;
    job_free(&jobs->jobs[i]);
    jobs->count--;
    memmove(&jobs->jobs[i], &jobs->jobs[i + 1], (jobs->count - i) * sizeof(struct job *));
    return true;
  }
  return false;
}

enum err import_submit(struct import_jobs *jobs, struct id *ret_job,
                       const struct import_order *order)
{
  OWNED(job_free) struct job *job = NULL;
  enum err err = ERR_BUSY;

  TRY(job_new(&job, order, jobs->outside, &jobs->lock));
  (void)pthread_mutex_lock(&jobs->lock);
  if (!jobs->stopping && make_room(jobs)) {
    *ret_job = job->id;
    jobs->jobs[jobs->count++] = job;
    job = NULL;
    err = OK;
    (void)pthread_cond_signal(&jobs->changed);
  }
  (void)pthread_mutex_unlock(&jobs->lock);
  return err;
}

enum err import_report(struct import_jobs *jobs, struct arena *arena, struct str *ret_json,
                       struct id job, struct id account, uint64_t from)
{
  enum err err = ERR_ABSENT;

  (void)pthread_mutex_lock(&jobs->lock);
  for (size_t i = 0; i < jobs->count; i++) {
    if (memcmp(&jobs->jobs[i]->id, &job, sizeof job) != 0) continue;
    if (memcmp(&jobs->jobs[i]->actor.account, &account, sizeof account) != 0) continue;
    err = job_report(jobs->jobs[i], arena, ret_json, jobs->outside, from);
  }
  (void)pthread_mutex_unlock(&jobs->lock);
  return err;
}
