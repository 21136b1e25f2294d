/* Whether each rule can ever decide anything beside the others. One that cannot reads like
 * protection, or like permission, and is neither; it is refused, and the old policy stays. */
#include "policy/load.h"

static enum err refuse_rule(const struct rule *rule, struct trail *trail, const char *literal)
{
  return trail_fail(trail, ERR_POLICY, literal, (long long)rule->file, 0);
}

static const struct condition *condition_on(const struct condition *conditions, unsigned count,
                                            uint8_t fact)
{
  for (unsigned i = 0; i < count; i++)
    if (conditions[i].fact == fact) return &conditions[i];
  return NULL;
}

/* ---- Implied by another -----------------------------------------------------------------------
 */

/* Wherever `narrow` applies, `wide` applies: every condition of the one is met by the other's, and
 * every exception of the one is an exception of the other too. */
static bool applies_wherever(const struct rule *wide, const struct rule *narrow)
{
  for (unsigned i = 0; i < wide->when_count; i++) {
    const struct condition *mine = &wide->when[i];
    const struct condition *its = condition_on(narrow->when, narrow->when_count, mine->fact);

    if (its == NULL || (its->values & ~mine->values) != 0) return false;
  }
  for (unsigned i = 0; i < wide->unless_count; i++) {
    const struct condition *mine = &wide->unless[i];
    const struct condition *its = condition_on(narrow->unless, narrow->unless_count, mine->fact);

    if (its == NULL || (mine->values & ~its->values) != 0) return false;
  }
  return true;
}

/* In as detailed a form, and no field that only an order names or that is one's own. */
static bool gives_as_much(const struct rule *wide, const struct rule *narrow)
{
  if (!fieldset_is_empty(fieldset_less(narrow->fields, wide->fields))) return false;
  if (wide->only_named_by_order && !narrow->only_named_by_order) return false;
  if (wide->spares_own_detail && !narrow->spares_own_detail) return false;
  for (struct fieldset left = narrow->fields; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);
    uint8_t mine = wide->rank != NULL ? wide->rank[field] : 0;

    if (mine > (narrow->rank != NULL ? narrow->rank[field] : 0)) return false;
  }
  return true;
}

static bool does_as_much(const struct rule *wide, const struct rule *narrow)
{
  bool is_wide_enough = (narrow->obligations & ~wide->obligations) == 0 &&
                        (narrow->acts & ~wide->acts) == 0 && narrow->writes <= wide->writes;

  return is_wide_enough && narrow->step == wide->step && narrow->roles == wide->roles &&
         narrow->needs_second_person == wide->needs_second_person &&
         narrow->opens_break_glass == wide->opens_break_glass;
}

static enum err verify_not_implied(const struct policy *policy, const struct rule *rule,
                                   struct trail *trail)
{
  const struct rule_list *others = &policy->by_effect[rule->effect];

  if (rule->effect == EFFECT_OTHERWISE) return OK;
  for (size_t i = 0; i < others->count; i++) {
    const struct rule *other = others->rule[i];

    if (other != rule && applies_wherever(other, rule) && gives_as_much(other, rule) &&
        does_as_much(other, rule))
      return refuse_rule(rule, trail, "another rule always decides the same");
  }
  return OK;
}

/* ---- Meets no grant ---------------------------------------------------------------------------
 */

static uint64_t values_or_all(const struct rule *rule, enum fact fact)
{
  const struct condition *found = condition_on(rule->when, rule->when_count, (uint8_t)fact);

  return found == NULL ? UINT64_MAX : found->values;
}

/* The roles that a rule speaks of, by name and by kind. */
static uint64_t roles_of(const struct policy *policy, const struct rule *rule)
{
  uint64_t roles = values_or_all(rule, FACT_ROLE), kinds = values_or_all(rule, FACT_ROLE_KIND);

  for (unsigned role = 1; role <= policy->words[POLICY_ROLE].count; role++)
    if ((kinds & POLICY_BIT(policy->role_kind[role])) == 0) roles &= ~POLICY_BIT(role);
  return roles & ((POLICY_BIT(policy->words[POLICY_ROLE].count) << 1) - 2);
}

static bool can_meet(const struct policy *policy, const struct rule *rule, const struct rule *grant)
{
  return (roles_of(policy, rule) & roles_of(policy, grant)) != 0 &&
         (values_or_all(rule, FACT_RELATION) & values_or_all(grant, FACT_RELATION)) != 0 &&
         (values_or_all(rule, FACT_PURPOSE) & values_or_all(grant, FACT_PURPOSE)) != 0;
}

/* Only what is said where something is given, or would be. */
static bool needs_a_grant(const struct rule *rule)
{
  uint64_t given = POLICY_BIT(RESULT_RELEASED) | POLICY_BIT(RESULT_PENDING);

  switch (rule->effect) {
  case EFFECT_FIT:
  case EFFECT_CIRCLE:
  case EFFECT_WITHHOLD:
  case EFFECT_APPROVE:
    return true;
  case EFFECT_OBLIGE:
    return (values_or_all(rule, FACT_RESULT) & ~given) == 0;
  case EFFECT_GRANT:
  case EFFECT_ACT:
  case EFFECT_REFUSE:
  case EFFECT_OTHERWISE:
  case EFFECT_COUNT:
    break;
  }
  return false;
}

static enum err verify_meets_grant(const struct policy *policy, const struct rule *rule,
                                   struct trail *trail)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  bool takes_fields = rule->effect == EFFECT_WITHHOLD || rule->effect == EFFECT_APPROVE;

  if (!needs_a_grant(rule)) return OK;
  for (size_t i = 0; i < grants->count; i++) {
    struct fieldset both = fieldset_and(rule->fields, grants->rule[i]->fields);

    if (can_meet(policy, rule, grants->rule[i]) && (!takes_fields || !fieldset_is_empty(both)))
      return OK;
  }
  return refuse_rule(rule, trail, "a rule that meets no grant can never decide");
}

enum err policy_verify_decisive(const struct policy *policy, struct trail *trail)
{
  for (unsigned i = 0; i < policy->rule_count; i++) {
    const struct rule *rule = &policy->rules[i];

    if (roles_of(policy, rule) == 0)
      return refuse_rule(rule, trail, "a rule for a role of another kind can never decide");
    TRY(verify_not_implied(policy, rule, trail));
    TRY(verify_meets_grant(policy, rule, trail));
  }
  return OK;
}
