/* What can be wrong with a set of rules that are each well formed. A policy that fails here is not
 * taken: a rule that can never fire reads like protection, or like permission, and is neither. */
#include "policy/load.h"

#include <string.h>

/* The outcomes that no rule decides; each must be spoken for by exactly this id. */
static const char *const otherwise_ids[] = {"F-02", "F-14", "R-00"};

static enum err refuse_rule(const struct rule *rule, struct trail *trail, const char *literal)
{
  return trail_fail(trail, ERR_POLICY, literal, (long long)rule->file, 0);
}

static uint64_t values_of(const struct condition *conditions, unsigned count, enum fact fact)
{
  for (unsigned i = 0; i < count; i++)
    if (conditions[i].fact == fact) return conditions[i].values;
  return 0;
}

static unsigned scopes_of(const struct rule *rule)
{
  unsigned scopes = 0;

  for (unsigned i = 0; i < rule->when_count; i++)
    scopes |= rule->when[i].scope;
  for (unsigned i = 0; i < rule->unless_count; i++)
    scopes |= rule->unless[i].scope;
  return scopes;
}

/* ---- Reachable --------------------------------------------------------------------------------
 */

/* An exception that takes in the whole condition leaves nothing for the rule to do. */
static bool exception_swallows_rule(const struct rule *rule)
{
  for (unsigned i = 0; i < rule->when_count; i++) {
    uint64_t unless = values_of(rule->unless, rule->unless_count, rule->when[i].fact);

    if ((rule->when[i].values & ~unless) == 0) return true;
  }
  return false;
}

/* Purposes that a refusal bars whatever else the request says. */
static uint64_t barred_purposes(const struct policy *policy)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_REFUSE];
  uint64_t barred = 0;

  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = rules->rule[i];

    if (rule->when_count == 1 && rule->unless_count == 0)
      barred |= values_of(rule->when, 1, FACT_PURPOSE);
  }
  return barred;
}

static enum err verify_grant(const struct policy *policy, const struct rule *rule,
                             struct trail *trail)
{
  uint64_t purposes = values_of(rule->when, rule->when_count, FACT_PURPOSE);

  if (purposes == 0 || values_of(rule->when, rule->when_count, FACT_ROLE) == 0)
    return refuse_rule(rule, trail, "a grant without role or purpose");
  if ((purposes & barred_purposes(policy)) != 0)
    return refuse_rule(rule, trail, "a grant for a barred purpose cannot be reached");
  for (unsigned purpose = 1; purpose < 64; purpose++)
    if ((purposes & POLICY_BIT(purpose)) != 0 && policy->bases_of[purpose] == 0)
      return refuse_rule(rule, trail, "a grant for a purpose that rests on nothing");
  return OK;
}

static enum err verify_withhold(const struct policy *policy, const struct rule *rule,
                                struct trail *trail)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  struct fieldset grantable = {{0, 0}};

  for (size_t i = 0; i < grants->count; i++)
    grantable = fieldset_or(grantable, grants->rule[i]->fields);
  if (fieldset_is_empty(fieldset_and(rule->fields, grantable)))
    return refuse_rule(rule, trail, "what is withheld is granted to nobody");
  return OK;
}

/* A refusal before the look-up may not ask about the child, nor one after it be about the request
 * alone: otherwise wording and time would tell whether there is a child. */
static enum err verify_refusal(const struct rule *rule, struct trail *trail)
{
  unsigned scopes = scopes_of(rule);
  bool is_about_request = (scopes & (SCOPE_CHILD | SCOPE_RELATION)) == 0;
  bool is_about_conflict = values_of(rule->when, rule->when_count, FACT_CONFLICT) != 0;

  if (rule->step == STEP_REQUEST && !is_about_request)
    return refuse_rule(rule, trail, "a refusal of the request that asks about the child");
  if (rule->step != STEP_REQUEST && is_about_request && !is_about_conflict)
    return refuse_rule(rule, trail, "a refusal after the look-up that rests on the request");
  return OK;
}

static enum err verify_circle(const struct rule *rule, struct trail *trail)
{
  if (values_of(rule->when, rule->when_count, FACT_AGAINST_REQUESTER) != POLICY_BIT(ANSWER_NO))
    return refuse_rule(rule, trail, "a circle open to the person it was drawn against");
  return OK;
}

static enum err verify_fit(const struct rule *rule, struct trail *trail)
{
  if (rule->when_count != 2 || values_of(rule->when, 2, FACT_PURPOSE) == 0 ||
      values_of(rule->when, 2, FACT_BASIS) == 0)
    return refuse_rule(rule, trail, "a fit is of purposes to bases");
  return OK;
}

