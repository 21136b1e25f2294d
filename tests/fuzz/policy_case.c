/* Any bytes as one line of a case file: not a case, or one that is decided and judged; never a
 * crash, and never a verdict without a word for what differs. */
#include <stdlib.h>

#include "policy/check.h"

static void must(bool holds)
{
  if (!holds) abort();
}

static void check(const struct policy *policy, struct str line, struct arena *arena)
{
  struct check_result result = {0};
  struct trail trail = {0};
  enum err err = policy_check_line(policy, &result, line, arena, &trail);

  must(err == OK || err == ERR_INPUT || err == ERR_MEMORY);
  if (err == OK) must((result.verdict == CHECK_FAILED) == (result.mismatch.len > 0));
}

/* A case of another kind is told apart from one that is decided. */
static void decide(const struct policy *policy, struct str line, struct arena *arena)
{
  struct check_decided decided = {0};
  struct trail trail = {0};
  enum err err = policy_decide_line(policy, &decided, line, arena, &trail);

  must(err == OK || err == ERR_INPUT || err == ERR_MEMORY);
  if (err == OK) must(decided.id.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct policy *policy; /* loaded once: slow beside the rest */
  struct str line = {(const char *)data, size};
  struct arena *arena = NULL;
  struct trail trail = {0};

  if (policy == NULL)
    must(policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) == OK);
  must(arena_new(&arena, 1 << 22) == OK);
  check(policy, line, arena);
  arena_reset(arena);
  decide(policy, line, arena);
  arena_free(&arena);
  return 0;
}
