/* Deadlines for connections. libmicrohttpd's timeout is for silence only, so a client that sends
 * one byte now and then stays for ever; here each phase of a connection has an end, and the socket
 * of one that passes it is shut down. */
#ifndef API_REAPER_H
#define API_REAPER_H

#include "base/arena.h"
#include "base/day.h"

struct reaper;
struct watched; /* one connection */

/* Room for `count` connections; lives in `arena`, starts its thread. */
MUST_USE enum err reaper_start(struct reaper **ret_reaper, struct arena *arena, size_t count,
                               struct outside outside);
/* Stops the thread. */
void reaper_stop(struct reaper **reaper);

/* `with`: what the connection needs to its end, or NULL; never looked at here. NULL when the table
 * is full: the caller still has `with`. */
struct watched *reaper_add(struct reaper *reaper, int socket, uint64_t due_in_us, void *with);
void *reaper_with(const struct watched *watched);
/* A new phase begins. NULL is fine. */
void reaper_set(struct reaper *reaper, struct watched *watched, uint64_t due_in_us);
/* Gives back what came with it. Must be called before the socket is closed, so that another one
 * with its number is never cut. NULL is fine. */
void *reaper_remove(struct reaper *reaper, struct watched *watched);

#endif
