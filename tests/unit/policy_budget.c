/* Budgets as data: every role has one, the newest row in force counts, what is not there is
 * nothing. That the file is read strictly is in policy_load.c. */
#include <criterion/criterion.h>

#include "policy/budget.h"
#include "tests/unit/policy_world.h"

#define FILES_MAX 256

static struct policy *policy;

static void load(void)
{
  policy = builtin_policy();
}
static void unload(void)
{
  policy_free(&policy);
}
TestSuite(policy_budget, .init = load, .fini = unload);

static const struct day now = {20760}; /* 2026-11-03 */

Test(policy_budget, a_case_officer_opens_fifty_children_a_day)
{
  struct policy_budget budget =
    policy_budget_of_role(policy, word(policy, POLICY_ROLE, "case_officer"), now);

  cr_expect_eq(budget.limit[POLICY_HOUR], 25);
  cr_expect_eq(budget.limit[POLICY_DAY], 50);
  cr_expect_eq(budget.limit[POLICY_MONTH], 500);
}

Test(policy_budget, no_role_is_without_one_and_none_has_the_whole_register)
{
  struct policy_budget authority = policy_budget_of_authority(policy, now);

  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++) {
    struct policy_budget budget = policy_budget_of_role(policy, (uint8_t)role, now);

    for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
      cr_expect_gt(budget.limit[i], 0);
      cr_expect_lt(budget.limit[i], authority.limit[i]);
    }
  }
}

Test(policy_budget, before_the_first_row_and_for_no_role_there_is_nothing)
{
  uint8_t officer = word(policy, POLICY_ROLE, "case_officer");

  cr_expect_eq(policy_budget_of_role(policy, officer, (struct day){0}).limit[POLICY_MONTH], 0);
  cr_expect_eq(policy_budget_of_role(policy, POLICY_NO_WORD, now).limit[POLICY_MONTH], 0);
}

Test(policy_budget, the_newest_row_in_force_counts)
{
  static const char old[] = "{\"role\": \"case_officer\", \"from\": \"2026-01-01\"";
  static const char two[] = "{\"role\": \"case_officer\", \"from\": \"2026-11-01\","
                            " \"hour\": 1, \"day\": 2, \"month\": 3},\n"
                            "{\"role\": \"case_officer\", \"from\": \"2027-01-01\","
                            " \"hour\": 4, \"day\": 5, \"month\": 6},\n";
  struct policy_file files[FILES_MAX];
  struct policy *changed = NULL;
  struct trail trail = {0};
  char *text = NULL;

  cr_assert_leq(policy_builtin_count, FILES_MAX);
  for (size_t i = 0; i < policy_builtin_count; i++) {
    files[i] = policy_builtin_files[i];
    if (strcmp(files[i].name, "budgets.json") != 0) continue;
    const char *at = strstr(files[i].text, old);
    cr_assert_not_null(at);
    text = calloc(1, files[i].len + sizeof two);
    cr_assert_not_null(text);
    memcpy(text, files[i].text, (size_t)(at - files[i].text));
    memcpy(text + (at - files[i].text), two, sizeof two - 1);
    memcpy(text + strlen(text), at, strlen(at) + 1);
    files[i].text = text;
    files[i].len = strlen(text);
  }
  cr_assert_eq(policy_load(&changed, files, policy_builtin_count, &trail), OK, "%s", trail.where);
  uint8_t officer = word(changed, POLICY_ROLE, "case_officer");
  struct day december = {now.number + 30}, january = {now.number + 70};
  cr_expect_eq(policy_budget_of_role(changed, officer, december).limit[POLICY_DAY], 2);
  cr_expect_eq(policy_budget_of_role(changed, officer, january).limit[POLICY_DAY], 5);
  policy_free(&changed);
  free(text);
}

Test(policy_budget, windows_have_names_and_a_sentence_says_what_the_numbers_rest_on)
{
  enum policy_window window = POLICY_HOUR;

  cr_expect(policy_window_named(STR("month"), &window));
  cr_expect_eq(window, POLICY_MONTH);
  cr_expect_not(policy_window_named(STR("year"), &window));
  cr_expect_eq(policy_window_us(POLICY_DAY), INT64_C(24) * 3600 * 1000000);
  cr_expect_gt(policy_budget_terms(policy)->why[LANG_CY].len, 0);
  cr_expect_gt(policy_budget_terms(policy)->why[LANG_EN].len, 0);
}
