/* Which label belongs to which code word. The tables are made from those of the register, so that a
 * new field, code or act without its words does not compile. It must never guess: what it does not
 * know stays as it is. */
#include "console/words.h"

#include <assert.h>
#include <stdio.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct word {
  const char *name;
  enum text_id text;
};

static struct str word_of(const struct word *words, size_t count, struct str name, enum lang lang)
{
  for (size_t i = 0; i < count; i++)
    if (str_is(name, words[i].name)) return text_get(words[i].text, lang);
  return name;
}

/* ---- fields and what they hold ---- */

enum text_id word_field_text(enum field field)
{
  static const enum text_id labels[FIELD_COUNT] = {
#define F(id, name, slots, pad, type, word, power, keep, home) [FIELD_##name] = TEXT_FIELD_##name,
#include "register/fields.def"
#undef F
  };

  assert((unsigned)field < FIELD_COUNT);
  return labels[field];
}

struct str word_field(enum field field, enum lang lang)
{
  return text_get(word_field_text(field), lang);
}

struct str word_field_named(struct str name, enum lang lang)
{
  enum field field;

  return field_by_name(name, &field) ? word_field(field, lang) : name;
}

static const struct {
  enum code_set set;
  struct word word;
} codes[] = {
#define W(set, code) {CODES_##set, {#code, TEXT_CODE_##set##_##code}},
#include "console/codes.def"
#undef W
};

#define SET(id)
#define C(set, code) +1
static_assert(LENGTH(codes) == 0
#include "register/codes.def"
              ,
              "every code of register/codes.def has its row in console/codes.def");
#undef SET
#undef C

struct str word_of_set(enum code_set set, struct str code, enum lang lang)
{
  for (size_t i = 0; i < LENGTH(codes); i++)
    if (codes[i].set == set && str_is(code, codes[i].word.name))
      return text_get(codes[i].word.text, lang);
  return code;
}

struct str word_code(struct str field_name, struct str code, enum lang lang)
{
  enum field field;

  return field_by_name(field_name, &field) ? word_of_set(field_codes(field), code, lang) : code;
}

struct str word_reduced(struct str form, struct str value, enum lang lang)
{
  static const struct word yes_no[] = {{"yes", TEXT_REDUCED_yes}};
  static const struct word bands[] = {
    {"0 to 4", TEXT_REDUCED_0_to_4},     {"5 to 9", TEXT_REDUCED_5_to_9},
    {"10 to 14", TEXT_REDUCED_10_to_14}, {"15 to 19", TEXT_REDUCED_15_to_19},
    {"20 to 24", TEXT_REDUCED_20_to_24}, {"25 and over", TEXT_REDUCED_25_and_over},
  };
  static const struct word groups[] = {
    {"white", TEXT_REDUCED_white},           {"mixed", TEXT_REDUCED_mixed},
    {"asian", TEXT_REDUCED_asian},           {"black", TEXT_REDUCED_black},
    {"chinese", TEXT_REDUCED_chinese},       {"other", TEXT_REDUCED_other},
    {"not_stated", TEXT_REDUCED_not_stated},
  };

  if (str_is(form, "yes_no")) return word_of(yes_no, LENGTH(yes_no), value, lang);
  if (str_is(form, "banded")) return word_of(bands, LENGTH(bands), value, lang);
  if (str_is(form, "broad_group")) return word_of(groups, LENGTH(groups), value, lang);
  return value;
}

struct str word_said_by(struct str said_by, enum lang lang)
{
  static const enum text_id labels[] = {
    [SAID_UNKNOWN] = TEXT_SAID_BY_unknown,
    [SAID_PARENT] = TEXT_SAID_BY_parent,
    [SAID_CHILD] = TEXT_SAID_BY_child,
    [SAID_SCHOOL] = TEXT_SAID_BY_school,
    [SAID_AUTHORITY] = TEXT_SAID_BY_authority,
    [SAID_OTHER_AUTHORITY] = TEXT_SAID_BY_other_authority,
    [SAID_HEALTH] = TEXT_SAID_BY_health,
    [SAID_SOCIAL_CARE] = TEXT_SAID_BY_social_care,
    [SAID_PROVIDER] = TEXT_SAID_BY_provider,
    [SAID_OTHER] = TEXT_SAID_BY_other,
  };
  static_assert(LENGTH(labels) == SAID_COUNT, "each has its label");

  for (unsigned i = 0; i < SAID_COUNT; i++)
    if (str_is(said_by, said_by_name((enum said_by)i))) return text_get(labels[i], lang);
  return said_by;
}

struct str word_adult(unsigned slot, enum lang lang)
{
  static const enum text_id places[PEOPLE] = {TEXT_PAGE_ADULT_1, TEXT_PAGE_ADULT_2,
                                              TEXT_PAGE_ADULT_3, TEXT_PAGE_ADULT_4};

  assert(slot < PEOPLE);
  return text_get(places[slot], lang);
}

