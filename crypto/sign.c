/* Ed25519 over libsodium (sign.h). The expanded secret lives in guarded, locked memory that is
 * read-only once made; no function gives it back. */
#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

#include "crypto/text.h"

struct signer {
  uint8_t secret[crypto_sign_SECRETKEYBYTES];
  struct verify_key public;
};

_Static_assert(crypto_sign_SEEDBYTES == KEY_BYTES, "a seed is a key");

enum err signer_new(struct signer **ret_signer, const struct key *seed)
{
  struct signer *signer = sodium_malloc(sizeof *signer);
  if (signer == NULL) return ERR_MEMORY;
  crypto_sign_seed_keypair(signer->public.bytes, signer->secret, seed->secret_);
  if (sodium_mprotect_readonly(signer) != 0) {
    sodium_free(signer);
    return ERR_MEMORY;
  }
  *ret_signer = signer;
  return OK;
}

void signer_free(struct signer **signer)
{
  if (signer == NULL) return;
  sodium_free(*signer); /* makes it writable, wipes it; takes NULL */
  *signer = NULL;
}

struct verify_key signer_public(const struct signer *signer)
{
  return signer->public;
}

void signer_sign(const struct signer *signer, struct signature *ret_signature, const void *bytes,
                 size_t n)
{
  crypto_sign_detached(ret_signature->bytes, NULL, bytes, n, signer->secret);
}

enum err verify_signature(const struct verify_key *key, const struct signature *signature,
                          const void *bytes, size_t n)
{
  int bad = crypto_sign_verify_detached(signature->bytes, bytes, n, key->bytes);
  return bad == 0 ? OK : ERR_REFUSED;
}

static const char key_prefix[] = "ed25519:";
enum { PREFIX = sizeof key_prefix - 1 };
_Static_assert(PREFIX + TEXT_BASE64(32) == VERIFY_KEY_TEXT, "length of a key's text");

void verify_key_write(char ret_text[static VERIFY_KEY_TEXT], const struct verify_key *key)
{
  memcpy(ret_text, key_prefix, PREFIX);
  base64_put(ret_text + PREFIX, key->bytes, sizeof key->bytes);
}

enum err verify_key_parse(struct verify_key *ret_key, struct str text)
{
  struct verify_key key;
  if (text.len != VERIFY_KEY_TEXT || memcmp(text.ptr, key_prefix, PREFIX) != 0) return ERR_INPUT;
  struct str rest = {text.ptr + PREFIX, text.len - PREFIX};
  if (!base64_get(key.bytes, sizeof key.bytes, rest)) return ERR_INPUT;
  *ret_key = key;
  return OK;
}

void verify_key_fingerprint(char ret_text[static FINGERPRINT_TEXT], const struct verify_key *key)
{
  static const char domain[] = "cnis-fingerprint/v1\n";
  uint8_t text[sizeof domain - 1 + sizeof key->bytes];
  struct hash hash;
  memcpy(text, domain, sizeof domain - 1);
  memcpy(text + sizeof domain - 1, key->bytes, sizeof key->bytes);
  hash_sha256(&hash, text, sizeof text);
  for (int group = 0; group < 4; group++) {
    hex_write(ret_text + 5 * group, hash.bytes + 2 * group, 2);
    if (group < 3) ret_text[5 * group + 4] = '-';
  }
}
