/* Where things of one authority lie below its folder (docs/design.md D15), in one place. */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "cli/settings.h"
#include "register/register.h"

#define PLACE_TICK_US 50000 /* generic answers leave on this grid */

struct place {
  const char *dir;
  const char *register_dir;  /* the three databases, lock, admin socket */
  const char *root_dir;      /* keyring and root secret */
  const char *custodian_dir; /* the second process's own */
  const char *custodian_pub; /* in custodian_dir */
  const char *custodian_socket;
  const char *people_dir; /* the demonstration's personal keys */
  const char *admin_socket;
};

MUST_USE enum err place_of(struct cli *cli, struct place *ret_place,
                           const struct settings *settings);
/* The same of another folder than --dir names. */
MUST_USE enum err place_at(struct cli *cli, struct place *ret_place, const char *dir,
                           const struct settings *settings);
/* How the register of this place is opened. */
struct reg_config place_register(const struct cli *cli, const struct place *place,
                                 const struct settings *settings);
/* Whether register and custodian run as two users, so that neither can read the other's keys: the
 * custodian's socket is there and belongs to another user. */
bool place_is_separated(const struct place *place);

#endif
