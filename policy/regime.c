/* Which law is in force, as data; see regime.h. It must never state law of its own: every number,
 * day and section comes from a file of policy/regimes/. */
#include "policy/regime_load.h"

#include <stdio.h>

#include "policy/words.h"

#define ENTRIES_MAX 64
#define PRESCRIBED_DAYS_MAX 4

struct power {
  struct str code;
  bool is_in_force, is_voluntary;
};
struct number {
  struct str name;
  int value;
};
struct section {
  struct str duty, section;
};
struct month_day {
  int month, day;
};

struct regime {
  struct str id, title[2];
  struct day from;
  bool is_illustration, claims_duty;
  struct power power[ENTRIES_MAX];
  struct number number[ENTRIES_MAX];
  struct section section[ENTRIES_MAX];
  struct str without_power[ENTRIES_MAX];
  size_t power_count, number_count, section_count, without_count;
  struct month_day prescribed[PRESCRIBED_DAYS_MAX];
  size_t prescribed_count;
  int begins_at, ends_at; /* years of age */
  int leaving_month;      /* its last Friday */
  int year_ends_month;    /* the school year's last month */
};

size_t regime_bytes(void)
{
  return sizeof(struct regime);
}

struct regime *regime_at(struct regime *regimes, size_t index)
{
  return &regimes[index];
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

static enum err read_int(const struct source *source, json_t *object, const char *key, int least,
                         int most, int *ret_value)
{
  json_t *value = json_object_get(object, key);

  if (!json_is_integer(value) || json_integer_value(value) < least ||
      json_integer_value(value) > most)
    return REFUSE(source, key, "a whole number is wanted");
  *ret_value = (int)json_integer_value(value);
  return OK;
}

static enum err read_powers(const struct source *source, json_t *root, struct regime *regime)
{
  static const char *const keys[] = {"code", "in_force", "voluntary", NULL};
  json_t *rows = json_object_get(root, "powers");

  if (!json_is_array(rows) || json_array_size(rows) == 0 || json_array_size(rows) > ENTRIES_MAX)
    return REFUSE(source, "powers", "a list of powers is wanted");
  for (size_t i = 0; i < json_array_size(rows); i++) {
    json_t *row = json_array_get(rows, i);
    struct power *power = &regime->power[i];

    TRY(read_keys(source, row, keys, NULL));
    TRY(read_text(source, row, "code", &power->code));
    TRY(read_bool(source, row, "in_force", &power->is_in_force));
    TRY(read_bool(source, row, "voluntary", &power->is_voluntary));
    for (size_t j = 0; j < i; j++)
      if (str_equal(power->code, regime->power[j].code))
        return REFUSE(source, "code", "a power stands twice");
  }
  regime->power_count = json_array_size(rows);
  return OK;
}

static enum err read_numbers(const struct source *source, json_t *root, struct regime *regime)
{
  json_t *rows = json_object_get(root, "numbers"), *value;
  const char *name;

  if (!json_is_object(rows) || json_object_size(rows) > ENTRIES_MAX)
    return REFUSE(source, "numbers", "days and thresholds are wanted");
  json_object_foreach(rows, name, value)
  {
    struct number *number = &regime->number[regime->number_count];

    TRY(read_int(source, rows, name, 0, 10000, &number->value));
    TRY(arena_copy(source->arena, &number->name, str_from(name)));
    regime->number_count++;
  }
  return OK;
}

static enum err read_sections(const struct source *source, json_t *root, struct regime *regime)
{
  json_t *rows = json_object_get(root, "sections"), *value;
  const char *name;

