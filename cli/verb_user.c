/* cnis user add | confirm | disable | password | reset | roles: asked of the service, as an
 * administrator; confirm as a data-protection officer; password as the person. What the service
 * says of the account is passed on. */
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
  if (cli_has(cli, OPTION_PERSON)) {
    JSON_KEY(&json, "person");
    json_str(&json, str_from(cli->value[OPTION_PERSON]));
  }
  JSON_KEY(&json, "roles");
  roles_write(&json, cli->value[OPTION_ROLES]);
  json_object_end(&json);
  return json_done(&json, ret_body);
}

/* Asks as who is signed in, and keeps what the service has to say about it. */
static enum err ask(struct cli *cli, struct visit *visit, struct call *call, struct str *ret_detail)
{
  OWNED(reply_free) struct reply reply = {0};

  call->token = visit->signed_in.token;
  TRY(call_must(cli, &reply, visit->service, call));
  return arena_copy(cli->arena, ret_detail, reply_text(&reply, "detail"));
}

static enum err new_password(struct cli *cli, struct str *ret_password)
{
  return password_get_new(cli, ret_password, OPTION_NEW_PASSWORD_FILE,
                          SENTENCE(cli, TEXT_CLI_ASK_NEW_PASSWORD, str_from(cli->operands[0])));
}

