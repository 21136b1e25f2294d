/* The long-lived keys of one process of one authority. They lie wrapped in a keyring file; the root
 * that unwraps them comes from outside (a key file, or a passphrase) and is never in the register's
 * directory, a database, an environment variable or an argument. In memory: guarded, locked, out of
 * dumps; keys in use are mapped read-only, the root is no-access between uses.
 * Serve and custodian have a keyring each; neither can hold the other's purposes. */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include "base/str.h"
#include "crypto/key.h"

/* Stored; never renumbered. */
enum key_purpose {
  KEY_RECORD = 1,   /* KEK: wraps record keys in keys.db */
  KEY_FRESH = 2,    /* the multiset sum */
  KEY_ITEM = 3,     /* outer seal of items */
  KEY_AUDIT = 4,    /* wraps month keys */
  KEY_SERVE = 5,    /* tokens, ETags, cursors, hashes of idempotency keys and budgets */
  KEY_MANIFEST = 6, /* Ed25519 seed that signs package manifests */
  KEY_SHIELD = 7,   /* custodian: X25519 secret */
  KEY_HEAD = 8,     /* custodian: Ed25519 seed that signs log heads */
  KEY_CUSTODY = 9   /* custodian: seals its own memory (heads, enrolled keys, folded values) */
};
#define KEY_PURPOSE_MAX 9

enum key_state {
  KEY_PRE_ACTIVE = 1,   /* made, not yet used to seal */
  KEY_ACTIVE = 2,       /* one for each purpose: seals and opens */
  KEY_DECRYPT_ONLY = 3, /* opens what was sealed before */
  KEY_DESTROYED = 4     /* the row stays, the key is gone */
};

enum keyring_owner { KEYRING_SERVE = 1, KEYRING_CUSTODIAN = 2 };

/* Where the root comes from: exactly one of the two is set.
 * key_file: 32 bytes, owned by this user, mode 0400 or 0600, not a symbolic link, not below
 * `refuse_below` (the register's directory; NULL: not checked). Otherwise ERR_KEY.
 * passphrase: Argon2id, 3 passes and 256 MiB; salt and parameters stand in the keyring's header. */
struct root_source {
  const char *key_file;
  const char *refuse_below;
  struct personal passphrase;
};

struct keyring;

struct keyring_row { /* what `cnis keys status` shows */
  enum key_purpose purpose;
  enum key_state state;
  uint32_t generation;
  struct instant created;
  uint8_t id[KEY_ID_BYTES];
};

/* A new file with one active key (generation 1) for each purpose of the owner. ERR_CONFLICT when
 * the file exists. Written whole or not at all: temporary file, fsync, rename, fsync of the
 * directory. */
MUST_USE enum err keyring_create(const char *path, enum keyring_owner owner,
                                 const struct root_source *source,
                                 const uint8_t authority[static ID_BYTES],
                                 const struct outside *outside);
/* ERR_KEY: the root is refused, or is not the one that made this file (told before anything is
 * decrypted); ERR_CORRUPT: the file was changed; ERR_VERSION; ERR_IO. */
MUST_USE enum err keyring_load(struct keyring **ret_keyring, const char *path,
                               enum keyring_owner owner, const struct root_source *source);
void keyring_free(struct keyring **keyring); /* wipes; NULL and pointer to NULL are fine */

/* NULL when there is no such key, or it is destroyed. Valid until keyring_free or keyring_rotate.
 */
const struct key *keyring_key(const struct keyring *keyring, enum key_purpose purpose,
                              uint32_t generation);
/* The active key, and its generation in *ret_generation (may be NULL). Never NULL for the owner's
 * purposes. */
const struct key *keyring_active(const struct keyring *keyring, enum key_purpose purpose,
                                 uint32_t *ret_generation);
uint32_t keyring_active_generation(const struct keyring *keyring, enum key_purpose purpose);
const uint8_t *keyring_authority(const struct keyring *keyring); /* ID_BYTES */
size_t keyring_count(const struct keyring *keyring);
struct keyring_row keyring_row(const struct keyring *keyring, size_t i);

/* A new active generation; the one before becomes decrypt-only. The file is replaced first.
 * Not for use while other threads hold keys of this ring. */
MUST_USE enum err keyring_rotate(struct keyring *keyring, enum key_purpose purpose,
                                 const struct outside *outside);
/* Forgets a decrypt-only key for good. ERR_CONFLICT when it is active or not there. */
MUST_USE enum err keyring_destroy(struct keyring *keyring, enum key_purpose purpose,
                                  uint32_t generation);

/* 32 random bytes in a new file, mode 0400. ERR_CONFLICT when it exists. For roots, and for the
 * Ed25519 seeds of persons (sign.h). */
MUST_USE enum err key_file_create(const char *path, const struct outside *outside);
/* ERR_KEY unless it is owned, moded and placed as root_source says. */
MUST_USE enum err key_file_read(struct key *ret_key, const char *path, const char *refuse_below);

#endif
