/* Rows of a sheet, taken in by the batch. Nothing held is ever overwritten, nothing is taken in by
 * half, and nobody learns from an answer that a row resembles a protected child: such a row is
 * taken in, in the same words as any other, and waits; the resemblance is for the circle alone
 * (promise 4). */
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "register/match.h"
#include "register/once.h"
#include "register/proposal.h"
#include "register/reply.h"
#include "register/take.h"

#define INTAKE_ROWS_MAX 64
#define MARK_TEXT_BYTES (HASH_BYTES + ID_BYTES)
/* What became of the row with this source and reference; flags of ITEM_IMPORT_MARK, stored. */
enum mark { MARK_NONE, MARK_TAKEN, MARK_SAME_CHILD, MARK_CHANGE };

/* A row of this batch that was taken in: later rows are compared with it too. */
struct taken_row {
  struct match_tokens tokens;
  struct id mark;
  struct match match;
  struct audit_secret child;
};

struct intaking {
  struct op *op;
  const struct intake *in;
  struct take_to to;
  struct taken_row *rows; /* in the arena */
  size_t count;
  struct entry_of *entry;
};

/* One row on its way. */
struct row_state {
  const struct intake_row *row;
  struct taking taking;
  struct match_tokens tokens;
  struct hash content;
  struct id mark; /* zero: the row has no reference */
  enum mark marked;
  uint32_t mark_version;
  bool is_same_content;
  bool is_unsafe; /* what the sheet says of it is no plain yes */
  struct id marked_record;
};

/* ---- marks: what was read before ---- */

static void content_hash(const struct intaking *by, struct row_state *state)
{
  const struct intake_row *row = state->row;

  once_feed_values(by->op, &state->content, &row->values);
  once_feed(by->op, &state->content, row->officer.ptr, row->officer.len);
  once_feed(by->op, &state->content, row->safety_said.ptr, row->safety_said.len);
  once_feed(by->op, &state->content, row->safety_note.ptr, row->safety_note.len);
}

/* Whether the importer may be told that this reference was read before. Of a record erased since,
 * or hidden, it never was; of one that is guarded in another way only the person who brought it in
 * knows: to everybody else a row under its reference is as new as one that merely resembles it. */
static bool is_known(const struct op *op, struct id record, struct id importer)
{
  const struct entry *entry;
  bool known;

  index_read(op->reg->index);
  entry = index_entry(op->reg->index, record);
  known = entry != NULL;
  if (known && GUARD(HIDDEN_IS_ABSENT))
    known = entry->level != LEVEL_HIDDEN &&
            (!match_is_guarded(entry) || id_equal(importer, op->actor.account));
  index_done(op->reg->index);
  return known;
}

/* The mark's id is a keyed tag of source and reference, so it can be found and names nobody. */
static enum err find_mark(const struct intaking *by, struct row_state *state)
{
  struct op *op = by->op;
  struct personal key, text;
  const struct item *held;
  struct item item;

  if (state->row->ref.len == 0) return OK;
  TRY(take_origin(op->reader->scratch, &key, state->taking.from, state->row->ref));
  key_tag(state->mark.b, &op->reg->secrets, "cnis/mark/1", key.ptr, key.len);
  index_read(op->reg->index);
  held = index_item(op->reg->index, state->mark);
  state->marked = held != NULL ? (enum mark)held->flags : MARK_NONE;
  state->mark_version = held != NULL ? held->version : 0;
  index_done(op->reg->index);
  if (state->marked == MARK_NONE) return OK;
  TRY(op_item_text(op, &text, &item, state->mark, NULL));
  if (text.len != MARK_TEXT_BYTES) return ERR_CORRUPT;
  memcpy(state->marked_record.b, text.ptr + HASH_BYTES, ID_BYTES);
  if (!is_known(op, state->marked_record, item.subject)) state->marked = MARK_NONE;
  state->is_same_content = bytes_equal(text.ptr, state->content.bytes, HASH_BYTES);
  return OK;
}

