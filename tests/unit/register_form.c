/* The lesser forms of a value: what leaves in each, and that nothing falls back to a fuller one. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "register/form.h"

static struct arena *arena;
static struct key secret;
static const struct id child = {{1}}, other_child = {{2}}, school = {{3}}, council = {{4}};

static void begin(void)
{
  const struct outside outside = outside_real();

  cr_assert_eq(crypto_ready(), OK);
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  key_random(&secret, &outside);
}

static void end(void)
{
  arena_free(&arena);
  key_wipe(&secret);
}

TestSuite(register_form, .init = begin, .fini = end);

static struct day day(const char *text)
{
  struct day day;

  cr_assert(day_parse(str_from(text), &day));
  return day;
}

static struct form_view by(struct id whose, struct id recipient)
{
  return (struct form_view){
    .today = day("2026-11-22"), .child = whose, .recipient = recipient, .secret = &secret};
}

/* "-": this value has no such form. "": it is given without its text. */
static const char *in(enum form form, enum field field, enum value_state state, const char *text,
                      const struct form_view *view)
{
  static char said[256];
  struct value value = {.state = state, .text = {text, strlen(text)}};
  struct form_given given;

  cr_assert_eq(form_reduce(arena, &given, &value, field, form, view), OK);
  if (given.result == FORM_NOTHING) return "-";
  snprintf(said, sizeof said, "%.*s", (int)value.text.len, value.text.ptr);
  return said;
}

static const char *checked(enum form form, enum field field, const char *text)
{
  struct form_view view = by(child, school);

  return in(form, field, VALUE_CHECKED, text, &view);
}

static const char *as_given(enum form form, enum field field, const char *text)
{
  struct form_view view = by(child, school);

  return in(form, field, VALUE_AS_GIVEN, text, &view);
}

Test(register_form, an_age_is_completed_years_and_never_a_date)
{
  cr_expect_str_eq(checked(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "2015-11-22"), "11");
  cr_expect_str_eq(checked(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "2015-11-23"), "10");
  cr_expect_str_eq(checked(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "2026-11-22"), "0");
  cr_expect_str_eq(checked(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "2026-11-23"), "-");
  cr_expect_str_eq(as_given(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "March 2015"), "-");
  cr_expect_str_eq(as_given(FORM_AGE_IN_YEARS, FIELD_date_of_birth, "2015-11-22"), "-");
}

Test(register_form, hours_are_bands_of_five)
{
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_hours, "0"), "0 to 4");
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_hours, "4.75"), "0 to 4");
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_hours, "5"), "5 to 9");
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_hours, "25"), "25 and over");
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_hours, "60"), "25 and over");
  cr_expect_str_eq(as_given(FORM_BANDED, FIELD_provider_hours, "about 12"), "-");
  cr_expect_str_eq(checked(FORM_BANDED, FIELD_provider_name, "12"), "-");
}

Test(register_form, a_pseudonym_is_one_recipients_and_one_childs)
{
  struct form_view view = by(child, school), theirs = by(child, council),
                   others = by(other_child, school);
  char own[128];

  snprintf(own, sizeof own, "%s",
           in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &view));
  cr_expect_eq(strlen(own), 2 * KEY_TAG_BYTES);
  cr_expect_str_eq(in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &view), own);
  cr_expect_str_eq(in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "H801200001001", &view), own,
                   "it changes when the number is put right");
  cr_expect_str_neq(in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &theirs), own,
                    "two recipients can put what they have together");
  cr_expect_str_neq(in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &others), own);
}

/* Who knows both ids and every number, and not the register's secret, computes another one. */
Test(register_form, a_pseudonym_is_not_computed_by_guessing)
{
  const struct outside outside = outside_real();
  struct form_view view = by(child, school);
  struct key guess;
  char own[128];

  snprintf(own, sizeof own, "%s",
           in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &view));
  key_random(&guess, &outside);
  view.secret = &guess;
  cr_expect_str_neq(in(FORM_PSEUDONYM, FIELD_upn, VALUE_CHECKED, "A123456789012", &view), own);
  key_wipe(&guess);
}

Test(register_form, a_broad_group_is_the_main_group_and_never_the_code)
{
  cr_expect_str_eq(checked(FORM_BROAD_GROUP, FIELD_ethnicity, "WBRI"), "white");
  cr_expect_str_eq(checked(FORM_BROAD_GROUP, FIELD_ethnicity, "MWBC"), "mixed");
  cr_expect_str_eq(checked(FORM_BROAD_GROUP, FIELD_ethnicity, "REFU"), "not_stated");
  cr_expect_str_eq(checked(FORM_BROAD_GROUP, FIELD_ethnicity, "XYZW"), "-");
  cr_expect_str_eq(as_given(FORM_BROAD_GROUP, FIELD_ethnicity, "Welsh"), "-");
}

Test(register_form, a_text_is_redacted_where_it_is_known_of_what_or_leaves_without_its_words)
{
  struct form_view view = by(child, school);
  struct needles others = {0};

  cr_expect_str_eq(in(FORM_REDACTED_TEXT, FIELD_case_notes, VALUE_CHECKED, "Mair rang.", &view),
                   "");
  cr_assert_eq(needles_add(arena, &others, TYPE_NAME, (struct personal){"Mair Morys", 10}), OK);
  view.others = &others;
  cr_expect_str_eq(in(FORM_REDACTED_TEXT, FIELD_case_notes, VALUE_CHECKED, "Mair rang.", &view),
                   REDACT_MARK " rang.");
}

Test(register_form, yes_says_no_more_and_a_route_is_never_the_value)
{
  cr_expect_str_eq(checked(FORM_YES_NO, FIELD_case_notes, "Mair rang."), "yes");
  cr_expect_str_eq(checked(FORM_ROUTE_ONLY, FIELD_case_notes, "07700 900123"), "-");
  cr_expect_str_eq(checked(FORM_COUNT, FIELD_case_notes, "Mair rang."), "-");
  cr_expect_str_eq(checked(FORM_FULL, FIELD_case_notes, "Mair rang."), "Mair rang.");
}

Test(register_form, words_that_nothing_can_make_are_no_form)
{
  enum form form;

  cr_expect(form_named(STR("age_in_years"), &form) && form == FORM_AGE_IN_YEARS);
  cr_expect(form_named(STR("route_only"), &form) && form == FORM_ROUTE_ONLY);
  cr_expect_not(form_named(STR("age"), &form));
  cr_expect_not(form_named(STR("age_in_years "), &form));
  cr_expect_not(form_named(STR(""), &form));
}
