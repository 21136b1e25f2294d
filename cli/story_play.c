/* Plays one scene of the story: copies the demonstration, starts custodian and service on the copy,
 * asks what the scene asks, fetches the proof of the log entry, lets cnis-verify judge it, and
 * takes the copy away. With and without the safeguard the steps are the same; only the programs
 * differ, and the one switch. It must never touch the demonstration itself. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/file.h"
#include "cli/say.h"
#include "cli/story.h"
#include "crypto/text.h"

#define LOOK_US 20000
#define LOOKS_MAX 9000 /* three minutes: so long does nothing take that still goes on */
#define PLAYS_MAX 8
#define SAID_MAX 65536
#define WORDS 24 /* of a command line */

/* A copy of the demonstration, and what runs on it. */
struct world {
  struct story *story;
  struct cli *cli;
  const struct story_scene *scene;
  bool is_off;
  struct place place;
  pid_t custodian, serve;
  struct service *service;
  struct str token[DEMO_ACCOUNTS];
  struct str kept[STORY_ASKS];
};

static bool is_switched(const struct world *world)
{
  return world->is_off && world->scene->guard != GUARD_COUNT;
}

static const char *beside(struct world *world, const char *name)
{
  struct str full = formatted(world->cli, "%s%s", name, is_switched(world) ? "-guards" : "");

  return path_beside(world->cli, full.ptr);
}

static const char *in_world(struct world *world, const char *name)
{
  return path_join(world->cli, world->place.dir, name);
}

/* ---- programs ---- */

/* In an environment that holds the switch and nothing else, so that no setting of the person who
 * runs this leaks into what is shown; and inside the copy, so that no path of this machine does. */
static enum err command(struct world *world, const char *words[static WORDS],
                        const char *const own[])
{
  const char *guard = is_switched(world) ? guard_name(world->scene->guard) : "";
  const char *start[] = {"env", "-i", "-C", world->place.dir,
                         formatted(world->cli, "CNIS_GUARD_OFF=%s", guard).ptr};
  size_t n = 0;

  for (; n < sizeof start / sizeof start[0]; n++)
    words[n] = start[n];
  if (own[0] == NULL) return FAIL(&world->cli->trail, ERR_ABSENT, "a program is not beside this");
  for (; *own != NULL && n + 1 < WORDS; own++)
    words[n++] = *own;
  words[n] = NULL;
  return OK;
}

/* Starts a program that says one line when it is ready, or why it is not. */
static enum err start(struct world *world, pid_t *ret_pid, const char *const own[],
                      struct str *ret_said)
{
  const char *words[WORDS], *path = in_world(world, "said");
  struct stat found;

  TRY(command(world, words, own));
  if (path_exists(path) && unlink(path) != 0) return ERR_IO;
  TRY(child_start_telling(world->cli, ret_pid, words, path));
  for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
    bool has_ended = child_has_ended(ret_pid);

    if (has_ended || (stat(path, &found) == 0 && found.st_size > 0))
      return file_read(world->cli, ret_said, path, SAID_MAX);
    usleep(LOOK_US);
  }
  return FAIL(&world->cli->trail, ERR_BUSY, "a program of the story does not become ready");
}

static enum err custodian_start(struct world *world)
{
  const struct place *place = &world->place;
  const char *const own[] = {
    beside(world, "cnis-custodian"), "serve",  "--dir", place->custodian_dir, "--socket",
    place->custodian_socket,         "--json", NULL};
  struct str said;

  TRY(start(world, &world->custodian, own, &said));
  return world->custodian > 0 ? OK
                              : FAIL(&world->cli->trail, ERR_CUSTODIAN, "the story's custodian");
}

/* *ret_said is what it said; whether it runs, world->serve tells. */
static enum err serve_start(struct world *world, struct str *ret_said)
{
  const char *const own[] = {beside(world, "cnis"),
                             "serve",
                             "--dir",
                             world->place.dir,
                             "--socket",
                             "s",
                             "--json",
                             "--lang",
                             world->cli->lang == LANG_CY ? "cy" : "en",
                             NULL};

  return start(world, &world->serve, own, ret_said);
}

static void world_stop(struct world *world)
{
  service_stop(&world->service);
  child_stop(&world->serve);
  child_stop(&world->custodian);
}

