/* Makes, opens and keeps the custodian's folder. It must never write a secret in clear, nor reply
 * before what it was asked to remember is on disk. */
#include "custodian/custody.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/custody_shield.h"
#include "crypto/file.h"

#define SEALED_FILE_MAX ((size_t)512 * 1024)

enum err custody_path(char ret_path[static CUSTODY_PATH_MAX], const char *dir, const char *name)
{
  size_t dir_len = strlen(dir), name_len = strlen(name);
  if (dir_len == 0 || dir_len + 1 + name_len >= CUSTODY_PATH_MAX) return ERR_INPUT;
  memcpy(ret_path, dir, dir_len);
  ret_path[dir_len] = '/';
  memcpy(ret_path + dir_len + 1, name, name_len + 1);
  return OK;
}

static enum err root_path(char ret_path[static CUSTODY_PATH_MAX],
                          const struct custody_config *config)
{
  if (config->root_file == NULL) return custody_path(ret_path, config->dir, "root.key");
  size_t n = strlen(config->root_file);
  if (n >= CUSTODY_PATH_MAX) return ERR_INPUT;
  memcpy(ret_path, config->root_file, n + 1);
  return OK;
}

/* ---- making ---- */

/* The public halves, from the secrets. */
static enum err make_pub(struct custodian_pub *ret_pub, struct signer **ret_signer,
                         const struct keyring *keyring, struct str origin)
{
  struct custodian_pub pub = {0};
  TRY(signer_new(ret_signer, keyring_active(keyring, KEY_HEAD, NULL)));
  struct verify_key key = signer_public(*ret_signer);
  TRY(note_key_make(&pub.log, origin, &key));
  memcpy(pub.authority, keyring_authority(keyring), ID_BYTES);
  custody_shield_public(&pub.shield, keyring_active(keyring, KEY_SHIELD, NULL));
  *ret_pub = pub;
  return OK;
}

static enum err write_pub(const struct custody_config *config, const struct root_source *source,
                          const char *keyring_file, struct str origin)
{
  OWNED(keyring_free) struct keyring *keyring = NULL;
  OWNED(signer_free) struct signer *signer = NULL;
  struct custodian_pub pub = {0};
  char path[CUSTODY_PATH_MAX], text[CUSTODIAN_PUB_MAX];
  TRY(keyring_load(&keyring, keyring_file, KEYRING_CUSTODIAN, source));
  TRY(make_pub(&pub, &signer, keyring, origin));
  TRY(custody_path(path, config->dir, "custodian.pub"));
  size_t n = custodian_pub_write(text, &pub);
  TRY(file_create(path, text, n));
  return chmod(path, 0644) == 0 ? OK : ERR_IO;
}

/* Only this user enters; others are told custodian.pub by its owner. */
static enum err make_folder(const char *dir)
{
  if (mkdir(dir, 0700) == 0) return OK;
  return errno == EEXIST ? OK : ERR_IO;
}

enum err custody_create(const struct custody_config *config, struct str origin, struct trail *trail)
{
  char root[CUSTODY_PATH_MAX], keyring[CUSTODY_PATH_MAX];
  struct note_key probe;
  struct verify_key none = {{0}};
  if (note_key_make(&probe, origin, &none) != OK)
    return FAIL(trail, ERR_INPUT, "custodian: this cannot be the name of a log");
  TRY(root_path(root, config));
  TRY(custody_path(keyring, config->dir, "keyring"));
  if (make_folder(config->dir) != OK)
    return FAIL(trail, ERR_IO, "custodian: cannot make the folder");
  if (access(keyring, F_OK) == 0)
    return FAIL(trail, ERR_CONFLICT, "custodian: the folder holds secrets already");
  if (access(root, F_OK) != 0 && key_file_create(root, &config->outside) != OK)
    return FAIL(trail, ERR_IO, "custodian: cannot write the root");
  struct root_source source = {.key_file = root};
  uint8_t authority[ID_BYTES];
  config->outside.random(config->outside.self, authority, sizeof(authority));
  TRY(keyring_create(keyring, KEYRING_CUSTODIAN, &source, authority, &config->outside));
  return write_pub(config, &source, keyring, origin);
}

/* ---- opening ---- */

static enum err take_lock(struct custody *custody, struct trail *trail)
{
  char path[CUSTODY_PATH_MAX];
  TRY(custody_path(path, custody->dir, "lock"));
  custody->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (custody->lock_fd < 0)
    return FAIL(trail, errno == ENOENT ? ERR_ABSENT : ERR_IO, "custodian: no such folder");
  if (flock(custody->lock_fd, LOCK_EX | LOCK_NB) != 0)
    return FAIL(trail, ERR_LOCKED, "custodian: another process holds the folder");
  return OK;
}

