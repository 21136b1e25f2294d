/* Granted values, in their forms, as JSON. Must never look at a value that fields_open did not
 * give. */
#include "register/view.h"

#include <string.h>

#include "policy/tell.h"

/* ---- opening ---- */

bool view_is_shielded(const struct safety *safety, enum field field, unsigned slot)
{
  const struct field_row *row = field_row(field);
  bool is_person = row->slots == PEOPLE && strncmp(row->word, "PERSON_", 7) == 0;

  if (row->home == HOME_BLOB) return true;
  if (row->home != HOME_SHIELDED) return false;
  return safety->level >= LEVEL_CONTACT_PROTECTED ||
         (is_person && safety->person[slot] >= LEVEL_CONTACT_PROTECTED);
}

const struct decision *view_decision(const struct asked *asked, enum field field, unsigned slot)
{
  bool is_person = strncmp(field_row(field)->word, "PERSON_", 7) == 0;

  return is_person && asked->has_person[slot] ? &asked->person[slot] : &asked->decision;
}

static bool grants(const struct asked *asked, uint8_t word, enum field field, unsigned slot)
{
  return word != POLICY_NO_WORD && fieldset_has(view_decision(asked, field, slot)->granted, word);
}

static uint8_t word_of(const struct op *op, const struct asked *asked, enum field field,
                       unsigned slot)
{
  return field_word(op->reg, field, slot, asked->facts.persons);
}

bool view_grants(const struct op *op, const struct asked *asked, enum field field, unsigned slot)
{
  return grants(asked, word_of(op, asked, field, slot), field, slot);
}

void view_custody(const struct op *op, struct view *ret_view, const struct asked *asked)
{
  struct view *view = ret_view;

  *view = (struct view){.asked = asked};

  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field field = (enum field)i;
    const struct field_row *row = field_row(field);

    for (unsigned slot = 0; slot < row->slots; slot++) {
      if (!view_is_shielded(&asked->facts.safety, field, slot)) continue;
      if (!view_grants(op, asked, field, slot)) continue;
      view->custody[row->id / 8] |= (uint8_t)(1u << row->id % 8);
      view->has_custody = true;
    }
  }
}

static bool is_in_custody(const struct view *view, enum field field)
{
  uint16_t id = field_row(field)->id;

  return (view->custody[id / 8] >> id % 8 & 1) != 0;
}

enum err view_reduce(struct op *op, struct view *view, struct id reader,
                     const struct needles *others)
{
  struct form_view by = {.today = op_today(op),
                         .child = view->asked->facts.id,
                         .recipient = reader,
                         .secret = &op->reg->secrets,
                         .others = others};
  struct opened *opened = &view->opened;
  const struct policy *policy = reg_policy(op->reg);
  size_t kept = 0;

  view->given = arena_take_array(op->arena, opened->count + 1, sizeof *view->given);
  if (view->given == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < opened->count; i++) {
    struct opened_value at = opened->at[i];
    struct form_given given;
    enum form form;

    if (!form_named(policy_word_name(policy, POLICY_FORM, at.form), &form)) continue;
    TRY(form_reduce(op->arena, &given, &at.value, at.field, form, &by));
    if (given.result == FORM_NOTHING) continue;
    view->given[kept] = given;
    opened->at[kept++] = at;
  }
  opened->count = kept;
  return OK;
}

enum err view_open(struct op *op, struct view *ret_view, const struct asked *asked,
                   struct id reader)
{
  struct granted granted = asked_granted(asked);

  view_custody(op, ret_view, asked);
  TRY(fields_open(op, &ret_view->opened, &asked->facts, &granted));
  return view_reduce(op, ret_view, reader, NULL);
}

/* ---- words that no field stores ---- */

/* Every record answers with the same route, so that having one says nothing. */
static bool derive_route(struct json *json, const struct op *op, const struct view *view)
{
  struct str name = reg_authority_name(op->reg), text;

  (void)view;
  if (text_fill(op->arena, &text, TEXT_REGISTER_ROUTE, op->lang, &name, 1) != OK)
    json->err = ERR_MEMORY;
  else
    json_str(json, text);
  return true;
}

/* The record's level; where that is none, the highest of an adult on it, for none would sound like
 * an all-clear. Who may not be told of that adult's is told nothing at all. */
