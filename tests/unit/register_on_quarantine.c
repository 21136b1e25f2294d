/* Rows set aside are for the officers of the child they are about, and say no more than a view
 * would. */
#include "tests/unit/register_office.h"

static struct office office;

static void begin(void)
{
  office_begin(&office);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_quarantine, .init = begin, .fini = end, .timeout = 60);

static struct actor officer(uint8_t number)
{
  return office_actor(&office, "case_officer", number);
}

/* A sheet's row with Siôn's name and birth date, and another address. */
static enum intake_outcome take_again(void)
{
  struct given values[] = {
    GIVEN(forename, 0, "Siôn"),
    GIVEN(surname, 0, "ap Rhys"),
    GIVEN(date_of_birth, 0, "2015-03-04"),
    GIVEN(home_address, 0, "9 Heol Newydd, Tref-y-Data"),
  };
  struct intake_row row = {.row = 2, .values = GIVEN_LIST(values), .ref = {"r-7", 3}};
  struct intake_result result;
  struct intake in = {.ask = office_ask(&office, "register_maintenance", NULL),
                      .source = STR("sir-enghraifft"),
                      .on = day_from_ymd(2026, 11, 2),
                      .rows = &row,
                      .count = 1,
                      .ret_results = &result};

  OFFICE_RUN(&office, intake_take(office_op(&office, officer(2)), &in));
  return result.outcome;
}

static json_t *list(struct actor actor)
{
  OFFICE_RUN(&office, quarantine_list(office_op(&office, actor), (struct str){"", 0}));
  cr_assert_eq(office.op.answer.status, 200);
  return json_object_get(office.json, "rows");
}

Test(register_on_quarantine, shows_the_officer_of_the_child_what_is_held_and_what_is_proposed)
{
  struct id id = office_sion(&office, officer(1));
  json_t *row, *proposed;

  office_set_level(&office, id, LEVEL_NONE);
  cr_assert_eq(take_again(), INTAKE_PROPOSED_SAME_CHILD);
  cr_assert_eq(json_array_size(list(officer(1))), 1);
  row = json_array_get(json_object_get(office.json, "rows"), 0);
  proposed = json_object_get(row, "proposed");
  cr_expect_str_eq(office_text(row, "kind"), "same_child");
  cr_expect_eq(strlen(office_text(json_object_get(row, "held"), "entry")), 32);
  cr_expect_eq(json_array_size(proposed), 4);
  cr_expect_not_null(strstr(office.op.answer.body.ptr, "9 Heol Newydd"));
}

Test(register_on_quarantine, shows_nothing_to_anybody_else)
{
  struct id id = office_sion(&office, officer(1));

  office_set_level(&office, id, LEVEL_NONE);
  cr_assert_eq(take_again(), INTAKE_PROPOSED_SAME_CHILD);
  cr_expect_eq(json_array_size(list(officer(2))), 0, "not even to who sent the row");
  OFFICE_RUN(&office,
             quarantine_list(office_op(&office, office_actor(&office, "support_officer", 3)),
                             (struct str){"", 0}));
  cr_expect_eq(office.op.answer.status, 403);
}

Test(register_on_quarantine, withholds_of_a_proposal_what_a_view_would_withhold)
{
  struct id id = office_sion(&office, officer(1));

  office_set_level(&office, id, LEVEL_NONE);
  cr_assert_eq(take_again(), INTAKE_PROPOSED_SAME_CHILD);
  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  cr_assert_eq(json_array_size(list(officer(1))), 1);
  cr_expect_null(strstr(office.op.answer.body.ptr, "Heol Newydd"));
  office_set_level(&office, id, LEVEL_HIDDEN);
  cr_expect_eq(json_array_size(list(officer(1))), 0);
}
