/* In the build whose guards can be switched off, one name takes one guard away and no other. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/guard.h"

Test(guard, is_switched_off_by_its_name_alone)
{
  cr_assert_eq(unsetenv("CNIS_GUARD_OFF"), 0);
  cr_assert(GUARD(ROW_SEAL));
  cr_assert_eq(setenv("CNIS_GUARD_OFF", "ROW_SEAL", 1), 0);
  for (int i = 0; i < GUARD_COUNT; i++) {
    cr_assert_eq(guard_holds((enum guard)i), i != GUARD_ROW_SEAL, "%s", guard_name((enum guard)i));
  }
  cr_assert_eq(setenv("CNIS_GUARD_OFF", "ROW", 1), 0);
  cr_assert(GUARD(ROW_SEAL), "a part of a name is not the name");
}
