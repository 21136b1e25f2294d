/* The verbs that ask the service one thing and say its answer, one row each: a list, or an act with
 * what it takes. They act as a person, so that every rule is the service's own. What a person says
 * in their own words comes from a file or standard input, never from the command line, where others
 * could read it. */
#include <string.h>

#include "cli/file.h"
#include "cli/say.h"
#include "cli/visit.h"

#define WORDS_MAX 4096

/* An option that becomes a member of the body. */
struct taken {
  enum option_id option;
  const char *member;
};
/* What a list is called in the answer, and what is said of each of its rows: members, "a/b" being
 * one of an object inside. `inside`: a list in the row, a line for each. */
struct told {
  const char *list, *members[6], *inside, *inner[3];
};
struct asking {
  const char *verb, *method;
  const char *path;   /* %s: the operand */
  const char *member; /* the operand stands in the body instead */
  struct taken taken[8];
  struct told told[2]; /* of a list */
};
static const struct asking askings[] = {
  {.verb = "approval list",
   .method = "GET",
   .path = "/v1/approvals",
   .told = {{.list = "approvals", .members = {"id", "kind", "since", "by", "to/name", "user"}}}},
  {.verb = "disclosure recall",
   .method = "POST",
   .path = "/v1/disclosures/%s/recall",
   .taken = {{OPTION_REASON, "reason"}}},
  {.verb = "stop list",
   .method = "GET",
   .path = "/v1/stop-notices",
   .told = {{.list = "notices",
             .members = {"notice", "disclosure", "state", "made", "to/name", "to/organisation"}}}},
  {.verb = "stop told",
   .method = "POST",
   .path = "/v1/stop-notices/%s/acknowledgement",
   .taken = {{OPTION_ON, "on"}}},
  {.verb = "notice list",
   .method = "GET",
   .path = "/v1/notices",
   .told = {{.list = "notices", .members = {"notice", "state", "due", "what"}}}},
  {.verb = "notice answer",
   .method = "POST",
   .path = "/v1/notices/%s/answers",
   .taken = {{OPTION_WORDS, "words"}}},
  {.verb = "worker list",
   .method = "GET",
   .path = "/v1/entries/%s/named-workers",
   .told = {{.list = "named_workers", .members = {"id", "officer", "purpose", "until", "reason"}}}},
  {.verb = "worker propose",
   .method = "POST",
   .path = "/v1/named-workers",
   .member = "id",
   .taken = {{OPTION_OFFICER, "officer"},
             {OPTION_WORDS, "reason"},
             {OPTION_PURPOSE, "purpose"},
             {OPTION_UNTIL, "until"}}},
  {.verb = "worker end", .method = "DELETE", .path = "/v1/named-workers/%s"},
  {.verb = "relation add",
   .method = "POST",
   .path = "/v1/relations",
   .member = "id",
   .taken = {{OPTION_RECIPIENT, "recipient"},
             {OPTION_RELATION, "relation"},
             {OPTION_WORDS, "evidence"},
             {OPTION_UNTIL, "until"}}},
  {.verb = "relation list",
   .method = "GET",
   .path = "/v1/entries/%s/relations",
   .told = {{.list = "relations",
             .members = {"id", "relation", "until", "to/name", "to/organisation", "evidence"}}}},
  {.verb = "relation end", .method = "DELETE", .path = "/v1/relations/%s"},
  {.verb = "budget list",
   .method = "GET",
   .path = "/v1/budgets",
   .told = {{.list = "own",
             .members = {"purpose", "state"},
             .inside = "windows",
             .inner = {"window", "used", "limit"}},
            {.list = "near",
             .members = {"name", "purpose", "state"},
             .inside = "windows",
             .inner = {"window", "used", "limit"}}}},
  {.verb = "budget raise",
   .method = "POST",
   .path = "/v1/budgets/raises",
   .taken = {{OPTION_USER, "user"},
             {OPTION_RECIPIENT, "recipient"},
             {OPTION_PURPOSE, "purpose"},
             {OPTION_WINDOW, "window"},
             {OPTION_MORE, "more"},
             {OPTION_WORDS, "reason"},
             {OPTION_UNTIL, "until"}}},
};
enum { ASKINGS = sizeof askings / sizeof askings[0] };

/* ---- what is asked ---- */

/* Without the ends of lines behind them. */
static enum err words_read(struct cli *cli, struct str *ret_words)
{
  struct str words;

  TRY(file_read(cli, &words, cli->value[OPTION_WORDS], WORDS_MAX));
  while (words.len > 0 && (words.ptr[words.len - 1] == '\n' || words.ptr[words.len - 1] == '\r'))
    words.len--;
  *ret_words = words;
  return OK;
}

/* A number goes as one; what is none goes as it is, and the service says what is wrong. */
static enum err member_write(struct cli *cli, struct json *json, const struct taken *taken)
{
  struct str said = str_from(cli->value[taken->option]);
  uint64_t many;

