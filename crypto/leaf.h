/* The audit log's leaf: 148 bytes that say nothing to whoever has no opening. Four commitments, one
 * for each view, always four, so that withholding one is invisible. Commits to bytes: a payload is
 * stored and shown exactly as it was hashed.
 *
 *   leaf = "cnis-audit-leaf/v1\n" || 0x04 || C_core || C_who || C_what || C_ops
 *   C_v  = HMAC-SHA256(salt_v, "cnis-audit-view/v1\n" || v || "\n" || payload_v) */
#ifndef CRYPTO_LEAF_H
#define CRYPTO_LEAF_H

#include "base/str.h"
#include "crypto/key.h"

#define LEAF_BYTES 148
#define LEAF_SALT_BYTES 32

enum leaf_view { LEAF_CORE, LEAF_WHO, LEAF_WHAT, LEAF_OPS };
#define LEAF_VIEWS 4

struct str leaf_view_name(enum leaf_view view); /* "core", "who", "what", "ops" */
void leaf_commit(struct hash *ret_commitment, enum leaf_view view,
                 const uint8_t salt[static LEAF_SALT_BYTES], const void *payload, size_t n);
void leaf_write(uint8_t ret_leaf[static LEAF_BYTES],
                const struct hash commitments[static LEAF_VIEWS]);
/* ERR_CORRUPT when the bytes are no leaf of this version. */
MUST_USE enum err leaf_parse(struct hash ret_commitments[static LEAF_VIEWS], const void *leaf,
                             size_t n);

#endif
