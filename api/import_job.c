/* See import_job.h. */
#include "api/import_job.h"

#include <time.h>

#define JOB_ARENA_BYTES                                                                            \
  ((size_t)512 * 1024 * 1024) /* sheet, converted sheet, sentences; taken as needed */
#define BATCH_ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define PROBLEMS_MAX 1024 /* of one batch */
/* A job is in no hurry: where a person would be asked to try again, it tries again for a while. */
#define TRIES_MAX 50
#define BUSY_PAUSE_NS 100000000L

/* ---- life ---- */

enum err job_new(struct job **ret_job, const struct import_order *order, struct outside outside,
                 pthread_mutex_t *lock)
{
  struct arena *arena;
  struct job *job;

  TRY(arena_new(&arena, JOB_ARENA_BYTES));
  job = arena_take(arena, sizeof *job);
  if (job == NULL || arena_copy(arena, &job->csv, order->csv) != OK ||
      arena_copy(arena, &job->source, order->source) != OK) {
    arena_free(&arena);
    return ERR_MEMORY;
  }
  job->arena = arena;
  job->lock = lock;
  job->actor = order->actor;
  job->lang = order->lang;
  job->dry_run = order->dry_run;
  job->on = day_is_set(order->on) ? order->on : instant_day(outside.now(outside.self));
  if (job->source.len == 0) job->source = STR("sheet");
  outside.random(outside.self, job->id.b, sizeof job->id.b);
  *ret_job = job;
  return OK;
}

void job_free(struct job **job)
{
  struct arena *arena;

  if (job == NULL || *job == NULL) return;
  block_free(&(*job)->results, &(*job)->results_held, sizeof(struct job_result));
  block_free(&(*job)->messages, &(*job)->messages_held, sizeof(struct job_message));
  arena = (*job)->arena; /* the job lives in it */
  *job = NULL;
  arena_free(&arena);
}

void job_cancel(struct job *job)
{
  job->is_cancelled = true;
}

static bool is_cancelled(const struct job *job)
{
  bool is;

  (void)pthread_mutex_lock(job->lock);
  is = job->is_cancelled;
  (void)pthread_mutex_unlock(job->lock);
  return is;
}

/* ---- results ---- */

/* The result of a row begins; messages that follow are about it. */
static enum err add_result(struct job *job, struct job_result result)
{
  enum err err;

  (void)pthread_mutex_lock(job->lock);
  result.first = job->message_count;
  err = block_grow(&job->results, &job->results_held, job->result_count + 1, sizeof result);
  if (err == OK) ((struct job_result *)job->results)[job->result_count++] = result;
  (void)pthread_mutex_unlock(job->lock);
  return err;
}

static enum err add_message(struct job *job, struct job_message message)
{
  enum err err;

  (void)pthread_mutex_lock(job->lock);
  err = block_grow(&job->messages, &job->messages_held, job->message_count + 1, sizeof message);
  if (err == OK) {
    ((struct job_message *)job->messages)[job->message_count++] = message;
    ((struct job_result *)job->results)[job->result_count - 1].count++;
  }
  (void)pthread_mutex_unlock(job->lock);
  return err;
}

static enum err add_problem(struct job *job, const struct sheet_problem *problem)
{
  struct job_message message = {.column = problem->column};

  TRY(sheet_say(job->arena, &message.text, problem, job->lang));
  return add_message(job, message);
}

/* All problems of the header or of the file, under one result. */
static enum err add_named(struct job *job, unsigned row, const char *outcome,
                          const struct sheet_problems *problems)
{
  if (problems->count == 0) return OK;
  TRY(add_result(job, (struct job_result){.row = row, .outcome = outcome}));
  for (size_t i = 0; i < problems->count; i++)
    TRY(add_problem(job, &problems->at[i]));
  return OK;
}

static const struct {
  const char *word;
  enum text_id text;
} outcomes[] = {
  [INTAKE_TAKEN] = {"taken", TEXT_INTAKE_TAKEN},
  [INTAKE_UNCHANGED] = {"unchanged", TEXT_INTAKE_UNCHANGED},
  [INTAKE_PROPOSED_CHANGE] = {"proposed_change", TEXT_INTAKE_PROPOSED_CHANGE},
  [INTAKE_PROPOSED_SAME_CHILD] = {"proposed_same_child", TEXT_INTAKE_PROPOSED_SAME_CHILD},
  [INTAKE_REFUSED_NOT_ELIGIBLE] = {"refused_not_eligible", TEXT_INTAKE_REFUSED_NOT_ELIGIBLE},
  [INTAKE_REFUSED_NO_NAME] = {"refused_no_name", TEXT_INTAKE_REFUSED_NO_NAME},
  [INTAKE_REFUSED_TOO_LONG] = {"refused_too_long", TEXT_INTAKE_REFUSED_TOO_LONG},
  [INTAKE_REFUSED_OTHER] = {"refused", TEXT_INTAKE_REFUSED_OTHER},
};

