/* Memory. One region per request: capped, wiped up to its high-water mark on reset, kept out of
 * core dumps. malloc appears in arena.c only; long-lived things come from an arena made at start,
 * and tables that grow use block_grow. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* `cap_bytes` bounds all allocations together; pages are taken as needed. Locked in memory as far
 * as RLIMIT_MEMLOCK allows; always excluded from dumps. */
MUST_USE enum err arena_new(struct arena **ret_arena, size_t cap_bytes);
void arena_free(struct arena **arena); /* wipes; NULL and pointer to NULL are fine */
void arena_reset(struct arena *arena); /* wipes everything handed out; keeps up to 320 KiB */

/* Zeroed, aligned to 16. NULL when the cap is reached: callers turn that into ERR_MEMORY. */
void *arena_take(struct arena *arena, size_t bytes);
void *arena_take_array(struct arena *arena, size_t count, size_t size); /* checked multiplication */
MUST_USE enum err arena_copy(struct arena *arena, struct str *ret_copy, struct str text);
MUST_USE enum err arena_copy_personal(struct arena *arena, struct personal *ret_copy,
                                      struct personal text);

/* A growable block outside any request (in-memory index, queues). Grows to at least `count` members
 * of `size` bytes; the new part is zeroed, a moved old part is wiped. *block may be NULL at first.
 */
MUST_USE enum err block_grow(void **block, size_t *held, size_t count, size_t size);
void block_free(void **block, size_t *held, size_t size); /* wipes */

/* Overwrites memory in a way that the compiler keeps. */
void wipe(void *memory, size_t bytes);

#endif
