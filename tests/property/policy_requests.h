/* Requests by the thousand, the same ones each time: the n-th is made from its number alone. Most
 * stand near a grant, so that what is decided beyond the first refusal is decided often; some are
 * wild. Each fact is chosen on its own, so that a word more in the vocabulary leaves the others as
 * they were.
 *
 * It reads compiled rules (policy/inside.h) to choose inputs, never to judge an answer. */
#ifndef TESTS_PROPERTY_POLICY_REQUESTS_H
#define TESTS_PROPERTY_POLICY_REQUESTS_H

#include "tests/property/policy_space.h"

#define REQUESTS_SEED 20261122
#define REQUESTS_RECORDED 20000

enum choice {
  CHOICE_WILD,
  CHOICE_GRANT,
  CHOICE_ROLE,
  CHOICE_RELATION,
  CHOICE_STRANGER,
  CHOICE_PURPOSE,
  CHOICE_SECOND_PURPOSE,
  CHOICE_BASIS,
  CHOICE_URGENCY,
  CHOICE_SUBJECTS,
  CHOICE_IDENTITY,
  CHOICE_CONFLICT,
  CHOICE_PROTECTED,
  CHOICE_NECESSITY,
  CHOICE_ALTERNATIVE,
  CHOICE_CONDITION,
  CHOICE_ASKED,
  CHOICE_ORDER,
  CHOICE_CHANNEL,
  CHOICE_ON_REGISTER,
  CHOICE_SHIELD,
  CHOICE_STATUS,
  CHOICE_HOUSEHOLD,
  CHOICE_AGAINST,
  CHOICE_FIRST,
  CHOICE_NAMED,
  CHOICE_AGREES,
  CHOICE_GATE,
  CHOICE_ACT,
  CHOICE_APPROVAL, /* and one more for each approver */
};

struct chooser {
  const struct policy *policy;
  uint64_t number;
};

/* One of `count`, with a chance that no other choice shares; `round` tells repeated ones apart. */
static inline unsigned choose_round(const struct chooser *chooser, enum choice choice,
                                    unsigned round, unsigned count)
{
  uint64_t x = REQUESTS_SEED + chooser->number * UINT64_C(0x9e3779b97f4a7c15) +
               ((uint64_t)choice + 1) * UINT64_C(0xd1b54a32d192ed03) + round * UINT64_C(0x8cb92ba7);

  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return (unsigned)((x ^ x >> 31) % count);
}

static inline unsigned choose(const struct chooser *chooser, enum choice choice, unsigned count)
{
  return choose_round(chooser, choice, 0, count);
}

/* True once in `often`. */
static inline bool happens(const struct chooser *chooser, enum choice choice, unsigned often)
{
  return choose_round(chooser, choice, 1, often) == 0;
}

/* Any word of a kind, or none. */
static inline uint8_t choose_word(const struct chooser *chooser, enum choice choice,
                                  enum policy_kind kind)
{
  return (uint8_t)choose(chooser, choice, policy_word_count(chooser->policy, kind) + 1);
}

static inline uint8_t choose_from(const struct chooser *chooser, enum choice choice, uint64_t set)
{
  for (unsigned skip = choose(chooser, choice, (unsigned)__builtin_popcountll(set)); skip > 0;
       skip--)
    set &= set - 1;
  return (uint8_t)__builtin_ctzll(set);
}

/* `usual`, but once in `often` any of the three. */
static inline enum policy_truth choose_truth(const struct chooser *chooser, enum choice choice,
                                             enum policy_truth usual, unsigned often)
{
  return happens(chooser, choice, often) ? (enum policy_truth)choose(chooser, choice, 3) : usual;
}

/* ---- Near a grant -----------------------------------------------------------------------------
 */

static inline uint64_t values_named(const struct rule *rule, enum fact fact, uint64_t all)
{
  for (unsigned i = 0; i < rule->when_count; i++)
    if (rule->when[i].fact == fact) return rule->when[i].values;
  return all;
}

