/* The keyring in memory (keyring.h). Three guarded allocations: the root (no access but within one
 * call), the keys (read-only once loaded), the rows (nothing secret, but wiped alike). Must never
 * hand out the root, or a key of a purpose that is not its owner's. */
#include "crypto/keyring.h"

#include <sodium.h>

#include "base/arena.h"
#include "crypto/bytes.h"
#include "crypto/file.h"
#include "crypto/keyring_file.h"

struct keyring {
  char *path;
  struct key *root;          /* no access between uses */
  struct key *keys;          /* [KEYRING_ROWS_MAX], read-only; zero where destroyed */
  struct keyring_file *file; /* what the file holds */
};

struct secrets { /* what keyring_create needs for a moment, in locked memory */
  struct key root, key;
  struct keyring_file file;
  uint8_t bytes[KEYRING_FILE_MAX];
};

static void secrets_free(struct secrets **secrets)
{
  sodium_free(*secrets);
}

/* The purposes of each owner: neither process can be given the other's. */
static bool is_purpose_of(enum keyring_owner owner, enum key_purpose purpose)
{
  switch (purpose) {
  case KEY_RECORD:
  case KEY_FRESH:
  case KEY_ITEM:
  case KEY_AUDIT:
  case KEY_SERVE:
  case KEY_MANIFEST:
    return owner == KEYRING_SERVE;
  case KEY_SHIELD:
  case KEY_HEAD:
  case KEY_CUSTODY:
    return owner == KEYRING_CUSTODIAN;
  }
  return false;
}

