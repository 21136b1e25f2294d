/* What the demonstration says when it is ready: where it is, who can sign in as what, and lines
 * that can be pasted as they stand. */
#include "base/fold.h"
#include "cli/demo.h"
#include "cli/say.h"

#define EXAMPLES 5

struct examples {
  struct str line[EXAMPLES];
};

static const enum text_id example_says[EXAMPLES] = {
  TEXT_DEMO_EXAMPLE_SIGN_IN, TEXT_DEMO_EXAMPLE_VIEW, TEXT_DEMO_EXAMPLE_REFUSAL,
  TEXT_DEMO_EXAMPLE_SEARCH, TEXT_DEMO_EXAMPLE_HIDDEN};

static struct str address(struct demo *demo)
{
  return service_address(demo->cli, demo->service);
}

static struct str post_line(struct demo *demo, const char *path, const char *headers,
                            const char *body)
{
  struct str at = address(demo);

  return formatted(demo->cli,
                   "curl -s %.*s%s -H \"Authorization: Bearer $TOKEN\" "
                   "-H 'Content-Type: application/json'%s -d '%s'",
                   (int)at.len, at.ptr, path, headers, body);
}

#define BECAUSE                                                                                    \
  "\"basis\":{\"kind\":\"statutory_duty\",\"text\":\"436B\"},\"necessity\":\"a visit\""

static struct str sign_in_line(struct demo *demo)
{
  struct str at = address(demo);

  return formatted(demo->cli,
                   "TOKEN=$(curl -s %.*s/v1/sessions -H 'Content-Type: application/json' "
                   "-d '{\"user\":\"officer.a\",\"password\":\"%.*s\"}' | "
                   "sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/')",
                   (int)at.len, at.ptr, (int)demo->password.len, demo->password.ptr);
}

/* Asked for without accents, capitals and apostrophes: found all the same. */
static struct str search_line(struct demo *demo)
{
  struct personal name = {demo->child_name.ptr, demo->child_name.len}, folded;

  if (fold_name(demo->cli->arena, &folded, name) != OK) folded = name;
  return post_line(
    demo, "/v1/searches", "",
    formatted(demo->cli, "{\"purposes\":[\"register_maintenance\"]," BECAUSE ",\"name\":\"%.*s\"}",
              (int)folded.len, folded.ptr)
      .ptr);
}

static struct examples examples_make(struct demo *demo)
{
  static const char view[] =
    "{\"purposes\":[\"register_maintenance\"]," BECAUSE ",\"fields\":[\"child_name\","
    "\"date_of_birth\",\"home_address\",\"circumstances\",\"ethnicity\"]}";
  static const char refused[] =
    "{\"purposes\":[\"debt_recovery\"]," BECAUSE ",\"fields\":[\"home_address\"]}";
  struct str child = demo->id[DEMO_ID_ASSIGNED], hidden = demo->id[DEMO_ID_HIDDEN];
  const char *of_child =
    formatted(demo->cli, "/v1/entries/%.*s/views", (int)child.len, child.ptr).ptr;
  const char *of_hidden =
    formatted(demo->cli, "/v1/entries/%.*s/views", (int)hidden.len, hidden.ptr).ptr;

  return (struct examples){{
    sign_in_line(demo),
    post_line(demo, of_child, "", view),
    post_line(demo, of_child, " -H 'Accept-Language: cy'", refused),
    search_line(demo),
    post_line(demo, of_hidden, "", view),
  }};
}

static void say_accounts(struct demo *demo)
{
  struct cli *cli = demo->cli;

  SAY(cli, TEXT_DEMO_SIGN_INS, demo->password);
  for (enum demo_account account = 0; account < DEMO_ACCOUNTS; account++)
    printf("  %-20s %-26s %.*s\n", demo_accounts[account].user, demo_accounts[account].role,
           (int)text_get(demo_accounts[account].says, cli->lang).len,
           text_get(demo_accounts[account].says, cli->lang).ptr);
  printf("  %-20s %-26s %.*s\n", DEMO_ADMINISTRATOR, "administrator",
         (int)text_get(TEXT_DEMO_ADMINISTRATOR, cli->lang).len,
         text_get(TEXT_DEMO_ADMINISTRATOR, cli->lang).ptr);
}

