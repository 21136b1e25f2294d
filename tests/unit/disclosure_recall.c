/* What becomes of what has left: called back it leaves no more, nor past its expiry; its receiver
 * is owed a notice that says neither why nor about whom. */
#include "register/recipient.h"
#include "register/stop.h"
#include "register/weighing.h"
#include "tests/unit/disclosure_office.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static struct held held;

static void begin(void)
{
  held_begin(&held);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_recall, .init = begin, .fini = end, .timeout = 120);

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static struct actor lead(void)
{
  return office_actor(&held.office, "safeguarding_lead", 7);
}

static const struct answer *answered(void)
{
  return &held.office.op.answer;
}

static const char *told(const char *key)
{
  return office_text(held.office.json, key);
}

static struct id disclose(struct id child, struct id recipient, const char *fields,
                          struct instant expiry)
{
  struct disclosure in = {.id = child, .recipient = recipient, .expiry = expiry};
  struct id id = {{0}};

  in.ask = office_ask(&held.office, "transfer_between_las", fields);
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler()), &in));
  cr_assert_eq(answered()->status, 201, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_assert(id_parse(str_from(told("disclosure")), &id));
  return id;
}

/* A child without protection, and an address of theirs that has left. */
static struct id sent(struct id *ret_child)
{
  struct id child = office_sion(&held.office, handler());
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  office_set_level(&held.office, child, LEVEL_NONE);
  *ret_child = child;
  return disclose(child, recipient, "child_name home_address", (struct instant){0});
}

static int fetch(struct id disclosure)
{
  enum err err = disclosure_package(office_op(&held.office, handler()), disclosure);

  cr_assert_eq(err, OK, "%s", err_name(err));
  err = held_submit_bytes(&held);
  cr_assert_eq(err, OK, "%s", err_name(err));
  return answered()->status;
}

static void look(struct actor actor, struct id disclosure)
{
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, actor), disclosure));
}

static int recall(struct actor actor, struct id disclosure, const char *reason)
{
  OFFICE_RUN(&held.office,
             disclosure_recall(office_op(&held.office, actor), disclosure, str_from(reason)));
  return answered()->status;
}

/* Whether it could be fetched, by what its handler is told: fetching waits for a published head. */
static bool leaves(struct id disclosure)
{
  look(handler(), disclosure);
  return json_is_true(json_object_get(held.office.json, "package"));
}

static size_t owed(struct actor actor)
{
  OFFICE_RUN(&held.office, stop_list(office_op(&held.office, actor), (struct str){0}));
  cr_assert_eq(answered()->status, 200);
  return json_array_size(json_object_get(held.office.json, "notices"));
}

/* The first notice that is owed, once there is one. */
static struct id owed_one(struct actor actor)
{
  struct id id = {{0}};
  size_t n = 0;

  for (int i = 0; i < 1000 && (n = owed(actor)) == 0; i++)
    usleep(10000);
  cr_assert_eq(n, 1);
  json_t *one = json_array_get(json_object_get(held.office.json, "notices"), 0);
  cr_assert(id_parse(str_from(office_text(one, "notice")), &id));
  return id;
}

static size_t pages(struct id child)
{
  struct index *index = held.office.reg->index;
  size_t cursor = 0, n = 0;

  index_read(index);
  while (index_item_of_record(index, child, ITEM_NOTE_PAGE, &cursor) != NULL)
    n++;
  index_done(index);
  return n;
}

static void protect(struct id child, enum level level)
{
  struct protection in = {.id = child, .level = level};

  OFFICE_RUN(&held.office, protection_set(office_op(&held.office, lead()), &in));
  cr_assert_lt(answered()->status, 300, "%.*s", (int)answered()->body.len, answered()->body.ptr);
}

/* ---- recall ---- */

Test(disclosure_recall, lets_nothing_leave_any_more)
{
  struct id child, disclosure = sent(&child);
  size_t held_before = pages(child);

  cr_assert_eq(fetch(disclosure), 200);
  cr_assert_eq(recall(handler(), disclosure, "sent_in_error"), 200);
  cr_expect_str_eq(told("state"), "recalled");
  cr_expect_eq(fetch(disclosure), 409);
  cr_expect_lt(pages(child), held_before, "the content is still held");
  look(handler(), disclosure);
  cr_expect_str_eq(told("state"), "recalled");
  cr_expect_null(json_object_get(held.office.json, "package"));
  cr_expect_null(json_object_get(held.office.json, "ticket"));
  cr_expect_str_eq(office_text(json_object_get(held.office.json, "recall"), "reason"),
                   "sent_in_error");
}