static bool derive_shield(struct json *json, const struct op *op, const struct view *view)
{
  static const char *const levels[] = {
    [LEVEL_UNKNOWN] = "unknown",
    [LEVEL_NONE] = "none",
    [LEVEL_CONTACT_PROTECTED] = "contact_protected",
    [LEVEL_HIDDEN] = "hidden",
  };

  const struct asked *asked = view->asked;
  const struct safety *safety = &asked->facts.safety;
  uint8_t word = policy_word(reg_policy(op->reg), POLICY_FIELD, STR("shield_exists"));
  enum level level = safety->level;

  for (unsigned slot = 0; slot < PEOPLE && safety->level == LEVEL_NONE; slot++) {
    if (!asked->has_person[slot]) continue;
    if (!fieldset_has(asked->person[slot].granted, word)) return false;
    if (safety->person[slot] > level) level = safety->person[slot];
  }
  json_str(json, str_from(levels[level]));
  return true;
}

/* The newest day on which anything shown here was taken down: nothing more is opened to find it. */
static bool derive_last_changed(struct json *json, const struct op *op, const struct view *view)
{
  struct day newest = DAY_NONE;

  (void)op;
  for (size_t i = 0; i < view->opened.count; i++)
    if (view->opened.at[i].value.recorded.number > newest.number)
      newest = view->opened.at[i].value.recorded;
  if (!day_is_set(newest)) return false;
  json_day(json, newest);
  return true;
}

static const struct derived {
  const char *word;
  bool (*write)(struct json *json, const struct op *op,
                const struct view *view); /* false: nothing to say */
} derived[] = {
  {"safe_contact_route", derive_route},
  {"shield_exists", derive_shield},
  {"last_changed", derive_last_changed},
};

static const struct derived *derived_of(struct str word)
{
  for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++)
    if (str_is(word, derived[i].word)) return &derived[i];
  return NULL;
}

static void write_derived(struct json *json, const struct op *op, const struct view *view,
                          const struct derived *by)
{
  struct json value;
  struct str text;

  json_start(&value, op->arena, 128);
  if (!by->write(&value, op, view)) return;
  if (json_done(&value, &text) != OK) {
    json->err = ERR_MEMORY;
    return;
  }
  json_object_start(json);
  JSON_KEY(json, "field");
  json_str(json, str_from(by->word));
  JSON_KEY(json, "slot");
  json_int(json, 0);
  JSON_KEY(json, "value");
  json_splice(json, text);
  JSON_KEY(json, "state");
  json_str(json, STR("checked"));
  JSON_KEY(json, "said_by");
  json_str(json, STR("authority"));
  JSON_KEY(json, "contested");
  json_bool(json, false);
  json_object_end(json);
}

/* ---- writing ---- */

static void write_day(struct json *json, const char *key, struct day day)
{
  if (!day_is_set(day)) return;
  json_key(json, str_from(key));
  json_day(json, day);
}

static void write_code(struct json *json, const char *key, enum code_set set, uint8_t number)
{
  if (number == 0) return;
  json_key(json, str_from(key));
  json_str(json, code_numbered(set, number));
}

/* How it is known that a text tells nothing of anybody else: never what was taken out. */
static void write_redaction(struct json *json, const struct form_given *given)
{
  if (given->result != FORM_REDACTED) return;
  JSON_KEY(json, "redaction");
  json_object_start(json);
  JSON_KEY(json, "removed");
  json_int(json, (int64_t)given->removed);
  JSON_KEY(json, "how");
  json_object_start(json);
  JSON_KEY(json, "cy");
  json_str(json, text_get(TEXT_SAFETY_REDACTED_HOW, LANG_CY));
  JSON_KEY(json, "en");
  json_str(json, text_get(TEXT_SAFETY_REDACTED_HOW, LANG_EN));
  json_object_end(json);
  json_object_end(json);
}

