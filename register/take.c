/* Taking a child onto the register. It must never give protection none, nor drop, mend or guess a
 * value: what does not check is kept as given. */
#include "register/take.h"

#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "register/note.h"

bool take_field_is_open(enum field field)
{
  const struct field_row *row = field_row(field);

  if (row->word[0] == '\0' || row->type == TYPE_PROTECTION || row->type == TYPE_SECRET)
    return false;
  return field != FIELD_origin && field != FIELD_registered;
}

uint8_t take_word(const struct op *op, enum field field)
{
  return op->reg->words[field][PERSON_RESIDENT];
}

const struct value *take_find(const struct given_list *values, enum field field, unsigned slot)
{
  for (size_t i = 0; i < values->count; i++) {
    const struct given *given = &values->at[i];

    if (given->field == field && given->slot == slot && given->value.text.len > 0)
      return &given->value;
  }
  return NULL;
}

void take_note(struct entry_of *entry, const struct given_list *values)
{
  for (size_t i = 0; i < values->count; i++) {
    uint16_t id = field_row(values->at[i].field)->id;

    if (values->at[i].value.text.len > 0) entry->released[id / 8] |= (uint8_t)(1u << id % 8);
  }
}

enum err take_origin(struct arena *arena, struct personal *ret_text, struct personal from,
                     struct personal ref)
{
  char *text = arena_take(arena, from.len + 1 + ref.len);

  if (text == NULL) return ERR_MEMORY;
  if (from.len > 0) memcpy(text, from.ptr, from.len);
  text[from.len] = '\n';
  if (ref.len > 0) memcpy(text + from.len + 1, ref.ptr, ref.len);
  *ret_text = (struct personal){text, from.len + 1 + ref.len};
  return OK;
}

bool take_officer(const struct op *op, struct id *ret_account, struct str user)
{
  struct account account;
  bool found =
    user.len > 0 && people_by_name(op->reg->people, &account, user) && account_is_active(&account);

  if (found) *ret_account = account.id;
  wipe(&account, sizeof account);
  return found;
}

/* ---- checking ---- */

/* "said", and the note below it. */
static enum err evidence(struct arena *arena, struct personal *ret_text,
                         const struct taking *taking)
{
  if (taking->safety_said.len + taking->safety_note.len == 0) {
    *ret_text = (struct personal){"", 0};
    return OK;
  }
  return take_origin(arena, ret_text, taking->safety_said, taking->safety_note);
}

static enum take_verdict verdict_of(enum err err)
{
  return err == ERR_TOO_LARGE ? TAKE_TOO_LONG : TAKE_BAD_TEXT;
}

/* One value: its place, its text, and whether there is a power to hold it. */
static void check_value(const struct op *op, struct taken *taken, const struct given *given)
{
  const struct field_row *row = field_row(given->field);
  uint8_t word = take_word(op, given->field);
  struct str name = policy_word_name(reg_policy(op->reg), POLICY_FIELD, word);
  struct value value = given->value;
  enum err err;

  if (given->value.text.len == 0 || taken->verdict != TAKE_FINE) return;
  taken->fields = fieldset_with((struct fieldset){{0, 0}}, word);
  if (!take_field_is_open(given->field) || row->home == HOME_BLOB || given->slot >= row->slots) {
    taken->verdict = TAKE_BAD_PLACE;
    return;
  }
  err = field_check(given->field, &value);
  if (err != OK)
    taken->verdict = verdict_of(err);
  else if (GUARD(POWER_AT_INTAKE) &&
           !regime_field_has_power(op->reg->regime, str_from(row->power), name)) {
    taken->verdict = TAKE_NO_POWER;
    taken->rule = str_from(row->power);
  }
}

/* A birth date that is no date says nothing of age: the row is taken as given, and a person asks.
 */
static bool is_eligible(const struct op *op, const struct taking *taking)
{
  const struct value *birth = take_find(taking->values, FIELD_date_of_birth, 0);
  struct day born;

  if (birth == NULL || birth->state == VALUE_AS_GIVEN ||
      !day_parse((struct str){birth->text.ptr, birth->text.len}, &born))
    return true;
  return regime_is_compulsory_school_age(op->reg->regime, born, taking->on);
}

enum err take_check(struct op *op, struct taken *ret_taken, const struct taking *taking)
{
  struct personal text;
  struct taken taken = {.verdict = TAKE_FINE};

