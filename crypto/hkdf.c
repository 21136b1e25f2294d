/* HKDF-SHA256, RFC 5869: extract, then the first block of expand. */
#include "crypto/hkdf.h"

#include <sodium.h>

#include "base/arena.h"

static void hmac(uint8_t ret[static 32], const void *key, size_t key_n, const void *a, size_t a_n,
                 const void *b, size_t b_n)
{
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key, key_n);
  crypto_auth_hmacsha256_update(&state, a, a_n);
  crypto_auth_hmacsha256_update(&state, b, b_n);
  crypto_auth_hmacsha256_final(&state, ret);
  wipe(&state, sizeof state);
}

void hkdf_sha256(uint8_t ret[static 32], const void *secret, size_t secret_n, const void *salt,
                 size_t salt_n, struct str info)
{
  static const uint8_t no_salt[32], first_block[1] = {1};
  uint8_t extracted[32];
  if (salt_n == 0) {
    salt = no_salt;
    salt_n = sizeof no_salt;
  }
  hmac(extracted, salt, salt_n, secret, secret_n, "", 0);
  hmac(ret, extracted, sizeof extracted, info.ptr, info.len, first_block, sizeof first_block);
  wipe(extracted, sizeof extracted);
}
