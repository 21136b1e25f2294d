/* What waits is shown to whoever may decide on it, with what it takes to decide; never to the one
 * who asked, and never about a child whom they may not know of. */
#include "tests/unit/disclosure_office.h"

static struct held held;

static void begin(void)
{
  held_begin(&held);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_approvals, .init = begin, .fini = end, .timeout = 120);

static struct actor person(const char *role, uint8_t number)
{
  return office_actor(&held.office, role, number);
}

static const char *body(void)
{
  static char text[1 << 16];

  snprintf(text, sizeof text, "%.*s", (int)held.office.op.answer.body.len,
           held.office.op.answer.body.ptr);
  return text;
}

/* How many of a kind; `ret_one` is the last of them. */
static size_t waiting(struct actor actor, const char *kind, json_t **ret_one)
{
  json_t *one;
  size_t i, count = 0;

  OFFICE_RUN(&held.office, approval_list(office_op(&held.office, actor), (struct str){"", 0}));
  cr_assert_eq(held.office.op.answer.status, 200, "%s", body());
  cr_expect(held.office.op.answer.on_tick);
  json_array_foreach(json_object_get(held.office.json, "approvals"), i, one)
  {
    if (strcmp(office_text(one, "kind"), kind) != 0) continue;
    if (ret_one != NULL) *ret_one = one;
    count++;
  }
  return count;
}

/* A disclosure that waits; `ret_disclosure` may be NULL. */
static struct id police_case(struct id *ret_disclosure)
{
  struct id recipient = held_recipient(&held, "police_officer", true);
  struct disclosure in = {.recipient = recipient};

  in.id = office_sion(&held.office, person("case_officer", 1));
  office_set_level(&held.office, in.id, LEVEL_NONE);
  held_relate(&held, in.id, recipient, RELATION_NAMED_CASE);
  in.ask = office_ask(&held.office, "crime_investigation", "child_name date_of_birth");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "statutory_power");
  in.ask.alternatives[0] = (struct ask_alternative){
    .option = {"asked the school", 16}, .why_not = {"it does not know", 16}, .tried = true};
  in.ask.alternative_count = 1;
  OFFICE_RUN(&held.office,
             disclosure_make(office_op(&held.office, person("case_officer", 1)), &in));
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  if (ret_disclosure != NULL)
    cr_assert(id_parse(str_from(office_text(held.office.json, "disclosure")), ret_disclosure));
  return in.id;
}

Test(disclosure_approvals, show_a_disclosure_to_those_whom_the_rule_names)
{
  json_t *one = NULL;

  (void)police_case(NULL);
  cr_assert_eq(waiting(person("safeguarding_lead", 7), "disclosure", &one), 1, "%s", body());
  cr_expect_str_eq(office_text(json_object_get(one, "to"), "role"), "police_officer");
  cr_expect_eq(json_array_size(json_object_get(one, "leaves")), 2);
  cr_expect_not_null(json_object_get(one, "said"));
  cr_expect_not_null(strstr(body(), "ap Rhys"), "the lead's own decision grants the name");
  cr_expect_eq(waiting(person("data_protection_officer", 8), "disclosure", NULL), 1);
  cr_expect_null(strstr(body(), "ap Rhys"), "nothing grants it to them for this");
  cr_expect_eq(waiting(person("case_officer", 1), "disclosure", NULL), 0, "no own request");
  cr_expect_eq(waiting(person("support_officer", 3), "disclosure", NULL), 0);
}

Test(disclosure_approvals, are_nobodys_own_by_a_role_that_came_later)
{
  struct actor officer = person("case_officer", 1);
  struct id disclosure;

  (void)police_case(&disclosure);
  officer.roles |= person("safeguarding_lead", 7).roles;
  cr_expect_eq(waiting(officer, "disclosure", NULL), 0, "%s", body());
  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, officer), disclosure, true));
  cr_expect_eq(held.office.op.answer.status, 409, "%s", body());
}

Test(disclosure_approvals, are_silent_about_a_hidden_child_outside_the_circle)
{
  struct id child = police_case(NULL);
  char nothing[1 << 16];

  office_set_level(&held.office, child, LEVEL_HIDDEN);
  cr_expect_eq(waiting(person("data_protection_officer", 8), "disclosure", NULL), 0, "%s", body());
  snprintf(nothing, sizeof nothing, "%s", body());
  cr_expect_str_eq(nothing, "{\"approvals\":[]}");
}

