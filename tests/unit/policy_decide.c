/* What a decision says beyond the scenario cases: which rule, which answer, what is left unknown.
 * The cases themselves are in policy_check.c, the laws in tests/property. */
#include <criterion/criterion.h>

#include "tests/unit/policy_world.h"

static struct policy *policy;

static void load(void)
{
  policy = builtin_policy();
}
static void unload(void)
{
  policy_free(&policy);
}
TestSuite(decide, .init = load, .fini = unload);

static struct decision decide(const struct policy_request *request,
                              const struct policy_facts *child)
{
  struct decision decision;

  policy_decide(policy, &decision, request, child);
  return decision;
}

static void assert_rule(uint16_t rule, const char *id)
{
  struct str found = policy_rule_id(policy, rule);

  cr_assert(str_is(found, id), "%.*s, expected %s", (int)found.len, found.ptr, id);
}

static struct policy_request maintenance(const char *asked)
{
  return request_of(policy, "case_officer", "assigned", "register_maintenance", "statutory_duty",
                    asked);
}

static struct policy_request tracing(const char *asked)
{
  return request_of(policy, "police_officer", "named_case", "missing_child", "statutory_power",
                    asked);
}

Test(decide, refuses_everything_that_is_zero)
{
  struct policy_request nothing = {0};
  struct policy_facts unknown = {0};
  struct decision decision = decide(&nothing, &unknown);

  cr_assert_eq(decision.outcome, POLICY_DENY);
  cr_assert_eq(decision.answer, POLICY_SPECIFIC);
  assert_rule(decision.rule, "F-01");
}

/* A child of whom nothing is known is treated as hidden, and hidden as absent. */
Test(decide, treats_an_unknown_child_as_hidden)
{
  struct policy_request request = maintenance("child_name home_address");
  struct policy_facts unknown = {.on_register = POLICY_YES};
  struct decision decision = decide(&request, &unknown);

  cr_assert_eq(decision.outcome, POLICY_DENY);
  cr_assert_eq(decision.answer, POLICY_GENERIC);
}

Test(decide, counts_a_shield_without_status_or_with_a_lapsed_one_as_a_shield)
{
  struct policy_request request = maintenance("child_name home_address");
  struct policy_facts child = ordinary_child();

  for (enum policy_shield_status status = POLICY_STATUS_UNKNOWN;
       status <= POLICY_STATUS_EXPIRED_UNREVIEWED; status++) {
    child.shield_status = status;
    cr_assert_eq(decide(&request, &child).outcome,
                 status == POLICY_STATUS_NONE ? POLICY_PERMIT : POLICY_PARTIAL, "status %d",
                 status);
  }
}

Test(decide, names_the_grant_the_withhold_and_the_missing_grant)
{
  struct policy_request request = maintenance("child_name home_address case_notes");
  struct policy_facts child = shielded_child(POLICY_LEVEL_CONTACT);
  struct decision decision = decide(&request, &child);

  assert_rule(decision.granted_by[word(policy, POLICY_FIELD, "child_name")], "G-01");
  assert_rule(decision.withheld_by[word(policy, POLICY_FIELD, "home_address")], "F-05");
  assert_rule(decision.withheld_by[word(policy, POLICY_FIELD, "case_notes")], "F-02");
  assert_rule(policy_nearest_grant(policy, &request, word(policy, POLICY_FIELD, "case_notes")),
              "G-02");
}

/* Otherwise the reason for a field that nobody would have got anyway would tell of a shield. */
Test(decide, gives_the_same_reason_for_an_ungranted_field_with_and_without_a_shield)
{
  struct policy_request request = tracing("child_name gp_practice");
  uint8_t field = word(policy, POLICY_FIELD, "gp_practice");
  struct policy_facts child = shielded_child(POLICY_LEVEL_CONTACT);

  assert_rule(decide(&request, &child).withheld_by[field], "F-02");
}

static const struct {
  const char *what, *rule;
  enum policy_truth conflict;
  struct policy_facts child;
} generic[] = {
  {"no record", "F-00", POLICY_NO, {.on_register = POLICY_NO}},
  {"conflict", "F-03", POLICY_YES, {.on_register = POLICY_YES, .against_requester = POLICY_NO}},
  {"conflict not known",
   "F-03",
   POLICY_UNKNOWN,
   {.on_register = POLICY_YES, .against_requester = POLICY_NO}},
  {"against a professional",
   "F-03a",
   POLICY_NO,
   {.on_register = POLICY_YES, .against_requester = POLICY_YES}},
  {"hidden",
   "F-06",
   POLICY_NO,
   {.on_register = POLICY_YES, .shield = POLICY_LEVEL_HIDDEN, .against_requester = POLICY_NO}},
};

