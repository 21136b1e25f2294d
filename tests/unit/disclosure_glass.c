/* Breaking the glass: one child, the short list, never for a conflict, and never untold. */
#include "register/notice.h"
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct signer *signer;

#define ADDRESS "1 Stryd yr Enghraifft, Tref-y-Data"

static struct actor lead(uint8_t number)
{
  return office_actor(&held.office, "safeguarding_lead", number);
}

static void begin(void)
{
  held_begin(&held);
  held_enrol(&held, lead(1), &signer);
}

static void end(void)
{
  signer_free(&signer);
  held_end(&held);
}

TestSuite(disclosure_glass, .init = begin, .fini = end, .timeout = 120);

static struct id child_of_level(enum level level)
{
  struct id child = office_sion(&held.office, office_actor(&held.office, "case_officer", 9));

  office_set_level(&held.office, child, level);
  return child;
}

static struct ask danger(const char *fields)
{
  struct ask ask = office_ask(&held.office, "immediate_protection", fields);

  ask.said.urgency = office_word(&held.office, POLICY_URGENCY, "imminent_danger");
  ask.said.basis = office_word(&held.office, POLICY_BASIS, "vital_interests");
  return ask;
}

static int view(struct actor actor, struct id child, const struct ask *ask)
{
  struct entry_ask in = {.id = child, .ask = *ask};

  OFFICE_RUN(&held.office, entry_view(office_op(&held.office, actor), &in));
  return held.office.op.answer.status;
}

static size_t notices(void)
{
  struct notice_counts counts;

  notice_counts(held.office.reg, &counts);
  return counts.waiting;
}

Test(disclosure_glass, gives_the_short_list_of_a_hidden_child_and_tells_of_it)
{
  struct id child = child_of_level(LEVEL_HIDDEN);
  struct ask ask = danger("child_name home_address religion");
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];

  cr_assert_eq(view(office_actor(&held.office, "social_worker", 5), child, &ask), 200, "%.*s",
               (int)held.office.op.answer.body.len, held.office.op.answer.body.ptr);
  cr_expect(office_grants(&held.office, "child_name"));
  cr_expect_not(office_grants(&held.office, "religion"));
  cr_expect_str_eq(office_text(held.office.json, "ends"), "2026-11-02T16:00:00Z");
  cr_expect_eq(notices(), 1);
  cr_assert_eq(view(lead(1), child, &ask), 200);
  cr_expect_eq(notices(), 2, "each time anew");
  struct ticket ticket = held_ticket(&held, text);
  cr_expect_eq(ticket.act, TICKET_BREAK_GLASS);
  cr_expect_leq(ticket.expiry.us, OFFICE_NOW_US + INT64_C(4) * 3600 * 1000000);
  held_sign(&ticket, TICKET_REQUESTS, signer, signature);
  cr_assert_eq(held_use(&held, lead(1), text, signature), OK);
  cr_expect_str_eq(office_value(&held.office, "home_address", 0), ADDRESS);
}

Test(disclosure_glass, does_not_break_for_a_conflict_an_absent_child_or_without_danger)
{
  struct item item = {.kind = ITEM_CONFLICT, .subject = lead(1).account, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_CONFLICT};
  struct ask ask = danger("child_name"), calm = ask, two = ask;
  struct id absent;

  memset(absent.b, 0x5c, ID_BYTES);
  item.record = child_of_level(LEVEL_NONE);
  struct op *op = office_op(&held.office, lead(1));
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_item_put(op, &item, NULL, (struct personal){"", 0}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&held.office), OK);
  cr_expect_eq(view(lead(1), item.record, &ask), 404);
  cr_expect_eq(view(lead(2), absent, &ask), 404);
  calm.said.urgency = office_word(&held.office, POLICY_URGENCY, "routine");
  cr_expect_eq(view(lead(2), item.record, &calm), 403);
  two.said.purposes |=
    POLICY_BIT(office_word(&held.office, POLICY_PURPOSE, "safeguarding_enquiry"));
  cr_expect_eq(view(lead(2), item.record, &two), 403, "with another purpose it is no emergency");
  cr_expect_eq(view(office_actor(&held.office, "case_officer", 9), item.record, &ask), 403);
  cr_expect_eq(notices(), 1, "of the conflict alone");
}

Test(disclosure_glass, changes_nothing)
{
  struct id child = child_of_level(LEVEL_NONE);
  struct entry_change in = {.id = child, .ask = danger("child_name")};
  struct given given = {.field = FIELD_surname,
                        .value = {.state = VALUE_AS_GIVEN, .text = {"Arall", 5}}};
  struct ask ask = danger("child_name");
  char etag[36];

  cr_assert_eq(view(lead(1), child, &ask), 200);
  snprintf(etag, sizeof etag, "\"%s\"", held.office.op.answer.etag);
  in.values = (struct given_list){&given, 1};
  struct op *op = office_op(&held.office, lead(1));
  op->if_match = str_from(etag);
  OFFICE_RUN(&held.office, entry_patch(op, &in));
  cr_expect_eq(held.office.op.answer.status, 403, "%.*s", (int)held.office.op.answer.body.len,
               held.office.op.answer.body.ptr);
}

Test(disclosure_glass, tells_of_what_goes_to_the_police)
{
  struct disclosure in = {.ask = danger("child_name date_of_birth")};
  struct actor officer = office_actor(&held.office, "case_officer", 9);

  in.id = child_of_level(LEVEL_NONE);
  in.recipient = held_recipient(&held, "police_officer", true);
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, officer), &in));
  cr_assert_eq(held.office.op.answer.status, 201, "%.*s", (int)held.office.op.answer.body.len,
               held.office.op.answer.body.ptr);
  cr_expect_eq(notices(), 1);
  OFFICE_RUN(&held.office, notice_list(office_op(&held.office, lead(2)), (struct str){"", 0}));
  json_t *one = json_array_get(json_object_get(held.office.json, "notices"), 0);
  cr_expect_str_eq(office_text(json_object_get(one, "said"), "to"), "A. Derbynnydd");
  cr_expect_str_eq(office_text(one, "words"),
                   "each field answers a question that has to be answered");
}
