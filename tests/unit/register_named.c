/* Named workers: two people let one in, for one child and for a time, and nobody else is told. */
#include "tests/unit/register_staff.h"

TestSuite(register_named, .init = begin, .fini = end, .timeout = 120);

static struct actor lead, deputy, worker;
static struct id child;

/* A hidden child, whose officer is outside the circle. */
static void people(void)
{
  office_clock_us = OFFICE_NOW_US;
  lead = office_actor(&office, "safeguarding_lead", 1);
  deputy = office_actor(&office, "safeguarding_lead", 2);
  add("cara.pugh", "case_officer");
  worker = signed_in("cara.pugh");
  child = office_sion(&office, office_actor(&office, "case_officer", 3));
  office_set_level(&office, child, LEVEL_HIDDEN);
}

static const char *body(void)
{
  static char text[4096];

  snprintf(text, sizeof text, "%.*s", (int)office.op.answer.body.len, office.op.answer.body.ptr);
  return text;
}

static int name(struct actor actor, const char *until, struct id *ret_id)
{
  struct named_worker in = {.id = child,
                            .officer = STR("cara.pugh"),
                            .purpose = STR("register_maintenance"),
                            .reason = {"serves the family", 17},
                            .until = DAY_NONE};

  if (until != NULL) cr_assert(day_parse(str_from(until), &in.until));
  enum err err = named_worker_make(office_op(&office, actor), &in);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(office_submit(&office), OK);
  if (ret_id != NULL)
    cr_assert(id_parse(str_from(office_text(office.json, "id")), ret_id), "%s", body());
  return office.op.answer.status;
}

static int approve(struct actor actor, struct id id, bool agrees)
{
  OFFICE_RUN(&office, named_worker_approve(office_op(&office, actor), id, agrees));
  return office.op.answer.status;
}

static int view(struct actor actor)
{
  struct entry_ask in = {.id = child,
                         .ask = office_ask(&office, "register_maintenance", "child_name")};

  OFFICE_RUN(&office, entry_view(office_op(&office, actor), &in));
  return office.op.answer.status;
}

Test(register_named, lets_a_worker_in_once_a_second_person_agrees)
{
  struct id id;

  people();
  cr_expect_eq(view(worker), 404, "outside the circle");
  cr_assert_eq(name(lead, NULL, &id), 202, "%s", body());
  cr_expect_str_eq(office_text(office.json, "until"), "2027-01-25", "twelve weeks");
  cr_expect_eq(view(worker), 404, "one person lets nobody in");
  cr_expect_eq(approve(lead, id, true), 409, "who proposed");
  cr_expect_eq(approve(worker, id, true), 403);
  worker.roles |= lead.roles;
  cr_expect_eq(approve(worker, id, true), 409, "the worker, with whatever role");
  worker = signed_in("cara.pugh");
  cr_assert_eq(approve(deputy, id, true), 200, "%s", body());
  cr_expect_eq(view(worker), 200, "%s", body());
  cr_expect_eq(approve(deputy, id, true), 200, "done again");
  cr_expect_eq(approve(deputy, id, false), 409, "it is in force");
  OFFICE_RUN(&office, named_worker_list(office_op(&office, deputy), child));
  cr_expect_eq(json_array_size(json_object_get(office.json, "named_workers")), 1);
  OFFICE_RUN(&office, named_worker_list(office_op(&office, worker), child));
  cr_expect_eq(office.op.answer.status, 403);
}

Test(register_named, ends_by_its_day_and_earlier_by_the_lead)
{
  struct id id;

  people();
  cr_assert_eq(name(lead, "2026-11-09", &id), 202);
  cr_assert_eq(approve(deputy, id, true), 200);
  cr_expect_eq(view(worker), 200);
  office_clock_us += INT64_C(8) * 24 * 3600 * 1000000;
  worker = signed_in("cara.pugh");
  cr_expect_eq(view(worker), 404, "its day has passed");
  cr_assert_eq(name(lead, NULL, &id), 202, "renewed, by two people again");
  cr_assert_eq(approve(deputy, id, true), 200);
  cr_expect_eq(view(worker), 200);
  OFFICE_RUN(&office, named_worker_end(office_op(&office, lead), id));
  cr_expect_eq(view(worker), 404);
  OFFICE_RUN(&office, named_worker_end(office_op(&office, lead), id));
  cr_expect_eq(office.op.answer.status, 404, "it is gone");
  office_clock_us = OFFICE_NOW_US;
}