Test(decide, tells_the_requester_nothing_and_the_audit_log_the_rule)
{
  for (size_t i = 0; i < sizeof(generic) / sizeof(generic[0]); i++) {
    struct policy_request request = tracing("child_name");
    struct decision decision;

    request.conflict = generic[i].conflict;
    decision = decide(&request, &generic[i].child);
    cr_assert_eq(decision.answer, POLICY_GENERIC, "%s", generic[i].what);
    assert_rule(decision.rule, generic[i].rule);
  }
}

static const struct {
  const char *relation;
  enum policy_answer answer;
} relations[] = {
  {"unassigned", POLICY_GENERIC},    {"none", POLICY_GENERIC},
  {"not_receiving", POLICY_GENERIC}, {"no_consent", POLICY_GENERIC},
  {"own_la", POLICY_SPECIFIC},       {"no_named_case", POLICY_SPECIFIC},
  {"resident", POLICY_SPECIFIC},     {"no_direction", POLICY_SPECIFIC},
};

Test(decide, answers_a_missing_relation_to_the_child_generically_and_another_by_its_rule)
{
  struct policy_facts child = ordinary_child();

  for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
    struct policy_request request = maintenance("child_name");
    struct decision decision;

    request.relation = word(policy, POLICY_RELATION, relations[i].relation);
    decision = decide(&request, &child);
    cr_assert_eq(decision.outcome, POLICY_DENY, "%s", relations[i].relation);
    cr_assert_eq(decision.answer, relations[i].answer, "%s", relations[i].relation);
    assert_rule(decision.rule, "F-02");
  }
}

static void lack_identity(struct policy_request *request)
{
  request->identity_verified = POLICY_UNKNOWN;
}
static void lack_basis(struct policy_request *request)
{
  request->basis = word(policy, POLICY_BASIS, "none");
}
static void lack_necessity(struct policy_request *request)
{
  request->has_necessity = false;
}
static void lack_fields(struct policy_request *request)
{
  request->asked = (struct fieldset){{0, 0}};
}
static void misfit(struct policy_request *request)
{
  request->basis = word(policy, POLICY_BASIS, "consent");
}
static void bar(struct policy_request *request)
{
  request->purposes |= POLICY_BIT(word(policy, POLICY_PURPOSE, "marketing"));
}
static void unknown_purpose(struct policy_request *request)
{
  request->purposes |= POLICY_BIT(POLICY_NO_WORD);
}
static void unknown_role(struct policy_request *request)
{
  request->role = POLICY_NO_WORD;
}
static void cannot_seal(struct policy_request *request)
{
  request->channel_cannot = POLICY_BIT(word(policy, POLICY_OBLIGATION, "seal_to_recipient"));
}
/* Refused whoever the child is: a refusal that waited for the shield would tell of it. */
static void cannot_use_safe_route(struct policy_request *request)
{
  request->channel_cannot = POLICY_BIT(word(policy, POLICY_OBLIGATION, "use_safe_contact_route"));
}
static void unknown_duty(struct policy_request *request)
{
  request->channel_cannot = POLICY_BIT(POLICY_NO_WORD);
}

static const struct {
  void (*spoil)(struct policy_request *request);
  const char *rule;
} spoilt[] = {
  {lack_identity, "F-01"},         {lack_basis, "F-01"},   {lack_necessity, "F-01"},
  {lack_fields, "F-01"},           {misfit, "F-02b"},      {bar, "F-04"},
  {unknown_purpose, "F-04"},       {unknown_role, "F-02"}, {cannot_seal, "F-15"},
  {cannot_use_safe_route, "F-15"}, {unknown_duty, "F-15"},
};

Test(decide, refuses_the_request_before_the_child_and_names_the_rule)
{
  for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
    struct policy_request request = tracing("child_name");
    struct decision early;

    spoilt[i].spoil(&request);
    cr_assert_not(policy_decide_request(policy, &early, &request), "row %zu", i);
    cr_assert_eq(early.outcome, POLICY_DENY);
    cr_assert_eq(early.answer, POLICY_SPECIFIC);
    assert_rule(early.rule, spoilt[i].rule);
  }
}

Test(decide, does_not_mind_a_duty_that_cannot_arise)
{
  struct policy_request request = tracing("child_name");
  struct policy_facts child = ordinary_child();

  request.channel_cannot = POLICY_BIT(word(policy, POLICY_OBLIGATION, "supported_disclosure"));
  cr_assert_eq(decide(&request, &child).outcome, POLICY_PERMIT);
}

Test(decide, sends_nothing_outside_before_the_first_safety_decision)
{
  struct policy_request outside = tracing("child_name");
  struct policy_request inside = maintenance("child_name");
  struct policy_facts child = ordinary_child();
  struct decision decision;

  for (enum policy_truth made = POLICY_UNKNOWN; made <= POLICY_NO; made++) {
    child.first_decision_made = made;
    decision = decide(&outside, &child);
    cr_assert_eq(decision.outcome, POLICY_DENY);
    cr_assert_eq(decision.answer, POLICY_SPECIFIC);
    assert_rule(decision.rule, "F-16");
    cr_assert_eq(decide(&inside, &child).outcome, POLICY_PERMIT);
  }
}

