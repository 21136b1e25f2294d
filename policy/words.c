/* Reads policy/vocabulary.json and answers for its words. Order there gives the numbers, so a word
 * is never moved, only added at the end of its section. No rule is known here. */
#include "policy/words.h"

#include <string.h>

static const struct {
  const char *section;
  unsigned max; /* sets of words other than fields are 64 bits, bit 0 being "unknown" */
} sections[POLICY_KIND_COUNT] = {
  [POLICY_FIELD] = {"fields", FIELDSET_MAX - 1},
  [POLICY_FORM] = {"forms", 63},
  [POLICY_ROLE] = {"roles", 63},
  [POLICY_RELATION] = {"relations", 63},
  [POLICY_PURPOSE] = {"purposes", 63},
  [POLICY_BASIS] = {"bases", 63},
  [POLICY_URGENCY] = {"urgencies", 63},
  [POLICY_OBLIGATION] = {"obligations", 63},
  [POLICY_ACT] = {"acts", 63},
};

#define WORD_TEXT_MAX 200 /* characters */

static const char *const category_names[] = {
  [POLICY_PLAIN] = "plain",
  [POLICY_LOCATING] = "@locating",
  [POLICY_SAFETY] = "@safety",
  [POLICY_SPECIAL] = "@special",
};
#define CATEGORY_COUNT 4

uint8_t policy_word(const struct policy *policy, enum policy_kind kind, struct str name)
{
  const struct words *words = &policy->words[kind];

  for (unsigned word = 1; word <= words->count; word++)
    if (str_equal(words->word[word].name, name)) return (uint8_t)word;
  return POLICY_NO_WORD;
}

struct str policy_word_name(const struct policy *policy, enum policy_kind kind, uint8_t word)
{
  return word <= policy->words[kind].count ? policy->words[kind].word[word].name : STR("");
}

unsigned policy_word_count(const struct policy *policy, enum policy_kind kind)
{
  return policy->words[kind].count;
}

struct str policy_word_text(const struct policy *policy, enum policy_kind kind, uint8_t word,
                            enum lang lang)
{
  return word <= policy->words[kind].count ? policy->words[kind].word[word].text[lang] : STR("");
}

struct str policy_obligation_who(const struct policy *policy, uint8_t obligation, enum lang lang)
{
  return obligation < WORDS_MAX ? policy->obligation[obligation].who[lang] : STR("");
}

struct str policy_obligation_proof(const struct policy *policy, uint8_t obligation, enum lang lang)
{
  return obligation < WORDS_MAX ? policy->obligation[obligation].proof[lang] : STR("");
}

enum policy_category policy_field_category(const struct policy *policy, uint8_t field)
{
  return policy->field[field & (WORDS_MAX - 1)].category;
}

struct str policy_field_group(const struct policy *policy, uint8_t field)
{
  return policy->field[field & (WORDS_MAX - 1)].group;
}

uint8_t policy_field_full_form(const struct policy *policy, uint8_t field)
{
  return policy->field[field & (WORDS_MAX - 1)].forms[0];
}

bool policy_role_is_staff(const struct policy *policy, uint8_t role)
{
  return policy->role_kind[role & 63] == KIND_STAFF;
}

bool policy_role_is_family(const struct policy *policy, uint8_t role)
{
  return policy->role_kind[role & 63] == KIND_FAMILY;
}

uint64_t policy_roles_confirmed(const struct policy *policy)
{
  return policy->roles_confirmed;
}

bool policy_relation_is_confirmed(const struct policy *policy, uint8_t relation)
{
  return (policy->relation_confirmed & POLICY_BIT(relation & 63)) != 0;
}

