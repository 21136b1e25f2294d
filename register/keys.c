/* The pool of record keys, month keys, and their destruction. A key lies wrapped but for the moment
 * of use. Must never give the same key out twice, and never forget a key that is still to be
 * destroyed. */
#include "register/keys.h"

#include <pthread.h>
#include <string.h>

#include "register/bytes.h"

enum {
  MONTH_USES = 3,
  MONTHS_BACK = 240, /* months whose entries can still be read, as far as their keys are kept */
  DESTROY_BATCH = 256,
  WANT_SPARES = KEYS_POOL / 2
};

struct wrapped {
  struct id id;
  uint8_t bytes[WRAPPED_KEY_BYTES];
};
struct month {
  uint32_t id; /* enum month_use * 1000000 + yyyymm */
  uint8_t bytes[WRAPPED_KEY_BYTES];
};
/* What one pass may make: this month's and the next's. */
struct new_months {
  struct month at[2 * MONTH_USES];
  size_t count;
};
struct keys {
  pthread_mutex_t mutex; /* over all below; held for memory work only */
  const struct keyring *keyring;
  const struct outside *outside;
  struct wrapped *spares;
  size_t spare_count, spares_held;
  struct id *retired; /* to destroy; those of replaced rows are also listed in register.db */
  size_t retired_count, retired_held;
  struct month *months;
  size_t month_count, months_held;
};

void spare_wipe(struct spare *spare)
{
  key_wipe(&spare->key);
}

static struct wrap_context wrap_of(const struct keyring *keyring, struct id id, uint32_t generation)
{
  struct wrap_context context = {.generation = generation};

  memcpy(context.authority, keyring_authority(keyring), ID_BYTES);
  memcpy(context.record, id.b, ID_BYTES);
  return context;
}

static enum err wrap_new(const struct keys *keys, enum key_purpose purpose, struct id id,
                         uint8_t ret_wrapped[static WRAPPED_KEY_BYTES])
{
  OWNED(key_wipe) struct key key = {0};
  struct nonce nonce;
  uint32_t generation = 0;
  const struct key *wrapping = keyring_active(keys->keyring, purpose, &generation);
  struct wrap_context context = wrap_of(keys->keyring, id, generation);

  key_random(&key, keys->outside);
  keys->outside->random(keys->outside->self, nonce.bytes, sizeof nonce.bytes);
  return key_wrap(ret_wrapped, wrapping, &context, &nonce, &key);
}

static enum err unwrap(const struct keyring *keyring, enum key_purpose purpose, struct id id,
                       struct key *ret_key, const uint8_t wrapped[static WRAPPED_KEY_BYTES])
{
  uint32_t generation = 0;

  TRY(envelope_generation(&generation, wrapped, WRAPPED_KEY_BYTES));
  const struct key *wrapping = keyring_key(keyring, purpose, generation);
  struct wrap_context context = wrap_of(keyring, id, generation);
  return wrapping ? key_unwrap(ret_key, wrapping, &context, wrapped) : ERR_KEY;
}

enum err keys_unwrap(const struct keyring *keyring, struct key *ret_key, struct id key,
                     const uint8_t wrapped[static WRAPPED_KEY_BYTES])
{
  return unwrap(keyring, KEY_RECORD, key, ret_key, wrapped);
}

/* ---- months ---- */

static uint32_t month_id(enum month_use use, int32_t month)
{
  return (uint32_t)use * 1000000 + (uint32_t)month;
}

/* The id under which a month's key is wrapped: its number, in an id's place. */
static struct id month_place(uint32_t id)
{
  struct id place = {{0}};

  put_u32(place.b, id);
  return place;
}

static enum err month_keep(struct keys *keys, const struct month *month)
{
  void *block = keys->months;
  enum err err = block_grow(&block, &keys->months_held, keys->month_count + 1, sizeof *month);

  keys->months = block;
  if (err == OK) keys->months[keys->month_count++] = *month;
  return err;
}