/* Whoever is told the random id of a disclosure learns no more from it than from a made-up one. */
static void expect_nothing_is_told(struct actor actor, struct id disclosure)
{
  struct id made_up;
  char expected[1 << 16];

  memset(made_up.b, 0x5c, ID_BYTES);
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, actor), made_up));
  snprintf(expected, sizeof expected, "%s", body());
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, actor), disclosure));
  cr_expect_eq(held.office.op.answer.status, 404);
  cr_expect(held.office.op.answer.on_tick);
  cr_expect_str_eq(body(), expected);
  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, actor), disclosure, true));
  cr_expect_eq(held.office.op.answer.status, 404);
  cr_expect_str_eq(body(), expected);
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, actor), disclosure));
  cr_expect_eq(held.office.op.answer.status, 404);
  cr_expect_str_eq(body(), expected);
}

Test(disclosure_approvals, say_nothing_by_its_id_about_a_hidden_child_outside_the_circle)
{
  struct id disclosure, child = police_case(&disclosure);
  struct actor dpo = person("data_protection_officer", 8);

  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, dpo), disclosure));
  cr_assert_eq(held.office.op.answer.status, 200, "before the child is hidden");
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  expect_nothing_is_told(dpo, disclosure);
  expect_nothing_is_told(person("case_officer", 1), disclosure); /* who asked for it */
  expect_nothing_is_told(person("case_officer", 2), disclosure);
}

Test(disclosure_approvals, say_nothing_by_its_id_to_whoever_agreed_before_the_child_was_hidden)
{
  struct id disclosure, child = police_case(&disclosure);
  struct actor dpo = person("data_protection_officer", 8);

  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, dpo), disclosure, true));
  cr_assert_str_eq(office_text(held.office.json, "state"), "released");
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, dpo), disclosure));
  cr_expect_eq(held.office.op.answer.status, 200);
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  expect_nothing_is_told(dpo, disclosure);
}

Test(disclosure_approvals, show_a_lowering_to_another_lead)
{
  struct id child = office_sion(&held.office, person("case_officer", 1));
  struct protection in = {.id = child, .level = LEVEL_CONTACT_PROTECTED, .reason = {"moved", 5}};
  json_t *one = NULL;

  office_set_level(&held.office, child, LEVEL_HIDDEN);
  OFFICE_RUN(&held.office,
             protection_set(office_op(&held.office, person("safeguarding_lead", 7)), &in));
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  cr_expect_eq(waiting(person("safeguarding_lead", 7), "lowering", NULL), 0, "no own request");
  cr_assert_eq(waiting(person("safeguarding_lead", 8), "lowering", &one), 1);
  cr_expect_str_eq(office_text(one, "to_level"), "contact_protected");
  cr_expect_eq(strlen(office_text(one, "entry")), 32);
  cr_expect_eq(waiting(person("case_officer", 1), "lowering", NULL), 0);
}

Test(disclosure_approvals, show_a_recipient_and_the_key_to_another_person)
{
  json_t *one = NULL;

  (void)held_recipient(&held, "police_officer", false);
  cr_expect_eq(waiting(person("data_protection_officer", 31), "recipient", NULL), 0);
  cr_assert_eq(waiting(person("data_protection_officer", 32), "recipient", &one), 1);
  cr_expect_eq(strncmp(office_text(one, "age_key"), "age1", 4), 0);
  cr_expect_eq(waiting(person("case_officer", 1), "recipient", NULL), 0);
}

Test(disclosure_approvals, show_a_relation_to_another_lead)
{
  struct relation in = {
    .relation = STR("receiving"), .evidence = {"Llythyr", 7}, .until = DAY_NONE};
  json_t *one = NULL;

  in.id = office_sion(&held.office, person("case_officer", 1));
  in.recipient = held_recipient(&held, "other_la_officer", true);
  office_set_level(&held.office, in.id, LEVEL_NONE);
  OFFICE_RUN(&held.office,
             relation_make(office_op(&held.office, person("safeguarding_lead", 7)), &in));
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  cr_expect_eq(waiting(person("safeguarding_lead", 7), "relation", NULL), 0, "no own request");
  cr_assert_eq(waiting(person("safeguarding_lead", 8), "relation", &one), 1);
  cr_expect_str_eq(office_text(one, "evidence"), "Llythyr");
}

Test(disclosure_approvals, go_on_behind_a_page_and_only_when_there_is_something)
{
  for (int i = 0; i < 21; i++)
    (void)held_recipient(&held, "police_officer", false);
  cr_expect_eq(waiting(person("data_protection_officer", 32), "recipient", NULL), 20);
  cr_expect_gt(strlen(office_text(held.office.json, "cursor")), 0);
  char cursor[600];
  snprintf(cursor, sizeof cursor, "%s", office_text(held.office.json, "cursor"));
  OFFICE_RUN(&held.office,
             approval_list(office_op(&held.office, person("data_protection_officer", 32)),
                           str_from(cursor)));
  cr_expect_eq(json_array_size(json_object_get(held.office.json, "approvals")), 1);
  cr_expect_null(json_object_get(held.office.json, "cursor"));
}