Test(disclosure_recall, is_done_once_however_often_it_is_asked)
{
  struct id child, disclosure = sent(&child);

  char notice[2 * ID_BYTES + 1];

  cr_assert_eq(recall(handler(), disclosure, "not_correct"), 200);
  snprintf(notice, sizeof notice, "%s", told("notice"));
  cr_assert_eq(recall(lead(), disclosure, "safety"), 200);
  cr_expect_str_eq(told("reason"), "not_correct");
  cr_expect_str_eq(told("notice"), notice);
  cr_expect_eq(owed(handler()), 1);
}

Test(disclosure_recall, is_for_whoever_handles_it_or_could)
{
  struct id child, disclosure = sent(&child), made_up = {{7}};
  struct actor stranger = office_actor(&held.office, "case_officer", 9);

  cr_expect_eq(recall(stranger, disclosure, "safety"), 404);
  cr_expect_eq(recall(stranger, made_up, "safety"), 404);
  cr_expect(leaves(disclosure));
  cr_expect_eq(recall(office_actor(&held.office, "data_protection_officer", 31), disclosure,
                      "more_than_needed"),
               200);
}

Test(disclosure_recall, knows_closed_words_alone)
{
  struct id child, disclosure = sent(&child);

  enum err err =
    disclosure_recall(office_op(&held.office, handler()), disclosure, STR("because I say so"));
  cr_expect_eq(err, ERR_INPUT);
  cr_expect(leaves(disclosure));
}

/* ---- the notice ---- */

Test(disclosure_recall, owes_a_notice_that_says_neither_why_nor_about_whom)
{
  static const char *const secrets[] = {"sent_in_error", "gamgymeriad", "error", "Siôn", "Stryd"};
  struct id child, disclosure = sent(&child), notice;
  char text[1 << 16], command[512], path[128];
  struct package_proven proven;
  struct package package;
  struct arena *arena;
  FILE *file;
  size_t n;

  cr_assert_eq(recall(handler(), disclosure, "sent_in_error"), 200);
  notice = owed_one(handler());
  enum err err = stop_package(office_op(&held.office, handler()), notice);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(held_submit_bytes(&held), OK);
  cr_assert_eq(answered()->status, 200);
  snprintf(path, sizeof path, "%s/notice.age", held.office.dir);
  file = fopen(path, "w");
  cr_assert_eq(fwrite(answered()->body.ptr, 1, answered()->body.len, file), answered()->body.len);
  fclose(file);
  snprintf(command, sizeof command, "age -d -i %s -o %s/notice.json %s", held.identity,
           held.office.dir, path);
  cr_assert_eq(system(command), 0);
  snprintf(path, sizeof path, "%s/notice.json", held.office.dir);
  n = held_read(path, text, sizeof text);
  cr_expect_eq(n, 16384, "as large as a small package");
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  cr_assert_eq(package_read(arena, &package, (struct str){text, n}), OK);
  err = package_verify(&proven, &package, &held.log);
  cr_expect_eq(err, OK, "%s", err_name(err));
  for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
    cr_expect_null(strstr(text, secrets[i]), "it says %s", secrets[i]);
  arena_free(&arena);
}

Test(disclosure_recall, owes_it_until_it_is_acknowledged)
{
  struct id child, disclosure = sent(&child), notice;

  cr_assert_eq(recall(handler(), disclosure, "safety"), 200);
  notice = owed_one(handler());
  struct day before = {(int32_t)(office_clock_us / (24 * HOUR_US)) - 1};
  cr_expect_eq(stop_acknowledge(office_op(&held.office, handler()), notice, before), ERR_INPUT);
  OFFICE_RUN(&held.office, stop_acknowledge(office_op(&held.office, handler()), notice, DAY_NONE));
  cr_expect_eq(answered()->status, 200);
  cr_expect_str_eq(told("state"), "acknowledged");
  cr_expect_eq(owed(handler()), 0);
}

/* ---- protection that comes later ---- */

