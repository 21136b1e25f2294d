/* Raising protection at once, whatever stands in the way, and lowering it by two people who knew
 * the same. */
#include "register/blind.h"
#include "register/proposal.h"
#include "tests/unit/register_office.h"

static struct office office;
static struct actor officer, lead, deputy;

static void begin(void)
{
  office_begin(&office);
  officer = office_actor(&office, "case_officer", 1);
  lead = office_actor(&office, "safeguarding_lead", 2);
  deputy = office_actor(&office, "safeguarding_lead", 3);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_protection, .init = begin, .fini = end, .timeout = 60);

static int set(struct actor actor, struct id id, enum level level, const char *reason)
{
  struct protection in = {.id = id, .level = level, .reason = {reason, strlen(reason)}};

  OFFICE_RUN(&office, protection_set(office_op(&office, actor), &in));
  return office.op.answer.status;
}

static struct id propose(struct id id)
{
  struct id proposal;

  cr_assert_eq(set(lead, id, LEVEL_CONTACT_PROTECTED, ""), 202);
  cr_assert(id_parse(str_from(office_text(office.json, "proposal")), &proposal));
  return proposal;
}

static int approve(struct actor actor, struct id id, struct id proposal, bool agrees)
{
  struct protection_approval in = {.id = id, .proposal = proposal, .approve = agrees};

  OFFICE_RUN(&office, protection_approve(office_op(&office, actor), &in));
  return office.op.answer.status;
}

static size_t items(enum item_kind kind)
{
  size_t cursor = 0, count = 0;

  index_read(office.reg->index);
  while (index_item_of_kind(office.reg->index, kind, &cursor) != NULL)
    count++;
  index_done(office.reg->index);
  return count;
}

Test(register_on_protection, is_raised_at_once_when_no_room_is_left_for_the_reason)
{
  struct id sion = office_sion(&office, officer);

  cr_assert_eq(set(officer, sion, LEVEL_CONTACT_PROTECTED, "she asked for it"), 200);
  for (size_t i = 0; i < BLIND_WAITING_MAX; i++)
    cr_expect_eq(set(officer, sion, LEVEL_CONTACT_PROTECTED, "and again"), 200);
  cr_expect_str_eq(office_text(office.json, "reason"), "", "the last place took it");
  cr_expect_eq(set(officer, sion, LEVEL_HIDDEN, "he has found them"), 200);
  cr_expect_str_neq(office_text(office.json, "reason"), "", "the person is told");
  cr_expect_eq(items(ITEM_PATCH), BLIND_WAITING_MAX);
  cr_expect_eq(set(officer, sion, LEVEL_HIDDEN, ""), 404, "outside the circle");
}

static int look(struct actor actor, struct id id, struct id proposal)
{
  OFFICE_RUN(&office, protection_proposal(office_op(&office, actor), id, proposal));
  return office.op.answer.status;
}

Test(register_on_protection, shows_a_proposal_to_who_could_agree_and_to_nobody_else)
{
  struct id sion = office_sion(&office, officer), proposal;

  cr_assert_eq(set(lead, sion, LEVEL_HIDDEN, ""), 200);
  proposal = propose(sion);
  cr_assert_eq(look(deputy, sion, proposal), 200);
  cr_expect_str_eq(office_text(office.json, "level"), "hidden");
  cr_expect_str_eq(office_text(office.json, "proposed"), "contact_protected");
  cr_expect(json_is_true(json_object_get(office.json, "may_decide")));
  cr_expect_eq(look(lead, sion, proposal), 200);
  cr_expect(json_is_false(json_object_get(office.json, "may_decide")), "their own proposal");
  cr_expect_eq(look(officer, sion, proposal), 403, "the request is refused, whoever the child is");
  cr_expect_eq(look(deputy, proposal, sion), 404);
  cr_assert_eq(approve(deputy, sion, proposal, false), 200);
  cr_expect_eq(look(deputy, sion, proposal), 404, "it is over");
}

