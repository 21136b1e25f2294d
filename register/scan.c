/* The pass over all rows and items (scan.h). Each thread reads on a connection of its own, takes
 * the next part of the file, and keeps what it found to itself; the caller's thread then puts all
 * of it into memory, part by part. A row whose seal was not compared must never reach the index. */
#include "register/scan.h"

#include "register/raised.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 8, ARENA_BYTES = 2 << 20 };

struct found_row {
  unsigned part;
  struct entry entry;
  size_t first_token, token_count;
};
struct found_item {
  unsigned part;
  struct item item;
};

/* What all threads share. */
struct scans {
  struct reg *reg;
  atomic_uint next; /* the part to take: those of rows first, then those of items */
  atomic_bool has_failed;
};

struct scan {
  struct scans *all;
  struct store *store;
  struct arena *arena; /* one row at a time */
  struct row *row;
  struct record *record;
  unsigned part;
  struct scanned found;
  struct found_row *rows;
  struct found_item *items;
  uint64_t *tokens;
  size_t row_count, rows_held, item_count, items_held, token_count, tokens_held;
  pthread_t thread;
  bool is_running;
  enum err err;
  struct trail trail;
};

/* ---- records ---- */

/* Only what the index needs is opened. */
static bool is_indexed(enum field field)
{
  if (field == FIELD_protection || field == FIELD_audit_key || field == FIELD_forename) return true;
  for (enum token_kind kind = 0; kind < TOKEN_KINDS; kind++)
    if (token_row(kind)->field == field) return true;
  return false;
}

static enum err open_indexed(struct scan *scan, const struct row *row, const struct key *key)
{
  const struct row_kit *kit = &scan->all->reg->rows;

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (!is_indexed(field)) continue;
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
      uint8_t *plain = arena_take(scan->arena, field_bucket(field));
      if (!plain) return ERR_MEMORY;
      TRY(row_open_field(kit, OPENED_INDEX, &scan->record->values[field][slot], plain, &row->head,
                         key, field, slot, row->body + field_offset(field, slot)));
    }
  }
  return OK;
}

static enum err keep_row(struct scan *scan, const struct index_change *change)
{
  void *rows = scan->rows, *tokens = scan->tokens;
  enum err err = block_grow(&rows, &scan->rows_held, scan->row_count + 1, sizeof *scan->rows);

  scan->rows = rows;
  if (err == OK)
    err = block_grow(&tokens, &scan->tokens_held, scan->token_count + change->token_count,
                     sizeof *scan->tokens);
  scan->tokens = tokens;
  if (err != OK) return err;
  memcpy(scan->tokens + scan->token_count, change->tokens,
         change->token_count * sizeof *scan->tokens);
  scan->rows[scan->row_count++] = (struct found_row){.part = scan->part,
                                                     .entry = change->entry,
                                                     .first_token = scan->token_count,
                                                     .token_count = change->token_count};
  scan->token_count += change->token_count;
  return OK;
}

static enum err take_row(struct scan *scan, const struct row *row)
{
  OWNED(key_wipe) struct key key = {0};
  const struct reg *reg = scan->all->reg;
  uint8_t wrapped[WRAPPED_KEY_BYTES];
  struct index_change change;
  struct hash term;

  TRY(store_key(scan->store, wrapped, row->head.key));
  TRY(keys_unwrap(reg->keyring, &key, row->head.key, wrapped));
  TRY(row_verify(&reg->rows, row, &key));
  row_term(&reg->rows, &term, row);
  fresh_add(&scan->found.sums[SUM_ROWS], row->head.id.b, &term);
  if (memcmp(row->head.id.b, reg->decoy.b, ID_BYTES) == 0) {
    scan->found.has_decoy = true;
    scan->found.decoy_key = row->head.key;
    return OK;
  }
  arena_reset(scan->arena);
  TRY(open_indexed(scan, row, &key));
  scan->record->id = row->head.id;
  scan->record->version = row->head.version;
  TRY(index_prepare(scan->arena, reg->index, &change, scan->record));
  change.entry.key = row->head.key;
  return keep_row(scan, &change);
}

static enum err scan_row(void *self, const struct row *row)
{
  struct scan *scan = self;
  enum err err = take_row(scan, row);