struct str word_relative(struct str given, enum lang lang)
{
  static const enum text_id relatives[] = {
    TEXT_RELATIVE_MOTHER,        TEXT_RELATIVE_FATHER,      TEXT_RELATIVE_PARENT,
    TEXT_RELATIVE_STEP_MOTHER,   TEXT_RELATIVE_STEP_FATHER, TEXT_RELATIVE_AUNT,
    TEXT_RELATIVE_UNCLE,         TEXT_RELATIVE_GRANDMOTHER, TEXT_RELATIVE_GRANDFATHER,
    TEXT_RELATIVE_GUARDIAN,      TEXT_RELATIVE_CARER,       TEXT_RELATIVE_FOSTER_CARER,
    TEXT_RELATIVE_KINSHIP_CARER,
  };

  for (size_t i = 0; i < LENGTH(relatives); i++)
    if (str_equal(given, text_get(relatives[i], LANG_CY)) ||
        str_equal(given, text_get(relatives[i], LANG_EN)))
      return text_get(relatives[i], lang);
  return given;
}

struct str word_level(struct str level, enum lang lang)
{
  static const struct word levels[] = {
    [LEVEL_UNKNOWN] = {"unknown", TEXT_LEVEL_unknown},
    [LEVEL_NONE] = {"none", TEXT_LEVEL_none},
    [LEVEL_CONTACT_PROTECTED] = {"contact_protected", TEXT_LEVEL_contact_protected},
    [LEVEL_HIDDEN] = {"hidden", TEXT_LEVEL_hidden},
  };

  return word_of(levels, LENGTH(levels), level, lang);
}

struct str word_action(struct str action, enum lang lang)
{
  static const struct word actions[] = {
#define A(id, name, class) {name, TEXT_ACTION_##id},
#include "register/actions.def"
#undef A
  };

  return word_of(actions, LENGTH(actions), action, lang);
}

/* ---- dates ---- */

static const int64_t US_PER_HOUR = 3600000000;
enum { MINUTES_PER_DAY = 24 * 60, MONTHS = 12 };

struct str word_day(char ret_text[static WORD_DAY_MAX], struct day day, enum lang lang)
{
  static const enum text_id months[MONTHS] = {
    TEXT_MONTH_1, TEXT_MONTH_2, TEXT_MONTH_3, TEXT_MONTH_4,  TEXT_MONTH_5,  TEXT_MONTH_6,
    TEXT_MONTH_7, TEXT_MONTH_8, TEXT_MONTH_9, TEXT_MONTH_10, TEXT_MONTH_11, TEXT_MONTH_12,
  };
  int year = 0, month = 0, of_month = 0;

  if (!day_is_set(day)) return STR("");
  day_to_ymd(day, &year, &month, &of_month);
  struct str name = text_get(months[month - 1], lang);
  int n = snprintf(ret_text, WORD_DAY_MAX, "%d %.*s %d", of_month, (int)name.len, name.ptr, year);
  assert(n > 0 && n < WORD_DAY_MAX);
  return (struct str){ret_text, (size_t)n};
}

/* 01:00 Greenwich mean time on the last Sunday of a month with 31 days. */
static int64_t clocks_change_us(int year, int month)
{
  enum { THURSDAY = 4 }; /* 1970-01-01 */
  struct day last = day_from_ymd(year, month, 31);

  last.number -= (last.number + THURSDAY) % 7;
  return (last.number * INT64_C(24) + 1) * US_PER_HOUR;
}

/* Summer Time Act 1972 s1(2), as the Summer Time Order 2002 has it: an hour ahead from one o'clock,
 * Greenwich mean time, on the last Sunday in March until the same on the last Sunday in October. */
static struct instant wall_clock(struct instant at)
{
  int year = instant_month(at) / 100;
  bool is_summer = at.us >= clocks_change_us(year, 3) && at.us < clocks_change_us(year, 10);

  return (struct instant){at.us + (is_summer ? US_PER_HOUR : 0)};
}

struct str word_instant(char ret_text[static WORD_INSTANT_MAX], struct instant at, enum lang lang)
{
  struct instant shown = wall_clock(at);
  struct day day = instant_day(shown);
  int64_t us_of_day = shown.us - day.number * INT64_C(24) * US_PER_HOUR;
  unsigned minutes = (unsigned)(us_of_day / (US_PER_HOUR / 60)) % MINUTES_PER_DAY;
  struct str date = word_day(ret_text, day, lang);
  int n = snprintf(ret_text + date.len, WORD_INSTANT_MAX - date.len, ", %02u:%02u", minutes / 60,
                   minutes % 60);

  assert(n > 0 && (size_t)n < WORD_INSTANT_MAX - date.len);
  return (struct str){ret_text, date.len + (size_t)n};
}

/* Two digits at this place, below `limit`; -1 for anything else. */
struct str word_when(char ret_text[static WORD_INSTANT_MAX], struct str text, enum lang lang)
{
  struct day day;
  struct instant at;

  if (day_parse(text, &day)) return word_day(ret_text, day, lang);
  if (instant_parse(text, &at)) return word_instant(ret_text, at, lang);
  return text;
}
