/* See worlds.h. */
#include "policy/worlds.h"

#include <string.h>

/* The facts that a dimension shows itself in, how many values it has, and the one that stands when
 * nobody asks. Values in the order in which they stand for their class: a shield before none. */
static const struct dim_row {
  enum fact fact, also;
  uint8_t count;
  uint8_t value[4];
} rows[DIM_KINDS] = {
  [DIM_BASIS] = {FACT_BASIS, FACT_BASIS_FITS, 0, {0}},
  [DIM_URGENCY] = {FACT_URGENCY, FACT_URGENCY, 0, {0}},
  [DIM_SUBJECTS] = {FACT_SUBJECTS,
                    FACT_SUBJECTS,
                    3,
                    {SUBJECTS_ONE, SUBJECTS_SEVERAL, SUBJECTS_MANY}},
  [DIM_SPECIAL] = {FACT_SPECIAL_CONDITION, FACT_SPECIAL_CONDITION, 2, {ANSWER_YES, ANSWER_NO}},
  [DIM_ALTERNATIVE] = {FACT_ALTERNATIVE, FACT_ALTERNATIVE, 2, {ANSWER_YES, ANSWER_NO}},
  [DIM_CONFLICT] = {FACT_CONFLICT, FACT_CONFLICT, 2, {POLICY_NO, POLICY_YES}},
  [DIM_PROTECTED] = {FACT_PROTECTED_PERSON, FACT_PROTECTED_PERSON, 2, {POLICY_NO, POLICY_YES}},
  [DIM_SHIELD] = {FACT_SHIELD,
                  FACT_ANY_SHIELD,
                  3,
                  {POLICY_LEVEL_HIDDEN, POLICY_LEVEL_CONTACT, POLICY_LEVEL_NONE}},
  [DIM_HOUSEHOLD] = {FACT_HOUSEHOLD,
                     FACT_ANY_SHIELD,
                     3,
                     {POLICY_LEVEL_HIDDEN, POLICY_LEVEL_CONTACT, POLICY_LEVEL_NONE}},
  [DIM_AGAINST] = {FACT_AGAINST_REQUESTER, FACT_AGAINST_REQUESTER, 2, {POLICY_NO, POLICY_YES}},
  [DIM_FIRST] = {FACT_FIRST_DECISION, FACT_FIRST_DECISION, 2, {POLICY_YES, POLICY_NO}},
  [DIM_AGREES] = {FACT_CHILD_AGREES, FACT_CHILD_AGREES, 2, {POLICY_YES, POLICY_NO}},
  [DIM_GATE] = {FACT_GATE_MISSING, FACT_GATE_MISSING, 1, {0}},
  [DIM_LACKING] = {FACT_LACKING, FACT_LACKING, 1, {0, LACKING_IDENTITY, LACKING_NECESSITY}},
  [DIM_CHANNEL] = {FACT_CHANNEL, FACT_CHANNEL, 1, {CHANNEL_CAN, CHANNEL_CANNOT}},
  [DIM_ORDER] = {FACT_NAMED_BY_ORDER, FACT_NAMED_BY_ORDER, 1, {ANSWER_YES, ANSWER_NO}},
};

/* ---- What the rules ask about -----------------------------------------------------------------
 */

static bool admits(const struct rule *rule, enum fact fact, uint64_t may_be)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact && (rule->when[i].values & may_be) == 0) return false;
  return true;
}

bool worlds_concern(const struct worlds *worlds, const struct policy *policy,
                    const struct rule *rule)
{
  return admits(rule, FACT_ROLE, POLICY_BIT(worlds->role)) &&
         admits(rule, FACT_ROLE_KIND, POLICY_BIT(policy->role_kind[worlds->role])) &&
         (worlds->relation == POLICY_NO_WORD ||
          admits(rule, FACT_RELATION, POLICY_BIT(worlds->relation))) &&
         admits(rule, FACT_PURPOSE, POLICY_BIT(worlds->purpose));
}

struct asking {
  bool is_asked;  /* some rule asks about the fact */
  bool is_parted; /* some rule treats the two values otherwise */
};

static void ask(struct asking *asking, const struct condition *conditions, unsigned count,
                const struct dim_row *row, uint8_t one, uint8_t other)
{
  for (unsigned i = 0; i < count; i++) {
    uint64_t values = conditions[i].values;

    if (conditions[i].fact != row->fact && conditions[i].fact != row->also) continue;
    asking->is_asked = true;
    if ((values >> one & 1) != (values >> other & 1)) asking->is_parted = true;
  }
}