  if (err == OK) return OK;
  /* The place, in a form that is no name: the first bytes of the random id, and the version. */
  long long place = (long long)row->head.id.b[0] << 24 | row->head.id.b[1] << 16 |
                    row->head.id.b[2] << 8 | row->head.id.b[3];
  bool lost_key = err == ERR_ABSENT;
  return FAIL_AT(&scan->trail, err == ERR_OPEN || lost_key ? ERR_CORRUPT : err,
                 "a record does not hold: first bytes of its id, its version", place,
                 (long long)row->head.version);
}

/* ---- items ---- */

static enum err keep_item(struct scan *scan, const struct item *item)
{
  void *items = scan->items;
  enum err err = block_grow(&items, &scan->items_held, scan->item_count + 1, sizeof *scan->items);

  scan->items = items;
  if (err == OK) scan->items[scan->item_count++] = (struct found_item){scan->part, *item};
  return err;
}

static enum err scan_item(void *self, struct id id, const uint8_t *body)
{
  struct scan *scan = self;
  const struct reg *reg = scan->all->reg;
  struct item item;
  enum err err = item_open(&reg->rows, reg_item_key(reg), &item, id, body);

  if (err == OK) {
    fresh_add(&scan->found.sums[SUM_ITEMS], id.b, &item.term);
    err = keep_item(scan, &item);
  }
  if (err == OK) return OK;
  return FAIL_AT(&scan->trail, err == ERR_OPEN ? ERR_CORRUPT : err,
                 "an item does not hold: first bytes of its id", (long long)id.b[0] << 8 | id.b[1],
                 0);
}

/* ---- one thread ---- */

static enum err scan_part(struct scan *scan, unsigned number)
{
  bool is_of_rows = number < STORE_PARTS;

  scan->part = number % STORE_PARTS;
  enum err err = is_of_rows ? store_row_each(scan->store, scan->part, scan->row, scan_row, scan)
                            : store_item_each(scan->store, scan->part, scan_item, scan);
  if (err == OK) return OK;
  return is_of_rows
           ? FAIL_AT(&scan->trail, err, "a record's columns do not agree: part of the file",
                     scan->part, STORE_PARTS)
           : FAIL_AT(&scan->trail, err, "an item's columns do not agree: part of the file",
                     scan->part, STORE_PARTS);
}

static enum err scan_parts(struct scan *scan)
{
  TRY(arena_new(&scan->arena, ARENA_BYTES));
  if (!scan->store) TRY(store_open(&scan->store, scan->all->reg->dir, STORE_READER, &scan->trail));
  TRY(store_read_begin(scan->store));
  while (!atomic_load(&scan->all->has_failed)) {
    unsigned number = atomic_fetch_add(&scan->all->next, 1);
    if (number >= 2 * STORE_PARTS) return OK;
    TRY(scan_part(scan, number));
  }
  return OK;
}

static void *scan_run(void *self)
{
  struct scan *scan = self;

  scan->err = scan_parts(scan);
  if (scan->store) store_read_end(scan->store);
  if (scan->err != OK) atomic_store(&scan->all->has_failed, true);
  return NULL;
}

/* ---- all threads ---- */

/* From the caller's arena; `record` starts with every field absent. */
static enum err scan_new(struct scan *scan, struct scans *all)
{
  *scan = (struct scan){.all = all};
  scan->row = arena_take(all->reg->arena, sizeof *scan->row);
  scan->record = arena_take(all->reg->arena, sizeof *scan->record);
  if (!scan->row || !scan->record) return ERR_MEMORY;
  for (enum field field = 0; field < FIELD_COUNT; field++)
    for (unsigned slot = 0; slot < FIELD_SLOTS_MAX; slot++)
      scan->record->values[field][slot] = value_absent;
  return OK;
}

static void scan_free(struct scan *scan, const struct store *owner)
{
  void *rows = scan->rows, *items = scan->items, *tokens = scan->tokens;

  block_free(&rows, &scan->rows_held, sizeof *scan->rows);
  block_free(&items, &scan->items_held, sizeof *scan->items);
  block_free(&tokens, &scan->tokens_held, sizeof *scan->tokens);
  if (scan->store != owner) store_close(&scan->store);
  arena_free(&scan->arena);
}

static unsigned thread_count(void)
{
  long cores = sysconf(_SC_NPROCESSORS_ONLN);

  return cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (unsigned)cores;
}

/* The caller's thread is the first of them. One that cannot be started leaves its work to the
 * others. */
