/* Every duty that the policy knows has somebody who carries it out, or is refused beforehand. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "register/obligations.h"
#include "tests/unit/policy_world.h"

static const struct obligation_row *row_of(struct str word)
{
  const struct obligation_row *row;

  for (size_t i = 0; (row = obligation_row(i)) != NULL; i++)
    if (str_is(word, row->word)) return row;
  return NULL;
}

static unsigned words(const struct policy *policy)
{
  return policy_word_count(policy, POLICY_OBLIGATION);
}

Test(obligations, each_word_of_the_vocabulary_has_a_row)
{
  struct policy *policy = builtin_policy();

  for (unsigned i = 1; i <= words(policy); i++) {
    struct str word = policy_word_name(policy, POLICY_OBLIGATION, (uint8_t)i);

    cr_expect_not_null(row_of(word), "nothing says who carries out %.*s", (int)word.len, word.ptr);
  }
  policy_free(&policy);
}

Test(obligations, each_row_is_a_word_of_the_vocabulary_and_names_a_file)
{
  struct policy *policy = builtin_policy();
  const struct obligation_row *row;
  char path[256];

  for (size_t i = 0; (row = obligation_row(i)) != NULL; i++) {
    cr_expect_neq(policy_word(policy, POLICY_OBLIGATION, str_from(row->word)), POLICY_NO_WORD, "%s",
                  row->word);
    if (row->by == OBLIGATION_NOT_BUILT) continue;
    snprintf(path, sizeof path, "%s/%s", getenv("SOURCE_DIR"), row->where);
    cr_expect_eq(access(path, R_OK), 0, "%s: there is no %s", row->word, row->where);
  }
  policy_free(&policy);
}

Test(obligations, what_nobody_carries_out_is_known_before_anybody_is_looked_up)
{
  struct policy *policy = builtin_policy();
  uint8_t word = policy_word(policy, POLICY_OBLIGATION, STR("count_in_national_total_only"));

  cr_expect_eq(obligations_not_built(policy), POLICY_BIT(word));
  cr_expect_eq(obligation_by(STR("a_word_of_tomorrow")), OBLIGATION_NOT_BUILT);
  policy_free(&policy);
}
