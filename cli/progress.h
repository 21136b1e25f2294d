/* How far long work is: rewritten in place on a terminal, a line now and then in a pipe or a log.
 * On standard error, so that it never mixes with a result. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/verb.h"

struct progress {
  struct cli *cli;
  bool is_terminal, is_shown;
  uint64_t started_us, next_us;
};

void progress_start(struct progress *progress, struct cli *cli);
/* `total` 0: not known yet. Shows only when it is time to. */
void progress_show(struct progress *progress, uint64_t done, uint64_t total);
void progress_end(struct progress *progress, uint64_t done, uint64_t total);

#endif