static enum err scan_together(struct scan *scans, unsigned count, struct trail *trail)
{
  for (unsigned i = 1; i < count; i++)
    scans[i].is_running = pthread_create(&scans[i].thread, NULL, scan_run, &scans[i]) == 0;
  scan_run(&scans[0]);
  for (unsigned i = 1; i < count; i++)
    if (scans[i].is_running) (void)pthread_join(scans[i].thread, NULL);
  for (unsigned i = 0; i < count; i++) {
    if (scans[i].err == OK) continue;
    *trail = scans[i].trail;
    return scans[i].err;
  }
  return OK;
}

/* ---- into memory ---- */

static enum err put_account(struct reg *reg, struct arena *arena, const struct item *item)
{
  struct account account = {.id = item->subject};
  uint8_t body[ITEM_BYTES];
  struct personal text;
  struct item again;

  arena_reset(arena);
  TRY(store_item(reg->store, body, item->id));
  TRY(item_text(arena, &reg->rows, reg_item_key(reg), &text, &again, item->id, body, NULL));
  TRY(account_parse(&account, reg->policy, text));
  return people_put(reg->people, &account);
}

static enum err put_raise(struct reg *reg, struct arena *arena, const struct item *item)
{
  struct budget_raise raise;
  uint8_t body[ITEM_BYTES];
  struct personal text;
  struct item again;

  arena_reset(arena);
  TRY(store_item(reg->store, body, item->id));
  TRY(item_text(arena, &reg->rows, reg_item_key(reg), &text, &again, item->id, body, NULL));
  TRY(raised_parse(&raise, reg->policy, item, text));
  return raise.of.purpose == POLICY_NO_WORD ? OK : budget_raise(reg->budget, &raise);
}

/* What one thread found in one part, if it was this thread's; `at` is how far it was put. */
static enum err put_rows(struct reg *reg, const struct scan *scan, unsigned part, size_t *at)
{
  for (; *at < scan->row_count && scan->rows[*at].part == part; (*at)++) {
    const struct found_row *row = &scan->rows[*at];
    struct index_change change = {.entry = row->entry,
                                  .tokens = scan->tokens + row->first_token,
                                  .token_count = row->token_count};
    TRY(index_put(reg->index, &change));
  }
  return OK;
}

static enum err put_items(struct reg *reg, const struct scan *scan, unsigned part, size_t *at)
{
  for (; *at < scan->item_count && scan->items[*at].part == part; (*at)++) {
    const struct item *item = &scan->items[*at].item;
    TRY(index_item_put(reg->index, item));
    if (item->kind == ITEM_ACCOUNT) TRY(put_account(reg, scan->arena, item));
    if (item->kind == ITEM_BUDGET_RAISE) TRY(put_raise(reg, scan->arena, item));
  }
  return OK;
}

/* In the order of the file, whichever thread read what. */
static enum err put_all(struct reg *reg, const struct scan *scans, unsigned count)
{
  size_t rows_at[THREADS_MAX] = {0}, items_at[THREADS_MAX] = {0};

  for (unsigned part = 0; part < STORE_PARTS; part++)
    for (unsigned i = 0; i < count; i++) {
      TRY(put_rows(reg, &scans[i], part, &rows_at[i]));
      TRY(put_items(reg, &scans[i], part, &items_at[i]));
    }
  return OK;
}

static void join_found(struct scanned *all, const struct scanned *one)
{
  for (enum sum which = 0; which < SUM_COUNT; which++)
    fresh_join(&all->sums[which], &one->sums[which]);
  if (!one->has_decoy) return;
  all->has_decoy = true;
  all->decoy_key = one->decoy_key;
}

enum err scan_all(struct reg *reg, struct scanned *ret_scanned, struct trail *trail)
{
  struct scans all = {.reg = reg};
  struct scan scans[THREADS_MAX];
  struct scanned scanned = {0};
  unsigned count = thread_count(), made = 0;
  enum err err = OK;

  while (err == OK && made < count)
    err = scan_new(&scans[made++], &all);
  scans[0].store = reg->store;
  if (err == OK) err = scan_together(scans, count, trail);
  if (err == OK) err = put_all(reg, scans, count);
  for (unsigned i = 0; i < made; i++) {
    join_found(&scanned, &scans[i].found);
    scan_free(&scans[i], reg->store);
  }
  if (err == OK) *ret_scanned = scanned;
  return err;
}
