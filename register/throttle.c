/* Counts of failed tries, under keyed tags: no name stands in the table. */
#include "register/throttle.h"

#include <string.h>

#define SECOND_US UINT64_C(1000000)
#define COUNT_MAX 64
#define KNOWN_WEIGHT 4

enum { TAG_NAME = 1, TAG_SOURCE, TAG_BOTH };

static uint64_t tag_of(const struct throttle *throttle, uint8_t kind,
                       const struct throttle_try *tried)
{
  const struct str parts[] = {tried->name, tried->source};
  uint8_t text[1 + 2 * HASH_BYTES] = {kind};
  struct hash hash;
  uint64_t tag;

  for (size_t i = 0; i < 2; i++) {
    if (kind == (i == 0 ? TAG_SOURCE : TAG_NAME)) continue;
    key_mac(&hash, &throttle->key, "cnis/throttle/1", parts[i].ptr, parts[i].len);
    memcpy(text + 1 + i * HASH_BYTES, hash.bytes, HASH_BYTES);
  }
  key_mac(&hash, &throttle->key, "cnis/throttle/1", text, sizeof text);
  memcpy(&tag, hash.bytes, sizeof tag);
  return tag | 1;
}

static uint32_t count_now(const struct throttle_row *row, uint64_t now_us)
{
  uint64_t halvings = (now_us - row->last_us) / THROTTLE_FORGET_US;

  return halvings >= 32 ? 0 : row->count >> halvings;
}

static struct throttle_row *find(struct throttle *throttle, uint64_t tag)
{
  struct throttle_row *set = throttle->row[(tag >> 8) % THROTTLE_SETS];

  for (size_t i = 0; i < THROTTLE_WAYS; i++)
    if (set[i].tag == tag) return &set[i];
  return NULL;
}

/* Who tries many names once pushes out nobody who was tried often, and no place that is known. */
static uint32_t weight(const struct throttle_row *row, uint64_t now_us)
{
  return count_now(row, now_us) + (row->is_known ? KNOWN_WEIGHT : 0);
}

/* The row of this tag; a new one takes the place of the lightest, and of those the oldest. */
static struct throttle_row *take(struct throttle *throttle, uint64_t tag, uint64_t now_us)
{
  struct throttle_row *set = throttle->row[(tag >> 8) % THROTTLE_SETS];
  struct throttle_row *row = find(throttle, tag), *least = set;

  if (row != NULL) return row;
  for (size_t i = 1; i < THROTTLE_WAYS; i++) {
    uint32_t here = weight(&set[i], now_us), there = weight(least, now_us);
    if (here < there || (here == there && set[i].last_us < least->last_us)) least = &set[i];
  }
  *least = (struct throttle_row){.tag = tag, .last_us = now_us};
  return least;
}

/* ---- waiting ---- */

static unsigned wait_of(const struct throttle_row *row, unsigned free, uint64_t now_us)
{
  uint32_t count = row == NULL ? 0 : count_now(row, now_us);
  uint64_t wait_us, gone_us;

  if (count < free) return 0;
  uint32_t over = count - free;
  wait_us = over >= 5 ? THROTTLE_WAIT_MAX_S * SECOND_US : (UINT64_C(1) << over) * SECOND_US;
  gone_us = now_us - row->last_us;
  return gone_us >= wait_us ? 0 : (unsigned)((wait_us - gone_us + SECOND_US - 1) / SECOND_US);
}

static void count_one(struct throttle *throttle, uint64_t tag, uint64_t now_us)
{
  struct throttle_row *row = take(throttle, tag, now_us);
  uint32_t count = count_now(row, now_us);

  row->count = count < COUNT_MAX ? count + 1 : COUNT_MAX;
  row->last_us = now_us;
}

static bool is_known(struct throttle *throttle, uint64_t both)
{
  const struct throttle_row *row = find(throttle, both);

  return row != NULL && row->is_known;
}

unsigned throttle_enter(struct throttle *throttle, const struct throttle_try *tried,
                        uint64_t now_us)
{
  uint64_t name = tag_of(throttle, TAG_NAME, tried), source = tag_of(throttle, TAG_SOURCE, tried);
  uint64_t both = tag_of(throttle, TAG_BOTH, tried);
  bool has_source = tried->source.len > 0;
  unsigned wait, other = 0;

  /* At a place of their own only their own tries count. */
  if (has_source && is_known(throttle, both)) {
    wait = wait_of(find(throttle, both), THROTTLE_FREE_NAME, now_us);
    if (wait == 0) count_one(throttle, both, now_us);
    return wait;
  }
  wait = wait_of(find(throttle, name), THROTTLE_FREE_NAME, now_us);
  if (has_source) other = wait_of(find(throttle, source), THROTTLE_FREE_SOURCE, now_us);
  if (other > wait) wait = other;
  if (wait > 0) return wait;
  count_one(throttle, name, now_us);
  if (has_source) count_one(throttle, source, now_us);
  return 0;
}

static void uncount(struct throttle_row *row, uint64_t now_us)
{
  if (row == NULL) return;
  uint32_t count = count_now(row, now_us);
  row->count = count > 0 ? count - 1 : 0;
  row->last_us = now_us;
}

void throttle_forgive(struct throttle *throttle, const struct throttle_try *tried, uint64_t now_us)
{
  uint64_t both = tag_of(throttle, TAG_BOTH, tried);

  if (tried->source.len > 0 && is_known(throttle, both)) {
    find(throttle, both)->count = 0;
    return;
  }
  /* The try itself was no failure; those of others before it stay. */
  uncount(find(throttle, tag_of(throttle, TAG_NAME, tried)), now_us);
  if (tried->source.len == 0) return;
  uncount(find(throttle, tag_of(throttle, TAG_SOURCE, tried)), now_us);
  *take(throttle, both, now_us) =
    (struct throttle_row){.tag = both, .last_us = now_us, .is_known = true};
}