static void world_end(struct world *world)
{
  world_stop(world);
  /* What is left is made-up data below DIR; the next play takes it away first. */
  if (world->place.dir != NULL && path_exists(world->place.dir) &&
      folder_remove(world->place.dir) != OK)
    note(world->cli, TEXT_STORY_LEFT);
}

static enum err copy(struct world *world, const char *from, const char *to)
{
  const char *words[] = {"cp", "-a", "--", from, to, NULL};

  return child_run(world->cli, words, true);
}

static enum err world_make(struct world *world)
{
  const struct place *from = &world->story->demo->place;
  const char *parts[] = {from->register_dir, from->root_dir, from->custodian_dir, from->people_dir};
  const struct settings none = {0};
  struct str said;

  TRY(place_at(world->cli, &world->place, world->story->work, &none));
  if (path_exists(world->place.dir)) TRY(folder_remove(world->place.dir));
  TRY(folder_make(world->place.dir));
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    TRY(copy(world, parts[i], world->place.dir));
  TRY(custodian_start(world));
  TRY(serve_start(world, &said));
  if (world->serve <= 0)
    return FAIL(&world->cli->trail, ERR_INTERNAL, "the story's service did not start");
  return service_reach(&world->service, world->cli, &world->place, &none);
}

/* ---- requests ---- */

static struct str slot_value(const struct world *world, struct str name)
{
  uint64_t n;

  if (str_is(name, "hidden")) return world->story->demo->id[DEMO_ID_HIDDEN];
  if (str_is(name, "assigned")) return world->story->demo->id[DEMO_ID_ASSIGNED];
  if (str_to_u64(name, &n) && n >= 1 && n <= STORY_ASKS) return world->kept[n - 1];
  return STR("");
}

/* The table's text with its slots filled and its quotes as JSON has them. A brace before a quote or
 * a brace is JSON's own. */
static enum err filled(struct world *world, struct str *ret_text, const char *pattern)
{
  size_t room = strlen(pattern) + 4096, n = 0;
  char *text = arena_take(world->cli->arena, room);

  if (text == NULL) return ERR_MEMORY;
  for (const char *at = pattern; *at != '\0'; at++) {
    size_t name = *at == '{' ? strcspn(at + 1, "}'{") : 0;

    if (name > 0 && at[1 + name] == '}') {
      struct str value = slot_value(world, (struct str){at + 1, name});

      if (value.len >= room - n) return ERR_TOO_LARGE;
      memcpy(text + n, value.ptr, value.len);
      n += value.len;
      at += name + 1;
    } else {
      if (n + 1 >= room) return ERR_TOO_LARGE;
      text[n++] = *at == '\'' ? '"' : *at;
    }
  }
  text[n] = '\0';
  *ret_text = (struct str){text, n};
  return OK;
}

/* What stands at "fields.child_name.values.0.value". */
static struct str found_at(const json_t *json, const char *place)
{
  while (*place != '\0') {
    struct str name = {place, strcspn(place, ".")};
    uint64_t n;

    json =
      str_to_u64(name, &n) ? json_array_get(json, n) : json_object_getn(json, name.ptr, name.len);
    place += name.len + (place[name.len] == '.');
  }
  return str_from(json_string_value(json));
}

static enum err sign_in_once(struct world *world, enum demo_account who)
{
  if (world->token[who].len > 0) return OK;
  return sign_in_as(world->cli, &world->token[who], world->service,
                    str_from(demo_accounts[who].user), world->story->demo->password);
}

/* The person's own key stays theirs: `cnis sign`, as they would. */
static enum err ask_signature(struct world *world, struct story_said *said, struct str *ret_kept)
{
  const char *key = formatted(world->cli, "people/%s.key", demo_accounts[said->ask->who].user).ptr;
  const char *const own[] = {beside(world, "cnis"), "sign", "--key", key, said->path.ptr, NULL};
  const char *words[WORDS], *path = in_world(world, "signature");
  int code;