/* A row that was put to the register, and what it said. */
static enum err add_outcome(struct job *job, unsigned row, const struct intake_result *taken)
{
  struct job_result result = {.row = row, .outcome = outcomes[taken->outcome].word};
  struct job_message message = {.column = {0}};

  result.id = taken->id;
  TRY(add_result(job, result));
  TRY(text_fill(job->arena, &message.text, outcomes[taken->outcome].text, job->lang, &taken->rule,
                1));
  TRY(add_message(job, message));
  if (!taken->is_other_child) return OK;
  message.text = text_get(TEXT_INTAKE_OTHER_CHILD, job->lang);
  return add_message(job, message);
}

/* A file that cannot be read on: where, and what to do. */
static enum err add_fault(struct job *job, const struct csv *csv)
{
  struct sheet_problem problem = {.row = csv->row, .is_refused = true};
  char digits[12];
  size_t len = 0;

  for (unsigned rest = csv->column; rest > 0; rest /= 10)
    len++;
  for (unsigned rest = csv->column, at = (unsigned)len; rest > 0; rest /= 10) {
    digits[--at] = (char)('0' + rest % 10);
  }
  problem.slots[0] = (struct str){digits, len};
  switch (csv->fault) {
  case CSV_FINE:
    return OK;
  case CSV_NOT_TEXT:
    problem.text = TEXT_SHEET_BROKEN_NOT_TEXT;
    break;
  case CSV_QUOTE_OPEN:
  case CSV_QUOTE_TRAILING:
    problem.text = TEXT_SHEET_BROKEN_QUOTE;
    break;
  case CSV_TOO_WIDE:
  case CSV_TOO_LONG:
    problem.text = TEXT_SHEET_BROKEN_SIZE;
    break;
  }
  return add_named(job, csv->row, "failed", &(struct sheet_problems){&problem, 1, 1});
}

/* ---- one batch ---- */

struct word_of_writer {
  pthread_mutex_t lock;
  pthread_cond_t said;
  bool is_said;
  enum err err;
};

static void committed(void *context, enum err err)
{
  struct word_of_writer *word = context;

  (void)pthread_mutex_lock(&word->lock);
  word->err = err;
  word->is_said = true;
  (void)pthread_cond_signal(&word->said);
  (void)pthread_mutex_unlock(&word->lock);
}

static enum err submit_and_wait(struct op *op)
{
  struct word_of_writer word = {.is_said = false};
  enum err err;

  (void)pthread_mutex_init(&word.lock, NULL);
  (void)pthread_cond_init(&word.said, NULL);
  reg_submit(op, committed, &word);
  (void)pthread_mutex_lock(&word.lock);
  while (!word.is_said)
    (void)pthread_cond_wait(&word.said, &word.lock);
  err = word.err;
  (void)pthread_mutex_unlock(&word.lock);
  (void)pthread_cond_destroy(&word.said);
  (void)pthread_mutex_destroy(&word.lock);
  return err;
}

static struct ask import_ask(const struct policy *policy)
{
  static const char necessity[] = "import of a sheet by the register's own intake";
  struct ask ask = {.necessity = {necessity, sizeof necessity - 1}, .basis_text = {"436B", 4}};

  ask.said.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, STR("register_maintenance")));
  ask.said.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"));
  ask.said.urgency = policy_word(policy, POLICY_URGENCY, STR("routine"));
  ask.said.has_necessity = true;
  return ask;
}

struct batch {
  struct job *job;
  struct reg *reg;
  struct reader *reader;
  struct arena *arena; /* its rows */
  struct arena *work;  /* the operation's */
  struct csv *csv;
  const struct sheet *sheet;
  struct intake_row *rows;
  size_t count;            /* rows to take in */
  size_t read;             /* rows read, refused ones too; their numbers */
  struct intake_seen seen; /* of a dry run: what earlier batches held */
  unsigned numbers[IMPORT_BATCH];
  struct sheet_problems problems;
};

