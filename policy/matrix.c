/* Every grant as text, a line a field, for a golden file: a change in who may see what is then a
 * difference that anyone can read. It shows rules, never data. */
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

/* The words of a condition; "*" alone where the rule does not ask. */
static uint64_t asked_for(const struct rule *rule, enum fact fact)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact) return rule->when[i].values;
  return POLICY_BIT(0);
}

static struct str word_or_star(const struct policy *policy, enum policy_kind kind, unsigned word)
{
  return word == 0 ? STR("*") : policy->words[kind].word[word].name;
}

static void put_fields(const struct policy *policy, struct sheet *sheet, const struct rule *rule,
                       unsigned role, unsigned relation, unsigned purpose)
{
  struct fieldset fields = rule->fields;

  while (!fieldset_is_empty(fields)) {
    unsigned field = fieldset_take(&fields);
    uint8_t rank = rule->rank != NULL ? rule->rank[field] : 0;

    put(sheet, rule->id, ' ');
    put(sheet, word_or_star(policy, POLICY_ROLE, role), ' ');
    put(sheet, word_or_star(policy, POLICY_RELATION, relation), ' ');
    put(sheet, word_or_star(policy, POLICY_PURPOSE, purpose), ' ');
    put(sheet, policy->words[POLICY_FIELD].word[field].name, ' ');
    put(sheet, policy->words[POLICY_FORM].word[policy->field[field].forms[rank]].name, '\n');
  }
}

static void put_grant(const struct policy *policy, struct sheet *sheet, const struct rule *rule)
{
  for (uint64_t roles = asked_for(rule, FACT_ROLE); roles != 0; roles &= roles - 1)
    for (uint64_t relations = asked_for(rule, FACT_RELATION); relations != 0;
         relations &= relations - 1)
      for (uint64_t purposes = asked_for(rule, FACT_PURPOSE); purposes != 0;
           purposes &= purposes - 1)
        put_fields(policy, sheet, rule, (unsigned)__builtin_ctzll(roles),
                   (unsigned)__builtin_ctzll(relations), (unsigned)__builtin_ctzll(purposes));
}

static void put_all(const struct policy *policy, struct sheet *sheet)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];

  for (size_t i = 0; i < grants->count; i++)
    put_grant(policy, sheet, grants->rule[i]);
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
