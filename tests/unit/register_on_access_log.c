/* Who looked: for those to whom a rule grants the history, and for nobody else. */
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

TestSuite(register_on_access_log, .init = begin, .fini = end, .timeout = 60);

Test(register_on_access_log, shows_the_protection_officer_who_looked_at_this_child_and_no_other)
{
  struct actor officer = office_actor(&office, "case_officer", 1),
               auditor = office_actor(&office, "data_protection_officer", 4);
  struct id id = office_sion(&office, officer), other = office_sion(&office, officer);
  json_t *entries;

  OFFICE_RUN(&office, entry_get(office_op(&office, officer), id));
  OFFICE_RUN(&office, entry_get(office_op(&office, officer), other));
  OFFICE_RUN(&office, entry_access_log(office_op(&office, auditor), id, STR("")));
  cr_assert_eq(office.op.answer.status, 200, "%.*s", (int)office.op.answer.body.len,
               office.op.answer.body.ptr);
  entries = json_object_get(office.json, "entries");
  cr_assert_eq(json_array_size(entries), 2);
  cr_expect_str_eq(office_text(json_object_get(json_array_get(entries, 0), "core"), "action"),
                   "entry_view");
  cr_expect_str_eq(office_text(json_object_get(json_array_get(entries, 1), "core"), "action"),
                   "entry_create");
  OFFICE_RUN(&office, entry_access_log(office_op(&office, auditor), id, STR("")));
  cr_expect_eq(json_array_size(json_object_get(office.json, "entries")), 3,
               "looking is an entry too");
}

Test(register_on_access_log, shows_nothing_to_an_officer)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  OFFICE_RUN(&office, entry_access_log(office_op(&office, officer), id, STR("")));
  cr_expect_neq(office.op.answer.status, 200);
}
