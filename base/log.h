/* What the program tells its operator: event ids from a table and integers, one JSON object a line.
 * There is no argument that could carry a name. Library layers do not log; main programs and the
 * dispatcher do. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/day.h"
#include "base/err.h"

enum event {
#define V(id, level, meaning) EVENT_##id,
#include "base/events.def"
#undef V
  EVENT_COUNT
};

struct log {
  int fd; /* -1: say nothing */
  struct outside outside;
};

void log_event(const struct log *log, enum event event, enum err err, int64_t a, int64_t b);
const char *event_name(enum event event);

#endif
