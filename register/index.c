/* The register in memory: records and items by id, and by whatever else they are looked for. Must
 * never be written to disk, and never decide what is shown. */
#include "register/index.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "register/bytes.h"
#include "register/multimap.h"

struct index {
  pthread_rwlock_t lock;
  struct key secret;
  struct entry *entries; /* dense; the last one fills a gap */
  size_t entry_count, entries_held;
  uint64_t blobs;           /* written anew */
  struct multimap by_token; /* owners: positions in `entries` */
  struct item *items;
  size_t item_count, items_held;
  struct multimap by_item; /* owners: positions in `items` */
};

static bool same(const uint8_t a[static ID_BYTES], const uint8_t b[static ID_BYTES])
{
  return memcmp(a, b, ID_BYTES) == 0;
}

static bool is_zero(const uint8_t id[static ID_BYTES])
{
  static const uint8_t zero[ID_BYTES];

  return same(id, zero);
}

/* Ids are random, so eight bytes of one are a token; whoever finds by it compares the whole. */
static uint64_t id_token(const uint8_t id[static ID_BYTES])
{
  return get_u64(id);
}

/* The writer comes first: readers that follow each other closely would never let it in. */
static enum err init_lock(pthread_rwlock_t *lock)
{
  pthread_rwlockattr_t kind;
  bool failed =
    pthread_rwlockattr_init(&kind) != 0 ||
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) != 0 ||
    pthread_rwlock_init(lock, &kind) != 0;

  (void)pthread_rwlockattr_destroy(&kind);
  return failed ? ERR_MEMORY : OK;
}

enum err index_new(struct index **ret_index, const struct key *secret)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct index)));
  struct index *index = block;
  if (init_lock(&index->lock) != OK) {
    block_free(&block, &held, sizeof(struct index));
    return ERR_MEMORY;
  }
  index->secret = *secret;
  *ret_index = index;
  return OK;
}

void index_free(struct index **index)
{
  if (!index || !*index) return;
  void *entries = (*index)->entries, *items = (*index)->items, *block = *index;
  size_t one = 1;

  multimap_free(&(*index)->by_token);
  multimap_free(&(*index)->by_item);
  block_free(&entries, &(*index)->entries_held, sizeof(struct entry));
  block_free(&items, &(*index)->items_held, sizeof(struct item));
  pthread_rwlock_destroy(&(*index)->lock);
  block_free(&block, &one, sizeof(struct index));
  *index = NULL;
}

void index_read(struct index *index)
{
  pthread_rwlock_rdlock(&index->lock);
}

void index_write(struct index *index)
{
  pthread_rwlock_wrlock(&index->lock);
}

void index_done(struct index *index)
{
  pthread_rwlock_unlock(&index->lock);
}

const struct key *index_secret(const struct index *index)
{
  return &index->secret;
}

/* ---- records ---- */

static bool find_entry(const struct index *index, struct id id, uint32_t *ret_at)
{
  size_t cursor = 0;

  while (multimap_next(&index->by_token, id_token(id.b), &cursor, ret_at))
    if (same(index->entries[*ret_at].id.b, id.b)) return true;
  return false;
}

const struct entry *index_entry(const struct index *index, struct id id)
{
  uint32_t at = 0;

  return find_entry(index, id, &at) ? &index->entries[at] : NULL;
}

size_t index_count(const struct index *index)
{
  return index->entry_count;
}

const struct entry *index_at(const struct index *index, size_t i)
{
  return i < index->entry_count ? &index->entries[i] : NULL;
}

bool index_key_in_use(const struct index *index, struct id key)
{
  size_t cursor = 0;
  uint32_t at = 0;

  while (multimap_next(&index->by_token, id_token(key.b), &cursor, &at))
    if (same(index->entries[at].key.b, key.b)) return true;
  return false;
}

/* Unknown is protected: it stands above none here. */
static enum level higher(enum level a, enum level b)
{
  static const int rank[] = {
    [LEVEL_NONE] = 0, [LEVEL_UNKNOWN] = 1, [LEVEL_CONTACT_PROTECTED] = 2, [LEVEL_HIDDEN] = 3};

  return rank[a] >= rank[b] ? a : b;
}

enum level index_household(const struct index *index, const struct entry *entry)
{
  enum level level = LEVEL_NONE;
  size_t cursor = 0;
  uint32_t at = 0;

  if (is_zero(entry->household)) return level;
  while (multimap_next(&index->by_token, id_token(entry->household), &cursor, &at)) {
    const struct entry *other = &index->entries[at];
    if (same(other->household, entry->household) && !same(other->id.b, entry->id.b))
      level = higher(level, other->level);
  }
  return level;
}

const struct entry *index_find(const struct index *index, uint64_t token, size_t *cursor)
{
  uint32_t at = 0;

  return token != 0 && multimap_next(&index->by_token, token, cursor, &at) ? &index->entries[at]
                                                                           : NULL;
}

static enum err add_tokens(struct index *index, uint32_t at, const struct index_change *change)
{
  TRY(multimap_add(&index->by_token, id_token(change->entry.id.b), at));
  TRY(multimap_add(&index->by_token, id_token(change->entry.key.b), at));
  if (!is_zero(change->entry.household))
    TRY(multimap_add(&index->by_token, id_token(change->entry.household), at));
  for (size_t i = 0; i < change->token_count; i++)
    TRY(multimap_add(&index->by_token, change->tokens[i], at));
  return OK;
}

enum err index_put(struct index *index, const struct index_change *change)
{
  uint32_t at = 0;
  uint64_t blob = 0;

