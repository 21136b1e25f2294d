/* What a request and a child come to, as closed facts. Here alone "unknown" is made, and here alone
 * a shield that is not surely absent becomes a shield. No look-up, no words, no clock. */
#include "policy/inside.h"

#include "base/guard.h"

#define NONE (-1)
const struct fact_row fact_rows[FACT_COUNT] = {
#define FACT(id, name, scope, kind, values) {name, SCOPE_##scope, kind, values},
#include "policy/facts.def"
#undef FACT
};

#define IS(value) (UINT64_C(1) << (value))
#define UNKNOWN_VALUE IS(0)

bool effect_opens(enum effect effect)
{
  return effect <= EFFECT_ACT;
}

bool rule_fires(const struct rule *rule, const struct fact_values *facts, unsigned scopes)
{
  bool unknown_counts = !effect_opens(rule->effect) && GUARD(UNKNOWN_IS_PROTECTED);
  uint64_t unknown = unknown_counts ? UNKNOWN_VALUE : 0;

  for (unsigned i = 0; i < rule->when_count; i++) {
    const struct condition *when = &rule->when[i];

    if ((when->scope & scopes) != 0 && (facts->is[when->fact] & (when->values | unknown)) == 0)
      return false;
  }
  for (unsigned i = 0; i < rule->unless_count; i++) {
    const struct condition *unless = &rule->unless[i];

    if ((unless->scope & scopes) != 0 && (facts->is[unless->fact] & unless->values) != 0)
      return false;
  }
  return true;
}

static uint64_t truth(enum policy_truth truth)
{
  return truth == POLICY_UNKNOWN ? UNKNOWN_VALUE : IS(truth == POLICY_YES ? ANSWER_YES : ANSWER_NO);
}

static uint64_t known(bool yes)
{
  return IS(yes ? ANSWER_YES : ANSWER_NO);
}

static uint64_t lacking(const struct policy_request *request, uint8_t basis_none)
{
  uint64_t lacks = 0;

  if (request->identity_verified != POLICY_YES) lacks |= IS(LACKING_IDENTITY);
  if (request->purposes == 0) lacks |= IS(LACKING_PURPOSE);
  if (request->basis == POLICY_NO_WORD || request->basis == basis_none) lacks |= IS(LACKING_BASIS);
  if (!request->has_necessity) lacks |= IS(LACKING_NECESSITY);
  if (fieldset_is_empty(request->asked)) lacks |= IS(LACKING_FIELDS);
  return lacks == 0 ? IS(LACKING_NOTHING) : lacks;
}

static uint64_t subjects(uint32_t count)
{
  if (count == 0) return UNKNOWN_VALUE;
  if (count == 1) return IS(SUBJECTS_ONE);
  return IS(count <= SUBJECTS_FEW_AT_MOST ? SUBJECTS_SEVERAL : SUBJECTS_MANY);
}

/* Two people are two people, and an approval that ran out is none. */
static uint64_t decided_by(const struct policy_request *request,
                           enum policy_outcome_of_approval outcome)
{
  uint64_t roles = 0;

  for (size_t i = 0; i < request->approval_count && i < POLICY_APPROVALS_MAX; i++) {
    const struct policy_approval *approval = &request->approvals[i];

    if (approval->outcome != outcome || !approval->in_time) continue;
    if (GUARD(NO_SELF_APPROVAL) && !approval->by_another) continue;
    if (approval->role != POLICY_NO_WORD && approval->role <= 63) roles |= IS(approval->role);
  }
  return roles;
}

void facts_of_request(const struct policy *policy, struct fact_values *ret_facts,
                      const struct policy_request *request)
{
  uint8_t role = request->role & 63, relation = request->relation & 63;
  struct fact_values facts = {
    .is[FACT_ROLE] = IS(role),
    .is[FACT_ROLE_KIND] = IS(policy->role_kind[role]),
    .is[FACT_BASIS] = IS(request->basis & 63),
    .is[FACT_URGENCY] = IS(request->urgency & 63),
    .is[FACT_SUBJECTS] = subjects(request->subjects),
    .is[FACT_LACKING] = lacking(request, policy->basis_none),
    .is[FACT_SPECIAL_CONDITION] = known(request->has_special_condition),
    .is[FACT_ALTERNATIVE] = known(request->has_alternative),
    .is[FACT_CONFLICT] = truth(request->conflict),
    .is[FACT_APPROVED_BY] = decided_by(request, POLICY_APPROVED),
    .is[FACT_RELATION] = IS(relation),
    .own_detail = policy->own[relation],
    .named_by_order = request->order_fields,
    .refused_by = decided_by(request, POLICY_REFUSED),
  };

  for (unsigned fact = 0; fact < FACT_COUNT; fact++)
    if (fact_rows[fact].scope == SCOPE_CHILD) facts.is[fact] = UNKNOWN_VALUE;
  *ret_facts = facts;
}

/* A level of none counts only with a status of none: a shield that is claimed, run out or
 * unreadable protects like any other. */
static unsigned shield_of(enum policy_level level, bool status_is_none)
{
  switch (level) {
  case POLICY_LEVEL_NONE:
    return status_is_none ? SHIELD_NONE : SHIELD_CONTACT;
  case POLICY_LEVEL_CONTACT:
    return SHIELD_CONTACT;
  case POLICY_LEVEL_HIDDEN:
    return SHIELD_HIDDEN;
  case POLICY_LEVEL_UNKNOWN:
    break;
  }
  return 0;
}

