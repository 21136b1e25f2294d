/* Deputies: whoever covers an approver agrees in their stead, on the days of the cover, and never
 * to what they or the one whom they cover asked for. */
#include "tests/unit/disclosure_office.h"

static struct held held;

static void begin(void)
{
  held_begin(&held);
  office_clock_us = OFFICE_NOW_US;
}

static void end(void)
{
  office_clock_us = OFFICE_NOW_US;
  held_end(&held);
}

TestSuite(disclosure_deputy, .init = begin, .fini = end, .timeout = 120);

static const char *body(void)
{
  static char text[1 << 14];

  snprintf(text, sizeof text, "%.*s", (int)held.office.op.answer.body.len,
           held.office.op.answer.body.ptr);
  return text;
}

static int status(void)
{
  return held.office.op.answer.status;
}

static struct actor person(const char *role, uint8_t number)
{
  return office_actor(&held.office, role, number);
}

/* Somebody with an account, confirmed where that is needed. */
static struct actor staff(const char *user, const char *role)
{
  struct actor actor = person(role, 1);
  struct user in = {.user = str_from(user),
                    .name = {user, strlen(user)},
                    .password = STR("correct horse battery"),
                    .roles = actor.roles};

  OFFICE_RUN(&held.office, user_add(office_op(&held.office, person("administrator", 90)), &in));
  cr_assert_eq(status(), 201, "%s", body());
  cr_assert(id_parse(str_from(office_text(held.office.json, "id")), &actor.account));
  actor.session = actor.account;
  if (!json_is_true(json_object_get(held.office.json, "waiting"))) return actor;
  OFFICE_RUN(&held.office,
             user_confirm(office_op(&held.office, person("data_protection_officer", 91)), in.user));
  cr_assert_eq(status(), 200, "%s", body());
  return actor;
}

static struct actor lead, cover, officer;

static void people(void)
{
  lead = staff("mair.lead", "safeguarding_lead");
  cover = staff("cara.pugh", "support_officer");
  officer = staff("olwen.officer", "case_officer");
}

static int name(struct actor by, const char *deputy, const char *from, const char *until,
                struct id *ret_id)
{
  struct deputy_naming in = {.deputy = str_from(deputy), .from = DAY_NONE};

  if (from != NULL) cr_assert(day_parse(str_from(from), &in.from));
  cr_assert(day_parse(str_from(until), &in.until));
  enum err err = deputy_make(office_op(&held.office, by), &in);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(office_submit(&held.office), OK);
  if (ret_id != NULL)
    cr_assert(id_parse(str_from(office_text(held.office.json, "id")), ret_id), "%s", body());
  return status();
}

static int confirm(struct actor by, struct id id, bool agrees)
{
  OFFICE_RUN(&held.office, deputy_approve(office_op(&held.office, by), id, agrees));
  return status();
}

static struct id named(const char *from, const char *until)
{
  struct id id;

  cr_assert_eq(name(lead, "cara.pugh", from, until, &id), 202, "%s", body());
  cr_assert_eq(confirm(person("data_protection_officer", 91), id, true), 200, "%s", body());
  return id;
}

static struct id child_of_police_case;

/* A disclosure that waits for a lead or a data-protection officer. */
static struct id police_case(struct actor by)
{
  struct id recipient = held_recipient(&held, "police_officer", true), disclosure;
  struct disclosure in = {.recipient = recipient};
  const struct actor handler = {
    .account = by.account, .roles = person("case_officer", 1).roles, .session = by.session};

  in.id = office_sion(&held.office, handler);
  office_set_level(&held.office, in.id, LEVEL_NONE);
  held_relate(&held, in.id, recipient, RELATION_NAMED_CASE);
  in.ask = office_ask(&held.office, "crime_investigation", "child_name date_of_birth");
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "statutory_power");
  in.ask.alternatives[0] = (struct ask_alternative){
    .option = {"asked the school", 16}, .why_not = {"it does not know", 16}, .tried = true};
  in.ask.alternative_count = 1;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler), &in));
  cr_assert_eq(status(), 202, "%s", body());
  cr_assert(id_parse(str_from(office_text(held.office.json, "disclosure")), &disclosure));
  child_of_police_case = in.id;
  return disclosure;
}

