/* One decision: the request first, the child last, the fields one by one, then the duties. Reads
 * compiled rules and closed facts only; it must never look at text, time, order or anything stored.
 *
 * Each stated purpose is decided on its own and the answers are joined: a field is given only if
 * every purpose gives it, in the least detailed of their forms. A refusal that rests on the request
 * names its rule; one that rests on the child is the one generic answer, and the rule is for the
 * audit log alone (docs/design.md D6). */
#include "policy/inside.h"

#include <assert.h>
#include <string.h>

#include "base/guard.h"

#define SCOPES_OF_REQUEST SCOPE_REQUEST
#define SCOPES_OF_CHILD (SCOPE_REQUEST | SCOPE_RELATION | SCOPE_CHILD)
#define SCOPES_OF_RESULT (SCOPES_OF_CHILD | SCOPE_RESULT)

static unsigned take(uint64_t *set)
{
  unsigned bit = (unsigned)__builtin_ctzll(*set);

  *set &= *set - 1;
  return bit;
}

static void refuse(struct decision *decision, const struct policy_request *request,
                   enum policy_answer answer, uint16_t rule)
{
  struct fieldset none = {{0, 0}};

  decision->outcome = POLICY_DENY;
  decision->answer = answer;
  decision->granted = none;
  decision->pending = none;
  decision->denied = request->asked;
  decision->rule = rule;
}

/* The lowest-numbered refusal of a step that fires: order of files does not choose it. */
static uint16_t refusal(const struct policy *policy, const struct fact_values *facts,
                        enum step step, unsigned scopes)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_REFUSE];

  for (size_t i = 0; i < rules->count; i++)
    if (rules->rule[i]->step == step && rule_fires(rules->rule[i], facts, scopes))
      return rules->rule[i]->number;
  return POLICY_NO_RULE;
}

static bool some_grant(const struct policy *policy, const struct fact_values *facts,
                       unsigned scopes)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];

  for (size_t i = 0; i < grants->count; i++)
    if (rule_fires(grants->rule[i], facts, scopes)) return true;
  return false;
}

/* Whether the relation is one that only the child's record can tell is missing. Such a refusal is
 * generic; that another relation has no grant is told from the request alone. */
static bool relation_tells_of_child(const struct policy *policy,
                                    const struct policy_request *request)
{
  return request->relation == POLICY_NO_WORD ||
         (policy->relation_missing & POLICY_BIT(request->relation & 63)) != 0;
}

/* A role that has no grant for the purpose, or none with a relation such as the one stated. */
static bool has_no_grant(const struct policy *policy, const struct policy_request *request,
                         const struct fact_values *facts)
{
  if (!some_grant(policy, facts, SCOPE_REQUEST)) return true;
  if (relation_tells_of_child(policy, request)) return false;
  return !some_grant(policy, facts, SCOPE_REQUEST | SCOPE_RELATION);
}

/* ---- Duties -----------------------------------------------------------------------------------
 */

static bool asks_of_child(const struct rule *rule)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if ((rule->when[i].scope & SCOPE_CHILD) != 0) return true;
  return false;
}

static bool only_names_steps(const struct rule *rule)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == FACT_RESULT) return rule->when[i].values == POLICY_BIT(RESULT_GATE);
  return false;
}

static unsigned result_of(const struct decision *decision, enum step refused_at)
{
  if (!fieldset_is_empty(decision->granted)) return RESULT_RELEASED;
  if (!fieldset_is_empty(decision->pending)) return RESULT_PENDING;
  return refused_at == STEP_GATE ? RESULT_GATE : RESULT_REFUSED;
}

