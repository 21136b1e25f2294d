/* Settings of a service (settings.def), read once before it starts. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/verb.h"

enum setting {
#define S(id, key, environment, option, otherwise) SETTING_##id,
#include "cli/settings.def"
#undef S
  SETTING_COUNT
};

struct settings {
  const char *value[SETTING_COUNT]; /* NULL: not set */
};

/* DIR/cnis.ini need not exist. ERR_INPUT: an unknown key or section, or a line that is none (the trail
 * says which line). */
MUST_USE enum err settings_read(struct cli *cli, struct settings *ret_settings, const char *dir);

/* A port number; false when it is none. */
bool port_parse(const char *text, uint16_t *ret_port);

#endif