  for (size_t i = 0; i < taking->values->count; i++)
    check_value(op, &taken, &taking->values->at[i]);
  if (taken.verdict == TAKE_FINE) taken.fields = (struct fieldset){{0, 0}};
  if (taken.verdict == TAKE_FINE && take_find(taking->values, FIELD_forename, 0) == NULL &&
      take_find(taking->values, FIELD_surname, 0) == NULL)
    taken.verdict = TAKE_NO_NAME;
  if (taken.verdict == TAKE_FINE && !is_eligible(op, taking)) {
    taken.verdict = TAKE_NOT_ELIGIBLE;
    taken.rule = regime_section(op->reg->regime, STR("school_age"));
  }
  TRY(evidence(op->arena, &text, taking));
  if (taken.verdict == TAKE_FINE &&
      (taking->from.len + 1 + taking->ref.len > field_text_max(FIELD_origin) ||
       text.len > field_text_max(FIELD_safety_evidence)))
    taken.verdict = TAKE_TOO_LONG;
  *ret_taken = taken;
  return OK;
}

/* ---- taking ---- */

bool take_is_unsafe(const struct op *op, struct personal said, struct personal note)
{
  static const char *const yes[] = {"yes", "y", "true", "ok", "ie", "oes", "ydy", "ydyw", "iawn"};
  struct personal folded;

  if (said.len == 0) return note.len > 0;
  if (fold_name(op->reader->scratch, &folded, said) != OK) return true;
  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
    if (str_is((struct str){folded.ptr, folded.len}, yes[i])) return false;
  return true;
}

static enum err ask_for_safety(struct op *op, struct record *record, const struct taking *taking)
{
  struct safety safety;

  if (!take_is_unsafe(op, taking->safety_said, taking->safety_note)) return OK;
  TRY(record_safety(record, &safety));
  safety.asked_for = true;
  return record_set_safety(op->arena, record, &safety);
}

static void set(struct record *record, enum field field, struct personal text,
                enum value_source source, struct day today)
{
  struct value value = value_absent;

  if (text.len == 0) return;
  value.state = VALUE_CHECKED;
  value.said_by = SAID_AUTHORITY;
  value.source = source;
  value.recorded = today;
  value.text = text;
  record_set(record, field, 0, value);
}

static enum err set_given(struct op *op, struct record *record, const struct taking *taking,
                          const struct audit_secret *child)
{
  const struct note_place place = {record->id, child};

  for (size_t i = 0; i < taking->values->count; i++) {
    const struct given *given = &taking->values->at[i];
    struct value value = given->value;

    TRY(field_check(given->field, &value));
    /* Who read the sheet may know that a well-formed value is not what stood there. */
    if (given->value.state == VALUE_AS_GIVEN && value.state == VALUE_CHECKED)
      value.state = VALUE_AS_GIVEN;
    value.source = taking->source;
    value.recorded = op_today(op);
    TRY(note_put(op, &value, given->field, &place));
    record_set(record, given->field, given->slot, value);
  }
  return OK;
}

static enum err set_own(struct op *op, struct record *record, const struct taking *taking)
{
  struct day today = op_today(op);
  struct personal origin, said;
  char *registered = arena_take(op->arena, 10);

  if (registered == NULL) return ERR_MEMORY;
  day_write(registered, today);
  TRY(take_origin(op->arena, &origin, taking->from, taking->ref));
  TRY(evidence(op->arena, &said, taking));
  set(record, FIELD_registered, (struct personal){registered, 10}, SOURCE_SYSTEM, today);
  record->values[FIELD_registered][0].since = today;
  if (taking->from.len + taking->ref.len > 0)
    set(record, FIELD_origin, origin, SOURCE_SYSTEM, today);
  set(record, FIELD_safety_evidence, said, taking->source, today);
  return ask_for_safety(op, record, taking);
}

enum err take_in(struct op *op, struct record **ret_record, const struct taking *taking,
                 const struct take_to *to)
{
  OWNED(audit_secret_wipe) struct audit_secret child = {0};
  struct record *record;

  TRY(op_record_new(op, &record));
  TRY(record_audit(record, &child));
  TRY(set_given(op, record, taking, &child));
  TRY(set_own(op, record, taking));
  TRY(op_put(op, record, NULL));
  TRY(
    standing_put(op, record->id, to->account, &to->standing, RELATION_ASSIGNED, DAY_NONE, &child));
  *ret_record = record;
  return OK;
}