/* The operation once, in an arena that holds nothing else. */
static enum err try_once(struct batch *batch, const struct intake *intake,
                         struct answer *ret_answer)
{
  struct op op = {.reg = batch->reg, .reader = batch->reader, .arena = batch->work};
  enum err err;

  arena_reset(batch->work);
  op.lang = batch->job->lang;
  op.actor = batch->job->actor;
  op.dry_run = batch->job->dry_run;
  err = intake_take(&op, intake);
  if (err != OK) op_refuse(&op, err);
  TRY(submit_and_wait(&op));
  *ret_answer = op.answer;
  return err == ERR_BUSY ? ERR_BUSY : OK;
}

static void pause_once(void)
{
  struct timespec span = {.tv_nsec = BUSY_PAUSE_NS};

  (void)nanosleep(&span, NULL);
}

/* Decided again when the state moved or the register was busy; ERR_REFUSED when a rule refuses the
 * import. */
static enum err take_in(struct batch *batch, struct intake_result *results)
{
  struct intake intake = {.source = batch->job->source, .on = batch->job->on};
  size_t seen_before = batch->seen.count;
  enum err err = ERR_MOVED;
  struct answer answer = {0};

  intake.ask = import_ask(reg_policy(batch->reg));
  intake.rows = batch->rows;
  intake.count = batch->count;
  intake.ret_results = results;
  intake.seen = batch->job->dry_run ? &batch->seen : NULL;
  for (int tries = 0; tries < TRIES_MAX && (err == ERR_MOVED || err == ERR_BUSY); tries++) {
    if (err == ERR_BUSY) pause_once();
    if (is_cancelled(batch->job)) return ERR_BUSY;
    batch->seen.count = seen_before;
    err = try_once(batch, &intake, &answer);
  }
  if (err == ERR_MOVED) return ERR_BUSY;
  TRY(err);
  if (answer.status < 400) return OK;
  (void)pthread_mutex_lock(batch->job->lock);
  err = arena_copy(batch->job->arena, &batch->job->problem, answer.body);
  (void)pthread_mutex_unlock(batch->job->lock);
  return err == OK ? ERR_REFUSED : err;
}

/* Reads the next rows; those that cannot be taken in whole are only named. */
static enum err read_batch(struct batch *batch)
{
  batch->count = batch->read = batch->problems.count = 0;
  batch->rows = arena_take_array(batch->arena, IMPORT_BATCH, sizeof *batch->rows);
  batch->problems.at = arena_take_array(batch->arena, PROBLEMS_MAX, sizeof *batch->problems.at);
  if (batch->rows == NULL || batch->problems.at == NULL) return ERR_MEMORY;
  batch->problems.held = PROBLEMS_MAX;
  while (batch->read < IMPORT_BATCH) {
    const struct personal *cells;
    size_t cell_count, before = batch->problems.count;
    bool is_refused = false;

    TRY(csv_next(batch->csv, batch->arena, &cells, &cell_count));
    if (cell_count == 0) break;
    batch->numbers[batch->read++] = batch->csv->row;
    TRY(sheet_row(batch->sheet, batch->arena, batch->csv->row, cells, cell_count,
                  &batch->rows[batch->count], &batch->problems));
    for (size_t i = before; i < batch->problems.count; i++) {
      is_refused = is_refused || batch->problems.at[i].is_refused;
    }
    if (!is_refused) batch->count++;
  }
  return OK;
}

/* Takes the batch in, then says of each row in turn what became of it. */
static enum err do_batch(struct batch *batch)
{
  struct job *job = batch->job;
  struct intake_result *results = arena_take_array(batch->arena, IMPORT_BATCH, sizeof *results);
  size_t problem = 0, taken = 0;

  if (results == NULL) return ERR_MEMORY;
  if (batch->count > 0) TRY(take_in(batch, results));
  for (size_t i = 0; i < batch->read; i++) {
    unsigned row = batch->numbers[i];

    if (taken < batch->count && batch->rows[taken].row == row) {
      TRY(add_outcome(job, row, &results[taken++]));
    } else {
      TRY(add_result(job, (struct job_result){.row = row, .outcome = "refused"}));
    }
    for (; problem < batch->problems.count && batch->problems.at[problem].row == row; problem++) {
      TRY(add_problem(job, &batch->problems.at[problem]));
    }
  }
  (void)pthread_mutex_lock(job->lock);
  job->done += batch->read;
  (void)pthread_mutex_unlock(job->lock);
  return OK;
}

/* ---- the whole ---- */

