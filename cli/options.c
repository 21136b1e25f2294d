/* Reads a verb's command line with getopt_long; which options there are stands in options.def. */
#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/say.h"

const struct option_row cli_options[OPTION_COUNT] = {
#define O(id, name, argument, text) {name, argument, text},
#include "cli/options.def"
#undef O
};

#define FIRST_VALUE 256 /* getopt's own answers are characters */

/* How many words of `words` are the name of the verb; 0: it is another verb. */
static int name_words(const char *name, char **words, int count)
{
  int n = 0;

  while (n < count) {
    size_t length = strcspn(name, " ");

    if (strlen(words[n]) != length || strncmp(name, words[n], length) != 0) return 0;
    n++;
    if (name[length] == '\0') return n;
    name += length + 1;
  }
  return 0;
}

const struct verb *verb_find(char **words, int count, int *ret_words)
{
  for (unsigned i = 0; i < cli_verb_count; i++) {
    int n = name_words(cli_verbs[i].name, words, count);

    if (n > 0) {
      *ret_words = n;
      return &cli_verbs[i];
    }
  }
  return NULL;
}

bool lang_parse(const char *text, enum lang *ret_lang)
{
  if (strcmp(text, "cy") == 0)
    *ret_lang = LANG_CY;
  else if (strcmp(text, "en") == 0)
    *ret_lang = LANG_EN;
  else
    return false;
  return true;
}

enum lang lang_of_environment(void)
{
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const char *value = getenv(names[i]);

    if (value != NULL && value[0] != '\0') return strncmp(value, "cy", 2) == 0 ? LANG_CY : LANG_EN;
  }
  return LANG_EN;
}

static void options_long(struct option ret_long[static OPTION_COUNT + 1], uint64_t accepted)
{
  size_t n = 0;

  for (int i = 0; i < OPTION_COUNT; i++) {
    if ((accepted >> i & 1) == 0) continue;
    ret_long[n++] = (struct option){
      cli_options[i].name, cli_options[i].argument != NULL ? required_argument : no_argument, NULL,
      FIRST_VALUE + i};
  }
  ret_long[n] = (struct option){0};
}

/* What getopt could not take; it leaves the word in argv[optind - 1]. */
static enum exit_code option_wrong(struct cli *cli, char **argv, int answer)
{
  enum text_id why = answer == ':' ? TEXT_CLI_OPTION_WANTS_VALUE : TEXT_CLI_NO_SUCH_OPTION;

  return misuse(cli, SENTENCE(cli, why, str_from(argv[optind - 1])));
}

static enum exit_code options_complete(struct cli *cli)
{
  const struct verb *verb = cli->verb;
  uint64_t needs = verb->needs;

  if (cli_has(cli, OPTION_LIVE)) needs &= OPTION(DIR); /* refused whatever else is said */
  for (int i = 0; i < OPTION_COUNT; i++) {
    if ((needs >> i & 1) != 0 && cli->value[i] == NULL)
      return misuse(cli, SENTENCE(cli, TEXT_CLI_OPTION_MISSING, str_from(cli_options[i].name)));
  }
  if (cli->operand_count < verb->operands_min)
    return misuse(cli, SENTENCE(cli, TEXT_CLI_OPERAND_MISSING, str_from(verb->operands)));
  if (cli->operand_count > verb->operands_max)
    return misuse(
      cli, SENTENCE(cli, TEXT_CLI_OPERAND_TOO_MANY, str_from(cli->operands[verb->operands_max])));
  return EXIT_FINE;
}

enum exit_code options_read(struct cli *cli, int argc, char **argv)
{
  struct option accepted[OPTION_COUNT + 1];
  int answer;

  options_long(accepted, cli->verb->needs | cli->verb->takes | OPTIONS_ALWAYS);
  optind = 0; /* glibc: start anew, for this is not the program's own argv */
  while ((answer = getopt_long(argc, argv, ":h", accepted, NULL)) != -1) {
    if (answer == '?' || answer == ':') return option_wrong(cli, argv, answer);
    if (answer == 'h') answer = FIRST_VALUE + OPTION_HELP;
    cli->value[answer - FIRST_VALUE] = optarg == NULL ? "" : optarg;
  }
  cli->operands = argv + optind;
  cli->operand_count = (unsigned)(argc - optind);
  cli->json = cli_has(cli, OPTION_JSON);
  if (cli_has(cli, OPTION_LANG) && !lang_parse(cli->value[OPTION_LANG], &cli->lang))
    return misuse(cli, SENTENCE(cli, TEXT_CLI_LANG_WRONG, str_from(cli->value[OPTION_LANG])));
  return cli_has(cli, OPTION_HELP) ? EXIT_FINE : options_complete(cli);
}