  TRY(command(world, words, own));
  TRY(child_ask(world->cli, &code, words, path));
  TRY(file_read(world->cli, &said->answer, path, SAID_MAX));
  if (code != 0 || said->answer.len == 0)
    return FAIL(&world->cli->trail, ERR_INTERNAL, "the story could not sign");
  said->answer.len--; /* its newline */
  *ret_kept = said->answer;
  return OK;
}

static bool is_running(const struct reply *reply)
{
  struct str state = reply_text(reply, "state");

  return str_is(state, "waiting") || str_is(state, "running");
}

static enum err ask_service(struct world *world, struct story_said *said, struct str *ret_kept)
{
  OWNED(reply_free) struct reply reply = {0};
  bool is_sheet = said->body.len > 0 && said->body.ptr[0] != '{';
  struct call call = {.method = said->ask->method,
                      .path = said->path,
                      .token = world->token[said->ask->who],
                      .type = is_sheet ? STR("text/csv") : STR(""),
                      .body = said->body,
                      .is_once = true};

  for (unsigned looks = 0;; looks++) {
    TRY(call_make(world->cli, &reply, world->service, &call));
    if (!is_running(&reply) || looks == LOOKS_MAX) break;
    reply_free(&reply);
    usleep(LOOK_US);
  }
  said->status = reply.status;
  said->answer = reply.body;
  if (said->ask->keep[0] == '\0') return OK;
  TRY(arena_copy(world->cli->arena, ret_kept, found_at(reply.json, said->ask->keep)));
  if (ret_kept->len > 0) return OK;
  NOTE(world->cli, TEXT_CLI_ANSWERED, number(world->cli, reply.status), said->path, reply.body,
       STR(""));
  return FAIL(&world->cli->trail, ERR_INTERNAL, "a step of the story went another way");
}

static enum err ask(struct world *world, struct story_said *said, const struct story_ask *row,
                    struct str *ret_kept)
{
  const char *instead = world->is_off ? world->scene->instead : NULL;

  *said = (struct story_said){.ask = row};
  TRY(sign_in_once(world, row->who));
  TRY(filled(world, &said->path, row->path));
  TRY(filled(world, &said->body, instead != NULL ? instead : row->body));
  return strcmp(row->method, "SIGN") == 0 ? ask_signature(world, said, ret_kept)
                                          : ask_service(world, said, ret_kept);
}

/* ---- the log ---- */

struct log_size {
  uint64_t entries, unasked;
};

static enum err log_now(struct world *world, struct log_size *ret_size)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "GET", .path = STR("/readyz")};

  TRY(call_must(world->cli, &reply, world->service, &call));
  *ret_size = (struct log_size){
    (uint64_t)json_integer_value(json_object_get(reply.json, "entries")),
    (uint64_t)json_integer_value(json_object_get(reply.json, "unasked")),
  };
  return OK;
}

/* Once the register's own threads have written what they had to, so that the next entry is the
 * request's. */
static enum err log_at_rest(struct world *world, struct log_size *ret_size)
{
  struct log_size before = {0, 0};

  for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
    TRY(log_now(world, ret_size));
    if (ret_size->entries == before.entries && before.entries > 0) return OK;
    before = *ret_size;
    usleep(10 * LOOK_US);
  }
  return FAIL(&world->cli->trail, ERR_BUSY, "the story's log does not come to rest");
}

/* A signed head that holds the entry. Whoever is signed in gets one within a second. */
static enum err head_size(struct world *world, uint64_t *ret_size, uint64_t above)
{
  struct call call = {
    .method = "GET", .path = STR("/v1/audit/checkpoint"), .token = world->token[DEMO_OFFICER_A]};

  for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
    OWNED(reply_free) struct reply reply = {0};
    struct str text, line;

    TRY(call_make(world->cli, &reply, world->service, &call));
    text = reply.body;
    if (reply.status == 200 && text_line(&line, &text) && text_line(&line, &text) &&
        str_to_u64(line, ret_size) && *ret_size > above)
      return OK;
    usleep(LOOK_US);
  }
  return FAIL(&world->cli->trail, ERR_CUSTODIAN, "the story's log got no head");
}

