/* See tell.h: compiled rules put back into words. */
#include "policy/tell.h"

#include "policy/inside.h"

static const struct rule *rule_at(const struct policy *policy, uint16_t rule)
{
  return rule == POLICY_NO_RULE || rule > policy->rule_count ? NULL : &policy->rules[rule - 1];
}

enum policy_sort policy_rule_sort(const struct policy *policy, uint16_t rule)
{
  static const enum policy_sort sorts[EFFECT_COUNT] = {
    [EFFECT_FIT] = POLICY_SORT_FIT,
    [EFFECT_GRANT] = POLICY_SORT_GRANT,
    [EFFECT_CIRCLE] = POLICY_SORT_CIRCLE,
    [EFFECT_ACT] = POLICY_SORT_ACT,
    [EFFECT_WITHHOLD] = POLICY_SORT_WITHHOLD,
    [EFFECT_REFUSE] = POLICY_SORT_REFUSE,
    [EFFECT_APPROVE] = POLICY_SORT_APPROVE,
    [EFFECT_OBLIGE] = POLICY_SORT_OBLIGE,
    [EFFECT_OTHERWISE] = POLICY_SORT_OTHERWISE,
  };
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? POLICY_SORT_OTHERWISE : sorts[found->effect];
}

struct str policy_rule_law(const struct policy *policy, uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? STR("") : found->law;
}

/* "data-protection officer" is the role data_protection_officer. */
static bool names_same(struct str owner, struct str role)
{
  if (owner.len != role.len) return false;
  for (size_t i = 0; i < owner.len; i++) {
    bool is_gap = owner.ptr[i] == ' ' || owner.ptr[i] == '-';

    if (role.ptr[i] != (is_gap ? '_' : owner.ptr[i])) return false;
  }
  return true;
}

struct str policy_rule_owner_text(const struct policy *policy, uint16_t rule, enum lang lang)
{
  const struct rule *found = rule_at(policy, rule);

  if (found == NULL) return STR("");
  for (unsigned role = 1; role <= policy->words[POLICY_ROLE].count; role++)
    if (names_same(found->owner, policy->words[POLICY_ROLE].word[role].name))
      return policy->words[POLICY_ROLE].word[role].text[lang];
  return found->owner;
}

struct day policy_rule_review(const struct policy *policy, uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  return found == NULL ? DAY_NONE : found->review_by;
}

static const struct condition *asks(const struct rule *rule, enum fact fact)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact) return &rule->when[i];
  return NULL;
}

static uint64_t all_words(const struct policy *policy, enum policy_kind kind)
{
  return (POLICY_BIT(policy->words[kind].count) << 1) - 2;
}

static uint64_t named(const struct policy *policy, const struct rule *rule, enum fact fact,
                      enum policy_kind kind)
{
  const struct condition *found = asks(rule, fact);

  return found == NULL ? all_words(policy, kind) : found->values;
}

static uint64_t roles_named(const struct policy *policy, const struct rule *rule)
{
  uint64_t roles = named(policy, rule, FACT_ROLE, POLICY_ROLE);
  const struct condition *kinds = asks(rule, FACT_ROLE_KIND);

  for (unsigned role = 1; kinds != NULL && role <= policy->words[POLICY_ROLE].count; role++)
    if ((kinds->values & POLICY_BIT(policy->role_kind[role])) == 0) roles &= ~POLICY_BIT(role);
  return roles;
}

void policy_rule_named_by(const struct policy *policy, struct policy_named *ret_named,
                          uint16_t rule)
{
  const struct rule *found = rule_at(policy, rule);

  *ret_named = (struct policy_named){0};
  if (found == NULL) return;
  ret_named->roles = roles_named(policy, found);
  ret_named->relations = named(policy, found, FACT_RELATION, POLICY_RELATION);
  ret_named->purposes = named(policy, found, FACT_PURPOSE, POLICY_PURPOSE);
  ret_named->any_relation = asks(found, FACT_RELATION) == NULL;
  ret_named->is_break_glass = found->opens_break_glass;
  ret_named->only_order_fields = found->only_named_by_order;
  ret_named->fields = found->fields;
  for (struct fieldset left = found->fields; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);

    ret_named->form[field] =
      policy->field[field].forms[found->rank != NULL ? found->rank[field] : 0];
  }
}