static struct asking asking_of(const struct worlds *worlds, const struct dim_row *row, uint8_t one,
                               uint8_t other)
{
  const struct policy *both[] = {worlds->before, worlds->after};
  struct asking asking = {false, false};

  for (size_t i = 0; i < 2; i++)
    for (unsigned j = 0; j < both[i]->rule_count; j++) {
      const struct rule *rule = &both[i]->rules[j];

      if (!worlds_concern(worlds, both[i], rule)) continue;
      ask(&asking, rule->when, rule->when_count, row, one, other);
      ask(&asking, rule->unless, rule->unless_count, row, one, other);
    }
  return asking;
}

static bool is_touched(const struct worlds *worlds, enum fact fact)
{
  return (worlds->touched >> fact & 1) != 0;
}

/* ---- Dimensions -------------------------------------------------------------------------------
 */

static void add_value(struct dim *dim, uint8_t value)
{
  dim->value[dim->count++] = value;
}

static void add_classes(const struct worlds *worlds, struct dim *dim, const struct dim_row *row)
{
  for (unsigned i = 0; i < row->count; i++) {
    bool is_new = true;

    for (unsigned j = 0; j < dim->count && is_new; j++)
      is_new = asking_of(worlds, row, row->value[i], dim->value[j]).is_parted;
    if (is_new) add_value(dim, row->value[i]);
    if (i == 0 && !asking_of(worlds, row, row->value[0], row->value[0]).is_asked) return;
  }
}

static bool fits(const struct policy *policy, uint8_t purpose, unsigned basis)
{
  return (policy->bases_of[purpose] & POLICY_BIT(basis)) != 0;
}

/* A basis that suits neither is refused by both alike, unless a rule about that has changed. */
static void add_bases(const struct worlds *worlds, struct dim *dim)
{
  const struct dim_row *row = &rows[DIM_BASIS];
  bool takes_unfit = worlds->touches_fits || is_touched(worlds, FACT_BASIS) ||
                     is_touched(worlds, FACT_BASIS_FITS) || is_touched(worlds, FACT_LACKING);

  for (unsigned basis = 0; basis <= worlds->after->words[POLICY_BASIS].count; basis++) {
    bool suits_before = fits(worlds->before, worlds->purpose, basis);
    bool suits_after = fits(worlds->after, worlds->purpose, basis), is_new = true;

    if (!suits_before && !suits_after && !takes_unfit) continue;
    for (unsigned i = 0; i < dim->count && is_new; i++)
      is_new = basis == 0 || dim->value[i] == 0 || basis == worlds->after->basis_none ||
               dim->value[i] == worlds->after->basis_none ||
               fits(worlds->before, worlds->purpose, dim->value[i]) != suits_before ||
               fits(worlds->after, worlds->purpose, dim->value[i]) != suits_after ||
               asking_of(worlds, row, (uint8_t)basis, dim->value[i]).is_parted;
    if (is_new) add_value(dim, (uint8_t)basis);
  }
  if (dim->count == 0) add_value(dim, 0);
}

static void add_words(const struct worlds *worlds, struct dim *dim, enum policy_kind kind)
{
  const struct dim_row *row = &rows[DIM_URGENCY];

  for (unsigned word = 1; word <= worlds->after->words[kind].count; word++) {
    bool is_new = true;

    for (unsigned i = 0; i < dim->count && is_new; i++)
      is_new = asking_of(worlds, row, (uint8_t)word, dim->value[i]).is_parted;
    if (is_new) add_value(dim, (uint8_t)word);
  }
  if (dim->count == 0) add_value(dim, POLICY_NO_WORD);
}

/* A step not done can only close: then what any set of missing steps closes, one of them closes. */
static bool gate_only_closes(const struct policy *policy)
{
  for (unsigned i = 0; i < policy->rule_count; i++) {
    const struct rule *rule = &policy->rules[i];

    for (unsigned j = 0; j < rule->unless_count; j++)
      if (rule->unless[j].fact == FACT_GATE_MISSING) return false;
    for (unsigned j = 0; j < rule->when_count; j++)
      if (rule->when[j].fact == FACT_GATE_MISSING && effect_opens(rule->effect)) return false;
  }
  return true;
}