static bool month_copy(const struct keys *keys, uint32_t id,
                       uint8_t ret_wrapped[static WRAPPED_KEY_BYTES])
{
  for (size_t i = 0; i < keys->month_count; i++) {
    if (keys->months[i].id != id) continue;
    memcpy(ret_wrapped, keys->months[i].bytes, WRAPPED_KEY_BYTES);
    return true;
  }
  return false;
}

static void keys_enter(const struct keys *keys)
{
  pthread_mutex_lock(&((struct keys *)(uintptr_t)keys)->mutex);
}

static void keys_leave(const struct keys *keys)
{
  pthread_mutex_unlock(&((struct keys *)(uintptr_t)keys)->mutex);
}

enum err keys_month(const struct keys *keys, struct key *ret_key, enum month_use use, int32_t month)
{
  uint32_t id = month_id(use, month);
  uint8_t wrapped[WRAPPED_KEY_BYTES];

  keys_enter(keys);
  bool found = month_copy(keys, id, wrapped);
  keys_leave(keys);
  return found ? unwrap(keys->keyring, KEY_AUDIT, month_place(id), ret_key, wrapped) : ERR_BUSY;
}

/* Makes a month's key, unless there is one. Inside a write transaction of keys.db; nobody may seal
 * under it before that is durable. */
static enum err month_ensure(const struct keys *keys, struct store *owner, struct new_months *made,
                             uint32_t id)
{
  struct month *month = &made->at[made->count];
  uint8_t held[WRAPPED_KEY_BYTES];

  keys_enter(keys);
  bool found = month_copy(keys, id, held);
  keys_leave(keys);
  if (found) return OK;
  month->id = id;
  enum err err = store_month(owner, month->bytes, id);
  if (err == ERR_ABSENT) {
    TRY(wrap_new(keys, KEY_AUDIT, month_place(id), month->bytes));
    err = store_month_insert(owner, id, month->bytes);
  }
  if (err == OK) made->count++;
  return err;
}

static int32_t month_after(int32_t month)
{
  return month % 100 == 12 ? month + 89 : month + 1;
}

static int32_t month_before(int32_t month)
{
  return month % 100 == 1 ? month - 89 : month - 1;
}

static int32_t month_now(const struct keys *keys)
{
  return instant_month(keys->outside->now(keys->outside->self));
}

static const enum month_use uses[MONTH_USES] = {MONTH_WHO, MONTH_OPS, MONTH_CHILDLESS};

/* This month and, so that midnight finds it ready, the next. */
static enum err months_ensure(const struct keys *keys, struct store *owner, struct new_months *made)
{
  int32_t now = month_now(keys);

  for (size_t i = 0; i < MONTH_USES; i++) {
    TRY(month_ensure(keys, owner, made, month_id(uses[i], now)));
    TRY(month_ensure(keys, owner, made, month_id(uses[i], month_after(now))));
  }
  return OK;
}

/* Start: what is kept of the months so far, and of the next. */
static enum err months_load(struct keys *keys, struct store *owner)
{
  int32_t at = month_after(month_now(keys));

  for (int back = 0; back <= MONTHS_BACK; back++, at = month_before(at))
    for (size_t i = 0; i < MONTH_USES; i++) {
      struct month month = {.id = month_id(uses[i], at)};
      enum err err = store_month(owner, month.bytes, month.id);
      if (err == OK) err = month_keep(keys, &month);
      if (err != OK && err != ERR_ABSENT) return err;
    }
  return OK;
}

static bool months_ready(const struct keys *keys)
{
  int32_t next = month_after(month_now(keys));
  uint8_t wrapped[WRAPPED_KEY_BYTES];

  return month_copy(keys, month_id(MONTH_CHILDLESS, next), wrapped);
}

/* ---- the pool ---- */

enum err keys_take(struct keys *keys, struct spare *ret_spare)
{
  struct wrapped taken;
  struct spare spare = {0};