static size_t waiting(struct actor actor)
{
  OFFICE_RUN(&held.office, approval_list(office_op(&held.office, actor), STR("")));
  return json_array_size(json_object_get(held.office.json, "approvals"));
}

static int agree(struct actor actor, struct id disclosure)
{
  OFFICE_RUN(&held.office, disclosure_approve(office_op(&held.office, actor), disclosure, true));
  return status();
}

Test(disclosure_deputy, agrees_in_the_stead_of_a_lead_once_it_is_confirmed)
{
  struct id disclosure, id;

  people();
  disclosure = police_case(officer);
  cr_expect_eq(agree(cover, disclosure), 404, "nobody's deputy");
  cr_assert_eq(name(lead, "cara.pugh", NULL, "2026-11-20", &id), 202, "%s", body());
  cr_expect_eq(waiting(cover), 0, "not confirmed yet: %s", body());
  cr_expect_eq(agree(cover, disclosure), 404);
  cr_expect_eq(confirm(lead, id, true), 403, "who named");
  lead.roles |= person("data_protection_officer", 1).roles;
  cr_expect_eq(confirm(lead, id, true), 409, "with whatever role");
  cr_assert_eq(confirm(person("data_protection_officer", 91), id, true), 200, "%s", body());
  cr_expect_eq(waiting(cover), 1, "%s", body());
  cr_assert_eq(agree(cover, disclosure), 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "released");
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, officer), disclosure));
  json_t *second = json_array_get(json_object_get(held.office.json, "second_person"), 0);
  cr_expect_str_eq(office_text(second, "by"), "cara.pugh", "%s", body());
  cr_expect_str_eq(office_text(second, "deputy_for"), "mair.lead");
  cr_expect_str_eq(office_text(second, "role"), "safeguarding_lead");
}

/* A transfer of a hidden child, by a lead: it waits for another one, and the circle alone knows. */
static struct id transfer_of_hidden(struct actor by)
{
  struct id recipient = held_recipient(&held, "other_la_safeguarding_lead", true), disclosure;
  struct disclosure in = {.recipient = recipient};

  in.id = office_sion(&held.office, person("case_officer", 1));
  office_set_level(&held.office, in.id, LEVEL_HIDDEN);
  held_relate(&held, in.id, recipient, RELATION_RECEIVING);
  in.ask = office_ask(&held.office, "transfer_between_las", "child_name");
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, by), &in));
  cr_assert_eq(status(), 202, "%s", body());
  cr_assert(id_parse(str_from(office_text(held.office.json, "disclosure")), &disclosure));
  return disclosure;
}

Test(disclosure_deputy, knows_of_a_hidden_child_as_whom_they_cover_does)
{
  struct id disclosure;

  people();
  disclosure = transfer_of_hidden(person("safeguarding_lead", 71));
  cr_expect_eq(agree(cover, disclosure), 404);
  cr_expect_eq(waiting(cover), 0);
  (void)named(NULL, "2026-11-20");
  cr_expect_eq(waiting(cover), 1, "%s", body());
  cr_expect_eq(agree(cover, disclosure), 200, "%s", body());
}

