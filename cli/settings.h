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
  uint16_t port;
};

/* DIR/cnis.ini need not exist. ERR_INPUT: an unknown key or section, or a line that is none (the
 * trail says which line), or a port that is none. */
MUST_USE enum err settings_read(struct cli *cli, struct settings *ret_settings, const char *dir);

#endif
