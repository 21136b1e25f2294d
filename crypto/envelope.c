/* The envelope, version 1 (envelope.h). Seals and opens in the caller's buffer; must never open a
 * byte before the commitment was compared, and never say why an envelope did not open. */
#include "crypto/envelope.h"

#include <assert.h>
#include <sodium.h>

#include "base/arena.h"
#include "crypto/bytes.h"

enum {
  HEADER_BYTES = 8,
  NONCE_BYTES = 24,
  COMMIT_BYTES = 32,
  TAG_BYTES = 16,
  VERSION = 1,
  SUITE = 1
};
enum {
  NONCE_AT = HEADER_BYTES,
  COMMIT_AT = NONCE_AT + NONCE_BYTES,
  BODY_AT = COMMIT_AT + COMMIT_BYTES
};
enum { AD_BYTES = ENVELOPE_PLACE_BYTES + HEADER_BYTES };

_Static_assert(BODY_AT == ENVELOPE_TEXT_AT, "where the text stands");
_Static_assert(BODY_AT + TAG_BYTES == ENVELOPE_OVERHEAD, "what an envelope adds");
_Static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "the suite's nonce");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "the suite's tag");

/* What BLAKE2b gives for one message: its key and the commitment to key, nonce and context. */
struct message_keys {
  uint8_t seal[KEY_BYTES];
  uint8_t commit[COMMIT_BYTES];
};

static void message_keys_wipe(struct message_keys *keys)
{
  wipe(keys, sizeof *keys);
}

void envelope_place(uint8_t ret_place[static ENVELOPE_PLACE_BYTES],
                    const struct envelope_context *context)
{
  memcpy(ret_place, "CNISAAD1", 8);
  le16_put(ret_place + 8, context->table);
  le16_put(ret_place + 10, context->field);
  le16_put(ret_place + 12, context->codec);
  le16_put(ret_place + 14, context->part);
  memcpy(ret_place + 16, context->authority, ID_BYTES);
  memcpy(ret_place + 32, context->record, ID_BYTES);
  le64_put(ret_place + 48, context->version);
}

/* Nonce and associated data lie side by side, because the derivation hashes both. */
struct message {
  uint8_t nonce[NONCE_BYTES];
  uint8_t ad[AD_BYTES];
};

static void message_fill(struct message *ret, const struct envelope_context *context,
                         const uint8_t *nonce, const uint8_t *header)
{
  memcpy(ret->nonce, nonce, NONCE_BYTES);
  envelope_place(ret->ad, context);
  memcpy(ret->ad + ENVELOPE_PLACE_BYTES, header, HEADER_BYTES);
}

static void message_derive(struct message_keys *ret, const struct key *key,
                           const struct message *message)
{
  static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "cnis/env/1";
  _Static_assert(sizeof *ret == crypto_generichash_blake2b_BYTES_MAX, "one call gives both");
  int bad = crypto_generichash_blake2b_salt_personal((uint8_t *)ret, sizeof *ret,
                                                     (const uint8_t *)message, sizeof *message,
                                                     key->secret_, KEY_BYTES, NULL, personal);
  assert(bad == 0);
  (void)bad;
}

size_t envelope_size(unsigned pad_class, size_t n)
{
  if (pad_class > ENVELOPE_PAD_CLASS_MAX) return 0;
  if (pad_class == 0) return n <= SIZE_MAX - ENVELOPE_OVERHEAD ? n + ENVELOPE_OVERHEAD : 0;
  return n < ENVELOPE_BUCKET(pad_class) ? ENVELOPE_SIZE(pad_class) : 0;
}

enum err envelope_seal(void *ret_envelope, const struct key *key,
                       const struct envelope_context *context, const struct nonce *nonce,
                       const void *text, size_t n)
{
  size_t size = envelope_size(context->pad_class, n);
  if (size == 0) return ERR_TOO_LARGE;
  uint8_t *out = ret_envelope;
  size_t padded = size - ENVELOPE_OVERHEAD;
  OWNED(message_keys_wipe) struct message_keys keys;
  struct message message;

  out[0] = VERSION;
  out[1] = SUITE;
  out[2] = (uint8_t)context->compartment;
  out[3] = (uint8_t)context->pad_class;
  le32_put(out + 4, context->generation);
  message_fill(&message, context, nonce->bytes, out);
  message_derive(&keys, key, &message);
  memcpy(out + NONCE_AT, nonce->bytes, NONCE_BYTES);
  memcpy(out + COMMIT_AT, keys.commit, COMMIT_BYTES);

  if (n > 0 && text != out + BODY_AT) memcpy(out + BODY_AT, text, n);
  if (padded > n) {
    out[BODY_AT + n] = 0x80;
    memset(out + BODY_AT + n + 1, 0, padded - n - 1);
  }
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + BODY_AT, NULL, out + BODY_AT, padded, message.ad,
                                             AD_BYTES, NULL, message.nonce, keys.seal);
  return OK;
}

