/* One line of JSON for each event. The line is made of table words and integers only, in a buffer
 * of fixed size, and goes out in one write. A log that cannot be written is not a reason to stop.
 */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const struct {
  const char *name, *level;
} events[EVENT_COUNT] = {
#define V(id, level, meaning) [EVENT_##id] = {#id, level},
#include "base/events.def"
#undef V
};

const char *event_name(enum event event)
{
  assert(event < EVENT_COUNT);
  return events[event].name;
}

void log_event(const struct log *log, enum event event, enum err err, int64_t a, int64_t b)
{
  if (log->fd < 0) return;
  char at[20];
  instant_write(at, log->outside.now(log->outside.self));
  char line[256];
  int len = snprintf(line, sizeof(line),
                     "{\"at\":\"%.20s\",\"level\":\"%s\",\"event\":\"%s\",\"err\":\"%s\","
                     "\"a\":%" PRId64 ",\"b\":%" PRId64 "}\n",
                     at, events[event].level, event_name(event), err_name(err), a, b);
  assert(len > 0 && (size_t)len < sizeof(line));
  ssize_t written = 0;
  do {
    written = write(log->fd, line, (size_t)len);
  } while (written < 0 && errno == EINTR);
}
