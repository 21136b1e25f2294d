/* What the safeguarding leads are told where a rule obliges to it, and that nobody who asks can
 * tell whether they were. */
#include "register/notice.h"
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct actor officer, lead, deputy;
static struct id child, nobody;

static void begin(void)
{
  held_begin(&held);
  officer = office_actor(&held.office, "case_officer", 1);
  lead = office_actor(&held.office, "safeguarding_lead", 2);
  deputy = office_actor(&held.office, "safeguarding_lead", 3);
  child = office_sion(&held.office, officer);
  memset(nobody.b, 0x5c, ID_BYTES);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_leads, .init = begin, .fini = end, .timeout = 120);

static const char *body(void)
{
  static char text[1 << 14];

  snprintf(text, sizeof text, "%.*s", (int)held.office.op.answer.body.len,
           held.office.op.answer.body.ptr);
  return text;
}

/* How many notices of this kind this person has; -1: one of another kind is there too. */
static int told(struct actor actor, const char *kind)
{
  json_t *notices;
  int count = 0;

  OFFICE_RUN(&held.office, notice_list(office_op(&held.office, actor), (struct str){"", 0}));
  cr_assert_eq(held.office.op.answer.status, 200, "%s", body());
  notices = json_object_get(held.office.json, "notices");
  for (size_t i = 0; i < json_array_size(notices); i++) {
    if (strcmp(office_text(json_array_get(notices, i), "kind"), kind) != 0) return -1;
    count++;
  }
  return count;
}

static void give_conflict(struct actor actor)
{
  struct item item = {
    .kind = ITEM_CONFLICT, .record = child, .subject = actor.account, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_CONFLICT};
  struct op *op = office_op(&held.office, lead);

  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_item_put(op, &item, NULL, (struct personal){"", 0}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&held.office), OK);
}

/* The body of the answer, once it was seen that its commit changes as much as any other: one thing,
 * kept or not. */
static void expect_generic(char ret_body[static 1024])
{
  const struct change *change = held.office.op.commit->changes;

  cr_expect_eq(held.office.op.answer.status, 404, "%s", body());
  cr_expect(held.office.op.answer.on_tick);
  cr_assert_not_null(change, "a generic answer that changes nothing leaves sooner");
  cr_expect_null(change->next);
  cr_expect_eq(held.office.op.commit->entry_count, 1);
  cr_assert_lt(snprintf(ret_body, 1024, "%.1023s", body()), 1023, "cut off");
}

static void view_short(struct actor actor, struct id id, char ret_body[static 1024])
{
  cr_assert_eq(entry_get(office_op(&held.office, actor), id), OK);
  cr_assert_eq(office_submit(&held.office), OK);
  expect_generic(ret_body);
}

static void view(struct actor actor, struct id id, char ret_body[static 1024])
{
  struct entry_ask in = {.id = id,
                         .ask = office_ask(&held.office, "register_maintenance", "child_name")};
  struct op *op = office_op(&held.office, actor);

  cr_assert_eq(entry_view(op, &in), OK);
  cr_assert_eq(office_submit(&held.office), OK);
  expect_generic(ret_body);
}

Test(disclosure_leads, are_told_of_a_conflict_once_while_it_waits)
{
  char held_body[1024], absent_body[1024];

  office_set_level(&held.office, child, LEVEL_NONE);
  give_conflict(officer);
  view(officer, nobody, absent_body);
  cr_expect_eq(told(lead, "conflict"), 0);
  view(officer, child, held_body);
  cr_expect_str_eq(held_body, absent_body);
  cr_expect_eq(told(lead, "conflict"), 1);
  view(officer, child, held_body);
  cr_expect_eq(told(lead, "conflict"), 1, "one while it waits");
  cr_expect_eq(told(officer, "conflict"), 0);
}

Test(disclosure_leads, never_are_the_one_it_is_about)
{
  struct disclosure in = {.id = child, .recipient = held_recipient(&held, "parent", true)};
  char answer[1024];

  office_set_level(&held.office, child, LEVEL_NONE);
  give_conflict(lead);
  in.ask = office_ask(&held.office, "subject_access", "child_name");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "data_subject_right");
  cr_assert_eq(disclosure_make(office_op(&held.office, lead), &in), OK);
  cr_assert_eq(office_submit(&held.office), OK);
  expect_generic(answer);
  cr_expect_eq(told(lead, "conflict"), 0);
  cr_expect_eq(told(deputy, "conflict"), 1);
}

Test(disclosure_leads, are_told_who_asks_for_a_child_hidden_from_them)
{
  struct disclosure in = {.recipient = held_recipient(&held, "parent", true)};
  char bodies[2][1024];

  office_hide_from(&held.office, child, in.recipient);
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  in.ask = office_ask(&held.office, "subject_access", "child_name");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "data_subject_right");
  for (int i = 0; i < 2; i++) {
    in.id = i == 0 ? nobody : child;
    cr_assert_eq(disclosure_make(office_op(&held.office, officer), &in), OK);
    cr_assert_eq(office_submit(&held.office), OK);
    expect_generic(bodies[i]);
    cr_expect_eq(told(lead, "against_requester"), i);
  }
  cr_expect_str_eq(bodies[0], bodies[1]);
  json_t *notice = json_array_get(json_object_get(held.office.json, "notices"), 0);
  cr_expect_str_eq(office_text(json_object_get(notice, "said"), "to"), "A. Derbynnydd");
}

Test(disclosure_leads, are_told_of_the_short_view_too)
{
  struct actor other = office_actor(&held.office, "case_officer", 5);
  char held_body[1024], absent_body[1024];

  office_hide_from(&held.office, child, other.account);
  office_set_level(&held.office, child, LEVEL_HIDDEN);
  view_short(other, nobody, absent_body);
  cr_expect_eq(told(lead, "against_requester"), 0);
  view_short(other, child, held_body);
  cr_expect_str_eq(held_body, absent_body);
  cr_expect_eq(told(lead, "against_requester"), 1);
}

Test(disclosure_leads, are_told_of_a_court_order_about_a_shielded_child)
{
  struct id court = held_recipient(&held, "court", true);
  struct disclosure in = {.id = child, .recipient = court};

  office_set_level(&held.office, child, LEVEL_CONTACT_PROTECTED);
  held_relate(&held, child, court, RELATION_ORDER_NAMES_FIELDS);
  in.ask = office_ask(&held.office, "court_order", "child_name");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "court_order");
  in.ask.said.order_fields = in.ask.said.asked;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, lead), &in));
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  cr_expect_eq(told(deputy, "court_order"), 1);
  cr_expect_eq(told(lead, "court_order"), 0, "it is their own");
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, deputy), &in));
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  cr_expect_eq(told(lead, "court_order"), 1, "of the second lead's own");
  cr_expect_eq(told(deputy, "court_order"), 1);
}
