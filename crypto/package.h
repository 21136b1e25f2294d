/* A disclosure package as its recipient has it once `age` has opened it, and its check, which needs
 * the log's public key and nothing else. One JSON object:
 *
 *   manifest  text: a signed note (c2sp.org/signed-note) by the key "<origin>/package" over
 *               cnis-package/v1
 *               origin <origin of the log>
 *               entry <index of the decision's entry>
 *               content <base64 of SHA-256 over the bytes of "content", as they stand here>
 *               expiry <2026-11-02T09:30:00Z>
 *   content   what is disclosed
 *   decision  the log entry of the decision
 *   key       the log entry that announced the manifest's key: an opened view has "manifest_key"
 *
 * An entry is {"core", "who", "what", "ops", "proof"}: each view {"salt": base64, "payload": text}
 * or, kept closed, {"commitment": base64}; proof is a text of c2sp.org/tlog-proof. */
#ifndef CRYPTO_PACKAGE_H
#define CRYPTO_PACKAGE_H

#include "base/arena.h"
#include "crypto/leaf.h"
#include "crypto/note.h"

#define PACKAGE_KEY_SUFFIX "/package"
#define PACKAGE_MANIFEST_MAX 512

struct package_manifest {
  struct str origin;
  uint64_t entry;
  struct hash content;
  struct instant expiry;
};
/* The text to be signed with note_sign. ERR_INPUT: an origin or a day that cannot be one. */
MUST_USE enum err package_manifest_write(char ret_text[static PACKAGE_MANIFEST_MAX], size_t *ret_n,
                                         const struct package_manifest *manifest);
/* Only what package_manifest_write writes; anything else is ERR_INPUT. */
MUST_USE enum err package_manifest_parse(struct package_manifest *ret_manifest, struct str text);
/* The manifest key under its name. ERR_INPUT: the origin is too long. */
MUST_USE enum err package_key(struct note_key *ret_key, struct str origin,
                              const struct verify_key *key);

struct package_view {
  bool is_open;
  uint8_t salt[LEAF_SALT_BYTES];
  struct str payload;
  struct hash commitment; /* of a closed one */
};
struct package_entry {
  struct package_view views[LEAF_VIEWS];
  struct str proof;
};
struct package {
  struct str manifest, content; /* content: finished JSON */
  struct package_entry decision, key;
};
/* Text in the arena. */
MUST_USE enum err package_write(struct arena *arena, struct str *ret_text,
                                const struct package *package);
/* Points into `text` and the arena. Form only, nothing is proven. ERR_INPUT, ERR_MEMORY. */
MUST_USE enum err package_read(struct arena *arena, struct package *ret_package, struct str text);

/* What holds, when all of it holds. */
struct package_proven {
  struct package_manifest manifest;
  struct checkpoint head; /* of the decision's proof */
};
/* ERR_INPUT: a part is malformed; ERR_REFUSED: a signature is wrong, or not by a key that the log
 * announced; ERR_CORRUPT: an opening, an inclusion or the content's hash does not hold. */
MUST_USE enum err package_verify(struct package_proven *ret_proven, const struct package *package,
                                 const struct note_key *log_key);

#endif
