/* Files that a person names on the command line. Nothing here knows what is in them. */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/say.h"

#define READ_STEP ((size_t)64 * 1024)

static void fd_close(int *fd)
{
  if (*fd > STDERR_FILENO) close(*fd);
}

/* Reads to the end into a block that doubles; the arena keeps what it held before until it is
 * wiped. */
static enum err read_all(struct cli *cli, struct str *ret_text, int fd, size_t max_bytes)
{
  size_t held = READ_STEP, n = 0;
  char *text = arena_take(cli->arena, held);

  if (text == NULL) return ERR_MEMORY;
  for (;;) {
    ssize_t got = read(fd, text + n, held - n);

    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR_IO;
    if (got == 0) break;
    n += (size_t)got;
    if (n > max_bytes) return ERR_TOO_LARGE;
    if (n == held) { /* so that a NUL always follows */
      char *wider = arena_take(cli->arena, held * 2);

      if (wider == NULL) return ERR_MEMORY;
      memcpy(wider, text, n);
      text = wider;
      held *= 2;
    }
  }
  *ret_text = (struct str){text, n};
  return OK;
}

enum err file_read(struct cli *cli, struct str *ret_text, const char *path, size_t max_bytes)
{
  OWNED(fd_close) int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) return ERR_ABSENT;
  return read_all(cli, ret_text, fd, max_bytes);
}

static enum err write_all(int fd, struct str text)
{
  while (text.len > 0) {
    ssize_t put = write(fd, text.ptr, text.len);

    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno == ENOSPC ? ERR_FULL : ERR_IO;
    text.ptr += put;
    text.len -= (size_t)put;
  }
  return fsync(fd) == 0 || errno == EINVAL ? OK : ERR_IO;
}

enum err file_write_new(const char *path, struct str text, unsigned mode)
{
  OWNED(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

  if (fd < 0) return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
  return write_all(fd, text);
}

enum err file_peek(const char *path, void *ret_bytes, size_t n, off_t at)
{
  OWNED(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

  return fd >= 0 && pread(fd, ret_bytes, n, at) == (ssize_t)n ? OK : ERR_IO;
}

enum err file_flip(const char *path, off_t at)
{
  OWNED(fd_close) int fd = open(path, O_RDWR | O_CLOEXEC);
  uint8_t byte;

  if (fd < 0 || pread(fd, &byte, 1, at) != 1) return ERR_IO;
  byte ^= 1;
  return pwrite(fd, &byte, 1, at) == 1 ? OK : ERR_IO;
}

enum err folder_make(const char *path)
{
  struct stat found;

  if (mkdir(path, 0700) == 0) return OK;
  if (errno != EEXIST || stat(path, &found) != 0) return ERR_IO;
  return S_ISDIR(found.st_mode) ? OK : ERR_CONFLICT;
}

bool path_exists(const char *path)
{
  struct stat found;

  return lstat(path, &found) == 0;
}

static enum err remove_found(FTS *walk)
{
  FTSENT *found;

  while ((found = fts_read(walk)) != NULL) {
    if (found->fts_info == FTS_D) /* its contents first, itself at FTS_DP */
      continue;
    if (remove(found->fts_accpath) != 0) return ERR_IO;
  }
  return errno == 0 ? OK : ERR_IO;
}

enum err folder_remove(const char *path)
{
  struct str name = str_from(path);
  char whole[PATH_MAX];

  if (name.len >= sizeof whole) return ERR_TOO_LARGE;
  memcpy(whole, path, name.len + 1);
  FTS *walk = fts_open((char *[]){whole, NULL}, FTS_PHYSICAL | FTS_XDEV, NULL);
  if (walk == NULL) return ERR_IO;
  enum err err = remove_found(walk);
  return fts_close(walk) == 0 ? err : ERR_IO;
}

const char *path_join(struct cli *cli, const char *a, const char *b)
{
  struct str path = formatted(cli, "%s/%s", a, b);

  return path.len == 0 ? NULL : path.ptr;
}

const char *path_beside(struct cli *cli, const char *program)
{
  char own[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);

  if (n <= 0) return NULL;
  own[n] = '\0';
  char *slash = strrchr(own, '/');
  if (slash == NULL) return NULL;
  *slash = '\0';
  const char *path = path_join(cli, own, program);
  return path != NULL && access(path, X_OK) == 0 ? path : NULL;
}
