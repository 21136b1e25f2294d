/* Text that leaves in a disclosure: redacted of every other party, compared by the custodian, and
 * held back where either cannot be done. */
#include <sys/stat.h>

#include "register/budget.h"
#include "register/pace.h"
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

TestSuite(disclosure_leaving, .init = begin, .fini = end, .timeout = 120);

#define OTHER_ADDRESS "Trem-y-Garth, 12 Rose Street, Tref-y-Garth"

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static const char *body(void)
{
  static char text[1 << 16];

  snprintf(text, sizeof text, "%.*s", (int)held.office.op.answer.body.len,
           held.office.op.answer.body.ptr);
  return text;
}

/* Siân, with her mother, a father who lives elsewhere, and what was written down about them. */
static struct id child_with(struct given_list more)
{
  struct given values[24] = {
    GIVEN(forename, 0, "Siân"),
    GIVEN(surname, 0, "Morys"),
    GIVEN(date_of_birth, 0, "2015-03-04"),
    GIVEN(home_address, 0, "1 Stryd yr Enghraifft, Tref-y-Data"),
    GIVEN(person_name, 0, "Mair Morys"),
    GIVEN(person_standing, 0, "resident"),
    GIVEN(person_name, 1, "Gwydion Llŷr"),
    GIVEN(person_standing, 1, "non_resident"),
    GIVEN(person_address, 1, OTHER_ADDRESS),
    GIVEN(person_phone, 1, "07700 900123"),
  };
  size_t n = 10;

  for (size_t i = 0; i < more.count; i++)
    values[n++] = more.at[i];
  return office_child_of(&held.office, handler(), (struct given_list){values, n});
}

static struct id ask_for(struct id child, struct id recipient, const char *purpose,
                         const char *basis, const char *fields)
{
  struct disclosure in = {.id = child, .recipient = recipient};
  struct id id = {{0}};

  in.ask = office_ask(&held.office, purpose, fields);
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, basis);
  in.ask.alternatives[0] = (struct ask_alternative){
    .option = {"asked the school", 16}, .why_not = {"it does not know", 16}, .tried = true};
  in.ask.alternative_count = 1;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler()), &in));
  (void)id_parse(str_from(office_text(held.office.json, "disclosure")), &id);
  return id;
}

static struct id to_parent(struct id child, const char *fields)
{
  struct id recipient = held_recipient(&held, "parent", true), disclosure;

  held_relate(&held, child, recipient, RELATION_RESIDENT);
  disclosure = ask_for(child, recipient, "subject_access", "data_subject_right", fields);
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  OFFICE_RUN(&held.office,
             disclosure_approve(
               office_op(&held.office, office_actor(&held.office, "data_protection_officer", 7)),
               disclosure, true));
  cr_assert_eq(held.office.op.answer.status, 200, "%s", body());
  return disclosure;
}

static struct id to_authority(struct id child, const char *fields)
{
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  return ask_for(child, recipient, "transfer_between_las", "statutory_duty", fields);
}

/* Until the custodian has spoken: on a busy machine the first answer comes before that. */
static void wait_for_release(struct id disclosure)
{
  for (int i = 0; i < 600; i++) {
    OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
    if (strcmp(office_text(held.office.json, "state"), "comparing") != 0) break;
    OFFICE_RUN(&held.office, disclosure_compare(office_op(&held.office, handler()), disclosure));
    if (strcmp(office_text(held.office.json, "state"), "comparing") != 0) break;
    (void)usleep(100000);
  }
  cr_assert_str_eq(office_text(held.office.json, "state"), "released", "%s", body());
}

#define DAY_US (INT64_C(24) * 3600 * 1000000)

/* What leaves, opened with the real age. */
static char *fetch(struct id disclosure)
{
  static char text[1 << 17];
  char command[512], path[128];
  FILE *file;
  size_t n;

  wait_for_release(disclosure);
  enum err err = disclosure_package(office_op(&held.office, handler()), disclosure);
  cr_assert_eq(err, OK, "%s", err_name(err));
  err = held_submit_bytes(&held);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(held.office.op.answer.status, 200, "%s", body());
  snprintf(path, sizeof path, "%s/package.age", held.office.dir);
  file = fopen(path, "w");
  cr_assert_eq(fwrite(held.office.op.answer.body.ptr, 1, held.office.op.answer.body.len, file),
               held.office.op.answer.body.len);
  fclose(file);
  snprintf(command, sizeof command, "age -d -i %s -o %s/package.json %s", held.identity,
           held.office.dir, path);
  cr_assert_eq(system(command), 0);
  snprintf(path, sizeof path, "%s/package.json", held.office.dir);
  n = held_read(path, text, sizeof text - 1);
  text[n] = '\0';
  return text;
}