/* The lowest role of a set that cannot stand beside another of the set, and that other one. */
bool policy_roles_clash(const struct policy *policy, uint64_t roles, uint8_t *ret_role,
                        uint8_t *ret_other)
{
  for (uint64_t left = roles; left != 0; left &= left - 1) {
    uint8_t role = (uint8_t)__builtin_ctzll(left);
    uint64_t others = roles & ~POLICY_BIT(role) & policy->role_apart[role];

    if (others == 0) continue;
    *ret_role = role;
    *ret_other = (uint8_t)__builtin_ctzll(others);
    return true;
  }
  return false;
}

struct fieldset policy_all_fields(const struct policy *policy)
{
  struct fieldset set = {{0, 0}};

  for (unsigned field = 1; field <= policy->words[POLICY_FIELD].count; field++)
    set = fieldset_with(set, field);
  return set;
}

struct fieldset policy_fields_of(const struct policy *policy, enum policy_category category)
{
  struct fieldset set = {{0, 0}};

  for (unsigned field = 1; field <= policy->words[POLICY_FIELD].count; field++)
    if (policy->field[field].category == category) set = fieldset_with(set, field);
  return set;
}

/* ---- Names of sets ----------------------------------------------------------------------------
 */

static bool field_is_in(const struct policy *policy, unsigned field, const char *name)
{
  const struct field_word *word = &policy->field[field];
  size_t n = strlen(name);

  if (name[0] == '[')
    return name[n - 1] == ']' && str_equal(word->group, (struct str){name + 1, n - 2});
  if (name[0] != '@') return str_is(policy->words[POLICY_FIELD].word[field].name, name);
  if (strcmp(name, "@everything") == 0) return word->in_everything;
  return strcmp(name, category_names[word->category]) == 0;
}

enum err words_fields(const struct policy *policy, const struct source *source, const char *name,
                      struct fieldset *set)
{
  bool found = false;

  for (unsigned field = 1; field <= policy->words[POLICY_FIELD].count; field++) {
    if (!field_is_in(policy, field, name)) continue;
    *set = fieldset_with(*set, field);
    found = true;
  }
  return found ? OK : REFUSE(source, name, "unknown field or group");
}

enum err words_set(const struct policy *policy, const struct source *source, enum policy_kind kind,
                   json_t *names, uint64_t *ret_set)
{
  uint64_t set = 0;

  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));
    uint8_t word = policy_word(policy, kind, str_from(name));

    if (word == POLICY_NO_WORD) return REFUSE(source, name, "unknown word");
    set |= POLICY_BIT(word);
  }
  *ret_set = set;
  return OK;
}

/* ---- Loading ----------------------------------------------------------------------------------
 */

/* What a section's rows say beyond name and meaning. */
static const char *const keys_needed[POLICY_KIND_COUNT][7] = {
  [POLICY_FIELD] = {"name", "cy", "en", "group", "category", "forms", NULL},
  [POLICY_FORM] = {"name", "cy", "en", NULL},
  [POLICY_ROLE] = {"name", "cy", "en", "kind", NULL},
  [POLICY_RELATION] = {"name", "cy", "en", NULL},
  [POLICY_PURPOSE] = {"name", "cy", "en", NULL},
  [POLICY_BASIS] = {"name", "cy", "en", NULL},
  [POLICY_URGENCY] = {"name", "cy", "en", NULL},
  [POLICY_OBLIGATION] = {"name", "cy", "en", "who", "proof", NULL},
  [POLICY_ACT] = {"name", "cy", "en", NULL},
};
static const char *const keys_allowed[POLICY_KIND_COUNT][4] = {
  [POLICY_FIELD] = {"new", NULL},
  [POLICY_ROLE] = {"confirmed", "alone", "apart", NULL},
  [POLICY_RELATION] = {"missing", "own", "confirmed", NULL},
};

/* What is true of a child at once, and as told: these leave whole or not at all, so that no form
 * can ever make one code of them (design, promise 11). */
static const char *const sets[] = {"circumstances", "register_basis", "reasons_given"};

static enum err refuse_flattening(const struct source *source, json_t *row, json_t *forms)
{
  const char *name = json_string_value(json_object_get(row, "name"));

