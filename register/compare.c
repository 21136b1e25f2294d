/* Comparing the rows that wait for their first safety decision with everything that is protected
 * (promise 5). At raising, the search sees only what lies in casework; what is shielded already the
 * custodian alone can find, and it says one bit. The matcher's second half: it opens without a
 * decision, and what it opens goes to the custodian and nowhere else. It must never keep a result
 * before the entry of the comparison is durable. */
#include <string.h>

#include "register/errands.h"
#include "register/note.h"

enum {
  ROWS_MAX = 128,     /* in one round; the entry of the round brings about the next */
  PARTS_A_ROW_MAX = 8 /* the longest texts of all fields of a row */
};

/* Between two values: nothing of the one can run on into the other. */
static const char gap[] = "\nx\n";
#define GAP_BYTES (sizeof gap - 1)

/* Texts of one row, at most what one comparison takes. */
struct part {
  size_t row;
  char *text;
  size_t n;
};

struct comparing {
  const struct errand_context *context;
  uint64_t protection_version;
  struct index_comparison *rows;
  size_t row_count;
  struct part *parts; /* in the order of the rows */
  size_t part_count;
  size_t settled; /* parts */
  char *text;     /* CUSTODIAN_TEXT_MAX */
};

/* ---- which rows ---- */

static void find(struct comparing *comparing)
{
  const struct reg *reg = comparing->context->reg;

  index_read(reg->index);
  for (size_t i = 0; i < index_count(reg->index) && comparing->row_count < ROWS_MAX; i++) {
    const struct entry *entry = index_at(reg->index, i);

    if (entry->first_decided || entry->compared == comparing->protection_version) continue;
    if (id_equal(entry->id, reg->decoy)) continue;
    comparing->rows[comparing->row_count++] =
      (struct index_comparison){.id = entry->id, .version = entry->version};
  }
  if (comparing->row_count > 0 && !errands_all_in_place(reg->index)) comparing->row_count = 0;
  index_done(reg->index);
}

/* ---- what a row says ---- */

static bool is_compared(enum field field)
{
  switch (field_row(field)->type) {
  case TYPE_TEXT:
  case TYPE_NAME:
  case TYPE_ADDRESS:
  case TYPE_NOTE:
  case TYPE_EVENT:
  case TYPE_PHONE:
  case TYPE_EMAIL:
    return field_row(field)->home != HOME_BLOB;
  case TYPE_PROTECTION:
  case TYPE_SECRET:
  case TYPE_DAY:
  case TYPE_CODE:
  case TYPE_UPN:
  case TYPE_UPRN:
  case TYPE_POSTCODE:
  case TYPE_HOURS:
    return false;
  }
  return false;
}

static enum err add(struct comparing *comparing, size_t row, struct personal text)
{
  struct part *last =
    comparing->part_count > 0 ? &comparing->parts[comparing->part_count - 1] : NULL;

  if (text.len == 0) return OK;
  if (text.len + GAP_BYTES > CUSTODIAN_TEXT_MAX) return ERR_TOO_LARGE;
  if (last == NULL || last->row != row || last->n + text.len + GAP_BYTES > CUSTODIAN_TEXT_MAX) {
    if (comparing->part_count == (size_t)ROWS_MAX * PARTS_A_ROW_MAX) return ERR_TOO_LARGE;
    last = &comparing->parts[comparing->part_count];
    *last =
      (struct part){.row = row, .text = arena_take(comparing->context->lists, CUSTODIAN_TEXT_MAX)};
    if (last->text == NULL) return ERR_MEMORY;
    comparing->part_count++;
  }
  memcpy(last->text + last->n, text.ptr, text.len);
  memcpy(last->text + last->n + text.len, gap, GAP_BYTES);
  last->n += text.len + GAP_BYTES;
  return OK;
}

struct reading {
  struct op op;
  struct facts facts;
  struct key key;
  uint8_t sealed[FIELD_SLOTS_MAX * ENVELOPE_SIZE(6)]; /* of one field at a time */
};

static void reading_wipe(struct reading *reading)
{
  key_wipe(&reading->key);
  audit_secret_wipe(&reading->facts.child);
}

static enum err read_field(struct comparing *comparing, struct reading *reading, size_t row,
                           enum field field)
{
  const struct note_place place = {reading->facts.id, &reading->facts.child};
  struct op *op = &reading->op;
  size_t size = field_sealed_bytes(field);
  unsigned slots = field_row(field)->slots;

  TRY(store_row_part(op->reader->store, reading->sealed, reading->facts.id, PART_BODY,
                     field_offset(field, 0), slots * size));
  for (unsigned slot = 0; slot < slots; slot++) {
    uint8_t *plain = arena_take(op->arena, field_bucket(field));
    struct value value;

    if (plain == NULL) return ERR_MEMORY;
    TRY(row_open_field(&op->reg->rows, OPENED_MATCH, &value, plain, &reading->facts.head,
                       &reading->key, field, slot, reading->sealed + slot * size));
    TRY(note_read(op, &value, field, &place));
    if (value.state != VALUE_ABSENT) TRY(add(comparing, row, value.text));
  }
  return OK;
}

static enum err read_fields(struct comparing *comparing, struct reading *reading, size_t row)
{
  struct op *op = &reading->op;
  struct facts_want want = {.id = comparing->rows[row].id};

