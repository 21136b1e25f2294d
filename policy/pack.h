/* A policy as people hand it to one another and sign it: its files, a manifest of their digests,
 * and the signatures over that. A folder of it holds
 *
 *   manifest     one line a file, as sha256sum(1) writes and checks it: 64 hexadecimal digits, two
 *                spaces, the name; in order of names
 *   signatures   who signed (crypto/endorsement.h); may be missing
 *   vocabulary.json  rules/ID.json  regimes/NAME.json
 *
 * and nothing else. The digest of the manifest is the policy's version. On the wire and on disk the
 * same stands in one text:
 *
 *   cnis-policy/v1
 *   manifest LENGTH          then that many bytes
 *   signatures LENGTH        then that many bytes; always there, perhaps 0
 *   NAME LENGTH              ... the files, in order of their names
 *
 * One content, one spelling. Nothing here looks at what the files say (policy_load does), and
 * nothing here verifies a signature. */
#ifndef POLICY_PACK_H
#define POLICY_PACK_H

#include "policy/policy.h"

#define POLICY_PACK_MAX ((size_t)1 << 20) /* bytes of the whole text */
#define POLICY_PACK_FILES 256
#define POLICY_PACK_FILE_MAX ((size_t)128 << 10)
#define POLICY_PACK_NAME_MAX 63
#define POLICY_PACK_SIGNATURES_MAX 1024
#define POLICY_PACK_MANIFEST_MAX                                                                   \
  ((size_t)POLICY_PACK_FILES * (2 * POLICY_VERSION_BYTES + 2 + POLICY_PACK_NAME_MAX + 1))

struct policy_pack {
  struct str manifest, signatures;
  const struct policy_file *files; /* in order of their names */
  size_t count;
  uint8_t version[POLICY_VERSION_BYTES];
};

/* Whether a file of a policy can have this name: one of the three forms above, of letters, digits
 * and dashes. So no path leads out of the folder. */
bool policy_pack_names(struct str name);

/* Sorts the files and writes their manifest; without signatures. Everything but the files' names
 * and texts is in the arena. ERR_POLICY: a name that cannot be, twice the same, too many, too
 * large. */
MUST_USE enum err policy_pack_make(struct arena *arena, struct policy_pack *ret_pack,
                                   const struct policy_file *files, size_t count,
                                   struct policy_hash hash, struct trail *trail);
/* The same of files that came with a manifest: every line of it has its file, every file its line,
 * and the digests are right. ERR_POLICY with the place: trail.a is the index of the file, or
 * `count` for the manifest, and trail.b the line, or 0; ret_pack is then good for
 * policy_pack_place alone. */
MUST_USE enum err policy_pack_check(struct arena *arena, struct policy_pack *ret_pack,
                                    const struct policy_file *files, size_t count,
                                    struct str manifest, struct policy_hash hash,
                                    struct trail *trail);
/* To and from the one text; what is read is checked as above, and points into `text`, but for the
 * names. ERR_POLICY, ERR_MEMORY. */
MUST_USE enum err policy_pack_write(struct arena *arena, struct str *ret_text,
                                    const struct policy_pack *pack);
MUST_USE enum err policy_pack_read(struct arena *arena, struct policy_pack *ret_pack,
                                   struct str text, struct policy_hash hash, struct trail *trail);
/* Where a trail of this header, or of policy_load with the pack's files, points: a file's name, or
 * "manifest". */
struct str policy_pack_place(const struct policy_pack *pack, const struct trail *trail);

#endif
