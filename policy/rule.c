/* Reads one rule file into masks. The language is closed: `when` is an AND of "the fact is one of
 * these", `unless` an OR of the same; what an effect does not use, its file may not say. */
#include "policy/load.h"

#include <stdio.h>
#include <string.h>

#include "policy/words.h"

#define NEEDED_BY_ALL "id", "effect", "why", "law", "owner", "review_by", "tests"

/* The effects, and the keys that each needs and may have beside the common ones. */
static const struct {
  const char *name;
  const char *const needed[11], *const allowed[4];
} effects[EFFECT_COUNT] = {
  [EFFECT_FIT] = {"fit", {NEEDED_BY_ALL, "when", NULL}, {NULL}},
  [EFFECT_GRANT] = {"grant",
                    {NEEDED_BY_ALL, "fields", "when", NULL},
                    {"except", "break_glass", NULL}},
  [EFFECT_CIRCLE] = {"circle", {NEEDED_BY_ALL, "when", NULL}, {"once_approved_by", NULL}},
  [EFFECT_ACT] = {"act", {NEEDED_BY_ALL, "acts", "writes", "when", NULL}, {"second_person", NULL}},
  [EFFECT_WITHHOLD] = {"withhold", {NEEDED_BY_ALL, "fields", "when", NULL}, {"unless", NULL}},
  [EFFECT_REFUSE] = {"refuse", {NEEDED_BY_ALL, "step", "when", NULL}, {"unless", NULL}},
  [EFFECT_APPROVE] = {"approve",
                      {NEEDED_BY_ALL, "by", "obligations", "when", NULL},
                      {"fields", "unless", NULL}},
  [EFFECT_OBLIGE] = {"oblige", {NEEDED_BY_ALL, "obligations", "when", NULL}, {"unless", NULL}},
  [EFFECT_OTHERWISE] = {"otherwise", {NEEDED_BY_ALL, NULL}, {NULL}},
};

static const char *const step_names[STEP_COUNT] = {
  [STEP_REQUEST] = "request", [STEP_CHILD] = "child", [STEP_GATE] = "gate"};
static const char *const writes_names[] = {
  [WRITES_NOTHING] = "nothing", [WRITES_GRANTED] = "granted", [WRITES_ANY] = "any"};

/* ---- Conditions -------------------------------------------------------------------------------
 */

/* The place of `name` in a list of words with spaces between, from 1; 0 when it is not there. */
static unsigned place_in(const char *list, const char *name)
{
  size_t n = strlen(name);

  for (unsigned place = 1; *list != '\0'; place++) {
    size_t length = strcspn(list, " ");

    if (length == n && memcmp(list, name, n) == 0) return place;
    list += length;
    if (*list == ' ') list++;
  }
  return 0;
}

static enum err read_values(const struct policy *policy, const struct source *source,
                            const struct fact_row *row, json_t *values, uint64_t *ret_set)
{
  uint64_t set = 0;

  if (row->kind >= 0)
    return words_set(policy, source, (enum policy_kind)row->kind, values, ret_set);
  for (size_t i = 0; i < json_array_size(values); i++) {
    const char *name = json_string_value(json_array_get(values, i));
    unsigned place = place_in(row->values, name);

    if (place == 0) return REFUSE(source, name, "unknown value of a fact");
    set |= POLICY_BIT(place);
  }
  *ret_set = set;
  return OK;
}

/* Facts that differ from field to field are flags of the rule; they suit one effect each. */
static enum err note_field_fact(const struct source *source, struct rule *rule, unsigned fact,
                                const char *key)
{
  bool is_when = strcmp(key, "when") == 0;

  if (fact == FACT_NAMED_BY_ORDER && is_when && rule->effect == EFFECT_GRANT)
    rule->only_named_by_order = true;
  else if (fact == FACT_OWN_DETAIL && !is_when && rule->effect == EFFECT_WITHHOLD)
    rule->spares_own_detail = true;
  else
    return REFUSE(source, fact_rows[fact].name, "this fact cannot stand here");
  return OK;
}

static bool is_a_fact(const char *name)
{
  for (unsigned fact = 0; fact < FACT_COUNT; fact++)
    if (strcmp(fact_rows[fact].name, name) == 0) return true;
  return false;
}