/* A refusal that came before the look-up carries only what the request itself brings about. */
static void oblige(const struct policy *policy, struct decision *decision,
                   const struct policy_request *request, struct fact_values *facts,
                   enum step refused_at)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_OBLIGE];
  uint64_t purposes = request->purposes;

  facts->is[FACT_RESULT] = POLICY_BIT(result_of(decision, refused_at));
  while (purposes != 0) {
    facts_for_purpose(policy, facts, request, take(&purposes));
    facts_for_circle(policy, facts);
    for (size_t i = 0; i < rules->count; i++) {
      const struct rule *rule = rules->rule[i];

      if (refused_at == STEP_REQUEST && asks_of_child(rule)) continue;
      if (!rule_fires(rule, facts, SCOPES_OF_RESULT)) continue;
      decision->obligations |= rule->obligations;
      if (only_names_steps(rule)) decision->missing_steps |= rule->obligations;
    }
  }
}

/* ---- Steps 1 and 2: the request ---------------------------------------------------------------
 */

static bool request_is_sound(const struct policy *policy, struct decision *ret_decision,
                             const struct policy_request *request, struct fact_values *facts)
{
  uint64_t purposes = request->purposes;
  uint16_t rule = POLICY_NO_RULE;
  bool ungranted = purposes == 0;

  memset(ret_decision, 0, sizeof(*ret_decision));
  facts_of_request(policy, facts, request);
  if (purposes == 0) rule = refusal(policy, facts, STEP_REQUEST, SCOPES_OF_REQUEST);
  while (purposes != 0) {
    uint16_t found;

    facts_for_purpose(policy, facts, request, take(&purposes));
    found = refusal(policy, facts, STEP_REQUEST, SCOPES_OF_REQUEST);
    if (found != POLICY_NO_RULE && (rule == POLICY_NO_RULE || found < rule)) rule = found;
    ungranted = ungranted || has_no_grant(policy, request, facts);
  }
  if (rule == POLICY_NO_RULE && ungranted) rule = policy->rule_ungranted;
  if (rule == POLICY_NO_RULE) {
    refuse(ret_decision, request, POLICY_GENERIC, POLICY_NO_RULE);
    return true;
  }
  refuse(ret_decision, request, POLICY_SPECIFIC, rule);
  oblige(policy, ret_decision, request, facts, STEP_REQUEST);
  return false;
}

bool policy_decide_request(const struct policy *policy, struct decision *ret_decision,
                           const struct policy_request *request)
{
  struct fact_values facts;

  return request_is_sound(policy, ret_decision, request, &facts);
}

/* ---- Steps 3 and 4: the child, and the gate ---------------------------------------------------
 */

static uint16_t refusal_for_any_purpose(const struct policy *policy,
                                        const struct policy_request *request,
                                        struct fact_values *facts, enum step step)
{
  uint64_t purposes = request->purposes;
  uint16_t rule = POLICY_NO_RULE;

  while (purposes != 0) {
    uint16_t found;

    facts_for_purpose(policy, facts, request, take(&purposes));
    facts_for_circle(policy, facts);
    found = refusal(policy, facts, step, SCOPES_OF_CHILD);
    if (found != POLICY_NO_RULE && (rule == POLICY_NO_RULE || found < rule)) rule = found;
  }
  return rule;
}

static bool relation_suffices(const struct policy *policy, const struct policy_request *request,
                              struct fact_values *facts)
{
  uint64_t purposes = request->purposes;

  while (purposes != 0) {
    facts_for_purpose(policy, facts, request, take(&purposes));
    if (!some_grant(policy, facts, SCOPE_REQUEST | SCOPE_RELATION)) return false;
  }
  return true;
}

/* True: refused as a whole. */
static bool child_refuses(const struct policy *policy, struct decision *decision,
                          const struct policy_request *request, struct fact_values *facts,
                          enum step *ret_step)
{
  uint16_t rule = refusal_for_any_purpose(policy, request, facts, STEP_CHILD);

  *ret_step = STEP_CHILD;
  if (rule == POLICY_NO_RULE && GUARD(RELATION_CHECK) && !relation_suffices(policy, request, facts))
    rule = policy->rule_ungranted;
  if (rule != POLICY_NO_RULE) {
    refuse(decision, request, POLICY_GENERIC, rule);
    return true;
  }
  rule = refusal_for_any_purpose(policy, request, facts, STEP_GATE);
  *ret_step = STEP_GATE;
  if (rule != POLICY_NO_RULE) refuse(decision, request, POLICY_SPECIFIC, rule);
  return rule != POLICY_NO_RULE;
}

