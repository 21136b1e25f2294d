/* Nobody is decided to be unprotected before the custodian has compared the row with everything
 * that is protected; what it says is one bit, for the circle, and holds as long as nothing moves.
 */
#include "register/errands.h"
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct actor officer, lead;

static void begin(void)
{
  held_begin(&held);
  officer = office_actor(&held.office, "case_officer", 9);
  lead = office_actor(&held.office, "safeguarding_lead", 1);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_waiting, .init = begin, .fini = end, .timeout = 120);

/* Another child than Siôn, who may have been seen where he lives. */
static struct id gwen(const char *note)
{
  struct given values[] = {
    GIVEN(forename, 0, "Gwen"), GIVEN(surname, 0, "Harris"), GIVEN(date_of_birth, 0, "2014-09-09"),
    GIVEN(home_address, 0, "7 Heol Newydd, Aberffug"), GIVEN(case_notes, 0, "")};

  values[4].value.text = (struct personal){note, strlen(note)};
  return office_child_of(&held.office, officer, (struct given_list)GIVEN_LIST(values));
}

static const char *outcome(size_t n)
{
  return office_text(json_array_get(json_object_get(held.office.json, "decisions"), n), "outcome");
}

static const char *decide(const struct id *ids, size_t count, enum level level)
{
  struct first_decisions in = {.ids = ids, .count = count, .level = level};

  OFFICE_RUN(&held.office, first_decision_make(office_op(&held.office, lead), &in));
  return outcome(0);
}

/* What memory knows: the protection version at which the row was compared. */
static uint64_t compared_at(struct id id)
{
  const struct entry *entry;
  uint64_t at;

  index_read(held.office.reg->index);
  entry = index_entry(held.office.reg->index, id);
  at = entry != NULL ? entry->compared : 0;
  index_done(held.office.reg->index);
  return at;
}

static bool counts(struct id id)
{
  return compared_at(id) == writer_protection_version(held.office.reg->writer);
}

static void wait_for(struct id id)
{
  for (int i = 0; i < 1000 && !counts(id); i++)
    usleep(10000);
  cr_assert(counts(id), "not compared");
}

static void change(struct id child)
{
  struct office *office = &held.office;
  struct given values[] = {GIVEN(known_as, 0, "Mabli")};
  struct entry_change in = {.id = child,
                            .ask = office_ask(office, "register_maintenance", NULL),
                            .values = GIVEN_LIST(values)};
  char etag[33];

  OFFICE_RUN(office, entry_get(office_op(office, officer), child));
  memcpy(etag, office->op.answer.etag, sizeof etag);
  struct op *op = office_op(office, officer);
  op->if_match = str_from(etag);
  OFFICE_RUN(office, entry_patch(op, &in));
  cr_assert_eq(office->op.answer.status, 200);
}

Test(disclosure_waiting, decides_none_only_once_the_row_is_compared)
{
  struct id ids[2];

  held_stop_custodian(&held);
  ids[0] = office_sion(&held.office, officer);
  ids[1] = gwen("Nothing to say.");
  cr_expect_str_eq(decide(ids, 2, LEVEL_NONE), "not_compared");
  cr_expect_str_eq(outcome(1), "not_compared");
  cr_expect_str_eq(decide(ids, 1, LEVEL_HIDDEN), "decided", "protecting waits for nobody");
  held_start_custodian(&held);
  wait_for(ids[1]);
  cr_expect_str_eq(decide(ids + 1, 1, LEVEL_NONE), "decided");
}

Test(disclosure_waiting, says_why_and_what_to_do)
{
  json_t *one;

  held_stop_custodian(&held);
  struct id sion = office_sion(&held.office, officer);
  cr_assert_str_eq(decide(&sion, 1, LEVEL_NONE), "not_compared");
  one = json_array_get(json_object_get(held.office.json, "decisions"), 0);
  cr_expect_not_null(strstr(office_text(one, "why"), "try again"));
}

Test(disclosure_waiting, trusts_no_comparison_while_the_custodian_is_away)
{
  struct id sion = office_sion(&held.office, officer);

  wait_for(sion);
  held_stop_custodian(&held);
  for (int i = 0; i < 600 && errands_has_custodian(held.office.reg->errands); i++)
    usleep(10000);
  cr_expect(counts(sion));
  cr_expect_str_eq(decide(&sion, 1, LEVEL_NONE), "not_compared");
}

/* ---- what it finds ---- */

static const char *listed(struct id id)
{
  struct id other;
  json_t *waiting, *row;
  size_t i;

  OFFICE_RUN(&held.office, first_decision_list(office_op(&held.office, lead), STR("")));
  waiting = json_object_get(held.office.json, "waiting");
  json_array_foreach(waiting, i, row)
  {
    cr_assert(id_parse(str_from(office_text(row, "entry")), &other));
    if (id_equal(other, id)) return office_text(row, "compared");
  }
  return "not in the list";
}

