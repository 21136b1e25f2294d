/* cnis keys status: which keys the register holds, how old they are and in which state. Identifiers
 * only; a key itself never leaves crypto/. */
#include <string.h>

#include "cli/file.h"
#include "cli/place.h"
#include "cli/say.h"
#include "crypto/keyring.h"

#define PASSPHRASE_MAX 4096

struct named {
  unsigned value;
  const char *name;
};
static const struct named purposes[] = {{KEY_RECORD, "record"}, {KEY_FRESH, "fresh"},
                                        {KEY_ITEM, "item"},     {KEY_AUDIT, "audit"},
                                        {KEY_SERVE, "serve"},   {KEY_MANIFEST, "manifest"}};
static const struct named states[] = {{KEY_PRE_ACTIVE, "pre-active"},
                                      {KEY_ACTIVE, "active"},
                                      {KEY_DECRYPT_ONLY, "decrypt-only"},
                                      {KEY_DESTROYED, "destroyed"}};

static const char *name_of(const struct named *names, size_t count, unsigned value)
{
  for (size_t i = 0; i < count; i++) {
    if (names[i].value == value) return names[i].name;
  }
  return "?";
}
#define NAME_OF(names, value)                                                                      \
  name_of((names), sizeof(names) / sizeof((names)[0]), (unsigned)(value))

static void row_say(const struct keyring_row *row)
{
  char created[20], id[2 * KEY_ID_BYTES];

  instant_write(created, row->created);
  hex_write(id, row->id, KEY_ID_BYTES);
  printf("%-10s %4u  %-12s %.20s  %.*s\n", NAME_OF(purposes, row->purpose),
         (unsigned)row->generation, NAME_OF(states, row->state), created, (int)sizeof id, id);
}

static void row_json(struct json *json, const struct keyring_row *row)
{
  json_object_start(json);
  JSON_KEY(json, "purpose");
  json_str(json, str_from(NAME_OF(purposes, row->purpose)));
  JSON_KEY(json, "generation");
  json_int(json, row->generation);
  JSON_KEY(json, "state");
  json_str(json, str_from(NAME_OF(states, row->state)));
  JSON_KEY(json, "created");
  json_instant(json, row->created);
  JSON_KEY(json, "id");
  json_hex(json, row->id, KEY_ID_BYTES);
  json_object_end(json);
}

static enum exit_code keys_say(struct cli *cli, const struct keyring *keyring)
{
  struct json json;

  json_start(&json, cli->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "keys");
  json_array_start(&json);
  for (size_t i = 0; i < keyring_count(keyring); i++) {
    struct keyring_row row = keyring_row(keyring, i);

    row_json(&json, &row);
    if (!cli->json) row_say(&row);
  }
  json_array_end(&json);
  json_object_end(&json);
  return cli->json ? say_json(cli, &json, EXIT_FINE) : EXIT_FINE;
}

static enum err ring_open(struct cli *cli, struct keyring **ret_keyring)
{
  struct settings settings;
  struct place place;
  struct root_source root;

  TRY(settings_read(cli, &settings, cli->value[OPTION_DIR]));
  TRY(place_of(cli, &place, &settings));
  root = (struct root_source){.key_file = path_join(cli, place.root_dir, "root.key"),
                              .refuse_below = place.register_dir};
  if (settings.value[SETTING_PASSPHRASE_FILE] != NULL) {
    struct str text;

    TRY(file_read(cli, &text, settings.value[SETTING_PASSPHRASE_FILE], PASSPHRASE_MAX));
    root.key_file = NULL;
    root.passphrase = (struct personal){text.ptr, strcspn(text.ptr, "\n")};
  }
  return keyring_load(ret_keyring, path_join(cli, place.root_dir, "keyring"), KEYRING_SERVE, &root);
}

enum exit_code verb_keys_status(struct cli *cli)
{
  OWNED(keyring_free) struct keyring *keyring = NULL;
  enum err err = ring_open(cli, &keyring);

  return err == OK ? keys_say(cli, keyring) : complain(cli, err);
}
