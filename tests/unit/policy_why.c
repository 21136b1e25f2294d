/* Why a field is refused: what the request lacks is told, what the child is never. */
#include <criterion/criterion.h>

#include "policy/tell.h"
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
TestSuite(why, .init = load, .fini = unload);

#define IS(id) (1u << POLICY_UNMET_##id)

static const struct {
  const char *role, *relation, *purpose, *basis, *field;
  bool has_condition;
  const char *nearest;
  unsigned unmet;
} asked[] = {
  {"support_officer", "assigned", "support_provision", "statutory_duty", "home_address", true, "",
   0},
  {"other_la_officer", "none", "missing_child", "statutory_power", "home_address", true, "G-09",
   IS(RELATION) | IS(PURPOSE)},
  {"case_officer", "assigned", "register_maintenance", "statutory_duty", "case_notes", true, "G-02",
   IS(PURPOSE)},
  {"aln_officer", "assigned", "support_provision", "statutory_duty", "disability", false, "G-04",
   IS(CONDITION)},
  {"court", "order_names_fields", "court_order", "court_order", "child_name", true, "G-26",
   IS(ORDER)},
  /* whether the child agrees is the child's, and is not told */
  {"parent", "resident", "subject_access", "data_subject_right", "child_view", true, "G-23a", 0},
};

Test(why, names_the_nearest_grant_and_what_the_request_lacks_for_it)
{
  for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
    struct policy_request request = request_of(policy, asked[i].role, asked[i].relation,
                                               asked[i].purpose, asked[i].basis, asked[i].field);
    struct policy_facts child = ordinary_child();
    uint8_t field = word(policy, POLICY_FIELD, asked[i].field);
    struct decision decision;
    struct str nearest;

    request.has_special_condition = asked[i].has_condition;
    policy_decide(policy, &decision, &request, &child);
    nearest = policy_rule_id(policy, policy_nearest_grant(policy, &request, field));
    cr_assert(fieldset_has(decision.denied, field), "row %zu", i);
    cr_assert(str_is(nearest, asked[i].nearest), "row %zu: %.*s", i, (int)nearest.len, nearest.ptr);
    cr_assert_eq(policy_unmet_of(policy, &request, &decision, field), asked[i].unmet, "row %zu: %x",
                 i, policy_unmet_of(policy, &request, &decision, field));
  }
}

Test(why, tells_nothing_of_a_generic_answer)
{
  struct policy_request request = request_of(policy, "aln_officer", "assigned", "support_provision",
                                             "statutory_duty", "disability child_name");
  struct policy_facts child = shielded_child(POLICY_LEVEL_HIDDEN);
  struct decision decision;

  policy_decide(policy, &decision, &request, &child);
  cr_assert_eq(decision.answer, POLICY_GENERIC);
  for (uint8_t field = 1; field <= policy_word_count(policy, POLICY_FIELD); field++)
    cr_assert_eq(policy_unmet_of(policy, &request, &decision, field), 0);
}

Test(why, tells_the_same_of_a_shielded_child_as_the_shield_itself_does)
{
  struct policy_request request = request_of(
    policy, "case_officer", "assigned", "register_maintenance", "statutory_duty", "home_address");
  struct policy_facts child = shielded_child(POLICY_LEVEL_CONTACT);
  struct decision decision;

  policy_decide(policy, &decision, &request, &child);
  cr_assert(fieldset_has(decision.denied, word(policy, POLICY_FIELD, "home_address")));
  cr_assert_eq(
    policy_unmet_of(policy, &request, &decision, word(policy, POLICY_FIELD, "home_address")), 0,
    "the request could change nothing");
}
