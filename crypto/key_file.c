/* Secrets in files of 32 bytes (keyring.h). Refuses a file that anybody else could read or have put
 * there, and looks at the opened file, never at a name twice. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "crypto/file.h"
#include "crypto/keyring.h"

enum err key_file_create(const char *path, const struct outside *outside)
{
  OWNED(key_wipe) struct key key;
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
  if (fd < 0) return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
  key_random(&key, outside);
  enum err err = file_write_all(fd, key.secret_, KEY_BYTES);
  if (err == OK && fsync(fd) != 0) err = ERR_IO;
  if (close(fd) != 0 && err == OK) err = ERR_IO;
  if (err == OK) err = file_sync_folder(path);
  if (err != OK) unlink(path);
  return err;
}

/* Is the file in this folder, or in one below it? Both as the kernel sees them, links resolved. */
static enum err is_below(bool *ret_below, const char *path, const char *folder)
{
  char file_path[PATH_MAX], folder_path[PATH_MAX];
  if (realpath(path, file_path) == NULL || realpath(folder, folder_path) == NULL) return ERR_KEY;
  size_t n = strlen(folder_path);
  if (n == 1) n = 0; /* "/": everything is below it */
  *ret_below = strncmp(file_path, folder_path, n) == 0 && file_path[n] == '/';
  return OK;
}

static enum err check_file(int fd)
{
  struct stat file;
  if (fstat(fd, &file) != 0) return ERR_IO;
  bool is_private =
    S_ISREG(file.st_mode) && (file.st_mode & 07177) == 0 && file.st_uid == geteuid();
  return is_private && file.st_size == KEY_BYTES ? OK : ERR_KEY;
}

enum err key_file_read(struct key *ret_key, const char *path, const char *refuse_below)
{
  OWNED(key_wipe) struct key key = {0};
  bool below = false;
  if (refuse_below != NULL) TRY(is_below(&below, path, refuse_below));
  if (below) return ERR_KEY;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return ERR_KEY;
  enum err err = check_file(fd);
  if (err == OK) err = file_read_all(fd, key.secret_, KEY_BYTES);
  close(fd);
  if (err == OK) *ret_key = key;
  return err;
}
