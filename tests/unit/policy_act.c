/* No rule, no act. */
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
TestSuite(act, .init = load, .fini = unload);

enum verdict { NO, YES, TWO };

static const struct {
  const char *role, *relation, *purpose, *act;
  enum verdict verdict;
  const char *rule;
} acts[] = {
  {"case_officer", "own_la", "register_maintenance", "create", YES, "W-01"},
  {"case_officer", "own_la", "register_maintenance", "import", YES, "W-01"},
  {"case_officer", "own_la", "education_suitability", "create", NO, ""},
  {"support_officer", "own_la", "register_maintenance", "create", NO, ""},
  {"case_officer", "assigned", "education_suitability", "change", YES, "W-02"},
  {"case_officer", "unassigned", "education_suitability", "change", NO, ""},
  {"support_officer", "none", "support_provision", "raise_protection", YES, "W-03"},
  {"administrator", "own_la", "audit", "raise_protection", YES, "W-03"},
  {"police_officer", "named_case", "missing_child", "raise_protection", NO, ""},
  {"safeguarding_lead", "own_la", "safeguarding_enquiry", "first_decision", YES, "W-04"},
  {"safeguarding_lead", "own_la", "safeguarding_enquiry", "lower_protection", TWO, "W-04a"},
  {"case_officer", "assigned", "safeguarding_enquiry", "lower_protection", NO, ""},
  {"head_of_service", "own_la", "register_maintenance", "assign", YES, "W-05"},
  {"data_protection_officer", "own_la", "audit", "erase", TWO, "W-06"},
  {"data_protection_officer", "own_la", "audit", "restore", TWO, "W-06"},
  {"administrator", "own_la", "audit", "manage_users", YES, "W-07"},
  {"administrator", "own_la", "audit", "erase", NO, ""},
  {"administrator", "own_la", "audit", "confirm_user", NO, ""},
  {"administrator", "own_la", "audit", "activate_policy", YES, "W-12"},
  {"safeguarding_lead", "own_la", "audit", "activate_policy", YES, "W-12"},
  {"case_officer", "own_la", "audit", "activate_policy", NO, ""},
  {"safeguarding_lead", "own_la", "audit", "call_off_policy", YES, "W-17"},
  {"administrator", "own_la", "audit", "call_off_policy", NO, ""},
  {"data_protection_officer", "own_la", "audit", "confirm_user", YES, "W-11"},
  {"administrator", "own_la", "audit", "list_users", YES, "W-07"},
  {"data_protection_officer", "own_la", "audit", "list_users", YES, "W-11"},
  {"case_officer", "own_la", "register_maintenance", "list_users", NO, ""},
  {"case_officer", "assigned", "register_maintenance", "disclose", YES, "W-08"},
  {"case_officer", "unassigned", "register_maintenance", "disclose", NO, ""},
};

Test(act, is_allowed_by_its_rule_or_not_at_all)
{
  for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
    struct policy_permission permission = policy_may_act(
      policy, word(policy, POLICY_ROLE, acts[i].role),
      word(policy, POLICY_RELATION, acts[i].relation),
      word(policy, POLICY_PURPOSE, acts[i].purpose), word(policy, POLICY_ACT, acts[i].act));

    cr_assert_eq(permission.allowed, acts[i].verdict != NO, "row %zu", i);
    cr_assert_eq(permission.needs_second_person, acts[i].verdict == TWO, "row %zu", i);
    cr_assert(str_is(policy_rule_id(policy, permission.rule), acts[i].rule), "row %zu", i);
  }
}

Test(act, refuses_words_that_are_unknown)
{
  cr_assert_not(policy_may_act(policy, 0, 0, 0, 0).allowed);
  cr_assert_not(policy_may_act(policy, word(policy, POLICY_ROLE, "case_officer"),
                               word(policy, POLICY_RELATION, "own_la"),
                               word(policy, POLICY_PURPOSE, "register_maintenance"), POLICY_NO_WORD)
                  .allowed);
  cr_assert_not(policy_may_act(policy, POLICY_NO_WORD, word(policy, POLICY_RELATION, "own_la"),
                               word(policy, POLICY_PURPOSE, "register_maintenance"),
                               word(policy, POLICY_ACT, "raise_protection"))
                  .allowed);
}

/* An officer may write a field that a shield keeps from the officer's eyes, but none that no grant
 * of theirs names. */
Test(act, writes_what_the_officers_own_grants_name)
{
  struct policy_permission change = policy_may_act(
    policy, word(policy, POLICY_ROLE, "case_officer"), word(policy, POLICY_RELATION, "assigned"),
    word(policy, POLICY_PURPOSE, "register_maintenance"), word(policy, POLICY_ACT, "change"));
  struct policy_permission create = policy_may_act(
    policy, word(policy, POLICY_ROLE, "case_officer"), word(policy, POLICY_RELATION, "own_la"),
    word(policy, POLICY_PURPOSE, "register_maintenance"), word(policy, POLICY_ACT, "create"));

  cr_assert(fieldset_has(change.fields, word(policy, POLICY_FIELD, "home_address")));
  cr_assert_not(fieldset_has(change.fields, word(policy, POLICY_FIELD, "case_notes")));
  cr_assert_not(fieldset_has(change.fields, word(policy, POLICY_FIELD, "shield_reason")));
  cr_assert(fieldset_equal(create.fields, policy_all_fields(policy)));
}
