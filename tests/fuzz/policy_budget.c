/* The built-in policy with budgets of any bytes: refused, or budgets of which every role has one,
 * none is nothing once it is in force, and no longer time allows fewer children. */
#include "policy/budget.h"
#include "tests/fuzz/policy_with.h"

#define BUDGETS "budgets.json"

static void must_be_in_order(struct policy_budget budget)
{
  bool is_there = budget.limit[POLICY_HOUR] > 0;

  for (unsigned i = 1; i < POLICY_WINDOWS; i++) {
    must(budget.limit[i] >= budget.limit[i - 1]);
    must((budget.limit[i] > 0) == is_there);
  }
}

static void ask(struct policy *policy)
{
  static const int32_t days[] = {0, 20000, 20454, 20760, 60000};

  if (policy == NULL) return;
  const struct policy_budget_terms *terms = policy_budget_terms(policy);
  must(terms->why[LANG_CY].len > 0 && terms->why[LANG_EN].len > 0);
  must(terms->near_percent >= 1 && terms->near_percent <= 100);
  must(terms->raise_days >= 1 && terms->raise_days <= POLICY_MONTH_DAYS);
  must(terms->raise_times >= 1 && terms->repeated_a_week >= 1);
  for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
    struct day on = {days[i]};

    must_be_in_order(policy_budget_of_authority(policy, on));
    for (uint8_t role = 0; role <= policy_word_count(policy, POLICY_ROLE); role++)
      must_be_in_order(policy_budget_of_role(policy, role, on));
  }
  policy_free(&policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0 || data[0] >= 0x20)
    ask(with_file(BUDGETS, (const char *)data, size));
  else
    ask(with_edited(BUDGETS, data + 1, size - 1));
  return 0;
}
