/* What somebody with the files, but without any key, does to them while nothing runs: the story's
 * attacks (story.h). It finds its place by the formats alone; it must never be given a folder that
 * is not a copy. */
#include <string.h>
#include <sys/stat.h>

#include "cli/child.h"
#include "cli/file.h"
#include "cli/story.h"
#include "crypto/leaf.h"
#include "crypto/note.h"
#include "crypto/text.h"

#define LOG_MAX ((size_t)64 << 20)
/* https://www.sqlite.org/fileformat2.html */
#define PAGE_SIZE_AT 16 /* 1.3.2 */
#define LOOKED_AT 4

static bool is_nothing(const char *path, off_t at)
{
  static const uint8_t nothing[LOOKED_AT] = {0};
  uint8_t bytes[LOOKED_AT];

  return file_peek(path, bytes, sizeof bytes, at) == OK &&
         memcmp(bytes, nothing, sizeof bytes) == 0;
}

/* The page on which a long row ends begins with zeros instead of the next page's number (1.6); a
 * page that is free has nothing in its middle, since what is deleted is overwritten. From the
 * middle of the file on, so that it is any child's. */
static enum err record_touch(struct cli *cli, const char *path)
{
  uint8_t size[2];
  off_t page, pages;
  struct stat found;

  TRY(file_peek(path, size, sizeof size, PAGE_SIZE_AT));
  page = size[0] << 8 | size[1];
  if (page == 0 || stat(path, &found) != 0) return ERR_IO;
  pages = found.st_size / page;
  for (off_t at = pages / 2 * page; at < pages * page; at += page)
    if (is_nothing(path, at) && !is_nothing(path, at + page / 2))
      return file_flip(path, at + page / 2);
  return FAIL(&cli->trail, ERR_INTERNAL, "no row ends in the story's register");
}

/* The entry's commitments stand in its proof, and so can be found in the file. */
static enum err log_touch(struct cli *cli, const char *path, struct str proof)
{
  struct note_proof parsed;
  uint8_t leaf[LEAF_BYTES];
  struct str log;
  size_t n;

  TRY(note_proof_parse(&parsed, proof));
  if (!base64_get_some(leaf, sizeof leaf, &n, parsed.extra) || n != sizeof leaf) return ERR_INPUT;
  TRY(file_read(cli, &log, path, LOG_MAX));
  for (size_t at = 0; at + HASH_BYTES <= log.len; at++)
    if (memcmp(log.ptr + at, leaf + LEAF_BYTES - HASH_BYTES, HASH_BYTES) == 0)
      return file_flip(path, (off_t)at);
  return FAIL(&cli->trail, ERR_INTERNAL, "the entry is not in its file");
}

static enum err put_back(struct cli *cli, const struct place *copy, const struct place *original)
{
  const char *words[] = {"cp", "-a", "--", original->register_dir, copy->dir, NULL};

  TRY(folder_remove(copy->register_dir));
  return child_run(cli, words, true);
}

enum err story_touch(struct cli *cli, enum story_tamper tamper, const struct place *copy,
                     const struct place *original, struct str proof)
{
  switch (tamper) {
  case STORY_NOTHING:
    return OK;
  case STORY_RECORD_BYTE:
    return record_touch(cli, path_join(cli, copy->register_dir, "register.db"));
  case STORY_LOG_BYTE:
    return log_touch(cli, path_join(cli, copy->register_dir, "audit.db"), proof);
  case STORY_PUT_BACK:
    return put_back(cli, copy, original);
  }
  return ERR_INTERNAL;
}
