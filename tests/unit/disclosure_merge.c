/* What was written blind comes to stand in its place as soon as the custodian is there, and the
 * custodian knows what is protected. */
#include "register/blind.h"
#include "register/carry.h"
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct actor officer, lead;
static struct signer *signer;

static void begin(void)
{
  held_begin(&held);
  officer = office_actor(&held.office, "case_officer", 9);
  lead = office_actor(&held.office, "safeguarding_lead", 1);
  held_enrol(&held, lead, &signer);
}

static void end(void)
{
  signer_free(&signer);
  held_end(&held);
}

TestSuite(disclosure_merge, .init = begin, .fini = end, .timeout = 120);

/* Writes a home address without reading any. */
static int write_address(struct id child, const char *address)
{
  struct office *office = &held.office;
  struct given values[] = {GIVEN(home_address, 0, ""), GIVEN(person_address, 0, "")};
  struct entry_change in = {.id = child,
                            .ask = office_ask(office, "register_maintenance", NULL),
                            .values = GIVEN_LIST(values)};
  char etag[33];

  for (size_t i = 0; i < 2; i++) /* his mother has moved along */
    values[i].value.text = (struct personal){address, strlen(address)};
  OFFICE_RUN(office, entry_get(office_op(office, officer), child));
  cr_assert_eq(office->op.answer.status, 200);
  memcpy(etag, office->op.answer.etag, sizeof etag);
  struct op *op = office_op(office, officer);
  op->if_match = str_from(etag);
  OFFICE_RUN(office, entry_patch(op, &in));
  return office->op.answer.status;
}

static struct id protected_child(void)
{
  struct id child = office_sion(&held.office, officer);

  office_set_level(&held.office, child, LEVEL_CONTACT_PROTECTED);
  return child;
}

static size_t patches(struct id child)
{
  size_t cursor = 0, count = 0;

  index_read(held.office.reg->index);
  while (index_item_of_record(held.office.reg->index, child, ITEM_PATCH, &cursor) != NULL)
    count++;
  index_done(held.office.reg->index);
  return count;
}

static void wait_for_merges(struct id child)
{
  for (int i = 0; i < 1000 && patches(child) > 0; i++)
    usleep(10000);
  cr_assert_eq(patches(child), 0, "still waiting");
}

static void expect_address(struct id child, const char *address)
{
  struct office *office = &held.office;
  struct entry_ask in = {.id = child,
                         .ask = office_ask(office, "safeguarding_enquiry", "home_address")};
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket;

  OFFICE_RUN(office, entry_view(office_op(office, lead), &in));
  ticket = held_ticket(&held, text);
  held_sign(&ticket, TICKET_REQUESTS, signer, signature);
  enum err err = held_use(&held, lead, text, signature);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), office->op.trail.where);
  cr_expect_str_eq(office_value(office, "home_address", 0), address);
}

Test(disclosure_merge, puts_a_blind_value_in_its_place)
{
  struct id child = protected_child();

  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  wait_for_merges(child);
  expect_address(child, "3 Lôn Arall, Aberffug");
}

Test(disclosure_merge, keeps_a_value_that_no_patch_names)
{
  struct office *office = &held.office;
  struct id child = protected_child();
  struct entry_ask in = {
    .id = child, .ask = office_ask(office, "safeguarding_enquiry", "resident_parent_contact")};
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket;

  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  wait_for_merges(child);
  OFFICE_RUN(office, entry_view(office_op(office, lead), &in));
  ticket = held_ticket(&held, text);
  held_sign(&ticket, TICKET_REQUESTS, signer, signature);
  cr_assert_eq(held_use(&held, lead, text, signature), OK);
  cr_expect_str_eq(office_value(office, "resident_parent_contact", 0), "07700 900123");
}

Test(disclosure_merge, is_an_entry_of_the_child)
{
  struct id child = protected_child();
  struct tree_edge before, after;

  held_stop_custodian(&held);
  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  writer_edge(held.office.reg->writer, &before);
  held_start_custodian(&held);
  wait_for_merges(child);
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(after.size, before.size + 1);
}

/* The slots are taken 0 1 2 3, the fifth waits in its item; after the first merge a new one would
 * take slot 0 again. */
Test(disclosure_merge, merges_in_the_order_of_writing)
{
  struct id child = protected_child();

  held_stop_custodian(&held);
  cr_assert_eq(write_address(child, "1 Lôn Arall, Aberffug"), 200);
  cr_assert_eq(write_address(child, "2 Lôn Arall, Aberffug"), 200);
  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  cr_assert_eq(write_address(child, "4 Lôn Arall, Aberffug"), 200);
  cr_assert_eq(write_address(child, "5 Lôn Arall, Aberffug"), 200, "no slot is left");
  cr_expect_eq(patches(child), SHIELD_PATCHES + 1, "they wait");
  held_start_custodian(&held);
  wait_for_merges(child);
  expect_address(child, "5 Lôn Arall, Aberffug");
  cr_expect_eq(write_address(child, "6 Lôn Arall, Aberffug"), 200);
  wait_for_merges(child);
  expect_address(child, "6 Lôn Arall, Aberffug");
}