Test(disclosure_recall, tells_each_earlier_receiver_of_locating_fields_when_protection_rises)
{
  struct id child, disclosure = sent(&child), notice, plain;
  struct id police = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, police, RELATION_RECEIVING);
  plain = disclose(child, police, "child_name", (struct instant){0});
  cr_expect_eq(owed(lead()), 0);
  protect(child, LEVEL_HIDDEN);
  notice = owed_one(lead());
  OFFICE_RUN(&held.office, stop_get(office_op(&held.office, lead()), notice));
  struct id about;
  cr_assert(id_parse(str_from(told("disclosure")), &about));
  cr_expect(id_equal(about, disclosure));
  cr_expect_not(id_equal(about, plain));
  cr_expect_eq(owed(handler()), 0, "who may not know of the child learns of its protection");
}

Test(disclosure_recall, tells_nobody_twice)
{
  struct id child, disclosure = sent(&child);

  protect(child, LEVEL_CONTACT_PROTECTED);
  (void)owed_one(lead());
  cr_assert_eq(recall(lead(), disclosure, "safety"), 200);
  cr_expect_eq(owed(lead()), 1, "one disclosure, one notice");
}

Test(disclosure_recall, is_told_to_its_handler_when_somebody_else_does_it)
{
  struct id child, disclosure = sent(&child);

  cr_assert_eq(recall(lead(), disclosure, "safety"), 200);
  OFFICE_RUN(&held.office, notice_list(office_op(&held.office, handler()), (struct str){0}));
  json_t *notices = json_object_get(held.office.json, "notices");
  cr_assert_eq(json_array_size(notices), 1);
  cr_expect_str_eq(office_text(json_array_get(notices, 0), "kind"), "recalled");
}

/* ---- expiry ---- */

Test(disclosure_recall, destroys_what_has_expired_and_keeps_the_record_of_it)
{
  struct id child, disclosure = sent(&child);
  size_t before = pages(child);

  office_clock_us += 28 * 24 * HOUR_US;
  cr_expect_eq(fetch(disclosure), 409);
  office_clock_us += HOUR_US;
  for (int i = 0; i < 1000 && pages(child) == before; i++)
    usleep(10000);
  cr_expect_lt(pages(child), before, "an hour later the content is still held");
  look(handler(), disclosure);
  cr_expect_str_eq(told("state"), "expired");
}

Test(disclosure_recall, keeps_no_words_of_what_never_left)
{
  struct id child = office_sion(&held.office, handler());
  struct id recipient = held_recipient(&held, "police_officer", true);
  struct disclosure in = {.id = child, .recipient = recipient};

  held_relate(&held, child, recipient, RELATION_NAMED_CASE);
  office_set_level(&held.office, child, LEVEL_NONE);
  in.ask = office_ask(&held.office, "crime_investigation", "child_name");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "statutory_power");
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler()), &in));
  cr_assert_eq(answered()->status, 202, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_expect_gt(pages(child), 0);
  office_clock_us += 29 * 24 * HOUR_US;
  for (int i = 0; i < 1000 && pages(child) > 0; i++)
    usleep(10000);
  cr_expect_eq(pages(child), 0);
}

Test(disclosure_recall, ends_as_early_as_its_handler_asked)
{
  struct id child, early, ignored = sent(&child);
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  (void)ignored;
  held_relate(&held, child, recipient, RELATION_RECEIVING);
  early = disclose(child, recipient, "child_name", (struct instant){office_clock_us + 2 * HOUR_US});
  cr_expect(leaves(early));
  office_clock_us += 2 * HOUR_US;
  cr_expect_eq(fetch(early), 409);
}

/* ---- receipts ---- */

static json_t *owed_return(void)
{
  OFFICE_RUN(&held.office, stop_list(office_op(&held.office, handler()), (struct str){0}));
  return json_array_get(json_object_get(held.office.json, "owed"), 0);
}

static int send_back(struct id disclosure, struct actor actor, const char *what)
{
  const struct disclosure_return in = {
    .what = str_from(what), .on = DAY_NONE, .how = {"a letter", 8}};

  OFFICE_RUN(&held.office, disclosure_returned(office_op(&held.office, actor), disclosure, &in));
  return answered()->status;
}

Test(disclosure_recall, follows_a_receipt_until_it_came_and_says_when_it_is_overdue)
{
  struct id child, disclosure = sent(&child);
  size_t before;

  cr_assert_not_null(owed_return());
  cr_expect(json_is_false(json_object_get(json_object_get(owed_return(), "owes"), "is_overdue")));
  before = pages(child);
  office_clock_us += INT64_C(29) * 24 * HOUR_US;
  for (int i = 0; i < 1000 && pages(child) == before; i++) /* until its content is destroyed */
    usleep(10000);
  cr_expect(json_is_true(json_object_get(json_object_get(owed_return(), "owes"), "is_overdue")));
  cr_expect_eq(send_back(disclosure, office_actor(&held.office, "case_officer", 9), "receipt"), 404,
               "somebody who does not handle it");
  cr_expect_eq(send_back(disclosure, handler(), "deletion"), 409, "nobody asked for that");
  cr_expect_eq(send_back(disclosure, handler(), "receipt"), 200);
  cr_expect_null(owed_return());
  cr_expect_eq(send_back(disclosure, handler(), "receipt"), 409, "it is recorded already");
}

