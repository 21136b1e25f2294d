/* How a verb reaches the register: as a client of the service that holds it, or, when none does, of
 * the very same service run inside this process on the admin socket alone. One code path, one
 * dispatcher; a verb never calls the register itself. */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include "cli/place.h"

struct service;

/* Starts the service in this process. `is_public`: with its public listener, as the settings say.
 */
MUST_USE enum err service_start(struct service **ret_service, struct cli *cli,
                                const struct place *place, const struct settings *settings,
                                bool is_public);
/* A service that is already there, or one of our own without a public listener. */
MUST_USE enum err service_reach(struct service **ret_service, struct cli *cli,
                                const struct place *place, const struct settings *settings);
void service_stop(struct service **service); /* in order; NULL and pointer to NULL are fine */

/* Of a service of our own: the port it listens on (0: a Unix socket), where a client finds it (a
 * URL, or the socket's path), the same in a sentence on standard output, and the register's name.
 */
uint16_t service_port(const struct service *service);
struct str service_address(struct cli *cli, const struct service *service);
void service_say(struct cli *cli, const struct service *service);
struct str service_authority(const struct service *service);
const char *service_admin_socket(const struct service *service);

/* Takes a renewed certificate from the same files, or says why not and goes on with the one before.
 */
void service_renew(struct cli *cli, struct service *service);

/* Blocks SIGTERM and SIGINT, and SIGHUP if `with_renewal`, in every thread that is made from here
 * on; call before anything starts one. Then waits for one of them, and says which. */
void signals_hold(bool with_renewal);
int signals_wait(bool with_renewal);
/* Whether SIGTERM or SIGINT has come within so many seconds. */
bool signals_within(unsigned seconds);
/* No core file, and no other process of this user may look into this one. */
void process_seal(void);

#endif
