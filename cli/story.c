/* The story as a whole: which scenes there are, in which order they are played, where the document
 * goes. It leaves the demonstration as it was. */
#include "cli/story.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/file.h"
#include "cli/options.h"
#include "cli/say.h"

#define CITATION_HEX 8
#define CUSTODIAN_PUB_BYTES 65536

const struct story_scene story_scenes[STORY_SCENES] = {
#define SCENE(name, id, guard, tamper, rule, instead)                                              \
  [STORY_SCENE_##name] = {id,      GUARD_##guard,     STORY_##tamper,          rule,               \
                          instead, TEXT_STORY_##name, TEXT_STORY_##name##_LOOK},
#include "cli/story_scenes.def"
};
const struct story_ask story_asks[] = {
#define ASK(scene, who, method, path, body, keep)                                                  \
  {STORY_SCENE_##scene, DEMO_##who, method, path, body, keep},
#include "cli/story_scenes.def"
};
const unsigned story_ask_count = sizeof story_asks / sizeof story_asks[0];

struct str story_citation(const struct story *story, const struct story_scene *scene)
{
  struct cli *cli = story->demo->cli;
  struct str whole = formatted(cli, "%s\n%.*s\n%s\n", scene->id, (int)sizeof story->version,
                               story->version, DEMO_ORIGIN);
  struct hash hash;
  char digits[2 * HASH_BYTES];

  hash_sha256(&hash, whole.ptr, whole.len);
  hex_write(digits, hash.bytes, HASH_BYTES);
  return formatted(cli, "%s-%.*s", scene->id, CITATION_HEX, digits);
}

bool story_has_second(const struct story *story, const struct story_scene *scene)
{
  return scene->guard == GUARD_COUNT ? scene->instead != NULL : story->has_switch;
}

static void digest(uint8_t ret_digest[static 32], const void *bytes, size_t n)
{
  struct hash hash;

  hash_sha256(&hash, bytes, n);
  memcpy(ret_digest, hash.bytes, HASH_BYTES);
}

static enum err version_write(struct story *story)
{
  uint8_t version[POLICY_VERSION_BYTES];

  TRY(policy_version(version, policy_builtin_files, policy_builtin_count,
                     (struct policy_hash){digest}));
  hex_write(story->version, version, sizeof version);
  return policy_load(&story->policy, policy_builtin_files, policy_builtin_count,
                     &story->demo->cli->trail);
}

enum err story_place(struct cli *cli, const char **ret_path)
{
  struct str dir = str_from(cli->value[OPTION_DIR]);

  while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
    dir.len--;
  *ret_path = cli->value[OPTION_OUT];
  if (*ret_path == NULL)
    *ret_path =
      formatted(cli, "%.*s-story-%s.html", (int)dir.len, dir.ptr, cli->value[OPTION_STORY]).ptr;
  if (!path_exists(*ret_path)) return OK;
  cli->why = SENTENCE(cli, TEXT_STORY_THERE, str_from(*ret_path));
  return ERR_CONFLICT;
}

static enum err play_all(struct story *story, struct story_played (*played)[2])
{
  struct cli *cli = story->demo->cli;

  for (unsigned i = 0; i < STORY_SCENES; i++) {
    NOTE(cli, TEXT_STORY_PLAYING, str_from(story_scenes[i].id),
         text_get(story_scenes[i].title, cli->lang));
    for (int is_off = 0; is_off < 2; is_off++) {
      if (signals_within(0)) return FAIL(&cli->trail, ERR_BUSY, "told to end");
      TRY(story_play(story, &played[i][is_off], &story_scenes[i], is_off == 1));
    }
  }
  return OK;
}

/* A document that is not whole does not stay. */
static enum err document_write(struct story *story, const char *path,
                               const struct story_played (*played)[2])
{
  FILE *to = fopen(path, "wx");
  enum err err;

  if (to == NULL) return FAIL(&story->demo->cli->trail, ERR_IO, "the story cannot be written");
  err = story_page(story, to, played);
  if ((ferror(to) || fflush(to) != 0 || fsync(fileno(to)) != 0) && err == OK) err = ERR_IO;
  if (fclose(to) != 0 && err == OK) err = ERR_IO;
  if (err != OK && unlink(path) != 0) return ERR_IO;
  return err;
}

static void story_end(struct story *story)
{
  policy_free(&story->policy);
}

enum err story_write(struct demo *demo, const char **ret_path)
{
  OWNED(story_end) struct story story = {.demo = demo};
  struct cli *cli = demo->cli;
  struct story_played(*played)[2] = arena_take_array(cli->arena, STORY_SCENES, sizeof *played);

  if (played == NULL) return ERR_MEMORY;
  TRY(story_place(cli, ret_path));
  TRY(version_write(&story));
  TRY(file_read(cli, &story.custodian_pub, demo->place.custodian_pub, CUSTODIAN_PUB_BYTES));
  story.work = path_join(cli, demo->place.dir, "story");
  story.has_switch =
    path_beside(cli, "cnis-guards") != NULL && path_beside(cli, "cnis-custodian-guards") != NULL;
  if (!story.has_switch) note(cli, TEXT_STORY_NO_SWITCH);
  TRY(play_all(&story, played));
  return document_write(&story, *ret_path, (const struct story_played(*)[2])played);
}
