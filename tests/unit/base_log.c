/* One line of JSON for each event. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static struct instant fixed_now(void *self)
{
  (void)self;
  return (struct instant){1793611800000000};
}

Test(log, writes_one_line_of_words_and_integers)
{
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  struct log log = {.fd = ends[1], .outside = {.now = fixed_now}};
  log_event(&log, EVENT_QUARANTINED, ERR_CORRUPT, INT64_MIN, 7);
  char line[512] = {0};
  ssize_t n = read(ends[0], line, sizeof(line) - 1);
  cr_assert_gt(n, 0);
  cr_assert_str_eq(line,
                   "{\"at\":\"2026-11-02T09:30:00Z\",\"level\":\"error\",\"event\":\"QUARANTINED\","
                   "\"err\":\"ERR_CORRUPT\",\"a\":-9223372036854775808,\"b\":7}\n");
}

static struct instant no_now(void *self)
{
  (void)self;
  cr_assert_fail("the clock was read for nothing");
  return (struct instant){0};
}

Test(log, says_nothing_without_a_file)
{
  struct log log = {.fd = -1, .outside = {.now = no_now}};
  log_event(&log, EVENT_STARTED, OK, 0, 0);
}

Test(log, names_every_event)
{
  for (int i = 0; i < EVENT_COUNT; i++)
    cr_assert_not_null(event_name((enum event)i));
}