static void write_value(struct json *json, const struct opened_value *at,
                        const struct form_given *given)
{
  const struct value *value = &at->value;

  json_object_start(json);
  JSON_KEY(json, "field");
  json_str(json, str_from(field_row(at->field)->name));
  JSON_KEY(json, "slot");
  json_int(json, at->slot);
  JSON_KEY(json, "value");
  if (given->result == FORM_TEXTLESS)
    json_none(json);
  else
    json_personal(json, value->text);
  JSON_KEY(json, "state");
  json_str(json, value->state == VALUE_CHECKED ? STR("checked") : STR("as_given"));
  JSON_KEY(json, "said_by");
  json_str(json, str_from(said_by_name(value->said_by)));
  write_day(json, "since", value->since);
  write_day(json, "recorded", value->recorded);
  JSON_KEY(json, "contested");
  json_bool(json, value->contested);
  write_code(json, "outcome", event_outcomes(at->field), value->outcome);
  write_code(json, "route", CODES_ROUTE, value->route);
  write_day(json, "until", value->until);
  write_redaction(json, given);
  json_object_end(json);
}

static void write_custody(struct json *json, const struct op *op, const struct view *view,
                          uint8_t word)
{
  bool begun = false;

  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field field = (enum field)i;
    bool is_of_word = false;

    for (unsigned slot = 0; slot < field_row(field)->slots && !is_of_word; slot++)
      is_of_word = word_of(op, view->asked, field, slot) == word;
    if (!is_of_word || !is_in_custody(view, field)) continue;
    if (!begun) {
      JSON_KEY(json, "in_custody");
      json_array_start(json);
      begun = true;
    }
    json_str(json, str_from(field_row(field)->name));
  }
  if (begun) json_array_end(json);
}

static void write_rule_id(struct json *json, const struct op *op, uint16_t rule)
{
  JSON_KEY(json, "rule");
  json_str(json, policy_rule_id(reg_policy(op->reg), rule));
}

static void write_form(struct json *json, const struct op *op, const struct decision *decision,
                       uint8_t word)
{
  JSON_KEY(json, "form");
  json_str(json, policy_word_name(reg_policy(op->reg), POLICY_FORM, decision->form[word]));
  write_rule_id(json, op, decision->granted_by[word]);
}

static void write_word(struct json *json, const struct op *op, const struct view *view,
                       uint8_t word)
{
  struct str name = policy_word_name(reg_policy(op->reg), POLICY_FIELD, word);
  const struct derived *by = derived_of(name);

  json_key(json, name);
  json_object_start(json);
  write_form(json, op, &view->asked->decision, word);
  JSON_KEY(json, "values");
  json_array_start(json);
  if (by != NULL) write_derived(json, op, view, by);
  for (size_t i = 0; by == NULL && i < view->opened.count; i++)
    if (view->opened.at[i].word == word) write_value(json, &view->opened.at[i], &view->given[i]);
  json_array_end(json);
  if (view->has_custody) write_custody(json, op, view, word);
  json_object_end(json);
}

void view_write_fields(struct json *json, const struct op *op, const struct view *view)
{
  struct fieldset left = view->asked->decision.granted;

  JSON_KEY(json, "fields");
  json_object_start(json);
  while (!fieldset_is_empty(left))
    write_word(json, op, view, (uint8_t)fieldset_take(&left));
  json_object_end(json);
}

static void write_unmet(struct json *json, const struct op *op, unsigned unmet)
{
  JSON_KEY(json, "unmet");
  json_array_start(json);
  for (unsigned i = 0; i < POLICY_UNMET_COUNT; i++) {
    if ((unmet >> i & 1) == 0) continue;
    json_object_start(json);
    JSON_KEY(json, "fact");
    json_str(json, policy_unmet_name((enum policy_unmet)i));
    JSON_KEY(json, "what");
    json_str(json, text_get((enum text_id)(TEXT_UNMET_RELATION + i), op->lang));
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_withheld(struct json *json, const struct op *op, const struct asked *asked)
{
  const struct policy *policy = reg_policy(op->reg);
  struct fieldset left = asked->decision.denied;

  JSON_KEY(json, "withheld");
  json_array_start(json);
  while (!fieldset_is_empty(left)) {
    uint8_t field = (uint8_t)fieldset_take(&left);
    uint16_t rule = asked->decision.withheld_by[field];
    uint16_t nearest = policy_nearest_grant(policy, &asked->request, field);

    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, policy_word_name(policy, POLICY_FIELD, field));
    write_rule_id(json, op, rule);
    JSON_KEY(json, "why");
    json_str(json, policy_rule_why(policy, rule, op->lang));
    if (nearest != POLICY_NO_RULE) {
      JSON_KEY(json, "nearest");
      json_str(json, policy_rule_id(policy, nearest));
    }
    write_unmet(json, op, policy_unmet_of(policy, &asked->request, &asked->decision, field));
    json_object_end(json);
  }
  json_array_end(json);
}

void view_write_words(struct json *json, const struct op *op, const struct decision *decision,
                      struct fieldset words)
{
  struct fieldset decided = fieldset_or(decision->granted, decision->pending);

  json_array_start(json);
  while (!fieldset_is_empty(words)) {
    uint8_t word = (uint8_t)fieldset_take(&words);

    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, policy_word_name(reg_policy(op->reg), POLICY_FIELD, word));
    if (fieldset_has(decided, word)) write_form(json, op, decision, word);
    json_object_end(json);
  }
  json_array_end(json);
}