  for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
    if (strcmp(sets[i], name) == 0 &&
        (json_array_size(forms) != 1 ||
         strcmp(json_string_value(json_array_get(forms, 0)), "full") != 0))
      return REFUSE(source, name, "a set that a form would make one code of");
  return OK;
}

static enum err load_forms(struct policy *policy, const struct source *source, json_t *row,
                           struct field_word *field)
{
  json_t *forms;

  TRY(read_list(source, row, "forms", &forms));
  if (json_array_size(forms) > FORMS_OF_A_FIELD_MAX)
    return REFUSE(source, "forms", "too many forms");
  TRY(refuse_flattening(source, row, forms));
  for (size_t i = 0; i < json_array_size(forms); i++) {
    const char *name = json_string_value(json_array_get(forms, i));

    field->forms[i] = policy_word(policy, POLICY_FORM, str_from(name));
    if (field->forms[i] == POLICY_NO_WORD) return REFUSE(source, name, "unknown form");
  }
  field->form_count = (uint8_t)json_array_size(forms);
  return OK;
}

static enum err load_field(struct policy *policy, const struct source *source, json_t *row,
                           unsigned number)
{
  struct field_word *field = &policy->field[number];
  struct str category;
  bool is_new;

  TRY(read_text(source, row, "group", &field->group));
  TRY(read_text(source, row, "category", &category));
  TRY(read_bool(source, row, "new", &is_new));
  field->in_everything = !is_new;
  for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
    if (!str_is(category, category_names[i])) continue;
    field->category = (enum policy_category)i;
    return load_forms(policy, source, row, field);
  }
  return REFUSE(source, "category", "unknown category");
}

static enum err load_role(struct policy *policy, const struct source *source, json_t *row,
                          unsigned number)
{
  static const char *const kinds[] = {"", "staff", "body", "family"};
  struct str kind;
  bool is_confirmed, is_alone;

  TRY(read_text(source, row, "kind", &kind));
  TRY(read_bool(source, row, "confirmed", &is_confirmed));
  TRY(read_bool(source, row, "alone", &is_alone));
  for (unsigned i = KIND_STAFF; i <= KIND_FAMILY; i++)
    if (str_is(kind, kinds[i])) policy->role_kind[number] = (uint8_t)i;
  if (policy->role_kind[number] == 0) return REFUSE(source, "kind", "unknown kind of role");
  /* Who works elsewhere is never taken on the word of one person here. */
  if (is_confirmed || policy->role_kind[number] != KIND_STAFF)
    policy->roles_confirmed |= POLICY_BIT(number);
  if (is_alone) policy->role_apart[number] = ~POLICY_BIT(number);
  return OK;
}

static void roles_part(struct policy *policy, unsigned role, uint64_t others)
{
  policy->role_apart[role] |= others;
  for (unsigned other = 1; other <= policy->words[POLICY_ROLE].count; other++)
    if (others & POLICY_BIT(other)) policy->role_apart[other] |= POLICY_BIT(role);
}

/* Which roles one person cannot hold together: once all of them have their numbers. A pair is
 * written once and holds both ways. */
static enum err load_pairs(struct policy *policy, const struct source *source, json_t *root)
{
  json_t *rows = json_object_get(root, sections[POLICY_ROLE].section);

  for (size_t i = 0; i < json_array_size(rows); i++) {
    unsigned role = (unsigned)i + 1;
    uint64_t others = policy->role_apart[role]; /* all, of one that stands alone */
    json_t *names, *row = json_array_get(rows, i);

    if (json_object_get(row, "apart") != NULL) {
      TRY(read_list(source, row, "apart", &names));
      TRY(words_set(policy, source, POLICY_ROLE, names, &others));
    }
    if ((others & POLICY_BIT(role)) != 0)
      return REFUSE(source, "apart", "a role cannot be apart from itself");
    roles_part(policy, role, others);
  }
  return OK;
}

