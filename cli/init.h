/* Makes a register with its first administrator; for `cnis init` and the demonstration. */
#ifndef CLI_INIT_H
#define CLI_INIT_H

#include "cli/place.h"
#include "register/operations.h"

/* Before commencement nothing is a duty and every parental field is voluntary: the safe assumption.
 */
#define INIT_REGIME_USUAL "pre-cnis-wales"

struct init_order {
  struct reg_init reg;
  struct str admin, password;
  struct str unix_uid; /* decimal: the Unix user who is the administrator on the admin socket; may
                          be empty */
};

/* ERR_CONFLICT when there is a register already; what was begun stays, so that nothing is deleted
 * that this call did not make. */
MUST_USE enum err init_make(struct cli *cli, const struct place *place,
                            const struct settings *settings, const struct init_order *order);

#endif
