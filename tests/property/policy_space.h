/* Every input that a policy can tell apart, counted. For one role, relation and set of purposes the
 * rules that can concern them are gathered; of each fact, values that all those rules treat alike
 * are one class, and what no such rule asks about stands still. The classes of all facts multiplied
 * are the space, and space_world(i) is its i-th world. That worlds left out are answered like the
 * one that stands for them is not taken on trust: space_twin gives one to compare.
 *
 * It reads compiled rules (policy/inside.h) to choose inputs, never to judge an answer. */
#ifndef TESTS_PROPERTY_POLICY_SPACE_H
#define TESTS_PROPERTY_POLICY_SPACE_H

#include <assert.h>
#include <string.h>

#include "policy/inside.h"

struct world {
  const struct policy *policy;
  struct policy_request request;
  struct policy_facts child;
};

enum dim_kind {
  DIM_BASIS,
  DIM_URGENCY,
  DIM_SUBJECTS,
  DIM_SPECIAL,
  DIM_ALTERNATIVE,
  DIM_CONFLICT,
  DIM_PROTECTED,
  DIM_ON_REGISTER,
  DIM_SHIELD,
  DIM_HOUSEHOLD,
  DIM_AGAINST,
  DIM_NAMED,
  DIM_FIRST,
  DIM_AGREES,
  DIM_GATE,     /* any set of the seven steps not done */
  DIM_APPROVER, /* one for each role whose word can count: not decided, refused, approved */
  DIM_KINDS
};

#define DIM_VALUES_MAX 128
#define DIMS_MAX 24
#define GATE_STEPS 7

struct dim {
  enum dim_kind kind;
  uint8_t role;  /* of DIM_APPROVER */
  uint8_t fixed; /* the value that an untold fact has */
  unsigned count;
  uint8_t value[DIM_VALUES_MAX]; /* one for each class */
  unsigned values;               /* all that there are; class_of tells which stands for which */
  uint8_t class_of[DIM_VALUES_MAX];
};

struct space {
  const struct policy *policy;
  uint8_t role, relation;
  uint64_t purposes;
  struct dim dim[DIMS_MAX];
  unsigned dims;
  uint64_t size;
};

/* The facts that a dimension shows itself in, and what stands there when nobody asks. */
static const struct {
  enum fact fact, also;
  unsigned values; /* 0 is unknown, where there is such a value */
  uint8_t fixed;
} dim_rows[DIM_KINDS] = {
  [DIM_BASIS] = {FACT_BASIS, FACT_BASIS, 0, 0},
  [DIM_URGENCY] = {FACT_URGENCY, FACT_URGENCY, 4, 1},
  [DIM_SUBJECTS] = {FACT_SUBJECTS, FACT_SUBJECTS, 4, SUBJECTS_ONE},
  [DIM_SPECIAL] = {FACT_SPECIAL_CONDITION, FACT_SPECIAL_CONDITION, 3, ANSWER_YES},
  [DIM_ALTERNATIVE] = {FACT_ALTERNATIVE, FACT_ALTERNATIVE, 3, ANSWER_YES},
  [DIM_CONFLICT] = {FACT_CONFLICT, FACT_CONFLICT, 3, POLICY_NO},
  [DIM_PROTECTED] = {FACT_PROTECTED_PERSON, FACT_PROTECTED_PERSON, 3, POLICY_NO},
  [DIM_ON_REGISTER] = {FACT_ON_REGISTER, FACT_ON_REGISTER, 3, POLICY_YES},
  [DIM_SHIELD] = {FACT_SHIELD, FACT_ANY_SHIELD, 4, POLICY_LEVEL_NONE},
  [DIM_HOUSEHOLD] = {FACT_HOUSEHOLD, FACT_ANY_SHIELD, 4, POLICY_LEVEL_NONE},
  [DIM_AGAINST] = {FACT_AGAINST_REQUESTER, FACT_AGAINST_REQUESTER, 3, POLICY_NO},
  [DIM_NAMED] = {FACT_NAMED_WORKER, FACT_NAMED_WORKER, 3, POLICY_NO},
  [DIM_FIRST] = {FACT_FIRST_DECISION, FACT_FIRST_DECISION, 3, POLICY_YES},
  [DIM_AGREES] = {FACT_CHILD_AGREES, FACT_CHILD_AGREES, 3, POLICY_YES},
  [DIM_GATE] = {FACT_GATE_MISSING, FACT_GATE_MISSING, 1u << GATE_STEPS, 0},
  [DIM_APPROVER] = {FACT_APPROVED_BY, FACT_APPROVED_BY, 3, POLICY_NOT_DECIDED},
};