/* An answer to a family leaves on one fixed day, whatever was agreed when. */
static char *fetch_on_the_day(struct id disclosure)
{
  wait_for_release(disclosure);
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, handler()), disclosure));
  cr_expect_eq(held.office.op.answer.status, 409, "%s", body());
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
  cr_expect_not_null(json_object_get(held.office.json, "leaves_at"), "%s", body());
  cr_expect_null(json_object_get(held.office.json, "package"));
  office_clock_us += 28 * DAY_US;
  return fetch(disclosure);
}

/* ---- redacted ---- */

Test(disclosure_leaving, redacts_every_other_party_of_the_record)
{
  struct given more[] = {
    GIVEN(case_notes, 0,
          "Visit on 3 May. GWYDION LLYR rang from 0770 0900 123. He is at tremygarth now. "
          "Mair was pleased with the reading."),
    GIVEN(school_name, 0, "Ysgol y Bryn"),
    GIVEN(case_notes, 1, "Nothing about anybody."),
  };
  struct id child = child_with((struct given_list)GIVEN_LIST(more));
  const char *text;

  office_set_level(&held.office, child, LEVEL_NONE);
  text = fetch_on_the_day(to_parent(child, "child_name case_notes"));
  cr_expect_not_null(strstr(text, "Visit on 3 May"), "%s", text);
  cr_expect_not_null(strstr(text, "was pleased with the reading"));
  cr_expect_not_null(strstr(text, "Nothing about anybody."));
  cr_expect_null(strstr(text, "LLYR"), "%s", text);
  cr_expect_null(strstr(text, "900 123"));
  cr_expect_null(strstr(text, "tremygarth"));
  cr_expect_not_null(strstr(text, "\"removed\":4"), "%s", text);
  cr_expect_not_null(strstr(text, "\"removed\":0"));
  cr_expect_not_null(strstr(text, "redacted_text"));
}

/* The father's address is in custody: serve cannot know it, and the custodian finds its sentence.
 */
Test(disclosure_leaving, loses_the_sentence_that_the_custodian_finds)
{
  struct given more[] = {
    GIVEN(case_notes, 0,
          "First sentence stays. Somebody lives at 9 Heol-y-Cudd, Mockbury! Last too."),
  };
  struct given hidden[] = {
    GIVEN(forename, 0, "Arall"),
    GIVEN(surname, 0, "Arallson"),
    GIVEN(home_address, 0, "9 Heol y Cudd, Mockbury"),
  };
  struct id other = office_child_of(&held.office, handler(), (struct given_list)GIVEN_LIST(hidden));
  struct id child = child_with((struct given_list)GIVEN_LIST(more));
  const char *text;

  office_set_level(&held.office, other, LEVEL_HIDDEN);
  office_set_level(&held.office, child, LEVEL_NONE);
  text = fetch_on_the_day(to_parent(child, "case_notes"));
  cr_expect_not_null(strstr(text, "First sentence stays."), "%s", text);
  cr_expect_not_null(strstr(text, "Last too."));
  cr_expect_null(strstr(text, "Heol-y-Cudd"), "%s", text);
  cr_expect_not_null(strstr(text, "\"removed\":1"), "%s", text);
}

/* ---- in a lesser form ---- */

/* What stands behind this member of the package's first value of a word. */
static const char *value_in(const char *package, const char *word)
{
  static char out[4][160];
  static size_t next;
  char key[64];
  char *to = out[next++ % 4];
  const char *at;

  snprintf(key, sizeof key, "\"%s\":", word);
  at = strstr(package, key);
  cr_assert_not_null(at, "%s: %s", word, package);
  at = strstr(at, "\"value\":\"");
  cr_assert_not_null(at, "%s: %s", word, package);
  snprintf(to, sizeof out[0], "%.*s", (int)strcspn(at + 9, "\""), at + 9);
  return to;
}

static const char *inspect(struct id child, struct id inspector)
{
  return fetch(ask_for(child, inspector, "inspection", "statutory_duty",
                       "learner_number date_of_birth child_name"));
}

