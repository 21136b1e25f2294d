/* Days and instants are types of their own, and time is passed in. */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct day {
  int32_t number; /* days since 1970-01-01; DAY_NONE when there is none */
};
struct instant {
  int64_t us; /* microseconds since 1970-01-01T00:00:00Z */
};
#define DAY_NONE ((struct day){INT32_MIN})

bool day_is_set(struct day day);
/* ISO 8601 calendar date (2026-11-02). False for anything else, impossible dates included. */
bool day_parse(struct str text, struct day *ret_day);
void day_write(char ret_text[static 10], struct day day);
struct day day_from_ymd(int year, int month, int of_month); /* DAY_NONE when there is no such day */
void day_to_ymd(struct day day, int *ret_year, int *ret_month, int *ret_of_month);
struct day day_add_months(struct day day, int months); /* the last day of the month where needed */
int day_age(struct day born, struct day on);           /* completed years */
struct day instant_day(struct instant at);             /* in UTC */
int32_t instant_month(struct instant at);              /* yyyymm, in UTC */
void instant_write(char ret_text[static 20], struct instant at); /* 2026-11-02T09:30:00Z */
/* Only what instant_write writes. */
bool instant_parse(struct str text, struct instant *ret_at);

/* What a program takes from the outside world; tests bring their own. */
struct outside {
  struct instant (*now)(void *self); /* wall clock */
  uint64_t (*mono_us)(void *self);   /* monotonic */
  void (*random)(void *self, void *ret_bytes, size_t n);
  void *self;
};
struct outside outside_real(void); /* system clocks, getrandom(2); aborts when randomness fails */

/* The grid on which generic answers leave: the first multiple of `tick_us` after `mono_us`. */
uint64_t tick_after(uint64_t mono_us, uint64_t tick_us);

#endif