  TRY(op_begin(op));
  want.today = op_today(op);
  TRY(facts_read(op, &reading->facts, &want));
  if (!reading->facts.is_held || reading->facts.head.version != comparing->rows[row].version)
    return ERR_MOVED;
  TRY(keys_unwrap(op->reg->keyring, &reading->key, reading->facts.head.key,
                  reading->facts.wrapped_key));
  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (is_compared(field)) TRY(read_field(comparing, reading, row, field));
  return OK;
}

/* No read view is open when the custodian is asked. */
static enum err read_row(struct comparing *comparing, size_t row)
{
  const struct errand_context *context = comparing->context;
  OWNED(reading_wipe)
  struct reading reading = {
    .op = {.reg = context->reg, .reader = context->reader, .arena = context->arena}};
  enum err err = read_fields(comparing, &reading, row);

  op_end(&reading.op);
  arena_reset(context->arena);
  return err;
}

/* A row that cannot be read, or has moved on, is left out: it stays uncompared, and holds up none.
 */
static enum err read_all(struct comparing *comparing)
{
  size_t found = comparing->row_count, kept = 0;
  enum err err = OK;

  for (size_t i = 0; i < found; i++) {
    size_t parts_before = comparing->part_count;

    if (!errand_goes_on(comparing->context)) return ERR_BUSY;
    comparing->rows[kept] = comparing->rows[i];
    enum err one = read_row(comparing, kept);
    if (one == OK) kept++;
    if (one != OK) comparing->part_count = parts_before;
    if (one != OK) err = one;
  }
  comparing->row_count = kept;
  return kept > 0 ? OK : err;
}

/* ---- asking ---- */

static enum err ask(struct comparing *comparing, size_t from, size_t to, bool *ret_hit)
{
  struct custodian_comparison comparison = {.text = {comparing->text, 0}};

  for (size_t i = from; i < to; i++) {
    const struct part *part = &comparing->parts[i];

    memcpy(comparing->text + comparison.text.len, part->text, part->n);
    comparison.text.len += part->n;
  }
  return custodian_compare(comparing->context->custodian, ret_hit, &comparison, &(struct trail){0});
}

static bool fits(const struct comparing *comparing, size_t from, size_t to)
{
  size_t n = 0;

  for (size_t i = from; i < to; i++)
    n += comparing->parts[i].n;
  return n <= CUSTODIAN_TEXT_MAX;
}

/* From the left: as many parts in one question as it takes, and fewer only where something is found
 * in them, down to the row that it is found in. As deep as halving goes. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum err settle(struct comparing *comparing, size_t from, size_t to)
{
  size_t middle = from + (to - from) / 2;
  bool hit = true;

  if (from == to) return OK;
  if (fits(comparing, from, to)) TRY(ask(comparing, from, to, &hit));
  if (hit && to - from > 1) {
    TRY(settle(comparing, from, middle));
    return settle(comparing, middle, to);
  }
  if (hit) comparing->rows[comparing->parts[from].row].has_hit = true;
  comparing->settled = to;
  return OK;
}

/* ---- keeping ---- */

/* In the writer's thread. */
static void keep(void *self)
{
  const struct comparing *comparing = self;
  struct index *index = comparing->context->reg->index;

  index_write(index);
  for (size_t i = 0; i < comparing->row_count; i++)
    index_compared(index, &comparing->rows[i], comparing->protection_version);
  index_done(index);
}

static enum err commit(struct comparing *comparing)
{
  const struct errand_context *context = comparing->context;
  struct op op = {.reg = context->reg, .reader = context->reader, .arena = context->arena};
  struct entry_of entry = {.action = ACTION_COMPARISON, .rows = (uint32_t)comparing->row_count};
  enum err err;

  TRY(op_begin(&op));
  err = op.commit->protection_version == comparing->protection_version ? OK : ERR_MOVED;
  if (err == OK) err = op_entry(&op, &entry);
  op_end(&op);
  TRY(err);
  op_applied(&op, keep, comparing);
  return errand_commit(&op);
}

static enum err room(struct comparing *comparing)
{
  struct arena *lists = comparing->context->lists;

  comparing->rows = arena_take_array(lists, ROWS_MAX, sizeof *comparing->rows);
  comparing->parts =
    arena_take_array(lists, (size_t)ROWS_MAX * PARTS_A_ROW_MAX, sizeof *comparing->parts);
  comparing->text = arena_take(lists, CUSTODIAN_TEXT_MAX);
  return comparing->rows != NULL && comparing->parts != NULL && comparing->text != NULL
           ? OK
           : ERR_MEMORY;
}

enum err compare_round(const struct errand_context *context, uint64_t protection_version,
                       size_t *ret_refused)
{
  struct comparing comparing = {.context = context, .protection_version = protection_version};
  bool is_cut_short;
  enum err err;

  TRY(room(&comparing));
  find(&comparing);
  if (comparing.row_count == 0) return OK;
  err = read_all(&comparing);
  if (err == OK) err = settle(&comparing, 0, comparing.part_count);
  is_cut_short = err == ERR_CUSTODIAN || custodian_has_refused(err);
  if (is_cut_short) /* what is settled counts */
    comparing.row_count = comparing.parts[comparing.settled].row;
  if ((err == OK || is_cut_short) && comparing.row_count > 0) {
    enum err kept = commit(&comparing);

    if (kept != OK) err = kept;
  }
  return errand_outcome(context, err, ret_refused);
}
