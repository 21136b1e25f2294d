/* Another program of ours, run by a verb. */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <sys/types.h>

#include "cli/verb.h"

/* Runs it to its end with standard output to nowhere, and with `is_quiet` standard error too.
 * ERR_ABSENT: it cannot be run; ERR_INTERNAL: it ended with another code than 0 (a of the trail).
 */
MUST_USE enum err child_run(struct cli *cli, const char *const argv[], bool is_quiet);
/* Starts it: it gets SIGTERM when this process ends, however that is. */
MUST_USE enum err child_start(struct cli *cli, pid_t *ret_pid, const char *const argv[]);
/* The same, with standard output to a file that is made anew and standard error to nowhere. */
MUST_USE enum err child_start_telling(struct cli *cli, pid_t *ret_pid, const char *const argv[],
                                      const char *output);
/* Runs it to its end like that, whatever its exit code. ERR_ABSENT: it cannot be run. */
MUST_USE enum err child_ask(struct cli *cli, int *ret_code, const char *const argv[],
                            const char *output);
/* Whether it has ended by itself, or was never started; *pid is 0 then. Does not wait. */
bool child_has_ended(pid_t *pid);
void child_stop(pid_t *pid); /* SIGTERM, and waits; 0 is fine */

#endif
