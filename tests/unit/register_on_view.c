/* A view: what a rule grants, in its form, and nothing of it for anybody else. */
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

TestSuite(register_on_view, .init = begin, .fini = end, .timeout = 60);

static void view(struct actor actor, struct id id, const char *purpose, const char *fields)
{
  struct entry_ask in = {.id = id, .ask = office_ask(&office, purpose, fields)};

  OFFICE_RUN(&office, entry_view(office_op(&office, actor), &in));
}

Test(register_on_view, gives_an_assigned_officer_what_the_rule_grants)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  office_set_level(&office, id, LEVEL_NONE);
  view(officer, id, "register_maintenance",
       "child_name date_of_birth home_address resident_parent_name health_needs");
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_str_eq(office_text(office.json, "outcome"), "partial");
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Siôn");
  cr_expect_str_eq(office_value(&office, "child_name", 1), "ap Rhys");
  cr_expect_str_eq(office_value(&office, "date_of_birth", 0), "2015-03-04");
  cr_expect_str_eq(office_value(&office, "home_address", 0), "1 Stryd yr Enghraifft, Tref-y-Data");
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "Mair ap Rhys");
  cr_expect_not(office_grants(&office, "health_needs"));
  cr_expect_str_eq(office_withheld(&office, "health_needs"), "F-02");
  cr_expect_eq(strlen(office.op.answer.etag), 32);
}

Test(register_on_view, treats_an_undecided_child_as_protected)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  view(officer, id, "register_maintenance", "child_name home_address");
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Siôn");
  cr_expect_str_eq(office_withheld(&office, "home_address"), "F-05");
  cr_expect_null(strstr(office.op.answer.body.ptr, "Enghraifft, Tref"));
}

Test(register_on_view, opens_nothing_that_was_not_granted)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  uint64_t before;

  before = office_opened(&office, OPENED_GRANTED);
  view(officer, id, "register_maintenance", "child_name home_address");
  cr_expect_eq(office_opened(&office, OPENED_GRANTED) - before, 4,
               "the four fields of child_name and no more");
}

Test(register_on_view, answers_every_id_that_is_not_the_askers_with_the_same_bytes)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct actor stranger = office_actor(&office, "case_officer", 2);
  struct id held = office_sion(&office, officer), made_up;
  char first[2048];
  size_t len;

  memset(made_up.b, 0x5c, ID_BYTES);
  view(stranger, made_up, "register_maintenance", "child_name");
  cr_assert_eq(office.op.answer.status, 404);
  cr_expect(office.op.answer.on_tick);
  cr_expect_eq(office.op.commit->entry_count, 1);
  len = office.op.answer.body.len;
  cr_assert_lt(len, sizeof first);
  memcpy(first, office.op.answer.body.ptr, len);

  view(stranger, held, "register_maintenance", "child_name");
  cr_expect_eq(office.op.answer.body.len, len);
  cr_expect_arr_eq(office.op.answer.body.ptr, first, len);
  cr_expect_eq(office.op.commit->entry_count, 1);

  office_set_level(&office, held, LEVEL_HIDDEN);
  view(officer, held, "register_maintenance", "child_name");
  cr_expect_eq(office.op.answer.status, 404);
  cr_expect_arr_eq(office.op.answer.body.ptr, first, len);
  cr_expect(office.op.answer.on_tick);
}

Test(register_on_view, names_the_rule_where_the_request_alone_is_refused)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct entry_ask in = {.id = id, .ask = office_ask(&office, "marketing", "child_name")};

  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &in));
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_str_eq(office_text(office.json, "rule"), "F-04");

  in.ask = office_ask(&office, "register_maintenance", "child_name");
  in.ask.said.basis = POLICY_NO_WORD;
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &in));
  cr_expect_eq(office.op.answer.status, 403);
  cr_expect_str_eq(office_text(office.json, "rule"), "F-01");
}

Test(register_on_view, says_why_in_the_language_asked_for)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct entry_ask in = {.id = id, .ask = office_ask(&office, "marketing", "child_name")};
  struct op *op = office_op(&office, officer);

  op->lang = LANG_CY;
  OFFICE_RUN(&office, entry_view(op, &in));
  cr_expect_str_eq(office_text(office.json, "detail"),
                   "Ni ddefnyddir y gofrestr byth at y diben hwn.");
}

Test(register_on_view, gives_a_short_view_for_the_assignment_and_no_other)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);

  OFFICE_RUN(&office, entry_get(office_op(&office, officer), id));
  cr_assert_eq(office.op.answer.status, 200);
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Siôn");
  cr_expect_str_eq(office_value(&office, "on_register", 0), "yes");
  OFFICE_RUN(&office, entry_get(office_op(&office, office_actor(&office, "case_officer", 2)), id));
  cr_expect_eq(office.op.answer.status, 404);
}

Test(register_on_view, lists_what_lies_in_custody_for_the_circle)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct actor lead = office_actor(&office, "safeguarding_lead", 3);
  struct id id = office_sion(&office, officer);
  json_t *custody;

  office_set_level(&office, id, LEVEL_CONTACT_PROTECTED);
  view(lead, id, "safeguarding_enquiry", "child_name home_address shield_exists");
  cr_assert_eq(office.op.answer.status, 200, "%.*s", (int)office.op.answer.body.len,
               office.op.answer.body.ptr);
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Siôn");
  cr_expect_str_eq(office_value(&office, "shield_exists", 0), "contact_protected");
  custody = json_object_get(json_object_get(json_object_get(office.json, "fields"), "home_address"),
                            "in_custody");
  cr_expect_str_eq(json_string_value(json_array_get(custody, 0)), "home_address");
  cr_expect_str_eq(office_value(&office, "home_address", 0), "");
}

Test(register_on_view, names_the_missing_step_before_an_order)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  struct actor both = officer;
  json_t *steps;

  both.roles |= POLICY_BIT(office_word(&office, POLICY_ROLE, "attendance_officer"));
  view(both, id, "school_attendance_order", "child_name");
  cr_assert_eq(office.op.answer.status, 403);
  cr_expect_str_eq(office_text(office.json, "rule"), "F-11");
  steps = json_object_get(office.json, "missing_steps");
  cr_expect_gt(json_array_size(steps), 0);
  cr_expect_str_eq(office_text(json_array_get(steps, 0), "step"), "offer_support_first");
}

Test(register_on_view, has_an_etag_that_moves_only_with_what_is_seen)
{
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id id = office_sion(&office, officer);
  char first[33];

  view(officer, id, "register_maintenance", "child_name");
  memcpy(first, office.op.answer.etag, sizeof first);
  office_set_level(&office, id, LEVEL_NONE);
  view(officer, id, "register_maintenance", "child_name");
  cr_expect_str_eq(office.op.answer.etag, first);
  view(officer, id, "register_maintenance", "child_name date_of_birth");
  cr_expect_str_neq(office.op.answer.etag, first);
}
