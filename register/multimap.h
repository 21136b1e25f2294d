/* From 64-bit tokens to the numbers of their owners, many to many; an owner's tokens go in one
 * call. Constant time for each; a token with thousands of owners costs no more to add to or to take
 * from. Knows nothing of what is counted. */
#ifndef REGISTER_MULTIMAP_H
#define REGISTER_MULTIMAP_H

#include "base/arena.h"

struct multimap {
  struct multimap_bucket *buckets; /* open addressing, a power of two */
  size_t bucket_count, buckets_held;
  size_t token_count; /* distinct tokens that ever came */
  struct multimap_link *links;
  size_t link_count, links_held;
  uint32_t free_link; /* chain through `next`; 0: none. Links are numbered from 1 */
  uint32_t *owners;   /* first link of each owner; 0: none */
  size_t owners_held;
};

MUST_USE enum err multimap_add(struct multimap *map, uint64_t token,
                               uint32_t owner); /* ERR_MEMORY */
void multimap_drop(struct multimap *map, uint32_t owner);
void multimap_move(struct multimap *map, uint32_t from, uint32_t to); /* `to` has no tokens */
/* Owners of a token: start with *cursor = 0; false at the end. */
bool multimap_next(const struct multimap *map, uint64_t token, size_t *cursor, uint32_t *ret_owner);
void multimap_free(struct multimap *map);

#endif
