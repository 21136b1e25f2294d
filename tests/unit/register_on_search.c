/* Finding children as their names are typed, by what one would be granted, and never a hidden one.
 */
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

TestSuite(register_on_search, .init = begin, .fini = end, .timeout = 60);

#define TEXT(words)                                                                                \
  {                                                                                                \
    (words), sizeof(words) - 1                                                                     \
  }

static size_t search(struct actor actor, const char *purpose, struct search in)
{
  in.ask = office_ask(&office, purpose, NULL);
  if (in.date_of_birth.number == 0) in.date_of_birth = DAY_NONE;
  OFFICE_RUN(&office, entry_search(office_op(&office, actor), &in));
  return json_array_size(json_object_get(office.json, "hits"));
}

static size_t mine(struct actor actor, struct search in)
{
  return search(actor, "register_maintenance", in);
}

Test(register_on_search, finds_a_name_however_it_is_typed)
{
  static const struct personal typed[] = {TEXT("Siôn"),    TEXT("sion"),      TEXT("SIÔN AP RHYS"),
                                          TEXT("ap-rhys"), TEXT("Rhys Sion"), TEXT("Sio\xcc\x82n")};
  struct actor officer = office_actor(&office, "case_officer", 1);

  office_sion(&office, officer);
  for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
    cr_expect_eq(mine(officer, (struct search){.name = typed[i]}), 1, "typed %zu", i);
    cr_expect_eq(office.op.commit->entry_count, 2, "one for the hit, one for the search");
  }
  cr_expect_eq(mine(officer, (struct search){.name = TEXT("Siân")}), 0);
  cr_expect_eq(office.op.commit->entry_count, 1);
  cr_expect_eq(mine(officer, (struct search){.name = TEXT("Siôn Jones")}), 0);
}

Test(register_on_search, finds_by_birth_date_and_number)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct given values[] = {GIVEN(forename, 0, "Llŷr"), GIVEN(date_of_birth, 0, "2016-05-06"),
                           GIVEN(upn, 0, "N669313420068")};
  struct given_list list = GIVEN_LIST(values);

  office_sion(&office, officer);
  office_child_of(&office, officer, list);
  cr_expect_eq(mine(officer, (struct search){.date_of_birth = day_from_ymd(2016, 5, 6)}), 1);
  cr_expect_str_eq(
    json_string_value(json_object_get(
      json_array_get(
        json_object_get(
          json_object_get(
            json_object_get(json_array_get(json_object_get(office.json, "hits"), 0), "fields"),
            "child_name"),
          "values"),
        0),
      "value")),
    "Llŷr");
  cr_expect_eq(mine(officer, (struct search){.upn = TEXT("n669313420068")}), 1);
  cr_expect_eq(
    mine(officer, (struct search){.name = TEXT("Llyr"), .date_of_birth = day_from_ymd(2015, 3, 4)}),
    0);
}

Test(register_on_search, shows_nobody_a_child_that_is_not_theirs)
{
  office_sion(&office, office_actor(&office, "case_officer", 1));
  cr_expect_eq(
    mine(office_actor(&office, "case_officer", 2), (struct search){.name = TEXT("Siôn")}), 0);
  cr_expect_eq(search(office_actor(&office, "safeguarding_lead", 3), "safeguarding_enquiry",
                      (struct search){.name = TEXT("Siôn")}),
               1);
}

Test(register_on_search, never_matches_a_hidden_child_outside_the_circle)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  office_set_level(&office, id, LEVEL_HIDDEN);
  cr_expect_eq(mine(officer, (struct search){.name = TEXT("Siôn")}), 0);
  cr_expect_eq(office.op.commit->entry_count, 1);
  cr_expect(office.op.answer.on_tick);
  cr_expect_str_eq(office_text(office.json, "cursor"), "");
  cr_expect_eq(search(office_actor(&office, "safeguarding_lead", 3), "safeguarding_enquiry",
                      (struct search){.name = TEXT("Siôn")}),
               1);
}

Test(register_on_search, never_finds_a_protected_child_by_a_place)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct search in = {.postcode = TEXT("zz11aa")};

  cr_expect_eq(mine(officer, in), 0, "undecided is protected");
  office_set_level(&office, id, LEVEL_NONE);
  cr_expect_eq(mine(officer, in), 1);
  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  cr_expect_eq(mine(officer, in), 0);
  cr_expect_eq(mine(officer, (struct search){.name = TEXT("Siôn")}), 1);
}

Test(register_on_search, refuses_a_field_that_the_searcher_would_not_be_granted)
{
  struct actor officer = office_actor(&office, "support_officer", 1);

  search(officer, "support_provision", (struct search){.upn = TEXT("N669313420068")});
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_str_eq(office_text(office.json, "rule"), "F-02");
}

Test(register_on_search, wants_something_to_search_for)
{
  mine(office_actor(&office, "case_officer", 1), (struct search){.name = TEXT(" - ")});
  cr_expect_eq(office.op.answer.status, 400);
}

/* ---- my list ---- */

static const char *listed(size_t i, size_t value)
{
  json_t *fields =
    json_object_get(json_array_get(json_object_get(office.json, "entries"), i), "fields");

  return office_text(
    json_array_get(json_object_get(json_object_get(fields, "child_name"), "values"), value),
    "value");
}

static void add_surname(struct actor officer, const char *surname)
{
  struct given values[] = {GIVEN(surname, 0, "")};
  struct given_list list = GIVEN_LIST(values);

  values[0].value.text = (struct personal){surname, strlen(surname)};
  office_child_of(&office, officer, list);
}

Test(register_on_search, lists_a_caseload_by_the_welsh_alphabet_in_pages)
{
  static const char *const surnames[] = {"Rhydderch", "Roberts", "Llywelyn",
                                         "Lowri",     "Ddu",     "Dyfed"};
  static const char *const order[] = {"Dyfed", "Ddu", "Lowri", "Llywelyn", "Roberts", "Rhydderch"};
  struct actor officer = office_actor(&office, "case_officer", 1);
  char cursor[512];

  for (size_t i = 0; i < 6; i++)
    add_surname(officer, surnames[i]);
  OFFICE_RUN(&office, entry_list_assigned(office_op(&office, officer), STR("")));
  for (size_t i = 0; i < 6; i++)
    cr_expect_str_eq(listed(i, 0), order[i]);
  cr_expect_str_eq(office_text(office.json, "cursor"), "");
  cr_expect_eq(office.op.commit->entry_count, 7);

  for (size_t i = 0; i < 16; i++)
    add_surname(officer, "Williams");
  OFFICE_RUN(&office, entry_list_assigned(office_op(&office, officer), STR("")));
  cr_expect_eq(json_array_size(json_object_get(office.json, "entries")), 20);
  snprintf(cursor, sizeof cursor, "%s", office_text(office.json, "cursor"));
  cr_assert_gt(strlen(cursor), 0);
  OFFICE_RUN(&office, entry_list_assigned(office_op(&office, officer), str_from(cursor)));
  cr_expect_eq(json_array_size(json_object_get(office.json, "entries")), 2);
  cr_expect_eq(entry_list_assigned(office_op(&office, office_actor(&office, "case_officer", 2)),
                                   str_from(cursor)),
               ERR_INPUT, "a cursor is for one person");
}
