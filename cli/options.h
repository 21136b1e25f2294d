/* Reads a verb's command line against its row of verbs.def. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/verb.h"

struct option_row {
  const char *name, *argument; /* argument NULL: a flag */
  enum text_id says;
};
extern const struct option_row cli_options[OPTION_COUNT];

/* The verb that the words name, and how many words its name has; NULL: none. */
const struct verb *verb_find(char **words, int count, int *ret_words);
/* The options that go with every verb. */
#define OPTIONS_ALWAYS (OPTION(HELP) | OPTION(JSON) | OPTION(LANG))

/* Fills cli->value and cli->operands; `argv[0]` is a word before the first option. Says what is
 * wrong and returns EXIT_USAGE, or EXIT_FINE. */
enum exit_code options_read(struct cli *cli, int argc, char **argv);

/* The language that the person's environment asks for (LC_ALL, LC_MESSAGES, LANG; the first set).
 */
enum lang lang_of_environment(void);
bool lang_parse(const char *text, enum lang *ret_lang);

#endif
