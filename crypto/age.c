/* age version 1 files to X25519 recipients (age.h; c2sp.org/age). The file key exists for one call
 * and is never given out. */
#include "crypto/age.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/hkdf.h"
#include "crypto/text.h"

enum { FILE_KEY_BYTES = 16, TAG_BYTES = 16, CHUNK_BYTES = 65536, NONCE_BYTES = 16 };
enum { BODY_TEXT = 43, KEY_TEXT = 43 }; /* base64 of 32 bytes without padding */

#define INTRO "age-encryption.org/v1\n"
#define STANZA "-> X25519 "
#define FOOT "---"
#define LENGTH(literal) (sizeof(literal) - 1)
#define STANZA_BYTES (LENGTH(STANZA) + KEY_TEXT + 1 + BODY_TEXT + 1)

static const uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

struct age_secrets {
  uint8_t file_key[FILE_KEY_BYTES];
  uint8_t ephemeral[crypto_scalarmult_SCALARBYTES];
  uint8_t shared[crypto_scalarmult_BYTES];
  uint8_t derived[KEY_BYTES];
};

static void age_secrets_wipe(struct age_secrets *secrets)
{
  wipe(secrets, sizeof *secrets);
}

static size_t chunks_of(size_t n)
{
  return n == 0 ? 1 : (n - 1) / CHUNK_BYTES + 1;
}

size_t age_size(size_t n, size_t recipient_count)
{
  return LENGTH(INTRO) + recipient_count * STANZA_BYTES + LENGTH(FOOT) + 1 + BODY_TEXT + 1 +
         NONCE_BYTES + n + chunks_of(n) * TAG_BYTES;
}

static void put_unpadded(struct text_out *out, const uint8_t bytes[static 32])
{
  char padded[TEXT_BASE64(32)];
  base64_put(padded, bytes, 32);
  text_put(out, (struct str){padded, BODY_TEXT});
}

/* One recipient: the file key under HKDF of an ephemeral exchange, salt = both public points. */
static enum err put_stanza(struct text_out *out, struct age_secrets *secrets,
                           const struct age_recipient *recipient, const struct outside *outside)
{
  uint8_t salt[64], body[FILE_KEY_BYTES + TAG_BYTES];
  outside->random(outside->self, secrets->ephemeral, sizeof secrets->ephemeral);
  crypto_scalarmult_base(salt, secrets->ephemeral);
  memcpy(salt + 32, recipient->point, 32);
  if (crypto_scalarmult(secrets->shared, secrets->ephemeral, recipient->point) != 0)
    return ERR_INPUT;
  hkdf_sha256(secrets->derived, secrets->shared, sizeof secrets->shared, salt, sizeof salt,
              STR("age-encryption.org/v1/X25519"));
  crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, secrets->file_key, FILE_KEY_BYTES, NULL, 0,
                                            NULL, zero_nonce, secrets->derived);
  text_put(out, STR(STANZA));
  put_unpadded(out, salt);
  text_put(out, STR("\n"));
  put_unpadded(out, body);
  text_put(out, STR("\n"));
  return OK;
}

static void put_foot(struct text_out *out, struct age_secrets *secrets)
{
  uint8_t mac[crypto_auth_hmacsha256_BYTES];
  hkdf_sha256(secrets->derived, secrets->file_key, FILE_KEY_BYTES, NULL, 0, STR("header"));
  text_put(out, STR(FOOT));
  crypto_auth_hmacsha256(mac, (const uint8_t *)out->ptr, out->n, secrets->derived);
  text_put(out, STR(" "));
  put_unpadded(out, mac);
  text_put(out, STR("\n"));
}

/* STREAM: chunks of 64 KiB under a counter, the last one marked, so that no chunk can be dropped,
 * moved or added. */
static void put_payload(uint8_t *ret, struct age_secrets *secrets, const void *content, size_t n,
                        const struct outside *outside)
{
  const uint8_t *in = content;
  uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};
  outside->random(outside->self, ret, NONCE_BYTES);
  hkdf_sha256(secrets->derived, secrets->file_key, FILE_KEY_BYTES, ret, NONCE_BYTES,
              STR("payload"));
  ret += NONCE_BYTES;
  for (size_t chunk = 0, chunks = chunks_of(n); chunk < chunks; chunk++) {
    bool is_last = chunk + 1 == chunks;
    size_t length = is_last ? n - chunk * CHUNK_BYTES : CHUNK_BYTES;
    for (size_t i = 0; i < sizeof chunk; i++)
      nonce[10 - i] = (uint8_t)(chunk >> (8 * i));
    nonce[11] = is_last;
    crypto_aead_chacha20poly1305_ietf_encrypt(ret, NULL, in, length, NULL, 0, NULL, nonce,
                                              secrets->derived);
    in += length;
    ret += length + TAG_BYTES;
  }
}

enum err age_encrypt(void *ret_file, const struct age_recipient *recipients, size_t recipient_count,
                     const void *content, size_t n, const struct outside *outside)
{
  if (recipient_count == 0 || recipient_count > AGE_RECIPIENTS_MAX) return ERR_INPUT;
  OWNED(age_secrets_wipe) struct age_secrets secrets;
  struct text_out out = {.ptr = ret_file, .capacity = age_size(n, recipient_count)};
  outside->random(outside->self, secrets.file_key, FILE_KEY_BYTES);
  text_put(&out, STR(INTRO));
  for (size_t i = 0; i < recipient_count; i++)
    TRY(put_stanza(&out, &secrets, &recipients[i], outside));
  put_foot(&out, &secrets);
  assert(!out.overflow);
  put_payload((uint8_t *)ret_file + out.n, &secrets, content, n, outside);
  return OK;
}
