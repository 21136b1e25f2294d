/* How much of the service's time goes into the decision and into budgets: the calls that serving
 * code makes into both are taken at their door by the linker (--wrap), timed, and counted. Linked
 * into a program of its own (bench_cnis) and into nothing that is installed; it must never change
 * what a call does. Said on stderr, every so many calls. */
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "policy/policy.h"
#include "policy/tell.h"
#include "register/charge.h"
#include "register/spend.h"
#include "register/store.h"

static atomic_llong policy_ns, policy_calls, budget_ns, budget_calls;

enum { CALLS_BETWEEN = 64 };

/* Of this thread: what others do meanwhile is not the call's. */
static long long now_ns(void)
{
  struct timespec now;

  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void note(atomic_llong *ns, atomic_llong *calls, long long began)
{
  atomic_fetch_add(ns, now_ns() - began);
  if (atomic_fetch_add(calls, 1) % CALLS_BETWEEN != 0) return;
  (void)fprintf(stderr,
                "{\"policy_ns\": %lld, \"policy_calls\": %lld, \"budget_ns\": %lld, "
                "\"budget_calls\": %lld}\n",
                atomic_load(&policy_ns), atomic_load(&policy_calls), atomic_load(&budget_ns),
                atomic_load(&budget_calls));
}

/* A call that gives something back, and one that does not. */
#define WRAP(what, type, name, parameters, arguments)                                              \
  type __real_##name parameters;                                                                   \
  type __wrap_##name parameters;                                                                   \
  type __wrap_##name parameters                                                                    \
  {                                                                                                \
    long long began = now_ns();                                                                    \
    type result = __real_##name arguments;                                                         \
                                                                                                   \
    note(&what##_ns, &what##_calls, began);                                                        \
    return result;                                                                                 \
  }
#define WRAP_VOID(what, name, parameters, arguments)                                               \
  void __real_##name parameters;                                                                   \
  void __wrap_##name parameters;                                                                   \
  void __wrap_##name parameters                                                                    \
  {                                                                                                \
    long long began = now_ns();                                                                    \
                                                                                                   \
    __real_##name arguments;                                                                       \
    note(&what##_ns, &what##_calls, began);                                                        \
  }

WRAP_VOID(policy, policy_decide,
          (const struct policy *policy, struct decision *ret_decision,
           const struct policy_request *request, const struct policy_facts *child),
          (policy, ret_decision, request, child))
WRAP(policy, bool, policy_decide_request,
     (const struct policy *policy, struct decision *ret_decision,
      const struct policy_request *request),
     (policy, ret_decision, request))
WRAP(policy, bool, policy_in_circle,
     (const struct policy *policy, const struct policy_request *request,
      const struct policy_facts *facts),
     (policy, request, facts))
WRAP(policy, struct fieldset, policy_reach,
     (const struct policy *policy, uint8_t role, uint8_t relation, uint8_t purpose),
     (policy, role, relation, purpose))
WRAP(policy, uint16_t, policy_nearest_grant,
     (const struct policy *policy, const struct policy_request *request, uint8_t field),
     (policy, request, field))
WRAP(policy, unsigned, policy_unmet_of,
     (const struct policy *policy, const struct policy_request *request,
      const struct decision *decision, uint8_t field),
     (policy, request, decision, field))
WRAP(budget, enum err, spend_child,
     (struct op * op, struct budget_over *ret_over, const struct spending *spending,
      struct id child),
     (op, ret_over, spending, child))
WRAP_VOID(budget, spend_look,
          (const struct op *op, struct budget_over *ret_over, const struct spending *spending),
          (op, ret_over, spending))
WRAP(budget, enum err, spend_words, (struct op * op, const struct ask *ask), (op, ask))
WRAP(budget, enum err, charge_seal,
     (const struct audit_kit *kit, struct sealed_entry *sealed, struct instant at,
      const struct charge *charge),
     (kit, sealed, at, charge))
WRAP(budget, enum err, store_charge_insert,
     (struct store * store, uint64_t index, const struct sealed_entry *charge),
     (store, index, charge))
