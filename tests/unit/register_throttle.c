/* How long who has to wait, and for whose failures. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "register/throttle.h"

#define SECOND UINT64_C(1000000)

static struct throttle throttle;
static uint64_t now_us;

static void begin(void)
{
  memset(&throttle, 0, sizeof throttle);
  memset(&throttle.key, 7, sizeof throttle.key);
  now_us = 1000 * SECOND;
}
TestSuite(throttle, .init = begin);

static unsigned enter(const char *name, const char *source)
{
  const struct throttle_try tried = {str_from(name), str_from(source)};

  return throttle_enter(&throttle, &tried, now_us);
}

static void forgive(const char *name, const char *source)
{
  const struct throttle_try tried = {str_from(name), str_from(source)};

  throttle_forgive(&throttle, &tried, now_us);
}

/* Tries as soon as it may, so many times; how long the last wait was. */
static unsigned fail(const char *name, const char *source, int times)
{
  unsigned wait = 0;

  for (int i = 0; i < times; i++) {
    wait = enter(name, source);
    now_us += wait * SECOND;
    if (wait > 0) cr_assert_eq(enter(name, source), 0);
  }
  return wait;
}

Test(throttle, lets_a_few_tries_go_and_then_waits_longer_and_longer_up_to_a_bound)
{
  static const unsigned waits[] = {0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30};

  for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
    cr_expect_eq(enter("mair", ""), waits[i], "try %zu", i);
    now_us += waits[i] * SECOND;
    if (waits[i] > 0) cr_assert_eq(enter("mair", ""), 0);
  }
  cr_expect_eq(enter("bryn", ""), 0, "another name");
}

Test(throttle, does_not_make_anybody_wait_longer_for_asking_while_they_wait)
{
  fail("mair", "", THROTTLE_FREE_NAME);
  for (int i = 0; i < 1000; i++)
    cr_expect_eq(enter("mair", ""), 1);
  now_us += SECOND;
  cr_expect_eq(enter("mair", ""), 0);
}

Test(throttle, forgets_by_and_by)
{
  fail("mair", "", THROTTLE_FREE_NAME + 3);
  now_us += 2 * THROTTLE_FORGET_US;
  cr_expect_eq(fail("mair", "", 2), 0);
}

Test(throttle, counts_no_try_that_was_right)
{
  for (int i = 0; i < 50; i++) {
    cr_expect_eq(enter("mair", ""), 0);
    forgive("mair", "");
  }
}

Test(throttle, forgives_nobody_else_by_a_right_try)
{
  fail("mair", "203.0.113.1", THROTTLE_FREE_NAME - 1);
  enter("mair", "203.0.113.2");
  forgive("mair", "203.0.113.2");
  enter("mair", "203.0.113.1");
  cr_expect_gt(enter("mair", "203.0.113.1"), 0);
}

Test(throttle, slows_down_a_source_that_tries_many_names)
{
  char name[16];

  for (int i = 0; i < THROTTLE_FREE_SOURCE; i++) {
    snprintf(name, sizeof name, "n%d", i);
    cr_expect_eq(enter(name, "203.0.113.1"), 0);
  }
  cr_expect_gt(enter("another", "203.0.113.1"), 0);
  cr_expect_eq(enter("another", "203.0.113.2"), 0);
}

Test(throttle, lets_nobody_keep_a_person_out_of_a_place_where_they_have_signed_in)
{
  char source[32];

  cr_assert_eq(enter("mair", "192.0.2.7"), 0);
  forgive("mair", "192.0.2.7");
  for (int i = 0; i < 200; i++) {
    snprintf(source, sizeof source, "203.0.113.%d", i);
    (void)enter("mair", source);
    (void)enter("bryn", "192.0.2.7");
  }
  cr_expect_gt(enter("mair", "203.0.113.250"), 0);
  cr_expect_eq(enter("mair", "192.0.2.7"), 0);
}

Test(throttle, keeps_who_was_tried_often_when_many_names_are_tried_once)
{
  char name[16];

  fail("mair", "", THROTTLE_FREE_NAME + 5);
  for (int i = 0; i < 20000; i++) {
    snprintf(name, sizeof name, "n%d", i);
    cr_expect_eq(enter(name, ""), 0);
  }
  cr_expect_gt(enter("mair", ""), 0);
}
