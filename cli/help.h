/* What `cnis --help` and `cnis VERB --help` print, made from the tables, so that no option can be
 * there and not be told. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/verb.h"

enum exit_code help_all(struct cli *cli);
enum exit_code help_verb(struct cli *cli);
/* A completion for bash: `source <(cnis --completion)`. */
enum exit_code help_completion(void);

#endif
