/* The built-in policy with a regime of any bytes: refused, or a regime whose answers agree with
 * each other on every day that is asked about. */
#include "policy/regime.h"
#include "tests/fuzz/policy_with.h"

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

static void ask_policy(struct policy *policy, const char *id)
{
  if (policy == NULL) return;
  const struct regime *regime = policy_regime(policy, str_from(id));
  must(regime != NULL);
  ask(regime);
  policy_free(&policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0 || data[0] >= 0x20)
    ask_policy(with_file("regimes/any.json", (const char *)data, size), "any");
  else
    ask_policy(with_edited("regimes/illustration-2026-09.json", data + 1, size - 1),
               "illustration-2026-09");
  return 0;
}