Test(disclosure_merge, takes_as_much_in_one_change_as_any_record_does)
{
  static char address[241];
  struct id child = protected_child();
  struct given values[] = {GIVEN(home_address, 0, ""), GIVEN(previous_address, 0, ""),
                           GIVEN(previous_address, 1, ""), GIVEN(person_address, 0, "")};
  struct office *office = &held.office;
  struct entry_change in = {.id = child,
                            .ask = office_ask(office, "register_maintenance", NULL),
                            .values = GIVEN_LIST(values)};
  char etag[33];

  memset(address, 'y', sizeof address - 1);
  for (size_t i = 0; i < 4; i++)
    values[i].value.text = (struct personal){address, sizeof address - 1};
  OFFICE_RUN(office, entry_get(office_op(office, officer), child));
  memcpy(etag, office->op.answer.etag, sizeof etag);
  struct op *op = office_op(office, officer);
  op->if_match = str_from(etag);
  OFFICE_RUN(office, entry_patch(op, &in));
  cr_assert_eq(office->op.answer.status, 200);
  wait_for_merges(child);
  expect_address(child, address);
}

/* ---- what can never be put in its place ---- */

/* A patch that no custodian opens, in its turn. */
static void damage(struct id child)
{
  static const char noise[SHIELD_PATCH_CORE_BYTES];
  struct item item = {
    .kind = ITEM_PATCH, .flags = BLIND_IN_ITEM, .record = child, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_ENTRY_CHANGE};
  struct op *op = office_op(&held.office, officer);
  struct facts_want want = {.id = child};
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_item_put(op, &item, &facts.child, (struct personal){noise, sizeof noise}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&held.office), OK);
}

Test(disclosure_merge, sets_aside_what_holds_up_the_others)
{
  struct id child = protected_child();
  size_t cursor = 0;

  held_stop_custodian(&held);
  damage(child);
  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  held_start_custodian(&held);
  wait_for_merges(child);
  expect_address(child, "3 Lôn Arall, Aberffug");
  index_read(held.office.reg->index);
  cr_expect_not_null(index_item_of_record(held.office.reg->index, child, ITEM_SET_ASIDE, &cursor),
                     "it is kept");
  index_done(held.office.reg->index);
}

/* What a slot of the stored row holds, put over its blob once more. */
static bool slot_holds(struct id child, unsigned slot, const char *text)
{
  struct op *op = office_op(&held.office, officer);
  struct custodian_comparison comparison = {.text = {text, strlen(text)}};
  struct custodian_merge merge = {.blob_core = NULL};
  struct custodian *custodian = NULL;
  static uint8_t core[SHIELD_BLOB_CORE_BYTES];
  struct trail trail = {0};
  struct row_head head;
  bool hit = true;

  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(store_row_head(op->reader->store, &head, child), OK);
  carry_place(op->reg, &merge.blob_place, &head, 0);
  carry_place(op->reg, &merge.patch_place, &head, slot);
  cr_assert_eq(
    carry_core(op->arena, op->reg, op->reader->store, &merge.blob_core, SHIELD_BLOB, &head, 0), OK);
  cr_assert_eq(
    carry_core(op->arena, op->reg, op->reader->store, &merge.patch_core, SHIELD_PATCH, &head, slot),
    OK);
  op_end(op);
  cr_assert_eq(custodian_new(&custodian, held.socket, 2000000, &held.office.config.outside), OK);
  cr_assert_eq(custodian_merge(custodian, core, &merge, &trail), OK);
  cr_assert_eq(custodian_compare(custodian, &hit, &comparison, &trail), OK);
  custodian_free(&custodian);
  return hit;
}

Test(disclosure_merge, leaves_the_slot_empty)
{
  struct id child = protected_child();

  held_stop_custodian(&held);
  cr_assert_eq(write_address(child, "1 Lôn Arall, Aberffug"), 200);
  cr_assert_eq(write_address(child, "2 Lôn Arall, Aberffug"), 200);
  held_start_custodian(&held);
  wait_for_merges(child);
  for (unsigned slot = 0; slot < SHIELD_PATCHES; slot++)
    cr_expect_not(slot_holds(child, slot, "Seen at 1 Lôn Arall, Aberffug."), "slot %u", slot);
  cr_expect(slot_holds(child, 0, "Seen at 2 Lôn Arall, Aberffug."), "the blob does");
}

