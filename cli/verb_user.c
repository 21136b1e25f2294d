/* cnis user add | confirm | disable: asked of the service, as an administrator; confirm as a
 * data-protection officer. What the service says of a new account is passed on. */
#include <string.h>

#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/visit.h"

/* `detail` may be empty. */
static enum exit_code done_say(struct cli *cli, enum text_id done, const char *member,
                               struct str detail)
{
  struct str user = str_from(cli->operands[0]);
  struct json json;

  if (!cli->json) {
    SAY(cli, cli_has(cli, OPTION_DRY_RUN) ? TEXT_USER_WOULD : done, user);
    if (detail.len > 0) say_str(detail);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 128);
  json_object_start(&json);
  JSON_KEY(&json, "user");
  json_str(&json, user);
  json_key(&json, str_from(member));
  json_bool(&json, !cli_has(cli, OPTION_DRY_RUN));
  if (detail.len > 0) {
    JSON_KEY(&json, "detail");
    json_str(&json, detail);
  }
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

static void roles_write(struct json *json, const char *roles)
{
  json_array_start(json);
  while (*roles != '\0') {
    size_t length = strcspn(roles, ",");

    json_str(json, (struct str){roles, length});
    roles += length + (roles[length] == ',');
  }
  json_array_end(json);
}

static enum err user_add_body(struct cli *cli, struct str *ret_body, struct str password)
{
  struct json json;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "user");
  json_str(&json, str_from(cli->operands[0]));
  JSON_KEY(&json, "name");
  json_str(&json, str_from(cli_has(cli, OPTION_NAME) ? cli->value[OPTION_NAME] : cli->operands[0]));
  JSON_KEY(&json, "password");
  json_str(&json, password);
  JSON_KEY(&json, "roles");
  roles_write(&json, cli->value[OPTION_ROLES]);
  json_object_end(&json);
  return json_done(&json, ret_body);
}

static enum err user_add_ask(struct cli *cli, struct str *ret_detail)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "POST", .path = STR("/v1/users")};
  struct str password;

  TRY(visit_begin(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  TRY(password_get_new(cli, &password, OPTION_NEW_PASSWORD_FILE,
                       SENTENCE(cli, TEXT_CLI_ASK_NEW_PASSWORD, str_from(cli->operands[0]))));
  TRY(user_add_body(cli, &call.body, password));
  call.token = visit.signed_in.token;
  TRY(call_must(cli, &reply, visit.service, &call));
  return arena_copy(cli->arena, ret_detail, reply_text(&reply, "detail"));
}

enum exit_code verb_user_add(struct cli *cli)
{
  struct str detail = STR("");
  enum err err = user_add_ask(cli, &detail);

  return err == OK ? done_say(cli, TEXT_USER_ADDED, "added", detail) : complain(cli, err);
}

/* About an account that is there; the path says everything. */
static enum err user_ask(struct cli *cli, const char *method, struct str path)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = method, .path = path};

  TRY(visit_begin(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  call.token = visit.signed_in.token;
  return call_must(cli, &reply, visit.service, &call);
}

enum exit_code verb_user_confirm(struct cli *cli)
{
  enum err err = user_ask(cli, "POST", formatted(cli, "/v1/users/%s/approvals", cli->operands[0]));

  return err == OK ? done_say(cli, TEXT_USER_CONFIRMED, "confirmed", STR("")) : complain(cli, err);
}

enum exit_code verb_user_disable(struct cli *cli)
{
  enum err err = user_ask(cli, "DELETE", formatted(cli, "/v1/users/%s", cli->operands[0]));

  return err == OK ? done_say(cli, TEXT_USER_DISABLED, "disabled", STR("")) : complain(cli, err);
}
