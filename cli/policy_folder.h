/* A policy as a folder of files (policy/pack.h), read strictly and written whole. */
#ifndef CLI_POLICY_FOLDER_H
#define CLI_POLICY_FOLDER_H

#include "cli/verb.h"
#include "policy/pack.h"

/* Reads the folder: only regular files, only names of a policy, no link followed. Without
 * `has_manifest` the files alone are taken, and the manifest is made of them. ERR_POLICY, and the
 * place is noted on standard error. */
MUST_USE enum err policy_folder_read(struct cli *cli, struct policy_pack *ret_pack,
                                     const char *path, bool has_manifest);
/* Into a folder that must not be there yet: ERR_CONFLICT. */
MUST_USE enum err policy_folder_write(struct cli *cli, const char *path,
                                      const struct policy_pack *pack);
/* One of its own two files anew: "manifest" or "signatures". */
MUST_USE enum err policy_folder_put(struct cli *cli, const char *path, const char *name,
                                    struct str text);
/* Says where a refusal of a policy points. */
void policy_place_note(struct cli *cli, const struct policy_pack *pack, const struct trail *trail);

#endif