  if (taken->option == OPTION_WORDS) TRY(words_read(cli, &said));
  json_key(json, str_from(taken->member));
  if (taken->option == OPTION_MORE && str_to_u64(said, &many) && many <= INT32_MAX)
    json_int(json, (int64_t)many);
  else
    json_str(json, said);
  return OK;
}

static enum err body_make(struct cli *cli, struct str *ret_body, const struct asking *asking)
{
  struct json json;

  json_start(&json, cli->arena, 1024);
  json_object_start(&json);
  if (asking->member != NULL) {
    json_key(&json, str_from(asking->member));
    json_str(&json, str_from(cli->operands[0]));
  }
  for (const struct taken *taken = asking->taken; taken->member != NULL; taken++)
    if (cli_has(cli, taken->option)) TRY(member_write(cli, &json, taken));
  json_object_end(&json);
  return json_done(&json, ret_body);
}

/* The path with the operand in its place; a second one is put behind it. */
static struct str path_of(struct cli *cli, const char *path, const char *operand, struct str behind)
{
  const char *place = strstr(path, "%s");
  size_t before = place == NULL ? strlen(path) : (size_t)(place - path);

  return formatted(cli, "%.*s%s%s%.*s", (int)before, path, place == NULL ? "" : operand,
                   place == NULL ? "" : place + 2, (int)behind.len, behind.ptr);
}

/* ---- what is said ---- */

static struct str value_of(struct cli *cli, const json_t *row, const char *member)
{
  const char *inside = strchr(member, '/');
  const json_t *value;

  if (inside != NULL) {
    row = json_object_get(row, formatted(cli, "%.*s", (int)(inside - member), member).ptr);
    member = inside + 1;
  }
  value = json_object_get(row, member);
  if (json_is_integer(value)) return number(cli, json_integer_value(value));
  return str_from(json_string_value(value));
}

static struct str line_of(struct cli *cli, struct str line, const json_t *row,
                          const char *const *members, size_t count)
{
  for (size_t i = 0; i < count && members[i] != NULL; i++) {
    struct str value = value_of(cli, row, members[i]);

    if (value.len > 0)
      line = formatted(cli, "%.*s%s%.*s", (int)line.len, line.ptr, line.len > 0 ? "  " : "",
                       (int)value.len, value.ptr);
  }
  return line;
}

static void row_say(struct cli *cli, const struct told *told, const json_t *row)
{
  const json_t *inside = told->inside == NULL ? NULL : json_object_get(row, told->inside);
  struct str line =
    line_of(cli, STR(""), row, told->members, sizeof told->members / sizeof told->members[0]);

  if (inside == NULL) say_str(line);
  for (size_t i = 0; i < json_array_size(inside); i++)
    say_str(line_of(cli, line, json_array_get(inside, i), told->inner,
                    sizeof told->inner / sizeof told->inner[0]));
}

/* The service's own JSON, a page a line; or a line for each row. */
static size_t page_say(struct cli *cli, const struct asking *asking, const struct reply *reply)
{
  size_t said = 0;

  if (cli->json) say_str(reply->body);
  for (size_t t = 0; t < sizeof asking->told / sizeof asking->told[0]; t++) {
    const struct told *told = &asking->told[t];
    const json_t *list = told->list == NULL ? NULL : json_object_get(reply->json, told->list);

    for (size_t i = 0; i < json_array_size(list); i++, said++)
      if (!cli->json) row_say(cli, told, json_array_get(list, i));
  }
  return said;
}

static enum err list_say(struct cli *cli, const struct visit *visit, const struct asking *asking)
{
  struct str cursor = STR(""), behind = STR("");
  size_t said = 0;

  do {
    OWNED(reply_free) struct reply reply = {0};
    struct call call = {.method = "GET",
                        .path = path_of(cli, asking->path, cli->operands[0], behind),
                        .token = visit->signed_in.token};

    TRY(call_must(cli, &reply, visit->service, &call));
    said += page_say(cli, asking, &reply);
    TRY(arena_copy(cli->arena, &cursor, reply_text(&reply, "cursor")));
    behind = formatted(cli, "?cursor=%.*s", (int)cursor.len, cursor.ptr);
  } while (cursor.len > 0);
  if (said == 0 && !cli->json) note(cli, TEXT_ASK_NOTHING);
  return OK;
}

/* What would be asked; no word of a person's stands in it. */
static void would_say(struct cli *cli, const struct call *call)
{
  struct json json;

  if (!cli->json) {
    SAY(cli, TEXT_ASK_WOULD, str_from(call->method), call->path);
    return;
  }
  json_start(&json, cli->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "would");
  json_str(&json, SENTENCE(cli, TEXT_ASK_REQUEST, str_from(call->method), call->path));
  json_object_end(&json);
  (void)say_json(cli, &json, EXIT_FINE);
}