static enum err put_mark(const struct intaking *by, const struct row_state *state, enum mark mark,
                         struct id record)
{
  struct item item = {.id = state->mark,
                      .kind = ITEM_IMPORT_MARK,
                      .flags = (uint16_t)mark,
                      .version = state->mark_version,
                      .subject = by->op->actor.account,
                      .until = DAY_NONE};
  char *text;

  if (id_is_zero(state->mark)) return OK;
  text = arena_take(by->op->arena, MARK_TEXT_BYTES);
  if (text == NULL) return ERR_MEMORY;
  memcpy(text, state->content.bytes, HASH_BYTES);
  memcpy(text + HASH_BYTES, record.b, ID_BYTES);
  return op_item_put(by->op, &item, NULL, (struct personal){text, MARK_TEXT_BYTES});
}

/* ---- resemblance ---- */

static bool meets(const struct match_tokens *a, uint64_t upn, uint64_t name_and_birth)
{
  return (a->upn != 0 && a->upn == upn) ||
         (a->name_and_birth != 0 && a->name_and_birth == name_and_birth);
}

static const struct taken_row *match_batch(const struct intaking *by, const struct row_state *state)
{
  for (size_t i = 0; i < by->count; i++) {
    const struct match_tokens *tokens = &by->rows[i].tokens;
    bool is_same_ref = !id_is_zero(state->mark) && id_equal(by->rows[i].mark, state->mark);

    if (is_same_ref || meets(&state->tokens, tokens->upn, tokens->name_and_birth))
      return &by->rows[i];
  }
  return NULL;
}

/* A dry run remembers rows, since it takes none in. */
static bool match_seen(const struct intaking *by, const struct row_state *state,
                       struct match *match)
{
  const struct intake_seen *seen = by->in->seen;

  for (size_t i = 0; seen != NULL && i < seen->count; i++) {
    if (!meets(&state->tokens, seen->at[i].upn, seen->at[i].name_and_birth)) continue;
    *match = (struct match){.is_found = true, .is_guarded = seen->at[i].is_guarded};
    return true;
  }
  return false;
}

/* Two rows of which either is asked for are both taken in: which came first must not tell. */
static struct match find_match(const struct intaking *by, const struct row_state *state,
                               const struct audit_secret **ret_child)
{
  const struct taken_row *earlier = match_batch(by, state);
  struct match match;

  *ret_child = NULL;
  match_held(by->op, &match, &state->tokens);
  /* A protected child who is held is nobody here: a row read before counts as it would without. */
  if (earlier != NULL && (!match.is_found || (match.is_guarded && !earlier->match.is_guarded))) {
    match = earlier->match;
    *ret_child = &earlier->child;
  }
  if ((!match.is_found || match.is_guarded) && by->op->dry_run) (void)match_seen(by, state, &match);
  match.is_guarded = match.is_guarded || state->is_unsafe;
  if (!GUARD(HIDDEN_IS_ABSENT)) match.is_guarded = false;
  return match;
}

/* ---- what becomes of a row ---- */

/* Of the child a row is about: its secret, and whether it is protected. */
static enum err secret_of(struct op *op, struct audit_secret *ret_child, bool *ret_protected,
                          struct id record)
{
  struct facts_want want = {.id = record, .requester = op->actor.account, .today = op_today(op)};
  struct facts facts;

  TRY(facts_read(op, &facts, &want));
  if (!facts.is_held) return ERR_MOVED;
  *ret_child = facts.child;
  *ret_protected = facts.safety.level >= LEVEL_CONTACT_PROTECTED;
  audit_secret_wipe(&facts.child);
  return OK;
}

static enum err propose(struct intaking *by, struct row_state *state, const struct match *match,
                        unsigned kind, const struct audit_secret *child)
{
  OWNED(audit_secret_wipe) struct audit_secret held = {0};
  struct proposal proposal = {
    .kind = kind, .about = match->record, .child = child, .values = &state->row->values};
  struct id id;

  if (by->op->dry_run) return OK;
  if (child == NULL) {
    TRY(secret_of(by->op, &held, &proposal.is_protected, match->record));
    proposal.child = &held;
  }
  TRY(take_origin(by->op->arena, &proposal.origin, state->taking.from, state->row->ref));
  TRY(proposal_put(by->op, &id, &proposal));
  return put_mark(by, state, kind == PROPOSAL_CHANGE ? MARK_CHANGE : MARK_SAME_CHILD,
                  match->record);
}