/* ---- Step 5: the fields -----------------------------------------------------------------------
 */

/* What has been found out about the asked fields so far, over the purposes already looked at. */
struct tally {
  struct fieldset granted, withheld, waiting;
  uint8_t rank[FIELDSET_MAX];
};

/* The most detailed form that any grant for this one purpose gives. */
static void tally_grants(const struct policy *policy, struct decision *decision,
                         struct tally *tally, const struct policy_request *request,
                         const struct fact_values *facts, bool is_first_purpose)
{
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  struct fieldset mine = {{0, 0}};
  uint8_t best[FIELDSET_MAX] = {0};
  uint16_t by[FIELDSET_MAX] = {0};

  for (size_t i = 0; i < grants->count; i++) {
    const struct rule *grant = grants->rule[i];
    struct fieldset fields = fieldset_and(grant->fields, request->asked);

    if (!rule_fires(grant, facts, SCOPES_OF_CHILD)) continue;
    if (grant->only_named_by_order) fields = fieldset_and(fields, facts->named_by_order);
    while (!fieldset_is_empty(fields)) {
      unsigned field = fieldset_take(&fields);
      uint8_t rank = grant->rank != NULL ? grant->rank[field] : 0;

      if (fieldset_has(mine, field) && best[field] <= rank) continue;
      mine = fieldset_with(mine, field);
      best[field] = rank;
      by[field] = grant->number;
    }
  }
  tally->granted = is_first_purpose ? mine : fieldset_and(tally->granted, mine);
  for (struct fieldset left = tally->granted; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);

    if (!is_first_purpose && best[field] <= tally->rank[field]) continue;
    tally->rank[field] = best[field];
    decision->granted_by[field] = by[field];
  }
}

static void tally_withholds(const struct policy *policy, struct decision *decision,
                            struct tally *tally, const struct fact_values *facts)
{
  const struct rule_list *withholds = &policy->by_effect[EFFECT_WITHHOLD];

  for (size_t i = 0; i < withholds->count; i++) {
    const struct rule *rule = withholds->rule[i];
    struct fieldset fields = rule->fields;

    if (!rule_fires(rule, facts, SCOPES_OF_CHILD)) continue;
    if (rule->spares_own_detail) fields = fieldset_less(fields, facts->own_detail);
    tally->withheld = fieldset_or(tally->withheld, fields);
    for (fields = fieldset_and(fields, decision->denied); !fieldset_is_empty(fields);) {
      unsigned field = fieldset_take(&fields);
      uint16_t *by = &decision->withheld_by[field];

      if (*by == POLICY_NO_RULE || rule->number < *by) *by = rule->number;
    }
  }
}

static void wait_for(struct decision *decision, uint16_t rule)
{
  for (size_t i = 0; i < decision->pending_count; i++)
    if (decision->pending_rules[i] == rule) return;
  assert(decision->pending_count < POLICY_PENDING_MAX); /* verify.c counts the approval rules */
  decision->pending_rules[decision->pending_count++] = rule;
}

/* `open`: what grants give and no withhold takes, over all purposes. */
static void tally_approvals(const struct policy *policy, struct decision *decision,
                            struct tally *tally, const struct fact_values *facts,
                            struct fieldset open)
{
  const struct rule_list *rules = &policy->by_effect[EFFECT_APPROVE];

  for (size_t i = 0; i < rules->count; i++) {
    const struct rule *rule = rules->rule[i];
    struct fieldset fields = fieldset_and(rule->fields, open);

    if (fieldset_is_empty(fields) || !rule_fires(rule, facts, SCOPES_OF_CHILD)) continue;
    if (approval_given(rule->roles, facts)) continue;
    tally->waiting = fieldset_or(tally->waiting, fields);
    decision->obligations |= rule->obligations;
    wait_for(decision, rule->number);
  }
}

