/* The error table and the trail. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

Test(err, gives_each_error_its_own_name_a_status_and_a_sentence)
{
  for (int i = 0; i < ERR_COUNT; i++) {
    enum err err = (enum err)i;
    cr_assert(err == OK ? err_status(err) == 200 : err_status(err) >= 400 && err_status(err) < 600);
    for (int other = 0; other < i; other++) {
      cr_assert_str_neq(err_name(err), err_name((enum err)other));
    }
    cr_assert_eq(text_get(err_text(err), LANG_CY).len == 0, err == OK, "%s", err_name(err));
    cr_assert_eq(text_get(err_text(err), LANG_EN).len == 0, err == OK, "%s", err_name(err));
  }
}

Test(err, knows_the_rows_that_others_rely_on)
{
  cr_assert_eq(err_status(ERR_STALE), 412);
  cr_assert_str_eq(err_name(ERR_STALE), "ERR_STALE");
  cr_assert_eq(err_text(ERR_STALE), TEXT_ERR_STALE);
  cr_assert_eq(err_text(ERR_MOVED), TEXT_ERR_BUSY);
}

Test(err, keeps_the_place_where_it_was_first_seen)
{
  struct trail trail = {0};
  cr_assert_eq(FAIL_AT(&trail, ERR_CORRUPT, "row seal", 7, 3), ERR_CORRUPT);
  cr_assert_eq(FAIL(&trail, ERR_IO, "above"), ERR_IO);
  cr_assert_str_eq(trail.where, "row seal");
  cr_assert_eq(trail.a, 7);
  cr_assert_eq(trail.b, 3);
}

Test(err, needs_no_trail)
{
  cr_assert_eq(FAIL(NULL, ERR_IO, "nowhere"), ERR_IO);
}

static enum err pass_on(enum err err, bool *ret_went_on)
{
  TRY(err);
  *ret_went_on = true;
  return OK;
}

Test(err, leaves_a_function_at_the_first_failure)
{
  bool went_on = false;
  cr_assert_eq(pass_on(ERR_FULL, &went_on), ERR_FULL);
  cr_assert_not(went_on);
  cr_assert_eq(pass_on(OK, &went_on), OK);
  cr_assert(went_on);
}