Test(disclosure_leaving, gives_an_inspector_an_age_and_a_name_of_their_own)
{
  struct given more[] = {GIVEN(upn, 0, "N669313420068")};
  struct id child = child_with((struct given_list)GIVEN_LIST(more));
  struct id one = held_recipient(&held, "inspector", true);
  struct id two = held_recipient(&held, "inspector", true);
  char own[160];
  const char *text;

  office_set_level(&held.office, child, LEVEL_NONE);
  held_relate(&held, child, one, RELATION_INSPECTION_OPEN);
  held_relate(&held, child, two, RELATION_INSPECTION_OPEN);
  text = inspect(child, one);
  cr_expect_str_eq(value_in(text, "date_of_birth"), "11");
  cr_expect_null(strstr(text, "2015-03-04"), "%s", text);
  cr_expect_null(strstr(text, "N669313420068"));
  cr_expect_null(strstr(text, "Morys"), "a word that is not granted");
  snprintf(own, sizeof own, "%s", value_in(text, "learner_number"));
  cr_expect_str_eq(value_in(inspect(child, one), "learner_number"), own, "another one each time");
  cr_expect_str_neq(value_in(inspect(child, two), "learner_number"), own, "everybody's");
}

/* ---- in full, or not at all ---- */

static struct id hidden_neighbour(void)
{
  struct given values[] = {
    GIVEN(forename, 0, "Cŵdd"),
    GIVEN(surname, 0, "Enwog"),
    GIVEN(person_name, 0, "Olwen Enwog"),
    GIVEN(home_address, 0, "9 Heol y Cudd, Mockbury"),
  };
  struct id id = office_child_of(&held.office, handler(), (struct given_list)GIVEN_LIST(values));

  office_set_level(&held.office, id, LEVEL_HIDDEN);
  return id;
}

/* How long the package's text is: as long whether it was held back or not. */
static size_t expect_held_back(const char *narrative, bool is_held_back)
{
  struct given more[] = {
    GIVEN(circumstances_narrative, 0, ""),
    GIVEN(suitability_outcome, 0, "suitable"),
  };
  struct id child, disclosure;
  const char *text;

  more[0].value.text = (struct personal){narrative, strlen(narrative)};
  child = child_with((struct given_list)GIVEN_LIST(more));
  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = to_authority(child, "child_name circumstances_narrative suitability_outcome");
  wait_for_release(disclosure);
  cr_expect_null(strstr(body(), "held_back"), "the officer is told: %s", body());
  text = fetch(disclosure);
  cr_expect_eq(strstr(text, "heb ei ryddhau") != NULL, is_held_back, "%s: %s", narrative, text);
  cr_expect_eq(strstr(text, narrative) == NULL, is_held_back, "%s: %s", narrative, text);
  return strlen(text);
}

Test(disclosure_leaving, holds_back_a_full_text_that_tells_of_somebody_protected)
{
  size_t length;

  (void)hidden_neighbour();
  length = expect_held_back("Plays with Cŵdd Énwog-Jones.", true);
  cr_expect_eq(expect_held_back("Plays with Cŵdd Ébwog-Jones.", false), length);
  (void)expect_held_back("Olwen  ENWOG teaches them.", true);
  (void)expect_held_back("Plays with a friend from 9 heol-y-cudd, Mockbury every day.", true);
}

/* ---- alike ---- */

/* Bytes of the custodian's own book of what it was asked. */
static long book(void)
{
  char path[128];
  struct stat about;

  snprintf(path, sizeof path, "%s/journal", held.custodian_dir);
  cr_assert_eq(stat(path, &about), 0);
  return (long)about.st_size;
}

static long questions_about(const char *narrative)
{
  struct given more[] = {
    GIVEN(circumstances_narrative, 0, ""),
    GIVEN(suitability_outcome, 0, "suitable"),
    GIVEN(support_attempts, 0, "Reading at home."),
  };
  struct id child;
  long before;

  more[0].value.text = (struct personal){narrative, strlen(narrative)};
  child = child_with((struct given_list)GIVEN_LIST(more));
  held_settle(&held); /* what is asked about a new child is asked, before nobody waits for it */
  office_set_level(&held.office, child, LEVEL_NONE);
  held_settle(&held);
  before = book();
  wait_for_release(to_authority(child, "child_name circumstances_narrative support_attempts"));
  return book() - before;
}

Test(disclosure_leaving, asks_as_much_whatever_is_found)
{
  long found, nothing;

  (void)hidden_neighbour();
  held_settle(&held);
  found = questions_about("Plays with a friend from 9 heol-y-cudd, Mockbury every day.");
  nothing = questions_about("Plays with a friend from 9 heol-y-bryn, Mockbury every day.");
  cr_expect_gt(found, 0);
  cr_expect_eq(found, nothing);
}