Test(disclosure_deputy, stands_in_on_the_days_of_the_cover_and_until_it_is_ended)
{
  struct id disclosure, id;

  people();
  disclosure = police_case(officer);
  id = named("2026-11-04", "2026-11-05");
  cr_expect_eq(agree(cover, disclosure), 404, "it has not begun");
  office_clock_us += INT64_C(2) * 24 * 3600 * 1000000;
  cr_expect_eq(waiting(cover), 1, "%s", body());
  office_clock_us += INT64_C(2) * 24 * 3600 * 1000000;
  cr_expect_eq(agree(cover, disclosure), 404, "its last day has passed");
  OFFICE_RUN(&held.office, deputy_list(office_op(&held.office, lead)));
  cr_expect_eq(json_array_size(json_object_get(held.office.json, "deputies")), 0, "%s", body());
  id = named(NULL, "2026-11-20");
  cr_expect_eq(waiting(cover), 1);
  OFFICE_RUN(&held.office, deputy_end(office_op(&held.office, officer), id));
  cr_expect_eq(status(), 403, "it does not concern them");
  OFFICE_RUN(&held.office, deputy_end(office_op(&held.office, cover), id));
  cr_expect_eq(status(), 200);
  cr_expect_eq(agree(cover, disclosure), 404);
}

Test(disclosure_deputy, agrees_to_nothing_that_they_or_whom_they_cover_asked_for)
{
  struct id own, leads;

  people();
  (void)named(NULL, "2026-11-20");
  own = police_case(cover);
  cr_expect_eq(agree(cover, own), 409, "their own request");
  leads = police_case(lead);
  cr_expect_eq(agree(cover, leads), 404, "for whom they stand in: %s", body());
  cr_expect_eq(waiting(cover), 0, "%s", body());
}

Test(disclosure_deputy, is_bound_by_a_conflict_of_whom_they_cover)
{
  struct conflict conflict = {.officer = STR("mair.lead")};
  struct id disclosure;

  people();
  (void)named(NULL, "2026-11-20");
  disclosure = police_case(officer);
  conflict.id = child_of_police_case;
  OFFICE_RUN(&held.office,
             conflict_make(office_op(&held.office, person("safeguarding_lead", 70)), &conflict));
  cr_assert_eq(status(), 201, "%s", body());
  cr_expect_eq(agree(cover, disclosure), 404, "%s", body());
}

Test(disclosure_deputy, has_no_more_than_whom_they_cover_has_now)
{
  struct role_change change = {.user = STR("mair.lead"),
                               .add = person("case_officer", 1).roles,
                               .remove = person("safeguarding_lead", 1).roles};
  struct id disclosure;

  people();
  (void)named(NULL, "2026-11-20");
  disclosure = police_case(officer);
  change.add = person("case_officer", 1).roles;
  change.remove = person("safeguarding_lead", 1).roles;
  OFFICE_RUN(&held.office,
             user_roles(office_op(&held.office, person("administrator", 90)), &change));
  cr_assert_eq(status(), 200, "%s", body());
  cr_expect_eq(agree(cover, disclosure), 404);
}

Test(disclosure_deputy, is_not_passed_on_nor_each_others)
{
  struct actor third;
  struct id disclosure, id;

  people();
  third = staff("tomos.third", "attendance_officer");
  (void)named(NULL, "2026-11-20");
  cr_expect_eq(name(cover, "tomos.third", NULL, "2026-11-20", NULL), 409, "%s", body());
  disclosure = police_case(officer);
  cr_expect_eq(agree(third, disclosure), 404);
  struct actor other = staff("ann.lead", "safeguarding_lead");
  cr_assert_eq(name(lead, "ann.lead", NULL, "2026-11-20", &id), 201, "a lead already: %s", body());
  cr_expect_eq(name(other, "mair.lead", "2026-11-10", "2026-11-30", NULL), 409, "%s", body());
  cr_expect_eq(name(other, "mair.lead", "2026-11-21", "2026-11-30", NULL), 201, "%s", body());
}

Test(disclosure_deputy, is_refused_for_too_long_for_themselves_and_for_roles_kept_apart)
{
  people();
  (void)staff("dewi.dpo", "data_protection_officer");
  cr_expect_eq(name(lead, "mair.lead", NULL, "2026-11-20", NULL), 409, "%s", body());
  cr_expect_eq(name(lead, "cara.pugh", NULL, "2027-02-02", NULL), 409, "93 days");
  cr_expect_eq(name(lead, "cara.pugh", NULL, "2027-02-01", NULL), 202, "92 days: %s", body());
  cr_expect_eq(name(lead, "cara.pugh", "2026-11-01", "2026-11-20", NULL), 409, "has begun");
  cr_expect_eq(name(lead, "dewi.dpo", NULL, "2026-11-20", NULL), 409, "%s", body());
  cr_expect_eq(name(lead, "neb.yma", NULL, "2026-11-20", NULL), 400);
}

