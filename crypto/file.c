/* Whole files (file.h). Must never leave a half-written file under its final name. */
#include "crypto/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err err_of_write(void)
{
  return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

enum err file_write_all(int fd, const void *bytes, size_t n)
{
  const uint8_t *from = bytes;
  while (n > 0) {
    ssize_t wrote = write(fd, from, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return err_of_write();
    from += wrote;
    n -= (size_t)wrote;
  }
  return OK;
}

enum err file_read_all(int fd, void *ret_bytes, size_t n)
{
  uint8_t *to = ret_bytes;
  while (n > 0) {
    ssize_t got = read(fd, to, n);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ERR_IO;
    to += got;
    n -= (size_t)got;
  }
  return OK;
}

enum err file_sync_folder(const char *path)
{
  char folder[PATH_MAX];
  size_t n = strlen(path);
  while (n > 0 && path[n - 1] != '/')
    n--;
  if (n >= sizeof folder) return ERR_IO;
  memcpy(folder, path, n);
  folder[n] = '\0';
  int fd = open(n == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ERR_IO;
  enum err err = fsync(fd) == 0 ? OK : ERR_IO;
  close(fd);
  return err;
}

static enum err write_temporary(const char *path, const void *bytes, size_t n)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return err_of_write();
  enum err err = file_write_all(fd, bytes, n);
  if (err == OK && fsync(fd) != 0) err = err_of_write();
  if (close(fd) != 0 && err == OK) err = err_of_write();
  return err;
}

/* `publish` gives the temporary file its name: rename replaces, link refuses a name that is taken.
 */
static enum err publish_file(const char *path, const void *bytes, size_t n,
                             int (*publish)(const char *, const char *))
{
  char temporary[PATH_MAX];
  int length = snprintf(temporary, sizeof temporary, "%s.new", path);
  if (length < 0 || (size_t)length >= sizeof temporary) return ERR_INPUT;
  enum err err = write_temporary(temporary, bytes, n);
  if (err == OK && publish(temporary, path) != 0) err = errno == EEXIST ? ERR_CONFLICT : ERR_IO;
  unlink(temporary); /* gone already after a rename */
  return err == OK ? file_sync_folder(path) : err;
}

enum err file_replace(const char *path, const void *bytes, size_t n)
{
  return publish_file(path, bytes, n, rename);
}

enum err file_create(const char *path, const void *bytes, size_t n)
{
  return publish_file(path, bytes, n, link);
}

enum err file_load(const char *path, void *ret_bytes, size_t capacity, size_t *ret_n)
{
  struct stat file;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? ERR_ABSENT : ERR_IO;
  enum err err = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? OK : ERR_IO;
  if (err == OK && (size_t)file.st_size > capacity) err = ERR_TOO_LARGE;
  if (err == OK) err = file_read_all(fd, ret_bytes, (size_t)file.st_size);
  close(fd);
  if (err == OK) *ret_n = (size_t)file.st_size;
  return err;
}
