/* Where the root secret comes from: a key file, or a passphrase in a file that the operator
 * provides. Never from the register's own directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "register/reg.h"

enum { PATH_BYTES = 512, PASSPHRASE_MAX = 1024 };

static enum err join(char ret_path[static PATH_BYTES], const char *dir, const char *name)
{
  int n = snprintf(ret_path, PATH_BYTES, "%s/%s", dir, name);

  return n > 0 && n < PATH_BYTES ? OK : ERR_INPUT;
}

/* The first line of the file. */
static enum err read_passphrase(struct personal *ret_passphrase, struct arena *arena,
                                const char *path)
{
  char *text = arena_take(arena, PASSPHRASE_MAX);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0 || !text) {
    if (fd >= 0) close(fd);
    return text ? ERR_KEY : ERR_MEMORY;
  }
  ssize_t n = read(fd, text, PASSPHRASE_MAX);
  close(fd);
  if (n <= 0 || n == PASSPHRASE_MAX) return ERR_KEY;
  const char *end = memchr(text, '\n', (size_t)n);
  size_t len = end ? (size_t)(end - text) : (size_t)n;
  if (len == 0) return ERR_KEY;
  *ret_passphrase = (struct personal){text, len};
  return OK;
}

static enum err source_of(struct root_source *ret_source, char path[static PATH_BYTES],
                          const struct reg_config *config, struct arena *arena)
{
  *ret_source = (struct root_source){.refuse_below = config->register_dir};
  if (config->passphrase_file)
    return read_passphrase(&ret_source->passphrase, arena, config->passphrase_file);
  TRY(join(path, config->root_dir, "root.key"));
  ret_source->key_file = path;
  return OK;
}

enum err root_load(struct keyring **ret_keyring, const struct reg_config *config,
                   struct arena *arena, struct trail *trail)
{
  char keyring[PATH_BYTES], root[PATH_BYTES];
  struct root_source source;

  TRY(join(keyring, config->root_dir, "keyring"));
  enum err err = source_of(&source, root, config, arena);
  if (err != OK) return FAIL(trail, err, "the root secret cannot be read");
  if (source.key_file != NULL && access(source.key_file, F_OK) != 0)
    return FAIL(trail, ERR_KEY, "the root secret is missing: there is no root.key");
  err = keyring_load(ret_keyring, keyring, KEYRING_SERVE, &source);
  return err == OK ? OK : FAIL(trail, err, "the keyring does not open with this root secret");
}

enum err root_create(const struct reg_config *config, const uint8_t authority[static ID_BYTES],
                     struct arena *arena, struct trail *trail)
{
  char keyring[PATH_BYTES], root[PATH_BYTES];
  struct root_source source;

  TRY(join(keyring, config->root_dir, "keyring"));
  if (mkdir(config->root_dir, 0700) != 0 && errno != EEXIST)
    return FAIL(trail, ERR_IO, "cannot make the root folder");
  TRY(source_of(&source, root, config, arena));
  if (source.key_file) {
    enum err err = key_file_create(source.key_file, &config->outside);
    if (err != OK) return FAIL(trail, err, "cannot make the root secret");
  }
  enum err err = keyring_create(keyring, KEYRING_SERVE, &source, authority, &config->outside);
  return err == OK ? OK : FAIL(trail, err, "cannot make the keyring");
}