Test(decide, gives_the_childs_view_to_a_parent_only_with_the_childs_agreement)
{
  static const char *const relation[] = {"resident", "non_resident"};

  for (size_t i = 0; i < 2; i++) {
    struct policy_request request = request_of(policy, "parent", relation[i], "subject_access",
                                               "data_subject_right", "child_view");
    struct policy_facts child = ordinary_child();

    approve(&request, policy, "data_protection_officer");
    child.child_agrees = POLICY_UNKNOWN;
    cr_assert_eq(decide(&request, &child).outcome, POLICY_DENY);
    child.child_agrees = POLICY_YES;
    cr_assert_eq(decide(&request, &child).outcome, POLICY_PERMIT);
  }
}

Test(decide, names_each_missing_step_of_the_gate_and_only_in_a_gate_refusal)
{
  struct policy_request request =
    request_of(policy, "attendance_officer", "assigned", "school_attendance_order",
               "statutory_duty", "child_name");
  struct policy_facts child = ordinary_child();
  struct decision decision;

  child.gate.child_view_sought = POLICY_NO;
  child.gate.provision_in_place = POLICY_UNKNOWN;
  decision = decide(&request, &child);
  assert_rule(decision.rule, "F-11");
  cr_assert_eq(decision.missing_steps,
               POLICY_BIT(word(policy, POLICY_OBLIGATION, "seek_child_view")) |
                 POLICY_BIT(word(policy, POLICY_OBLIGATION, "escalate_provision_delay")));
  child.shield = POLICY_LEVEL_HIDDEN;
  cr_assert_eq(decide(&request, &child).missing_steps, 0);
}

static const struct {
  enum policy_outcome_of_approval outcome;
  bool by_another, in_time;
} worthless[] = {
  {POLICY_APPROVED, false, true},
  {POLICY_APPROVED, true, false},
  {POLICY_REFUSED, true, true},
  {POLICY_NOT_DECIDED, true, true},
};

Test(decide, waits_for_a_second_person_who_is_another_and_in_time)
{
  struct policy_request request = request_of(
    policy, "police_officer", "named_case", "crime_investigation", "statutory_power", "child_name");
  struct policy_facts child = ordinary_child();
  struct decision decision;

  for (size_t i = 0; i < sizeof(worthless) / sizeof(worthless[0]); i++) {
    request.approval_count = 1;
    request.approvals[0] =
      (struct policy_approval){word(policy, POLICY_ROLE, "safeguarding_lead"), worthless[i].outcome,
                               worthless[i].by_another, worthless[i].in_time};
    decision = decide(&request, &child);
    cr_assert_eq(decision.outcome, POLICY_NEEDS_SECOND_PERSON, "row %zu", i);
    cr_assert_eq(decision.pending_count, 1);
    assert_rule(decision.pending_rules[0], "A-01");
    cr_assert_eq(policy_rule_approvers(policy, decision.pending_rules[0]),
                 POLICY_BIT(word(policy, POLICY_ROLE, "safeguarding_lead")) |
                   POLICY_BIT(word(policy, POLICY_ROLE, "data_protection_officer")));
  }
  request.approval_count = 0;
  approve(&request, policy, "case_officer");
  cr_assert_eq(decide(&request, &child).outcome, POLICY_NEEDS_SECOND_PERSON, "not a role for it");
}

Test(decide, lets_no_yes_outweigh_the_no_of_another_entitled_role)
{
  struct policy_request request = request_of(
    policy, "police_officer", "named_case", "crime_investigation", "statutory_power", "child_name");
  struct policy_facts child = ordinary_child();

  approve(&request, policy, "safeguarding_lead");
  cr_assert_eq(decide(&request, &child).outcome, POLICY_PERMIT);
  approve(&request, policy, "data_protection_officer");
  request.approvals[1].outcome = POLICY_REFUSED;
  cr_assert_eq(decide(&request, &child).outcome, POLICY_NEEDS_SECOND_PERSON);
}

Test(decide, knows_who_stands_in_the_circle)
{
  struct policy_request lead = request_of(policy, "safeguarding_lead", "own_la",
                                          "safeguarding_enquiry", "statutory_duty", "child_name");
  struct policy_request officer = maintenance("child_name");
  struct policy_facts child = shielded_child(POLICY_LEVEL_HIDDEN);

  cr_assert(policy_in_circle(policy, &lead, &child));
  cr_assert_not(policy_in_circle(policy, &officer, &child));
  child.against_requester = POLICY_UNKNOWN;
  cr_assert_not(policy_in_circle(policy, &lead, &child), "perhaps it is drawn against the lead");
}

Test(decide, speaks_both_languages_for_every_rule)
{
  for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++) {
    struct str cy = policy_rule_why(policy, rule, LANG_CY),
               en = policy_rule_why(policy, rule, LANG_EN);

    cr_assert(cy.len > 0 && en.len > 0 && !str_equal(cy, en), "rule %u", rule);
  }
}