/* ---- What the rules ask about -----------------------------------------------------------------
 */

static inline bool space_admits(const struct rule *rule, enum fact fact, uint64_t may_be)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact && (rule->when[i].values & may_be) == 0) return false;
  return true;
}

/* Whether a rule can have a say: what is not known is never a reason to leave it out. */
static inline bool space_concerns(const struct space *space, const struct rule *rule)
{
  const struct policy *policy = space->policy;
  bool knows_role = space->role != POLICY_NO_WORD, knows_relation = space->relation != 0;

  if (knows_role && !space_admits(rule, FACT_ROLE, POLICY_BIT(space->role))) return false;
  if (knows_role && !space_admits(rule, FACT_ROLE_KIND, POLICY_BIT(policy->role_kind[space->role])))
    return false;
  if (knows_relation && !space_admits(rule, FACT_RELATION, POLICY_BIT(space->relation)))
    return false;
  return space_admits(rule, FACT_PURPOSE, space->purposes);
}

/* How every rule that has a say treats one value of a fact, one bit a condition. */
static inline uint64_t space_treatment(const struct space *space, enum fact fact, enum fact also,
                                       unsigned value)
{
  uint64_t signature = 0;
  unsigned at = 0;

  for (unsigned i = 0; i < space->policy->rule_count; i++) {
    const struct rule *rule = &space->policy->rules[i];

    if (!space_concerns(space, rule)) continue;
    for (unsigned j = 0; j < rule->when_count + (unsigned)rule->unless_count; j++) {
      const struct condition *condition =
        j < rule->when_count ? &rule->when[j] : &rule->unless[j - rule->when_count];

      if (condition->fact != fact && condition->fact != also) continue;
      assert(at < 63);
      signature |= (condition->values >> value & 1) << at++;
      signature |= UINT64_C(1) << 63; /* somebody asks */
    }
  }
  return signature;
}

static inline uint64_t space_signature(const struct space *space, enum dim_kind kind,
                                       unsigned value)
{
  return space_treatment(space, dim_rows[kind].fact, dim_rows[kind].also, value);
}

/* The first relation that every rule for this role and these purposes treats like this one. */
static inline uint8_t space_relation(const struct policy *policy, uint8_t role, uint8_t relation,
                                     uint64_t purposes)
{
  const struct space any = {.policy = policy, .role = role, .purposes = purposes};
  uint64_t mine = space_treatment(&any, FACT_RELATION, FACT_RELATION, relation);
  uint8_t first = relation == POLICY_NO_WORD ? 0 : 1;

  while (first < relation &&
         (space_treatment(&any, FACT_RELATION, FACT_RELATION, first) != mine ||
          (policy->relation_missing >> first & 1) != (policy->relation_missing >> relation & 1) ||
          !fieldset_equal(policy->own[first], policy->own[relation])))
    first++;
  return first;
}

static inline uint64_t space_approvers(const struct space *space)
{
  uint64_t roles = 0;

  for (unsigned i = 0; i < space->policy->rule_count; i++) {
    const struct rule *rule = &space->policy->rules[i];
    bool counts = rule->effect == EFFECT_APPROVE || rule->effect == EFFECT_CIRCLE;

    if (counts && space_concerns(space, rule)) roles |= rule->roles;
  }
  return roles;
}