void view_write_grounds(struct json *json, const struct op *op,
                        const struct policy_request *request)
{
  const struct policy *policy = reg_policy(op->reg);

  JSON_KEY(json, "purposes");
  json_array_start(json);
  for (uint64_t left = request->purposes; left != 0; left &= left - 1)
    json_str(json, policy_word_name(policy, POLICY_PURPOSE, (uint8_t)__builtin_ctzll(left)));
  json_array_end(json);
  JSON_KEY(json, "basis");
  json_str(json, policy_word_name(policy, POLICY_BASIS, request->basis));
}

static void write_approvals(struct json *json, const struct op *op, const struct decision *decision)
{
  const struct policy *policy = reg_policy(op->reg);

  JSON_KEY(json, "approvals");
  json_array_start(json);
  for (size_t i = 0; i < decision->pending_count; i++) {
    uint16_t rule = decision->pending_rules[i];

    json_object_start(json);
    write_rule_id(json, op, rule);
    JSON_KEY(json, "why");
    json_str(json, policy_rule_why(policy, rule, op->lang));
    JSON_KEY(json, "by");
    json_array_start(json);
    for (uint64_t roles = policy_rule_approvers(policy, rule); roles != 0; roles &= roles - 1)
      json_str(json, policy_word_name(policy, POLICY_ROLE, (uint8_t)__builtin_ctzll(roles)));
    json_array_end(json);
    json_object_end(json);
  }
  json_array_end(json);
}

void view_write_refusals(struct json *json, const struct op *op, const struct asked *asked)
{
  write_withheld(json, op, asked);
  JSON_KEY(json, "pending");
  view_write_words(json, op, &asked->decision, asked->decision.pending);
  write_approvals(json, op, &asked->decision);
}

void view_write_obligations(struct json *json, const struct op *op, uint64_t obligations)
{
  const struct policy *policy = reg_policy(op->reg);

  JSON_KEY(json, "obligations");
  json_array_start(json);
  for (; obligations != 0; obligations &= obligations - 1) {
    uint8_t word = (uint8_t)__builtin_ctzll(obligations);

    json_object_start(json);
    JSON_KEY(json, "obligation");
    json_str(json, policy_word_name(policy, POLICY_OBLIGATION, word));
    JSON_KEY(json, "what");
    json_str(json, policy_word_text(policy, POLICY_OBLIGATION, word, op->lang));
    json_object_end(json);
  }
  json_array_end(json);
}

static struct str outcome_name(enum policy_outcome outcome)
{
  switch (outcome) {
  case POLICY_DENY:
    return STR("deny");
  case POLICY_NEEDS_SECOND_PERSON:
    return STR("needs_second_person");
  case POLICY_PARTIAL:
    return STR("partial");
  case POLICY_PERMIT:
    return STR("permit");
  }
  return STR("");
}

void view_write(struct json *json, const struct op *op, const struct view *view)
{
  const struct decision *decision = &view->asked->decision;

  JSON_KEY(json, "outcome");
  json_str(json, outcome_name(decision->outcome));
  JSON_KEY(json, "policy");
  json_hex(json, op->reg->policy_version, POLICY_VERSION_BYTES);
  view_write_fields(json, op, view);
  view_write_refusals(json, op, view->asked);
  view_write_obligations(json, op, decision->obligations);
}