static inline uint64_t all_words(const struct policy *policy, enum policy_kind kind)
{
  return (POLICY_BIT(policy_word_count(policy, kind)) << 1) - 2;
}

static inline void choose_grant(const struct chooser *chooser, struct policy_request *request)
{
  const struct policy *policy = chooser->policy;
  const struct rule_list *grants = &policy->by_effect[EFFECT_GRANT];
  const struct rule *grant = grants->rule[choose(chooser, CHOICE_GRANT, (unsigned)grants->count)];
  uint64_t roles = values_named(grant, FACT_ROLE, all_words(policy, POLICY_ROLE));
  uint64_t relations = values_named(grant, FACT_RELATION, all_words(policy, POLICY_RELATION));
  uint64_t purposes = values_named(grant, FACT_PURPOSE, all_words(policy, POLICY_PURPOSE));
  uint64_t urgencies = values_named(grant, FACT_URGENCY, all_words(policy, POLICY_URGENCY));

  request->role = choose_from(chooser, CHOICE_ROLE, roles);
  request->relation = choose_from(chooser, CHOICE_RELATION, relations);
  request->purposes = POLICY_BIT(choose_from(chooser, CHOICE_PURPOSE, purposes));
  request->urgency = choose_from(chooser, CHOICE_URGENCY, urgencies);
}

/* Another purpose of the same role and relation. */
static inline void add_purpose(const struct chooser *chooser, struct policy_request *request)
{
  const struct policy *policy = chooser->policy;
  unsigned count = policy_word_count(policy, POLICY_PURPOSE);
  unsigned first = choose(chooser, CHOICE_SECOND_PURPOSE, count);

  for (unsigned i = 0; i < count; i++) {
    uint8_t purpose = (uint8_t)((first + i) % count + 1);

    if ((request->purposes & POLICY_BIT(purpose)) != 0) continue;
    if (fieldset_is_empty(policy_reach(policy, request->role, request->relation, purpose)))
      continue;
    request->purposes |= POLICY_BIT(purpose);
    return;
  }
}

static inline void choose_basis(const struct chooser *chooser, struct policy_request *request)
{
  unsigned purpose = (unsigned)__builtin_ctzll(request->purposes | POLICY_BIT(63));
  uint64_t fitting = chooser->policy->bases_of[purpose];

  request->basis = fitting == 0 || happens(chooser, CHOICE_BASIS, 12)
                     ? choose_word(chooser, CHOICE_BASIS, POLICY_BASIS)
                     : choose_from(chooser, CHOICE_BASIS, fitting);
}

static inline void choose_person(const struct chooser *chooser, struct policy_request *request)
{
  if (happens(chooser, CHOICE_WILD, 8)) {
    request->role = choose_word(chooser, CHOICE_ROLE, POLICY_ROLE);
    request->relation = choose_word(chooser, CHOICE_RELATION, POLICY_RELATION);
    request->purposes = POLICY_BIT(choose_word(chooser, CHOICE_PURPOSE, POLICY_PURPOSE));
    request->urgency = choose_word(chooser, CHOICE_URGENCY, POLICY_URGENCY);
    if (happens(chooser, CHOICE_PURPOSE, 16)) request->purposes = 0;
  } else {
    choose_grant(chooser, request);
    if (happens(chooser, CHOICE_STRANGER, 12))
      request->relation = choose_word(chooser, CHOICE_STRANGER, POLICY_RELATION);
    if (happens(chooser, CHOICE_URGENCY, 12))
      request->urgency = choose_word(chooser, CHOICE_URGENCY, POLICY_URGENCY);
    if (happens(chooser, CHOICE_SECOND_PURPOSE, 6)) add_purpose(chooser, request);
  }
  choose_basis(chooser, request);
}

/* ---- The request ------------------------------------------------------------------------------
 */