Test(disclosure_waiting, shows_a_hit_and_has_it_decided_alone)
{
  struct id sion = office_sion(&held.office, officer), ids[2];

  office_set_level(&held.office, sion, LEVEL_HIDDEN);
  ids[0] = gwen("Seen at 1 Stryd yr Enghraifft, Tref-y-Data in May.");
  ids[1] = gwen("Seen at 9 Stryd Arall, Tref-y-Data in May.");
  wait_for(ids[0]);
  wait_for(ids[1]);
  cr_expect_str_eq(listed(ids[0]), "hit");
  cr_expect_str_eq(listed(ids[1]), "no_hit");
  cr_expect_str_eq(decide(ids, 2, LEVEL_NONE), "decide_alone");
  cr_expect_str_eq(outcome(1), "decided");
  cr_expect_str_eq(decide(ids, 1, LEVEL_NONE), "decided", "the lead has looked at it");
}

Test(disclosure_waiting, finds_it_in_a_note_that_goes_on_in_pages)
{
  static char note[3000];
  struct id sion = office_sion(&held.office, officer), child;

  memset(note, 'a', sizeof note - 1);
  memcpy(note + 2500, " 1 Stryd yr Enghraifft, Tref-y-Data ", 36);
  office_set_level(&held.office, sion, LEVEL_CONTACT_PROTECTED);
  child = gwen(note);
  wait_for(child);
  cr_expect_str_eq(listed(child), "hit");
}

static bool has_hit(struct id id)
{
  bool hit;

  index_read(held.office.reg->index);
  hit = index_entry(held.office.reg->index, id)->has_hit;
  index_done(held.office.reg->index);
  return hit;
}

Test(disclosure_waiting, finds_the_row_among_many)
{
  struct id sion = office_sion(&held.office, officer), plain[40], child;

  held_stop_custodian(&held);
  office_set_level(&held.office, sion, LEVEL_CONTACT_PROTECTED);
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    plain[i] = gwen("Nothing to say.");
  child = gwen("His mother answers 07700 900123.");
  held_start_custodian(&held);
  wait_for(child);
  cr_expect(has_hit(child));
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    cr_expect_not(has_hit(plain[i]), "%zu", i);
}

/* ---- how long it holds ---- */

Test(disclosure_waiting, forgets_it_when_the_row_is_changed)
{
  struct id sion = office_sion(&held.office, officer);

  wait_for(sion);
  held_stop_custodian(&held);
  change(sion);
  cr_expect_not(counts(sion));
  held_start_custodian(&held);
  wait_for(sion);
}

Test(disclosure_waiting, forgets_it_when_protection_is_raised)
{
  struct id sion = office_sion(&held.office, officer), child = gwen("Nothing to say.");
  struct protection in = {.id = sion, .level = LEVEL_HIDDEN};

  wait_for(child);
  held_stop_custodian(&held);
  OFFICE_RUN(&held.office, protection_set(office_op(&held.office, officer), &in));
  cr_expect_not(counts(child));
  held_start_custodian(&held);
  wait_for(child);
}

Test(disclosure_waiting, waits_for_what_is_on_its_way_into_a_blob)
{
  struct id sion = office_sion(&held.office, officer), child = gwen("Nothing to say.");
  struct given values[] = {GIVEN(home_address, 0, "7 Heol Newydd, Aberffug")};
  struct entry_change in = {.id = sion,
                            .ask = office_ask(&held.office, "register_maintenance", NULL),
                            .values = GIVEN_LIST(values)};
  char etag[33];

  office_set_level(&held.office, sion, LEVEL_CONTACT_PROTECTED);
  wait_for(child);
  held_stop_custodian(&held);
  OFFICE_RUN(&held.office, entry_get(office_op(&held.office, officer), sion));
  memcpy(etag, held.office.op.answer.etag, sizeof etag);
  struct op *op = office_op(&held.office, officer);
  op->if_match = str_from(etag);
  OFFICE_RUN(&held.office, entry_patch(op, &in));
  cr_assert_eq(held.office.op.answer.status, 200);
  cr_expect_not(counts(child), "compared with the address before");
  held_start_custodian(&held);
  wait_for(child);
  cr_expect_str_eq(listed(child), "hit", "she lives where he has moved to");
}

/* ---- the log ---- */

Test(disclosure_waiting, is_one_entry_a_round)
{
  struct tree_edge before, after;
  struct id sion;

  held_stop_custodian(&held);
  sion = office_sion(&held.office, officer);
  writer_edge(held.office.reg->writer, &before);
  held_start_custodian(&held);
  wait_for(sion);
  usleep(300000);
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(after.size, before.size + 1);
}