/* Conditions come out in the order of facts.def, whatever the order in the file. */
static enum err read_conditions(const struct policy *policy, const struct source *source,
                                json_t *root, const char *key, struct rule *rule,
                                const struct condition **ret_conditions, uint8_t *ret_count)
{
  json_t *object = json_object_get(root, key);
  const char *name;
  json_t *values;
  struct condition *conditions;
  uint8_t count = 0;

  if (object == NULL) return OK;
  if (!json_is_object(object) || json_object_size(object) == 0)
    return REFUSE(source, key, "conditions are wanted");
  json_object_foreach(object, name, values)
  {
    if (!is_a_fact(name)) return REFUSE(source, name, "unknown fact");
  }
  conditions = arena_take_array(source->arena, json_object_size(object), sizeof(*conditions));
  if (conditions == NULL) return ERR_MEMORY;
  for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
    const struct fact_row *row = &fact_rows[fact];
    struct condition condition = {.fact = (uint8_t)fact, .scope = (uint8_t)row->scope};

    if (json_object_get(object, row->name) == NULL) continue;
    TRY(read_list(source, object, row->name, &values));
    TRY(read_values(policy, source, row, values, &condition.values));
    if (row->scope == SCOPE_FIELD) {
      TRY(note_field_fact(source, rule, fact, key));
      continue;
    }
    if (row->scope == SCOPE_RESULT && rule->effect != EFFECT_OBLIGE)
      return REFUSE(source, row->name, "this fact cannot stand here");
    conditions[count++] = condition;
  }
  *ret_conditions = conditions;
  *ret_count = count;
  return OK;
}

/* ---- Fields -----------------------------------------------------------------------------------
 */

static enum err read_groups(const struct policy *policy, const struct source *source, json_t *names,
                            bool groups, struct fieldset *set)
{
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));

    if ((name[0] == '@' || name[0] == '[') == groups && strchr(name, ':') == NULL)
      TRY(words_fields(policy, source, name, set));
  }
  return OK;
}

/* "date_of_birth:age_in_years": that form and the lesser ones only. */
static enum err read_lesser_form(const struct policy *policy, const struct source *source,
                                 const char *name, struct rule *rule, uint8_t *rank)
{
  const char *colon = strchr(name, ':');
  struct str field_name = {name, (size_t)(colon - name)};
  uint8_t field = policy_word(policy, POLICY_FIELD, field_name);
  uint8_t form = policy_word(policy, POLICY_FORM, str_from(colon + 1));
  const struct field_word *word = &policy->field[field];

  if (rule->effect != EFFECT_GRANT) return REFUSE(source, name, "a form cannot stand here");
  if (field == POLICY_NO_WORD) return REFUSE(source, name, "unknown field");
  if (fieldset_has(rule->fields, field)) return REFUSE(source, name, "a field stands twice");
  for (uint8_t i = 1; i < word->form_count; i++) {
    if (word->forms[i] != form) continue;
    rank[field] = i;
    rule->rank = rank;
    rule->fields = fieldset_with(rule->fields, field);
    return OK;
  }
  return REFUSE(source, name, "not a lesser form of the field");
}

/* `except` takes names out of [groups] and @categories; a name that stands on its own is in. */
static enum err read_fields(const struct policy *policy, const struct source *source, json_t *root,
                            struct rule *rule)
{
  struct fieldset except = {{0, 0}}, named = {{0, 0}};
  uint8_t *rank;
  json_t *names, *excepted;

  if (json_object_get(root, "fields") == NULL) {
    rule->fields = policy_all_fields(policy);
    return OK;
  }
  TRY(read_list(source, root, "fields", &names));
  TRY(read_groups(policy, source, names, true, &rule->fields));
  if (json_object_get(root, "except") != NULL) {
    TRY(read_list(source, root, "except", &excepted));
    TRY(read_groups(policy, source, excepted, true, &except));
    TRY(read_groups(policy, source, excepted, false, &except));
    if (!fieldset_is_empty(fieldset_less(except, rule->fields)))
      return REFUSE(source, "except", "an exception is in no group of the rule");
    rule->fields = fieldset_less(rule->fields, except);
  }
  TRY(read_groups(policy, source, names, false, &named));
  if (!fieldset_is_empty(fieldset_and(named, rule->fields)))
    return REFUSE(source, "fields", "a field stands twice");
  rule->fields = fieldset_or(rule->fields, named);
  rank = arena_take_array(source->arena, FIELDSET_MAX, sizeof(*rank));
  if (rank == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));

    if (strchr(name, ':') != NULL) TRY(read_lesser_form(policy, source, name, rule, rank));
  }
  return OK;
}

/* ---- The rest ---------------------------------------------------------------------------------
 */

static enum err read_one_of(const struct source *source, json_t *root, const char *key,
                            const char *const *names, unsigned count, unsigned *ret_place)
{
  const char *name = json_string_value(json_object_get(root, key));

  for (unsigned i = 0; name != NULL && i < count; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *ret_place = i;
    return OK;
  }
  return REFUSE(source, key, "not one of the words that may stand here");
}

