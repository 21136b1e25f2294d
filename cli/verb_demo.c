/* cnis demo: makes a synthetic authority in DIR, or takes the one that is there, starts its
 * custodian and serves it until it is told to end. Everything in it is made up. */
#include <string.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/demo.h"
#include "cli/file.h"
#include "cli/init.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/story.h"
#include "crypto/custodian_pub.h"
#include "custodian/client.h"

#define START_TRIES 200
#define START_WAIT_US 25000
#define WATCH_SECONDS 1
#define CUSTODIAN_PATIENCE_US UINT64_C(2000000)
#define MARK "people/demo.json" /* below DIR: it is a demonstration, finished */

/* ---- what is kept for the next start ---- */

enum err demo_keep(struct demo *demo)
{
  struct cli *cli = demo->cli;
  const char *path = path_join(cli, demo->place.dir, MARK);
  struct json json;
  struct str text;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "password");
  json_str(&json, demo->password);
  JSON_KEY(&json, "assigned");
  json_str(&json, demo->id[DEMO_ID_ASSIGNED]);
  JSON_KEY(&json, "hidden");
  json_str(&json, demo->id[DEMO_ID_HIDDEN]);
  JSON_KEY(&json, "recipient");
  json_str(&json, demo->id[DEMO_ID_RECIPIENT]);
  JSON_KEY(&json, "name");
  json_str(&json, demo->child_name);
  json_object_end(&json);
  TRY(json_done(&json, &text));
  return path == NULL ? ERR_MEMORY : file_write_new(path, text, 0600);
}

enum err demo_recall(struct demo *demo)
{
  struct cli *cli = demo->cli;
  OWNED(reply_free) struct reply kept = {0};
  struct str *places[] = {&demo->password, &demo->id[DEMO_ID_ASSIGNED], &demo->id[DEMO_ID_HIDDEN],
                          &demo->id[DEMO_ID_RECIPIENT], &demo->child_name};
  static const char *const names[] = {"password", "assigned", "hidden", "recipient", "name"};
  struct str text;

  TRY(file_read(cli, &text, path_join(cli, demo->place.dir, MARK), 65536));
  kept.json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    TRY(arena_copy(cli->arena, places[i], reply_text(&kept, names[i])));
  return demo->password.len > 0 ? OK : FAIL(&cli->trail, ERR_CORRUPT, "people/demo.json");
}

/* Random, since even a demonstration's password should not be one that everybody knows. */
static enum err password_make(struct cli *cli, struct str *ret_password)
{
  static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
  uint8_t random[15];
  char text[sizeof random];

  cli->outside.random(cli->outside.self, random, sizeof random);
  for (size_t i = 0; i < sizeof random; i++)
    text[i] = i % 5 == 4 ? '-' : letters[random[i] % 32];
  return arena_copy(cli->arena, ret_password, (struct str){text, sizeof text - 1});
}

/* ---- the custodian ---- */

static enum err custodian_make(struct demo *demo)
{
  struct cli *cli = demo->cli;
  const char *argv[] = {path_beside(cli, "cnis-custodian"),
                        "init",
                        "--dir",
                        demo->place.custodian_dir,
                        "--origin",
                        DEMO_ORIGIN,
                        NULL};

  TRY(folder_make(demo->place.custodian_dir));
  return child_run(cli, argv, false);
}

static enum err custodian_start(struct demo *demo)
{
  OWNED(custodian_free) struct custodian *custodian = NULL;
  struct cli *cli = demo->cli;
  const char *argv[] = {
    path_beside(cli, "cnis-custodian"), "serve", "--dir", demo->place.custodian_dir, "--socket",
    demo->place.custodian_socket,       NULL};
  struct custodian_public told;
  enum err err = OK;

  TRY(
    custodian_new(&custodian, demo->place.custodian_socket, CUSTODIAN_PATIENCE_US, &cli->outside));
  TRY(child_start(cli, &demo->custodian, argv));
  for (int tries = 0; tries < START_TRIES; tries++) {
    cli->trail = (struct trail){0};
    err = custodian_public(custodian, &told, &cli->trail);
    if (err == OK) return OK;
    usleep(START_WAIT_US);
  }
  return err;
}

/* ---- the authority ---- */

/* The story asks over the admin socket alone, and so needs no port. */
static enum err service_begin(struct demo *demo)
{
  return service_start(&demo->service, demo->cli, &demo->place, &demo->settings,
                       !cli_has(demo->cli, OPTION_STORY));
}

static enum err authority_make(struct demo *demo)
{
  struct cli *cli = demo->cli;
  struct init_order order = {
    .reg = {.authority_name = STR(DEMO_AUTHORITY),
            .authority_code = STR(DEMO_CODE),
            .origin = STR(DEMO_ORIGIN),
            .regime = STR(DEMO_REGIME),
            .synthetic = true},
    .admin = STR(DEMO_ADMINISTRATOR),
  };

