/* What is shielded comes out on a ticket that its person signed, through the custodian, and in no
 * other way. */
#include "crypto/text.h"
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct signer *signers[2]; /* of the lead and of her deputy */

#define ADDRESS "1 Stryd yr Enghraifft, Tref-y-Data"
#define SHIELDED "home_address resident_parent_contact"

static struct actor lead(uint8_t number)
{
  return office_actor(&held.office, "safeguarding_lead", number);
}

static void begin(void)
{
  held_begin(&held);
  held_enrol(&held, lead(1), &signers[0]);
  held_enrol(&held, lead(2), &signers[1]);
}

static void end(void)
{
  signer_free(&signers[0]);
  signer_free(&signers[1]);
  held_end(&held);
}

TestSuite(disclosure_opening, .init = begin, .fini = end, .timeout = 120);

static struct id shielded_child(enum level level)
{
  struct id child = office_sion(&held.office, office_actor(&held.office, "case_officer", 9));

  office_set_level(&held.office, child, level);
  return child;
}

/* The ticket of the lead's view; its text is kept by the caller. */
static struct ticket ticket_of(struct id child, char text[static TICKET_TEXT_MAX + 1])
{
  struct office *office = &held.office;
  struct entry_ask in = {.id = child, .ask = office_ask(office, "safeguarding_enquiry", SHIELDED)};

  OFFICE_RUN(office, entry_view(office_op(office, lead(1)), &in));
  cr_assert_eq(office->op.answer.status, 200, "%.*s", (int)office->op.answer.body.len,
               office->op.answer.body.ptr);
  cr_expect_null(strstr(office->op.answer.body.ptr, "Stryd"), "the values are not in the answer");
  return held_ticket(&held, text);
}

static void sign(const struct ticket *ticket, const struct signer *signer,
                 char text[static TICKET_SIGNED_TEXT + 1])
{
  held_sign(ticket, TICKET_REQUESTS, signer, text);
}

static enum err use(struct actor actor, const char *ticket, const char *signature)
{
  return held_use(&held, actor, ticket, signature);
}

/* The custodian is there and says no: a problem that says why, and the refusal in the log. */
static void expect_refused(const char *ticket, const char *signature, enum custodian_status status)
{
  const struct answer *answer = &held.office.op.answer;
  enum err expected = custodian_status_err(status);
  struct tree_edge before, after;

  held_settle(&held); /* the register adds no entry of its own meanwhile */
  writer_edge(held.office.reg->writer, &before);
  cr_assert_eq(use(lead(1), ticket, signature), OK);
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(held.office.op.trail.a, (long long)status);
  cr_expect_eq(answer->status, err_status(expected), "%.*s", (int)answer->body.len,
               answer->body.ptr);
  cr_expect_eq(strncmp(office_text(held.office.json, "type"), "/problems/custody-", 18), 0);
  cr_expect(str_is(text_get(err_text(expected), LANG_EN), office_text(held.office.json, "detail")));
  cr_expect_null(strstr(answer->body.ptr, "Stryd"), "no data");
  cr_expect_eq(after.size, before.size + 2, "that it was asked, and that it was refused");
}

Test(disclosure_opening, gives_the_value_for_a_ticket_that_its_person_signed)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[0], signature);
  enum err err = use(lead(1), text, signature);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), held.office.op.trail.where);
  cr_assert_eq(held.office.op.answer.status, 200);
  cr_expect_str_eq(office_value(&held.office, "home_address", 0), ADDRESS);
  cr_expect_str_eq(office_value(&held.office, "resident_parent_contact", 0), "07700 900123");
}

Test(disclosure_opening, names_the_entry_of_its_own_view)
{
  char text[TICKET_TEXT_MAX + 1];
  struct id child = shielded_child(LEVEL_HIDDEN);
  struct tree_edge before, after;

  writer_edge(held.office.reg->writer, &before);
  struct ticket ticket = ticket_of(child, text);
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(after.size, before.size + 1);
  cr_expect_eq(ticket.entry_index, before.size);
  cr_expect(bytes_equal(ticket.record, child.b, ID_BYTES));
}

Test(disclosure_opening, gives_nothing_for_a_key_that_is_not_the_persons)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[1], signature);
  expect_refused(text, signature, CUSTODIAN_SIGNATURE);
}

Test(disclosure_opening, gives_nothing_to_somebody_else)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[0], signature);
  cr_assert_eq(use(lead(2), text, signature), OK);
  cr_expect_eq(held.office.op.answer.status, 403);
  cr_expect_null(strstr(held.office.op.answer.body.ptr, "Stryd"));
}

Test(disclosure_opening, gives_nothing_twice)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[0], signature);
  cr_assert_eq(use(lead(1), text, signature), OK);
  expect_refused(text, signature, CUSTODIAN_SPENT);
}