static void remember(struct intaking *by, const struct row_state *state, struct id record,
                     const struct audit_secret *child)
{
  struct intake_seen *seen = by->in->seen;

  by->rows[by->count++] = (struct taken_row){
    .tokens = state->tokens,
    .mark = state->mark,
    .match = {.is_found = true, .is_guarded = state->is_unsafe, .record = record},
    .child = *child,
  };
  if (by->op->dry_run && seen != NULL && seen->count < seen->held)
    seen->at[seen->count++] =
      (struct intake_seen_row){state->tokens.upn, state->tokens.name_and_birth, state->is_unsafe};
}

static enum err log_taken(struct intaking *by, struct id record, const struct audit_secret *child,
                          const struct given_list *values)
{
  struct entry_of entry = *by->entry;

  entry.action = ACTION_ENTRY_CREATE;
  entry.child = child;
  entry.record = record;
  entry.version = 1;
  take_note(&entry, values);
  return op_entry(by->op, &entry);
}

static enum err take(struct intaking *by, struct row_state *state, const struct match *match,
                     struct intake_result *result)
{
  OWNED(audit_secret_wipe) struct audit_secret child = {0};
  struct take_to to = by->to;
  struct record *record;

  result->outcome = INTAKE_TAKEN;
  if (by->op->dry_run) {
    remember(by, state, (struct id){{0}}, &child);
    return OK;
  }
  (void)take_officer(by->op, &to.account,
                     state->row->officer); /* nobody of that name: the importer */
  TRY(take_in(by->op, &record, &state->taking, &to));
  TRY(record_audit(record, &child));
  TRY(match_note(by->op, record->id, match, &child));
  TRY(put_mark(by, state, MARK_TAKEN, record->id));
  TRY(log_taken(by, record->id, &child, &state->row->values));
  remember(by, state, record->id, &child);
  result->id = record->id;
  by->entry->rows++;
  return OK;
}

/* A row that nobody has sent before under this reference. */
static enum err take_new(struct intaking *by, struct row_state *state, struct intake_result *result)
{
  const struct audit_secret *child;
  struct match match = find_match(by, state, &child);

  if (match.is_found && !match.is_guarded) {
    result->outcome = INTAKE_PROPOSED_SAME_CHILD;
    return propose(by, state, &match, PROPOSAL_SAME_CHILD, child);
  }
  return take(by, state, &match, result);
}

/* A reference that is known: unchanged, a change to propose, or, with another name and birth date,
 * somebody else. */
static enum err take_known(struct intaking *by, struct row_state *state,
                           struct intake_result *result)
{
  struct match match = {.is_found = true, .record = state->marked_record};

  if (state->is_same_content) {
    static const enum intake_outcome outcomes[] = {
      [MARK_NONE] = INTAKE_UNCHANGED,
      [MARK_TAKEN] = INTAKE_UNCHANGED,
      [MARK_SAME_CHILD] = INTAKE_PROPOSED_SAME_CHILD,
      [MARK_CHANGE] = INTAKE_PROPOSED_CHANGE,
    };
    result->outcome = outcomes[state->marked];
    return OK;
  }
  if (match_is_another(by->op, state->marked_record, &state->tokens)) {
    result->is_other_child = true;
    return take_new(by, state, result);
  }
  result->outcome = INTAKE_PROPOSED_CHANGE;
  return propose(by, state, &match, PROPOSAL_CHANGE, NULL);
}

static const enum intake_outcome refusals[] = {
  [TAKE_FINE] = INTAKE_TAKEN,
  [TAKE_NO_NAME] = INTAKE_REFUSED_NO_NAME,
  [TAKE_NOT_ELIGIBLE] = INTAKE_REFUSED_NOT_ELIGIBLE,
  [TAKE_NO_POWER] = INTAKE_REFUSED_OTHER,
  [TAKE_TOO_LONG] = INTAKE_REFUSED_TOO_LONG,
  [TAKE_BAD_TEXT] = INTAKE_REFUSED_OTHER,
  [TAKE_BAD_PLACE] = INTAKE_REFUSED_OTHER,
};