  if (find_entry(index, change->entry.id, &at)) {
    blob = index->entries[at].blob;
    multimap_drop(&index->by_token, at);
  } else {
    void *block = index->entries;
    enum err err =
      block_grow(&block, &index->entries_held, index->entry_count + 1, sizeof(struct entry));
    index->entries = block;
    if (err != OK) return err;
    at = (uint32_t)index->entry_count++;
  }
  index->entries[at] = change->entry;
  index->entries[at].blob = change->has_new_blob ? ++index->blobs : blob;
  return add_tokens(index, at, change);
}

void index_compared(struct index *index, const struct index_comparison *comparison,
                    uint64_t protection_version)
{
  uint32_t at = 0;

  if (!find_entry(index, comparison->id, &at)) return;
  if (index->entries[at].version != comparison->version) return;
  index->entries[at].compared = protection_version;
  index->entries[at].has_hit = comparison->has_hit;
}

uint64_t index_blobs(const struct index *index)
{
  return index->blobs;
}

void index_remove(struct index *index, struct id id)
{
  uint32_t at = 0;

  if (!find_entry(index, id, &at)) return;
  multimap_drop(&index->by_token, at);
  uint32_t last = (uint32_t)--index->entry_count;
  multimap_move(&index->by_token, last, at);
  if (at != last) index->entries[at] = index->entries[last];
  wipe(&index->entries[last], sizeof(struct entry));
}

/* ---- items ---- */

static bool find_item(const struct index *index, struct id id, uint32_t *ret_at)
{
  size_t cursor = 0;

  while (multimap_next(&index->by_item, id_token(id.b), &cursor, ret_at))
    if (same(index->items[*ret_at].id.b, id.b)) return true;
  return false;
}

const struct item *index_item(const struct index *index, struct id id)
{
  uint32_t at = 0;

  return find_item(index, id, &at) ? &index->items[at] : NULL;
}

const struct item *index_item_of_record(const struct index *index, struct id record,
                                        enum item_kind kind, size_t *cursor)
{
  uint32_t at = 0;

  while (multimap_next(&index->by_item, id_token(record.b), cursor, &at)) {
    const struct item *item = &index->items[at];
    if (item->kind == kind && same(item->record.b, record.b)) return item;
  }
  return NULL;
}

const struct item *index_item_of_subject(const struct index *index, struct id subject,
                                         enum item_kind kind, size_t *cursor)
{
  uint32_t at = 0;

  while (multimap_next(&index->by_item, id_token(subject.b), cursor, &at)) {
    const struct item *item = &index->items[at];
    if (item->kind == kind && same(item->subject.b, subject.b)) return item;
  }
  return NULL;
}

const struct item *index_item_of_kind(const struct index *index, enum item_kind kind,
                                      size_t *cursor)
{
  uint32_t at = 0;

  while (multimap_next(&index->by_item, (uint64_t)kind, cursor, &at))
    if (index->items[at].kind == kind) return &index->items[at];
  return NULL;
}

static const struct item *next_wanted(const struct index *index, const struct items_want *want,
                                      size_t *cursor)
{
  switch (want->by) {
  case ITEMS_ALL:
    return index_item_of_kind(index, want->kind, cursor);
  case ITEMS_BY_RECORD:
    return index_item_of_record(index, want->id, want->kind, cursor);
  case ITEMS_BY_SUBJECT:
    return index_item_of_subject(index, want->id, want->kind, cursor);
  }
  return NULL;
}

enum err index_items(struct index *index, struct arena *arena, struct items *ret_items,
                     const struct items_want *want)
{
  struct items found = {0};
  const struct item *item;
  size_t most = 0;

  index_read(index);
  for (size_t cursor = 0; next_wanted(index, want, &cursor) != NULL;)
    most++;
  found.at = arena_take_array(arena, most + 1, sizeof *found.at);
  for (size_t cursor = 0; found.at != NULL && (item = next_wanted(index, want, &cursor)) != NULL;)
    found.at[found.count++] = *item;
  index_done(index);
  if (found.at == NULL) return ERR_MEMORY;
  *ret_items = found;
  return OK;
}

enum err index_item_put(struct index *index, const struct item *item)
{
  uint32_t at = 0;

  if (find_item(index, item->id, &at)) {
    multimap_drop(&index->by_item, at);
  } else {
    void *block = index->items;
    enum err err =
      block_grow(&block, &index->items_held, index->item_count + 1, sizeof(struct item));
    index->items = block;
    if (err != OK) return err;
    at = (uint32_t)index->item_count++;
  }
  index->items[at] = *item;
  TRY(multimap_add(&index->by_item, id_token(item->id.b), at));
  TRY(multimap_add(&index->by_item, (uint64_t)item->kind, at));
  if (!is_zero(item->record.b)) TRY(multimap_add(&index->by_item, id_token(item->record.b), at));
  /* An item may have one id in both places: one link is enough to find it by either. */
  if (!is_zero(item->subject.b) && !same(item->subject.b, item->record.b))
    TRY(multimap_add(&index->by_item, id_token(item->subject.b), at));
  return OK;
}

void index_item_remove(struct index *index, struct id id)
{
  uint32_t at = 0;

  if (!find_item(index, id, &at)) return;
  multimap_drop(&index->by_item, at);
  uint32_t last = (uint32_t)--index->item_count;
  multimap_move(&index->by_item, last, at);
  if (at != last) index->items[at] = index->items[last];
  wipe(&index->items[last], sizeof(struct item));
}