/* A field that no rule gives is refused for that, whether or not a shield stands before it. */
static void name_denials(const struct policy *policy, struct decision *decision,
                         struct fieldset granted)
{
  struct fieldset ungranted = fieldset_less(decision->denied, granted);

  while (!fieldset_is_empty(ungranted)) {
    unsigned field = fieldset_take(&ungranted);

    decision->withheld_by[field] =
      field == POLICY_NO_WORD ? policy->rule_unknown_field : policy->rule_ungranted;
  }
}

static enum policy_outcome outcome_of(const struct decision *decision, const struct tally *tally)
{
  bool in_full = fieldset_is_empty(decision->denied) && fieldset_is_empty(decision->pending);

  for (struct fieldset left = decision->granted; in_full && !fieldset_is_empty(left);)
    in_full = tally->rank[fieldset_take(&left)] == 0;
  if (!fieldset_is_empty(decision->granted)) return in_full ? POLICY_PERMIT : POLICY_PARTIAL;
  return fieldset_is_empty(decision->pending) ? POLICY_DENY : POLICY_NEEDS_SECOND_PERSON;
}

static void settle(const struct policy *policy, struct decision *decision,
                   const struct policy_request *request, const struct tally *tally,
                   struct fieldset open)
{
  decision->answer = POLICY_SPECIFIC;
  decision->pending = fieldset_and(open, tally->waiting);
  decision->granted = fieldset_less(open, tally->waiting);
  decision->denied = fieldset_less(request->asked, open);
  name_denials(policy, decision, tally->granted);
  for (struct fieldset left = open; !fieldset_is_empty(left);) {
    unsigned field = fieldset_take(&left);

    decision->form[field] = policy->field[field].forms[tally->rank[field]];
    decision->withheld_by[field] = POLICY_NO_RULE;
  }
  decision->outcome = outcome_of(decision, tally);
}

static void decide_fields(const struct policy *policy, struct decision *decision,
                          const struct policy_request *request, struct fact_values *facts)
{
  struct tally tally = {0};
  struct fieldset open;

  for (uint64_t left = request->purposes; left != 0;) {
    bool is_first = left == request->purposes;

    facts_for_purpose(policy, facts, request, take(&left));
    facts_for_circle(policy, facts);
    tally_grants(policy, decision, &tally, request, facts, is_first);
    tally_withholds(policy, decision, &tally, facts);
  }
  open = tally.granted;
  if (GUARD(WITHHOLD_WINS)) open = fieldset_less(open, tally.withheld);
  for (uint64_t left = request->purposes; left != 0;) {
    facts_for_purpose(policy, facts, request, take(&left));
    facts_for_circle(policy, facts);
    tally_approvals(policy, decision, &tally, facts, open);
  }
  settle(policy, decision, request, &tally, open);
}

void policy_decide(const struct policy *policy, struct decision *ret_decision,
                   const struct policy_request *request, const struct policy_facts *child)
{
  struct fact_values facts;
  enum step refused_at;

  if (!request_is_sound(policy, ret_decision, request, &facts)) return;
  facts_of_child(&facts, request, child);
  if (!child_refuses(policy, ret_decision, request, &facts, &refused_at)) {
    refused_at = STEP_CHILD;
    decide_fields(policy, ret_decision, request, &facts);
  }
  oblige(policy, ret_decision, request, &facts, refused_at);
}

bool policy_in_circle(const struct policy *policy, const struct policy_request *request,
                      const struct policy_facts *child)
{
  struct fact_values facts;
  uint64_t purposes = request->purposes;

  if (purposes == 0) return false;
  facts_of_request(policy, &facts, request);
  facts_of_child(&facts, request, child);
  while (purposes != 0) {
    facts_for_purpose(policy, &facts, request, take(&purposes));
    facts_for_circle(policy, &facts);
    if (facts.is[FACT_IN_CIRCLE] != POLICY_BIT(CIRCLE_INSIDE)) return false;
  }
  return true;
}