Test(disclosure_merge, gives_each_patch_the_turn_behind_all_that_wait)
{
  struct id child = protected_child();
  unsigned turns = 0;
  const struct item *item;
  size_t cursor = 0;

  held_stop_custodian(&held);
  for (int i = 0; i < SHIELD_PATCHES; i++)
    cr_assert_eq(write_address(child, "1 Lôn Arall, Aberffug"), 200);
  index_read(held.office.reg->index);
  while ((item = index_item_of_record(held.office.reg->index, child, ITEM_PATCH, &cursor)) !=
         NULL) {
    cr_expect_eq(blind_turn(item), blind_slot(item), "none was free in between");
    turns |= 1u << blind_turn(item);
  }
  index_done(held.office.reg->index);
  cr_expect_eq(turns, (1u << SHIELD_PATCHES) - 1);
}

Test(disclosure_merge, goes_on_after_a_new_start)
{
  struct id child = protected_child();

  held_stop_custodian(&held);
  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  office_close(&held.office);
  held_start_custodian(&held);
  held_open(&held);
  wait_for_merges(child);
  expect_address(child, "3 Lôn Arall, Aberffug");
}

/* ---- what a raising owes ---- */

static struct id half_sibling(void)
{
  struct given values[] = {
    GIVEN(forename, 0, "Gwen"), GIVEN(surname, 0, "Jones"), GIVEN(date_of_birth, 0, "2013-01-01"),
    GIVEN(person_name, 0, "Mair ap Rhys"), GIVEN(person_phone, 0, "07700 900123")};

  return office_child_of(&held.office, officer, (struct given_list)GIVEN_LIST(values));
}

static bool phone_is_in_casework(struct id child)
{
  struct facts_want want = {.id = child};
  struct op *op = office_op(&held.office, officer);
  struct record *record;
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_record(op, &record, &facts), OK);
  op_end(op);
  return record->values[FIELD_person_phone][0].state != VALUE_ABSENT;
}

Test(disclosure_merge, takes_the_values_of_every_other_entry_out_of_casework)
{
  struct id sion = office_sion(&held.office, officer), others[36];
  struct protection in = {.id = sion, .level = LEVEL_HIDDEN};
  bool waits = true;

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    others[i] = half_sibling();
  held_stop_custodian(&held);
  OFFICE_RUN(&held.office, protection_set(office_op(&held.office, officer), &in));
  cr_assert_eq(held.office.op.answer.status, 200);
  for (int i = 0; i < 1000 && waits; i++) {
    size_t cursor = 0;

    usleep(10000);
    index_read(held.office.reg->index);
    waits = index_item_of_kind(held.office.reg->index, ITEM_OWED, &cursor) != NULL;
    index_done(held.office.reg->index);
  }
  cr_assert_not(waits, "the custodian is not needed");
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    cr_expect_not(phone_is_in_casework(others[i]), "%zu", i);
  held_start_custodian(&held);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    wait_for_merges(others[i]);
}

/* ---- what the custodian knows ---- */

/* Asked until it says what is expected, or for ten seconds: it is told in the background. */
static bool comes_to_know(const char *text, bool expected)
{
  struct custodian *custodian = NULL;
  struct custodian_comparison comparison = {.text = {text, strlen(text)}};
  bool is_so = false;

  cr_assert_eq(custodian_new(&custodian, held.socket, 2000000, &held.office.config.outside), OK);
  for (int i = 0; i < 100 && !is_so; i++) {
    struct trail trail = {0};
    bool hit = false;

    is_so = custodian_compare(custodian, &hit, &comparison, &trail) == OK && hit == expected;
    if (!is_so) usleep(100000);
  }
  custodian_free(&custodian);
  return is_so;
}

#define NOTE "Seen at 1 Stryd yr Enghraifft, Tref-y-Data yesterday."

Test(disclosure_merge, lets_the_custodian_compare_in_a_register_without_a_child)
{
  cr_expect(comes_to_know(NOTE, false));
}

Test(disclosure_merge, tells_the_custodian_what_is_protected_from_now_on)
{
  cr_assert(comes_to_know(NOTE, false));
  (void)protected_child();
  cr_expect(comes_to_know(NOTE, true));
}

Test(disclosure_merge, tells_a_custodian_that_started_again)
{
  (void)protected_child();
  cr_assert(comes_to_know(NOTE, true));
  held_stop_custodian(&held);
  held_start_custodian(&held);
  cr_expect(comes_to_know(NOTE, true));
}

Test(disclosure_merge, tells_everything_after_a_new_start)
{
  (void)protected_child();
  office_close(&held.office);
  held_stop_custodian(&held);
  held_start_custodian(&held);
  held_open(&held);
  cr_expect(comes_to_know(NOTE, true));
}

Test(disclosure_merge, tells_a_value_that_was_written_blind)
{
  struct id child = protected_child();

  cr_assert(comes_to_know(NOTE, true));
  cr_assert_eq(write_address(child, "3 Lôn Arall, Aberffug"), 200);
  wait_for_merges(child);
  cr_expect(comes_to_know("Seen at 3 Lôn Arall, Aberffug.", true));
}