uint64_t policy_bases_of(const struct policy *policy, uint8_t purpose)
{
  return policy->bases_of[purpose & 63];
}

static bool concerns(const struct policy *policy, const struct rule *rule, uint8_t role,
                     uint8_t relation, uint8_t purpose)
{
  return (roles_named(policy, rule) & POLICY_BIT(role & 63)) != 0 &&
         (named(policy, rule, FACT_RELATION, POLICY_RELATION) & POLICY_BIT(relation & 63)) != 0 &&
         (named(policy, rule, FACT_PURPOSE, POLICY_PURPOSE) & POLICY_BIT(purpose & 63)) != 0;
}

static bool is_about_a_shield(const struct rule *rule)
{
  return asks(rule, FACT_SHIELD) != NULL || asks(rule, FACT_ANY_SHIELD) != NULL ||
         asks(rule, FACT_HOUSEHOLD) != NULL;
}

/* Said whatever the child is: nothing but who, why, and that something is released. */
static bool is_always_said(const struct rule *rule)
{
  return asks(rule, FACT_CONFLICT) == NULL && asks(rule, FACT_AGAINST_REQUESTER) == NULL &&
         asks(rule, FACT_GATE_MISSING) == NULL;
}

static bool breaks_glass(const struct policy *policy, uint8_t purpose)
{
  uint64_t glass = 0;

  for (size_t i = 0; i < policy->break_glass.count; i++)
    glass |= named(policy, policy->break_glass.rule[i], FACT_PURPOSE, POLICY_PURPOSE);
  return (glass & POLICY_BIT(purpose & 63)) != 0;
}

/* The purpose is excepted, by its name or because it breaks glass. */
static bool excepts(const struct policy *policy, const struct rule *rule, uint8_t purpose)
{
  for (unsigned i = 0; i < rule->unless_count; i++) {
    const struct condition *unless = &rule->unless[i];

    if (unless->fact == FACT_PURPOSE && (unless->values & POLICY_BIT(purpose & 63)) != 0)
      return true;
    if (unless->fact == FACT_BREAK_GLASS && breaks_glass(policy, purpose)) return true;
  }
  return false;
}

uint64_t policy_duties_of(const struct policy *policy, uint8_t role, uint8_t relation,
                          uint8_t purpose, bool when_shielded)
{
  const struct rule_list *duties = &policy->by_effect[EFFECT_OBLIGE];
  uint64_t found = 0;

  for (size_t i = 0; i < duties->count; i++) {
    const struct rule *rule = duties->rule[i];
    const struct condition *result = asks(rule, FACT_RESULT);

    if (result != NULL && (result->values & POLICY_BIT(RESULT_RELEASED)) == 0) continue;
    if (is_about_a_shield(rule) != when_shielded || !is_always_said(rule)) continue;
    if (asks(rule, FACT_BREAK_GLASS) != NULL && !breaks_glass(policy, purpose)) continue;
    if (concerns(policy, rule, role, relation, purpose) && !excepts(policy, rule, purpose))
      found |= rule->obligations;
  }
  return found;
}

bool policy_waits_for(const struct policy *policy, uint16_t rule, uint8_t role, uint8_t relation,
                      uint8_t purpose, bool when_shielded)
{
  const struct rule *found = rule_at(policy, rule);

  return found != NULL && found->effect == EFFECT_APPROVE && asks(found, FACT_SUBJECTS) == NULL &&
         is_about_a_shield(found) == when_shielded &&
         concerns(policy, found, role, relation, purpose);
}
