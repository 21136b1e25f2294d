/* cnis audit fsck: everything that a start verifies (lock, keys, every row's seal, the sums, the
 * tree), without serving and without the custodian's word on the head, for which it says so. */
#include "cli/place.h"
#include "cli/say.h"

static enum err register_verify(struct cli *cli)
{
  OWNED(reg_close) struct reg *reg = NULL;
  struct settings settings;
  struct place place;

  TRY(settings_read(cli, &settings, cli->value[OPTION_DIR]));
  TRY(place_of(cli, &place, &settings));
  struct reg_config config = place_register(cli, &place, &settings);
  config.start_without_custodian = true;
  config.custodian_socket = NULL; /* not asked, and so not missed */
  return reg_open(&reg, &config, &cli->trail);
}

enum exit_code verb_audit_fsck(struct cli *cli)
{
  struct json json;
  enum err err = register_verify(cli);

  if (err != OK) return complain(cli, err);
  if (!cli->json) {
    say(cli, TEXT_FSCK_WHOLE);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 64);
  json_object_start(&json);
  JSON_KEY(&json, "whole");
  json_bool(&json, true);
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}
