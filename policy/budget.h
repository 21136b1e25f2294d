/* How many different children may be opened before a second person has to agree, as data
 * (policy/budgets.json): by role, for an hour, a day and a month, each row dated. For a role of
 * this authority's staff it is a person's budget, for any other that of the body or family; the
 * authority as a whole has one of its own. What is not in the file is nothing: zero children. */
#ifndef POLICY_BUDGET_H
#define POLICY_BUDGET_H

#include "base/day.h"
#include "policy/policy.h"

enum policy_window { POLICY_HOUR, POLICY_DAY, POLICY_MONTH };
#define POLICY_WINDOWS 3

/* "hour"; false: no such window. */
struct str policy_window_name(enum policy_window window);
bool policy_window_named(struct str name, enum policy_window *ret_window);
/* Windows slide: the last 60 minutes, 24 hours, 31 days. In microseconds. */
int64_t policy_window_us(enum policy_window window);
#define POLICY_MONTH_DAYS 31

struct policy_budget {
  uint32_t limit[POLICY_WINDOWS]; /* different children */
};
/* The newest row that is in force on that day. */
struct policy_budget policy_budget_of_role(const struct policy *policy, uint8_t role,
                                           struct day on);
struct policy_budget policy_budget_of_authority(const struct policy *policy, struct day on);

struct policy_budget_terms {
  struct str why[2];        /* by enum lang: what the numbers rest on */
  uint32_t near_percent;    /* from here on a budget counts as nearly used */
  uint32_t raise_days;      /* the longest that a raise lasts */
  uint32_t raise_times;     /* a raise is at most so many times the limit */
  uint32_t repeated_a_week; /* requests with the same words; more of them are listed */
};
const struct policy_budget_terms *policy_budget_terms(const struct policy *policy);

#endif
