/* Tokens to owners, as chains of links: each link is in the chain of its token (both ways) and in
 * that of its owner. */
#include "register/multimap.h"

#include <assert.h>

struct multimap_bucket {
  uint64_t token;
  uint32_t first; /* link; 0: the token is known, nobody owns it */
  uint32_t is_taken;
};
struct multimap_link {
  uint64_t token;
  uint32_t owner;
  uint32_t next, before; /* in the token's chain; `next` also chains free links */
  uint32_t next_of_owner;
};

enum { BUCKETS_MIN = 1024 };

static struct multimap_link *link_at(const struct multimap *map, uint32_t number)
{
  assert(number > 0 && number <= map->link_count);
  return &map->links[number - 1];
}

/* Tokens are keyed hashes already: their low bits are as good as any. */
static struct multimap_bucket *bucket_of(struct multimap_bucket *buckets, size_t count,
                                         uint64_t token)
{
  size_t at = (size_t)token & (count - 1);

  while (buckets[at].is_taken && buckets[at].token != token)
    at = (at + 1) & (count - 1);
  return &buckets[at];
}

/* At most half full, so that a search ends soon. */
static enum err make_room(struct multimap *map)
{
  if (map->bucket_count > 0 && map->token_count < map->bucket_count / 2) return OK;
  void *block = NULL;
  size_t held = 0, count = map->bucket_count > 0 ? map->bucket_count * 2 : BUCKETS_MIN;
  TRY(block_grow(&block, &held, count, sizeof *map->buckets));
  struct multimap_bucket *buckets = block;
  for (size_t i = 0; i < map->bucket_count; i++)
    if (map->buckets[i].is_taken)
      *bucket_of(buckets, count, map->buckets[i].token) = map->buckets[i];
  block = map->buckets;
  block_free(&block, &map->buckets_held, sizeof *map->buckets);
  map->buckets = buckets;
  map->buckets_held = held;
  map->bucket_count = count;
  return OK;
}

static enum err link_new(struct multimap *map, uint32_t *ret_number)
{
  if (map->free_link != 0) {
    *ret_number = map->free_link;
    map->free_link = link_at(map, map->free_link)->next;
    return OK;
  }
  if (map->link_count >= UINT32_MAX - 1) return ERR_MEMORY;
  void *block = map->links;
  enum err err = block_grow(&block, &map->links_held, map->link_count + 1, sizeof *map->links);
  map->links = block;
  if (err == OK) *ret_number = (uint32_t)++map->link_count;
  return err;
}

static enum err owner_room(struct multimap *map, uint32_t owner)
{
  void *block = map->owners;
  enum err err = block_grow(&block, &map->owners_held, (size_t)owner + 1, sizeof *map->owners);

  map->owners = block;
  return err;
}

enum err multimap_add(struct multimap *map, uint64_t token, uint32_t owner)
{
  uint32_t number = 0;

  TRY(make_room(map));
  TRY(owner_room(map, owner));
  TRY(link_new(map, &number));
  struct multimap_bucket *bucket = bucket_of(map->buckets, map->bucket_count, token);
  if (!bucket->is_taken) {
    *bucket = (struct multimap_bucket){.token = token, .is_taken = 1};
    map->token_count++;
  }
  *link_at(map, number) = (struct multimap_link){
    .token = token, .owner = owner, .next = bucket->first, .next_of_owner = map->owners[owner]};
  if (bucket->first != 0) link_at(map, bucket->first)->before = number;
  bucket->first = number;
  map->owners[owner] = number;
  return OK;
}

static void unlink_one(struct multimap *map, uint32_t number)
{
  struct multimap_link *link = link_at(map, number);

  if (link->before != 0)
    link_at(map, link->before)->next = link->next;
  else
    bucket_of(map->buckets, map->bucket_count, link->token)->first = link->next;
  if (link->next != 0) link_at(map, link->next)->before = link->before;
  *link = (struct multimap_link){.next = map->free_link};
  map->free_link = number;
}

void multimap_drop(struct multimap *map, uint32_t owner)
{
  if (owner >= map->owners_held) return;
  for (uint32_t number = map->owners[owner], next; number != 0; number = next) {
    next = link_at(map, number)->next_of_owner;
    unlink_one(map, number);
  }
  map->owners[owner] = 0;
}

void multimap_move(struct multimap *map, uint32_t from, uint32_t to)
{
  if (from >= map->owners_held || from == to) return;
  assert(to < map->owners_held && map->owners[to] == 0);
  for (uint32_t number = map->owners[from]; number != 0;
       number = link_at(map, number)->next_of_owner)
    link_at(map, number)->owner = to;
  map->owners[to] = map->owners[from];
  map->owners[from] = 0;
}

bool multimap_next(const struct multimap *map, uint64_t token, size_t *cursor, uint32_t *ret_owner)
{
  if (map->bucket_count == 0) return false;
  uint32_t number = *cursor == 0 ? bucket_of(map->buckets, map->bucket_count, token)->first
                                 : link_at(map, (uint32_t)*cursor)->next;
  if (number == 0) return false;
  *cursor = number;
  *ret_owner = link_at(map, number)->owner;
  return true;
}

void multimap_free(struct multimap *map)
{
  void *buckets = map->buckets, *links = map->links, *owners = map->owners;

  block_free(&buckets, &map->buckets_held, sizeof *map->buckets);
  block_free(&links, &map->links_held, sizeof *map->links);
  block_free(&owners, &map->owners_held, sizeof *map->owners);
  *map = (struct multimap){0};
}
