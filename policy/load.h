/* From rule files to compiled rules, and the checks that need all of them together. */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy/read.h"

/* Reads one file of rules/; the vocabulary must be loaded. */
MUST_USE enum err rule_load(const struct policy *policy, const struct source *source,
                            struct rule *ret_rule);
/* Ids unique, every rule reachable and different, every purpose with a basis, and so on. */
MUST_USE enum err policy_verify(const struct policy *policy, struct trail *trail);
/* Whether two rules of policies with the same words do the same, whatever their ids and texts. */
bool rules_say_the_same(const struct rule *one, const struct rule *other);
/* decisive.c: no rule is implied by another, and each that takes or asks meets a grant. */
MUST_USE enum err policy_verify_decisive(const struct policy *policy, struct trail *trail);

#endif
