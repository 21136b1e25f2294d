/* Calendar and clocks. The calendar is the proleptic Gregorian one; computation is on days since
 * 1970-01-01. Only outside_real reads a clock or asks for randomness. */
#include "base/day.h"

#include <string.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum {
  YEAR_MAX = 9999,       /* ISO 8601 with four digits */
  DAYS_TO_1970 = 719468, /* from 0000-03-01, the start of the computation below */
  DAYS_IN_400_YEARS = 146097,
};
static const int64_t US_PER_SECOND = 1000000;
static const int64_t SECONDS_PER_DAY = 86400;

bool day_is_set(struct day day)
{
  return day.number != DAY_NONE.number;
}

static bool is_leap(int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years are counted from March, so that the leap day is the last of its year; a month's first day
 * in such a year is (153 * month + 2) / 5, with March as month 0. */
struct day day_from_ymd(int year, int month, int of_month)
{
  if (year < 1 || year > YEAR_MAX || month < 1 || month > 12) return DAY_NONE;
  if (of_month < 1 || of_month > days_in_month(year, month)) return DAY_NONE;
  int march_year = month > 2 ? year : year - 1;
  int march_month = month > 2 ? month - 3 : month + 9;
  int leap_days = march_year / 4 - march_year / 100 + march_year / 400;
  int of_year = (153 * march_month + 2) / 5 + of_month - 1;
  return (struct day){march_year * 365 + leap_days + of_year - DAYS_TO_1970};
}

void day_to_ymd(struct day day, int *ret_year, int *ret_month, int *ret_of_month)
{
  assert(day_is_set(day));
  int days = day.number + DAYS_TO_1970;
  int era = (days >= 0 ? days : days - DAYS_IN_400_YEARS + 1) / DAYS_IN_400_YEARS;
  int of_era = days - era * DAYS_IN_400_YEARS;
  int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int march_month = (5 * of_year + 2) / 153;
  int month = march_month < 10 ? march_month + 3 : march_month - 9;
  *ret_year = year_of_era + era * 400 + (month <= 2);
  *ret_month = month;
  *ret_of_month = of_year - (153 * march_month + 2) / 5 + 1;
}

/* `n` decimal digits as a number, or -1. */
static int digits_read(const char *at, int n)
{
  int value = 0;
  for (int i = 0; i < n; i++) {
    if (at[i] < '0' || at[i] > '9') return -1;
    value = value * 10 + (at[i] - '0');
  }
  return value;
}

bool day_parse(struct str text, struct day *ret_day)
{
  if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return false;
  struct day day = day_from_ymd(digits_read(text.ptr, 4), digits_read(text.ptr + 5, 2),
                                digits_read(text.ptr + 8, 2));
  if (!day_is_set(day)) return false;
  *ret_day = day;
  return true;
}

static void digits_write(char *at, int n, int value)
{
  for (int i = n - 1; i >= 0; i--) {
    at[i] = (char)('0' + value % 10);
    value /= 10;
  }
}

void day_write(char ret_text[static 10], struct day day)
{
  int year = 0, month = 0, of_month = 0;
  day_to_ymd(day, &year, &month, &of_month);
  digits_write(ret_text, 4, year);
  ret_text[4] = '-';
  digits_write(ret_text + 5, 2, month);
  ret_text[7] = '-';
  digits_write(ret_text + 8, 2, of_month);
}

struct day day_add_months(struct day day, int months)
{
  int year = 0, month = 0, of_month = 0;
  day_to_ymd(day, &year, &month, &of_month);
  int total = year * 12 + month - 1 + months;
  if (total < 12 || total >= (YEAR_MAX + 1) * 12) return DAY_NONE;
  year = total / 12;
  month = total % 12 + 1;
  int last = days_in_month(year, month);
  return day_from_ymd(year, month, of_month < last ? of_month : last);
}

int day_age(struct day born, struct day on)
{
  int born_year = 0, born_month = 0, born_of_month = 0;
  int year = 0, month = 0, of_month = 0;
  day_to_ymd(born, &born_year, &born_month, &born_of_month);
  day_to_ymd(on, &year, &month, &of_month);
  /* Born on 29 February: a year older on 1 March where there is no 29th. */
  bool before = month < born_month || (month == born_month && of_month < born_of_month);
  return year - born_year - before;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
  return value / by - (value % by < 0);
}

struct day instant_day(struct instant at)
{
  return (struct day){(int32_t)floor_divide(at.us, US_PER_SECOND * SECONDS_PER_DAY)};
}

int32_t instant_month(struct instant at)
{
  int year = 0, month = 0, of_month = 0;
  day_to_ymd(instant_day(at), &year, &month, &of_month);
  return year * 100 + month;
}

void instant_write(char ret_text[static 20], struct instant at)
{
  struct day day = instant_day(at);
  int second = (int)(floor_divide(at.us, US_PER_SECOND) - day.number * SECONDS_PER_DAY);
  day_write(ret_text, day);
  ret_text[10] = 'T';
  digits_write(ret_text + 11, 2, second / 3600);
  ret_text[13] = ':';
  digits_write(ret_text + 14, 2, second / 60 % 60);
  ret_text[16] = ':';
  digits_write(ret_text + 17, 2, second % 60);
  ret_text[19] = 'Z';
}

static int64_t clock_us(clockid_t clock)
{
  struct timespec at = {0};
  if (clock_gettime(clock, &at) != 0) abort(); /* only for a clock that does not exist */
  return at.tv_sec * US_PER_SECOND + at.tv_nsec / 1000;
}

static struct instant real_now(void *self)
{
  (void)self;
  return (struct instant){clock_us(CLOCK_REALTIME)};
}

static uint64_t real_mono_us(void *self)
{
  (void)self;
  return (uint64_t)clock_us(CLOCK_MONOTONIC);
}

static void real_random(void *self, void *ret_bytes, size_t n)
{
  (void)self;
  char *to = ret_bytes;
  while (n > 0) {
    ssize_t got = getrandom(to, n, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) abort(); /* nothing that this program does is safe without randomness */
    to += got;
    n -= (size_t)got;
  }
}

struct outside outside_real(void)
{
  return (struct outside){.now = real_now, .mono_us = real_mono_us, .random = real_random};
}

uint64_t tick_after(uint64_t mono_us, uint64_t tick_us)
{
  return (mono_us / tick_us + 1) * tick_us;
}

bool instant_parse(struct str text, struct instant *ret_at)
{
  enum { INSTANT_TEXT = 20, DAY_TEXT = 10 };
  char again[INSTANT_TEXT];
  struct day day;

  if (text.len != INSTANT_TEXT || !day_parse((struct str){text.ptr, DAY_TEXT}, &day)) return false;
  int64_t hours = digits_read(text.ptr + 11, 2), minutes = digits_read(text.ptr + 14, 2);
  int64_t seconds = digits_read(text.ptr + 17, 2);
  if (hours < 0 || minutes < 0 || seconds < 0) return false;
  struct instant at = {((day.number * INT64_C(24) + hours) * 60 + minutes) * 60 + seconds};
  at.us *= US_PER_SECOND;
  instant_write(again, at); /* an hour 25 is written otherwise */
  if (memcmp(again, text.ptr, sizeof again) != 0) return false;
  *ret_at = at;
  return true;
}
