/* cnis-verify: the command line, the words, and the exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/verify.h"
#include "cli/version.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define VERIFY_ARENA_BYTES ((size_t)1 << 30) /* a cap, not a use */

static const struct {
  enum verdict verdict;
  enum text_id says;
} verdicts[] = {
  /* gravest first */
  {VERDICT_USAGE, TEXT_VERIFY_USAGE},
  {VERDICT_INTERNAL, TEXT_VERIFY_INTERNAL},
  {VERDICT_EQUIVOCATION, TEXT_VERIFY_EQUIVOCATION},
  {VERDICT_SIGNATURE, TEXT_VERIFY_SIGNATURE},
  {VERDICT_PROOF_FAILS, TEXT_VERIFY_PROOF_FAILS},
  {VERDICT_MALFORMED, TEXT_VERIFY_MALFORMED},
  {VERDICT_NO_INPUT, TEXT_VERIFY_NO_INPUT},
  {VERDICT_EXPIRED, TEXT_VERIFY_EXPIRED},
  {VERDICT_STALE, TEXT_VERIFY_STALE},
  {VERDICT_HOLDS, TEXT_VERIFY_HOLDS},
};
#define VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

static size_t rank(enum verdict verdict)
{
  size_t i = 0;
  while (i + 1 < VERDICTS && verdicts[i].verdict != verdict)
    i++;
  return i;
}

enum verdict verdict_graver(enum verdict a, enum verdict b)
{
  return rank(a) < rank(b) ? a : b;
}

enum verdict verdict_of(enum err err)
{
  if (err == OK) return VERDICT_HOLDS;
  if (err == ERR_INPUT || err == ERR_TOO_LARGE || err == ERR_ABSENT) return VERDICT_MALFORMED;
  if (err == ERR_REFUSED) return VERDICT_SIGNATURE;
  if (err == ERR_CORRUPT) return VERDICT_PROOF_FAILS;
  return VERDICT_INTERNAL;
}

void verify_say(struct verify *verify, enum text_id id, const struct str *slots, size_t count)
{
  struct str line = {0};
  if (text_fill(verify->arena, &line, id, verify->lang, slots, count) != OK) return;
  (void)fwrite(line.ptr, 1, line.len, stdout);
  (void)fputc('\n', stdout);
}

struct str verify_number(struct verify *verify, uint64_t value)
{
  char *text = arena_take(verify->arena, 24);
  if (text == NULL) return STR("?");
  int n = snprintf(text, 24, "%llu", (unsigned long long)value);
  return (struct str){text, (size_t)n};
}

enum verdict verify_fails(struct verify *verify, const char *name, enum verdict verdict)
{
  struct json json;
  struct str line = {0};
  if (!verify->json) {
    VERIFY_SAY(verify, verdicts[rank(verdict)].says, str_from(name));
    return verdict;
  }
  json_start(&json, verify->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "input");
  json_str(&json, str_from(name));
  JSON_KEY(&json, "verdict");
  json_int(&json, verdict);
  json_object_end(&json);
  if (json_done(&json, &line) == OK) VERIFY_SAY(verify, TEXT_VERIFY_LINE, line);
  return verdict;
}

/* ---- the command line ---- */

struct command {
  enum verdict (*verb)(struct verify *, char **, int);
  const char *key, *leaf, *at_least, *on, *lang;
  bool wants_help, wants_version;
  int inputs; /* argv[1 ...] after reading */
};

static bool read_flag(struct verify *verify, struct command *command, const char *word)
{
  if (strcmp(word, "--package") == 0)
    verify->is_package = true;
  else if (strcmp(word, "--json") == 0)
    verify->json = true;
  else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
    command->wants_help = true;
  else if (strcmp(word, "--version") == 0)
    command->wants_version = true;
  else
    return false;
  return true;
}

static bool read_value(struct command *command, const char *word, const char *value)
{
  if (value == NULL) return false;
  if (strcmp(word, "--key") == 0)
    command->key = value;
  else if (strcmp(word, "--leaf") == 0)
    command->leaf = value;
  else if (strcmp(word, "--at-least") == 0)
    command->at_least = value;
  else if (strcmp(word, "--on") == 0)
    command->on = value;
  else if (strcmp(word, "--lang") == 0)
    command->lang = value;
  else
    return false;
  return true;
}

/* False when a word has no meaning here. */
static bool read_command(struct verify *verify, struct command *command, int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (read_flag(verify, command, argv[i])) continue;
    if (argv[i][0] == '-' && argv[i][1] != '\0') {
      if (!read_value(command, argv[i], i + 1 < argc ? argv[i + 1] : NULL)) return false;
      i++;
    } else if (command->verb != NULL) {
      argv[1 + command->inputs++] = argv[i];
    } else if (strcmp(argv[i], "proof") == 0) {
      command->verb = verify_proof;
    } else if (strcmp(argv[i], "consistency") == 0) {
      command->verb = verify_consistency;
    } else {
      return false;
    }
  }
  return true;
}

static enum lang language(const char *asked)
{
  const char *names[] = {asked, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    if (names[i] != NULL && names[i][0] != '\0')
      return strncmp(names[i], "cy", 2) == 0 ? LANG_CY : LANG_EN;
  return LANG_EN;
}

static enum verdict prepare(struct verify *verify, const struct command *command)
{
  struct str keys = {0};
  struct day day = {0};

  verify->on = verify->outside.now(verify->outside.self);
  if (command->on != NULL && !day_parse(str_from(command->on), &day))
    return verify_fails(verify, command->on, VERDICT_USAGE);
  if (command->on != NULL) verify->on.us = day.number * DAY_US;
  if (command->at_least != NULL && !str_to_u64(str_from(command->at_least), &verify->at_least))
    return verify_fails(verify, command->at_least, VERDICT_USAGE);
  if (verify_read(verify, &keys, command->key) != OK)
    return verify_fails(verify, command->key, VERDICT_NO_INPUT);
  if (verify_keys(verify, keys) != OK) return verify_fails(verify, command->key, VERDICT_MALFORMED);
  if (command->leaf != NULL && verify_read(verify, &verify->leaf, command->leaf) != OK)
    return verify_fails(verify, command->leaf, VERDICT_NO_INPUT);
  return VERDICT_HOLDS;
}

static enum verdict run(struct verify *verify, int argc, char **argv)
{
  struct command command = {0};
  char from_input[] = "-";
  bool understood = read_command(verify, &command, argc, argv);
  verify->lang = language(command.lang);
  if (command.wants_version) {
    puts("cnis-verify " CNIS_VERSION);
    return VERDICT_HOLDS;
  }
  if (command.wants_help) {
    verify_say(verify, TEXT_VERIFY_HELP, NULL, 0);
    return VERDICT_HOLDS;
  }
  if (!understood || command.verb == NULL || command.key == NULL)
    return verify_fails(verify, "cnis-verify", VERDICT_USAGE);
  enum verdict verdict = prepare(verify, &command);
  if (verdict != VERDICT_HOLDS) return verdict;
  char *standard[] = {from_input};
  if (command.inputs == 0) return command.verb(verify, standard, 1);
  return command.verb(verify, argv + 1, command.inputs);
}

int main(int argc, char **argv)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct verify verify = {.outside = outside_real()};
  if (crypto_ready() != OK || arena_new(&arena, VERIFY_ARENA_BYTES) != OK) return VERDICT_INTERNAL;
  verify.arena = arena;
  enum verdict verdict = run(&verify, argc, argv);
  return fflush(stdout) == 0 && !ferror(stdout) ? (int)verdict : (int)VERDICT_INTERNAL;
}