/* The header, its problems, and how many rows follow. */
static enum err open_sheet(struct job *job, struct csv *csv, struct sheet *sheet,
                           const struct regime *regime, struct arena *scratch)
{
  struct sheet_problem found[CSV_COLUMNS_MAX + 1];
  struct sheet_problems problems = {found, 0, CSV_COLUMNS_MAX + 1};
  const struct personal *cells;
  struct csv ahead;
  uint64_t total = 0;
  size_t count;
  enum err err;

  TRY(csv_open(csv, job->arena, job->csv));
  TRY(csv_next(csv, job->arena, &cells, &count));
  if (csv->converted)
    found[problems.count++] = (struct sheet_problem){.text = TEXT_SHEET_CONVERTED};
  err = sheet_open(sheet, job->arena, regime, job->on, cells, count, &problems);
  TRY(add_named(job, 1, err == OK ? "named" : "failed", &problems));
  TRY(err);
  ahead = *csv; /* a fault further on is named when it is reached */
  while (csv_next(&ahead, scratch, &cells, &count) == OK && count > 0) {
    total++;
    arena_reset(scratch);
  }
  (void)pthread_mutex_lock(job->lock);
  job->total = total;
  (void)pthread_mutex_unlock(job->lock);
  return OK;
}

/* Room for what a dry run has met: one for each row of the file. */
static enum err remember(struct batch *batch)
{
  size_t rows = (size_t)batch->job->total;

  batch->seen.at = arena_take_array(batch->job->arena, rows + 1, sizeof *batch->seen.at);
  if (batch->seen.at == NULL) return ERR_MEMORY;
  batch->seen.held = rows + 1;
  return OK;
}

static enum err run(struct job *job, struct reg *reg, struct reader *reader)
{
  OWNED(arena_free) struct arena *arena = NULL, *work = NULL;
  struct csv csv = {0};
  struct sheet *sheet = arena_take(job->arena, sizeof *sheet);
  struct batch batch = {.job = job, .reg = reg, .reader = reader, .csv = &csv, .sheet = sheet};
  enum err err;

  if (sheet == NULL) return ERR_MEMORY;
  TRY(arena_new(&arena, BATCH_ARENA_BYTES));
  TRY(arena_new(&work, BATCH_ARENA_BYTES));
  batch.arena = arena;
  batch.work = work;
  err = open_sheet(job, &csv, sheet, reg_regime(reg), arena);
  if (err == OK && job->dry_run) err = remember(&batch);
  while (err == OK && !is_cancelled(job)) {
    arena_reset(arena);
    err = read_batch(&batch);
    if (err != OK && err != ERR_INPUT) break;
    if (batch.read == 0) break;
    TRY(do_batch(&batch)); /* rows before a fault are good */
  }
  if (csv.fault != CSV_FINE) TRY(add_fault(job, &csv));
  return err == OK && is_cancelled(job) ? ERR_BUSY : err;
}

static enum job_state state_after(enum err err)
{
  if (err == OK) return JOB_DONE;
  if (err == ERR_REFUSED) return JOB_REFUSED;
  return err == ERR_INPUT ? JOB_UNREADABLE : JOB_FAILED;
}

/* Why it ended before its time, and what of it stays. What is wrong with a sheet is said already,
 * and a refusal is a problem of its own. */
static enum err add_ending(struct job *job, enum err err)
{
  bool is_unread = err == ERR_INPUT, stays = job->done > 0 && !job->dry_run;
  struct job_message message = {.text = text_get(err_text(err), job->lang)};

  if (err == OK || err == ERR_REFUSED || (is_unread && !stays)) return err;
  TRY(add_result(job, (struct job_result){.outcome = "failed"}));
  if (!is_unread) TRY(add_message(job, message));
  if (!stays) return err;
  message.text = text_get(is_unread ? TEXT_IMPORT_CUT : TEXT_IMPORT_FAILED, job->lang);
  TRY(add_message(job, message));
  return err;
}

void job_run(struct job *job, struct reg *reg, struct reader *reader, struct outside outside)
{
  enum err err = ERR_BUSY;

  (void)pthread_mutex_lock(job->lock);
  job->started_us = outside.mono_us(outside.self);
  (void)pthread_mutex_unlock(job->lock);
  if (reader != NULL) err = run(job, reg, reader);
  err = add_ending(job, err);
  (void)pthread_mutex_lock(job->lock);
  job->ended_us = outside.mono_us(outside.self);
  job->state = state_after(err);
  (void)pthread_mutex_unlock(job->lock);
}
