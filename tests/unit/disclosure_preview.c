/* A preview says what a disclosure would release, shows the officer only what the officer may see
 * anyway, and leaves nothing behind but its entry. */
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

TestSuite(disclosure_preview, .init = begin, .fini = end, .timeout = 120);

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static const struct answer *answered(void)
{
  return &held.office.op.answer;
}

static const char *body(void)
{
  static char text[1 << 16];

  snprintf(text, sizeof text, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  return text;
}

static void preview(struct actor actor, struct id child, struct id recipient, const char *fields)
{
  struct disclosure in = {.id = child, .recipient = recipient};

  in.ask = office_ask(&held.office, "transfer_between_las", fields);
  OFFICE_RUN(&held.office, disclosure_preview(office_op(&held.office, actor), &in));
}

static struct id receiving_officer(struct id child)
{
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  return recipient;
}

static bool is_unseen(const char *word)
{
  json_t *unseen = json_object_get(held.office.json, "unseen"), *one;
  size_t i;

  json_array_foreach(unseen, i, one)
  {
    if (strcmp(office_text(one, "field"), word) == 0) return true;
  }
  return false;
}

static size_t disclosures_kept(void)
{
  size_t count = 0;

  index_read(held.office.reg->index);
  for (size_t cursor = 0;
       index_item_of_kind(held.office.reg->index, ITEM_DISCLOSURE, &cursor) != NULL;)
    count++;
  index_done(held.office.reg->index);
  return count;
}

Test(disclosure_preview, shows_what_would_leave_and_why_the_rest_stays)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);

  office_set_level(&held.office, child, LEVEL_NONE);
  preview(handler(), child, recipient, "child_name home_address case_notes");
  cr_assert_eq(answered()->status, 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "preview");
  cr_expect_str_eq(office_text(json_object_get(held.office.json, "to"), "organisation"),
                   "Sir Arall");
  cr_expect_not_null(strstr(body(), "1 Stryd yr Enghraifft"));
  cr_expect_str_eq(office_withheld(&held.office, "case_notes"), "F-02");
  cr_expect_gt(json_array_size(json_object_get(held.office.json, "obligations")), 0);
  cr_expect_null(json_object_get(held.office.json, "ticket"));
}

Test(disclosure_preview, keeps_nothing_and_is_an_entry_of_its_own)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct tree_edge before, after;

  office_set_level(&held.office, child, LEVEL_NONE);
  writer_edge(held.office.reg->writer, &before);
  preview(handler(), child, recipient, "child_name");
  writer_edge(held.office.reg->writer, &after);
  cr_expect_eq(disclosures_kept(), 0);
  cr_expect_geq(after.size, before.size + 1);
  OFFICE_RUN(
    &held.office,
    entry_access_log(office_op(&held.office, office_actor(&held.office, "safeguarding_lead", 3)),
                     child, (struct str){"", 0}));
  cr_expect_not_null(strstr(body(), "\"disclosure_preview\""), "%s", body());
}

/* The receiving authority is granted what help was tried; the case officer is not. */
Test(disclosure_preview, names_but_does_not_open_what_the_officer_may_not_see)
{
  struct given values[] = {GIVEN(forename, 0, "Gwen"), GIVEN(surname, 0, "Harris"),
                           GIVEN(date_of_birth, 0, "2014-09-09"),
                           GIVEN(support_attempts, 0, "Tiwtor gartref, 2025")};
  struct id child = office_child_of(&held.office, handler(), (struct given_list)GIVEN_LIST(values));
  struct id recipient = receiving_officer(child);

  office_set_level(&held.office, child, LEVEL_NONE);
  preview(handler(), child, recipient, "child_name support_attempts");
  cr_assert_eq(answered()->status, 200, "%s", body());
  cr_expect(is_unseen("support_attempts"), "%s", body());
  cr_expect_not(is_unseen("child_name"));
  cr_expect_not(office_grants(&held.office, "support_attempts"));
  cr_expect_null(strstr(body(), "Tiwtor"));
}

Test(disclosure_preview, names_the_rule_that_protects_an_address)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);

  office_set_level(&held.office, child, LEVEL_CONTACT_PROTECTED);
  preview(handler(), child, recipient, "child_name home_address");
  cr_assert_eq(answered()->status, 200, "%s", body());
  cr_expect_str_eq(office_withheld(&held.office, "home_address"), "F-05");
  cr_expect_null(strstr(body(), "Stryd"));
}

Test(disclosure_preview, answers_as_for_a_made_up_id_whoever_may_not_know_of_the_child)
{
  struct id hidden = office_sion(&held.office, handler()), recipient = receiving_officer(hidden);
  char expected[1 << 16];
  struct id made_up;

  office_set_level(&held.office, hidden, LEVEL_HIDDEN);
  memset(made_up.b, 0x5c, ID_BYTES);
  preview(handler(), made_up, recipient, "child_name");
  cr_assert_eq(answered()->status, 404);
  cr_expect(answered()->on_tick);
  snprintf(expected, sizeof expected, "%s", body());
  preview(handler(), hidden, recipient, "child_name");
  cr_expect_str_eq(body(), expected, "hidden");
  preview(office_actor(&held.office, "case_officer", 2), hidden, recipient, "child_name");
  cr_expect_str_eq(body(), expected, "another officer's child");
}

/* ---- recipients ---- */

static void list(struct actor actor)
{
  OFFICE_RUN(&held.office, recipient_list(office_op(&held.office, actor), (struct str){"", 0}));
}

Test(disclosure_preview, lists_recipients_approved_or_waiting_for_whoever_may_disclose)
{
  json_t *recipients, *one;

  (void)held_recipient(&held, "other_la_officer", true);
  (void)held_recipient(&held, "police_officer", false);
  list(handler());
  recipients = json_object_get(held.office.json, "recipients");
  cr_assert_eq(json_array_size(recipients), 2, "%s", body());
  for (size_t i = 0; i < 2; i++) {
    one = json_array_get(recipients, i);
    cr_expect_eq(json_is_true(json_object_get(one, "approved")),
                 strcmp(office_text(one, "role"), "other_la_officer") == 0);
    cr_expect(json_is_true(json_object_get(one, "has_key")));
  }
  cr_expect_null(strstr(body(), "age1"), "the key is for whoever approves it");
  list(office_actor(&held.office, "administrator", 5));
  cr_expect_eq(answered()->status, 403);
}