Test(disclosure_deputy, can_be_another_authoritys_lead_who_has_an_account_here)
{
  struct id disclosure, id;

  people();
  struct actor other = staff("lead.elsewhere", "other_la_safeguarding_lead");
  cr_assert_eq(name(lead, "lead.elsewhere", NULL, "2026-11-20", &id), 202, "%s", body());
  cr_assert_eq(confirm(person("data_protection_officer", 91), id, true), 200);
  disclosure = police_case(officer);
  cr_expect_eq(agree(other, disclosure), 200, "%s", body());
}

/* What a court has ordered, asked for by this person: legal services agree to it, and where it
 * shows where somebody lives a lead as well. */
static struct id court_order(struct actor by, enum level level, const char *fields)
{
  struct id recipient = held_recipient(&held, "court", true), disclosure;
  struct disclosure in = {.recipient = recipient};

  in.id = office_sion(&held.office, person("case_officer", 1));
  office_set_level(&held.office, in.id, level);
  held_relate(&held, in.id, recipient, RELATION_ORDER_NAMES_FIELDS);
  in.ask = office_ask(&held.office, "court_order", fields);
  in.ask.said.basis = office_word(&held.office, POLICY_BASIS, "court_order");
  in.ask.said.order_fields = in.ask.said.asked;
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, by), &in));
  cr_assert_eq(status(), 202, "%s", body());
  cr_assert(id_parse(str_from(office_text(held.office.json, "disclosure")), &disclosure));
  child_of_police_case = in.id;
  return disclosure;
}

static void give_conflict(const char *user)
{
  struct conflict conflict = {.id = child_of_police_case, .officer = str_from(user)};

  OFFICE_RUN(&held.office,
             conflict_make(office_op(&held.office, person("safeguarding_lead", 70)), &conflict));
  cr_assert_eq(status(), 201, "%s", body());
}

static struct id named_by_lead(const char *deputy)
{
  struct id id;

  cr_assert_eq(name(lead, deputy, NULL, "2026-11-20", &id), 202, "%s", body());
  cr_assert_eq(confirm(person("data_protection_officer", 91), id, true), 200, "%s", body());
  return id;
}

Test(disclosure_deputy, is_let_in_by_nobody_who_is_shut_out_and_speaks_for_who_lets_them_in)
{
  struct actor legal;
  struct id disclosure;

  people();
  legal = staff("legal.x", "legal_services");
  disclosure = court_order(person("safeguarding_lead", 71), LEVEL_HIDDEN, "child_name");
  cr_expect_eq(waiting(legal), 0, "the child is hidden from them: %s", body());
  (void)named_by_lead("legal.x");
  cr_expect_eq(waiting(legal), 0, "no word of a lead is waited for: %s", body());
  cr_expect_eq(agree(legal, disclosure), 404, "in their own role: %s", body());
  give_conflict("mair.lead");
  cr_expect_eq(waiting(legal), 0, "%s", body());
  cr_expect_eq(agree(legal, disclosure), 404, "%s", body());
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, legal), disclosure));
  cr_expect_eq(status(), 404, "%s", body());
}

Test(disclosure_deputy, does_nothing_else_with_a_child_who_is_hidden_from_themselves)
{
  struct id disclosure;

  people();
  disclosure = police_case(cover);
  office_set_level(&held.office, child_of_police_case, LEVEL_HIDDEN);
  (void)named(NULL, "2026-11-20");
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, cover), disclosure));
  cr_expect_eq(status(), 404, "who asked, before the child was hidden: %s", body());
}