/* The programs that judge are the ones that anybody else would use. */
static enum err judge(struct world *world, struct story_played *played)
{
  const char *name = formatted(world->cli, "%s.proof", world->scene->id).ptr;
  const char *const own[] = {path_beside(world->cli, "cnis-verify"),
                             "proof",
                             "--key",
                             "custodian/custodian.pub",
                             "--lang",
                             world->cli->lang == LANG_CY ? "cy" : "en",
                             name,
                             NULL};
  const char *words[WORDS], *path = in_world(world, "verdict");
  int code;

  TRY(file_write_new(in_world(world, name), played->proof, 0600));
  TRY(command(world, words, own));
  TRY(child_ask(world->cli, &code, words, path));
  return file_read(world->cli, &played->verdict, path, SAID_MAX);
}

/* A head that is not published gives way to the next: then the proof is asked for again, of that
 * one. */
static enum err prove(struct world *world, struct story_played *played)
{
  struct call call = {.method = "GET"};

  TRY(sign_in_once(world, DEMO_OFFICER_A));
  call.token = world->token[DEMO_OFFICER_A];
  for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
    OWNED(reply_free) struct reply reply = {0};
    uint64_t size = 0;

    TRY(head_size(world, &size, played->entries_before));
    call.path = formatted(world->cli, "/v1/audit/proof/inclusion?index=%llu&size=%llu",
                          (unsigned long long)played->entries_before, (unsigned long long)size);
    TRY(call_make(world->cli, &reply, world->service, &call));
    played->proof = reply.body;
    if (reply.status == 200) return judge(world, played);
  }
  return FAIL(&world->cli->trail, ERR_CUSTODIAN, "the story's log gave no proof");
}

/* ---- the start afterwards ---- */

static enum err start_again(struct world *world, struct story_played *played)
{
  world_stop(world);
  TRY(story_touch(world->cli, world->scene->tamper, &world->place, &world->story->demo->place,
                  played->proof));
  TRY(custodian_start(world));
  TRY(serve_start(world, &played->start_said));
  played->is_started = world->serve > 0;
  return OK;
}

/* ---- the scene ---- */

static bool is_of(const struct world *world, unsigned i)
{
  return i < story_ask_count && &story_scenes[story_asks[i].scene] == world->scene;
}

/* The last request of the scene, between two looks at the log. */
static enum err ask_last(struct world *world, struct story_played *played,
                         const struct story_ask *row)
{
  struct log_size before, after;
  struct str kept;

  TRY(sign_in_once(world, row->who)); /* an entry of its own */
  TRY(log_at_rest(world, &before));
  TRY(ask(world, &played->said[played->said_count++], row, &kept));
  TRY(log_at_rest(world, &after));
  played->entries_before = before.entries;
  played->entries_after = after.entries;
  played->is_alone = after.unasked == before.unasked;
  if (!played->is_alone) return OK;
  return played->entries_after > played->entries_before ? prove(world, played) : OK;
}

static enum err play(struct world *world, struct story_played *played)
{
  unsigned i = 0;

  TRY(world_make(world));
  while (!is_of(world, i))
    i++;
  for (; is_of(world, i + 1); i++) {
    unsigned n = played->said_count++;

    TRY(ask(world, &played->said[n], &story_asks[i], &world->kept[n]));
  }
  TRY(ask_last(world, played, &story_asks[i]));
  if (world->scene->tamper == STORY_NOTHING || !played->is_alone) return OK;
  return start_again(world, played);
}

static enum err play_once(struct story *story, struct story_played *ret_played,
                          const struct story_scene *scene, bool is_off)
{
  OWNED(world_end)
  struct world world = {.story = story, .cli = story->demo->cli, .scene = scene, .is_off = is_off};

  *ret_played = (struct story_played){.is_made = true};
  return play(&world, ret_played);
}

/* Again when the register's own threads wrote into the log beside the last request: its entry could
 * not be told from theirs. */
enum err story_play(struct story *story, struct story_played *ret_played,
                    const struct story_scene *scene, bool is_off)
{
  *ret_played = (struct story_played){0};
  if (is_off && !story_has_second(story, scene)) return OK;
  for (unsigned plays = 0; plays < PLAYS_MAX; plays++) {
    TRY(play_once(story, ret_played, scene, is_off));
    if (ret_played->is_alone) return OK;
  }
  return FAIL(&story->demo->cli->trail, ERR_BUSY, "the story's log does not come to rest");
}
