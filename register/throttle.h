/* Slows down who guesses passwords. Failures are counted for a name, for a source, and for a name
 * from a source that it has signed in from before; a name that nobody has is counted like any
 * other. Bounded: a table of fixed size, where what was seen least goes first. It must never keep
 * anybody out for long: what others do elsewhere does not count against a person at a place where
 * they have signed in, and no wait is longer than THROTTLE_WAIT_MAX_S.
 *
 *   free tries   5 a name, 20 a source; then waits of 1, 2, 4 ... seconds after each further one
 *   forgotten    half of the count for each quarter of an hour without a failure */
#ifndef REGISTER_THROTTLE_H
#define REGISTER_THROTTLE_H

#include "base/day.h"
#include "crypto/key.h"

#define THROTTLE_WAIT_MAX_S 30
#define THROTTLE_FREE_NAME 5
#define THROTTLE_FREE_SOURCE 20
#define THROTTLE_FORGET_US (UINT64_C(15) * 60 * 1000000)
#define THROTTLE_SETS 256
#define THROTTLE_WAYS 8

struct throttle_row {
  uint64_t tag;     /* keyed; zero: empty */
  uint64_t last_us; /* of the last try that counted */
  uint32_t count;
  bool is_known; /* a name and a source that belong together */
};
struct throttle {
  struct key key;
  struct throttle_row row[THROTTLE_SETS][THROTTLE_WAYS];
};

/* Who tries: a name as given, and where from (may be empty: it is not known). */
struct throttle_try {
  struct str name, source;
};

/* Seconds to wait before trying; 0: go on, and the try counts as a failure from now on, until
 * throttle_forgive says that it was none. The caller holds the lock. */
unsigned throttle_enter(struct throttle *throttle, const struct throttle_try *tried,
                        uint64_t now_us);
void throttle_forgive(struct throttle *throttle, const struct throttle_try *tried, uint64_t now_us);

#endif
