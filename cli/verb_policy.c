/* cnis policy check | matrix | book: reads the rules that are built into this program,
 * and files of made-up situations. Never touches a register, so that anybody may run it anywhere.
 */
#include <string.h>

#include "cli/file.h"
#include "cli/say.h"
#include "policy/check.h"
#include "policy/policy.h"
#include "register/register.h"
#if CNIS_CONSOLE
#include "console/book.h"
#endif

#define BOOK_ARENA_BYTES ((size_t)32 << 20)
#define CASE_FILE_MAX ((size_t)64 << 20)
#define CASE_ARENA_BYTES ((size_t)1 << 20)

static enum err policy_open(struct cli *cli, struct policy **ret_policy)
{
  return policy_load(ret_policy, policy_builtin_files, policy_builtin_count, &cli->trail);
}

static void check_line(void *self, struct str text)
{
  const struct cli *cli = self;

  /* With --json the lines are for a person who watches; the result is the object at the end. */
  if (cli->json)
    note_str(text);
  else
    say_str(text);
}

static enum err check_files(struct cli *cli, const struct policy *policy,
                            struct check_totals *totals)
{
  OWNED(arena_free) struct arena *scratch = NULL;

  TRY(arena_new(&scratch, CASE_ARENA_BYTES));
  for (unsigned i = 0; i < cli->operand_count; i++) {
    struct check_totals of_file = {0};
    struct str text;

    TRY(file_read(cli, &text, cli->operands[i], CASE_FILE_MAX));
    TRY(policy_check_text(policy, &of_file, text, scratch, (struct check_output){check_line, cli},
                          &cli->trail));
    totals->passed += of_file.passed;
    totals->failed += of_file.failed;
    totals->skipped += of_file.skipped;
  }
  return OK;
}

static enum exit_code check_say(struct cli *cli, struct check_totals totals)
{
  enum exit_code code = totals.failed == 0 ? EXIT_FINE : EXIT_NOT_ALL;
  struct json json;

  if (!cli->json) return code;
  json_start(&json, cli->arena, 128);
  json_object_start(&json);
  JSON_KEY(&json, "passed");
  json_int(&json, totals.passed);
  JSON_KEY(&json, "failed");
  json_int(&json, totals.failed);
  JSON_KEY(&json, "skipped");
  json_int(&json, totals.skipped);
  json_object_end(&json);
  return say_json(cli, &json, code);
}

enum exit_code verb_policy_check(struct cli *cli)
{
  OWNED(policy_free) struct policy *policy = NULL;
  struct check_totals totals = {0};
  enum err err = policy_open(cli, &policy);

  if (err == OK) err = check_files(cli, policy, &totals);
  if (err != OK) return complain(cli, err);
  return check_say(cli, totals);
}

static enum exit_code matrix_json(struct cli *cli, struct str text)
{
  struct json json;

  json_start(&json, cli->arena, text.len * 2);
  json_object_start(&json);
  JSON_KEY(&json, "lines");
  json_array_start(&json);
  for (size_t at = 0; at < text.len;) {
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    size_t next = end == NULL ? text.len : (size_t)(end - text.ptr);

    json_str(&json, (struct str){text.ptr + at, next - at});
    at = next + 1;
  }
  json_array_end(&json);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_policy_matrix(struct cli *cli)
{
  OWNED(policy_free) struct policy *policy = NULL;
  struct str text = STR("");
  enum err err = policy_open(cli, &policy);

  if (err == OK) err = policy_matrix(policy, cli->arena, &text);
  if (err != OK) return complain(cli, err);
  if (cli->json) return matrix_json(cli, text);
  (void)fwrite(text.ptr, 1, text.len, stdout);
  return EXIT_FINE;
}

/* ---- The book ---------------------------------------------------------------------------------
 */

#if CNIS_CONSOLE
static enum exit_code book_say(struct cli *cli, struct str version, struct str html)
{
  struct json json;

  if (!cli->json) {
    (void)fwrite(html.ptr, 1, html.len, stdout);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, html.len * 2);
  json_object_start(&json);
  JSON_KEY(&json, "lang");
  json_str(&json, cli->lang == LANG_CY ? STR("cy") : STR("en"));
  JSON_KEY(&json, "policy");
  json_str(&json, version);
  JSON_KEY(&json, "html");
  json_str(&json, html);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_policy_book(struct cli *cli)
{
  OWNED(policy_free) struct policy *policy = NULL;
  OWNED(arena_free) struct arena *arena = NULL;
  uint8_t version[POLICY_VERSION_BYTES];
  char digits[2 * POLICY_VERSION_BYTES];
  struct str shown = {digits, sizeof(digits)}, html = STR("");
  enum err err = policy_open(cli, &policy);

  if (err == OK)
    err = policy_version(version, policy_builtin_files, policy_builtin_count, reg_policy_hash());
  if (err == OK) hex_write(digits, version, sizeof(version));
  if (err == OK) err = arena_new(&arena, BOOK_ARENA_BYTES);
  if (err == OK) err = book_write(policy, arena, cli->lang, shown, &html);
  return err == OK ? book_say(cli, shown, html) : complain(cli, err);
}
#endif
