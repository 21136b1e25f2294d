/* Notices: who sees them, who may settle them, and that they are loud until somebody has. */
#include "register/notice.h"
#include "tests/unit/register_office.h"

static struct office office;
static struct actor lead, deputy, officer, dpo;
static struct id child;

static void begin(void)
{
  office_begin(&office);
  officer = office_actor(&office, "case_officer", 1);
  lead = office_actor(&office, "safeguarding_lead", 2);
  deputy = office_actor(&office, "safeguarding_lead", 3);
  dpo = office_actor(&office, "data_protection_officer", 4);
  child = office_sion(&office, officer);
}

static void end(void)
{
  office_clock_us = OFFICE_NOW_US;
  office_end(&office);
}

TestSuite(register_notice, .init = begin, .fini = end, .timeout = 60);

static const char *body(void)
{
  static char text[1 << 14];

  snprintf(text, sizeof text, "%.*s", (int)office.op.answer.body.len, office.op.answer.body.ptr);
  return text;
}

/* The lead broke the glass of the child; with it the notice, in one commit. */
static struct id put(void)
{
  static const char words[] = "a call from the police";
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};
  struct op *op = office_op(&office, lead);
  struct facts_want want = {.id = child};
  struct facts facts;
  struct id id;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  const struct notice notice = {.kind = NOTICE_BREAK_GLASS,
                                .person = lead.account,
                                .record = child,
                                .child = &facts.child,
                                .due = notice_next_working_day(op_today(op)),
                                .said = STR("{\"a\":1}"),
                                .words = {words, sizeof words - 1}};
  cr_assert_eq(notice_put(op, &notice, &id), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
  return id;
}

/* The first of the notices of this person; NULL: they have none. */
static json_t *first(struct actor actor)
{
  OFFICE_RUN(&office, notice_list(office_op(&office, actor), (struct str){"", 0}));
  cr_assert_eq(office.op.answer.status, 200, "%s", body());
  cr_expect(office.op.answer.on_tick);
  return json_array_get(json_object_get(office.json, "notices"), 0);
}

static int answer(struct actor actor, struct id id, const char *words)
{
  struct notice_answer in = {.id = id, .words = {words, strlen(words)}, .again = DAY_NONE};
  struct op *op = office_op(&office, actor);
  enum err err = notice_answer(op, &in);

  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(office_submit(&office), OK);
  return office.op.answer.status;
}

static size_t count(struct actor actor)
{
  return notice_waiting(office_op(&office, actor)).count;
}

Test(register_notice, is_shown_to_another_holder_of_the_role_and_not_to_whom_it_is_about)
{
  json_t *one;

  put();
  one = first(deputy);
  cr_assert_not_null(one, "%s", body());
  cr_expect_str_eq(office_text(one, "kind"), "break_glass");
  cr_expect_str_eq(office_text(one, "state"), "waiting");
  cr_expect_str_eq(office_text(one, "words"), "a call from the police");
  cr_expect_str_eq(office_text(one, "due"), "2026-11-03");
  cr_expect_not_null(strstr(body(), "ap Rhys"), "the deputy's own decision grants the name");
  cr_expect_null(first(lead), "%s", body());
  cr_expect_null(first(officer));
  cr_expect_eq(count(deputy), 1);
  cr_expect_eq(count(lead), 0);
}

Test(register_notice, is_settled_once_by_another_person_who_says_what_was_found)
{
  struct id id = put(), made_up;

  memset(made_up.b, 0x5c, ID_BYTES);
  cr_expect_eq(answer(lead, id, "all was well"), 404, "%s", body());
  cr_expect_eq(answer(officer, id, "all was well"), 404);
  cr_expect_eq(answer(deputy, made_up, "all was well"), 404);
  cr_expect_eq(answer(deputy, id, ""), 400, "a review has words");
  cr_expect_eq(answer(deputy, id, " \n "), 400, "blanks are no words");
  cr_expect_eq(answer(deputy, id, "there was danger"), 200, "%s", body());
  cr_expect_eq(answer(deputy, id, "again"), 409);
  cr_expect_eq(count(deputy), 0);
  cr_expect_str_eq(office_text(first(deputy), "found"), "there was danger");
}

Test(register_notice, is_loud_for_the_others_once_its_day_has_passed)
{
  struct notice_counts counts;

  put();
  notice_counts(office.reg, &counts);
  cr_expect_eq(counts.waiting, 1);
  cr_expect_eq(counts.overdue, 0);
  office_clock_us += INT64_C(48) * 3600 * 1000000;
  notice_counts(office.reg, &counts);
  cr_expect_eq(counts.overdue, 1);
  cr_expect(json_is_true(json_object_get(first(dpo), "is_overdue")), "%s", body());
  office_close(&office);
  office_open(&office);
  cr_expect_eq(count(deputy), 1, "it is kept");
}

Test(register_notice, says_nothing_of_a_child_with_whom_there_is_a_conflict)
{
  struct item item = {
    .kind = ITEM_CONFLICT, .record = child, .subject = deputy.account, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_CONFLICT};
  struct id id = put();
  struct op *op = office_op(&office, lead);

  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_item_put(op, &item, NULL, (struct personal){"", 0}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
  cr_expect_null(first(deputy));
  cr_expect_eq(count(deputy), 0);
  cr_expect_eq(answer(deputy, id, "x"), 404);
  cr_expect_not_null(first(dpo), "nobody else can see to it");
}

Test(register_notice, is_due_on_the_next_day_from_monday_to_friday)
{
  static const struct {
    const char *day, *due;
  } rows[] = {{"2026-11-02", "2026-11-03"},
              {"2026-11-05", "2026-11-06"},
              {"2026-11-06", "2026-11-09"},
              {"2026-11-07", "2026-11-09"},
              {"2026-11-08", "2026-11-09"}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct day day, due;

    cr_assert(day_parse(str_from(rows[i].day), &day));
    cr_assert(day_parse(str_from(rows[i].due), &due));
    cr_expect_eq(notice_next_working_day(day).number, due.number, "%s", rows[i].day);
  }
}
