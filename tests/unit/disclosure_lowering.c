/* Protection comes down to none by two people's signatures, with the values, in one commit; and not
 * while anything speaks against it. */
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct actor officer, proposer, approver;
static struct signer *signers[2];

static void begin(void)
{
  held_begin(&held);
  officer = office_actor(&held.office, "case_officer", 9);
  proposer = office_actor(&held.office, "safeguarding_lead", 1);
  approver = office_actor(&held.office, "safeguarding_lead", 2);
  held_enrol(&held, proposer, &signers[0]);
  held_enrol(&held, approver, &signers[1]);
}

static void end(void)
{
  signer_free(&signers[0]);
  signer_free(&signers[1]);
  held_end(&held);
}

TestSuite(disclosure_lowering, .init = begin, .fini = end, .timeout = 120);

#define ADDRESS "1 Stryd yr Enghraifft, Tref-y-Data"

static int set(struct actor actor, struct id child, enum level level, const char *reason)
{
  struct protection in = {.id = child, .level = level, .reason = {reason, strlen(reason)}};

  OFFICE_RUN(&held.office, protection_set(office_op(&held.office, actor), &in));
  return held.office.op.answer.status;
}

static struct id hidden_child(void)
{
  struct id child = office_sion(&held.office, officer);

  cr_assert_eq(set(officer, child, LEVEL_HIDDEN, "he is looking for them"), 200);
  return child;
}

static struct id propose(struct id child)
{
  struct id proposal;

  cr_assert_eq(set(proposer, child, LEVEL_NONE, ""), 202);
  cr_assert(id_parse(str_from(office_text(held.office.json, "proposal")), &proposal));
  return proposal;
}

static int approve(struct actor actor, struct id child, struct id proposal)
{
  struct protection_approval in = {.id = child, .proposal = proposal, .approve = true};

  OFFICE_RUN(&held.office, protection_approve(office_op(&held.office, actor), &in));
  return held.office.op.answer.status;
}

/* A ticket that both have signed. */
struct agreed {
  char ticket[TICKET_TEXT_MAX + 1], both[2 * TICKET_SIGNED_TEXT + 2];
};

static struct agreed agree(struct id child)
{
  struct agreed agreed;
  struct ticket ticket;
  struct id proposal = propose(child);

  cr_assert_eq(approve(approver, child, proposal), 202);
  ticket = held_ticket(&held, agreed.ticket);
  held_sign(&ticket, TICKET_REQUESTS, signers[1], agreed.both);
  agreed.both[TICKET_SIGNED_TEXT] = '\n';
  held_sign(&ticket, TICKET_APPROVES, signers[0], agreed.both + TICKET_SIGNED_TEXT + 1);
  return agreed;
}

static void expect_address(struct id child, bool is_there)
{
  struct entry_ask in = {.id = child,
                         .ask = office_ask(&held.office, "register_maintenance", "home_address")};

  OFFICE_RUN(&held.office, entry_view(office_op(&held.office, officer), &in));
  cr_expect_eq(held.office.op.answer.status, is_there ? 200 : 404);
  cr_expect_str_eq(office_value(&held.office, "home_address", 0), is_there ? ADDRESS : "");
}

static struct facts facts_of(struct id child)
{
  struct facts_want want = {.id = child};
  struct op *op = office_op(&held.office, officer);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  op_end(op);
  return facts;
}

static size_t proposals(struct id child)
{
  size_t cursor = 0, count = 0;

  index_read(held.office.reg->index);
  while (index_item_of_record(held.office.reg->index, child, ITEM_PROPOSAL, &cursor) != NULL)
    count++;
  index_done(held.office.reg->index);
  return count;
}

Test(disclosure_lowering, gives_the_values_back_to_casework_on_two_signatures)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);
  struct tree_edge before, after;

  expect_address(child, false);
  held_settle(&held);
  writer_edge(held.office.reg->writer, &before);
  enum err err = held_use(&held, approver, agreed.ticket, agreed.both);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), held.office.op.trail.where);
  cr_assert_eq(held.office.op.answer.status, 200, "%.*s", (int)held.office.op.answer.body.len,
               held.office.op.answer.body.ptr);
  cr_expect_str_eq(office_text(held.office.json, "level"), "none");
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(after.size, before.size + 2, "the opening, and the lowering");
  cr_expect_eq(proposals(child), 0);
  expect_address(child, true);
  struct facts facts = facts_of(child);
  cr_expect_eq(facts.safety.level, LEVEL_NONE);
  cr_expect_eq(facts.safety.person[0], LEVEL_NONE);
  cr_expect(facts.safety.ever_protected);
  cr_expect(facts.safety.first_decided);
}

Test(disclosure_lowering, changes_nothing_before_the_signatures)
{
  struct id child = hidden_child();

  cr_assert_eq(approve(approver, child, propose(child)), 202);
  cr_expect_str_eq(office_text(held.office.json, "level"), "hidden");
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
  cr_expect_eq(proposals(child), 1);
}

Test(disclosure_lowering, needs_the_second_signature)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  agreed.both[TICKET_SIGNED_TEXT] = '\0';
  cr_expect_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_expect_eq(held.office.op.trail.a, CUSTODIAN_SIGNATURE);
  cr_expect_eq(held.office.op.answer.status, 403);
  cr_expect_str_eq(office_text(held.office.json, "type"), "/problems/custody-signature");
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
}

Test(disclosure_lowering, is_not_for_somebody_else_to_ask_for)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(held_use(&held, proposer, agreed.ticket, agreed.both), OK);
  cr_expect_eq(held.office.op.answer.status, 403);
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
}

