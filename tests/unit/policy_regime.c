/* Law as data: powers, numbers, compulsory school age. */
#include <criterion/criterion.h>

#include "policy/regime.h"
#include "tests/unit/policy_world.h"

static struct policy *policy;
static const struct regime *shown, *before;

static void load(void)
{
  policy = builtin_policy();
  shown = policy_regime(policy, STR("illustration-2026-09"));
  before = policy_regime(policy, STR("pre-cnis-wales"));
}
static void unload(void)
{
  policy_free(&policy);
}
TestSuite(regime, .init = load, .fini = unload);

static struct day day_of(const char *text)
{
  struct day day = DAY_NONE;

  cr_assert(day_parse(str_from(text), &day), "%s", text);
  return day;
}

Test(regime, is_found_by_name)
{
  cr_assert_not_null(shown);
  cr_assert_not_null(before);
  cr_assert_null(policy_regime(policy, STR("england")));
  cr_assert(regime_is_illustration(shown));
  cr_assert_not(regime_is_illustration(before));
  cr_assert_eq(regime_from(shown).number, day_of("2026-09-01").number);
  cr_assert_not(day_is_set(regime_from(before)));
}

Test(regime, claims_no_duty_and_makes_everything_voluntary_before_commencement)
{
  cr_assert(regime_claims_duty(shown));
  cr_assert_not(regime_claims_duty(before));
  cr_assert(str_is(regime_section(shown, STR("register")), "436B"));
  cr_assert_eq(regime_section(before, STR("register")).len, 0);
  cr_assert_not(regime_is_voluntary(shown, STR("436C(1)")));
  cr_assert(regime_is_voluntary(before, STR("436C(1)")));
  cr_assert(regime_is_voluntary(shown, STR("no such power")));
}

static const struct {
  const char *power, *word;
  bool has_power;
} powers[] = {
  {"436C(1)", "home_address", true}, {"436C(2)", "aln_status", true},
  {"436C(2)", "ethnicity", false},   {"voluntary", "ethnicity", false},
  {"voluntary", "child_view", true}, {"ALNET", "idp_summary", true},
  {"436Z", "home_address", false},   {"", "home_address", false},
};

Test(regime, gives_power_to_a_field_by_code_and_takes_it_by_word)
{
  for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++)
    cr_assert_eq(regime_field_has_power(shown, str_from(powers[i].power), str_from(powers[i].word)),
                 powers[i].has_power, "row %zu", i);
}

Test(regime, knows_numbers_by_name_only)
{
  int days = -1;

  cr_assert(regime_number(shown, STR("provider_reply_days"), &days));
  cr_assert_eq(days, 15);
  cr_assert_not(regime_number(shown, STR("provider_reply_day"), &days));
  cr_assert_not(regime_number(before, STR("provider_reply_days"), &days), "no such duty yet");
}

/* Born, first day, last day. Five on a prescribed day begins that day. 2027-06-25 and 2026-06-26
 * are the last Fridays of June; a child of September turns sixteen in the school year that ends
 * there. */
static const struct {
  const char *born, *begins, *ends;
} ages[] = {
  {"2016-03-31", "2021-03-31", "2032-06-25"}, {"2016-04-01", "2021-08-31", "2032-06-25"},
  {"2016-08-31", "2021-08-31", "2032-06-25"}, {"2016-09-01", "2021-12-31", "2033-06-24"},
  {"2016-12-31", "2021-12-31", "2033-06-24"}, {"2017-01-01", "2022-03-31", "2033-06-24"},
  {"2010-08-31", "2015-08-31", "2026-06-26"}, {"2010-09-01", "2015-12-31", "2027-06-25"},
  {"2010-11-06", "2015-12-31", "2027-06-25"}, {"2009-11-06", "2014-12-31", "2026-06-26"},
};

Test(regime, begins_and_ends_compulsory_school_age_on_the_day)
{
  for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
    struct day born = day_of(ages[i].born), first = day_of(ages[i].begins);
    struct day last = day_of(ages[i].ends);

    cr_assert_eq(regime_school_age_begins(shown, born).number, first.number, "%s", ages[i].born);
    cr_assert_eq(regime_school_age_ends(shown, born).number, last.number, "%s", ages[i].born);
    cr_assert(regime_is_compulsory_school_age(shown, born, first));
    cr_assert(regime_is_compulsory_school_age(shown, born, last));
    cr_assert_not(regime_is_compulsory_school_age(shown, born, (struct day){first.number - 1}));
    cr_assert_not(regime_is_compulsory_school_age(shown, born, (struct day){last.number + 1}));
  }
  cr_assert_not(regime_is_compulsory_school_age(shown, DAY_NONE, day_of("2026-11-02")));
}
