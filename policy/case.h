/* One scenario case: what is asked, what is known, what is expected (tests/cases/case.schema.json).
 * The parsed line must outlive it. */
#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include <jansson.h>

#include "policy/policy.h"

struct policy_case {
  const char *id, *kind;
  bool is_decision; /* record or bulk: the engine alone can decide it */
  struct policy_request request;
  struct policy_facts facts;
  json_t *asked, *expected;
};

/* ERR_INPUT: not a case. */
MUST_USE enum err case_read(const struct policy *policy, struct policy_case *ret_case, json_t *line,
                            struct trail *trail);

#endif