/* custodian.pub says the origin; all else in it must follow from the secrets. */
static enum err load_pub(struct custody *custody, struct trail *trail)
{
  char path[CUSTODY_PATH_MAX], text[CUSTODIAN_PUB_MAX];
  struct custodian_pub told = {0};
  size_t n = 0;
  TRY(custody_path(path, custody->dir, "custodian.pub"));
  if (file_load(path, text, sizeof(text), &n) != OK ||
      custodian_pub_parse(&told, (struct str){text, n}) != OK)
    return FAIL(trail, ERR_CORRUPT, "custodian: custodian.pub is missing or malformed");
  struct str origin = {told.log.name, told.log.name_len};
  TRY(make_pub(&custody->pub, &custody->signer, custody->keyring, origin));
  char again[CUSTODIAN_PUB_MAX];
  size_t again_n = custodian_pub_write(again, &custody->pub);
  if (again_n != n || memcmp(again, text, n) != 0)
    return FAIL(trail, ERR_CORRUPT, "custodian: custodian.pub is not of these secrets");
  return OK;
}

static enum err open_all(struct custody *custody, const struct custody_config *config,
                         struct trail *trail)
{
  char root[CUSTODY_PATH_MAX], keyring[CUSTODY_PATH_MAX];
  size_t n = strlen(config->dir);
  if (n >= sizeof(custody->dir)) return ERR_INPUT;
  memcpy(custody->dir, config->dir, n + 1);
  TRY(root_path(root, config));
  TRY(custody_path(keyring, config->dir, "keyring"));
  TRY(take_lock(custody, trail));
  struct root_source source = {.key_file = root};
  enum err err = keyring_load(&custody->keyring, keyring, KEYRING_CUSTODIAN, &source);
  if (err != OK) return FAIL(trail, err, "custodian: the keyring");
  return load_pub(custody, trail);
}

enum err custody_open(struct custody *ret_custody, const struct custody_config *config,
                      struct trail *trail)
{
  struct custody custody = {.lock_fd = -1, .outside = config->outside};
  enum err err = open_all(&custody, config, trail);
  if (err != OK) {
    custody_close(&custody);
    return err;
  }
  *ret_custody = custody;
  return OK;
}

void custody_close(struct custody *custody)
{
  signer_free(&custody->signer);
  keyring_free(&custody->keyring);
  if (custody->lock_fd >= 0) close(custody->lock_fd);
  custody->lock_fd = -1;
}

/* ---- its own files ---- */

static struct envelope_context own_context(const struct custody *custody, enum custody_table table,
                                           uint64_t sequence)
{
  struct envelope_context context = {
    .table = (uint16_t)table, .codec = 1, .version = sequence, .compartment = COMPARTMENT_SHIELDED};
  memcpy(context.authority, keyring_authority(custody->keyring), ID_BYTES);
  return context;
}

enum err custody_seal(const struct custody *custody, void *ret_envelope, enum custody_table table,
                      uint64_t sequence, const void *bytes, size_t n)
{
  struct envelope_context context = own_context(custody, table, sequence);
  const struct key *key = keyring_active(custody->keyring, KEY_CUSTODY, &context.generation);
  struct nonce nonce;
  custody->outside.random(custody->outside.self, nonce.bytes, sizeof(nonce.bytes));
  return envelope_seal(ret_envelope, key, &context, &nonce, bytes, n);
}

enum err custody_unseal(const struct custody *custody, void *ret_bytes, enum custody_table table,
                        uint64_t sequence, const void *envelope, size_t size)
{
  struct envelope_context context = own_context(custody, table, sequence);
  size_t n = 0;
  TRY(envelope_generation(&context.generation, envelope, size));
  const struct key *key = keyring_key(custody->keyring, KEY_CUSTODY, context.generation);
  if (key == NULL) return ERR_KEY;
  return envelope_open(ret_bytes, &n, key, &context, envelope, size);
}

enum err custody_store(const struct custody *custody, const char *name, enum custody_table table,
                       const void *bytes, size_t n)
{
  char path[CUSTODY_PATH_MAX];
  OWNED(arena_free) struct arena *arena = NULL;
  if (n > SEALED_FILE_MAX) return ERR_TOO_LARGE;
  TRY(custody_path(path, custody->dir, name));
  TRY(arena_new(&arena, 2 * SEALED_FILE_MAX));
  uint8_t *envelope = arena_take(arena, n + ENVELOPE_OVERHEAD);
  if (envelope == NULL) return ERR_MEMORY;
  TRY(custody_seal(custody, envelope, table, 0, bytes, n));
  return file_replace(path, envelope, n + ENVELOPE_OVERHEAD);
}

enum err custody_recall(const struct custody *custody, const char *name, enum custody_table table,
                        void *ret_bytes, size_t capacity, size_t *ret_n)
{
  char path[CUSTODY_PATH_MAX];
  OWNED(arena_free) struct arena *arena = NULL;
  TRY(custody_path(path, custody->dir, name));
  TRY(arena_new(&arena, 2 * SEALED_FILE_MAX));
  size_t room = capacity + ENVELOPE_OVERHEAD, n = 0;
  uint8_t *envelope = arena_take(arena, room);
  if (envelope == NULL) return ERR_MEMORY;
  TRY(file_load(path, envelope, room, &n));
  if (n < ENVELOPE_OVERHEAD) return ERR_CORRUPT;
  TRY(custody_unseal(custody, ret_bytes, table, 0, envelope, n));
  *ret_n = n - ENVELOPE_OVERHEAD;
  return OK;
}
