/* Why a field is refused: the nearest grant, and what the request lacks for it. It looks at rules
 * and at the request, never at the child. */
#include "policy/inside.h"
#include "policy/tell.h"

/* First a grant with this very relation or purpose, then any of the role's. */
uint16_t policy_nearest_grant(const struct policy *policy, const struct policy_request *request,
                              uint8_t field)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  uint16_t nearest = POLICY_NO_RULE;
  unsigned nearest_met = 0;

  for (size_t i = 0; i < grants->count; i++) {
    const struct rule *grant = grants->rule[i];
    unsigned met = 1;
    bool is_of_role = false;

    if (!fieldset_has(grant->fields, field)) continue;
    for (unsigned j = 0; j < grant->when_count; j++) {
      uint64_t values = grant->when[j].values;

      if (grant->when[j].fact == FACT_ROLE) is_of_role = (values & POLICY_BIT(request->role)) != 0;
      if (grant->when[j].fact == FACT_RELATION)
        met += (values & POLICY_BIT(request->relation)) != 0;
      if (grant->when[j].fact == FACT_PURPOSE) met += (values & request->purposes) != 0;
    }
    if (!is_of_role || met <= nearest_met) continue;
    nearest = grant->number;
    nearest_met = met;
  }
  return nearest;
}

/* How a condition on each fact of the request is told, if it is. */
static const struct {
  enum fact fact;
  enum policy_unmet unmet;
} told[] = {
  {FACT_RELATION, POLICY_UNMET_RELATION},       {FACT_URGENCY, POLICY_UNMET_URGENCY},
  {FACT_SUBJECTS, POLICY_UNMET_SUBJECTS},       {FACT_SPECIAL_CONDITION, POLICY_UNMET_CONDITION},
  {FACT_ALTERNATIVE, POLICY_UNMET_ALTERNATIVE},
};

static unsigned told_as(const struct condition *condition)
{
  for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
    if (told[i].fact == condition->fact) return 1u << told[i].unmet;
  return 0;
}

/* Conditions of a grant that the request does not meet, for one of its purposes or another. */
static unsigned unmet_of_grant(const struct policy *policy, const struct rule *grant,
                               const struct policy_request *request, uint8_t field)
{
  struct fact_values facts;
  unsigned unmet = 0;

  facts_of_request(policy, &facts, request);
  for (unsigned i = 0; i < grant->when_count; i++) {
    const struct condition *when = &grant->when[i];

    if (when->fact == FACT_PURPOSE && (request->purposes & ~when->values) != 0)
      unmet |= 1u << POLICY_UNMET_PURPOSE;
    else if ((facts.is[when->fact] & when->values) == 0)
      unmet |= told_as(when);
  }
  if (grant->only_named_by_order && !fieldset_has(request->order_fields, field))
    unmet |= 1u << POLICY_UNMET_ORDER;
  return unmet;
}

unsigned policy_unmet_of(const struct policy *policy, const struct policy_request *request,
                         const struct decision *decision, uint8_t field)
{
  uint16_t by = decision->withheld_by[field & (FIELDSET_MAX - 1)];
  uint16_t nearest = policy_nearest_grant(policy, request, field);
  unsigned unmet = 0;

  if (decision->answer == POLICY_GENERIC || by == POLICY_NO_RULE || by > policy->rule_count)
    return 0;
  if (policy->rules[by - 1].effect != EFFECT_WITHHOLD)
    return nearest == POLICY_NO_RULE
             ? 0
             : unmet_of_grant(policy, &policy->rules[nearest - 1], request, field);
  for (unsigned i = 0; i < policy->rules[by - 1].when_count; i++) {
    const struct condition *when = &policy->rules[by - 1].when[i];

    if (when->fact == FACT_SPECIAL_CONDITION || when->fact == FACT_ALTERNATIVE)
      unmet |= told_as(when);
  }
  return unmet;
}

struct str policy_unmet_name(enum policy_unmet unmet)
{
  static const struct str names[POLICY_UNMET_COUNT] = {
#define U(id, name) [POLICY_UNMET_##id] = {name, sizeof(name) - 1},
#include "policy/unmet.def"
#undef U
  };

  return names[unmet];
}