static void say_words(struct demo *demo)
{
  struct cli *cli = demo->cli;
  struct examples examples = examples_make(demo);

  if (!cli_has(cli, OPTION_ONCE)) service_say(cli, demo->service);
  SAY(cli, TEXT_SERVE_BANNER, STR(DEMO_AUTHORITY));
  if (cli_has(cli, OPTION_ONCE)) {
    SAY(cli, TEXT_DEMO_MADE, str_from(demo->place.dir));
    say_accounts(demo);
    return;
  }
  say(cli, TEXT_SERVE_NOT_SEPARATED);
  printf("\n");
  say_accounts(demo);
  for (size_t i = 0; i < EXAMPLES; i++) {
    printf("\n# ");
    say(cli, example_says[i]);
    say_str(examples.line[i]);
  }
  printf("\n");
  SAY(cli, TEXT_DEMO_KEYS, str_from(demo->place.people_dir));
}

static void json_sign_in(struct demo *demo, struct json *json, const char *user, const char *name,
                         const char *role)
{
  json_object_start(json);
  JSON_KEY(json, "user");
  json_str(json, str_from(user));
  JSON_KEY(json, "name");
  json_str(json, str_from(name));
  JSON_KEY(json, "roles");
  json_array_start(json);
  json_str(json, str_from(role));
  json_array_end(json);
  JSON_KEY(json, "password");
  json_str(json, demo->password);
  json_object_end(json);
}

static void json_ids(struct demo *demo, struct json *json)
{
  JSON_KEY(json, "assigned_child");
  json_str(json, demo->id[DEMO_ID_ASSIGNED]);
  JSON_KEY(json, "assigned_child_name");
  json_str(json, demo->child_name);
  JSON_KEY(json, "hidden_child");
  json_str(json, demo->id[DEMO_ID_HIDDEN]);
  JSON_KEY(json, "recipient");
  json_str(json, demo->id[DEMO_ID_RECIPIENT]);
}

static enum exit_code say_object(struct demo *demo)
{
  struct examples examples = examples_make(demo);
  struct json json;

  json_start(&json, demo->cli->arena, 8192);
  json_object_start(&json);
  JSON_KEY(&json, "address");
  json_str(&json, address(demo));
  JSON_KEY(&json, "authority");
  json_str(&json, STR(DEMO_AUTHORITY));
  JSON_KEY(&json, "synthetic");
  json_bool(&json, true);
  JSON_KEY(&json, "separated");
  json_bool(&json, false);
  JSON_KEY(&json, "people");
  json_str(&json, str_from(demo->place.people_dir));
  JSON_KEY(&json, "sign_ins");
  json_array_start(&json);
  for (enum demo_account account = 0; account < DEMO_ACCOUNTS; account++)
    json_sign_in(demo, &json, demo_accounts[account].user, demo_accounts[account].name,
                 demo_accounts[account].role);
  json_sign_in(demo, &json, DEMO_ADMINISTRATOR, "", "administrator");
  json_array_end(&json);
  json_ids(demo, &json);
  JSON_KEY(&json, "examples");
  json_array_start(&json);
  for (size_t i = 0; i < EXAMPLES; i++)
    json_str(&json, examples.line[i]);
  json_array_end(&json);
  json_object_end(&json);
  return say_json(demo->cli, &json, EXIT_FINE);
}

enum exit_code demo_say(struct demo *demo)
{
  if (demo->cli->json) return say_object(demo);
  say_words(demo);
  return EXIT_FINE;
}