static enum err load_relation(struct policy *policy, const struct source *source, json_t *row,
                              unsigned number)
{
  json_t *own = json_object_get(row, "own");
  bool is_missing, is_confirmed;

  TRY(read_bool(source, row, "missing", &is_missing));
  TRY(read_bool(source, row, "confirmed", &is_confirmed));
  if (is_confirmed) policy->relation_confirmed |= POLICY_BIT(number);
  if (is_missing) policy->relation_missing |= POLICY_BIT(number);
  if (own == NULL) return OK;
  if (!json_is_string(own)) return REFUSE(source, "own", "a group is wanted");
  return words_fields(policy, source, json_string_value(own), &policy->own[number]);
}

static enum err load_obligation(struct policy *policy, const struct source *source, json_t *row,
                                unsigned number)
{
  TRY(read_both(source, row, "who", WORD_TEXT_MAX, policy->obligation[number].who));
  return read_both(source, row, "proof", WORD_TEXT_MAX, policy->obligation[number].proof);
}

static enum err load_rest(struct policy *policy, const struct source *source, json_t *row,
                          enum policy_kind kind, unsigned number)
{
  switch (kind) {
  case POLICY_FIELD:
    return load_field(policy, source, row, number);
  case POLICY_ROLE:
    return load_role(policy, source, row, number);
  case POLICY_RELATION:
    return load_relation(policy, source, row, number);
  case POLICY_OBLIGATION:
    return load_obligation(policy, source, row, number);
  case POLICY_FORM:
  case POLICY_PURPOSE:
  case POLICY_BASIS:
  case POLICY_URGENCY:
  case POLICY_ACT:
  case POLICY_KIND_COUNT:
    break;
  }
  return OK;
}

static enum err load_word(struct policy *policy, const struct source *source, json_t *row,
                          enum policy_kind kind)
{
  struct words *words = &policy->words[kind];
  struct word *word = &words->word[words->count + 1];

  TRY(read_keys(source, row, keys_needed[kind], keys_allowed[kind]));
  TRY(read_text(source, row, "name", &word->name));
  if (policy_word(policy, kind, word->name) != POLICY_NO_WORD)
    return REFUSE(source, json_string_value(json_object_get(row, "name")), "a word stands twice");
  TRY(read_both(source, row, NULL, WORD_TEXT_MAX, word->text));
  TRY(load_rest(policy, source, row, kind, words->count + 1));
  words->count++;
  return OK;
}

static enum err load_section(struct policy *policy, const struct source *source, json_t *root,
                             enum policy_kind kind)
{
  const char *section = sections[kind].section;
  json_t *rows = json_object_get(root, section);

  if (!json_is_array(rows) || json_array_size(rows) == 0 ||
      json_array_size(rows) > sections[kind].max)
    return REFUSE(source, section, "a list of words is wanted, and not too long a one");
  for (size_t i = 0; i < json_array_size(rows); i++)
    TRY(load_word(policy, source, json_array_get(rows, i), kind));
  return OK;
}

enum err words_load(struct policy *policy, const struct source *source)
{
  /* Forms before fields, fields before relations: each names the ones before it. */
  static const enum policy_kind order[] = {POLICY_FORM,     POLICY_FIELD,      POLICY_ROLE,
                                           POLICY_RELATION, POLICY_PURPOSE,    POLICY_BASIS,
                                           POLICY_URGENCY,  POLICY_OBLIGATION, POLICY_ACT};
  static const char *const keys[] = {"fields", "forms",     "roles",       "relations", "purposes",
                                     "bases",  "urgencies", "obligations", "acts",      NULL};
  OWNED(json_release) json_t *root = NULL;

  TRY(read_file(source, &root));
  TRY(read_keys(source, root, keys, NULL));
  for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
    TRY(load_section(policy, source, root, order[i]));
  TRY(load_pairs(policy, source, root));
  policy->basis_none = policy_word(policy, POLICY_BASIS, STR("none"));
  return OK;
}
