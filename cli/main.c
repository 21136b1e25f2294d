/* cnis: finds the verb, reads its options, runs it. What each verb does stands in verb_*.c; this
 * file must never touch a register. */
#include <string.h>
#include <sys/stat.h>

#include "cli/help.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/version.h"
#include "crypto/key.h"

#define PROGRAM_ARENA_BYTES ((size_t)512 << 20) /* a cap, not a use: a sheet of 64 MiB fits */

static bool asks_for(const char *word, const char *wanted, const char *briefly)
{
  return strcmp(word, wanted) == 0 || strcmp(word, briefly) == 0;
}

/* `cnis` alone, or with something that is not a verb. */
static enum exit_code without_verb(struct cli *cli, int argc, char **argv)
{
  if (argc < 2) {
    help_all(cli);
    return EXIT_USAGE;
  }
  if (asks_for(argv[1], "--version", "-V")) {
    printf("cnis %s\n", CNIS_VERSION);
    return EXIT_FINE;
  }
  if (strcmp(argv[1], "--completion") == 0) return help_completion();
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], "--lang=", 7) == 0 && !lang_parse(argv[i] + 7, &cli->lang))
      return misuse(cli, SENTENCE(cli, TEXT_CLI_LANG_WRONG, str_from(argv[i] + 7)));
    if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc && !lang_parse(argv[i + 1], &cli->lang))
      return misuse(cli, SENTENCE(cli, TEXT_CLI_LANG_WRONG, str_from(argv[i + 1])));
  }
  for (int i = 1; i < argc; i++) {
    if (asks_for(argv[i], "--help", "-h")) return help_all(cli);
  }
  return misuse(cli, SENTENCE(cli, TEXT_CLI_NO_SUCH_VERB, str_from(argv[1])));
}

static enum exit_code run(struct cli *cli, int argc, char **argv)
{
  int words = 0;

  cli->verb = argc < 2 ? NULL : verb_find(argv + 1, argc - 1, &words);
  if (cli->verb == NULL) return without_verb(cli, argc, argv);
  enum exit_code code = options_read(cli, argc - words, argv + words);
  if (code != EXIT_FINE) return code;
  return cli_has(cli, OPTION_HELP) ? help_verb(cli) : cli->verb->run(cli);
}

int main(int argc, char **argv)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct cli cli = {.lang = lang_of_environment(), .outside = outside_real()};

  umask(077); /* whatever a verb makes is its user's alone */
  if (crypto_ready() != OK || arena_new(&arena, PROGRAM_ARENA_BYTES) != OK) return EXIT_INTERNAL;
  cli.arena = arena;
  enum exit_code code = run(&cli, argc, argv);
  return fflush(stdout) == 0 && !ferror(stdout) ? (int)code : (int)EXIT_IO;
}
