/* Ed25519 (RFC 8032). Signing keys live behind an opaque signer in locked, read-only memory and are
 * made from a 32-byte seed. The caller separates domains: every signed text begins with its own
 * name. */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/str.h"
#include "crypto/key.h"

struct verify_key {
  uint8_t bytes[32];
};
struct signature {
  uint8_t bytes[64];
};
struct signer;

MUST_USE enum err signer_new(struct signer **ret_signer, const struct key *seed); /* ERR_MEMORY */
void signer_free(struct signer **signer); /* wipes; NULL and pointer to NULL are fine */
struct verify_key signer_public(const struct signer *signer);
void signer_sign(const struct signer *signer, struct signature *ret_signature, const void *bytes,
                 size_t n);

/* ERR_REFUSED when the signature does not hold; small-order keys are refused too. */
MUST_USE enum err verify_signature(const struct verify_key *key, const struct signature *signature,
                                   const void *bytes, size_t n);

/* "ed25519:" and 44 characters of base64. Parsing is strict: ERR_INPUT for anything else. */
#define VERIFY_KEY_TEXT 52
void verify_key_write(char ret_text[static VERIFY_KEY_TEXT], const struct verify_key *key);
MUST_USE enum err verify_key_parse(struct verify_key *ret_key, struct str text);

/* What a person types to confirm a key: 16 hexadecimal digits in groups of four, "3f09-…", the
 * first 8 bytes of SHA-256 over "cnis-fingerprint/v1\n" and the key. */
#define FINGERPRINT_TEXT 19
void verify_key_fingerprint(char ret_text[static FINGERPRINT_TEXT], const struct verify_key *key);

#endif
