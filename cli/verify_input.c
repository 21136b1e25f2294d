/* Files, folders and standard input. Nothing here is believed; sizes are bounded. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/verify.h"
#include "crypto/custodian_pub.h"
#include "crypto/text.h"

#define FOLDER_FILES_MAX 100000
#define CHUNK 65536

static enum err read_from(struct verify *verify, struct str *ret_text, int fd, size_t expected)
{
  size_t held = expected + CHUNK, n = 0;
  char *text = arena_take(verify->arena, held);
  for (;;) {
    if (text == NULL) return ERR_MEMORY;
    ssize_t got = read(fd, text + n, held - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR_IO;
    if (got == 0) break;
    n += (size_t)got;
    if (n > VERIFY_INPUT_MAX) return ERR_TOO_LARGE;
    if (n == held) {
      char *larger = arena_take(verify->arena, 2 * held);
      if (larger != NULL) memcpy(larger, text, n);
      text = larger;
      held *= 2;
    }
  }
  *ret_text = (struct str){text, n};
  return OK;
}

enum err verify_read(struct verify *verify, struct str *ret_text, const char *path)
{
  if (strcmp(path, "-") == 0) return read_from(verify, ret_text, STDIN_FILENO, 0);
  struct stat stat;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ERR_ABSENT;
  enum err err = fstat(fd, &stat) != 0 || S_ISDIR(stat.st_mode) ? ERR_IO : OK;
  if (err == OK && stat.st_size > (off_t)VERIFY_INPUT_MAX) err = ERR_TOO_LARGE;
  if (err == OK) err = read_from(verify, ret_text, fd, (size_t)stat.st_size);
  close(fd);
  return err;
}

static enum verdict take_file(struct verify *verify, const char *path,
                              const struct verify_sink *sink)
{
  struct str text = {0};
  enum err err = verify_read(verify, &text, path);
  if (err != OK)
    return verify_fails(verify, path, err == ERR_TOO_LARGE ? VERDICT_MALFORMED : VERDICT_NO_INPUT);
  return sink->take(sink->self, verify, path, text);
}

static const char *join(struct verify *verify, const char *folder, const char *name)
{
  size_t a = strlen(folder), b = strlen(name);
  char *path = arena_take(verify->arena, a + b + 2);
  if (path == NULL) return NULL;
  memcpy(path, folder, a);
  path[a] = '/';
  memcpy(path + a + 1, name, b + 1);
  return path;
}

static int is_listed(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static enum verdict take_folder(struct verify *verify, const char *folder,
                                const struct verify_sink *sink)
{
  DIR *dir = opendir(folder);
  const char **names = arena_take_array(verify->arena, FOLDER_FILES_MAX, sizeof(*names));
  if (dir == NULL || names == NULL) {
    if (dir != NULL) closedir(dir);
    return verify_fails(verify, folder, VERDICT_NO_INPUT);
  }
  size_t count = 0;
  for (struct dirent *entry = readdir(dir); entry != NULL && count < FOLDER_FILES_MAX;
       entry = readdir(dir)) {
    const char *path = is_listed(entry) ? join(verify, folder, entry->d_name) : NULL;
    if (path == NULL) continue;
    size_t at = count++;
    for (; at > 0 && strcmp(names[at - 1], path) > 0; at--)
      names[at] = names[at - 1];
    names[at] = path;
  }
  closedir(dir);
  enum verdict verdict =
    count == 0 ? verify_fails(verify, folder, VERDICT_NO_INPUT) : VERDICT_HOLDS;
  for (size_t i = 0; i < count; i++)
    verdict = verdict_graver(verdict, take_file(verify, names[i], sink));
  return verdict;
}

enum verdict verify_each(struct verify *verify, char **paths, int count,
                         const struct verify_sink *sink)
{
  enum verdict verdict = VERDICT_HOLDS;
  for (int i = 0; i < count; i++) {
    struct stat found;
    bool is_folder =
      strcmp(paths[i], "-") != 0 && stat(paths[i], &found) == 0 && S_ISDIR(found.st_mode);
    verdict = verdict_graver(verdict, is_folder ? take_folder(verify, paths[i], sink)
                                                : take_file(verify, paths[i], sink));
  }
  return verdict;
}

/* ---- keys ---- */

static enum err add_key(struct verify *verify, struct str vkey)
{
  if (verify->key_count == VERIFY_KEYS_MAX) return ERR_TOO_LARGE;
  TRY(note_vkey_parse(&verify->keys[verify->key_count], vkey));
  verify->key_count++;
  return OK;
}

/* A policy that asks for witnesses is refused: a verifier that does not count them must not say
 * yes. */
static enum err take_line(struct verify *verify, struct str line)
{
  if (line.len == 0 || line.ptr[0] == '#' || str_equal(line, STR("quorum none"))) return OK;
  if (!text_starts(line, STR("log "))) return add_key(verify, line);
  struct str vkey = {line.ptr + 4, line.len - 4};
  const char *url = memchr(vkey.ptr, ' ', vkey.len);
  if (url != NULL) vkey.len = (size_t)(url - vkey.ptr);
  return add_key(verify, vkey);
}

enum err verify_keys(struct verify *verify, struct str text)
{
  struct custodian_pub pub;
  struct str line = {0}, rest = text;
  if (text_starts(text, STR("cnis-custodian/"))) {
    TRY(custodian_pub_parse(&pub, text));
    if (verify->key_count == VERIFY_KEYS_MAX) return ERR_TOO_LARGE;
    verify->keys[verify->key_count++] = pub.log;
    return OK;
  }
  while (text_line(&line, &rest))
    TRY(take_line(verify, line));
  if (rest.len > 0) TRY(take_line(verify, rest)); /* a last line without its newline */
  return verify->key_count > 0 ? OK : ERR_INPUT;
}