static enum err verify_otherwise(const struct rule *rule, struct trail *trail)
{
  for (size_t i = 0; i < sizeof(otherwise_ids) / sizeof(otherwise_ids[0]); i++)
    if (str_is(rule->id, otherwise_ids[i])) return OK;
  return refuse_rule(rule, trail, "nothing is decided by this rule");
}

/* Who approves, or acts with a second person, was let in by two: else one who adds people is both.
 */
static enum err verify_persons(const struct policy *policy, const struct rule *rule,
                               struct trail *trail)
{
  uint64_t roles = rule->roles;

  if (rule->needs_second_person) roles |= values_of(rule->when, rule->when_count, FACT_ROLE);
  if ((roles & ~policy->roles_confirmed) != 0)
    return refuse_rule(rule, trail, "a second person whose account nobody confirms");
  return OK;
}

static enum err verify_rule(const struct policy *policy, const struct rule *rule,
                            struct trail *trail)
{
  if (exception_swallows_rule(rule))
    return refuse_rule(rule, trail, "a rule that cannot be reached");
  TRY(verify_persons(policy, rule, trail));
  switch (rule->effect) {
  case EFFECT_FIT:
    return verify_fit(rule, trail);
  case EFFECT_GRANT:
    return verify_grant(policy, rule, trail);
  case EFFECT_CIRCLE:
    return verify_circle(rule, trail);
  case EFFECT_WITHHOLD:
    return verify_withhold(policy, rule, trail);
  case EFFECT_REFUSE:
    return verify_refusal(rule, trail);
  case EFFECT_OTHERWISE:
    return verify_otherwise(rule, trail);
  case EFFECT_ACT:
  case EFFECT_APPROVE:
  case EFFECT_OBLIGE:
  case EFFECT_COUNT:
    break;
  }
  return OK;
}

/* ---- Different --------------------------------------------------------------------------------
 */

static bool conditions_equal(const struct condition *a, const struct condition *b, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    if (a[i].fact != b[i].fact || a[i].values != b[i].values) return false;
  return true;
}

static bool ranks_equal(const uint8_t *a, const uint8_t *b)
{
  if (a == NULL || b == NULL) return a == b;
  return memcmp(a, b, FIELDSET_MAX) == 0;
}

bool rules_say_the_same(const struct rule *a, const struct rule *b)
{
  return a->effect == b->effect && a->effect != EFFECT_OTHERWISE &&
         a->when_count == b->when_count && a->unless_count == b->unless_count &&
         a->step == b->step && a->writes == b->writes && a->roles == b->roles &&
         a->obligations == b->obligations && a->acts == b->acts &&
         a->needs_second_person == b->needs_second_person &&
         a->opens_break_glass == b->opens_break_glass &&
         a->only_named_by_order == b->only_named_by_order &&
         a->spares_own_detail == b->spares_own_detail && fieldset_equal(a->fields, b->fields) &&
         ranks_equal(a->rank, b->rank) && conditions_equal(a->when, b->when, a->when_count) &&
         conditions_equal(a->unless, b->unless, a->unless_count);
}

static enum err verify_different(const struct policy *policy, struct trail *trail)
{
  for (unsigned i = 0; i < policy->rule_count; i++)
    for (unsigned j = i + 1; j < policy->rule_count; j++) {
      if (str_equal(policy->rules[i].id, policy->rules[j].id))
        return refuse_rule(&policy->rules[j], trail, "an id stands twice");
      if (rules_say_the_same(&policy->rules[i], &policy->rules[j]))
        return refuse_rule(&policy->rules[j], trail, "two rules say the same");
    }
  return OK;
}

enum err policy_verify(const struct policy *policy, struct trail *trail)
{
  const struct rule_list *approvals = &policy->by_effect[EFFECT_APPROVE];

  if (policy->basis_none == POLICY_NO_WORD)
    return FAIL(trail, ERR_POLICY, "the vocabulary has no basis named none");
  for (size_t i = 0; i < sizeof(otherwise_ids) / sizeof(otherwise_ids[0]); i++)
    if (policy_rule_named(policy, str_from(otherwise_ids[i])) == POLICY_NO_RULE)
      return FAIL(trail, ERR_POLICY, "F-02, F-14 or R-00 is missing");
  TRY(verify_different(policy, trail));
  for (unsigned i = 0; i < policy->rule_count; i++)
    TRY(verify_rule(policy, &policy->rules[i], trail));
  if (approvals->count > POLICY_PENDING_MAX)
    return refuse_rule(approvals->rule[POLICY_PENDING_MAX], trail, "too many kinds of approval");
  return policy_verify_decisive(policy, trail);
}