/* Each field by its own chance, so that a new one changes no other. */
static inline struct fieldset choose_fields(const struct chooser *chooser, enum choice choice)
{
  struct fieldset set = {{0, 0}};

  for (unsigned field = 0; field <= policy_word_count(chooser->policy, POLICY_FIELD); field++)
    if (choose_round(chooser, choice, field + 2, field == 0 ? 12 : 5) == 0)
      set = fieldset_with(set, field);
  return set;
}

static inline void choose_approvals(const struct chooser *chooser, struct policy_request *request)
{
  const struct policy *policy = chooser->policy;
  const struct rule_list *rules[] = {&policy->by_effect[EFFECT_APPROVE],
                                     &policy->by_effect[EFFECT_CIRCLE]};
  uint64_t approvers = 0;

  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < rules[i]->count; j++)
      approvers |= rules[i]->rule[j]->roles;
  for (unsigned round = 0; approvers != 0 && request->approval_count < POLICY_APPROVALS_MAX;
       approvers &= approvers - 1, round += 8) {
    static const enum policy_outcome_of_approval outcomes[] = {
      POLICY_NOT_DECIDED, POLICY_NOT_DECIDED, POLICY_APPROVED,
      POLICY_APPROVED,    POLICY_APPROVED,    POLICY_REFUSED};

    if (choose_round(chooser, CHOICE_APPROVAL, round, 2) == 0) continue;
    request->approvals[request->approval_count++] = (struct policy_approval){
      .role = (uint8_t)__builtin_ctzll(approvers),
      .outcome = outcomes[choose_round(chooser, CHOICE_APPROVAL, round + 1, 6)],
      .by_another = choose_round(chooser, CHOICE_APPROVAL, round + 2, 8) != 0,
      .in_time = choose_round(chooser, CHOICE_APPROVAL, round + 3, 8) != 0,
    };
  }
}

static inline void choose_request(const struct chooser *chooser, struct policy_request *request)
{
  static const uint32_t subjects[] = {
    1, 1, 1, 1, 1, 1, 2, SUBJECTS_FEW_AT_MOST, SUBJECTS_FEW_AT_MOST + 1, 300, 0};
  const struct policy *policy = chooser->policy;
  uint64_t duties = policy_word_count(policy, POLICY_OBLIGATION);

  choose_person(chooser, request);
  request->identity_verified = choose_truth(chooser, CHOICE_IDENTITY, POLICY_YES, 24);
  request->conflict = choose_truth(chooser, CHOICE_CONFLICT, POLICY_NO, 16);
  request->protected_person = choose_truth(chooser, CHOICE_PROTECTED, POLICY_NO, 3);
  request->has_necessity = !happens(chooser, CHOICE_NECESSITY, 32);
  request->has_alternative = !happens(chooser, CHOICE_ALTERNATIVE, 3);
  request->has_special_condition = !happens(chooser, CHOICE_CONDITION, 3);
  request->subjects = subjects[choose(chooser, CHOICE_SUBJECTS, 11)];
  request->asked = happens(chooser, CHOICE_ASKED, 3) ? policy_all_fields(policy)
                                                     : choose_fields(chooser, CHOICE_ASKED);
  request->order_fields = happens(chooser, CHOICE_ORDER, 2) ? policy_all_fields(policy)
                                                            : choose_fields(chooser, CHOICE_ORDER);
  if (happens(chooser, CHOICE_CHANNEL, 12))
    request->channel_cannot = POLICY_BIT(choose(chooser, CHOICE_CHANNEL, (unsigned)duties + 1));
  choose_approvals(chooser, request);
}

/* ---- The child --------------------------------------------------------------------------------
 */

static inline void choose_gate(const struct chooser *chooser, struct world *world)
{
  unsigned missing = 0;

  if (happens(chooser, CHOICE_GATE, 3)) missing = 1u << choose(chooser, CHOICE_GATE, GATE_STEPS);
  if (happens(chooser, CHOICE_WILD, 5)) missing = choose(chooser, CHOICE_GATE, 1u << GATE_STEPS);
  space_put_gate(world, missing);
  if (missing != 0 && happens(chooser, CHOICE_STATUS, 4))
    world->child.gate.child_view_sought = POLICY_UNKNOWN;
}