  if (!json_is_object(rows) || json_object_size(rows) > ENTRIES_MAX)
    return REFUSE(source, "sections", "sections of duties are wanted");
  json_object_foreach(rows, name, value)
  {
    struct section *section = &regime->section[regime->section_count];

    TRY(read_text(source, rows, name, &section->section));
    TRY(arena_copy(source->arena, &section->duty, str_from(name)));
    regime->section_count++;
  }
  return OK;
}

static enum err read_without_power(const struct policy *policy, const struct source *source,
                                   json_t *root, struct regime *regime)
{
  json_t *names;

  TRY(read_list(source, root, "without_power", &names));
  if (json_array_size(names) > ENTRIES_MAX) return REFUSE(source, "without_power", "too many");
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));

    if (policy_word(policy, POLICY_FIELD, str_from(name)) == POLICY_NO_WORD)
      return REFUSE(source, name, "unknown field");
    TRY(arena_copy(source->arena, &regime->without_power[i], str_from(name)));
  }
  regime->without_count = json_array_size(names);
  return OK;
}

/* "08-31" */
static bool read_month_day(const char *text, struct month_day *ret_day)
{
  char date[11];
  int year;
  struct day day;
  int written = snprintf(date, sizeof(date), "2001-%s", text); /* not a leap year */

  if (written != 10 || !day_parse((struct str){date, 10}, &day)) return false;
  day_to_ymd(day, &year, &ret_day->month, &ret_day->day);
  return true;
}

static enum err read_school_age(const struct source *source, json_t *root, struct regime *regime)
{
  static const char *const keys[] = {"begins_at",
                                     "prescribed_days",
                                     "ends_at",
                                     "leaving_last_friday_of_month",
                                     "school_year_ends_month",
                                     NULL};
  json_t *rule = json_object_get(root, "school_age"), *days;

  TRY(read_keys(source, rule, keys, NULL));
  TRY(read_int(source, rule, "begins_at", 1, 20, &regime->begins_at));
  TRY(read_int(source, rule, "ends_at", 1, 30, &regime->ends_at));
  TRY(read_int(source, rule, "leaving_last_friday_of_month", 1, 12, &regime->leaving_month));
  TRY(read_int(source, rule, "school_year_ends_month", 1, 12, &regime->year_ends_month));
  TRY(read_list(source, rule, "prescribed_days", &days));
  if (json_array_size(days) > PRESCRIBED_DAYS_MAX)
    return REFUSE(source, "prescribed_days", "too many days");
  for (size_t i = 0; i < json_array_size(days); i++)
    if (!read_month_day(json_string_value(json_array_get(days, i)), &regime->prescribed[i]))
      return REFUSE(source, "prescribed_days", "a day of the year is wanted, as 08-31");
  regime->prescribed_count = json_array_size(days);
  return OK;
}

static enum err read_from(const struct source *source, json_t *root, struct regime *regime)
{
  regime->from = DAY_NONE;
  if (json_object_get(root, "from") == NULL) return OK;
  return read_day(source, root, "from", &regime->from);
}

enum err regime_load(const struct policy *policy, const struct source *source,
                     struct regime *ret_regime)
{
  static const char *const needed[] = {"id",           "cy",          "en",
                                       "illustration", "claims_duty", "sections",
                                       "numbers",      "powers",      "without_power",
                                       "school_age",   NULL};
  static const char *const allowed[] = {"from", NULL};
  OWNED(json_release) json_t *root = NULL;
  char name[96];
  int written;

  TRY(read_file(source, &root));
  TRY(read_keys(source, root, needed, allowed));
  TRY(read_text(source, root, "id", &ret_regime->id));
  written =
    snprintf(name, sizeof(name), "regimes/%.*s.json", (int)ret_regime->id.len, ret_regime->id.ptr);
  if (written < 0 || (size_t)written >= sizeof(name) || !str_is(str_from(source->file->name), name))
    return REFUSE(source, "id", "the file is not named after the regime");
  TRY(read_both(source, root, NULL, SENTENCE_MAX, ret_regime->title));
  TRY(read_from(source, root, ret_regime));
  TRY(read_bool(source, root, "illustration", &ret_regime->is_illustration));
  TRY(read_bool(source, root, "claims_duty", &ret_regime->claims_duty));
  TRY(read_powers(source, root, ret_regime));
  TRY(read_numbers(source, root, ret_regime));
  TRY(read_sections(source, root, ret_regime));
  TRY(read_without_power(policy, source, root, ret_regime));
  return read_school_age(source, root, ret_regime);
}