  keys_enter(keys);
  bool any = keys->spare_count > 0;
  if (any) taken = keys->spares[--keys->spare_count];
  keys_leave(keys);
  if (!any) return ERR_BUSY;
  spare.id = taken.id;
  TRY(unwrap(keys->keyring, KEY_RECORD, taken.id, &spare.key, taken.bytes));
  *ret_spare = spare;
  spare_wipe(&spare);
  return OK;
}

static enum err spare_keep(struct keys *keys, const struct wrapped *spare)
{
  void *block = keys->spares;
  enum err err = block_grow(&block, &keys->spares_held, keys->spare_count + 1, sizeof *spare);

  keys->spares = block;
  if (err == OK) keys->spares[keys->spare_count++] = *spare;
  return err;
}

/* Inside a write transaction of keys.db; the new spares are given out only after its commit. */
static enum err make_spares(struct keys *keys, struct store *owner, struct wrapped *made,
                            size_t count)
{
  for (size_t i = 0; i < count; i++) {
    keys->outside->random(keys->outside->self, made[i].id.b, ID_BYTES);
    TRY(wrap_new(keys, KEY_RECORD, made[i].id, made[i].bytes));
    TRY(store_key_insert(owner, made[i].id, made[i].bytes));
  }
  return OK;
}

enum err keys_record(const struct keys *keys, struct store *reader, struct key *ret_key,
                     struct id key)
{
  uint8_t wrapped[WRAPPED_KEY_BYTES];

  TRY(store_key(reader, wrapped, key));
  return unwrap(keys->keyring, KEY_RECORD, key, ret_key, wrapped);
}

size_t keys_spares(const struct keys *keys)
{
  keys_enter(keys);
  size_t count = keys->spare_count;
  keys_leave(keys);
  return count;
}

/* ---- retiring ---- */

static void retire(struct keys *keys, struct id key)
{
  keys_enter(keys);
  void *block = keys->retired;
  /* Without memory the key waits for the next start, which reads the list in register.db. */
  if (block_grow(&block, &keys->retired_held, keys->retired_count + 1, sizeof key) == OK) {
    keys->retired = block;
    keys->retired[keys->retired_count++] = key;
  }
  keys_leave(keys);
}

void keys_retired(struct keys *keys, struct id key)
{
  retire(keys, key);
}

void keys_drop(struct keys *keys, struct id key)
{
  retire(keys, key);
}

enum keys_work keys_want_work(const struct keys *keys)
{
  keys_enter(keys);
  enum keys_work work = KEYS_IDLE;
  if (keys->retired_count > 0) work = KEYS_WAITING;
  if (keys->spare_count < WANT_SPARES || !months_ready(keys)) work = KEYS_URGENT;
  keys_leave(keys);
  return work;
}

/* Takes up to a batch off the list. */
static size_t take_retired(struct keys *keys, struct id ret_ids[static DESTROY_BATCH])
{
  keys_enter(keys);
  size_t n = keys->retired_count;
  if (n > DESTROY_BATCH) n = DESTROY_BATCH;
  if (n > 0) memcpy(ret_ids, keys->retired + keys->retired_count - n, n * sizeof *ret_ids);
  keys->retired_count -= n;
  keys_leave(keys);
  return n;
}

/* keys.db: destroys, refills, makes month keys, in one commit. */
static enum err work_keys(struct keys *keys, struct store *owner, const struct id *gone,
                          size_t gone_count, struct wrapped *made, size_t made_count,
                          struct new_months *months)
{
  TRY(store_begin(owner, FILE_KEYS));
  enum err err = OK;
  for (size_t i = 0; i < gone_count && err == OK; i++)
    err = store_key_delete(owner, gone[i]);
  if (err == OK) err = months_ensure(keys, owner, months);
  if (err == OK) err = make_spares(keys, owner, made, made_count);
  if (err == OK) return store_commit(owner, FILE_KEYS);
  store_rollback(owner, FILE_KEYS);
  return err;
}

/* register.db: takes the destroyed ones off the list; a crash before this only repeats a deletion.
 */