static void change_roles(const char *user, const char *add, const char *remove)
{
  struct role_change change = {.user = str_from(user), .add = person(add, 1).roles};

  if (remove != NULL) change.remove = person(remove, 1).roles;
  OFFICE_RUN(&held.office,
             user_roles(office_op(&held.office, person("administrator", 90)), &change));
  cr_assert_leq(status(), 202, "%s", body());
}

Test(disclosure_deputy, has_back_no_role_that_was_taken_away_and_nobody_confirmed)
{
  struct id disclosure;

  people();
  struct actor other = staff("ann.lead", "safeguarding_lead");
  cr_assert_eq(name(lead, "ann.lead", NULL, "2026-11-20", NULL), 201, "a lead too: %s", body());
  disclosure = police_case(officer);
  cr_expect_eq(waiting(other), 1, "%s", body());
  change_roles("ann.lead", "case_officer", "safeguarding_lead");
  other.roles = person("case_officer", 1).roles;
  cr_expect_eq(waiting(other), 0, "%s", body());
  cr_expect_neq(agree(other, disclosure), 200, "%s", body());
}

Test(disclosure_deputy, never_has_two_roles_kept_apart_from_two_whom_they_cover)
{
  struct actor dpo;
  struct id id, lead_id;

  people();
  dpo = staff("dewi.dpo", "data_protection_officer");
  cr_assert_eq(name(lead, "cara.pugh", NULL, "2026-11-20", &lead_id), 202, "%s", body());
  cr_expect_eq(name(dpo, "cara.pugh", "2026-11-20", "2026-11-25", NULL), 409, "%s", body());
  cr_expect_eq(name(dpo, "cara.pugh", "2026-11-21", "2026-11-25", &id), 202, "%s", body());
}

Test(disclosure_deputy, is_looked_at_anew_when_it_is_confirmed)
{
  struct id id;

  people();
  (void)staff("legal.x", "legal_services");
  cr_assert_eq(name(lead, "legal.x", NULL, "2026-11-20", &id), 202, "%s", body());
  change_roles("legal.x", "internal_auditor", NULL);
  OFFICE_RUN(
    &held.office,
    user_confirm(office_op(&held.office, person("data_protection_officer", 91)), STR("legal.x")));
  cr_assert_eq(status(), 200, "%s", body());
  cr_expect_eq(confirm(person("data_protection_officer", 92), id, true), 409, "%s", body());
  cr_expect_eq(confirm(person("data_protection_officer", 92), id, false), 200, "%s", body());
}

Test(disclosure_deputy, gives_one_word_however_many_roles_they_have)
{
  struct actor legal, both;
  struct id disclosure;

  people();
  legal = staff("legal.x", "legal_services");
  disclosure = court_order(person("safeguarding_lead", 71), LEVEL_CONTACT_PROTECTED,
                           "child_name home_address");
  (void)named_by_lead("legal.x");
  cr_assert_eq(agree(legal, disclosure), 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending");
  cr_expect_eq(waiting(legal), 0, "%s", body());
  cr_expect_eq(agree(legal, disclosure), 409, "the other word as well: %s", body());
  both = lead;
  both.roles |= legal.roles;
  cr_expect_eq(agree(both, disclosure), 200, "who has not spoken: %s", body());
}

Test(disclosure_deputy, speaks_for_nobody_who_has_spoken)
{
  struct actor other;
  struct id disclosure;

  people();
  other = staff("legal.x", "legal_services");
  lead.roles |= other.roles;
  disclosure = court_order(person("safeguarding_lead", 71), LEVEL_CONTACT_PROTECTED,
                           "child_name home_address");
  change_roles("mair.lead", "legal_services", "case_officer");
  cr_assert_eq(agree(lead, disclosure), 200, "%s", body());
  cr_expect_str_eq(office_text(held.office.json, "state"), "pending");
  cr_expect_eq(agree(lead, disclosure), 409, "with their other role: %s", body());
  (void)named(NULL, "2026-11-20");
  cr_expect_eq(waiting(cover), 0, "%s", body());
  cr_expect_neq(agree(cover, disclosure), 200, "%s", body());
}
