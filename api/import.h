/* Import jobs: a sheet is read whole, then its rows go in by batches of 64, in a thread with a
 * reader of its own; the caller asks how far it is. Messages name row and column, what is wrong and
 * what to do, in the caller's language, and never hold a value from the sheet. */
#ifndef API_IMPORT_H
#define API_IMPORT_H

#include "register/operations.h"

struct import_jobs;
struct request;

#define IMPORT_BATCH 64
#define IMPORT_JOBS_KEPT 16 /* finished ones are forgotten in order */

MUST_USE enum err import_start(struct import_jobs **ret_jobs, struct arena *arena, struct reg *reg,
                               struct outside outside);
/* Ends after the batch in hand; what has been taken in stays. */
void import_stop(struct import_jobs **jobs);

struct import_order {
  struct actor actor;
  enum lang lang;
  bool dry_run;
  struct day on;     /* not set: today */
  struct str source; /* empty: "sheet" */
  struct str csv;    /* bytes as they came */
};
/* Copies the order, starts the job and names it. ERR_BUSY while too many run. */
MUST_USE enum err import_submit(struct import_jobs *jobs, struct id *ret_job,
                                const struct import_order *order);
/* The sheet of a dry run that has ended, now taken in: the same bytes, day and source, which are
 * kept as long as its report is. Asked again, it is the same job. For the session that sent it;
 * ERR_ABSENT for anybody else, and ERR_CONFLICT when it was no dry run or has not ended well. */
MUST_USE enum err import_take(struct import_jobs *jobs, struct id *ret_job, struct id dry,
                              const struct actor *actor, enum lang lang);
/* Writes {state, done, total, rows_per_second, next, more, results: [{row, outcome, id, messages:
 * [{column, text}]}]} with the results from number `from` on, to the one who started it; ERR_ABSENT
 * for anybody else. */
MUST_USE enum err import_report(struct import_jobs *jobs, struct arena *arena, struct str *ret_json,
                                struct id job, struct id account, uint64_t from);

#endif
