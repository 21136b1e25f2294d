/* Changing an entry (W-02). Somebody may write a field that they may not read: what they send goes
 * in, and nothing of what stood there comes out. If-Match covers only what the caller may see. */
#include "base/guard.h"
#include "register/blind.h"
#include "register/note.h"
#include "register/operations.h"
#include "register/parting.h"
#include "register/protect.h"
#include "register/reply.h"
#include "register/spend.h"
#include "register/standing.h"
#include "register/take.h"
#include "register/view.h"

struct changing {
  const struct entry_change *in;
  struct asked *asked;
  struct entry_of *entry;
  struct record *record;
};

/* ---- may it be written ---- */

static uint8_t word_of(const struct op *op, const struct asked *asked, const struct given *given)
{
  return field_word(op->reg, given->field, given->slot, asked->facts.persons);
}

static bool is_refused_place(const struct given *given)
{
  return !take_field_is_open(given->field) || given->slot >= field_row(given->field)->slots;
}

/* Words of the change that no grant of theirs names. */
static struct fieldset not_theirs(const struct op *op, const struct changing *by)
{
  struct act_asked act = {.act = "change",
                          .purposes = by->asked->request.purposes,
                          .relation = by->asked->request.relation};
  uint8_t role;
  struct policy_permission may = asked_act(op, &act, &role);
  struct fieldset refused = {{0, 0}};

  for (size_t i = 0; i < by->in->values.count; i++) {
    uint8_t word = word_of(op, by->asked, &by->in->values.at[i]);

    if (!may.allowed || !fieldset_has(may.fields, word)) refused = fieldset_with(refused, word);
  }
  return refused;
}

static enum err check_values(const struct changing *by)
{
  for (size_t i = 0; i < by->in->values.count; i++) {
    struct value value = by->in->values.at[i].value;

    if (is_refused_place(&by->in->values.at[i])) return ERR_INPUT;
    TRY(field_check(by->in->values.at[i].field, &value));
  }
  return by->in->values.count > 0 ? OK : ERR_INPUT;
}

static struct fieldset without_power(const struct op *op, const struct changing *by)
{
  struct fieldset refused = {{0, 0}};

  for (size_t i = 0; i < by->in->values.count; i++) {
    const struct given *given = &by->in->values.at[i];
    uint8_t word = word_of(op, by->asked, given);
    struct str power = str_from(field_row(given->field)->power);
    struct str name = policy_word_name(reg_policy(op->reg), POLICY_FIELD, word);

    if (given->value.text.len > 0 && GUARD(POWER_AT_INTAKE) &&
        !regime_field_has_power(op->reg->regime, power, name))
      refused = fieldset_with(refused, word);
  }
  return refused;
}

/* ---- If-Match ---- */

/* The view that the ETag is of: what was asked then, asked again. Names of fields that surely
 * changed, no value. */
static enum err compare_etag(struct op *op, const struct changing *by, bool *ret_fresh,
                             struct fieldset *ret_changed)
{
  uint8_t now[VIEW_ETAG_BYTES], then[VIEW_ETAG_BYTES];
  struct view view;

  if (!hex_read(then, sizeof then, op->if_match)) return ERR_INPUT;
  TRY(view_open(op, &view, by->asked, op->actor.account));
  view_etag(now, op, &view);
  *ret_fresh = bytes_equal(now, then, sizeof now);
  *ret_changed = *ret_fresh ? (struct fieldset){{0, 0}} : view_changed(&view, now, then);
  return OK;
}

/* ---- writing ---- */

static bool goes_blind(const struct changing *by, const struct given *given)
{
  return view_is_shielded(&by->asked->facts.safety, given->field, given->slot);
}

static enum err write_value(struct op *op, const struct changing *by, const struct given *given,
                            struct value value)
{
  const struct note_place place = {by->record->id, &by->asked->facts.child};

  TRY(note_drop(op, &by->record->values[given->field][given->slot], given->field, &place));
  TRY(note_put(op, &value, given->field, &place));
  record_set(by->record, given->field, given->slot, value);
  return OK;
}

/* Sets casework values, and gathers those that only the custodian can put in their place. */
static enum err write_values(struct op *op, const struct changing *by, struct shielding *ret_blind)
{
  struct shield_entry *entries = arena_take_array(op->arena, by->in->values.count, sizeof *entries);
  size_t count = 0;

  if (entries == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < by->in->values.count; i++) {
    const struct given *given = &by->in->values.at[i];
    struct value value = given->value;
    struct shield_entry entry;

    TRY(field_check(given->field, &value));
    value.source = SOURCE_TYPED;
    value.recorded = op_today(op);
    if (!goes_blind(by, given)) {
      TRY(write_value(op, by, given, value));
      continue;
    }
    TRY(blind_entry(op->arena, &entry, given->field, given->slot, &value));
    blind_place(entries, &count, &entry);
  }
  *ret_blind = (struct shielding){.entries = entries, .count = count};
  return OK;
}

static enum err apply_blind(struct op *op, const struct changing *by, struct shielding *blind)
{
  struct safety safety;