static void add_gate(const struct worlds *worlds, struct dim *dim)
{
  bool is_asked = asking_of(worlds, &rows[DIM_GATE], 0, 0).is_asked;
  bool is_simple = gate_only_closes(worlds->before) && gate_only_closes(worlds->after);

  add_value(dim, 0);
  for (unsigned missing = 1; is_asked && missing < 1u << GATE_STEPS; missing++)
    if (!is_simple || (missing & (missing - 1)) == 0) add_value(dim, (uint8_t)missing);
}

/* Facts that refuse both alike as long as no rule about them changed. */
static void add_if_touched(const struct worlds *worlds, struct dim *dim, enum dim_kind kind,
                           unsigned values)
{
  for (unsigned i = 0; i < (is_touched(worlds, rows[kind].fact) ? values : 1); i++)
    add_value(dim, rows[kind].value[i]);
}

static void make_dim(const struct worlds *worlds, struct dim *dim, enum dim_kind kind)
{
  dim->count = 0;
  switch (kind) {
  case DIM_BASIS:
    add_bases(worlds, dim);
    break;
  case DIM_URGENCY:
    add_words(worlds, dim, POLICY_URGENCY);
    break;
  case DIM_GATE:
    add_gate(worlds, dim);
    break;
  case DIM_LACKING:
    add_if_touched(worlds, dim, kind, 3);
    break;
  case DIM_CHANNEL:
  case DIM_ORDER:
    add_if_touched(worlds, dim, kind, 2);
    break;
  case DIM_SUBJECTS:
  case DIM_SPECIAL:
  case DIM_ALTERNATIVE:
  case DIM_CONFLICT:
  case DIM_PROTECTED:
  case DIM_SHIELD:
  case DIM_HOUSEHOLD:
  case DIM_AGAINST:
  case DIM_FIRST:
  case DIM_AGREES:
  case DIM_KINDS:
    add_classes(worlds, dim, &rows[kind]);
    break;
  }
}

static uint64_t approvers_of(const struct worlds *worlds, const struct policy *policy)
{
  uint64_t roles = 0;

  for (unsigned i = 0; i < policy->rule_count; i++) {
    const struct rule *rule = &policy->rules[i];
    bool counts = rule->effect == EFFECT_APPROVE || rule->effect == EFFECT_CIRCLE;

    if (counts && worlds_concern(worlds, policy, rule)) roles |= rule->roles;
  }
  return roles;
}

void worlds_make(struct worlds *worlds)
{
  uint64_t roles = approvers_of(worlds, worlds->before) | approvers_of(worlds, worlds->after);

  worlds->size = 1;
  for (unsigned kind = 0; kind < DIM_KINDS; kind++) {
    make_dim(worlds, &worlds->dim[kind], (enum dim_kind)kind);
    worlds->size *= worlds->dim[kind].count;
  }
  worlds->approvers = 0;
  worlds->approver_values = worlds->touches_approvals ? 3 : 2; /* a no counts only as no yes */
  for (; roles != 0 && worlds->approvers < DIM_APPROVERS_MAX; roles &= roles - 1) {
    worlds->approver[worlds->approvers++] = (uint8_t)__builtin_ctzll(roles);
    worlds->size *= worlds->approver_values;
  }
}

/* ---- Worlds -----------------------------------------------------------------------------------
 */

static void put_gate(struct policy_gate *gate, unsigned missing)
{
  enum policy_truth done[GATE_STEPS];

  for (unsigned i = 0; i < GATE_STEPS; i++)
    done[i] = (missing >> i & 1) != 0 ? POLICY_NO : POLICY_YES;
  *gate = (struct policy_gate){done[0], done[1], done[2], done[3], done[4], done[5], done[6]};
}

