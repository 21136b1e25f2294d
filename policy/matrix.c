/* Every grant and every act as text, a line for each field or act, for a golden file: a change in
 * who may see or do what is then a difference that anyone can read. It shows rules, never data. */
#include "policy/inside.h"

#include <string.h>

struct sheet {
  char *text; /* NULL: only measure */
  size_t len;
};

static void put(struct sheet *sheet, struct str part, char after)
{
  if (sheet->text != NULL) {
    memcpy(sheet->text + sheet->len, part.ptr, part.len);
    sheet->text[sheet->len + part.len] = after;
  }
  sheet->len += part.len + 1;
}

/* The words of a condition; bit 0 alone where the rule does not ask. */
static uint64_t asked_for(const struct rule *rule, enum fact fact)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact) return rule->when[i].values;
  return POLICY_BIT(0);
}

static struct str value_name(const struct policy *policy, enum fact fact, unsigned value)
{
  const char *list = fact_rows[fact].values;

  if (fact_rows[fact].kind >= 0) return policy->words[fact_rows[fact].kind].word[value].name;
  for (; value > 1; value--)
    list += strcspn(list, " ") + 1;
  return (struct str){list, strcspn(list, " ")};
}

/* Who asks: the role, or all of a kind, or anybody. */
static void put_role(const struct policy *policy, struct sheet *sheet, const struct rule *rule,
                     unsigned role)
{
  uint64_t kinds = asked_for(rule, FACT_ROLE_KIND);

  if (role != 0)
    put(sheet, policy->words[POLICY_ROLE].word[role].name, ' ');
  else if (kinds == POLICY_BIT(0))
    put(sheet, STR("*"), ' ');
  for (; role == 0 && kinds != POLICY_BIT(0) && kinds != 0; kinds &= kinds - 1)
    put(sheet, value_name(policy, FACT_ROLE_KIND, (unsigned)__builtin_ctzll(kinds)), ' ');
}

static struct str word_or_star(const struct policy *policy, enum policy_kind kind, unsigned word)
{
  return word == 0 ? STR("*") : policy->words[kind].word[word].name;
}

/* One rule, for one role, relation and purpose that it names. */
struct line {
  const struct rule *rule;
  unsigned role, relation, purpose;
};

static void put_head(const struct policy *policy, struct sheet *sheet, const struct line *line)
{
  put(sheet, line->rule->id, ' ');
  put_role(policy, sheet, line->rule, line->role);
  put(sheet, word_or_star(policy, POLICY_RELATION, line->relation), ' ');
  put(sheet, word_or_star(policy, POLICY_PURPOSE, line->purpose), ' ');
}

static bool stands_in_head(enum fact fact)
{
  return fact == FACT_ROLE || fact == FACT_ROLE_KIND || fact == FACT_RELATION ||
         fact == FACT_PURPOSE;
}

/* What else must be so, and the end of the line. */
static void put_conditions(const struct policy *policy, struct sheet *sheet,
                           const struct rule *rule)
{
  for (unsigned i = 0; i < rule->when_count; i++) {
    enum fact fact = (enum fact)rule->when[i].fact;
    uint64_t values = rule->when[i].values;

    if (stands_in_head(fact)) continue;
    put(sheet, str_from(fact_rows[fact].name), '=');
    for (; values != 0; values &= values - 1)
      put(sheet, value_name(policy, fact, (unsigned)__builtin_ctzll(values)),
          (values & (values - 1)) != 0 ? '|' : ' ');
  }
  if (rule->only_named_by_order) put(sheet, STR("named_by_order=yes"), ' ');
  if (rule->needs_second_person) put(sheet, STR("second_person"), ' ');
  if (sheet->text != NULL) sheet->text[sheet->len - 1] = '\n';
}

/* Where it reaches them: staff sign in and see the record; another body or a family may, and is
 * else served by a disclosure. */
static struct str surface_of(const struct policy *policy, unsigned role)
{
  return policy->role_kind[role] == KIND_STAFF ? STR("record") : STR("record,disclosure");
}

static void put_fields(const struct policy *policy, struct sheet *sheet, const struct line *line)
{
  const struct rule *rule = line->rule;
  struct fieldset fields = rule->fields;

  while (!fieldset_is_empty(fields)) {
    unsigned field = fieldset_take(&fields);
    uint8_t rank = rule->rank != NULL ? rule->rank[field] : 0;

    put_head(policy, sheet, line);
    put(sheet, surface_of(policy, line->role), ' ');
    put(sheet, policy->words[POLICY_FIELD].word[field].name, ' ');
    put(sheet, policy->words[POLICY_FORM].word[policy->field[field].forms[rank]].name, ' ');
    put_conditions(policy, sheet, rule);
  }
}

static void put_acts(const struct policy *policy, struct sheet *sheet, const struct line *line)
{
  static const char *const writes[] = {
    [WRITES_NOTHING] = "nothing", [WRITES_GRANTED] = "granted", [WRITES_ANY] = "any"};

  for (uint64_t acts = line->rule->acts; acts != 0; acts &= acts - 1) {
    put_head(policy, sheet, line);
    put(sheet, STR("act"), ' ');
    put(sheet, policy->words[POLICY_ACT].word[__builtin_ctzll(acts)].name, ' ');
    put(sheet, str_from(writes[line->rule->writes]), ' ');
    put_conditions(policy, sheet, line->rule);
  }
}

static void put_rule(const struct policy *policy, struct sheet *sheet, const struct rule *rule)
{
  struct line line = {.rule = rule};

  for (uint64_t roles = asked_for(rule, FACT_ROLE); roles != 0; roles &= roles - 1)
    for (uint64_t relations = asked_for(rule, FACT_RELATION); relations != 0;
         relations &= relations - 1)
      for (uint64_t purposes = asked_for(rule, FACT_PURPOSE); purposes != 0;
           purposes &= purposes - 1) {
        line.role = (unsigned)__builtin_ctzll(roles);
        line.relation = (unsigned)__builtin_ctzll(relations);
        line.purpose = (unsigned)__builtin_ctzll(purposes);
        if (rule->effect == EFFECT_ACT)
          put_acts(policy, sheet, &line);
        else
          put_fields(policy, sheet, &line);
      }
}

static void put_all(const struct policy *policy, struct sheet *sheet)
{
  static const enum effect shown[] = {EFFECT_GRANT, EFFECT_ACT};

  for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
    const struct rule_list *rules = &policy->by_effect[shown[i]];

    for (size_t j = 0; j < rules->count; j++)
      put_rule(policy, sheet, rules->rule[j]);
  }
}

enum err policy_matrix(const struct policy *policy, struct arena *arena, struct str *ret_text)
{
  struct sheet measured = {NULL, 0}, sheet = {NULL, 0};

  put_all(policy, &measured);
  sheet.text = arena_take(arena, measured.len);
  if (sheet.text == NULL) return ERR_MEMORY;
  put_all(policy, &sheet);
  *ret_text = (struct str){sheet.text, sheet.len};
  return OK;
}