  if (blind->count == 0) return OK;
  TRY(record_safety(by->record, &safety));
  safety.blob_in_use = true;
  TRY(record_set_safety(op->arena, by->record, &safety));
  return blind_write(op, blind, by->record->id, &by->asked->facts.child);
}

static enum err apply(struct op *op, const struct changing *by)
{
  struct parting parting = {.record = by->record,
                            .facts = &by->asked->facts,
                            .given = &by->in->values,
                            .before = by->record->values[FIELD_home_address][0].text};
  struct shielding blind;

  TRY(write_values(op, by, &blind));
  TRY(parting_follow(op, &parting));
  TRY(apply_blind(op, by, &blind));
  return op_put(op, by->record, &blind);
}

static enum err answer_changed(struct op *op, const struct changing *by)
{
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, by->in->id.b, ID_BYTES);
  JSON_KEY(&json, "changed");
  json_array_start(&json);
  for (size_t i = 0; i < by->in->values.count; i++) {
    const struct field_row *row = field_row(by->in->values.at[i].field);

    json_object_start(&json);
    JSON_KEY(&json, "field");
    json_str(&json, str_from(row->name));
    JSON_KEY(&json, "slot");
    json_int(&json, by->in->values.at[i].slot);
    json_object_end(&json);
    by->entry->released[row->id / 8] |= (uint8_t)(1u << row->id % 8);
  }
  json_array_end(&json);
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, by->entry));
  op_end(op);
  return OK;
}

static enum err refuse(struct op *op, const struct changing *by, enum err err, enum text_id detail,
                       struct fieldset fields)
{
  struct problem problem = {.err = err, .detail = detail, .fields = fields};

  by->entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &problem, by->entry);
}

/* Everything that can refuse a change to somebody who may know of the child. *ret_done: refused,
 * and answered. */
static enum err check(struct op *op, const struct changing *by, bool *ret_done)
{
  struct fieldset fields = not_theirs(op, by);
  bool is_fresh = true;

  *ret_done = true;
  if (!fieldset_is_empty(fields))
    return refuse(op, by, ERR_REFUSED, TEXT_REGISTER_NOT_YOURS, fields);
  TRY(check_values(by));
  fields = without_power(op, by);
  if (!fieldset_is_empty(fields))
    return refuse(op, by, ERR_REFUSED, TEXT_REGISTER_NO_POWER, fields);
  if (GUARD(IF_MATCH)) TRY(compare_etag(op, by, &is_fresh, &fields));
  if (!is_fresh) return refuse(op, by, ERR_STALE, TEXT_REGISTER_CHANGED, fields);
  *ret_done = false;
  return OK;
}

/* Without fields of its own, a change is asked about the caller's whole reach, as GET /entries/{id}
 * is. */
static enum err ask_about(struct op *op, struct asked *asked, const struct entry_change *in)
{
  struct facts_want want = {
    .id = in->id, .requester = op->actor.account, .with_gate = true, .today = op_today(op)};

  if (!fieldset_is_empty(in->ask.said.asked)) return asked_about(op, asked, in->id, &in->ask);
  *asked = (struct asked){0};
  asked_request_whole(op, asked, &in->ask);
  TRY(asked_charge(op, asked, in->id));
  if (asked->is_refused) return OK;
  TRY(facts_read(op, &asked->facts, &want));
  asked_settle_whole(op, asked);
  return OK;
}

/* Where only fields are withheld, the child is the caller's to know of, and a withheld field may be
 * written. */
static bool is_refused_whole(const struct asked *asked)
{
  return asked->is_refused && (asked->over.is_over || asked->decision.answer == POLICY_GENERIC ||
                               asked->decision.rule != POLICY_NO_RULE);
}

/* The values that leave casework for the blob must not come to stand over this change. */
static bool is_owed(struct op *op, struct id record)
{
  bool owed;

  index_read(op->reg->index);
  owed = follow_waits(op->reg->index, record);
  index_done(op->reg->index);
  return owed;
}

enum err entry_patch(struct op *op, const struct entry_change *in)
{
  struct asked asked;
  struct entry_of entry;
  struct changing by = {.in = in, .asked = &asked, .entry = &entry};
  bool done;
  enum err err;

  TRY(op_begin(op));
  TRY(ask_about(op, &asked, in));
  TRY(spend_words(op, &in->ask));
  if (is_refused_whole(&asked)) return reply_refused(op, &asked, ACTION_ENTRY_CHANGE, &in->ask);
  if (op->if_match.len == 0 && GUARD(IF_MATCH)) return ERR_PRECONDITION;
  asked_entry(op, &entry, ACTION_ENTRY_CHANGE, &asked, &in->ask);
  entry.child = &asked.facts.child;
  entry.record = asked.facts.id;
  entry.version = asked.facts.head.version;
  TRY(check(op, &by, &done));
  if (done) return OK;
  if (is_owed(op, in->id)) return ERR_BUSY;
  TRY(op_record(op, &by.record, &asked.facts));
  err = apply(op, &by);
  if (err != OK) return err == ERR_CONFLICT ? ERR_BUSY : err; /* in the words of any busy moment */
  entry.version++;
  return answer_changed(op, &by);
}
