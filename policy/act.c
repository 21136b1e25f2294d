/* Acts are rules too, and so is how far a role reaches. Nothing here opens anything. */
#include "policy/inside.h"

static struct fact_values facts_of_person(const struct policy *policy, uint8_t role,
                                          uint8_t relation, uint8_t purpose)
{
  const struct policy_request request = {.role = role, .relation = relation};
  struct fact_values facts;

  facts_of_request(policy, &facts, &request);
  facts.is[FACT_PURPOSE] = POLICY_BIT(purpose & 63);
  return facts;
}

/* Only who, how related and why; what the request or the child adds is left aside. */
static bool names_person(const struct rule *rule, const struct fact_values *facts)
{
  for (unsigned i = 0; i < rule->when_count; i++) {
    const struct condition *when = &rule->when[i];
    bool is_asked = when->fact == FACT_ROLE || when->fact == FACT_ROLE_KIND ||
                    when->fact == FACT_RELATION || when->fact == FACT_PURPOSE;

    if (is_asked && (facts->is[when->fact] & when->values) == 0) return false;
  }
  return true;
}

struct fieldset policy_reach(const struct policy *policy, uint8_t role, uint8_t relation,
                             uint8_t purpose)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  struct fact_values facts = facts_of_person(policy, role, relation, purpose);
  struct fieldset reach = {{0, 0}};

  for (size_t i = 0; i < grants->count; i++)
    if (names_person(grants->rule[i], &facts)) reach = fieldset_or(reach, grants->rule[i]->fields);
  return reach;
}

static struct fieldset written_by(const struct policy *policy, const struct rule *rule,
                                  uint8_t role, uint8_t relation, uint8_t purpose)
{
  struct fieldset nothing = {{0, 0}};

  switch (rule->writes) {
  case WRITES_GRANTED:
    return policy_reach(policy, role, relation, purpose);
  case WRITES_ANY:
    return policy_all_fields(policy);
  case WRITES_NOTHING:
    break;
  }
  return nothing;
}

struct policy_permission policy_may_act(const struct policy *policy, uint8_t role, uint8_t relation,
                                        uint8_t purpose, uint8_t act)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_ACT];
  struct fact_values facts = facts_of_person(policy, role, relation, purpose);
  struct policy_permission permission = {0};

  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = rules->rule[i];

    if (act == POLICY_NO_WORD || (rule->acts & POLICY_BIT(act & 63)) == 0) continue;
    if (!names_person(rule, &facts)) continue;
    if (!permission.allowed) permission.rule = rule->number;
    permission.allowed = true;
    permission.needs_second_person = permission.needs_second_person || rule->needs_second_person;
    permission.fields =
      fieldset_or(permission.fields, written_by(policy, rule, role, relation, purpose));
  }
  return permission;
}