/* Key file or passphrase to 32 bytes; the header says with which salt and cost. */
static enum err root_make(struct key *ret_root, const struct root_source *source,
                          const struct keyring_file *file)
{
  bool wants_file = file->root_kind == ROOT_KEY_FILE;
  if (wants_file != (source->key_file != NULL)) return ERR_KEY;
  if (wants_file) return key_file_read(ret_root, source->key_file, source->refuse_below);
  if (source->passphrase.len == 0) return ERR_KEY;
  int bad = crypto_pwhash(ret_root->secret_, KEY_BYTES, source->passphrase.ptr,
                          source->passphrase.len, file->salt, file->passes,
                          (size_t)file->memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  return bad == 0 ? OK : ERR_MEMORY;
}

/* Binds a wrapped key to its row: authority, purpose and generation cannot be exchanged. */
static struct wrap_context wrap_place(const struct keyring_file *file,
                                      const struct keyring_row *row)
{
  struct wrap_context place = {.generation = 1};
  memcpy(place.authority, file->authority, ID_BYTES);
  memcpy(place.record, "cnis/l1\0", 8);
  le32_put(place.record + 8, (uint32_t)row->purpose);
  le32_put(place.record + 12, row->generation);
  return place;
}

static enum err entry_add(struct keyring_file *file, const struct key *root,
                          enum key_purpose purpose, uint32_t generation, struct key *ret_key,
                          const struct outside *outside)
{
  if (file->count == KEYRING_ROWS_MAX) return ERR_FULL;
  struct keyring_entry *entry = &file->entries[file->count];
  struct nonce nonce;
  outside->random(outside->self, nonce.bytes, sizeof nonce.bytes);
  key_random(ret_key, outside);
  entry->row = (struct keyring_row){.purpose = purpose,
                                    .state = KEY_ACTIVE,
                                    .generation = generation,
                                    .created = outside->now(outside->self)};
  key_id(entry->row.id, ret_key);
  struct wrap_context place = wrap_place(file, &entry->row);
  TRY(key_wrap(entry->wrapped, root, &place, &nonce, ret_key));
  file->count++;
  return OK;
}

enum err keyring_create(const char *path, enum keyring_owner owner,
                        const struct root_source *source, const uint8_t authority[static ID_BYTES],
                        const struct outside *outside)
{
  OWNED(secrets_free) struct secrets *secrets = sodium_malloc(sizeof *secrets);
  if (secrets == NULL) return ERR_MEMORY;
  struct keyring_file *file = &secrets->file;
  memset(file, 0, sizeof *file);
  file->owner = owner;
  file->root_kind = ROOT_KEY_FILE;
  if (source->key_file == NULL) {
    file->root_kind = ROOT_PASSPHRASE;
    file->passes = crypto_pwhash_OPSLIMIT_MODERATE;
    file->memory_bytes = crypto_pwhash_MEMLIMIT_MODERATE;
    outside->random(outside->self, file->salt, KEYRING_SALT_BYTES);
  }
  memcpy(file->authority, authority, ID_BYTES);
  TRY(root_make(&secrets->root, source, file));
  key_id(file->root_id, &secrets->root);
  for (unsigned i = KEY_RECORD; i <= KEY_PURPOSE_MAX; i++)
    if (is_purpose_of(owner, (enum key_purpose)i))
      TRY(entry_add(file, &secrets->root, (enum key_purpose)i, 1, &secrets->key, outside));
  size_t n = keyring_file_write(secrets->bytes, file, &secrets->root);
  return file_create(path, secrets->bytes, n);
}

/* Every row is unwrapped and its id compared; rows of another owner's purposes do not belong here.
 */
static enum err unwrap_all(struct keyring *keyring)
{
  const struct keyring_file *file = keyring->file;
  for (uint32_t i = 0; i < file->count; i++) {
    const struct keyring_entry *entry = &file->entries[i];
    uint8_t id[KEY_ID_BYTES];
    if (!is_purpose_of(file->owner, entry->row.purpose)) return ERR_CORRUPT;
    if (entry->row.state == KEY_DESTROYED) continue;
    struct wrap_context place = wrap_place(file, &entry->row);
    TRY(key_unwrap(&keyring->keys[i], keyring->root, &place, entry->wrapped));
    key_id(id, &keyring->keys[i]);
    if (!bytes_equal(id, entry->row.id, KEY_ID_BYTES)) return ERR_CORRUPT;
  }
  for (unsigned i = KEY_RECORD; i <= KEY_PURPOSE_MAX; i++)
    if (is_purpose_of(file->owner, (enum key_purpose)i) &&
        keyring_active(keyring, (enum key_purpose)i, NULL) == NULL)
      return ERR_CORRUPT;
  return OK;
}

static enum err load_into(struct keyring *keyring, enum keyring_owner owner,
                          const struct root_source *source, uint8_t *bytes)
{
  size_t n = 0;
  TRY(file_load(keyring->path, bytes, KEYRING_FILE_MAX, &n));
  TRY(keyring_file_parse(keyring->file, bytes, n));
  if (keyring->file->owner != owner) return ERR_KEY;
  TRY(root_make(keyring->root, source, keyring->file));
  TRY(keyring_file_check(keyring->file, keyring->root, bytes, n));
  return unwrap_all(keyring);
}

/* Between uses: keys readable, root not even that. */
static enum err keyring_rest(struct keyring *keyring)
{
  bool rests =
    sodium_mprotect_noaccess(keyring->root) == 0 && sodium_mprotect_readonly(keyring->keys) == 0;
  return rests ? OK : ERR_INTERNAL;
}

static enum err keyring_wake(struct keyring *keyring)
{
  bool wakes =
    sodium_mprotect_readonly(keyring->root) == 0 && sodium_mprotect_readwrite(keyring->keys) == 0;
  return wakes ? OK : ERR_INTERNAL;
}

static struct keyring *keyring_make(const char *path)
{
  struct keyring *keyring = sodium_malloc(sizeof *keyring);
  if (keyring == NULL) return NULL;
  size_t n = strlen(path) + 1;
  *keyring = (struct keyring){.path = sodium_malloc(n),
                              .root = sodium_malloc(sizeof *keyring->root),
                              .keys = sodium_allocarray(KEYRING_ROWS_MAX, sizeof *keyring->keys),
                              .file = sodium_malloc(sizeof *keyring->file)};
  if (keyring->path == NULL || keyring->root == NULL || keyring->keys == NULL ||
      keyring->file == NULL) {
    keyring_free(&keyring);
    return NULL;
  }
  memcpy(keyring->path, path, n);
  memset(keyring->keys, 0, KEYRING_ROWS_MAX * sizeof *keyring->keys);
  return keyring;
}

enum err keyring_load(struct keyring **ret_keyring, const char *path, enum keyring_owner owner,
                      const struct root_source *source)
{
  uint8_t *bytes = sodium_malloc(KEYRING_FILE_MAX);
  struct keyring *keyring = keyring_make(path);
  enum err err = bytes != NULL && keyring != NULL ? OK : ERR_MEMORY;
  if (err == OK) err = load_into(keyring, owner, source, bytes);
  if (err == OK) err = keyring_rest(keyring);
  sodium_free(bytes);
  if (err != OK) {
    keyring_free(&keyring);
    return err;
  }
  *ret_keyring = keyring;
  return OK;
}

void keyring_free(struct keyring **keyring)
{
  if (keyring == NULL || *keyring == NULL) return;
  sodium_free((*keyring)->path); /* each is wiped, whatever its protection */
  sodium_free((*keyring)->root);
  sodium_free((*keyring)->keys);
  sodium_free((*keyring)->file);
  sodium_free(*keyring);
  *keyring = NULL;
}

enum { NOT_THERE = KEYRING_ROWS_MAX };

/* The place of a key; generation 0 asks for the active one. */
static uint32_t find(const struct keyring *keyring, enum key_purpose purpose, uint32_t generation)
{
  for (uint32_t i = 0; i < keyring->file->count; i++) {
    const struct keyring_row *row = &keyring->file->entries[i].row;
    bool is_it = generation > 0 ? row->generation == generation : row->state == KEY_ACTIVE;
    if (row->purpose == purpose && is_it) return i;
  }
  return NOT_THERE;
}

const struct key *keyring_key(const struct keyring *keyring, enum key_purpose purpose,
                              uint32_t generation)
{
  uint32_t i = generation > 0 ? find(keyring, purpose, generation) : NOT_THERE;
  if (i == NOT_THERE || keyring->file->entries[i].row.state == KEY_DESTROYED) return NULL;
  return &keyring->keys[i];
}

const struct key *keyring_active(const struct keyring *keyring, enum key_purpose purpose,
                                 uint32_t *ret_generation)
{
  uint32_t i = find(keyring, purpose, 0);
  if (i == NOT_THERE) return NULL;
  if (ret_generation != NULL) *ret_generation = keyring->file->entries[i].row.generation;
  return &keyring->keys[i];
}

uint32_t keyring_active_generation(const struct keyring *keyring, enum key_purpose purpose)
{
  uint32_t generation = 0;
  return keyring_active(keyring, purpose, &generation) != NULL ? generation : 0;
}

const uint8_t *keyring_authority(const struct keyring *keyring)
{
  return keyring->file->authority;
}

size_t keyring_count(const struct keyring *keyring)
{
  return keyring->file->count;
}

struct keyring_row keyring_row(const struct keyring *keyring, size_t i)
{
  return keyring->file->entries[i].row;
}

/* The changed rows go to disk before memory follows, so that a crash loses no key in use. */
static enum err commit(struct keyring *keyring, struct secrets *next)
{
  size_t n = keyring_file_write(next->bytes, &next->file, keyring->root);
  TRY(file_replace(keyring->path, next->bytes, n));
  *keyring->file = next->file;
  return OK;
}

static enum err rotate_awake(struct keyring *keyring, enum key_purpose purpose,
                             struct secrets *next, const struct outside *outside)
{
  uint32_t i = find(keyring, purpose, 0), at = keyring->file->count;
  if (i == NOT_THERE) return ERR_INPUT;
  next->file = *keyring->file;
  uint32_t generation = next->file.entries[i].row.generation + 1;
  next->file.entries[i].row.state = KEY_DECRYPT_ONLY;
  TRY(entry_add(&next->file, keyring->root, purpose, generation, &next->key, outside));
  TRY(commit(keyring, next));
  keyring->keys[at] = next->key;
  return OK;
}

enum err keyring_rotate(struct keyring *keyring, enum key_purpose purpose,
                        const struct outside *outside)
{
  OWNED(secrets_free) struct secrets *next = sodium_malloc(sizeof *next);
  if (next == NULL) return ERR_MEMORY;
  TRY(keyring_wake(keyring));
  enum err err = rotate_awake(keyring, purpose, next, outside);
  enum err rest = keyring_rest(keyring);
  return err != OK ? err : rest;
}

static enum err destroy_awake(struct keyring *keyring, enum key_purpose purpose,
                              uint32_t generation, struct secrets *next)
{
  uint32_t i = generation > 0 ? find(keyring, purpose, generation) : NOT_THERE;
  if (i == NOT_THERE) return ERR_CONFLICT;
  if (keyring->file->entries[i].row.state != KEY_DECRYPT_ONLY) return ERR_CONFLICT;
  next->file = *keyring->file;
  next->file.entries[i].row.state = KEY_DESTROYED;
  wipe(next->file.entries[i].wrapped, WRAPPED_KEY_BYTES);
  TRY(commit(keyring, next));
  key_wipe(&keyring->keys[i]);
  return OK;
}

enum err keyring_destroy(struct keyring *keyring, enum key_purpose purpose, uint32_t generation)
{
  OWNED(secrets_free) struct secrets *next = sodium_malloc(sizeof *next);
  if (next == NULL) return ERR_MEMORY;
  TRY(keyring_wake(keyring));
  enum err err = destroy_awake(keyring, purpose, generation, next);
  enum err rest = keyring_rest(keyring);
  return err != OK ? err : rest;
}
