/* How a regime is read; only policy.c needs this. */
#ifndef POLICY_REGIME_LOAD_H
#define POLICY_REGIME_LOAD_H

#include "policy/read.h"
#include "policy/regime.h"

size_t regime_bytes(void); /* of one, for an array of them */
struct regime *regime_at(struct regime *regimes, size_t index);
MUST_USE enum err regime_load(const struct policy *policy, const struct source *source,
                              struct regime *ret_regime);

#endif
