/* One request to the service and its answer. */
#include "cli/call.h"

#include <string.h>
#include <time.h>

#include "api/client.h"
#include "cli/say.h"
#include "cli/terminal.h"

#define BUSY_TRIES 5
#define TOKEN_TEXT 43 /* register/people.h: 32 random bytes in base64url */

void reply_free(struct reply *reply)
{
  json_decref(reply->json);
  reply->json = NULL;
}

struct str reply_text(const struct reply *reply, const char *member)
{
  const char *text = json_string_value(json_object_get(reply->json, member));

  return str_from(text);
}

/* Every POST gets a key of its own: the service asks for one wherever doing it twice would matter.
 */
static struct str idempotency_make(struct cli *cli, char ret_text[static 32],
                                   const struct call *call)
{
  uint8_t random[16];

  if (strcmp(call->method, "POST") != 0 || call->type.len > 0) return STR("");
  cli->outside.random(cli->outside.self, random, sizeof random);
  hex_write(ret_text, random, sizeof random);
  return (struct str){ret_text, 32};
}

enum err call_make(struct cli *cli, struct reply *ret_reply, const struct service *service,
                   const struct call *call)
{
  char key[32];
  struct client_answer answer;
  struct client_request request = {.method = call->method,
                                   .path = call->path,
                                   .lang = cli->lang,
                                   .token = call->token,
                                   .idempotency = idempotency_make(cli, key, call),
                                   .type = call->type,
                                   .body = call->body};

  for (unsigned tries = 0;; tries++) {
    TRY(client_call(cli->arena, &answer, service_admin_socket(service), &request));
    if (answer.status != 503 || call->is_once || tries == BUSY_TRIES) break;
    (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL); /* as its Retry-After says */
  }
  *ret_reply = (struct reply){.status = answer.status, .body = answer.body};
  if (answer.body.len > 0)
    ret_reply->json = json_loadb(answer.body.ptr, answer.body.len, JSON_REJECT_DUPLICATES, NULL);
  return OK;
}

static enum err err_of_status(int status)
{
  for (enum err err = ERR_INPUT; err < ERR_COUNT; err++) {
    if (err_status(err) == status) return err;
  }
  return ERR_INTERNAL;
}

enum err call_must(struct cli *cli, struct reply *ret_reply, const struct service *service,
                   const struct call *call)
{
  struct reply reply = {0};

  TRY(call_make(cli, &reply, service, call));
  if (reply.status >= 200 && reply.status < 300) {
    *ret_reply = reply;
    return OK;
  }
  struct str detail = reply_text(&reply, "detail"), place = reply_text(&reply, "pointer");
  if (detail.len > 0)
    NOTE(cli, TEXT_CLI_ANSWERED, number(cli, reply.status), call->path, detail, place);
  reply_free(&reply);
  return err_of_status(reply.status);
}

/* ---- signing in ---- */

enum err sign_in_as(struct cli *cli, struct str *ret_token, const struct service *service,
                    struct str user, struct str password)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "POST", .path = STR("/v1/sessions")};
  struct json json;

  json_start(&json, cli->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "user");
  json_str(&json, user);
  JSON_KEY(&json, "password");
  json_str(&json, password);
  json_object_end(&json);
  TRY(json_done(&json, &call.body));
  TRY(call_must(cli, &reply, service, &call));
  return arena_copy(cli->arena, ret_token, reply_text(&reply, "token"));
}

static bool is_token(struct str text)
{
  return text.len == TOKEN_TEXT &&
         strspn(text.ptr, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789-_") == TOKEN_TEXT;
}

enum err sign_in(struct cli *cli, struct signed_in *ret_signed_in, const struct service *service)
{
  struct str who = str_from(cli->value[OPTION_AS]), password;

  *ret_signed_in = (struct signed_in){.token = who};
  if (who.len == 0 || is_token(who))
    return OK; /* on the admin socket the kernel says who asks without a token */
  TRY(
    password_get(cli, &password, OPTION_PASSWORD_FILE, SENTENCE(cli, TEXT_CLI_ASK_PASSWORD, who)));
  ret_signed_in->is_ours = true;
  return sign_in_as(cli, &ret_signed_in->token, service, who, password);
}

void sign_out(struct cli *cli, const struct service *service, const struct signed_in *signed_in)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {
    .method = "DELETE", .path = STR("/v1/sessions/current"), .token = signed_in->token};

  /* If it fails the session ends by itself; the verb's own work is done. */
  if (signed_in->is_ours && call_make(cli, &reply, service, &call) != OK) return;
}
