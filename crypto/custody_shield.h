/* The custodian's side of the shielded compartment: opens and renews cores (shield.h). Linked into
 * the custodian only (library crypto_custody); a test checks that `cnis` has none of these symbols.
 * It never sees a record key: serve takes the outer layer off and puts it on again. */
#ifndef CRYPTO_CUSTODY_SHIELD_H
#define CRYPTO_CUSTODY_SHIELD_H

#include "crypto/shield.h"

/* The public half of the KEY_SHIELD secret, for custodian.pub. */
void custody_shield_public(struct shield_public *ret_public, const struct key *secret);

/* Text of a core; *ret_n = 0: nothing held. The buffer holds shield_text_max(kind) + 1 bytes and is
 * zeroed on failure. ERR_OPEN for damage of any kind, never taken for absence. */
MUST_USE enum err custody_shield_open(void *ret_text, size_t *ret_n, enum shield_kind kind,
                                      const struct key *secret, const struct shield_place *place,
                                      const void *core);

/* Patch over blob: equal (field, part) replaced, empty ones taken away, order kept. `scratch` holds
 * 3 * (SHIELD_BLOB_TEXT_MAX + 1) bytes of locked memory of the caller's and is wiped. A new core of
 * the same size; ERR_TOO_LARGE when the sum does not fit, and then nothing is lost: keep the patch.
 */
#define CUSTODY_MERGE_SCRATCH (3 * (SHIELD_BLOB_TEXT_MAX + 1))
struct custody_merge {
  struct shield_place blob_place, patch_place;
  const void *blob_core, *patch_core;
};
MUST_USE enum err custody_shield_merge(void *ret_core, const struct key *secret,
                                       const struct custody_merge *in, void *scratch,
                                       const struct outside *outside);

#endif