static enum err work_list(struct store *owner, const struct id *gone, size_t gone_count)
{
  if (gone_count == 0) return OK;
  TRY(store_begin(owner, FILE_REGISTER));
  enum err err = OK;
  for (size_t i = 0; i < gone_count && err == OK; i++)
    err = store_retired_delete(owner, gone[i]);
  if (err == OK) return store_commit(owner, FILE_REGISTER);
  store_rollback(owner, FILE_REGISTER);
  return err;
}

enum err keys_work(struct keys *keys, struct store *owner, uint64_t *ret_destroyed)
{
  struct id gone[DESTROY_BATCH];
  void *block = NULL;
  size_t held = 0, gone_count = take_retired(keys, gone);
  size_t have = keys_spares(keys), wanted = have < WANT_SPARES ? KEYS_POOL - have : 0;
  enum err err = block_grow(&block, &held, wanted + 1, sizeof(struct wrapped));
  struct wrapped *made = block;
  struct new_months months = {.count = 0};

  if (err == OK) err = work_keys(keys, owner, gone, gone_count, made, wanted, &months);
  for (size_t i = 0; err != OK && i < gone_count; i++)
    retire(keys, gone[i]);
  keys_enter(keys);
  for (size_t i = 0; err == OK && i < months.count; i++)
    err = month_keep(keys, &months.at[i]);
  for (size_t i = 0; err == OK && i < wanted; i++)
    err = spare_keep(keys, &made[i]);
  keys_leave(keys);
  if (err == OK) err = work_list(owner, gone, gone_count);
  if (err == OK) *ret_destroyed = gone_count;
  block_free(&block, &held, sizeof(struct wrapped));
  return err;
}

/* ---- start ---- */

struct loading {
  struct keys *keys;
  bool (*in_use)(void *self, struct id key);
  void *self;
};

static enum err load_retired(void *self, struct id key)
{
  struct loading *loading = self;

  retire(loading->keys, key);
  return OK;
}

static bool is_retired(const struct keys *keys, struct id key)
{
  for (size_t i = 0; i < keys->retired_count; i++)
    if (memcmp(keys->retired[i].b, key.b, ID_BYTES) == 0) return true;
  return false;
}

/* What no record uses is not taken for a spare: keys.db may have been put back, and then it is a
 * key that was destroyed. All such keys go, and the pool is made anew. */
static enum err load_key(void *self, struct id key, const uint8_t *wrapped)
{
  struct loading *loading = self;

  (void)wrapped;
  if (loading->in_use(loading->self, key) || is_retired(loading->keys, key)) return OK;
  retire(loading->keys, key);
  return OK;
}

void keys_close(struct keys **keys)
{
  if (!keys || !*keys) return;
  void *spares = (*keys)->spares, *retired = (*keys)->retired, *months = (*keys)->months;
  void *block = *keys;
  size_t one = 1;

  block_free(&months, &(*keys)->months_held, sizeof(struct month));
  block_free(&spares, &(*keys)->spares_held, sizeof(struct wrapped));
  block_free(&retired, &(*keys)->retired_held, sizeof(struct id));
  pthread_mutex_destroy(&(*keys)->mutex);
  block_free(&block, &one, sizeof(struct keys));
  *keys = NULL;
}

enum err keys_open(struct keys **ret_keys, struct store *owner, const struct keyring *keyring,
                   const struct outside *outside, bool (*in_use)(void *self, struct id key),
                   void *self)
{
  void *block = NULL;
  size_t held = 0;
  uint64_t destroyed = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct keys)));
  OWNED(keys_close) struct keys *keys = block;
  keys->keyring = keyring;
  keys->outside = outside;
  if (pthread_mutex_init(&keys->mutex, NULL) != 0) return ERR_MEMORY;
  struct loading loading = {keys, in_use, self};
  TRY(store_retired_each(owner, load_retired, &loading));
  TRY(store_key_each(owner, load_key, &loading));
  TRY(months_load(keys, owner));
  while (keys_want_work(keys) != KEYS_IDLE)
    TRY(keys_work(keys, owner, &destroyed));
  *ret_keys = keys;
  keys = NULL;
  return OK;
}