/* ---- Dimensions -------------------------------------------------------------------------------
 */

/* Bases that suit every purpose; the others are refused with the request, which P3 looks at. */
static inline bool space_fits(const struct space *space, unsigned basis)
{
  for (uint64_t left = space->purposes; left != 0; left &= left - 1)
    if ((space->policy->bases_of[__builtin_ctzll(left)] & POLICY_BIT(basis)) == 0) return false;
  return true;
}

static inline bool space_takes(const struct space *space, enum dim_kind kind, unsigned value)
{
  if (kind == DIM_BASIS) return space_fits(space, value);
  return (kind != DIM_SPECIAL && kind != DIM_ALTERNATIVE) || value != 0; /* these are booleans */
}

static inline void space_classes(const struct space *space, struct dim *dim)
{
  for (unsigned value = 0; value < dim->values; value++) {
    /* Steps of the gate come as a set of them: each set is a class of its own. */
    uint64_t signature = dim->kind == DIM_GATE ? 0 : space_signature(space, dim->kind, value);
    unsigned first = 0;

    if (!space_takes(space, dim->kind, value)) continue;
    while (first < dim->count &&
           (dim->kind == DIM_GATE || dim->value[first] == 0 || value == 0 ||
            space_signature(space, dim->kind, dim->value[first]) != signature))
      first++;
    if (first == dim->count) dim->value[dim->count++] = (uint8_t)value;
    dim->class_of[value] = dim->value[first];
  }
}

static inline void space_add(struct space *space, enum dim_kind kind, uint8_t role)
{
  struct dim *dim = &space->dim[space->dims++];
  bool is_asked = kind == DIM_APPROVER || space_signature(space, kind, 0) >> 63 != 0;

  *dim = (struct dim){
    .kind = kind, .role = role, .fixed = dim_rows[kind].fixed, .values = dim_rows[kind].values};
  if (kind == DIM_BASIS) {
    dim->values = policy_word_count(space->policy, POLICY_BASIS) + 1;
    while (dim->fixed + 1u < dim->values && !space_fits(space, dim->fixed))
      dim->fixed++;
  }
  if (kind == DIM_APPROVER) {
    for (uint8_t value = 0; value < dim->values; value++)
      dim->value[dim->count++] = dim->class_of[value] = value;
  } else if (is_asked) {
    space_classes(space, dim);
  }
  if (dim->count == 0) {
    dim->value[dim->count++] = dim->fixed;
    memset(dim->class_of, dim->fixed, sizeof(dim->class_of));
  }
  space->size *= dim->count;
}

static inline void space_of(struct space *ret_space, const struct policy *policy, uint8_t role,
                            uint8_t relation, uint64_t purposes)
{
  *ret_space = (struct space){
    .policy = policy, .role = role, .relation = relation, .purposes = purposes, .size = 1};
  for (unsigned kind = 0; kind < DIM_APPROVER; kind++)
    space_add(ret_space, (enum dim_kind)kind, POLICY_NO_WORD);
  for (uint64_t left = space_approvers(ret_space); left != 0; left &= left - 1)
    space_add(ret_space, DIM_APPROVER, (uint8_t)__builtin_ctzll(left));
}

/* ---- Worlds -----------------------------------------------------------------------------------
 */

static inline void space_put_gate(struct world *world, unsigned missing)
{
  enum policy_truth done[GATE_STEPS];

  for (unsigned i = 0; i < GATE_STEPS; i++)
    done[i] = (missing >> i & 1) != 0 ? POLICY_NO : POLICY_YES;
  world->child.gate =
    (struct policy_gate){done[0], done[1], done[2], done[3], done[4], done[5], done[6]};
}

