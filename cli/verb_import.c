/* cnis import: sends a sheet as a person who may import, and names every row about which there is
 * something to say. It reads no cell itself. */
#include <string.h>

#include "api/sheet.h"
#include "cli/file.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/send.h"
#include "cli/visit.h"

#define SHEET_MAX ((size_t)64 << 20)

struct totals {
  unsigned taken, unchanged, proposed, refused;
  bool is_unread; /* the sheet, to its end */
};

struct telling {
  struct cli *cli;
  struct json json; /* with --json: the object under way */
  struct totals totals;
};

static bool begins(struct str text, const char *start)
{
  size_t n = strlen(start);

  return text.len >= n && memcmp(text.ptr, start, n) == 0;
}

static void count(struct totals *totals, const struct send_said *said)
{
  if (begins(said->outcome, "refused")) {
    totals->refused++;
  } else if (begins(said->outcome, "proposed")) {
    totals->proposed++;
  } else if (str_is(said->outcome, "taken")) {
    totals->taken++;
  } else if (str_is(said->outcome, "unchanged")) {
    totals->unchanged++;
  } else if (str_is(said->outcome, "failed")) {
    totals->is_unread = true;
  }
}

/* Rows taken in or unchanged are counted, not named; what is said of a cell always is. */
static void said_words(struct cli *cli, const struct send_said *said)
{
  bool is_plain = str_is(said->outcome, "taken") || str_is(said->outcome, "unchanged");

  for (size_t i = 0; i < send_message_count(said); i++) {
    struct send_message message = send_message_at(said, i);

    if (message.column.len > 0)
      SAY(cli, TEXT_IMPORT_ROW, number(cli, said->row), message.column, message.text);
    else if (said->row == 0)
      say_str(message.text); /* of the file */
    else if (!is_plain)
      SAY(cli, TEXT_IMPORT_ROW_WHOLE, number(cli, said->row), message.text);
  }
}

static void message_json(struct json *json, struct send_message message)
{
  json_object_start(json);
  if (message.column.len > 0) {
    JSON_KEY(json, "column");
    json_str(json, message.column);
  }
  JSON_KEY(json, "text");
  json_str(json, message.text);
  json_object_end(json);
}

static void said_json(struct json *json, const struct send_said *said)
{
  json_object_start(json);
  JSON_KEY(json, "row");
  json_int(json, said->row);
  JSON_KEY(json, "outcome");
  json_str(json, said->outcome);
  if (said->id.len > 0) {
    JSON_KEY(json, "id");
    json_str(json, said->id);
  }
  JSON_KEY(json, "messages");
  json_array_start(json);
  for (size_t i = 0; i < send_message_count(said); i++)
    message_json(json, send_message_at(said, i));
  json_array_end(json);
  json_object_end(json);
}

static enum err tell(void *self, const struct send_said *said)
{
  struct telling *telling = self;
  struct cli *cli = telling->cli;

  count(&telling->totals, said);
  if (cli->json)
    said_json(&telling->json, said);
  else
    said_words(cli, said);
  return OK;
}

static const char *option_text(const struct cli *cli, enum option_id option)
{
  return cli_has(cli, option) ? cli->value[option] : "";
}

static enum err sheet_import(struct cli *cli, struct telling *telling)
{
  OWNED(visit_end) struct visit visit = {.cli = cli};
  struct send_order order = {.source = option_text(cli, OPTION_SOURCE),
                             .on = option_text(cli, OPTION_ON),
                             .is_dry_run = cli_has(cli, OPTION_DRY_RUN),
                             .each = tell,
                             .self = telling};

  TRY(file_read(cli, &order.csv, cli->operands[0], SHEET_MAX));
  TRY(visit_begin(&visit));
  order.token = visit.signed_in.token;
  return send_sheet(cli, visit.service, &order);
}

static enum exit_code totals_say(struct cli *cli, struct telling *telling)
{
  const struct totals *totals = &telling->totals;
  enum exit_code code = totals->is_unread                         ? EXIT_DATA
                        : totals->refused + totals->proposed == 0 ? EXIT_FINE
                                                                  : EXIT_NOT_ALL;
  bool is_dry = cli_has(cli, OPTION_DRY_RUN);

  if (!cli->json) {
    SAY(cli, is_dry ? TEXT_IMPORT_SUMMARY_DRY : TEXT_IMPORT_SUMMARY, number(cli, totals->taken),
        number(cli, totals->unchanged), number(cli, totals->proposed),
        number(cli, totals->refused));
    if (totals->taken > 0 && !is_dry) SAY(cli, TEXT_IMPORT_WAITING, number(cli, totals->taken));
    return code;
  }
  json_array_end(&telling->json);
  JSON_KEY(&telling->json, "taken");
  json_int(&telling->json, totals->taken);
  JSON_KEY(&telling->json, "unchanged");
  json_int(&telling->json, totals->unchanged);
  JSON_KEY(&telling->json, "proposed");
  json_int(&telling->json, totals->proposed);
  JSON_KEY(&telling->json, "refused");
  json_int(&telling->json, totals->refused);
  JSON_KEY(&telling->json, "waiting_for_first_decision");
  json_int(&telling->json, is_dry ? 0 : totals->taken);
  json_object_end(&telling->json);
  return say_json(cli, &telling->json, code);
}

static enum exit_code template_write(struct cli *cli)
{
  enum lang lang;
  struct str text;

  if (!lang_parse(cli->value[OPTION_TEMPLATE], &lang))
    return misuse(cli, SENTENCE(cli, TEXT_CLI_LANG_WRONG, str_from(cli->value[OPTION_TEMPLATE])));
  enum err err = sheet_template(cli->arena, &text, lang);
  if (err != OK) return complain(cli, err);
  (void)fwrite(text.ptr, 1, text.len, stdout);
  return EXIT_FINE;
}

enum exit_code verb_import(struct cli *cli)
{
  struct telling telling = {.cli = cli};
  struct day on;

  if (cli_has(cli, OPTION_TEMPLATE) && cli->operand_count == 0) return template_write(cli);
  if (cli->operand_count != 1 || !cli_has(cli, OPTION_DIR))
    return misuse(cli, text_get(TEXT_IMPORT_NEEDS_FILE, cli->lang));
  if (cli_has(cli, OPTION_ON) && !day_parse(str_from(cli->value[OPTION_ON]), &on))
    return misuse(cli, SENTENCE(cli, TEXT_CLI_OPTION_WRONG, STR("on")));
  json_start(&telling.json, cli->arena, 65536);
  json_object_start(&telling.json);
  JSON_KEY(&telling.json, "rows");
  json_array_start(&telling.json);
  enum err err = sheet_import(cli, &telling);
  return err == OK ? totals_say(cli, &telling) : complain(cli, err);
}
