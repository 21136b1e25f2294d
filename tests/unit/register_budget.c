/* Budgets: what is charged, what is refused, who can agree to more, and that neither a restart nor
 * time that has not passed gives anything back. */
#include "register/budget.h"
#include "register/notice.h"
#include "register/spend.h"
#include "tests/unit/register_office.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static struct office office;
static struct actor officer, dpo, head;
static struct id sion;

static void begin(void)
{
  office_begin(&office);
  officer = office_actor(&office, "case_officer", 1);
  dpo = office_actor(&office, "data_protection_officer", 2);
  head = office_actor(&office, "head_of_service", 3);
  sion = office_sion(&office, officer);
}

static void end(void)
{
  office_clock_us = OFFICE_NOW_US;
  office_end(&office);
}

TestSuite(register_budget, .init = begin, .fini = end, .timeout = 120);

/* An id that nobody has. */
static struct id nobody(unsigned n)
{
  struct id id = {{0xee}};

  id.b[14] = (uint8_t)(n >> 8);
  id.b[15] = (uint8_t)n;
  return id;
}

static int view_for(struct actor actor, struct id id, const char *purpose)
{
  struct entry_ask in = {.id = id, .ask = office_ask(&office, purpose, "child_name")};

  OFFICE_RUN(&office, entry_view(office_op(&office, actor), &in));
  return office.op.answer.status;
}

static int view(struct id id)
{
  return view_for(officer, id, "register_maintenance");
}

/* From the n-th on, so many different ids that nobody has. */
static void ask_for(unsigned from, unsigned count)
{
  for (unsigned i = from; i < from + count; i++)
    cr_assert_eq(view(nobody(i)), 404, "%u", i);
}

static void later(int64_t us)
{
  office_clock_us += us;
}

static void use_the_day_up(void)
{
  ask_for(0, 25);
  later(HOUR_US);
  ask_for(25, 25);
  later(HOUR_US);
}

Test(register_budget, the_fifty_first_child_of_a_day_needs_a_second_person)
{
  use_the_day_up();
  uint64_t opened = office_opened(&office, OPENED_FACTS);

  cr_expect_eq(view(sion), 403);
  cr_expect_str_eq(office_text(office.json, "type"), "/problems/budget");
  cr_expect_str_eq(office_text(office.json, "outcome"), "needs_second_person");
  json_t *budget = json_object_get(office.json, "budget");
  cr_expect_str_eq(office_text(budget, "window"), "day");
  cr_expect_eq(json_integer_value(json_object_get(budget, "limit")), 50);
  cr_expect_eq(json_integer_value(json_object_get(budget, "used")), 50);
  json_t *obligation = json_array_get(json_object_get(office.json, "obligations"), 0);
  cr_expect_str_eq(office_text(obligation, "obligation"), "notify_dpo");
  cr_expect_eq(office_opened(&office, OPENED_FACTS), opened, "something was opened");
}

Test(register_budget, a_child_who_is_there_and_one_who_is_not_are_refused_alike)
{
  use_the_day_up();
  cr_expect_eq(view(sion), 403);
  char *held = json_dumps(office.json, JSON_SORT_KEYS);
  cr_expect_eq(view(nobody(999)), 403);
  char *absent = json_dumps(office.json, JSON_SORT_KEYS);

  cr_expect_str_eq(held, absent);
  free(held);
  free(absent);
}

Test(register_budget, who_comes_back_to_a_child_charges_nothing_more)
{
  cr_expect_eq(view(sion), 200);
  ask_for(0, 24);
  cr_expect_eq(view(nobody(60)), 403);
  cr_expect_eq(view(sion), 200);
  cr_expect_eq(view(nobody(3)), 404);
}

Test(register_budget, what_a_rule_refuses_counts_too)
{
  struct entry_ask in = {.ask = office_ask(&office, "register_maintenance", "child_name")};

  in.ask.necessity.len = 0;
  in.ask.said.has_necessity = false;
  for (unsigned i = 0; i < 25; i++) {
    in.id = nobody(i);
    OFFICE_RUN(&office, entry_view(office_op(&office, officer), &in));
    cr_assert_eq(office.op.answer.status, 403);
    cr_assert_str_eq(office_text(office.json, "rule"), "F-01");
  }
  cr_expect_eq(view(sion), 403);
  cr_expect_str_eq(office_text(office.json, "type"), "/problems/budget");
}