/* Takes the mark 0x80 and the zeros after it off. What was opened has a length that is nobody's
 * business, so the time depends on `padded` alone, a whole number of eight bytes. (sodium_unpad
 * promises the same a byte at a time, which cost as much as opening the envelope.) */
static bool unpad(size_t *ret_n, const uint8_t *text, size_t padded)
{
  uint64_t last = 0; /* the last eight bytes that are not all zero, first byte lowest */
  size_t at = 0;

  for (size_t i = 0; i < padded; i += 8) {
    uint64_t eight = le64_get(text + i);
    uint64_t is_later = 0 - (uint64_t)(eight != 0);
    last = (eight & is_later) | (last & ~is_later);
    at = (i & (size_t)is_later) | (at & ~(size_t)is_later);
  }
  unsigned mark = (unsigned)(63 - __builtin_clzll(last | 1)) / 8;
  *ret_n = at + mark;
  return last >> 8 * mark == 0x80;
}

/* What can be said about an envelope from its outside alone. */
static enum err check_shape(const struct envelope_context *context, const uint8_t *in, size_t size)
{
  if (size < ENVELOPE_OVERHEAD) return ERR_CORRUPT;
  if (in[0] != VERSION || in[1] != SUITE) return ERR_VERSION;
  if (context->pad_class > 0 && size != ENVELOPE_SIZE(context->pad_class)) return ERR_CORRUPT;
  return OK;
}

enum err envelope_open(void *ret_text, size_t *ret_n, const struct key *key,
                       const struct envelope_context *context, const void *envelope, size_t size)
{
  const uint8_t *in = envelope;
  TRY(check_shape(context, in, size));
  uint8_t *text = ret_text;
  size_t padded = size - ENVELOPE_OVERHEAD, n = padded;
  OWNED(message_keys_wipe) struct message_keys keys;
  struct message message;

  message_fill(&message, context, in + NONCE_AT, in);
  message_derive(&keys, key, &message);
  bool holds = in[2] == (uint8_t)context->compartment && in[3] == context->pad_class &&
               le32_get(in + 4) >= context->generation &&
               bytes_equal(keys.commit, in + COMMIT_AT, COMMIT_BYTES);
  holds = holds && crypto_aead_xchacha20poly1305_ietf_decrypt(
                     text, NULL, NULL, in + BODY_AT, padded + TAG_BYTES, message.ad, AD_BYTES,
                     message.nonce, keys.seal) == 0;
  if (holds && context->pad_class > 0) holds = unpad(&n, text, padded);
  if (!holds) {
    wipe(text, padded);
    return ERR_OPEN;
  }
  if (n < padded) text[n] = 0; /* the padding's mark; zeros follow it */
  *ret_n = n;
  return OK;
}

enum err envelope_generation(uint32_t *ret_generation, const void *envelope, size_t size)
{
  const uint8_t *in = envelope;
  if (size < ENVELOPE_OVERHEAD) return ERR_CORRUPT;
  if (in[0] != VERSION || in[1] != SUITE) return ERR_VERSION;
  *ret_generation = le32_get(in + 4);
  return OK;
}

static struct envelope_context wrap_place(const struct wrap_context *context)
{
  struct envelope_context place = {.table = ENVELOPE_TABLE_KEY,
                                   .field = 1,
                                   .codec = 1,
                                   .compartment = COMPARTMENT_KEY_WRAP,
                                   .generation = context->generation};
  memcpy(place.authority, context->authority, ID_BYTES);
  memcpy(place.record, context->record, ID_BYTES);
  return place;
}

enum err key_wrap(uint8_t ret_wrapped[static WRAPPED_KEY_BYTES], const struct key *wrapping,
                  const struct wrap_context *context, const struct nonce *nonce,
                  const struct key *key)
{
  struct envelope_context place = wrap_place(context);
  return envelope_seal(ret_wrapped, wrapping, &place, nonce, key->secret_, KEY_BYTES);
}

enum err key_unwrap(struct key *ret_key, const struct key *wrapping,
                    const struct wrap_context *context,
                    const uint8_t wrapped[static WRAPPED_KEY_BYTES])
{
  struct envelope_context place = wrap_place(context);
  OWNED(key_wipe) struct key key = {0};
  size_t n;
  TRY(envelope_open(key.secret_, &n, wrapping, &place, wrapped, WRAPPED_KEY_BYTES));
  *ret_key = key;
  return OK;
}
