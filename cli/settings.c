/* Settings of a service: default < DIR/cnis.ini < environment < option. */
#include "cli/settings.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file.h"

struct setting_row {
  const char *key, *environment;
  enum option_id option;
  const char *otherwise;
};
static const struct setting_row rows[SETTING_COUNT] = {
#define S(id, key, environment, option, otherwise) {key, environment, option, otherwise},
#include "cli/settings.def"
#undef S
};

struct reading {
  struct cli *cli;
  struct settings *settings;
  enum err err;
};

/* inih's handler: 0 makes it note the line as wrong. */
static int take(void *self, const char *section, const char *key, const char *value)
{
  struct reading *reading = self;

  if (strcmp(section, "cnis") != 0) return 0;
  for (size_t i = 0; i < SETTING_COUNT; i++) {
    struct str kept;

    if (strcmp(key, rows[i].key) != 0) continue;
    /* With its NUL: the value goes to functions of libraries. */
    reading->err = arena_copy(reading->cli->arena, &kept, (struct str){value, strlen(value) + 1});
    if (reading->err == OK) reading->settings->value[i] = kept.ptr;
    return reading->err == OK;
  }
  return 0;
}

static enum err file_take(struct cli *cli, struct settings *settings, const char *dir)
{
  struct reading reading = {cli, settings, OK};
  const char *path = path_join(cli, dir, "cnis.ini");

  if (path == NULL) return ERR_MEMORY;
  if (!path_exists(path)) return OK;
  int line = ini_parse(path, take, &reading);
  if (reading.err != OK) return reading.err;
  if (line < 0) return FAIL(&cli->trail, ERR_IO, "cnis.ini cannot be read");
  if (line > 0)
    return FAIL_AT(&cli->trail, ERR_INPUT, "cnis.ini: not a setting; a is the line", line, 0);
  return OK;
}

static bool port_parse(uint16_t *ret_port, const char *text)
{
  uint64_t port;

  if (!str_to_u64(str_from(text), &port) || port > UINT16_MAX) return false;
  *ret_port = (uint16_t)port;
  return true;
}

enum err settings_read(struct cli *cli, struct settings *ret_settings, const char *dir)
{
  struct settings settings = {0};

  for (size_t i = 0; i < SETTING_COUNT; i++)
    settings.value[i] = rows[i].otherwise;
  TRY(file_take(cli, &settings, dir));
  for (size_t i = 0; i < SETTING_COUNT; i++) {
    const char *value = getenv(rows[i].environment);

    if (value != NULL && value[0] != '\0') settings.value[i] = value;
    if (rows[i].option != OPTION_COUNT && cli_has(cli, rows[i].option))
      settings.value[i] = cli->value[rows[i].option];
  }
  if (!port_parse(&settings.port, settings.value[SETTING_PORT]))
    return FAIL(&cli->trail, ERR_INPUT, "the port is no number from 0 to 65535");
  *ret_settings = settings;
  return OK;
}