Test(register_budget, another_purpose_or_another_way_of_asking_gains_nothing)
{
  ask_for(0, 25);
  cr_expect_eq(view_for(officer, nobody(30), "education_suitability"), 403);
  OFFICE_RUN(&office, entry_get(office_op(&office, officer), sion));
  cr_expect_eq(office.op.answer.status, 403);
  struct search search = {.ask = office_ask(&office, "register_maintenance", NULL),
                          .date_of_birth = DAY_NONE,
                          .surname = {"ap Rhys", 7}};
  OFFICE_RUN(&office, entry_search(office_op(&office, officer), &search));
  cr_expect_eq(office.op.answer.status, 403);
}

Test(register_budget, two_rows_of_one_body_have_one_budget_and_two_parents_have_two)
{
  const struct id one = {{1}}, two = {{2}};
  struct op *op = office_op(&office, officer);
  uint8_t school = office_word(&office, POLICY_ROLE, "school_administrator");
  uint8_t safe = office_word(&office, POLICY_ROLE, "school_safeguarding_person");
  uint8_t parent = office_word(&office, POLICY_ROLE, "parent");
  struct id body = spend_receiver(op, one, school, STR("Ysgol y Bryn"));

  cr_expect(id_equal(body, spend_receiver(op, two, safe, STR(" YSGOL  Y BRŶN"))));
  cr_expect_not(id_equal(body, spend_receiver(op, two, safe, STR("Ysgol y Cwm"))));
  cr_expect_not(id_equal(body, spend_receiver(op, one, school, STR(""))));
  cr_expect_not(id_equal(spend_receiver(op, one, parent, STR("Ysgol y Bryn")),
                         spend_receiver(op, two, parent, STR("Ysgol y Bryn"))));
}

Test(register_budget, a_child_in_danger_now_does_not_wait_for_a_budget_and_is_counted)
{
  struct actor lead = office_actor(&office, "safeguarding_lead", 5);
  struct entry_ask in = {.ask = office_ask(&office, "immediate_protection", "child_name")};

  for (unsigned i = 0; i < 40; i++)
    cr_assert_eq(view_for(lead, nobody(i), "safeguarding_enquiry"), 404);
  cr_expect_eq(view_for(lead, sion, "safeguarding_enquiry"), 403);
  in.id = sion;
  in.ask.said.basis = office_word(&office, POLICY_BASIS, "vital_interests");
  in.ask.said.urgency = office_word(&office, POLICY_URGENCY, "imminent_danger");
  OFFICE_RUN(&office, entry_view(office_op(&office, lead), &in));
  cr_expect_eq(office.op.answer.status, 200);
  OFFICE_RUN(&office, budget_list(office_op(&office, lead)));
  json_t *own = json_array_get(json_object_get(office.json, "own"), 0);
  json_t *hour = json_array_get(json_object_get(own, "windows"), 0);
  cr_expect_eq(json_integer_value(json_object_get(hour, "used")), 41);
}

Test(register_budget, names_on_ones_own_list_are_no_openings)
{
  ask_for(0, 25);
  OFFICE_RUN(&office, entry_list_assigned(office_op(&office, officer), STR("")));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_eq(json_array_size(json_object_get(office.json, "entries")), 1);
}

Test(register_budget, a_search_charges_whom_it_shows_and_ends_where_there_is_no_room)
{
  struct search search = {.ask = office_ask(&office, "register_maintenance", NULL),
                          .date_of_birth = DAY_NONE,
                          .surname = {"ap Rhys", 7}};

  (void)office_sion(&office, officer);
  ask_for(0, 24);
  OFFICE_RUN(&office, entry_search(office_op(&office, officer), &search));
  cr_expect_eq(office.op.answer.status, 200);
  cr_expect_eq(json_array_size(json_object_get(office.json, "hits")), 1);
  cr_expect_not_null(json_object_get(office.json, "budget"));
  cr_expect_not_null(json_object_get(office.json, "cursor"));
  cr_expect_eq(view(nobody(77)), 403);
}

Test(register_budget, a_search_that_shows_nobody_charges_nothing)
{
  struct search search = {.ask = office_ask(&office, "register_maintenance", NULL),
                          .date_of_birth = DAY_NONE,
                          .surname = {"ap Neb", 6}};

  ask_for(0, 24);
  for (int i = 0; i < 5; i++) {
    OFFICE_RUN(&office, entry_search(office_op(&office, officer), &search));
    cr_assert_eq(office.op.answer.status, 200);
  }
  cr_expect_eq(view(sion), 200);
}

Test(register_budget, time_gives_back_what_it_took_and_no_sooner)
{
  ask_for(0, 25);
  later(HOUR_US - 1);
  cr_expect_eq(view(sion), 403);
  later(1);
  cr_expect_eq(view(sion), 200);
}