static enum err read_words(const struct policy *policy, const struct source *source, json_t *root,
                           const char *key, enum policy_kind kind, uint64_t *ret_set)
{
  json_t *names;

  if (json_object_get(root, key) == NULL) return OK;
  TRY(read_list(source, root, key, &names));
  return words_set(policy, source, kind, names, ret_set);
}

static enum err read_effect(const struct source *source, json_t *root, enum effect *ret_effect)
{
  const char *name = json_string_value(json_object_get(root, "effect"));

  for (unsigned i = 0; name != NULL && i < EFFECT_COUNT; i++) {
    if (strcmp(name, effects[i].name) != 0) continue;
    *ret_effect = (enum effect)i;
    return read_keys(source, root, effects[i].needed, effects[i].allowed);
  }
  return REFUSE(source, "effect", "unknown effect");
}

/* The list as one text: it is only ever shown. */
static enum err read_law(const struct source *source, json_t *root, struct str *ret_law)
{
  json_t *list;
  size_t n = 0;
  char *text;

  TRY(read_list(source, root, "law", &list));
  for (size_t i = 0; i < json_array_size(list); i++)
    n += json_string_length(json_array_get(list, i)) + 2;
  text = arena_take(source->arena, n);
  if (text == NULL) return ERR_MEMORY;
  n = 0;
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *one = json_array_get(list, i);

    if (i > 0) memcpy(text + n, "; ", 2);
    n += i > 0 ? 2 : 0;
    memcpy(text + n, json_string_value(one), json_string_length(one));
    n += json_string_length(one);
  }
  *ret_law = (struct str){text, n};
  return OK;
}

static enum err read_head(const struct source *source, json_t *root, struct rule *rule)
{
  char name[64];
  json_t *list;
  int written;

  TRY(read_text(source, root, "id", &rule->id));
  written = snprintf(name, sizeof(name), "rules/%.*s.json", (int)rule->id.len, rule->id.ptr);
  if (written < 0 || (size_t)written >= sizeof(name) || strcmp(name, source->file->name) != 0)
    return REFUSE(source, "id", "the file is not named after the rule");
  TRY(read_both(source, root, "why", rule->effect == EFFECT_OTHERWISE ? ANSWER_MAX : SENTENCE_MAX,
                rule->why));
  TRY(read_law(source, root, &rule->law));
  TRY(read_text(source, root, "owner", &rule->owner));
  TRY(read_day(source, root, "review_by", &rule->review_by));
  return read_list(source, root, "tests", &list);
}

static enum err read_effect_keys(const struct policy *policy, const struct source *source,
                                 json_t *root, struct rule *rule)
{
  unsigned place = 0;

  if (rule->effect == EFFECT_GRANT || rule->effect == EFFECT_WITHHOLD ||
      rule->effect == EFFECT_APPROVE)
    TRY(read_fields(policy, source, root, rule));
  if (rule->effect == EFFECT_REFUSE) {
    TRY(read_one_of(source, root, "step", step_names, STEP_COUNT, &place));
    rule->step = (enum step)place;
  }
  if (rule->effect == EFFECT_ACT) {
    TRY(read_one_of(source, root, "writes", writes_names, WRITES_ANY + 1, &place));
    rule->writes = (enum writes)place;
  }
  TRY(read_words(policy, source, root, "by", POLICY_ROLE, &rule->roles));
  TRY(read_words(policy, source, root, "once_approved_by", POLICY_ROLE, &rule->roles));
  TRY(read_words(policy, source, root, "obligations", POLICY_OBLIGATION, &rule->obligations));
  TRY(read_words(policy, source, root, "acts", POLICY_ACT, &rule->acts));
  TRY(read_bool(source, root, "second_person", &rule->needs_second_person));
  return read_bool(source, root, "break_glass", &rule->opens_break_glass);
}

enum err rule_load(const struct policy *policy, const struct source *source, struct rule *ret_rule)
{
  OWNED(json_release) json_t *root = NULL;
  struct rule rule = {.file = source->index};

  TRY(read_file(source, &root));
  TRY(read_effect(source, root, &rule.effect));
  TRY(read_head(source, root, &rule));
  TRY(read_conditions(policy, source, root, "when", &rule, &rule.when, &rule.when_count));
  TRY(read_conditions(policy, source, root, "unless", &rule, &rule.unless, &rule.unless_count));
  TRY(read_effect_keys(policy, source, root, &rule));
  *ret_rule = rule;
  return OK;
}
