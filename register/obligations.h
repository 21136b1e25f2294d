/* Who carries out each duty that a decision can lay on somebody, and by what; one table
 * (obligations.def). What nothing here carries out is never promised: the request is refused. */
#ifndef REGISTER_OBLIGATIONS_H
#define REGISTER_OBLIGATIONS_H

#include "policy/policy.h"

enum obligation_by {
  OBLIGATION_NOT_BUILT,
  OBLIGATION_SERVICE,
  OBLIGATION_PERSON,
  OBLIGATION_RECEIVER
};
struct obligation_row {
  const char *word; /* the policy's */
  enum obligation_by by;
  const char *where; /* source file; empty for NOT_BUILT */
};
/* NULL past the end. */
const struct obligation_row *obligation_row(size_t i);
/* OBLIGATION_NOT_BUILT for a word without a row. */
enum obligation_by obligation_by(struct str word);

/* POLICY_BIT of each obligation of this policy that nothing carries out. GUARD(DUTY_BUILT). */
uint64_t obligations_not_built(const struct policy *policy);

#endif