Test(register_budget, a_restart_gives_nothing_back)
{
  use_the_day_up();
  office_close(&office);
  office_open(&office);
  cr_expect_eq(view(sion), 403);
  cr_expect_eq(view(nobody(3)), 404, "it was charged before");
}

Test(register_budget, a_request_that_fails_later_keeps_its_charge)
{
  struct entry_change change = {.ask = office_ask(&office, "register_maintenance", "child_name")};

  for (unsigned i = 0; i < 25; i++) {
    change.id = i == 0 ? sion : nobody(i);
    enum err err = entry_patch(office_op(&office, officer), &change);
    if (err != OK) op_refuse(&office.op, err);
    cr_assert_eq(office_submit(&office), OK);
  }
  office_close(&office);
  office_open(&office);
  cr_expect_eq(view(nobody(99)), 403);
  cr_expect_eq(view(sion), 200);
}

/* ---- more ---- */

static struct raise_budget more_for(const char *window, uint64_t more)
{
  static const char reason[] = "the caseload of a colleague who is ill";

  return (struct raise_budget){.purpose = STR("register_maintenance"),
                               .window = str_from(window),
                               .more = more,
                               .until = DAY_NONE,
                               .reason = {reason, sizeof reason - 1}};
}

/* The officer has an account only where a test names one; the budget is asked by its id. */
static void raise_officer(uint32_t more, struct day until)
{
  struct budget_raise raise = {.of = {BUDGET_PERSON, officer.account,
                                      office_word(&office, POLICY_PURPOSE, "register_maintenance")},
                               .window = POLICY_HOUR,
                               .more = more,
                               .until = until};

  cr_assert_eq(budget_raise(office.reg->budget, &raise), OK);
}

Test(register_budget, a_raise_is_for_a_purpose_a_window_and_a_time)
{
  struct day today = instant_day((struct instant){office_clock_us});

  ask_for(0, 25);
  raise_officer(2, today);
  cr_expect_eq(view_for(officer, nobody(90), "education_suitability"), 404,
               "all together has room for it too");
  ask_for(30, 1);
  cr_expect_eq(view(nobody(31)), 403);
  raise_officer(5, (struct day){today.number - 1});
  cr_expect_eq(view(nobody(31)), 403);
}

Test(register_budget, only_whom_a_rule_names_may_raise_and_only_within_bounds)
{
  struct raise_budget in = more_for("day", 100);

  OFFICE_RUN(&office, budget_raise_make(office_op(&office, officer), &in));
  cr_expect_eq(office.op.answer.status, 403);
  OFFICE_RUN(&office, budget_raise_make(office_op(&office, dpo), &in));
  cr_expect_eq(office.op.answer.status, 201);
  cr_expect_str_eq(office_text(office.json, "whose"), "authority");
  in.more = 1000000;
  OFFICE_RUN(&office, budget_raise_make(office_op(&office, dpo), &in));
  cr_expect_eq(office.op.answer.status, 400);
  in = more_for("day", 1);
  in.until = (struct day){instant_day((struct instant){office_clock_us}).number + 32};
  OFFICE_RUN(&office, budget_raise_make(office_op(&office, dpo), &in));
  cr_expect_eq(office.op.answer.status, 400);
  in = more_for("day", 1);
  in.user = STR("nobody");
  OFFICE_RUN(&office, budget_raise_make(office_op(&office, dpo), &in));
  cr_expect_eq(office.op.answer.status, 400);
  in = more_for("day", 1);
  in.reason.len = 0;
  cr_expect_eq(budget_raise_make(office_op(&office, dpo), &in), ERR_INPUT);
}

Test(register_budget, nobody_raises_what_they_asked_more_of)
{
  struct raise_budget in = more_for("hour", 10);

  for (unsigned i = 0; i < 20; i++)
    cr_assert_eq(view_for(head, nobody(i), "complaint_or_appeal") / 100, 4);
  cr_expect_eq(view_for(head, nobody(90), "complaint_or_appeal"), 403);
  OFFICE_RUN(&office, budget_raise_make(office_op(&office, head), &in));
  cr_expect_eq(office.op.answer.status, 409);
}

Test(register_budget, a_raise_survives_a_restart)
{
  struct raise_budget in = more_for("month", 7);

  OFFICE_RUN(&office, budget_raise_make(office_op(&office, dpo), &in));
  office_close(&office);
  office_open(&office);
  OFFICE_RUN(&office, budget_list(office_op(&office, dpo)));
  json_t *raise = json_array_get(json_object_get(office.json, "raises"), 0);
  cr_expect_eq(json_integer_value(json_object_get(raise, "more")), 7);
  cr_expect_str_eq(office_text(raise, "reason"), "the caseload of a colleague who is ill");
}

