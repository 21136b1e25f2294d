/* What a verb asks of the person at the terminal, and of private files instead of one. Passwords
 * are never taken from arguments or the environment, where other processes can read them. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/verb.h"

#define PASSWORD_MAX 256 /* bytes */

/* First line of `file` when the option was given, else asked on the terminal without echo.
 * ERR_INPUT: empty, too long, or the file can be read by others; ERR_ABSENT: no file;
 * ERR_UNAUTHENTICATED: there is no terminal to ask on. In the arena. */
MUST_USE enum err password_get(struct cli *cli, struct str *ret_password, enum option_id file,
                               struct str prompt);
/* Asked twice when it comes from the terminal; ERR_INPUT when the two differ. */
MUST_USE enum err password_get_new(struct cli *cli, struct str *ret_password, enum option_id file,
                                   struct str prompt);

#endif
