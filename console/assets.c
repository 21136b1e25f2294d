/* Finds a built-in file by its whole name. It must never look at a disk: what is not in the table
 * is not there. */
#include "console/assets.h"

const struct asset *asset_find(struct str name)
{
  for (size_t i = 0; i < asset_count; i++) {
    if (str_is(name, asset_table[i].name)) return &asset_table[i];
  }
  return NULL;
}