/* ---- Asking -----------------------------------------------------------------------------------
 */

struct str regime_id(const struct regime *regime)
{
  return regime->id;
}

struct str regime_title(const struct regime *regime, enum lang lang)
{
  return regime->title[lang];
}

struct day regime_from(const struct regime *regime)
{
  return regime->from;
}

bool regime_is_illustration(const struct regime *regime)
{
  return regime->is_illustration;
}

bool regime_claims_duty(const struct regime *regime)
{
  return regime->claims_duty;
}

static const struct power *find_power(const struct regime *regime, struct str code)
{
  for (size_t i = 0; i < regime->power_count; i++)
    if (str_equal(regime->power[i].code, code)) return &regime->power[i];
  return NULL;
}

bool regime_field_has_power(const struct regime *regime, struct str power_code, struct str word)
{
  const struct power *power = find_power(regime, power_code);

  for (size_t i = 0; i < regime->without_count; i++)
    if (str_equal(regime->without_power[i], word)) return false;
  return power != NULL && (power->is_in_force || power->is_voluntary);
}

bool regime_is_voluntary(const struct regime *regime, struct str power_code)
{
  const struct power *power = find_power(regime, power_code);

  return power == NULL || power->is_voluntary;
}

bool regime_number(const struct regime *regime, struct str name, int *ret_number)
{
  for (size_t i = 0; i < regime->number_count; i++) {
    if (!str_equal(regime->number[i].name, name)) continue;
    *ret_number = regime->number[i].value;
    return true;
  }
  return false;
}

struct str regime_section(const struct regime *regime, struct str duty)
{
  for (size_t i = 0; i < regime->section_count; i++)
    if (str_equal(regime->section[i].duty, duty)) return regime->section[i].section;
  return STR("");
}

/* ---- Compulsory school age --------------------------------------------------------------------
 */

/* The prescribed day itself when the birthday falls on it, else the next one. */
struct day regime_school_age_begins(const struct regime *regime, struct day born)
{
  struct day birthday = day_add_months(born, 12 * regime->begins_at), first = DAY_NONE;
  int year, month, of_month;

  day_to_ymd(birthday, &year, &month, &of_month);
  for (int later = 0; later <= 1; later++)
    for (size_t i = 0; i < regime->prescribed_count; i++) {
      struct day day =
        day_from_ymd(year + later, regime->prescribed[i].month, regime->prescribed[i].day);

      if (day.number < birthday.number) continue;
      if (!day_is_set(first) || day.number < first.number) first = day;
    }
  return first;
}

static struct day last_friday(int year, int month)
{
  struct day first_of_next =
    month == 12 ? day_from_ymd(year + 1, 1, 1) : day_from_ymd(year, month + 1, 1);
  int32_t last = first_of_next.number - 1;

  /* 1970-01-01 was a Thursday, so day 1 was a Friday. */
  return (struct day){last - ((last - 1) % 7 + 7) % 7};
}

/* The school year runs from the day after its last month to the end of that month. */
struct day regime_school_age_ends(const struct regime *regime, struct day born)
{
  int year, month, of_month;

  day_to_ymd(day_add_months(born, 12 * regime->ends_at), &year, &month, &of_month);
  if (month > regime->year_ends_month) year++;
  return last_friday(year, regime->leaving_month);
}

bool regime_is_compulsory_school_age(const struct regime *regime, struct day born, struct day on)
{
  if (!day_is_set(born) || !day_is_set(on) || born.number > on.number) return false;
  return on.number >= regime_school_age_begins(regime, born).number &&
         on.number <= regime_school_age_ends(regime, born).number;
}
