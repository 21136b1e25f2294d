/* Keys and keyed hashing (key.h). The one place that names BLAKE2b and SHA-256; must never print,
 * copy out or compare a key in a way that depends on its bytes. */
#include "crypto/key.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/arena.h"

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key size");
_Static_assert(HASH_BYTES == crypto_hash_sha256_BYTES, "one hash size");
_Static_assert(KEY_LABEL_MAX == crypto_generichash_blake2b_PERSONALBYTES, "a label personalises");

enum err crypto_ready(void)
{
  /* BLAKE2b-256("abc"), RFC 7693 parameters: proves that the library is linked and computes. */
  static const uint8_t known[HASH_BYTES] = {
    0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b,
    0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb, 0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};
  struct hash hash;
  if (sodium_init() < 0) return ERR_INTERNAL;
  hash_blake2b(&hash, "abc", 3);
  return bytes_equal(hash.bytes, known, sizeof known) ? OK : ERR_INTERNAL;
}

void key_wipe(struct key *key)
{
  wipe(key->secret_, sizeof key->secret_);
}

void key_random(struct key *ret_key, const struct outside *outside)
{
  outside->random(outside->self, ret_key->secret_, sizeof ret_key->secret_);
}

static void keyed(uint8_t *ret, size_t ret_n, const struct key *key, const char *label,
                  const void *bytes, size_t n)
{
  uint8_t personal[KEY_LABEL_MAX] = {0};
  size_t label_n = strlen(label);
  assert(label_n > 0 && label_n <= KEY_LABEL_MAX);
  memcpy(personal, label, label_n);
  int bad = crypto_generichash_blake2b_salt_personal(ret, ret_n, bytes, n, key->secret_, KEY_BYTES,
                                                     NULL, personal);
  assert(bad == 0);
  (void)bad;
}

void key_derive(struct key *ret_key, const struct key *from, const char *label, const void *context,
                size_t n)
{
  keyed(ret_key->secret_, KEY_BYTES, from, label, context, n);
}

void key_id(uint8_t ret_id[static KEY_ID_BYTES], const struct key *key)
{
  keyed(ret_id, KEY_ID_BYTES, key, "cnis/keyid/1", NULL, 0);
}

void key_mac(struct hash *ret_mac, const struct key *key, const char *label, const void *bytes,
             size_t n)
{
  keyed(ret_mac->bytes, HASH_BYTES, key, label, bytes, n);
}

void key_tag(uint8_t ret_tag[static KEY_TAG_BYTES], const struct key *key, const char *label,
             const void *bytes, size_t n)
{
  keyed(ret_tag, KEY_TAG_BYTES, key, label, bytes, n);
}

void hash_blake2b(struct hash *ret_hash, const void *bytes, size_t n)
{
  crypto_generichash_blake2b(ret_hash->bytes, HASH_BYTES, bytes, n, NULL, 0);
}

void hash_sha256(struct hash *ret_hash, const void *bytes, size_t n)
{
  crypto_hash_sha256(ret_hash->bytes, bytes, n);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
  return sodium_memcmp(a, b, n) == 0;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
  return bytes_equal(a->bytes, b->bytes, HASH_BYTES);
}
