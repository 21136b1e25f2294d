/* Record keys and month keys: the pool of spare ones, use, and destruction (adr 0003). Keys lie
 * wrapped in keys.db and in memory, and are unwrapped for one use each. A key is given out once,
 * and a retired one is never a spare again. */
#ifndef REGISTER_KEYS_H
#define REGISTER_KEYS_H

#include "crypto/keyring.h"
#include "register/store.h"

struct keys;

#define KEYS_POOL 512 /* spares made in one go; refilled by the writer when half are gone */

/* A record id or key id that nobody has had, with its key. Wipe after use. */
struct spare {
  struct id id;
  struct key key;
};

/* Loads the pool: every key that no row names and that is not retired is a spare. `in_use` answers
 * whether a row names it. Finishes what was left to destroy. Owner's store. */
MUST_USE enum err keys_open(struct keys **ret_keys, struct store *owner,
                            const struct keyring *keyring, const struct outside *outside,
                            bool (*in_use)(void *self, struct id key), void *self);
void keys_close(struct keys **keys);

/* Any thread. ERR_BUSY when the pool is empty: the writer is refilling it. */
MUST_USE enum err keys_take(struct keys *keys, struct spare *ret_spare);
void spare_wipe(struct spare *spare); /* for OWNED */
/* A spare that was taken and not used in a committed row: it is destroyed, not put back. */
void keys_drop(struct keys *keys, struct id key);

/* The key of a row, unwrapped. ERR_ABSENT: destroyed meanwhile (the row moved, or is erased). */
MUST_USE enum err keys_record(const struct keys *keys, struct store *reader, struct key *ret_key,
                              struct id key);

/* For start, before there is a pool: unwraps what store_key read. */
MUST_USE enum err keys_unwrap(const struct keyring *keyring, struct key *ret_key, struct id key,
                              const uint8_t wrapped[static WRAPPED_KEY_BYTES]);

enum month_use { MONTH_WHO = 1, MONTH_OPS = 2, MONTH_CHILDLESS = 3 };
/* The month's key for one use; months are yyyymm. ERR_BUSY for a month whose key is not made yet.
 */
MUST_USE enum err keys_month(const struct keys *keys, struct key *ret_key, enum month_use use,
                             int32_t month);

/* ---- the writer thread only ---- */

/* WAITING: keys are to be destroyed, within a minute. URGENT: spares run low, or a month's key is
 * missing. */
enum keys_work { KEYS_IDLE, KEYS_WAITING, KEYS_URGENT };
enum keys_work keys_want_work(const struct keys *keys);
/* Refills the pool, makes the next month's keys, destroys up to 256 retired keys (keys.db first,
 * then the list in register.db). One commit a file at most. */
MUST_USE enum err keys_work(struct keys *keys, struct store *owner, uint64_t *ret_destroyed);
void keys_retired(struct keys *keys,
                  struct id key); /* its row has a new version, and that is durable */
size_t keys_spares(const struct keys *keys);

#endif
