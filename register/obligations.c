/* See obligations.h. It must never count a duty as carried out that has no row. */
#include "register/obligations.h"

#include "base/guard.h"

static const struct obligation_row rows[] = {
#define O(word, by, where) {#word, OBLIGATION_##by, where},
#include "register/obligations.def"
#undef O
};

const struct obligation_row *obligation_row(size_t i)
{
  return i < sizeof rows / sizeof rows[0] ? &rows[i] : NULL;
}

enum obligation_by obligation_by(struct str word)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (str_is(word, rows[i].word)) return rows[i].by;
  return OBLIGATION_NOT_BUILT;
}

uint64_t obligations_not_built(const struct policy *policy)
{
  uint64_t missing = 0;

  for (unsigned word = 1; word <= policy_word_count(policy, POLICY_OBLIGATION); word++)
    if (obligation_by(policy_word_name(policy, POLICY_OBLIGATION, (uint8_t)word)) ==
        OBLIGATION_NOT_BUILT)
      missing |= POLICY_BIT(word);
  return GUARD(DUTY_BUILT) ? missing : 0;
}
