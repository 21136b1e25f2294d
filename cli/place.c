/* Where things of one authority lie below its folder. */
#include "cli/place.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/file.h"

enum err place_of(struct cli *cli, struct place *ret_place, const struct settings *settings)
{
  return place_at(cli, ret_place, cli->value[OPTION_DIR], settings);
}

enum err place_at(struct cli *cli, struct place *ret_place, const char *dir,
                  const struct settings *settings)
{
  struct place place = {
    .dir = dir,
    .register_dir = path_join(cli, dir, "register"),
    .root_dir = path_join(cli, dir, "root"),
    .custodian_dir = path_join(cli, dir, "custodian"),
    .custodian_pub = path_join(cli, dir, "custodian/custodian.pub"),
    .custodian_socket = settings->value[SETTING_CUSTODIAN_SOCKET],
    .people_dir = path_join(cli, dir, "people"),
    .admin_socket = path_join(cli, dir, "register/admin.sock"),
  };

  if (place.custodian_socket == NULL)
    place.custodian_socket = path_join(cli, dir, "custodian/custodian.sock");
  if (place.admin_socket == NULL || place.custodian_socket == NULL) return ERR_MEMORY;
  *ret_place = place;
  return OK;
}

struct reg_config place_register(const struct cli *cli, const struct place *place,
                                 const struct settings *settings)
{
  return (struct reg_config){
    .register_dir = place->register_dir,
    .root_dir = place->root_dir,
    .custodian_socket = place->custodian_socket,
    .passphrase_file = settings->value[SETTING_PASSPHRASE_FILE],
    .outside = cli->outside,
    .log = {.fd = STDERR_FILENO, .outside = cli->outside},
    .tick_us = PLACE_TICK_US,
  };
}

bool place_is_separated(const struct place *place)
{
  struct stat found;

  return stat(place->custodian_socket, &found) == 0 && found.st_uid != geteuid();
}
