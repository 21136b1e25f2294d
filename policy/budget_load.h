/* How budgets are read; only policy.c needs this. */
#ifndef POLICY_BUDGET_LOAD_H
#define POLICY_BUDGET_LOAD_H

#include "policy/read.h"

/* budgets.json; the vocabulary must be loaded. */
MUST_USE enum err budgets_load(struct policy *policy, const struct source *source);

#endif