Test(disclosure_leaving, looking_at_a_disclosure_asks_nothing)
{
  struct given more[] = {GIVEN(circumstances_narrative, 0, "Plays football on Mondays.")};
  struct id child = child_with((struct given_list)GIVEN_LIST(more)), disclosure;
  long before;

  office_set_level(&held.office, child, LEVEL_NONE);
  held_settle(&held);
  held_stop_custodian(&held);
  disclosure = to_authority(child, "circumstances_narrative");
  held_start_custodian(&held);
  before = book();
  for (int i = 0; i < 5; i++)
    OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
  cr_expect_str_eq(office_text(held.office.json, "state"), "comparing");
  cr_expect_eq(book(), before);
  wait_for_release(disclosure);
  cr_expect_gt(book(), before);
}

Test(disclosure_leaving, one_persons_pace_is_nobody_elses)
{
  static struct pace pace;
  const struct id one = {{1}}, other = {{2}};
  const uint64_t hour_us = UINT64_C(3600) * 1000000;
  uint64_t now = 5 * hour_us;

  cr_expect(pace_take(&pace, one, PACE_AN_HOUR, now));
  cr_expect_not(pace_take(&pace, one, 1, now));
  cr_expect(pace_take(&pace, other, PACE_AN_HOUR, now));
  cr_expect_not(pace_take(&pace, one, PACE_AN_HOUR / 2 + 1, now + hour_us / 2));
  cr_expect(pace_take(&pace, one, PACE_AN_HOUR / 2, now + hour_us / 2));
  cr_expect_not(pace_take(&pace, one, 1, now + hour_us / 2));
  for (unsigned n = 0; n < PACE_PEOPLE; n++)
    cr_expect(pace_take(&pace, (struct id){{3, (uint8_t)n, (uint8_t)(n >> 8)}}, 1, now));
  cr_expect_not(pace_take(&pace, one, 1, now + hour_us / 2), "forgotten before who asked less");
}

/* ---- counted ---- */

static uint32_t opened_within_the_hour(void)
{
  struct budget_line line = {.of = {BUDGET_PERSON, handler().account, POLICY_NO_WORD}};
  struct budget_state state;

  budget_state(held.office.reg->budget, &state, &line, (struct instant){office_clock_us});
  return state.used[POLICY_HOUR];
}

Test(disclosure_leaving, counts_a_child_again_each_time_that_something_leaves)
{
  struct id child = child_with((struct given_list){NULL, 0}), disclosure;

  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = to_authority(child, "child_name");
  cr_expect_eq(opened_within_the_hour(), 1);
  office_clock_us += DAY_US / 12;
  cr_expect_eq(opened_within_the_hour(), 0);
  (void)fetch(disclosure);
  cr_expect_eq(opened_within_the_hour(), 1);
  office_clock_us = OFFICE_NOW_US;
}

/* ---- duties that nothing here carries out ---- */

Test(disclosure_leaving, refuses_a_return_whose_counting_nothing_carries_out_whoever_the_child_is)
{
  struct id recipient = held_recipient(&held, "welsh_ministers_official", true);
  struct id child = child_with((struct given_list){NULL, 0}), made_up;

  office_set_level(&held.office, child, LEVEL_NONE);
  held_relate(&held, child, recipient, RELATION_DIRECTION);
  memset(made_up.b, 0x5c, ID_BYTES);
  (void)ask_for(child, recipient, "statutory_return", "statutory_duty", "sex circumstances");
  cr_expect_eq(held.office.op.answer.status, 403, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "rule"), "F-15");
  (void)ask_for(made_up, recipient, "statutory_return", "statutory_duty", "sex circumstances");
  cr_expect_eq(held.office.op.answer.status, 403, "%s", body());
}

/* ---- without the custodian ---- */

Test(disclosure_leaving, lets_nothing_go_while_the_custodian_is_away)
{
  struct given more[] = {GIVEN(circumstances_narrative, 0, "Plays football on Mondays.")};
  struct id child = child_with((struct given_list)GIVEN_LIST(more)), disclosure;

  office_set_level(&held.office, child, LEVEL_NONE);
  held_settle(&held);
  held_stop_custodian(&held);
  disclosure = to_authority(child, "child_name circumstances_narrative");
  cr_assert_eq(held.office.op.answer.status, 202, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "comparing");
  OFFICE_RUN(&held.office, disclosure_package(office_op(&held.office, handler()), disclosure));
  cr_expect_eq(held.office.op.answer.status, 409, "%s", body());
  held_start_custodian(&held);
  wait_for_release(disclosure);
  cr_expect_not_null(strstr(fetch(disclosure), "football"));
}