  note(cli, TEXT_DEMO_MAKING);
  TRY(folder_make(demo->place.dir));
  TRY(folder_make(demo->place.people_dir));
  TRY(password_make(cli, &demo->password));
  TRY(password_make(cli, &demo->first_password));
  order.password = demo->password;
  TRY(custodian_make(demo));
  TRY(file_read(cli, &order.reg.custodian_pub, demo->place.custodian_pub, CUSTODIAN_PUB_MAX));
  TRY(init_make(cli, &demo->place, &demo->settings, &order));
  TRY(custodian_start(demo));
  TRY(service_begin(demo));
  TRY(demo_fill(demo));
  return demo_keep(demo);
}

/* What an earlier build wrote may not open; somebody may have worked in it, so it is not thrown
 * away unasked. */
static bool may_be_older(enum err err)
{
  return err == ERR_CUSTODIAN || err == ERR_OPEN || err == ERR_CORRUPT || err == ERR_VERSION;
}

static enum err authority_take(struct demo *demo)
{
  TRY(demo_recall(demo));
  enum err err = custodian_start(demo);
  if (err == OK) err = service_begin(demo);
  if (may_be_older(err)) note(demo->cli, TEXT_DEMO_MAY_BE_OLDER);
  return err;
}

/* The folders below DIR that a demonstration consists of. */
#define PARTS 4
static const char *part_at(const struct demo *demo, size_t i)
{
  const struct place *place = &demo->place;
  const char *parts[PARTS] = {place->register_dir, place->root_dir, place->custodian_dir,
                              place->people_dir};

  return parts[i];
}

static bool authority_is_there(const struct demo *demo)
{
  for (size_t i = 0; i < PARTS; i++) {
    if (path_exists(part_at(demo, i))) return true;
  }
  return false;
}

static enum err authority_remove(const struct demo *demo)
{
  for (size_t i = 0; i < PARTS; i++) {
    if (path_exists(part_at(demo, i))) TRY(folder_remove(part_at(demo, i)));
  }
  return OK;
}

static void demo_end(struct demo *demo)
{
  service_stop(&demo->service);
  child_stop(&demo->custodian);
}

/* All or nothing: what could not be finished is taken away again, and `err` says why. */
static enum err authority_undo(struct demo *demo, enum err err)
{
  demo_end(demo);
  return authority_remove(demo) == OK ? err : ERR_IO;
}

/* Only what a demonstration finished is ever thrown away or served. */
static enum err demo_run(struct demo *demo)
{
  struct cli *cli = demo->cli;

  TRY(settings_read(cli, &demo->settings, cli->value[OPTION_DIR]));
  TRY(place_of(cli, &demo->place, &demo->settings));
  bool is_marked = path_exists(path_join(cli, demo->place.dir, MARK));
  if (!is_marked && authority_is_there(demo))
    return FAIL(&cli->trail, ERR_CONFLICT, "this folder holds something that is no demonstration");
  if (is_marked && !cli_has(cli, OPTION_RESET)) return authority_take(demo);
  TRY(authority_remove(demo));
  enum err err = authority_make(demo);
  return err == OK ? OK : authority_undo(demo, err);
}

/* A custodian that has ended is started again, as its unit file has it done elsewhere; one that
 * does not start is tried again later. */
static void serve_until_told(struct demo *demo)
{
  while (!signals_within(WATCH_SECONDS))
    if (child_has_ended(&demo->custodian) && custodian_start(demo) != OK)
      child_stop(&demo->custodian);
}

/* ---- the story ---- */

/* Told in its own language, whatever the caller's. */
static enum exit_code story_language(struct cli *cli)
{
  if (!cli_has(cli, OPTION_STORY)) return cli_has(cli, OPTION_OUT) ? EXIT_USAGE : EXIT_FINE;
  if (cli_has(cli, OPTION_ONCE) || cli_has(cli, OPTION_PORT)) return EXIT_USAGE;
  return lang_parse(cli->value[OPTION_STORY], &cli->lang) ? EXIT_FINE : EXIT_USAGE;
}

static enum exit_code story_say(struct cli *cli, const char *path)
{
  struct json json;

  if (!cli->json) {
    SAY(cli, TEXT_STORY_WRITTEN, str_from(path));
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "story");
  json_str(&json, str_from(path));
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

static enum exit_code story_tell(struct demo *demo)
{
  const char *path;
  enum err err = story_place(demo->cli, &path);

  if (err == OK) err = demo_run(demo);
  demo_end(demo); /* copies are made of files at rest */
  if (err == OK) err = story_write(demo, &path);
  return err == OK ? story_say(demo->cli, path) : complain(demo->cli, err);
}

enum exit_code verb_demo(struct cli *cli)
{
  OWNED(demo_end) struct demo demo = {.cli = cli};

  if (story_language(cli) != EXIT_FINE) return misuse(cli, text_get(TEXT_STORY_NEEDS, cli->lang));

  process_seal();
  signals_hold(false);
  if (cli_has(cli, OPTION_STORY)) return story_tell(&demo);
  enum err err = demo_run(&demo);
  if (err != OK) return complain(cli, err);
  enum exit_code code = demo_say(&demo);
  if (code != EXIT_FINE || cli_has(cli, OPTION_ONCE)) return code;
  (void)fflush(stdout);
  serve_until_told(&demo);
  return EXIT_FINE;
}
