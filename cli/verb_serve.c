/* cnis serve: the service in the foreground, until it is told to end. It says where it listens;
 * with a certificate that may be where other machines reach it. */
#include <signal.h>

#include "cli/say.h"
#include "cli/service.h"

static void banner_json(struct cli *cli, const struct service *service)
{
  struct json json;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "authority");
  json_str(&json, service_authority(service));
  JSON_KEY(&json, "synthetic");
  json_bool(&json, true);
  if (service_port(service) == 0)
    JSON_KEY(&json, "socket");
  else
    JSON_KEY(&json, "address");
  json_str(&json, service_address(cli, service));
  json_object_end(&json);
  (void)say_json(cli, &json, EXIT_FINE);
}

static void banner_say(struct cli *cli, const struct service *service)
{
  SAY(cli, TEXT_SERVE_BANNER, service_authority(service));
  service_say(cli, service);
}

enum exit_code verb_serve(struct cli *cli)
{
  OWNED(service_stop) struct service *service = NULL;
  struct settings settings;
  struct place place;
  enum err err;

  process_seal();
  err = settings_read(cli, &settings, cli->value[OPTION_DIR]);
  bool can_renew = err == OK && settings.value[SETTING_CERTIFICATE] != NULL;
  signals_hold(can_renew);
  if (err == OK) err = place_of(cli, &place, &settings);
  if (err == OK) err = service_start(&service, cli, &place, &settings, true);
  if (err != OK) return complain(cli, err);
  if (cli->json)
    banner_json(cli, service);
  else
    banner_say(cli, service);
  if (!place_is_separated(&place)) note(cli, TEXT_SERVE_NOT_SEPARATED);
  (void)fflush(stdout);
  while (signals_wait(can_renew) == SIGHUP)
    service_renew(cli, service);
  return EXIT_FINE;
}
