/* The built-in policy with a regime of any bytes: refused, or a regime whose answers agree with
 * each other on every day that is asked about. */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/regime.h"

static const char *const others[] = {"vocabulary.json", "rules/F-02.json", "rules/F-14.json",
                                     "rules/R-00.json"};
enum { OTHERS = sizeof others / sizeof others[0] };

static void must(bool holds)
{
  if (!holds) abort();
}

static void ask(const struct regime *regime)
{
  static const char *const powers[] = {"436B", "436C(1)", "436D", "", "x"};
  static const char *const duties[] = {"register_duty", "school_age", "", "nothing"};
  int number = 0;

  for (int year = 2006; year < 2022; year++)
    for (int month = 1; month <= 12; month += 3) {
      struct day born = day_from_ymd(year, month, 1 + year % 28);
      struct day begins = regime_school_age_begins(regime, born);
      struct day ends = regime_school_age_ends(regime, born);

      must(begins.number < ends.number);
      must(regime_is_compulsory_school_age(regime, born, begins));
      must(!regime_is_compulsory_school_age(regime, born, (struct day){begins.number - 1}));
      must(!regime_is_compulsory_school_age(regime, born, (struct day){ends.number + 1}));
    }
  for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
    struct str power = str_from(powers[i]);
    if (regime_field_has_power(regime, power, STR("child_name"))) must(power.len > 0);
    (void)regime_is_voluntary(regime, power);
  }
  for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++)
    (void)regime_section(regime, str_from(duties[i]));
  (void)regime_number(regime, STR("parent_reply_days"), &number);
  must(regime_title(regime, LANG_CY).len > 0 && regime_title(regime, LANG_EN).len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct policy_file files[OTHERS + 1];
  struct policy *policy = NULL;
  struct trail trail = {0};
  size_t count = 0;

  for (size_t i = 0; i < policy_builtin_count; i++)
    for (size_t k = 0; k < OTHERS; k++)
      if (strcmp(policy_builtin_files[i].name, others[k]) == 0)
        files[count++] = policy_builtin_files[i];
  must(count == OTHERS);
  files[count++] = (struct policy_file){"regimes/any.json", (const char *)data, size};
  enum err err = policy_load(&policy, files, count, &trail);
  must(err == OK || err == ERR_POLICY || err == ERR_MEMORY);
  if (err == OK) {
    const struct regime *regime = policy_regime(policy, STR("any"));
    must(regime != NULL);
    ask(regime);
  }
  policy_free(&policy);
  return 0;
}