static inline void space_put(struct world *world, const struct dim *dim, uint8_t value)
{
  static const uint32_t subjects[] = {0, 1, 2, SUBJECTS_FEW_AT_MOST + 1};
  struct policy_request *request = &world->request;

  switch (dim->kind) {
  case DIM_BASIS:
    request->basis = value;
    break;
  case DIM_URGENCY:
    request->urgency = value;
    break;
  case DIM_SUBJECTS:
    request->subjects = subjects[value];
    break;
  case DIM_SPECIAL:
    request->has_special_condition = value == ANSWER_YES;
    break;
  case DIM_ALTERNATIVE:
    request->has_alternative = value == ANSWER_YES;
    break;
  case DIM_CONFLICT:
    request->conflict = (enum policy_truth)value;
    break;
  case DIM_PROTECTED:
    request->protected_person = (enum policy_truth)value;
    break;
  case DIM_ON_REGISTER:
    world->child.on_register = (enum policy_truth)value;
    break;
  case DIM_SHIELD:
    world->child.shield = (enum policy_level)value;
    world->child.shield_status =
      value == POLICY_LEVEL_NONE ? POLICY_STATUS_NONE : POLICY_STATUS_CONFIRMED;
    break;
  case DIM_HOUSEHOLD:
    world->child.household = (enum policy_level)value;
    break;
  case DIM_AGAINST:
    world->child.against_requester = (enum policy_truth)value;
    break;
  case DIM_NAMED:
    world->child.named_worker = (enum policy_truth)value;
    break;
  case DIM_FIRST:
    world->child.first_decision_made = (enum policy_truth)value;
    break;
  case DIM_AGREES:
    world->child.child_agrees = (enum policy_truth)value;
    break;
  case DIM_GATE:
    space_put_gate(world, value);
    break;
  case DIM_APPROVER:
    if (value != POLICY_NOT_DECIDED && request->approval_count < POLICY_APPROVALS_MAX)
      request->approvals[request->approval_count++] = (struct policy_approval){
        dim->role, (enum policy_outcome_of_approval)value, .by_another = true, .in_time = true};
    break;
  case DIM_KINDS:
    break;
  }
}

/* The world of these values, one for each dimension. */
static inline void space_build(const struct space *space, struct world *ret_world,
                               const uint8_t value[DIMS_MAX])
{
  *ret_world = (struct world){
    .policy = space->policy,
    .request = {.role = space->role,
                .relation = space->relation,
                .purposes = space->purposes,
                .identity_verified = POLICY_YES,
                .has_necessity = true,
                .asked = policy_all_fields(space->policy),
                .order_fields = policy_all_fields(space->policy)},
  };
  for (unsigned i = 0; i < space->dims; i++)
    space_put(ret_world, &space->dim[i], value[i]);
}

static inline void space_values(const struct space *space, uint8_t ret_value[DIMS_MAX], uint64_t i)
{
  for (unsigned dim = 0; dim < space->dims; i /= space->dim[dim++].count)
    ret_value[dim] = space->dim[dim].value[i % space->dim[dim].count];
}

static inline void space_world(const struct space *space, struct world *ret_world, uint64_t i)
{
  uint8_t value[DIMS_MAX];

  space_values(space, value, i);
  space_build(space, ret_world, value);
}

/* A world outside the space that the i-th one stands for: every fact takes, by chance, any value of
 * the same class, and a fact that nobody asks about any value at all. */
static inline void space_twin(const struct space *space, struct world *ret_world, uint64_t i,
                              uint64_t chance)
{
  uint8_t value[DIMS_MAX];

  space_values(space, value, i);
  for (unsigned dim = 0; dim < space->dims; dim++) {
    const struct dim *at = &space->dim[dim];
    uint8_t other;

    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    other = (uint8_t)((chance >> 33) % at->values);
    if (at->class_of[other] == value[dim] && space_takes(space, at->kind, other))
      value[dim] = other;
  }
  space_build(space, ret_world, value);
}

#endif
