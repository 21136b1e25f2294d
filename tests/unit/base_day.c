/* Calendar, ages, instants, the tick. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/day.h"

static struct day day_of(const char *text)
{
  struct day day = DAY_NONE;
  cr_assert(day_parse(str_from(text), &day), "%s", text);
  return day;
}

static const struct {
  const char *text;
  int32_t number;
} days[] = {
  {"1970-01-01", 0},       {"1969-12-31", -1},      {"2000-02-29", 11016},  {"2026-11-02", 20759},
  {"0001-01-01", -719162}, {"9999-12-31", 2932896}, {"1900-03-01", -25508},
};

Test(day, counts_from_1970)
{
  for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
    cr_assert_eq(day_of(days[i].text).number, days[i].number, "%s", days[i].text);
    char text[10];
    day_write(text, (struct day){days[i].number});
    cr_assert_arr_eq(text, days[i].text, 10, "%s", days[i].text);
  }
}

Test(day, goes_there_and_back_for_every_day_of_800_years)
{
  for (int32_t number = -150000; number < 150000; number++) {
    int year = 0, month = 0, of_month = 0;
    day_to_ymd((struct day){number}, &year, &month, &of_month);
    cr_assert_eq(day_from_ymd(year, month, of_month).number, number);
  }
}

Test(day, refuses_what_is_no_date)
{
  const char *wrong[] = {"",           "2026-02-29",  "1900-02-29", "2026-00-10", "2026-13-01",
                         "2026-04-31", "2026-01-00",  "2026-1-1",   "2026/01/01", "01/02/2026",
                         "0000-01-01", "2026-01-011", "+026-01-01", "2026-01-0x", "20260101--"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    struct day day = {1};
    cr_assert_not(day_parse(str_from(wrong[i]), &day), "%s", wrong[i]);
    cr_assert_eq(day.number, 1);
  }
  cr_assert_not(day_is_set(day_from_ymd(2026, 2, 29)));
  cr_assert_not(day_is_set(day_from_ymd(10000, 1, 1)));
}

Test(day, adds_months_and_stays_in_the_month)
{
  static const struct {
    const char *from;
    int months;
    const char *to;
  } sums[] = {
    {"2026-01-31", 1, "2026-02-28"},   {"2024-01-31", 1, "2024-02-29"},
    {"2026-11-02", 12, "2027-11-02"},  {"2026-03-31", -1, "2026-02-28"},
    {"2026-01-15", -13, "2024-12-15"}, {"2026-12-01", 1, "2027-01-01"},
  };
  for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
    cr_assert_eq(day_add_months(day_of(sums[i].from), sums[i].months).number,
                 day_of(sums[i].to).number, "%s", sums[i].to);
  }
  cr_assert_not(day_is_set(day_add_months(day_of("9999-12-01"), 1)));
  cr_assert_not(day_is_set(day_add_months(day_of("0001-01-01"), -1)));
}

Test(day, counts_completed_years)
{
  static const struct {
    const char *born, *on;
    int age;
  } ages[] = {
    {"2015-09-01", "2026-08-31", 10}, {"2015-09-01", "2026-09-01", 11},
    {"2012-02-29", "2026-02-28", 13}, {"2012-02-29", "2026-03-01", 14},
    {"2026-01-01", "2026-01-01", 0},  {"2026-01-02", "2026-01-01", -1},
  };
  for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
    cr_assert_eq(day_age(day_of(ages[i].born), day_of(ages[i].on)), ages[i].age, "%s %s",
                 ages[i].born, ages[i].on);
  }
}

Test(instant, is_written_in_utc_before_and_after_1970)
{
  static const struct {
    int64_t us;
    const char *text;
    int32_t month;
  } instants[] = {
    {0, "1970-01-01T00:00:00Z", 197001},
    {-1, "1969-12-31T23:59:59Z", 196912},
    {1793611800999999, "2026-11-02T09:30:00Z", 202611},
  };
  for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
    char text[20];
    instant_write(text, (struct instant){instants[i].us});
    cr_assert_arr_eq(text, instants[i].text, 20, "%s", instants[i].text);
    cr_assert_eq(instant_month((struct instant){instants[i].us}), instants[i].month);
  }
}

Test(outside, reads_clocks_and_randomness)
{
  struct outside outside = outside_real();
  cr_assert_gt(outside.now(outside.self).us, 0);
  uint64_t before = outside.mono_us(outside.self);
  cr_assert_leq(before, outside.mono_us(outside.self));
  unsigned char a[32] = {0}, b[32] = {0};
  outside.random(outside.self, a, sizeof(a));
  outside.random(outside.self, b, sizeof(b));
  cr_assert(memcmp(a, b, sizeof(a)) != 0);
}

Test(tick, is_always_later_and_on_the_grid)
{
  cr_assert_eq(tick_after(0, 50000), 50000);
  cr_assert_eq(tick_after(49999, 50000), 50000);
  cr_assert_eq(tick_after(50000, 50000), 100000);
}
