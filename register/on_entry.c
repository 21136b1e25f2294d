/* One new entry, typed in. Whoever takes a child in reads nothing by it: the answer holds the new
 * id and the names of the fields that did not check, never whether anybody like this child is held
 * (promise 4). */
#include <stdio.h>

#include "register/match.h"
#include "register/once.h"
#include "register/reply.h"
#include "register/take.h"

static uint64_t maintenance(const struct op *op)
{
  return POLICY_BIT(policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("register_maintenance")));
}

static const struct {
  enum err err;
  enum text_id detail;
} problems[] = {
  [TAKE_NO_NAME] = {ERR_INPUT, TEXT_REGISTER_NO_NAME},
  [TAKE_NOT_ELIGIBLE] = {ERR_REFUSED, TEXT_REGISTER_NOT_ELIGIBLE},
  [TAKE_NO_POWER] = {ERR_REFUSED, TEXT_REGISTER_NO_POWER},
  [TAKE_TOO_LONG] = {ERR_TOO_LARGE, TEXT_REGISTER_TOO_LONG},
  [TAKE_BAD_TEXT] = {ERR_INPUT, TEXT_REGISTER_BAD_TEXT},
  [TAKE_BAD_PLACE] = {ERR_INPUT, TEXT_NONE},
};

static enum err refuse(struct op *op, const struct taken *taken, struct entry_of *entry)
{
  struct problem problem = {
    .err = problems[taken->verdict].err,
    .detail = problems[taken->verdict].detail,
    .rule = taken->rule,
    .fields = taken->fields,
  };

  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &problem, entry);
}

static void write_as_given(struct json *json, const struct given_list *values)
{
  JSON_KEY(json, "as_given");
  json_array_start(json);
  for (size_t i = 0; i < values->count; i++) {
    struct value value = values->at[i].value;

    if (field_check(values->at[i].field, &value) != OK || value.state != VALUE_AS_GIVEN) continue;
    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, str_from(field_row(values->at[i].field)->name));
    JSON_KEY(json, "slot");
    json_int(json, values->at[i].slot);
    json_object_end(json);
  }
  json_array_end(json);
}

static enum err write_answer(struct op *op, struct id id, const struct given_list *values)
{
  char digits[2 * ID_BYTES + 1] = {0};
  struct json json;

  hex_write(digits, id.b, ID_BYTES);
  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, id.b, ID_BYTES);
  JSON_KEY(&json, "waits");
  json_str(&json, text_get(TEXT_REGISTER_WAITS, op->lang));
  write_as_given(&json, values);
  json_object_end(&json);
  (void)snprintf(op->answer.location, sizeof op->answer.location, "/v1/entries/%s", digits);
  return reply_json(op, &json, 201);
}

static void body_hash(const struct op *op, struct hash *ret_hash, const struct entry_new *in)
{
  *ret_hash = (struct hash){{0}};
  once_feed_values(op, ret_hash, &in->values);
  once_feed(op, ret_hash, in->officer.ptr, in->officer.len);
  once_feed(op, ret_hash, in->source.ptr, in->source.len);
  once_feed(op, ret_hash, in->ref.ptr, in->ref.len);
  once_feed(op, ret_hash, &in->on, sizeof in->on);
}

/* Whom the child resembles is for the circle that decides about it, as with a row of a sheet. */
static enum err note_resemblance(struct op *op, struct id record, const struct taking *taking,
                                 const struct audit_secret *child)
{
  struct match_tokens tokens;
  struct match match;

  match_tokens(op, &tokens, taking->values);
  match_held(op, &match, &tokens);
  return match_note(op, record, &match, child);
}

/* Takes the child in, or, for a replay, says again what was made. */
static enum err make(struct op *op, const struct entry_new *in, const struct taking *taking,
                     const struct take_to *to, const struct entry_of *asked)
{
  OWNED(audit_secret_wipe) struct audit_secret child = {0};
  struct entry_of entry = *asked;
  struct record *record;
  struct once once;
  struct hash body;

  body_hash(op, &body, in);
  TRY(once_begin(op, &once, ACTION_ENTRY_CREATE, &body));
  if (!once.is_replay && !op->dry_run) {
    TRY(take_in(op, &record, taking, to));
    TRY(record_audit(record, &child));
    TRY(note_resemblance(op, record->id, taking, &child));
    TRY(once_done(op, &once, record->id));
    once.made = record->id;
    entry.child = &child;
    entry.record = record->id;
    entry.version = 1;
    entry.rows = 1;
  }
  TRY(write_answer(op, once.made, &in->values));
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}

enum err entry_create(struct op *op, const struct entry_new *in)
{
  struct taking taking = {
    .values = &in->values, .source = SOURCE_TYPED, .from = in->source, .ref = in->ref};
  struct take_to to = {.account = op->actor.account, .standing = {.basis = in->ask.said.basis}};
  struct entry_of entry = {
    .action = ACTION_ENTRY_CREATE, .purposes = in->ask.said.purposes, .basis = in->ask.said.basis};
  struct taken taken;
  uint16_t rule;

  TRY(op_begin(op));
  if (entry.purposes == 0) entry.purposes = maintenance(op);
  if (!asked_may(op, "create", entry.purposes, &entry, &rule))
    return reply_no_act(op, ACTION_ENTRY_CREATE, entry.purposes);
  taking.on = day_is_set(in->on) && in->on.number != 0 ? in->on : op_today(op);
  to.standing.purpose = (uint8_t)__builtin_ctzll(entry.purposes);
  if (in->officer.len > 0 && !take_officer(op, &to.account, in->officer)) {
    entry.outcome = OUTCOME_REFUSED;
    return reply_problem(
      op, &(struct problem){.err = ERR_INPUT, .detail = TEXT_REGISTER_NO_OFFICER}, &entry);
  }
  TRY(take_check(op, &taken, &taking));
  if (taken.verdict != TAKE_FINE) return refuse(op, &taken, &entry);
  take_note(&entry, &in->values);
  return make(op, in, &taking, &to, &entry);
}