static enum err user_add_ask(struct cli *cli, struct str *ret_detail)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct call call = {.method = "POST", .path = STR("/v1/users")};
  struct str password;

  TRY(visit_begin(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  TRY(new_password(cli, &password));
  TRY(user_add_body(cli, &call.body, password));
  return ask(cli, &visit, &call, ret_detail);
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

/* ---- passwords ---- */

/* `old` empty: none is asked for. */
static enum err password_body(struct cli *cli, struct str *ret_body, struct str old,
                              struct str password)
{
  struct json json;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  if (old.len > 0) {
    JSON_KEY(&json, "old");
    json_str(&json, old);
  }
  JSON_KEY(&json, "password");
  json_str(&json, password);
  json_object_end(&json);
  return json_done(&json, ret_body);
}

/* Signs in as the person: whoever knows the password, and nobody for somebody else. */
static enum err password_ask(struct cli *cli)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct str user = str_from(cli->operands[0]), old, password, detail;
  struct call call = {
    .method = "POST",
    .path = formatted(cli, "/v1/users/%s/password", cli->operands[0]),
  };

  TRY(visit_reach(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  TRY(password_get(cli, &old, OPTION_PASSWORD_FILE, SENTENCE(cli, TEXT_CLI_ASK_PASSWORD, user)));
  TRY(sign_in_as(cli, &visit.signed_in.token, visit.service, user, old));
  visit.signed_in.is_ours = true;
  TRY(new_password(cli, &password));
  TRY(password_body(cli, &call.body, old, password));
  return ask(cli, &visit, &call, &detail);
}

enum exit_code verb_user_password(struct cli *cli)
{
  enum err err = password_ask(cli);

  return err == OK ? done_say(cli, TEXT_USER_PASSWORD_CHANGED, "changed", STR(""))
                   : complain(cli, err);
}

static enum err reset_ask(struct cli *cli, struct str *ret_detail)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct call call = {
    .method = "POST",
    .path = formatted(cli, "/v1/users/%s/resets", cli->operands[0]),
  };
  struct str password;

  TRY(visit_begin(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  TRY(new_password(cli, &password));
  TRY(password_body(cli, &call.body, STR(""), password));
  return ask(cli, &visit, &call, ret_detail);
}

enum exit_code verb_user_reset(struct cli *cli)
{
  struct str detail = STR("");
  enum err err = reset_ask(cli, &detail);

  return err == OK ? done_say(cli, TEXT_USER_RESET_DONE, "reset", detail) : complain(cli, err);
}

/* ---- roles ---- */

static enum err roles_ask(struct cli *cli, struct str *ret_detail)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct call call = {.method = "PATCH", .path = formatted(cli, "/v1/users/%s", cli->operands[0])};
  struct json json;

  TRY(visit_begin(&visit));
  if (cli_has(cli, OPTION_DRY_RUN)) return OK;
  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  if (cli_has(cli, OPTION_ADD)) {
    JSON_KEY(&json, "add");
    roles_write(&json, cli->value[OPTION_ADD]);
  }
  if (cli_has(cli, OPTION_REMOVE)) {
    JSON_KEY(&json, "remove");
    roles_write(&json, cli->value[OPTION_REMOVE]);
  }
  json_object_end(&json);
  TRY(json_done(&json, &call.body));
  return ask(cli, &visit, &call, ret_detail);
}

enum exit_code verb_user_roles(struct cli *cli)
{
  struct str detail = STR("");

  if (!cli_has(cli, OPTION_ADD) && !cli_has(cli, OPTION_REMOVE))
    return misuse(cli, text_get(TEXT_USER_ROLES_MISSING, cli->lang));
  enum err err = roles_ask(cli, &detail);
  return err == OK ? done_say(cli, TEXT_USER_ROLES_CHANGED, "changed", detail) : complain(cli, err);
}

/* ---- who there is ---- */

static struct str words_of(struct cli *cli, const json_t *array)
{
  struct str text = STR("");

  for (size_t i = 0; i < json_array_size(array); i++)
    text = formatted(cli, "%.*s%s%s", (int)text.len, text.ptr, i == 0 ? "" : ", ",
                     json_string_value(json_array_get(array, i)));
  return text;
}

static struct str text_of(const json_t *object, const char *member)
{
  return str_from(json_string_value(json_object_get(object, member)));
}

static void row_say(struct cli *cli, const json_t *row)
{
  static const struct {
    const char *state;
    enum text_id says;
  } states[] = {{"active", TEXT_USER_ACTIVE},
                {"waiting", TEXT_USER_WAITS_ROW},
                {"disabled", TEXT_USER_DISABLED_ROW}};
  struct str state = text_of(row, "state"), asker = text_of(row, "asked_by");
  struct str waiting = words_of(cli, json_object_get(row, "roles_waiting"));

  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
    if (str_is(state, states[i].state))
      SAY(cli, states[i].says, text_of(row, "user"), text_of(row, "name"),
          words_of(cli, json_object_get(row, "roles")), asker);
  if (waiting.len > 0) SAY(cli, TEXT_USER_ROLES_WAIT_ROW, waiting, asker);
  if (json_is_true(json_object_get(row, "must_change_password")))
    say(cli, TEXT_USER_MUST_CHANGE_ROW);
}

/* The service's own JSON, a page a line. */
static void page_say(struct cli *cli, const struct reply *reply)
{
  const json_t *users = json_object_get(reply->json, "users");

  if (cli->json) {
    say_str(reply->body);
    return;
  }
  for (size_t i = 0; i < json_array_size(users); i++)
    row_say(cli, json_array_get(users, i));
}

static enum err page_get(struct cli *cli, const struct visit *visit, struct str *cursor)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "GET",
                      .path = formatted(cli, "/v1/users%s%.*s", cursor->len > 0 ? "?cursor=" : "",
                                        (int)cursor->len, cursor->ptr),
                      .token = visit->signed_in.token};

  TRY(call_must(cli, &reply, visit->service, &call));
  page_say(cli, &reply);
  return arena_copy(cli->arena, cursor, reply_text(&reply, "next"));
}

static enum err list_all(struct cli *cli)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct str cursor = STR("");

  TRY(visit_begin(&visit));
  do
    TRY(page_get(cli, &visit, &cursor));
  while (cursor.len > 0);
  return OK;
}

enum exit_code verb_user_list(struct cli *cli)
{
  enum err err = list_all(cli);

  return err == OK ? EXIT_FINE : complain(cli, err);
}