static void put_request(const struct worlds *worlds, struct policy_request *request,
                        const uint8_t value[static DIM_KINDS])
{
  static const uint32_t subjects[] = {[0] = 0,
                                      [SUBJECTS_ONE] = 1,
                                      [SUBJECTS_SEVERAL] = 2,
                                      [SUBJECTS_MANY] = SUBJECTS_FEW_AT_MOST + 1};
  bool is_ordered = value[DIM_ORDER] == ANSWER_YES;

  *request = (struct policy_request){
    .role = worlds->role,
    .relation = worlds->relation,
    .purposes = POLICY_BIT(worlds->purpose),
    .basis = value[DIM_BASIS],
    .urgency = value[DIM_URGENCY],
    .identity_verified = value[DIM_LACKING] == LACKING_IDENTITY ? POLICY_NO : POLICY_YES,
    .conflict = (enum policy_truth)value[DIM_CONFLICT],
    .protected_person = (enum policy_truth)value[DIM_PROTECTED],
    .has_necessity = value[DIM_LACKING] != LACKING_NECESSITY,
    .has_alternative = value[DIM_ALTERNATIVE] == ANSWER_YES,
    .has_special_condition = value[DIM_SPECIAL] == ANSWER_YES,
    .subjects = subjects[value[DIM_SUBJECTS]],
    .asked = policy_all_fields(worlds->before),
    .order_fields = is_ordered ? policy_all_fields(worlds->before) : (struct fieldset){{0, 0}},
    .channel_cannot = value[DIM_CHANNEL] == CHANNEL_CANNOT ? ~UINT64_C(0) : 0,
  };
}

static void put_child(struct policy_facts *child, const uint8_t value[static DIM_KINDS])
{
  *child = (struct policy_facts){
    .on_register = POLICY_YES,
    .shield = (enum policy_level)value[DIM_SHIELD],
    .shield_status =
      value[DIM_SHIELD] == POLICY_LEVEL_NONE ? POLICY_STATUS_NONE : POLICY_STATUS_CONFIRMED,
    .against_requester = (enum policy_truth)value[DIM_AGAINST],
    .household = (enum policy_level)value[DIM_HOUSEHOLD],
    .first_decision_made = (enum policy_truth)value[DIM_FIRST],
    .child_agrees = (enum policy_truth)value[DIM_AGREES],
  };
  put_gate(&child->gate, value[DIM_GATE]);
}

bool worlds_walked(const struct worlds *worlds)
{
  static const struct dim_row row = {FACT_RELATION, FACT_RELATION, 0, {0}};
  const struct policy *both[] = {worlds->before, worlds->after};
  struct worlds any = *worlds;
  unsigned mine = worlds->relation;

  any.relation = POLICY_NO_WORD;
  for (unsigned relation = 1; relation < mine; relation++) {
    bool is_alike = !asking_of(&any, &row, (uint8_t)relation, (uint8_t)mine).is_parted;

    for (size_t i = 0; i < 2; i++)
      is_alike =
        is_alike && fieldset_equal(both[i]->own[relation], both[i]->own[mine]) &&
        (both[i]->relation_missing >> relation & 1) == (both[i]->relation_missing >> mine & 1);
    if (is_alike) return true;
  }
  return false;
}

void worlds_complete(const struct worlds *worlds, struct world *ret_world, unsigned i, unsigned j)
{
  struct policy_request *request = &ret_world->request;
  uint8_t value[DIM_KINDS];

  for (unsigned kind = 0; kind < DIM_KINDS; kind++)
    value[kind] = rows[kind].value[0];
  value[DIM_BASIS] = worlds->dim[DIM_BASIS].value[i];
  value[DIM_URGENCY] = worlds->dim[DIM_URGENCY].value[j];
  value[DIM_SHIELD] = value[DIM_HOUSEHOLD] = POLICY_LEVEL_NONE;
  put_request(worlds, request, value);
  put_child(&ret_world->child, value);
  for (unsigned approver = 0; approver < worlds->approvers; approver++)
    request->approvals[request->approval_count++] = (struct policy_approval){
      worlds->approver[approver], POLICY_APPROVED, .by_another = true, .in_time = true};
}

void worlds_at(const struct worlds *worlds, struct world *ret_world, uint64_t i)
{
  static const enum policy_outcome_of_approval outcomes[] = {POLICY_NOT_DECIDED, POLICY_APPROVED,
                                                             POLICY_REFUSED};
  struct policy_request *request = &ret_world->request;
  uint8_t value[DIM_KINDS];

  for (unsigned kind = 0; kind < DIM_KINDS; kind++) {
    value[kind] = worlds->dim[kind].value[i % worlds->dim[kind].count];
    i /= worlds->dim[kind].count;
  }
  put_request(worlds, request, value);
  put_child(&ret_world->child, value);
  for (unsigned approver = 0; approver < worlds->approvers; approver++) {
    enum policy_outcome_of_approval outcome = outcomes[i % worlds->approver_values];

    i /= worlds->approver_values;
    if (outcome == POLICY_NOT_DECIDED) continue;
    request->approvals[request->approval_count++] = (struct policy_approval){
      worlds->approver[approver], outcome, .by_another = true, .in_time = true};
  }
}
