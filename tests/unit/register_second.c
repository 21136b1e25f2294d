/* The second person is another person, by whatever account and role; and queues say how long
 * something has waited, and for whom. */
#include "tests/unit/register_staff.h"

TestSuite(register_second, .init = begin, .fini = end, .timeout = 120);

static const char *body(void)
{
  static char text[1 << 14];

  snprintf(text, sizeof text, "%.*s", (int)office.op.answer.body.len, office.op.answer.body.ptr);
  return text;
}

/* An account of somebody called `name`, who may already have the account `person`. */
static int add_person(const char *user, const char *name, const char *person, const char *role)
{
  struct user in = {.user = str_from(user),
                    .name = {name, strlen(name)},
                    .password = STR(GOOD),
                    .person = str_from(person),
                    .roles = POLICY_BIT(office_word(&office, POLICY_ROLE, role))};
  enum err err = user_add(office_op(&office, admin), &in);

  if (err != OK) return err_status(err);
  cr_assert_eq(office_submit(&office), OK);
  return office.op.answer.status;
}

static void confirm(const char *user)
{
  struct actor dpo = office_actor(&office, "data_protection_officer", 77);

  OFFICE_RUN(&office, user_confirm(office_op(&office, dpo), str_from(user)));
  cr_assert_eq(office.op.answer.status, 200, "%s", body());
}

static void lead(const char *user, const char *name, const char *person)
{
  cr_assert_eq(add_person(user, name, person, "safeguarding_lead"), 201, "%s", body());
  if (says_that_it_waits()) confirm(user);
}

static struct id propose_lowering(struct actor actor)
{
  struct protection in = {.ask = office_ask(&office, "safeguarding_enquiry", NULL),
                          .level = LEVEL_CONTACT_PROTECTED};
  struct id id;

  in.id = office_sion(&office, office_actor(&office, "case_officer", 3));
  office_set_level(&office, in.id, LEVEL_HIDDEN);
  OFFICE_RUN(&office, protection_set(office_op(&office, actor), &in));
  cr_assert_eq(office.op.answer.status, 202, "%s", body());
  cr_assert(id_parse(str_from(office_text(office.json, "proposal")), &id), "%s", body());
  return id;
}

static int approve(struct actor actor, struct id child, struct id proposal)
{
  struct protection_approval in = {.id = child,
                                   .proposal = proposal,
                                   .ask = office_ask(&office, "safeguarding_enquiry", NULL),
                                   .approve = true};

  OFFICE_RUN(&office, protection_approve(office_op(&office, actor), &in));
  return office.op.answer.status;
}

/* Only the child's id is missing from propose_lowering. */
static struct id child_of(struct id proposal)
{
  struct id record = {{0}};

  index_read(office.reg->index);
  record = index_item(office.reg->index, proposal)->record;
  index_done(office.reg->index);
  return record;
}

Test(register_second, is_no_other_account_of_the_same_person)
{
  lead("mair", "Mair Esiampl", "");
  lead("mair.2", "M. Esiampl", "mair");
  lead("mair.3", "mair esiampl", "");
  lead("non", "Non Arall", "");
  struct id proposal = propose_lowering(signed_in("mair"));
  struct id child = child_of(proposal);
  cr_expect_eq(approve(signed_in("mair"), child, proposal), 409);
  cr_expect_eq(approve(signed_in("mair.2"), child, proposal), 409, "recorded as the same person");
  cr_expect_eq(approve(signed_in("mair.3"), child, proposal), 409, "of the same name");
  cr_expect_eq(approve(signed_in("non"), child, proposal), 200, "%s", body());
}

Test(register_second, is_remembered_by_the_account_and_not_made_up)
{
  cr_expect_eq(add_person("mair.2", "Mair", "nobody.here", "case_officer"), 400);
  lead("mair", "Mair Esiampl", "");
  lead("mair.2", "M. Esiampl", "mair");
  lead("mair.3", "Mair E.", "mair.2");
  struct id proposal = propose_lowering(signed_in("mair.3"));
  struct id child = child_of(proposal);
  office_close(&office);
  office_open(&office);
  cr_expect_eq(approve(signed_in("mair"), child, proposal), 409,
               "through the one between, and kept");
}