static uint64_t widest(unsigned a, unsigned b)
{
  return a == 0 || b == 0 ? UNKNOWN_VALUE : IS(a > b ? a : b);
}

static uint64_t gate_missing(const struct policy_gate *gate)
{
  const enum policy_truth done[] = {gate->support_offered,        gate->aln_checked,
                                    gate->health_checked,         gate->child_view_sought,
                                    gate->circumstances_reviewed, gate->less_intrusive_tried,
                                    gate->provision_in_place};
  uint64_t missing = 0;

  for (unsigned i = 0; i < sizeof(done) / sizeof(done[0]); i++)
    if (done[i] != POLICY_YES) missing |= IS(GATE_FIRST + i);
  return missing == 0 ? IS(GATE_NOTHING) : missing;
}

static uint64_t first_decision(enum policy_truth made)
{
  return made == POLICY_UNKNOWN ? UNKNOWN_VALUE
                                : IS(made == POLICY_YES ? FIRST_MADE : FIRST_WAITING);
}

void facts_of_child(struct fact_values *facts, const struct policy_request *request,
                    const struct policy_facts *child)
{
  unsigned shield = shield_of(child->shield, child->shield_status == POLICY_STATUS_NONE);
  unsigned household = shield_of(child->household, true);

  facts->is[FACT_IN_CIRCLE] = UNKNOWN_VALUE;
  facts->is[FACT_PROTECTED_PERSON] = truth(request->protected_person);
  facts->is[FACT_ON_REGISTER] = truth(child->on_register);
  facts->is[FACT_SHIELD] = IS(shield);
  facts->is[FACT_HOUSEHOLD] = IS(household);
  facts->is[FACT_ANY_SHIELD] = widest(shield, household);
  facts->is[FACT_AGAINST_REQUESTER] = truth(child->against_requester);
  facts->is[FACT_NAMED_WORKER] = truth(child->named_worker);
  facts->is[FACT_FIRST_DECISION] = first_decision(child->first_decision_made);
  facts->is[FACT_CHILD_AGREES] = truth(child->child_agrees);
  facts->is[FACT_GATE_MISSING] = gate_missing(&child->gate);
}

static bool break_glass_opens(const struct policy *policy, const struct fact_values *facts)
{
  const struct rule_list *grants = &policy->break_glass;

  for (size_t i = 0; i < grants->count; i++)
    if (rule_fires(grants->rule[i], facts, SCOPE_REQUEST)) return true;
  return false;
}

/* The duties that could come with an answer to this request, whatever the child. So whether the
 * receiver's system can carry them out is known before anyone is looked up. */
static uint64_t duties_possible(const struct policy *policy, const struct fact_values *facts)
{
  const struct rule_list *duties = &policy->by_effect[EFFECT_OBLIGE];
  uint64_t possible = 0;

  for (size_t i = 0; i < duties->count; i++)
    if (rule_fires(duties->rule[i], facts, SCOPE_REQUEST)) possible |= duties->rule[i]->obligations;
  return possible;
}

void facts_for_purpose(const struct policy *policy, struct fact_values *facts,
                       const struct policy_request *request, unsigned purpose)
{
  uint64_t bases = policy->bases_of[purpose];
  uint64_t cannot = request->channel_cannot;

  if (facts->is[FACT_PURPOSE] == IS(purpose)) return;
  facts->is[FACT_IN_CIRCLE] = UNKNOWN_VALUE;
  facts->is[FACT_PURPOSE] = IS(purpose);
  if (bases == 0)
    facts->is[FACT_BASIS_FITS] = IS(FITS_NO_RULE);
  else
    facts->is[FACT_BASIS_FITS] = IS((bases & facts->is[FACT_BASIS]) != 0 ? FITS_YES : FITS_NO);
  facts->is[FACT_BREAK_GLASS] = known(break_glass_opens(policy, facts));
  if (cannot != 0) cannot &= duties_possible(policy, facts) | UNKNOWN_VALUE;
  facts->is[FACT_CHANNEL] = IS(cannot != 0 ? CHANNEL_CANNOT : CHANNEL_CAN);
}

bool approval_given(uint64_t roles, const struct fact_values *facts)
{
  return (roles & facts->is[FACT_APPROVED_BY]) != 0 && (roles & facts->refused_by) == 0;
}

void facts_for_circle(const struct policy *policy, struct fact_values *facts)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_CIRCLE];
  unsigned standing = CIRCLE_OUTSIDE;

  if (facts->is[FACT_IN_CIRCLE] != UNKNOWN_VALUE) return;
  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = rules->rule[i];
    unsigned admits = CIRCLE_INSIDE;

    if (!rule_fires(rule, facts, SCOPE_REQUEST | SCOPE_RELATION | SCOPE_CHILD)) continue;
    if (rule->roles != 0 && !approval_given(rule->roles, facts)) admits = CIRCLE_ONCE_APPROVED;
    if (admits > standing) standing = admits;
  }
  facts->is[FACT_IN_CIRCLE] = IS(standing);
}