/* ---- looking again ---- */

/* Sent, and to be looked at again nine days later. */
static struct id sent_until(const char *day)
{
  struct id child = office_sion(&held.office, handler()), id;
  struct disclosure in = {.id = child,
                          .recipient = held_recipient(&held, "other_la_officer", true)};
  struct weighing weighing;

  held_relate(&held, child, in.recipient, RELATION_RECEIVING);
  office_set_level(&held.office, child, LEVEL_NONE);
  in.ask = office_ask(&held.office, "transfer_between_las", "child_name home_address");
  weighing = *in.ask.weighing;
  cr_assert(day_parse(str_from(day), &weighing.review_by));
  in.ask.weighing = &weighing;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler()), &in));
  cr_assert_eq(answered()->status, 201, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_assert(id_parse(str_from(told("disclosure")), &id));
  return id;
}

/* The first one that this person has to see to; NULL: none. */
static json_t *to_look_at(struct actor actor)
{
  json_t *one;
  size_t i;

  OFFICE_RUN(&held.office, notice_list(office_op(&held.office, actor), STR("")));
  json_array_foreach(json_object_get(held.office.json, "notices"), i, one)
  {
    if (strcmp(office_text(one, "kind"), "review_due") == 0 &&
        strcmp(office_text(one, "state"), "waiting") == 0)
      return one;
  }
  return NULL;
}

static int go_on(struct actor actor, struct id notice, const char *why, const char *day)
{
  struct notice_answer in = {.id = notice, .words = {why, strlen(why)}, .again = DAY_NONE};

  if (day != NULL) cr_assert(day_parse(str_from(day), &in.again));
  OFFICE_RUN(&held.office, notice_answer(office_op(&held.office, actor), &in));
  return answered()->status;
}

static void days_pass(int days)
{
  office_clock_us += days * 24 * HOUR_US;
}

Test(disclosure_recall, is_asked_about_on_the_day_that_was_weighed_for_it)
{
  const struct actor dpo = office_actor(&held.office, "data_protection_officer", 8);
  struct id notice;
  json_t *one;

  office_clock_us = OFFICE_NOW_US;
  (void)sent_until("2026-11-11");
  cr_expect_null(to_look_at(handler()), "its day has not come");
  days_pass(9);
  one = to_look_at(handler());
  cr_assert_not_null(one, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_expect(json_is_true(json_object_get(one, "needs_day")));
  cr_expect_eq(strlen(office_text(json_object_get(one, "said"), "disclosure")), 32);
  cr_assert(id_parse(str_from(office_text(one, "notice")), &notice));
  cr_expect_null(to_look_at(dpo), "not late yet");
  days_pass(1);
  cr_expect_not_null(to_look_at(dpo), "late");
  cr_expect_eq(go_on(handler(), notice, " ", "2026-12-01"), 400, "no reason");
  cr_expect_eq(go_on(handler(), notice, "They go on.", NULL), 400, "no day");
  cr_expect_eq(go_on(handler(), notice, "They go on.", "2026-11-12"), 400, "today");
  cr_expect_eq(go_on(handler(), notice, "They go on.", "2026-11-20"), 200);
  cr_expect_null(to_look_at(handler()), "not before the other day");
  days_pass(8);
  one = to_look_at(handler());
  cr_assert_not_null(one);
  cr_expect_str_eq(office_text(one, "found"), "They go on.");
  office_clock_us = OFFICE_NOW_US;
}

Test(disclosure_recall, leaves_nothing_to_look_at_again)
{
  struct id id;

  office_clock_us = OFFICE_NOW_US;
  id = sent_until("2026-11-11");
  cr_assert_eq(recall(handler(), id, "safety"), 200);
  days_pass(9);
  cr_expect_null(to_look_at(handler()), "%.*s", (int)answered()->body.len, answered()->body.ptr);
  office_clock_us = OFFICE_NOW_US;
}