Test(register_second, sees_the_oldest_first_how_long_it_waits_and_who_can_decide)
{
  json_t *all;

  lead("mair", "Mair Esiampl", "");
  lead("non", "Non Arall", "");
  propose_lowering(signed_in("mair"));
  office_clock_us += INT64_C(5) * 3600 * 1000000;
  struct named_worker named = {.officer = STR("non"), .reason = {"x", 1}, .until = DAY_NONE};
  named.id = office_sion(&office, office_actor(&office, "case_officer", 3));
  OFFICE_RUN(&office, named_worker_make(office_op(&office, signed_in("mair")), &named));
  cr_assert_eq(office.op.answer.status, 202, "%s", body());
  office_clock_us += INT64_C(2) * 3600 * 1000000;
  lead("gwen", "Gwen Arall", "");
  OFFICE_RUN(&office, approval_list(office_op(&office, signed_in("gwen")), STR("")));
  all = json_object_get(office.json, "approvals");
  cr_assert_eq(json_array_size(all), 2, "%s", body());
  cr_expect_str_eq(office_text(json_array_get(all, 0), "kind"), "lowering");
  cr_expect_eq(json_integer_value(json_object_get(json_array_get(all, 0), "hours")), 7);
  cr_expect_str_eq(office_text(json_array_get(all, 1), "since"), "2026-11-02T17:00:00Z");
  cr_expect_str_eq(
    json_string_value(json_array_get(json_object_get(json_array_get(all, 0), "for"), 0)),
    "safeguarding_lead");
  office_clock_us = OFFICE_NOW_US;
}

Test(register_second, is_nobody_in_the_browser_in_which_it_was_asked_for)
{
  struct actor one, other;
  struct id proposal;

  lead("mair.lead", "Mair Lewis", "");
  lead("ann.lead", "Ann Prys", "");
  one = signed_in("mair.lead");
  other = signed_in("ann.lead");
  memset(one.browser.b, 0x11, ID_BYTES);
  other.browser = one.browser;
  proposal = propose_lowering(one);
  cr_expect_eq(approve(other, child_of(proposal), proposal), 409, "%s", body());
  cr_expect_not_null(strstr(body(), "same browser"), "%s", body());
  memset(other.browser.b, 0x12, ID_BYTES);
  cr_expect_eq(approve(other, child_of(proposal), proposal), 200, "%s", body());
}

static void shut_out(struct id child, const char *user)
{
  struct account account;
  struct item item = {.kind = ITEM_CONFLICT, .record = child, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_CONFLICT};
  struct op *op = office_op(&office, admin);

  cr_assert(people_by_name(office.reg->people, &account, str_from(user)));
  item.subject = account.id;
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_item_put(op, &item, NULL, (struct personal){"", 0}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(&office), OK);
}

static bool has_conflict(struct id child, struct actor actor)
{
  struct facts_want want = {.id = child, .requester = actor.account};
  struct op *op = office_op(&office, actor);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  op_end(op);
  return facts.has_conflict;
}

Test(register_second, is_shut_out_with_every_account_and_nobody_for_a_name)
{
  struct id child = office_sion(&office, office_actor(&office, "case_officer", 3));

  lead("mair", "Mair Esiampl", "");
  lead("mair.2", "M. Esiampl", "mair");
  lead("mair.3", "Mair Esiampl", "");
  struct actor mair = signed_in("mair"), second = signed_in("mair.2"), other = signed_in("mair.3");
  shut_out(child, "mair.2");
  cr_expect(has_conflict(child, second));
  cr_expect(has_conflict(child, mair), "with the other account");
  cr_expect_not(has_conflict(child, other), "somebody else of that name");
}

static enum policy_truth is_against(struct id child, struct actor actor)
{
  struct facts_want want = {.id = child, .requester = actor.account};
  struct op *op = office_op(&office, actor);
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  op_end(op);
  return facts.policy.against_requester;
}

Test(register_second, is_whom_a_child_is_hidden_from_with_every_account)
{
  struct id child = office_sion(&office, office_actor(&office, "case_officer", 3));

  lead("mair", "Mair Esiampl", "");
  lead("mair.2", "M. Esiampl", "mair");
  lead("non", "Non Arall", "");
  office_hide_from(&office, child, signed_in("mair").account);
  cr_expect_eq(is_against(child, signed_in("mair")), POLICY_YES);
  cr_expect_eq(is_against(child, signed_in("mair.2")), POLICY_YES, "the other account");
  cr_expect_eq(is_against(child, signed_in("non")), POLICY_NO);
}

static int change_roles(const char *user, const char *given)
{
  struct role_change in = {.user = str_from(user),
                           .add = POLICY_BIT(office_word(&office, POLICY_ROLE, given))};

  OFFICE_RUN(&office, user_roles(office_op(&office, admin), &in));
  return office.op.answer.status;
}

Test(register_second, is_not_made_by_two_accounts_with_roles_that_one_person_cannot_hold)
{
  cr_assert_eq(add_person("mair", "Mair Esiampl", "", "case_officer"), 201);
  cr_expect_eq(add_person("mair.2", "M. Esiampl", "mair", "data_protection_officer"), 409);
  cr_expect_not_null(strstr(body(), "One person cannot hold"), "%s", body());
  cr_assert_eq(add_person("mair.2", "M. Esiampl", "mair", "support_officer"), 201);
  cr_expect_eq(change_roles("mair.2", "data_protection_officer"), 409, "%s", body());
  OFFICE_RUN(&office, user_disable(office_op(&office, admin), STR("mair")));
  cr_expect_eq(change_roles("mair.2", "data_protection_officer"), 200, "%s", body());
}