static enum err take_row(struct intaking *by, const struct intake_row *row,
                         struct intake_result *result)
{
  struct row_state state = {.row = row};
  struct taken taken;

  state.taking = (struct taking){
    .values = &row->values,
    .source = SOURCE_SHEET,
    .on = day_is_set(by->in->on) && by->in->on.number != 0 ? by->in->on : op_today(by->op),
    .from = {by->in->source.ptr, by->in->source.len},
    .ref = row->ref,
    .safety_said = row->safety_said,
    .safety_note = row->safety_note,
  };
  TRY(take_check(by->op, &taken, &state.taking));
  result->outcome = refusals[taken.verdict];
  result->rule = taken.rule;
  if (taken.verdict != TAKE_FINE) return OK;
  state.is_unsafe = take_is_unsafe(by->op, row->safety_said, row->safety_note);
  match_tokens(by->op, &state.tokens, &row->values);
  content_hash(by, &state);
  TRY(find_mark(by, &state));
  return state.marked == MARK_NONE ? take_new(by, &state, result) : take_known(by, &state, result);
}

/* ---- the batch ---- */

static const char *outcome_name(enum intake_outcome outcome)
{
  switch (outcome) {
  case INTAKE_TAKEN:
    return "taken";
  case INTAKE_UNCHANGED:
    return "unchanged";
  case INTAKE_PROPOSED_CHANGE:
    return "proposed_change";
  case INTAKE_PROPOSED_SAME_CHILD:
    return "proposed_same_child";
  case INTAKE_REFUSED_NOT_ELIGIBLE:
    return "refused_not_eligible";
  case INTAKE_REFUSED_NO_NAME:
    return "refused_no_name";
  case INTAKE_REFUSED_TOO_LONG:
    return "refused_too_long";
  case INTAKE_REFUSED_OTHER:
    return "refused";
  }
  return "";
}

static enum err write_answer(struct op *op, const struct intake *in)
{
  struct json json;

  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "rows");
  json_array_start(&json);
  for (size_t i = 0; i < in->count; i++) {
    json_object_start(&json);
    JSON_KEY(&json, "row");
    json_int(&json, in->rows[i].row);
    JSON_KEY(&json, "outcome");
    json_str(&json, str_from(outcome_name(in->ret_results[i].outcome)));
    if (!id_is_zero(in->ret_results[i].id)) {
      JSON_KEY(&json, "entry");
      json_hex(&json, in->ret_results[i].id.b, ID_BYTES);
    }
    json_object_end(&json);
  }
  json_array_end(&json);
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

static enum err take_all(struct intaking *by)
{
  struct op *op = by->op;

  by->rows = arena_take_array(op->arena, INTAKE_ROWS_MAX, sizeof *by->rows);
  if (by->rows == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < by->in->count; i++) {
    by->in->ret_results[i] = (struct intake_result){.rule = {"", 0}};
    TRY(take_row(by, &by->in->rows[i], &by->in->ret_results[i]));
  }
  TRY(write_answer(op, by->in));
  TRY(op_entry(op, by->entry));
  op_end(op);
  return OK;
}

enum err intake_take(struct op *op, const struct intake *in)
{
  struct entry_of entry = {
    .action = ACTION_INTAKE, .purposes = in->ask.said.purposes, .basis = in->ask.said.basis};
  struct intaking by = {.op = op, .in = in, .entry = &entry};
  uint16_t rule;

  TRY(op_begin(op));
  if (in->count > INTAKE_ROWS_MAX) return ERR_TOO_LARGE;
  if (!asked_may(op, "import", entry.purposes, &entry, &rule))
    return reply_no_act(op, ACTION_INTAKE, entry.purposes);
  by.to.account = op->actor.account;
  by.to.standing.purpose = (uint8_t)__builtin_ctzll(entry.purposes);
  by.to.standing.basis = in->ask.said.basis;
  return take_all(&by);
}