Test(disclosure_lowering, happens_once)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_assert_eq(set(officer, child, LEVEL_HIDDEN, ""), 200);
  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_expect_eq(held.office.op.answer.status, 404, "nobody has proposed it");
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
}

Test(disclosure_lowering, is_withdrawn_by_a_new_raising)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(set(approver, child, LEVEL_HIDDEN, "he has found them"), 200);
  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_expect_eq(held.office.op.answer.status, 404);
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
}

Test(disclosure_lowering, waits_for_changes_that_wait)
{
  struct id child = hidden_child(), proposal;

  held_stop_custodian(&held);
  cr_assert_eq(set(proposer, child, LEVEL_HIDDEN, "and more"), 200);
  proposal = propose(child);
  cr_expect_eq(approve(approver, child, proposal), 409);
  held_start_custodian(&held);
  for (int i = 0; i < 100 && approve(approver, child, proposal) != 202; i++)
    usleep(100000);
  cr_expect_eq(held.office.op.answer.status, 202);
}

Test(disclosure_lowering, does_nothing_while_the_custodian_is_away)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  held_stop_custodian(&held);
  cr_expect_eq(held_use(&held, approver, agreed.ticket, agreed.both), ERR_CUSTODIAN);
  cr_expect_eq(facts_of(child).safety.level, LEVEL_HIDDEN);
}

/* ---- what has no place in casework ---- */

static const char *opened(struct id child, const char *word)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct entry_ask in = {.id = child,
                         .ask = office_ask(&held.office, "safeguarding_enquiry", word)};
  struct ticket ticket;

  OFFICE_RUN(&held.office, entry_view(office_op(&held.office, proposer), &in));
  ticket = held_ticket(&held, text);
  held_sign(&ticket, TICKET_REQUESTS, signers[0], signature);
  cr_assert_eq(held_use(&held, proposer, text, signature), OK);
  return office_value(&held.office, word, 0);
}

Test(disclosure_lowering, leaves_the_reason_in_custody)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_expect_str_eq(opened(child, "shield_reason"), "he is looking for them");
}

/* Patches, and what protection found no place for, have been put where they belong. */
static bool is_settled(struct id child)
{
  const struct entry *entry;
  size_t cursor = 0;
  bool settled;

  index_read(held.office.reg->index);
  entry = index_entry(held.office.reg->index, child);
  settled = !entry->in_transit &&
            index_item_of_record(held.office.reg->index, child, ITEM_PATCH, &cursor) == NULL;
  index_done(held.office.reg->index);
  return settled;
}

static void settle(struct id child)
{
  for (int i = 0; i < 1000 && !is_settled(child); i++)
    usleep(10000);
  cr_assert(is_settled(child), "still waiting");
}

/* Opened as the matcher opens: what stands in casework, whatever the level. */
static bool casework_holds_address(struct id child)
{
  struct op *op = office_op(&held.office, officer);
  struct facts_want want = {.id = child};
  struct facts facts;
  struct record *record;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_record(op, &record, &facts), OK);
  op_end(op);
  return record->values[FIELD_home_address][0].state != VALUE_ABSENT;
}

Test(disclosure_lowering, loses_nothing_when_protection_begins_again)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_assert_eq(set(officer, child, LEVEL_HIDDEN, ""), 200);
  settle(child);
  cr_expect_str_eq(opened(child, "shield_reason"), "he is looking for them");
  cr_expect_str_eq(opened(child, "home_address"), ADDRESS);
  cr_expect_not(casework_holds_address(child));
}

Test(disclosure_lowering, is_protected_at_once_again_while_the_custodian_is_away)
{
  struct id child = hidden_child();
  struct agreed agreed = agree(child);

  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  held_stop_custodian(&held);
  cr_assert_eq(set(officer, child, LEVEL_HIDDEN, ""), 200);
  expect_address(child, false);
  cr_expect(casework_holds_address(child), "not lost");
  cr_expect_eq(approve(approver, child, propose(child)), 409, "it waits");
  held_start_custodian(&held);
  settle(child);
  cr_expect_not(casework_holds_address(child));
  cr_expect_str_eq(opened(child, "home_address"), ADDRESS);
}

/* Her home is told by her other child's entry: it stays where it was put. */
Test(disclosure_lowering, leaves_an_adult_who_is_protected_on_another_entry)
{
  struct given values[] = {
    GIVEN(forename, 0, "Gwen"),
    GIVEN(surname, 0, "ap Rhys"),
    GIVEN(date_of_birth, 0, "2013-01-01"),
    GIVEN(home_address, 0, "9 Heol Arall, Tref-y-Data"),
    GIVEN(person_name, 0, "Mair ap Rhys"),
    GIVEN(person_relation, 0, "mother"),
    GIVEN(person_standing, 0, "non_resident"),
    GIVEN(person_phone, 0, "07700 900123"),
    GIVEN(person_address, 0, ADDRESS),
  };
  struct id gwen = office_child_of(&held.office, officer, (struct given_list)GIVEN_LIST(values));

  (void)hidden_child();
  cr_assert_eq(facts_of(gwen).safety.person[0], LEVEL_HIDDEN, "she is Siôn's mother");
  settle(gwen);
  cr_assert_eq(set(officer, gwen, LEVEL_CONTACT_PROTECTED, ""), 200);
  settle(gwen);
  struct agreed agreed = agree(gwen);
  cr_assert_eq(held_use(&held, approver, agreed.ticket, agreed.both), OK);
  cr_assert_eq(held.office.op.answer.status, 200);
  struct facts facts = facts_of(gwen);
  cr_expect_eq(facts.safety.level, LEVEL_NONE);
  cr_expect_eq(facts.safety.person[0], LEVEL_HIDDEN);
  cr_expect_str_eq(opened(gwen, "other_parent_contact"), "07700 900123");
}