Test(register_named, is_refused_for_too_long_for_a_conflict_and_for_a_made_up_child)
{
  struct named_worker in = {.officer = STR("cara.pugh"), .reason = {"x", 1}, .until = DAY_NONE};
  struct conflict conflict = {.officer = STR("cara.pugh")};
  char absent[4096];

  people();
  cr_expect_eq(name(lead, "2027-01-26", NULL), 400, "%s", body());
  cr_expect_eq(name(lead, "2026-11-01", NULL), 400, "a day that has passed");
  cr_expect_eq(name(worker, NULL, NULL), 403);
  conflict.id = child;
  OFFICE_RUN(&office, conflict_make(office_op(&office, lead), &conflict));
  cr_expect_eq(name(lead, NULL, NULL), 409, "%s", body());
  memset(in.id.b, 0x5c, ID_BYTES);
  OFFICE_RUN(&office, named_worker_make(office_op(&office, lead), &in));
  snprintf(absent, sizeof absent, "%s", body());
  cr_expect_eq(office.op.answer.status, 404);
  OFFICE_RUN(&office, named_worker_approve(office_op(&office, lead), child, true));
  cr_expect_str_eq(body(), absent, "the id of a child is no proposal");
}

Test(register_named, is_looked_at_again_when_the_second_person_agrees)
{
  struct conflict conflict = {.officer = STR("cara.pugh")};
  struct id id;

  people();
  cr_assert_eq(name(lead, NULL, &id), 202);
  conflict.id = child;
  OFFICE_RUN(&office, conflict_make(office_op(&office, lead), &conflict));
  cr_expect_eq(approve(deputy, id, true), 409, "a conflict since: %s", body());
  cr_expect_eq(view(worker), 404);
}

Test(register_named, leaves_an_assignment_that_it_did_not_make)
{
  struct assignment own = {.officer = STR("cara.pugh"), .from = DAY_NONE};
  struct id id;

  people();
  own.id = child;
  cr_assert(day_parse(STR("2027-01-25"), &own.until));
  office_set_level(&office, child, LEVEL_NONE);
  OFFICE_RUN(&office, assignment_make(
                        office_op(&office, office_actor(&office, "head_of_service", 6)), &own));
  cr_assert_eq(office.op.answer.status, 201, "%s", body());
  cr_assert_eq(name(lead, NULL, &id), 202);
  OFFICE_RUN(&office, named_worker_end(office_op(&office, lead), id));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_eq(view(worker), 200, "still assigned: %s", body());
  cr_assert_eq(name(lead, NULL, &id), 202);
  cr_assert_eq(approve(deputy, id, true), 200, "%s", body());
  OFFICE_RUN(&office, named_worker_end(office_op(&office, lead), id));
  cr_expect_eq(view(worker), 200, "still assigned: %s", body());
}

Test(register_named, waits_among_the_approvals_of_the_second_person)
{
  people();
  cr_assert_eq(name(lead, NULL, NULL), 202);
  OFFICE_RUN(&office, approval_list(office_op(&office, deputy), STR("")));
  json_t *one = json_array_get(json_object_get(office.json, "approvals"), 0);
  cr_expect_str_eq(office_text(one, "kind"), "named_worker", "%s", body());
  cr_expect_str_eq(office_text(one, "officer"), "cara.pugh");
  OFFICE_RUN(&office, approval_list(office_op(&office, lead), STR("")));
  cr_expect_eq(json_array_size(json_object_get(office.json, "approvals")), 0);
}
