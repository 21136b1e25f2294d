/* The words for people: each code word has its own in both languages, and dates read as people
 * write them. */
#include <criterion/criterion.h>
#include <string.h>

#include "console/words.h"

/* Names of places that both languages write alike. */
static bool is_same_in_both(struct str label)
{
  static const char *const places[] = {"Gwynedd",           "Conwy",         "Powys",  "Ceredigion",
                                       "Rhondda Cynon Taf", "Blaenau Gwent", "Torfaen"};

  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    if (str_is(label, places[i])) return true;
  return false;
}

/* Two labels of one word: there, apart from each other, and not the code word itself. */
static void expect_words(struct str name, struct str cy, struct str en)
{
  cr_expect(cy.len > 0 && en.len > 0, "%.*s", (int)name.len, name.ptr);
  cr_expect(!str_equal(cy, en) || is_same_in_both(en), "%.*s", (int)name.len, name.ptr);
  cr_expect(!str_equal(cy, name) && !str_equal(en, name), "%.*s", (int)name.len, name.ptr);
}

static void expect_shown(struct str shown, const char *expected)
{
  cr_expect(str_is(shown, expected), "%.*s, not %s", (int)shown.len, shown.ptr, expected);
}

Test(words, name_every_field_in_both_languages)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field field = (enum field)i;
    struct str name = str_from(field_row(field)->name);

    expect_words(name, word_field(field, LANG_CY), word_field(field, LANG_EN));
    cr_expect(str_equal(word_field_named(name, LANG_CY), word_field(field, LANG_CY)));
  }
  expect_shown(word_field(FIELD_home_address, LANG_CY), "Cyfeiriad cartref");
  expect_shown(word_field_named(STR("home_address"), LANG_EN), "Home address");
}

Test(words, tell_one_field_from_another)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++)
    for (unsigned k = 0; k < i; k++)
      for (int lang = LANG_EN; lang <= LANG_CY; lang++)
        cr_expect(!str_equal(word_field((enum field)i, (enum lang)lang),
                             word_field((enum field)k, (enum lang)lang)),
                  "%s and %s", field_row((enum field)i)->name, field_row((enum field)k)->name);
}

/* Codes of one field that read alike could not be told apart on a form. */
static void expect_code_is_apart(struct str name, enum code_set set, size_t at)
{
  struct str code, other;

  cr_assert(code_at(set, at, &code));
  for (size_t k = 0; k < at && code_at(set, k, &other); k++)
    for (int lang = LANG_EN; lang <= LANG_CY; lang++)
      cr_expect(
        !str_equal(word_code(name, code, (enum lang)lang), word_code(name, other, (enum lang)lang)),
        "%.*s: %.*s", (int)name.len, name.ptr, (int)code.len, code.ptr);
}

Test(words, name_every_code_in_both_languages)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum code_set set = field_codes((enum field)i);
    struct str name = str_from(field_row((enum field)i)->name), code;

    if (set == CODES_NONE) continue;
    for (size_t k = 0; code_at(set, k, &code); k++) {
      struct str en = word_code(name, code, LANG_EN);

      cr_expect(en.ptr != code.ptr, "%.*s has no row", (int)code.len, code.ptr);
      expect_words(code, word_code(name, code, LANG_CY), en);
      expect_code_is_apart(name, set, k);
    }
  }
  expect_shown(word_code(STR("register_basis"), STR("eotas"), LANG_CY),
               "Addysg heblaw yn yr ysgol (EOTAS)");
  expect_shown(word_code(STR("home_la"), STR("672"), LANG_EN), "Bridgend");
}

Test(words, show_as_given_what_they_do_not_know)
{
  for (int i = LANG_EN; i <= LANG_CY; i++) {
    enum lang lang = (enum lang)i;

    expect_shown(word_field_named(STR("last_changed"), lang), "last_changed");
    expect_shown(word_code(STR("sex"), STR("F"), lang), "F");
    expect_shown(word_code(STR("sex"), STR("eotas"), lang), "eotas"); /* a code of another set */
    expect_shown(word_code(STR("forename"), STR("yes"), lang), "yes");
    expect_shown(word_code(STR("no_field"), STR("female"), lang), "female");
    expect_shown(word_reduced(STR("age_in_years"), STR("11"), lang), "11");
    expect_shown(word_reduced(STR("banded"), STR("white"), lang), "white");
    expect_shown(word_said_by(STR("aunt"), lang), "aunt");
    expect_shown(word_level(STR("secret"), lang), "secret");
    expect_shown(word_action(STR("dance"), lang), "dance");
    expect_shown(word_action(STR(""), lang), "");
  }
}

static const char *const levels[] = {"unknown", "none", "contact_protected", "hidden"};
static const char *const actions[] = {
#define A(id, name, class) name,
#include "register/actions.def"
#undef A
};

static void expect_all(const char *const *names, size_t count,
                       struct str (*word)(struct str, enum lang))
{
  for (size_t i = 0; i < count; i++) {
    struct str name = str_from(names[i]);

    expect_words(name, word(name, LANG_CY), word(name, LANG_EN));
  }
}

