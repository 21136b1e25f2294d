/* Two places where requests wait outside the workers: for the next tick (generic answers, so that
 * the time of an answer tells nothing), and for a thread that may be slow (password hashing). */
#ifndef API_QUEUE_H
#define API_QUEUE_H

#include "base/arena.h"
#include "base/day.h"

struct request;

/* Called in the queue's own thread, once for each request that was put in. */
struct queue_out {
  void (*take)(void *context, struct request *request);
  void *context;
};

struct tick;
MUST_USE enum err tick_start(struct tick **ret_tick, struct arena *arena, struct outside outside,
                             uint64_t tick_us, struct queue_out out);
/* What still waits goes out at its tick first. */
void tick_stop(struct tick **tick);
void tick_put(struct tick *tick, struct request *request);

struct slow;
#define SLOW_WAITING_MAX 32
MUST_USE enum err slow_start(struct slow **ret_slow, struct arena *arena, unsigned threads,
                             struct queue_out out);
void slow_stop(struct slow **slow);
/* ERR_BUSY when the queue is full. */
MUST_USE enum err slow_put(struct slow *slow, struct request *request);

#endif
