/* Nothing is shared that was not weighed: each part has to be there, in closed words where there
 * are such, and what is said to harm the child more stays. */
#include "register/weighing.h"
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

TestSuite(disclosure_weighing, .init = begin, .fini = end, .timeout = 120);

static const char *body(void)
{
  static char text[1 << 16];
  struct str said = held.office.op.answer.body;

  snprintf(text, sizeof text, "%.*s", (int)said.len, said.ptr);
  return text;
}

/* `weighing` in the place of a whole one; what came back is in held.office.json. */
static int weighed_as(const struct weighing *weighing)
{
  struct actor officer = office_actor(&held.office, "case_officer", 1);
  struct disclosure in = {.recipient = held_recipient(&held, "other_la_officer", true)};

  in.id = office_sion(&held.office, officer);
  office_set_level(&held.office, in.id, LEVEL_NONE);
  held_relate(&held, in.id, in.recipient, RELATION_RECEIVING);
  in.ask = office_ask(&held.office, "transfer_between_las", "child_name date_of_birth");
  in.ask.weighing = weighing;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, officer), &in));
  return held.office.op.answer.status;
}

static bool lacks(const char *pointer)
{
  json_t *one;
  size_t i;

  json_array_foreach(json_object_get(held.office.json, "lacking"), i, one)
  {
    if (strcmp(json_string_value(one), pointer) == 0) return true;
  }
  return false;
}

Test(disclosure_weighing, takes_nothing_that_was_not_weighed)
{
  cr_assert_eq(weighed_as(NULL), 400, "%s", body());
  cr_expect(lacks("/proportionality/aim"));
  cr_expect(lacks("/proportionality/connection"));
  cr_expect(lacks("/proportionality/balance/harm_if_not_shared"));
  cr_expect(lacks("/proportionality/review_by"));
  cr_expect_not(lacks("/alternatives"), "none was given, and the rules ask for none here");
  cr_expect_eq(json_array_size(json_object_get(held.office.json, "fields")), 2);
}

Test(disclosure_weighing, takes_no_weighing_with_a_part_missing)
{
  const struct weighing whole = *office_weighing(&held.office);
  static const struct personal nothing;
  struct weighing parts[9];

  for (size_t i = 0; i < 9; i++)
    parts[i] = whole;
  parts[0].aim = WEIGHING_NOT_SAID;
  parts[1].aim_text = nothing;
  parts[2].connection_count = 0;
  parts[3].interference = WEIGHING_NOT_SAID;
  parts[4].affected = 0;
  parts[5].child_view = weighing_word(WEIGHING_CHILD_VIEW, STR("not_sought"));
  parts[6].harm_if_shared = (struct personal){" \n", 2};
  parts[7].more_harm = WEIGHING_NOT_SAID;
  parts[8].review_by = day_from_ymd(2020, 1, 1);
  for (size_t i = 0; i < 9; i++) {
    cr_expect_eq(weighed_as(&parts[i]), 400, "%zu: %s", i, body());
    cr_expect_eq(json_array_size(json_object_get(held.office.json, "lacking")), 1, "%zu: %s", i,
                 body());
  }
}

Test(disclosure_weighing, shares_nothing_that_is_said_to_harm_the_child_more)
{
  struct weighing weighing = *office_weighing(&held.office);

  weighing.more_harm = weighing_word(WEIGHING_MORE_HARM, STR("yes"));
  weighing.judgement = (struct personal){"all the same", 12};
  cr_expect_eq(weighed_as(&weighing), 403, "%s", body());
  weighing.more_harm = weighing_word(WEIGHING_MORE_HARM, STR("no"));
  cr_expect_eq(weighed_as(&weighing), 201, "%s", body());
}

Test(disclosure_weighing, of_other_words_is_another_request_under_the_same_key)
{
  struct weighing weighing = *office_weighing(&held.office);
  struct actor officer = office_actor(&held.office, "case_officer", 1);
  struct disclosure in = {.recipient = held_recipient(&held, "other_la_officer", true)};

  in.id = office_sion(&held.office, officer);
  office_set_level(&held.office, in.id, LEVEL_NONE);
  held_relate(&held, in.id, in.recipient, RELATION_RECEIVING);
  in.ask = office_ask(&held.office, "transfer_between_las", "child_name");
  in.ask.weighing = &weighing;
  for (int i = 0; i < 3; i++) {
    struct op *op = office_op(&held.office, officer);

    op->has_idempotency = true;
    memset(op->idempotency.b, 0x77, ID_BYTES);
    if (i == 2) weighing.harm_if_shared = (struct personal){"something else", 14};
    enum err err = disclosure_make(op, &in);
    cr_expect_eq(err, i == 2 ? ERR_KEY_REUSED : OK, "%d: %s", i, err_name(err));
    if (err == OK) cr_assert_eq(office_submit(&held.office), OK);
  }
}
