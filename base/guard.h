/* Named guards. GUARD(id) is true in every product build; the test build (CNIS_TEST_GUARDS) can
 * switch one off, so that "remove the guard, see the test fail" is one loop over guards.def. */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>

enum guard {
#define G(id, promise, removes) GUARD_##id,
#include "base/guards.def"
#undef G
  GUARD_COUNT
};

const char *guard_name(enum guard guard);

#ifdef CNIS_TEST_GUARDS
bool guard_holds(enum guard guard); /* false only for the guard named in CNIS_GUARD_OFF */
#define GUARD(id) guard_holds(GUARD_##id)
#else
#define GUARD(id) true
#endif

#endif