Test(register_on_protection, makes_one_proposal_of_what_is_sent_twice)
{
  struct protection in = {.level = LEVEL_CONTACT_PROTECTED};
  size_t before;

  in.id = office_sion(&office, officer);
  cr_assert_eq(set(lead, in.id, LEVEL_HIDDEN, ""), 200);
  before = items(ITEM_PROPOSAL);
  for (int i = 0; i < 2; i++) {
    struct op *op = office_op(&office, lead);

    op->has_idempotency = true;
    op->idempotency.b[0] = 7;
    OFFICE_RUN(&office, protection_set(op, &in));
    cr_expect_eq(office.op.answer.status, 202);
  }
  cr_expect_eq(items(ITEM_PROPOSAL), before + 1);
}

Test(register_on_protection, is_lowered_by_two_people)
{
  struct id sion = office_sion(&office, officer), proposal;

  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  proposal = propose(sion);
  cr_expect_eq(approve(lead, sion, proposal, true), 409);
  cr_expect_eq(approve(deputy, sion, proposal, true), 200);
  cr_expect_eq(approve(deputy, sion, proposal, true), 404, "once");
}

Test(register_on_protection, is_not_lowered_on_a_proposal_older_than_the_last_raising)
{
  struct id sion = office_sion(&office, officer), proposal;

  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  proposal = propose(sion);
  cr_assert_eq(set(deputy, sion, LEVEL_HIDDEN, "he has found them"), 200);
  cr_expect_eq(approve(deputy, sion, proposal, true), 404);
  cr_expect_eq(items(ITEM_PROPOSAL), 0);
}

Test(register_on_protection, does_not_take_a_row_of_a_sheet_for_a_proposal_to_lower)
{
  struct id sion = office_sion(&office, officer), row;
  struct entry_of entry = {.action = ACTION_INTAKE};
  struct given values[] = {GIVEN(known_as, 0, "Jo")};
  struct proposal proposal = {
    .kind = PROPOSAL_CHANGE, .about = sion, .values = &(struct given_list)GIVEN_LIST(values)};
  struct facts_want want = {.id = sion};
  struct op *op = office_op(&office, officer);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  proposal.child = &facts.child;
  cr_assert_eq(proposal_put(op, &row, &proposal), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
  cr_expect_eq(approve(lead, sion, row, false), 404);
  cr_expect_eq(items(ITEM_PROPOSAL), 1, "it waits for the child's officer still");
}

/* ---- who follows ---- */

static void namesake(void)
{
  struct given values[] = {GIVEN(forename, 0, "Arall"), GIVEN(surname, 0, "Jones"),
                           GIVEN(date_of_birth, 0, "2014-01-01"),
                           GIVEN(person_name, 0, "Mair ap Rhys")};

  (void)office_child_of(&office, officer, (struct given_list)GIVEN_LIST(values));
}

Test(register_on_protection, reaches_the_household_past_any_number_of_namesakes)
{
  struct given values[] = {GIVEN(forename, 0, "Gwen"), GIVEN(surname, 0, "ap Rhys"),
                           GIVEN(date_of_birth, 0, "2013-01-01"),
                           GIVEN(home_address, 0, "1 Stryd yr Enghraifft, Tref-y-Data")};
  struct entry_ask look = {.ask = office_ask(&office, "register_maintenance", "home_address")};
  struct id sion = office_sion(&office, officer);

  look.id = office_child_of(&office, officer, (struct given_list)GIVEN_LIST(values));
  office_set_level(&office, look.id, LEVEL_NONE);
  for (size_t i = 0; i < 40; i++)
    namesake();
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &look));
  cr_assert(office_grants(&office, "home_address"));
  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &look));
  cr_expect_not(office_grants(&office, "home_address"), "her home is his home");
}

Test(register_on_protection, lifts_the_adult_on_other_entries_when_it_is_raised_again)
{
  struct given values[] = {GIVEN(forename, 0, "Gwen"),
                           GIVEN(surname, 0, "Jones"),
                           GIVEN(date_of_birth, 0, "2013-01-01"),
                           GIVEN(person_name, 0, "Mair ap Rhys"),
                           GIVEN(person_phone, 0, "07700 900123"),
                           GIVEN(person_standing, 0, "resident")};
  struct entry_ask look = {
    .ask = office_ask(&office, "register_maintenance", "child_name resident_parent_name")};
  struct id sion = office_sion(&office, officer);

  look.id = office_child_of(&office, officer, (struct given_list)GIVEN_LIST(values));
  office_set_level(&office, look.id, LEVEL_NONE);
  cr_assert_eq(set(officer, sion, LEVEL_CONTACT_PROTECTED, ""), 200);
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &look));
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "Mair ap Rhys");
  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  OFFICE_RUN(&office, entry_view(office_op(&office, officer), &look));
  cr_expect_str_eq(office_value(&office, "child_name", 0), "Gwen");
  cr_expect_str_eq(office_value(&office, "resident_parent_name", 0), "");
}

