/* One import job, from the bytes of a sheet to a sentence for each row. For import.c alone. */
#ifndef API_IMPORT_JOB_H
#define API_IMPORT_JOB_H

#include <pthread.h>

#include "api/import.h"
#include "api/sheet.h"

enum job_state {
  JOB_WAITING,
  JOB_RUNNING,
  JOB_DONE,
  JOB_REFUSED,    /* by a rule: `problem` */
  JOB_UNREADABLE, /* the sheet cannot be read to its end; its last result says where */
  JOB_FAILED      /* through no fault of the sheet */
};

/* What became of a row, and what was wrong with its cells: messages[first, first + count). */
struct job_result {
  unsigned row;        /* the header is row 1; 0: the file */
  const char *outcome; /* code word */
  struct id id;        /* of the entry taken in; zero: none */
  size_t first, count;
};
struct job_message {
  struct str column; /* empty: the row, or the file */
  struct str text;
};

struct job {
  struct id id;
  struct actor actor;
  enum lang lang;
  bool dry_run;
  struct day on;
  struct str source, csv;
  struct arena *arena;   /* the sheet, names of columns, sentences */
  pthread_mutex_t *lock; /* guards all that follows while the job runs */
  enum job_state state;
  bool is_cancelled;
  struct id taken_as;   /* of a dry run: the job that took its sheet in; zero: none yet */
  uint64_t done, total; /* rows */
  uint64_t started_us, ended_us;
  struct str problem; /* JSON: why it was refused */
  void *results;      /* struct job_result, in order of rows, grown as needed */
  size_t result_count, results_held;
  void *messages; /* struct job_message, likewise */
  size_t message_count, messages_held;
};

/* Copies the order. `lock` is shared by all jobs. */
MUST_USE enum err job_new(struct job **ret_job, const struct import_order *order,
                          struct outside outside, pthread_mutex_t *lock);
void job_free(struct job **job);
void job_cancel(struct job *job); /* with the lock held: ends after the batch in hand */
/* Does all of it, in the caller's thread; takes the lock where it changes what is shared. */
void job_run(struct job *job, struct reg *reg, struct reader *reader, struct outside outside);
/* import_report.c; with the lock held. */
MUST_USE enum err job_report(const struct job *job, struct arena *arena, struct str *ret_json,
                             struct outside outside, uint64_t from);

#endif
