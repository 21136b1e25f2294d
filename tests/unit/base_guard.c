/* In a product build every guard holds, whatever the environment says. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/guard.h"

Test(guard, cannot_be_switched_off_in_a_product_build)
{
  setenv("CNIS_GUARD_OFF", guard_name(GUARD_ROW_SEAL), 1);
  cr_assert(GUARD(ROW_SEAL));
}

Test(guard, has_a_name_for_each_row)
{
  for (int i = 0; i < GUARD_COUNT; i++)
    cr_assert_not_null(guard_name((enum guard)i));
  cr_assert_str_eq(guard_name(GUARD_TWO_TO_LOWER), "TWO_TO_LOWER");
}