Test(words, name_levels_acts_and_who_said_so)
{
  expect_all(levels, sizeof levels / sizeof levels[0], word_level);
  expect_all(actions, sizeof actions / sizeof actions[0], word_action);
  for (unsigned i = 0; i < SAID_COUNT; i++) {
    struct str name = str_from(said_by_name((enum said_by)i));

    expect_words(name, word_said_by(name, LANG_CY), word_said_by(name, LANG_EN));
  }
  expect_shown(word_said_by(STR("parent"), LANG_CY), "Rhiant");
  expect_shown(word_level(STR("hidden"), LANG_CY), "Cudd");
}

static const struct {
  const char *form, *value;
  const char *cy, *en;
} reduced[] = {
  {"yes_no", "yes", "Ydy", "Yes"},
  {"banded", "0 to 4", "0 i 4", "0 to 4"},
  {"banded", "20 to 24", "20 i 24", "20 to 24"},
  {"banded", "25 and over", "25 neu fwy", "25 and over"},
  {"broad_group", "black", "Du", "Black"},
  {"broad_group", "not_stated", "Heb ei nodi", "Not stated"},
};

Test(words, name_what_a_lesser_form_leaves)
{
  for (size_t i = 0; i < sizeof reduced / sizeof reduced[0]; i++) {
    struct str form = str_from(reduced[i].form), value = str_from(reduced[i].value);

    expect_shown(word_reduced(form, value, LANG_CY), reduced[i].cy);
    expect_shown(word_reduced(form, value, LANG_EN), reduced[i].en);
  }
}

static const struct {
  const char *text; /* of an answer */
  const char *cy, *en;
} dates[] = {
  {"2026-01-01", "1 Ionawr 2026", "1 January 2026"},
  {"2024-02-29", "29 Chwefror 2024", "29 February 2024"},
  {"2026-03-01", "1 Mawrth 2026", "1 March 2026"},
  {"2026-04-30", "30 Ebrill 2026", "30 April 2026"},
  {"2026-05-05", "5 Mai 2026", "5 May 2026"},
  {"2026-06-26", "26 Mehefin 2026", "26 June 2026"},
  {"2026-07-07", "7 Gorffennaf 2026", "7 July 2026"},
  {"2026-08-31", "31 Awst 2026", "31 August 2026"},
  {"2026-09-10", "10 Medi 2026", "10 September 2026"},
  {"2026-10-12", "12 Hydref 2026", "12 October 2026"},
  {"2026-11-22", "22 Tachwedd 2026", "22 November 2026"},
  {"2014-12-25", "25 Rhagfyr 2014", "25 December 2014"},
  /* winter, summer, and the two nights between them */
  {"2026-11-22T14:05:00Z", "22 Tachwedd 2026, 14:05", "22 November 2026, 14:05"},
  {"2026-07-01T14:05:59Z", "1 Gorffennaf 2026, 15:05", "1 July 2026, 15:05"},
  {"2026-06-30T23:30:00Z", "1 Gorffennaf 2026, 00:30", "1 July 2026, 00:30"},
  {"2026-03-29T00:59:59Z", "29 Mawrth 2026, 00:59", "29 March 2026, 00:59"},
  {"2026-03-29T01:00:00Z", "29 Mawrth 2026, 02:00", "29 March 2026, 02:00"},
  {"2026-10-25T00:59:59Z", "25 Hydref 2026, 01:59", "25 October 2026, 01:59"},
  {"2026-10-25T01:00:00Z", "25 Hydref 2026, 01:00", "25 October 2026, 01:00"},
  {"2024-03-31T01:00:00Z", "31 Mawrth 2024, 02:00", "31 March 2024, 02:00"},
};

Test(dates, read_as_people_write_them)
{
  char text[WORD_INSTANT_MAX];

  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    expect_shown(word_when(text, str_from(dates[i].text), LANG_CY), dates[i].cy);
    expect_shown(word_when(text, str_from(dates[i].text), LANG_EN), dates[i].en);
  }
  cr_expect_eq(word_day(text, DAY_NONE, LANG_CY).len, 0);
  expect_shown(word_instant(text, (struct instant){1795356300000000}, LANG_CY),
               "22 Tachwedd 2026, 14:05");
}

static const char *const no_dates[] = {
  "",
  "2026-13-01",
  "2026-11-2",
  "2014-02-29",
  "spring 2014",
  "2026-11-22T24:00:00Z",
  "2026-11-22T14:60:00Z",
  "2026-11-22T14:05:00",
  "2026-11-22 14:05:00Z",
  "2026-11-31T14:05:00Z",
  "2026-11-22T1x:05:00Z",
};

Test(dates, that_are_none_stay_as_given)
{
  char text[WORD_INSTANT_MAX];

  for (size_t i = 0; i < sizeof no_dates / sizeof no_dates[0]; i++) {
    struct str given = str_from(no_dates[i]);
    struct str shown = word_when(text, given, LANG_CY);

    cr_expect(shown.ptr == given.ptr && shown.len == given.len, "%s", no_dates[i]);
  }
}
