/* Every input that two policies can tell apart, for one role, relation and purpose. Of each fact,
 * values that every rule of either treats alike are one class; what no rule asks about stands still
 * at what opens most. Unknown is left out: what an unknown fact lets through, every known one lets
 * through too, and what closes on it closes on a known one. A gate's steps are missed one at a time
 * where that is enough. tests/property/policy_loss.c holds this against every world. */
#ifndef POLICY_WORLDS_H
#define POLICY_WORLDS_H

#include "policy/inside.h"

enum dim_kind {
  DIM_BASIS,
  DIM_URGENCY,
  DIM_SUBJECTS,
  DIM_SPECIAL,
  DIM_ALTERNATIVE,
  DIM_CONFLICT,
  DIM_PROTECTED,
  DIM_SHIELD,
  DIM_HOUSEHOLD,
  DIM_AGAINST,
  DIM_FIRST,
  DIM_AGREES,
  DIM_GATE,
  DIM_LACKING,
  DIM_CHANNEL,
  DIM_ORDER,
  DIM_KINDS
};
#define DIM_VALUES_MAX 128
#define DIM_APPROVERS_MAX POLICY_APPROVALS_MAX
#define GATE_STEPS 7

struct dim {
  uint8_t count;
  uint8_t value[DIM_VALUES_MAX];
};
struct worlds {
  const struct policy *before, *after;
  uint64_t touched; /* facts that a rule asks about which is not the same in both */
  bool touches_fits, touches_approvals;
  uint8_t role, relation, purpose;
  struct dim dim[DIM_KINDS];
  uint8_t approver[DIM_APPROVERS_MAX]; /* roles whose word counts */
  unsigned approvers, approver_values;
  uint64_t size;
};

struct world {
  struct policy_request request;
  struct policy_facts child;
};

/* Whether a rule can have a say for this role, relation and purpose. */
bool worlds_concern(const struct worlds *worlds, const struct policy *policy,
                    const struct rule *rule);
/* `before`, `after`, `touched...`, role, relation and purpose are set; fills the rest. */
void worlds_make(struct worlds *worlds);
/* Whether both policies treat an earlier relation like this one: then that one stands for it. */
bool worlds_walked(const struct worlds *worlds);
/* What opens most, of a child whom nothing shields: for the i-th basis and the j-th urgency that
 * the two tell apart, with every approval. */
void worlds_complete(const struct worlds *worlds, struct world *ret_world, unsigned i, unsigned j);
void worlds_at(const struct worlds *worlds, struct world *ret_world, uint64_t i);

#endif
