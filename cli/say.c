/* Everything that a verb says. Standard output carries results only, so that a pipe stays clean. */
#include "cli/say.h"

#include <stdarg.h>

struct str sentence(struct cli *cli, enum text_id id, const struct str *slots, size_t slot_count)
{
  struct str text;

  if (text_fill(cli->arena, &text, id, cli->lang, slots, slot_count) != OK)
    return text_get(id, cli->lang);
  return text;
}

static void line_to(FILE *stream, struct str line)
{
  (void)fwrite(line.ptr, 1, line.len, stream);
  (void)fputc('\n', stream);
}

void say_str(struct str line)
{
  line_to(stdout, line);
}

void say(const struct cli *cli, enum text_id id)
{
  line_to(stdout, text_get(id, cli->lang));
}

void note_str(struct str line)
{
  line_to(stderr, line);
}

void note(const struct cli *cli, enum text_id id)
{
  line_to(stderr, text_get(id, cli->lang));
}

struct str formatted(struct cli *cli, const char *format, ...)
{
  va_list args, again;
  struct str text = STR("");

  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  if (length >= 0) {
    char *bytes = arena_take(cli->arena, (size_t)length + 1);

    if (bytes != NULL && vsnprintf(bytes, (size_t)length + 1, format, again) == length)
      text = (struct str){bytes, (size_t)length};
  }
  va_end(again);
  va_end(args);
  return text;
}

struct str number(struct cli *cli, int64_t value)
{
  return formatted(cli, "%lld", (long long)value);
}

enum exit_code say_json(struct cli *cli, const struct json *json, enum exit_code code)
{
  struct str text;
  enum err err = json_done(json, &text);

  if (err != OK) return complain(cli, err);
  say_str(text);
  return code;
}

static void complain_json(struct cli *cli, enum err err)
{
  struct json json;
  struct str text;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "error");
  json_str(&json, str_from(err_name(err)));
  JSON_KEY(&json, "detail");
  json_str(&json, text_get(err_text(err), cli->lang));
  if (cli->trail.where != NULL) {
    JSON_KEY(&json, "where");
    json_str(&json, str_from(cli->trail.where));
    JSON_KEY(&json, "a");
    json_int(&json, cli->trail.a);
    JSON_KEY(&json, "b");
    json_int(&json, cli->trail.b);
  }
  if (cli->why.len > 0) {
    JSON_KEY(&json, "why");
    json_str(&json, cli->why);
  }
  json_object_end(&json);
  if (json_done(&json, &text) == OK) say_str(text);
}

static void place_note(struct cli *cli)
{
  if (cli->trail.where == NULL) return;
  if (cli->trail.a == 0 && cli->trail.b == 0)
    NOTE(cli, TEXT_CLI_WHERE, str_from(cli->trail.where));
  else
    NOTE(cli, TEXT_CLI_PLACE, str_from(cli->trail.where), number(cli, cli->trail.a),
         number(cli, cli->trail.b));
}

enum exit_code complain(struct cli *cli, enum err err)
{
  if (cli->json) {
    complain_json(cli, err);
    return exit_for(err);
  }
  note_str(formatted(cli, "cnis %s: %.*s", cli->verb == NULL ? "" : cli->verb->name,
                     (int)text_get(err_text(err), cli->lang).len,
                     text_get(err_text(err), cli->lang).ptr));
  if (cli->why.len > 0) note_str(formatted(cli, "  %.*s", (int)cli->why.len, cli->why.ptr));
  place_note(cli);
  if (err == ERR_CUSTODIAN && cli_has(cli, OPTION_DIR))
    NOTE(cli, TEXT_CLI_START_CUSTODIAN, str_from(cli->value[OPTION_DIR]));
  return exit_for(err);
}

enum exit_code misuse(struct cli *cli, struct str line)
{
  note_str(line);
  if (cli->verb == NULL)
    note(cli, TEXT_CLI_SEE_HELP);
  else
    NOTE(cli, TEXT_CLI_SEE_VERB_HELP, str_from(cli->verb->name));
  return EXIT_USAGE;
}