/* A second person may have to agree: the service says so in words. */
static void done_say(struct cli *cli, const struct reply *reply)
{
  struct str words = reply_text(reply, "waits");

  if (cli->json) {
    say_str(reply->body);
    return;
  }
  if (words.len == 0) words = reply_text(reply, "detail");
  say(cli, TEXT_ASK_DONE);
  if (words.len > 0) say_str(words);
}

static enum err act(struct cli *cli, struct visit *visit, struct call *call)
{
  OWNED(reply_free) struct reply reply = {0};

  if (cli_has(cli, OPTION_DRY_RUN)) {
    would_say(cli, call);
    return OK;
  }
  call->token = visit->signed_in.token;
  TRY(call_must(cli, &reply, visit->service, call));
  done_say(cli, &reply);
  return OK;
}

/* ---- one row ---- */

static const struct asking *asking_of(const struct cli *cli)
{
  size_t i = 0;

  while (i + 1 < ASKINGS && strcmp(askings[i].verb, cli->verb->name) != 0)
    i++;
  return &askings[i];
}

static enum err ask(struct cli *cli)
{
  const struct asking *asking = asking_of(cli);
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct call call = {.method = asking->method};

  if (asking->taken[0].member != NULL || asking->member != NULL)
    TRY(body_make(cli, &call.body, asking)); /* before anybody signs in: a file may be missing */
  TRY(visit_begin(&visit));
  if (asking->told[0].list != NULL) return list_say(cli, &visit, asking);
  call.path = path_of(cli, asking->path, cli->operands[0], STR(""));
  return act(cli, &visit, &call);
}

enum exit_code verb_ask(struct cli *cli)
{
  enum err err = ask(cli);

  return err == OK ? EXIT_FINE : complain(cli, err);
}

/* ---- what waits for one's word ---- */

#define APPROVALS "/v1/approvals"

/* Where each kind is answered; of what has none, its page asks for more than a yes. */
static const struct kind {
  const char *name, *path, *member; /* whose value stands in the path */
} kinds[] = {
  {"disclosure", "/v1/disclosures/%s/approvals", "id"},
  {"relation", "/v1/relations/%s/approvals", "id"},
  {"named_worker", "/v1/named-workers/%s/approvals", "id"},
  {"deputy", "/v1/deputies/%s/approvals", "id"},
  {"recipient", "/v1/recipients/%s/approvals", "id"},
  {"account", "/v1/users/%s/approvals", "user"},
};

static struct str answered_at(struct cli *cli, const json_t *row)
{
  struct str kind = value_of(cli, row, "kind");

  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (str_is(kind, kinds[i].name))
      return path_of(cli, kinds[i].path, value_of(cli, row, kinds[i].member).ptr, STR(""));
  cli->why = text_get(TEXT_ASK_ON_ITS_PAGE, cli->lang);
  return STR("");
}

/* The path at which the operand is answered, from the list of what waits for this person. */
static enum err approval_find(struct cli *cli, const struct visit *visit, struct str *ret_path)
{
  struct str wanted = str_from(cli->operands[0]), cursor = STR("");

  do {
    OWNED(reply_free) struct reply reply = {0};
    struct call call = {.method = "GET",
                        .path = formatted(cli, APPROVALS "%s%.*s", cursor.len > 0 ? "?cursor=" : "",
                                          (int)cursor.len, cursor.ptr),
                        .token = visit->signed_in.token};

    TRY(call_must(cli, &reply, visit->service, &call));
    const json_t *list = json_object_get(reply.json, "approvals");
    for (size_t i = 0; i < json_array_size(list); i++) {
      const json_t *row = json_array_get(list, i);

      if (!str_equal(value_of(cli, row, "id"), wanted)) continue;
      *ret_path = answered_at(cli, row);
      return ret_path->len > 0 ? OK : ERR_REFUSED;
    }
    TRY(arena_copy(cli->arena, &cursor, reply_text(&reply, "cursor")));
  } while (cursor.len > 0);
  cli->why = text_get(TEXT_ASK_NOT_WAITING, cli->lang);
  return ERR_ABSENT;
}

static enum err decide(struct cli *cli, bool agrees)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct call call = {.method = "POST",
                      .body = agrees ? STR("{\"approve\":true}") : STR("{\"approve\":false}")};

  TRY(visit_begin(&visit));
  TRY(approval_find(cli, &visit, &call.path));
  return act(cli, &visit, &call);
}

enum exit_code verb_approval_give(struct cli *cli)
{
  enum err err = decide(cli, true);

  return err == OK ? EXIT_FINE : complain(cli, err);
}

enum exit_code verb_approval_refuse(struct cli *cli)
{
  enum err err = decide(cli, false);

  return err == OK ? EXIT_FINE : complain(cli, err);
}
