/* cnis serve: the service in the foreground, until it is told to end. It listens where no other
 * machine can reach it, and says so. */
#include "cli/say.h"
#include "cli/service.h"

static void banner_say(struct cli *cli, const struct service *service,
                       const struct settings *settings)
{
  SAY(cli, TEXT_SERVE_BANNER, service_authority(service));
  if (settings->value[SETTING_SOCKET] != NULL)
    SAY(cli, TEXT_SERVE_SOCKET, str_from(settings->value[SETTING_SOCKET]));
  else
    SAY(cli, TEXT_SERVE_ADDRESS, number(cli, service_port(service)));
}

static void banner_json(struct cli *cli, const struct service *service,
                        const struct settings *settings)
{
  struct json json;

  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "authority");
  json_str(&json, service_authority(service));
  JSON_KEY(&json, "synthetic");
  json_bool(&json, true);
  if (settings->value[SETTING_SOCKET] != NULL) {
    JSON_KEY(&json, "socket");
    json_str(&json, str_from(settings->value[SETTING_SOCKET]));
  } else {
    JSON_KEY(&json, "address");
    json_str(&json, formatted(cli, "http://127.0.0.1:%u", (unsigned)service_port(service)));
  }
  json_object_end(&json);
  (void)say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_serve(struct cli *cli)
{
  OWNED(service_stop) struct service *service = NULL;
  struct settings settings;
  struct place place;
  enum err err;

  process_seal();
  signals_hold();
  err = settings_read(cli, &settings, cli->value[OPTION_DIR]);
  if (err == OK) err = place_of(cli, &place, &settings);
  if (err == OK) err = service_start(&service, cli, &place, &settings, true);
  if (err != OK) return complain(cli, err);
  if (cli->json)
    banner_json(cli, service, &settings);
  else
    banner_say(cli, service, &settings);
  if (!place_is_separated(&place)) note(cli, TEXT_SERVE_NOT_SEPARATED);
  fflush(stdout);
  signals_wait();
  return EXIT_FINE;
}
