/* What somebody agreed to is bound to who asked, for whom, about which child, for what purpose and
 * which fields: with any of these altered it is worth nothing. And it does not wait for ever. */
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct id recipient;

static void begin(void)
{
  held_begin(&held);
  recipient = held_recipient(&held, "police_officer", true);
}

static void end(void)
{
  office_clock_us = OFFICE_NOW_US;
  held_end(&held);
}

TestSuite(disclosure_binding, .init = begin, .fini = end, .timeout = 120);

static struct actor person(const char *role, uint8_t number)
{
  return office_actor(&held.office, role, number);
}

static struct id a_child(void)
{
  struct id id = office_sion(&held.office, person("case_officer", 1));

  office_set_level(&held.office, id, LEVEL_NONE);
  held_relate(&held, id, recipient, RELATION_NAMED_CASE);
  return id;
}

static struct disclosure asked(struct id child, const char *purpose, const char *fields)
{
  struct disclosure in = {
    .id = child, .recipient = recipient, .ask = office_ask(&held.office, purpose, fields)};

  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "statutory_power");
  in.ask.alternatives[0] = (struct ask_alternative){
    .option = {"asked the school", 16}, .why_not = {"it does not know", 16}, .tried = true};
  in.ask.alternative_count = 1;
  return in;
}

/* *ret_id may be NULL. */
static int make(struct actor actor, const struct disclosure *in, struct id *ret_id)
{
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, actor), in));
  if (ret_id != NULL)
    cr_assert(id_parse(str_from(office_text(held.office.json, "disclosure")), ret_id));
  return held.office.op.answer.status;
}

static int approve(struct actor actor, struct id id)
{
  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, actor), id, true));
  return held.office.op.answer.status;
}

static void expect_waits(struct actor actor, const struct disclosure *in, const char *altered)
{
  cr_expect_eq(make(actor, in, NULL), 202, "%s", altered);
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending", "%s", altered);
  cr_expect_eq(json_integer_value(json_object_get(held.office.json, "agreed")), 0, "%s", altered);
}

Test(disclosure_binding, makes_an_agreement_worthless_for_anything_else)
{
  static const char fields[] = "child_name date_of_birth";
  struct id child = a_child(), other = a_child(), id;
  struct disclosure in = asked(child, "crime_investigation", fields), else_one;
  struct actor officer = person("case_officer", 1);

  cr_assert_eq(make(officer, &in, &id), 202);
  cr_assert_eq(approve(person("safeguarding_lead", 7), id), 200);
  cr_assert_str_eq(office_text(held.office.json, "state"), "released");
  expect_waits(officer, &in, "asked anew");
  else_one = asked(child, "crime_investigation", "child_name date_of_birth home_address");
  expect_waits(officer, &else_one, "a field more");
  else_one = asked(other, "crime_investigation", fields);
  expect_waits(officer, &else_one, "another child");
  expect_waits(person("safeguarding_lead", 8), &in, "another requester");
  else_one = in;
  else_one.recipient = held_recipient(&held, "police_officer", true);
  held_relate(&held, child, else_one.recipient, RELATION_NAMED_CASE);
  expect_waits(officer, &else_one, "another recipient");
}

Test(disclosure_binding, does_not_outlive_the_policy)
{
  struct disclosure in = asked(a_child(), "crime_investigation", "child_name");
  struct id id;

  cr_assert_eq(make(person("case_officer", 1), &in, &id), 202);
  held.office.reg->policy_version[0] ^= 1;
  cr_expect_eq(approve(person("safeguarding_lead", 7), id), 404, "under another policy");
  held.office.reg->policy_version[0] ^= 1;
  cr_expect_eq(approve(person("safeguarding_lead", 7), id), 200);
}

Test(disclosure_binding, ends_by_itself_and_says_so)
{
  struct disclosure in = asked(a_child(), "crime_investigation", "child_name");
  struct actor officer = person("case_officer", 1), lead = person("safeguarding_lead", 7);
  struct id id;

  cr_assert_eq(make(officer, &in, &id), 202);
  office_clock_us += INT64_C(29) * 24 * 3600 * 1000000;
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, officer), id));
  cr_assert_eq(held.office.op.answer.status, 200, "%.*s", (int)held.office.op.answer.body.len,
               held.office.op.answer.body.ptr);
  cr_expect_str_eq(office_text(held.office.json, "state"), "expired");
  cr_expect_eq(approve(lead, id), 409, "nothing is approved by time, nor after it");
  OFFICE_RUN(&held.office, approval_list(office_op(&held.office, lead), (struct str){"", 0}));
  cr_expect_eq(json_array_size(json_object_get(held.office.json, "approvals")), 0);
}
