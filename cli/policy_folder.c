/* See policy_folder.h. A folder is taken by what lies in it, and not by what its manifest names:
 * else a file beside it would be signed unseen. */
#include "cli/policy_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/file.h"
#include "cli/say.h"
#include "crypto/file.h"
#include "register/register.h"

struct folder {
  struct cli *cli;
  struct policy_file *files;
  size_t count;
  struct str manifest, signatures;
};

static void folder_close(DIR **folder)
{
  if (*folder != NULL) (void)closedir(*folder);
}

static enum err open_folder(DIR **ret_folder, int at, const char *name)
{
  int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0) return errno == ENOENT ? ERR_ABSENT : ERR_POLICY;
  *ret_folder = fdopendir(fd);
  if (*ret_folder != NULL) return OK;
  (void)close(fd);
  return ERR_IO;
}

static enum err read_regular(struct cli *cli, struct str *ret_text, int at, const char *name)
{
  int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  struct stat file;
  enum err err = OK;
  char *bytes = NULL;

  if (fd < 0) return ERR_POLICY;
  if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode) ||
      (size_t)file.st_size > POLICY_PACK_FILE_MAX)
    err = ERR_POLICY;
  if (err == OK) bytes = arena_take(cli->arena, (size_t)file.st_size + 1);
  if (err == OK && bytes == NULL) err = ERR_MEMORY;
  if (err == OK) err = file_read_all(fd, bytes, (size_t)file.st_size);
  (void)close(fd);
  if (err == OK) *ret_text = (struct str){bytes, (size_t)file.st_size};
  return err;
}

static enum err refuse(struct folder *folder, const char *name)
{
  NOTE(folder->cli, TEXT_POLICY_BAD, str_from(name), STR("0"));
  return FAIL(&folder->cli->trail, ERR_POLICY,
              "not a file of a policy: a name, a link, a size or a folder that cannot be");
}

static enum err take_file(struct folder *folder, int at, const char *prefix, const char *name)
{
  struct str full = formatted(folder->cli, "%s%s", prefix, name), text;

  if (!policy_pack_names(full) || folder->count == POLICY_PACK_FILES ||
      read_regular(folder->cli, &text, at, name) != OK)
    return refuse(folder, full.ptr);
  folder->files[folder->count++] = (struct policy_file){full.ptr, text.ptr, text.len};
  return OK;
}

static bool is_itself(const char *name)
{
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static enum err take_below(struct folder *folder, int at, const char *name)
{
  OWNED(folder_close) DIR *below = NULL;
  const char *prefix = formatted(folder->cli, "%s/", name).ptr;

  if (open_folder(&below, at, name) != OK) return refuse(folder, name);
  for (const struct dirent *entry = readdir(below); entry != NULL; entry = readdir(below))
    if (!is_itself(entry->d_name)) TRY(take_file(folder, dirfd(below), prefix, entry->d_name));
  return OK;
}

static enum err take_one(struct folder *folder, int at, const char *name)
{
  bool is_manifest = strcmp(name, "manifest") == 0;

  if (strcmp(name, "rules") == 0 || strcmp(name, "regimes") == 0)
    return take_below(folder, at, name);
  if (!is_manifest && strcmp(name, "signatures") != 0) return take_file(folder, at, "", name);
  enum err err =
    read_regular(folder->cli, is_manifest ? &folder->manifest : &folder->signatures, at, name);
  return err == OK ? OK : refuse(folder, name);
}

static enum err take_all(struct folder *folder, const char *path)
{
  OWNED(folder_close) DIR *root = NULL;
  enum err err = open_folder(&root, AT_FDCWD, path);

  if (err != OK)
    return FAIL(&folder->cli->trail, err == ERR_POLICY ? ERR_ABSENT : err,
                "there is no such folder");
  for (const struct dirent *entry = readdir(root); entry != NULL; entry = readdir(root))
    if (!is_itself(entry->d_name)) TRY(take_one(folder, dirfd(root), entry->d_name));
  return OK;
}

void policy_place_note(struct cli *cli, const struct policy_pack *pack, const struct trail *trail)
{
  NOTE(cli, TEXT_POLICY_BAD, policy_pack_place(pack, trail), number(cli, trail->b));
}

enum err policy_folder_read(struct cli *cli, struct policy_pack *ret_pack, const char *path,
                            bool has_manifest)
{
  struct folder folder = {
    .cli = cli,
    .files = arena_take_array(cli->arena, POLICY_PACK_FILES, sizeof(struct policy_file))};
  enum err err;

  if (folder.files == NULL) return ERR_MEMORY;
  TRY(take_all(&folder, path));
  err = has_manifest ? policy_pack_check(cli->arena, ret_pack, folder.files, folder.count,
                                         folder.manifest, reg_policy_hash(), &cli->trail)
                     : policy_pack_make(cli->arena, ret_pack, folder.files, folder.count,
                                        reg_policy_hash(), &cli->trail);
  if (err == ERR_POLICY) policy_place_note(cli, ret_pack, &cli->trail);
  if (err == OK && has_manifest) ret_pack->signatures = folder.signatures;
  return err;
}

/* ---- writing ---- */

enum err policy_folder_put(struct cli *cli, const char *path, const char *name, struct str text)
{
  const char *file = path_join(cli, path, name);

  return file == NULL ? ERR_MEMORY : file_replace(file, text.ptr, text.len);
}

static enum err make_below(struct cli *cli, const char *path, const char *name)
{
  const char *below = path_join(cli, path, name);

  if (below == NULL) return ERR_MEMORY;
  return mkdir(below, 0755) == 0 ? OK : ERR_IO;
}

enum err policy_folder_write(struct cli *cli, const char *path, const struct policy_pack *pack)
{
  if (mkdir(path, 0755) != 0)
    return FAIL(&cli->trail, errno == EEXIST ? ERR_CONFLICT : ERR_IO,
                "the folder is there already, or cannot be made");
  TRY(make_below(cli, path, "rules"));
  TRY(make_below(cli, path, "regimes"));
  for (size_t i = 0; i < pack->count; i++) {
    const char *file = path_join(cli, path, pack->files[i].name);

    if (file == NULL) return ERR_MEMORY;
    TRY(file_write_new(file, (struct str){pack->files[i].text, pack->files[i].len}, 0644));
  }
  return policy_folder_put(cli, path, "manifest", pack->manifest);
}