/* Another child of Siôn's mother. */
static struct id half_sibling(void)
{
  struct given values[] = {GIVEN(forename, 0, "Gwen"),
                           GIVEN(surname, 0, "Jones"),
                           GIVEN(date_of_birth, 0, "2013-01-01"),
                           GIVEN(person_name, 0, "Mair ap Rhys"),
                           GIVEN(person_phone, 0, "07700 900123"),
                           GIVEN(person_standing, 0, "resident")};

  return office_child_of(&office, officer, (struct given_list)GIVEN_LIST(values));
}

static enum level level_of_mother(struct id id)
{
  struct facts_want want = {.id = id};
  struct op *op = office_op(&office, officer);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  op_end(op);
  return facts.safety.person[0];
}

Test(register_on_protection, reaches_every_entry_with_the_same_commit)
{
  struct id sion = office_sion(&office, officer), others[40];

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    others[i] = half_sibling();
  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    cr_expect_eq(level_of_mother(others[i]), LEVEL_HIDDEN, "%zu", i);
  cr_expect_eq(items(ITEM_OWED), 8, "there is no thread here to carry it out");
}

Test(register_on_protection, of_an_adult_is_no_all_clear_for_the_family)
{
  struct id sion = office_sion(&office, officer), gwen = half_sibling();
  struct entry_ask look = {.id = gwen,
                           .ask = office_ask(&office, "safeguarding_enquiry", "shield_exists")};

  office_set_level(&office, gwen, LEVEL_NONE);
  OFFICE_RUN(&office, entry_view(office_op(&office, lead), &look));
  cr_expect_str_eq(office_value(&office, "shield_exists", 0), "none");
  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  OFFICE_RUN(&office, entry_view(office_op(&office, lead), &look));
  cr_expect_str_eq(office_value(&office, "shield_exists", 0), "hidden");
  office_set_level(&office, gwen, LEVEL_UNKNOWN);
  OFFICE_RUN(&office, entry_view(office_op(&office, lead), &look));
  cr_expect_str_eq(office_value(&office, "shield_exists", 0), "unknown");
}

Test(register_on_protection, reaches_an_entry_that_is_shielded_already)
{
  struct id sion = office_sion(&office, officer), gwen = half_sibling(), plain;
  struct given values[] = {GIVEN(forename, 0, "Arall"), GIVEN(surname, 0, "Jones"),
                           GIVEN(date_of_birth, 0, "2014-01-01"),
                           GIVEN(person_name, 0, "Mair ap Rhys")};

  plain = office_child_of(&office, officer, (struct given_list)GIVEN_LIST(values));
  office_set_level(&office, gwen, LEVEL_CONTACT_PROTECTED);
  cr_assert_eq(set(officer, sion, LEVEL_HIDDEN, ""), 200);
  cr_expect_eq(level_of_mother(gwen), LEVEL_HIDDEN);
  cr_expect_eq(level_of_mother(plain), LEVEL_UNKNOWN, "the name alone does not make her");
}

/* ---- assignments ---- */

Test(register_on_protection, lets_nobody_in_before_the_day)
{
  struct id sion = office_sion(&office, officer);
  struct assignment in = {.id = sion,
                          .officer = STR("nobody.yet"),
                          .from = {day_from_ymd(2026, 12, 1).number},
                          .until = DAY_NONE};
  struct actor head = office_actor(&office, "head_of_service", 4);

  cr_expect_eq(assignment_make(office_op(&office, head), &in), ERR_INPUT);
  op_end(&office.op);
  in.from = DAY_NONE;
  OFFICE_RUN(&office, assignment_make(office_op(&office, head), &in));
  cr_expect_eq(office.op.answer.status, 400, "known, but there is no such person");
}
