/* What the policy tests share: the built-in policy, words by name, an ordinary request and an
 * ordinary child. */
#ifndef TESTS_UNIT_POLICY_WORLD_H
#define TESTS_UNIT_POLICY_WORLD_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

static inline struct policy *builtin_policy(void)
{
  struct policy *policy = NULL;
  struct trail trail = {0};

  if (policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) != OK) {
    fprintf(stderr, "%s: %s, line %lld\n", policy_builtin_files[trail.a].name, trail.where,
            trail.b);
    abort();
  }
  return policy;
}

static inline uint8_t word(const struct policy *policy, enum policy_kind kind, const char *name)
{
  uint8_t found = policy_word(policy, kind, str_from(name));

  if (found == POLICY_NO_WORD) {
    fprintf(stderr, "no such word: %s\n", name);
    abort();
  }
  return found;
}

/* Field names with spaces between. */
static inline struct fieldset fields(const struct policy *policy, const char *names)
{
  struct fieldset set = {{0, 0}};

  while (*names != '\0') {
    size_t n = strcspn(names, " ");
    uint8_t field = policy_word(policy, POLICY_FIELD, (struct str){names, n});

    if (field == POLICY_NO_WORD) abort();
    set = fieldset_with(set, field);
    names += n;
    names += strspn(names, " ");
  }
  return set;
}

static inline struct policy_request request_of(const struct policy *policy, const char *role,
                                               const char *relation, const char *purpose,
                                               const char *basis, const char *asked)
{
  return (struct policy_request){
    .role = word(policy, POLICY_ROLE, role),
    .relation = word(policy, POLICY_RELATION, relation),
    .purposes = POLICY_BIT(word(policy, POLICY_PURPOSE, purpose)),
    .basis = word(policy, POLICY_BASIS, basis),
    .urgency = word(policy, POLICY_URGENCY, "routine"),
    .identity_verified = POLICY_YES,
    .conflict = POLICY_NO,
    .protected_person = POLICY_NO,
    .has_necessity = true,
    .has_alternative = true,
    .subjects = 1,
    .asked = fields(policy, asked),
  };
}

static inline void approve(struct policy_request *request, const struct policy *policy,
                           const char *role)
{
  request->approvals[request->approval_count++] =
    (struct policy_approval){word(policy, POLICY_ROLE, role), POLICY_APPROVED, true, true};
}

static inline struct policy_facts ordinary_child(void)
{
  return (struct policy_facts){
    .on_register = POLICY_YES,
    .shield = POLICY_LEVEL_NONE,
    .shield_status = POLICY_STATUS_NONE,
    .against_requester = POLICY_NO,
    .household = POLICY_LEVEL_NONE,
    .first_decision_made = POLICY_YES,
    .child_agrees = POLICY_NO,
    .gate = {POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES, POLICY_YES},
  };
}

static inline struct policy_facts shielded_child(enum policy_level level)
{
  struct policy_facts child = ordinary_child();

  child.shield = level;
  child.shield_status = POLICY_STATUS_CONFIRMED;
  return child;
}

static inline bool owes(const struct policy *policy, const struct decision *decision,
                        const char *obligation)
{
  return (decision->obligations & POLICY_BIT(word(policy, POLICY_OBLIGATION, obligation))) != 0;
}

#endif