/* ---- who is told ---- */

static size_t notices(struct actor actor)
{
  OFFICE_RUN(&office, notice_list(office_op(&office, actor), STR("")));
  return json_array_size(json_object_get(office.json, "notices"));
}

/* Of this kind, that the data-protection officer has. */
static size_t notices_of(const char *kind)
{
  size_t count = 0, all = notices(dpo);

  for (size_t i = 0; i < all; i++)
    if (strcmp(office_text(json_array_get(json_object_get(office.json, "notices"), i), "kind"),
               kind) == 0)
      count++;
  return count;
}

Test(register_budget, the_data_protection_officer_is_told_once_until_they_have_seen_it)
{
  ask_for(0, 25);
  cr_expect_eq(notices_of("budget_over"), 0);
  cr_expect_eq(view(nobody(90)), 403);
  cr_expect_eq(view(nobody(91)), 403);
  cr_expect_eq(notices_of("budget_over"), 1);
  json_t *notice = json_array_get(json_object_get(office.json, "notices"), 0);
  for (size_t i = 0; strcmp(office_text(notice, "kind"), "budget_over") != 0; i++)
    notice = json_array_get(json_object_get(office.json, "notices"), i);
  cr_expect_str_eq(office_text(notice, "kind"), "budget_over");
  cr_expect_str_eq(office_text(json_object_get(notice, "said"), "window"), "hour");
  cr_expect_eq(notices(officer), 0);
}

Test(register_budget, everybody_sees_their_own_and_who_raises_sees_what_is_nearly_used)
{
  ask_for(0, 20);
  OFFICE_RUN(&office, budget_list(office_op(&office, officer)));
  json_t *own = json_array_get(json_object_get(office.json, "own"), 0);
  cr_expect(json_is_null(json_object_get(own, "purpose")));
  cr_expect_str_eq(office_text(own, "state"), "near");
  json_t *hour = json_array_get(json_object_get(own, "windows"), 0);
  cr_expect_eq(json_integer_value(json_object_get(hour, "used")), 20);
  cr_expect_eq(json_integer_value(json_object_get(hour, "left")), 5);
  cr_expect_null(json_object_get(office.json, "near"));
  OFFICE_RUN(&office, budget_list(office_op(&office, dpo)));
  cr_expect_not_null(json_object_get(office.json, "near"));
}

/* The office's requests all give the same words. */
Test(register_budget, the_same_words_on_more_than_ten_requests_a_week_are_listed)
{
  struct actor other = office_actor(&office, "case_officer", 7);

  ask_for(0, 9);
  cr_assert_eq(view_for(other, nobody(50), "education_suitability"), 404);
  OFFICE_RUN(&office, budget_list(office_op(&office, dpo)));
  cr_expect_eq(json_array_size(json_object_get(office.json, "repeated")), 0);
  office_close(&office);
  office_open(&office);
  ask_for(9, 1);
  OFFICE_RUN(&office, budget_list(office_op(&office, dpo)));
  json_t *words = json_array_get(json_object_get(office.json, "repeated"), 0);
  cr_expect_str_eq(office_text(words, "words"),
                   "each field answers a question that has to be answered");
  cr_expect_eq(json_integer_value(json_object_get(words, "requests")), 11);
  cr_expect_eq(json_array_size(json_object_get(words, "purposes")), 2);
  later(8 * 24 * HOUR_US);
  OFFICE_RUN(&office, budget_list(office_op(&office, dpo)));
  cr_expect_eq(json_array_size(json_object_get(office.json, "repeated")), 0);
}

/* ---- what is kept ---- */

static enum err count_charge(void *self, uint64_t index, const uint8_t *charge,
                             const uint8_t *commitments)
{
  (void)index, (void)charge, (void)commitments;
  ++*(unsigned *)self;
  return OK;
}

/* Charges that stand in the file of a closed register. */
static unsigned charges_kept(void)
{
  struct trail trail = {0};
  struct store *store;
  unsigned count = 0;

  cr_assert_eq(store_open(&store, office.reg_dir, STORE_OWNER, &trail), OK);
  cr_assert_eq(store_charge_each(store, count_charge, &count), OK);
  store_close(&store);
  return count;
}

Test(register_budget, charges_are_dropped_when_no_budget_looks_back_on_them)
{
  for (int i = 0; i < 10; i++)
    cr_expect_eq(view(sion), 200);
  later(40 * 24 * HOUR_US);
  cr_expect_eq(view(sion), 200);
  office_close(&office);
  cr_expect_eq(charges_kept(), 2, "the newest, and the one that ends the past");
  office_open(&office);
  cr_expect_eq(view(sion), 200);
}
