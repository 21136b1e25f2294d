/* Names of the guards, and, in the test build only, the switch that takes one away. A product build
 * has no switch: GUARD(id) is the constant true there. */
#include "base/guard.h"

#include <assert.h>

static const char *const names[GUARD_COUNT] = {
#define G(id, promise, removes) [GUARD_##id] = #id,
#include "base/guards.def"
#undef G
};

const char *guard_name(enum guard guard)
{
  assert(guard < GUARD_COUNT);
  return names[guard];
}

#ifdef CNIS_TEST_GUARDS
#include <stdlib.h>
#include <string.h>

/* Asked of the environment each time: no state, so nothing to share between threads. */
bool guard_holds(enum guard guard)
{
  const char *off = getenv("CNIS_GUARD_OFF");
  return !off || strcmp(off, guard_name(guard)) != 0;
}
#endif