static inline enum policy_level choose_level(const struct chooser *chooser, enum choice choice)
{
  static const enum policy_level levels[] = {
    POLICY_LEVEL_NONE,    POLICY_LEVEL_NONE,    POLICY_LEVEL_NONE,   POLICY_LEVEL_NONE,
    POLICY_LEVEL_CONTACT, POLICY_LEVEL_CONTACT, POLICY_LEVEL_HIDDEN, POLICY_LEVEL_HIDDEN};

  return happens(chooser, choice, 24) ? POLICY_LEVEL_UNKNOWN : levels[choose(chooser, choice, 8)];
}

static inline void choose_child(const struct chooser *chooser, struct world *world)
{
  struct policy_facts *child = &world->child;

  child->on_register = choose_truth(chooser, CHOICE_ON_REGISTER, POLICY_YES, 16);
  child->shield = choose_level(chooser, CHOICE_SHIELD);
  child->shield_status = child->shield == POLICY_LEVEL_NONE && !happens(chooser, CHOICE_STATUS, 16)
                           ? POLICY_STATUS_NONE
                           : (enum policy_shield_status)choose(chooser, CHOICE_STATUS, 5);
  child->household = choose_level(chooser, CHOICE_HOUSEHOLD);
  child->against_requester = choose_truth(chooser, CHOICE_AGAINST, POLICY_NO, 8);
  child->first_decision_made = choose_truth(chooser, CHOICE_FIRST, POLICY_YES, 6);
  child->named_worker = choose_truth(chooser, CHOICE_NAMED, POLICY_NO, 4);
  child->child_agrees = choose_truth(chooser, CHOICE_AGREES, POLICY_YES, 2);
  choose_gate(chooser, world);
}

/* ---- An act -----------------------------------------------------------------------------------
 */

struct act_asked {
  uint8_t role, relation, purpose, act;
};

/* Most of them stand near a rule about acts. */
static inline struct act_asked requests_act(const struct policy *policy, uint64_t number)
{
  const struct chooser chooser = {policy, number};
  const struct rule_list *rules = &policy->by_effect[EFFECT_ACT];
  const struct rule *rule = rules->rule[choose(&chooser, CHOICE_ACT, (unsigned)rules->count)];
  struct act_asked asked = {
    .role = (uint8_t)choose_round(&chooser, CHOICE_ACT, 2, policy_word_count(policy, POLICY_ROLE)),
    .relation =
      (uint8_t)choose_round(&chooser, CHOICE_ACT, 3, policy_word_count(policy, POLICY_RELATION)),
    .purpose =
      (uint8_t)choose_round(&chooser, CHOICE_ACT, 4, policy_word_count(policy, POLICY_PURPOSE)),
    .act = choose_from(&chooser, CHOICE_ACT, rule->acts),
  };

  if (happens(&chooser, CHOICE_ACT, 8)) return asked;
  asked.role = choose_from(&chooser, CHOICE_ROLE,
                           values_named(rule, FACT_ROLE, all_words(policy, POLICY_ROLE)));
  if (!happens(&chooser, CHOICE_RELATION, 3))
    asked.relation =
      choose_from(&chooser, CHOICE_RELATION,
                  values_named(rule, FACT_RELATION, all_words(policy, POLICY_RELATION)));
  if (!happens(&chooser, CHOICE_PURPOSE, 3))
    asked.purpose =
      choose_from(&chooser, CHOICE_PURPOSE,
                  values_named(rule, FACT_PURPOSE, all_words(policy, POLICY_PURPOSE)));
  return asked;
}

static inline void requests_make(const struct policy *policy, struct world *ret_world,
                                 uint64_t number)
{
  const struct chooser chooser = {policy, number};

  *ret_world = (struct world){.policy = policy};
  choose_request(&chooser, &ret_world->request);
  choose_child(&chooser, ret_world);
}

#endif