Test(disclosure_opening, gives_nothing_for_more_fields_than_the_view_granted)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);
  size_t n;

  ticket_field_add(&ticket, field_row(FIELD_safe_contact_plan)->id);
  cr_assert_eq(ticket_text_write(text, &n, &ticket), OK);
  sign(&ticket, signers[0], signature);
  expect_refused(text, signature, CUSTODIAN_EVIDENCE);
}

Test(disclosure_opening, gives_nothing_after_its_quarter_of_an_hour)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[0], signature);
  office_clock_us += VIEW_TICKET_LIFE_US;
  cr_assert_eq(use(lead(1), text, signature), OK);
  office_clock_us = OFFICE_NOW_US;
  cr_expect_eq(held.office.op.answer.status, 403);
}

Test(disclosure_opening, says_to_ask_safeguarding_when_the_custodian_is_away)
{
  char text[TICKET_TEXT_MAX + 1], signature[TICKET_SIGNED_TEXT + 1];
  struct ticket ticket = ticket_of(shielded_child(LEVEL_HIDDEN), text);

  sign(&ticket, signers[0], signature);
  held_stop_custodian(&held);
  cr_expect_eq(use(lead(1), text, signature), ERR_CUSTODIAN);
  cr_expect_eq(held.office.op.answer.body.len, 0, "no data");
}

/* ---- for an outside recipient ---- */

/* A hidden child moves: the receiving lead is let into the circle by another lead. */
Test(disclosure_opening, seals_what_comes_out_to_the_recipient_of_a_disclosure)
{
  struct office *office = &held.office;
  struct id child = shielded_child(LEVEL_HIDDEN), disclosure;
  struct id recipient = held_recipient(&held, "other_la_safeguarding_lead", true);
  char text[TICKET_TEXT_MAX + 1], both[2 * TICKET_SIGNED_TEXT + 2], command[512];
  struct disclosure in = {.id = child, .recipient = recipient};
  struct ticket ticket;
  FILE *file;

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  in.ask = office_ask(office, "transfer_between_las", "child_name home_address");
  OFFICE_RUN(office, disclosure_make(office_op(office, lead(1)), &in));
  cr_assert_eq(office->op.answer.status, 202, "%.*s", (int)office->op.answer.body.len,
               office->op.answer.body.ptr);
  cr_assert(id_parse(str_from(office_text(office->json, "disclosure")), &disclosure));
  OFFICE_RUN(office, disclosure_approve(office_op(office, lead(2)), disclosure, true));
  cr_assert_str_eq(office_text(office->json, "state"), "released");
  OFFICE_RUN(office, disclosure_get(office_op(office, lead(1)), disclosure));
  ticket = held_ticket(&held, text);
  sign(&ticket, signers[0], both);
  expect_refused(text, both, CUSTODIAN_SIGNATURE); /* an approval is missing */
  both[TICKET_SIGNED_TEXT] = ' ';
  held_sign(&ticket, TICKET_APPROVES, signers[1], both + TICKET_SIGNED_TEXT + 1);
  enum err err = use(lead(1), text, both);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), office->op.trail.where);
  cr_assert_eq(office->op.answer.status, 200);
  cr_expect_null(strstr(office->op.answer.body.ptr, "Stryd"), "the handler cannot read it");
  snprintf(command, sizeof command, "base64 -d | age -d -i %s | grep -q 'Stryd yr Enghraifft'",
           held.identity);
  file = popen(command, "w");
  fputs(office_text(office->json, "age"), file);
  cr_expect_eq(pclose(file), 0, "the recipient can");
}

/* Whoever asked for it has left the circle since: a made-up child has no such ticket either. */
Test(disclosure_opening, seals_nothing_for_a_handler_who_may_no_longer_know_of_the_child)
{
  struct office *office = &held.office;
  struct id child = shielded_child(LEVEL_HIDDEN), disclosure;
  struct id recipient = held_recipient(&held, "other_la_safeguarding_lead", true);
  char text[TICKET_TEXT_MAX + 1], both[2 * TICKET_SIGNED_TEXT + 2];
  struct disclosure in = {.id = child, .recipient = recipient};
  struct actor outside = lead(1);
  struct ticket ticket;

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  in.ask = office_ask(office, "transfer_between_las", "child_name home_address");
  OFFICE_RUN(office, disclosure_make(office_op(office, lead(1)), &in));
  cr_assert(id_parse(str_from(office_text(office->json, "disclosure")), &disclosure));
  OFFICE_RUN(office, disclosure_approve(office_op(office, lead(2)), disclosure, true));
  OFFICE_RUN(office, disclosure_get(office_op(office, lead(1)), disclosure));
  ticket = held_ticket(&held, text);
  sign(&ticket, signers[0], both);
  both[TICKET_SIGNED_TEXT] = ' ';
  held_sign(&ticket, TICKET_APPROVES, signers[1], both + TICKET_SIGNED_TEXT + 1);
  outside.roles = POLICY_BIT(office_word(office, POLICY_ROLE, "case_officer"));
  cr_expect_eq(use(outside, text, both), OK);
  cr_expect_eq(office->op.answer.status, 404);
  cr_expect(office->op.answer.on_tick);
}
