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

/* With the lock held; takes the job over. */
static enum err take_up(struct import_jobs *jobs, struct id *ret_job, struct job **job)
{
  if (jobs->stopping || !make_room(jobs)) return ERR_BUSY;
  *ret_job = (*job)->id;
  jobs->jobs[jobs->count++] = *job;
  *job = NULL;
  (void)pthread_cond_signal(&jobs->changed);
  return OK;
}

enum err import_submit(struct import_jobs *jobs, struct id *ret_job,
                       const struct import_order *order)
{
  OWNED(job_free) struct job *job = NULL;
  enum err err;

  TRY(job_new(&job, order, jobs->outside, &jobs->lock));
  (void)pthread_mutex_lock(&jobs->lock);
  err = take_up(jobs, ret_job, &job);
  (void)pthread_mutex_unlock(&jobs->lock);
  return err;
}

static bool is_same(struct id a, struct id b)
{
  return memcmp(&a, &b, sizeof a) == 0;
}

/* With the lock held; NULL: none of this account's. */
static struct job *find(const struct import_jobs *jobs, struct id job, struct id account)
{
  for (size_t i = 0; i < jobs->count; i++)
    if (is_same(jobs->jobs[i]->id, job) && is_same(jobs->jobs[i]->actor.account, account))
      return jobs->jobs[i];
  return NULL;
}

/* With the lock held. What was tried is copied before its job can go. */
static enum err take(struct import_jobs *jobs, struct id *ret_job, const struct job *tried,
                     struct import_order order)
{
  OWNED(job_free) struct job *job = NULL;

  if (!tried->dry_run || tried->state != JOB_DONE) return ERR_CONFLICT;
  order.on = tried->on;
  order.source = tried->source;
  order.csv = tried->csv;
  TRY(job_new(&job, &order, jobs->outside, &jobs->lock));
  return take_up(jobs, ret_job, &job);
}

enum err import_take(struct import_jobs *jobs, struct id *ret_job, struct id dry,
                     const struct actor *actor, enum lang lang)
{
  static const struct id none;
  struct job *tried;
  enum err err = ERR_ABSENT;

  (void)pthread_mutex_lock(&jobs->lock);
  tried = find(jobs, dry, actor->account);
  if (tried != NULL && is_same(tried->actor.session, actor->session)) {
    bool is_taken = !is_same(tried->taken_as, none);

    err = is_taken
            ? OK
            : take(jobs, ret_job, tried, (struct import_order){.actor = *actor, .lang = lang});
    if (is_taken) *ret_job = tried->taken_as;
    tried = find(jobs, dry, actor->account); /* it may have made room for the other */
    if (err == OK && tried != NULL) tried->taken_as = *ret_job;
  }
  (void)pthread_mutex_unlock(&jobs->lock);
  return err;
}

enum err import_report(struct import_jobs *jobs, struct arena *arena, struct str *ret_json,
                       struct id job, struct id account, uint64_t from)
{
  const struct job *found;
  enum err err = ERR_ABSENT;

  (void)pthread_mutex_lock(&jobs->lock);
  found = find(jobs, job, account);
  if (found != NULL) err = job_report(found, arena, ret_json, jobs->outside, from);
  (void)pthread_mutex_unlock(&jobs->lock);
  return err;
}
