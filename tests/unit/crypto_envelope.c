/* The envelope: known vectors byte for byte, and everything that must not open. */
#include <sodium.h>

#include "crypto/envelope.h"
#include "tests/unit/crypto_support.h"

static struct envelope_context known_context(void)
{
  struct envelope_context context = {.table = 1,
                                     .field = 1,
                                     .codec = 1,
                                     .part = 0,
                                     .version = 7,
                                     .compartment = COMPARTMENT_CASEWORK,
                                     .pad_class = 2,
                                     .generation = 3};
  count_from(context.authority, 0xa0, ID_BYTES);
  count_from(context.record, 0xc0, ID_BYTES);
  return context;
}

static struct nonce nonce_from(uint8_t first)
{
  struct nonce nonce;
  count_from(nonce.bytes, first, sizeof nonce.bytes);
  return nonce;
}

enum { KNOWN = ENVELOPE_SIZE(2) };

static void seal_known(uint8_t ret[static KNOWN])
{
  struct key key = key_from(0);
  struct nonce nonce = nonce_from(0x40);
  struct envelope_context context = known_context();
  cr_assert_eq(envelope_size(2, 3), (size_t)KNOWN);
  cr_assert_eq(envelope_seal(ret, &key, &context, &nonce, "Ada", 3), OK);
}

static enum err open_with(const struct key *key, const struct envelope_context *context,
                          const uint8_t *envelope, size_t size)
{
  uint8_t text[4096];
  size_t n = 0;
  return envelope_open(text, &n, key, context, envelope, size);
}

Test(envelope, is_the_known_vector_byte_for_byte)
{
  uint8_t envelope[KNOWN];
  struct hash hash;
  seal_known(envelope);
  assert_hex(envelope, 8, "0101010203000000");
  assert_hex(envelope + 32, 32, "79d6b64dcaae929f46eb0e707de9604390f6b7ba1a4f872c3a2042540b8dab64");
  assert_hex(envelope + 64, 48,
             "d4af6f53f051c6cfd91ad0e865e5c22b30e177a92e65f787edefdf782410b871"
             "1665e1d5f6ef1cadd069a3b314bc0580");
  hash_blake2b(&hash, envelope, sizeof envelope);
  assert_hex(&hash, sizeof hash,
             "d42a43e4b18625ebaa1da86921ef15703216da93c159dece1c2a90994ebf93b3");
}

Test(envelope, wraps_a_key_as_the_known_vector_says)
{
  struct key wrapping = key_from(0x20), key = key_from(0), back;
  struct nonce nonce = nonce_from(0x60);
  struct wrap_context context = {.generation = 1};
  uint8_t wrapped[WRAPPED_KEY_BYTES];
  struct hash hash;
  count_from(context.authority, 0xa0, ID_BYTES);
  count_from(context.record, 0xc0, ID_BYTES);
  cr_assert_eq(key_wrap(wrapped, &wrapping, &context, &nonce, &key), OK);
  hash_blake2b(&hash, wrapped, sizeof wrapped);
  assert_hex(&hash, sizeof hash,
             "d65874a5cf8bd13c19d2d0b2fbd8ff52731089e020cfb6300852b1b8e3a510c8");
  cr_assert_eq(key_unwrap(&back, &wrapping, &context, wrapped), OK);
  cr_assert_arr_eq(&back, &key, sizeof key);
  context.record[0] ^= 1;
  cr_assert_eq(key_unwrap(&back, &wrapping, &context, wrapped), ERR_OPEN, "another record's");
}

Test(envelope, opens_to_what_was_sealed_with_zeros_behind)
{
  uint8_t envelope[KNOWN], text[32], zeros[29] = {0};
  struct key key = key_from(0);
  struct envelope_context context = known_context();
  size_t n = 0;
  seal_known(envelope);
  memset(text, 0xff, sizeof text);
  cr_assert_eq(envelope_open(text, &n, &key, &context, envelope, sizeof envelope), OK);
  cr_assert_eq(n, 3);
  cr_assert_arr_eq(text, "Ada", 3);
  cr_assert_arr_eq(text + 3, zeros, sizeof zeros);
}

Test(envelope, refuses_every_flipped_bit)
{
  uint8_t envelope[KNOWN];
  struct key key = key_from(0);
  struct envelope_context context = known_context();
  seal_known(envelope);
  context.generation = 0; /* no floor: the bits alone must do it */
  cr_assert_eq(open_with(&key, &context, envelope, sizeof envelope), OK);
  for (size_t bit = 0; bit < 8 * sizeof envelope; bit++) {
    envelope[bit / 8] ^= (uint8_t)(1 << bit % 8);
    enum err err = open_with(&key, &context, envelope, sizeof envelope);
    cr_assert_eq(err, bit < 16 ? ERR_VERSION : ERR_OPEN, "bit %zu: %s", bit, err_name(err));
    envelope[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

Test(envelope, refuses_every_flipped_bit_of_the_key)
{
  uint8_t envelope[KNOWN];
  struct key key = key_from(0);
  struct envelope_context context = known_context();
  seal_known(envelope);
  for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
    ((uint8_t *)&key)[bit / 8] ^= (uint8_t)(1 << bit % 8);
    cr_assert_eq(open_with(&key, &context, envelope, sizeof envelope), ERR_OPEN, "bit %zu", bit);
    ((uint8_t *)&key)[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

Test(envelope, refuses_every_other_length)
{
  uint8_t envelope[KNOWN + 16] = {0};
  struct key key = key_from(0);
  struct envelope_context context = known_context(), exact = known_context();
  exact.pad_class = 0;
  seal_known(envelope);
  for (size_t size = 0; size <= sizeof envelope; size++) {
    if (size == KNOWN) continue;
    cr_assert_eq(open_with(&key, &context, envelope, size), ERR_CORRUPT, "%zu bytes", size);
    cr_assert_neq(open_with(&key, &exact, envelope, size), OK, "%zu bytes, class 0", size);
  }
}

/* One row for each thing that places a value. */
static void other_table(struct envelope_context *context)
{
  context->table++;
}
static void other_field(struct envelope_context *context)
{
  context->field++;
}
static void other_codec(struct envelope_context *context)
{
  context->codec++;
}
static void other_part(struct envelope_context *context)
{
  context->part++;
}
static void other_authority(struct envelope_context *context)
{
  context->authority[15] ^= 0x80;
}
static void other_record(struct envelope_context *context)
{
  context->record[0] ^= 1;
}
static void older_version(struct envelope_context *context)
{
  context->version--;
}
static void far_version(struct envelope_context *context)
{
  context->version += (uint64_t)1 << 56;
}
static void other_compartment(struct envelope_context *context)
{
  context->compartment = COMPARTMENT_AUDIT;
}
static void higher_floor(struct envelope_context *context)
{
  context->generation++;
}
static void no_padding(struct envelope_context *context)
{
  context->pad_class = 0;
}

static const struct {
  const char *what;
  void (*change)(struct envelope_context *context);
} moves[] = {{"table", other_table},
             {"field", other_field},
             {"codec", other_codec},
             {"part", other_part},
             {"authority", other_authority},
             {"record", other_record},
             {"an older version", older_version},
             {"a version far away", far_version},
             {"compartment", other_compartment},
             {"a floor above its generation", higher_floor},
             {"another pad class", no_padding}};

Test(envelope, refuses_a_value_moved_to_another_place)
{
  uint8_t envelope[KNOWN];
  struct key key = key_from(0);
  seal_known(envelope);
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
    struct envelope_context context = known_context();
    moves[i].change(&context);
    cr_assert_eq(open_with(&key, &context, envelope, KNOWN), ERR_OPEN, "%s", moves[i].what);
  }
}

Test(envelope, refuses_two_values_exchanged)
{
  struct key key = key_from(0);
  struct nonce nonce = nonce_from(0x40);
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
    struct envelope_context here = known_context(), there = known_context();
    uint8_t from_there[KNOWN];
    moves[i].change(&there);
    if (there.pad_class != here.pad_class || there.generation != here.generation) continue;
    cr_assert_eq(envelope_seal(from_there, &key, &there, &nonce, "Ada", 3), OK);
    cr_assert_eq(open_with(&key, &here, from_there, KNOWN), ERR_OPEN, "%s", moves[i].what);
  }
}

Test(envelope, leaves_zeros_where_it_did_not_open)
{
  static const size_t damaged[] = {33, KNOWN - 1}; /* the commitment; the tag */
  struct key key = key_from(0);
  struct envelope_context context = known_context();
  for (int i = 0; i < 2; i++) {
    uint8_t envelope[KNOWN], text[32], zeros[32] = {0};
    size_t n = 77;
    seal_known(envelope);
    envelope[damaged[i]] ^= 1;
    memset(text, 0xff, sizeof text);
    cr_assert_eq(envelope_open(text, &n, &key, &context, envelope, sizeof envelope), ERR_OPEN);
    cr_assert_arr_eq(text, zeros, sizeof zeros);
    cr_assert_eq(n, 77, "the length is written on OK only");
  }
}

Test(envelope, holds_every_length_up_to_its_bucket_and_no_more)
{
  struct key key = key_from(0);
  struct nonce nonce = nonce_from(0x40);
  struct envelope_context context = known_context();
  uint8_t full[ENVELOPE_BUCKET(5)], text[ENVELOPE_BUCKET(5)], envelope[ENVELOPE_SIZE(5)];
  memset(full, 0x80, sizeof full); /* looks like padding, must come back all the same */
  for (unsigned pad_class = 1; pad_class <= 5; pad_class++) {
    context.pad_class = pad_class;
    size_t bucket = ENVELOPE_BUCKET(pad_class);
    for (size_t n = 0; n < bucket; n++) {
      size_t got = SIZE_MAX;
      cr_assert_eq(envelope_seal(envelope, &key, &context, &nonce, full, n), OK);
      cr_assert_eq(envelope_open(text, &got, &key, &context, envelope, ENVELOPE_SIZE(pad_class)),
                   OK);
      cr_assert_eq(got, n);
      cr_assert_arr_eq(text, full, n);
    }
    cr_assert_eq(envelope_seal(envelope, &key, &context, &nonce, full, bucket), ERR_TOO_LARGE);
  }
}

Test(envelope, of_the_exact_class_keeps_the_length)
{
  struct key key = key_from(0);
  struct nonce nonce = nonce_from(0x40);
  struct envelope_context context = known_context();
  uint8_t text[64], envelope[64 + ENVELOPE_OVERHEAD];
  context.pad_class = 0;
  for (size_t n = 0; n <= 64; n++) {
    size_t got = SIZE_MAX;
    memset(text, (int)n, sizeof text);
    cr_assert_eq(envelope_size(0, n), n + ENVELOPE_OVERHEAD);
    cr_assert_eq(envelope_seal(envelope, &key, &context, &nonce, text, n), OK);
    cr_assert_eq(envelope_open(text, &got, &key, &context, envelope, n + ENVELOPE_OVERHEAD), OK);
    cr_assert_eq(got, n);
  }
}

Test(envelope, seals_and_opens_in_one_buffer)
{
  struct key key = key_from(0);
  struct nonce nonce = nonce_from(0x40);
  struct envelope_context context = known_context();
  uint8_t envelope[KNOWN], expected[KNOWN];
  size_t n = 0;
  seal_known(expected);
  memcpy(envelope + ENVELOPE_TEXT_AT, "Ada", 3);
  cr_assert_eq(envelope_seal(envelope, &key, &context, &nonce, envelope + ENVELOPE_TEXT_AT, 3), OK);
  cr_assert_arr_eq(envelope, expected, KNOWN);
  cr_assert_eq(envelope_open(envelope + ENVELOPE_TEXT_AT, &n, &key, &context, envelope, KNOWN), OK);
  cr_assert_arr_eq(envelope + ENVELOPE_TEXT_AT, "Ada", 4);
}

Test(envelope, says_which_generation_it_claims)
{
  uint8_t envelope[KNOWN];
  uint32_t generation = 0;
  seal_known(envelope);
  cr_assert_eq(envelope_generation(&generation, envelope, sizeof envelope), OK);
  cr_assert_eq(generation, 3);
  cr_assert_eq(envelope_generation(&generation, envelope, ENVELOPE_OVERHEAD - 1), ERR_CORRUPT);
  envelope[0] = 2;
  cr_assert_eq(envelope_generation(&generation, envelope, sizeof envelope), ERR_VERSION);
}

/* --- One ciphertext under two keys ---------------------------------------------------------------
 * Poly1305 is a polynomial: an attacker who holds two keys can choose a block so that both give one
 * tag (Albertini et al., USENIX Security 2022). Numbers modulo p = 2^130 - 5 in three words. */
struct number {
  uint64_t w[3];
};
static const struct number prime = {{UINT64_MAX - 4, UINT64_MAX, 3}};

static struct number plus(struct number a, struct number b)
{
  unsigned __int128 carry = 0;
  for (int i = 0; i < 3; i++) {
    carry += (unsigned __int128)a.w[i] + b.w[i];
    a.w[i] = (uint64_t)carry;
    carry >>= 64;
  }
  return a;
}

static struct number minus(struct number a, struct number b) /* a >= b */
{
  struct number complement = {{~b.w[0], ~b.w[1], ~b.w[2]}};
  return plus(plus(a, complement), (struct number){{1, 0, 0}});
}

static struct number negative(struct number a)
{
  return minus(prime, a);
}

static bool is_below(struct number a, struct number b)
{
  for (int i = 2; i >= 0; i--)
    if (a.w[i] != b.w[i]) return a.w[i] < b.w[i];
  return false;
}

static struct number add(struct number a, struct number b)
{
  struct number sum = plus(a, b);
  while (!is_below(sum, prime))
    sum = minus(sum, prime);
  return sum;
}

static struct number multiply(struct number a, struct number b)
{
  struct number product = {{0}};
  for (int bit = 129; bit >= 0; bit--) {
    product = add(product, product);
    if (b.w[bit / 64] >> bit % 64 & 1) product = add(product, a);
  }
  return product;
}

static struct number inverse(struct number a) /* a^(p - 2) */
{
  struct number power = {{1}}, exponent = {{UINT64_MAX - 6, UINT64_MAX, 3}};
  for (int bit = 129; bit >= 0; bit--) {
    power = multiply(power, power);
    if (exponent.w[bit / 64] >> bit % 64 & 1) power = multiply(power, a);
  }
  return power;
}

static struct number load(const uint8_t bytes[static 16], uint64_t top)
{
  struct number number = {.w = {0, 0, top}};
  memcpy(number.w, bytes, 16);
  return number;
}

enum { AD = 64, BODY = 32, FREE_BLOCK = AD / 16 + 1, BLOCKS = AD / 16 + BODY / 16 + 1 };

struct one_key {
  uint8_t okm[64], poly[32]; /* message key and commitment; r and s */
  struct number r, s;
};

static void derive(struct one_key *ret, const struct key *key, const uint8_t *nonce,
                   const uint8_t *ad)
{
  uint8_t personal[16] = "cnis/env/1", message[24 + AD];
  memcpy(message, nonce, 24);
  memcpy(message + 24, ad, AD);
  crypto_generichash_blake2b_salt_personal(ret->okm, 64, message, sizeof message,
                                           (const uint8_t *)key, KEY_BYTES, NULL, personal);
  crypto_stream_xchacha20(ret->poly, sizeof ret->poly, nonce, ret->okm);
  for (int i = 3; i < 16; i += 4)
    ret->poly[i] &= 15;
  for (int i = 4; i < 16; i += 4)
    ret->poly[i] &= 252;
  ret->r = load(ret->poly, 0);
  ret->s = load(ret->poly + 16, 0);
}

/* The polynomial over all blocks, the free one counted as `free`. */
static struct number evaluate(const struct one_key *key, const uint8_t *ad, const uint8_t *body,
                              struct number free_block)
{
  uint8_t lengths[16] = {AD, 0, 0, 0, 0, 0, 0, 0, BODY};
  struct number sum = {{0}};
  for (int i = 0; i < BLOCKS; i++) {
    const uint8_t *block = i < AD / 16 ? ad + 16 * i : i == BLOCKS - 1 ? lengths : body;
    sum = add(sum, i == FREE_BLOCK ? free_block : load(block, 1));
    sum = multiply(sum, key->r);
  }
  return sum;
}

/* Solves for the second block; true when it fits 128 bits and both tags agree. */
static bool collide(uint8_t body[static BODY + 16], const uint8_t *ad, const struct one_key *a,
                    const struct one_key *b)
{
  struct number none = {{0}};
  struct number difference =
    add(evaluate(b, ad, body, none), negative(evaluate(a, ad, body, none)));
  difference = add(difference, add(b->s, negative(a->s)));
  struct number slope = add(multiply(a->r, a->r), negative(multiply(b->r, b->r)));
  struct number block = multiply(difference, inverse(slope));
  if (block.w[2] != 1) return false; /* 2^128 + 16 bytes */
  memcpy(body + 16, block.w, 16);
  struct number tag_a = plus(evaluate(a, ad, body, block), a->s);
  struct number tag_b = plus(evaluate(b, ad, body, block), b->s);
  memcpy(body + BODY, tag_a.w, 16);
  return tag_a.w[0] == tag_b.w[0] && tag_a.w[1] == tag_b.w[1];
}

Test(envelope, refuses_a_ciphertext_made_for_two_keys)
{
  struct key keys[2] = {key_from(0), key_from(0x80)};
  struct envelope_context context = known_context();
  struct one_key derived[2];
  uint8_t envelope[ENVELOPE_OVERHEAD + BODY], ad[AD], text[BODY];
  unsigned long long n;
  context.pad_class = 0;
  struct nonce nonce = nonce_from(0x40);
  cr_assert_eq(envelope_seal(envelope, &keys[0], &context, &nonce, text, BODY), OK);
  envelope_place(ad, &context);
  memcpy(ad + ENVELOPE_PLACE_BYTES, envelope, 8);
  for (int i = 0; i < 2; i++)
    derive(&derived[i], &keys[i], nonce.bytes, ad);
  cr_assert_arr_eq(envelope + 32, derived[0].okm + 32, 32, "the derivation is the envelope's");

  uint8_t *body = envelope + ENVELOPE_TEXT_AT;
  bool found = false;
  for (uint8_t attempt = 0; attempt < 200 && !found; attempt++) {
    memset(body, attempt, 16);
    found = collide(body, ad, &derived[0], &derived[1]);
  }
  cr_assert(found);
  for (int i = 0; i < 2; i++)
    cr_assert_eq(crypto_aead_xchacha20poly1305_ietf_decrypt(text, &n, NULL, body, BODY + 16, ad, AD,
                                                            nonce.bytes, derived[i].okm),
                 0, "the plain cipher takes it under key %d", i);

  cr_assert_eq(open_with(&keys[0], &context, envelope, sizeof envelope), OK);
  cr_assert_eq(open_with(&keys[1], &context, envelope, sizeof envelope), ERR_OPEN);
  memcpy(envelope + 32, derived[1].okm + 32, 32);
  cr_assert_eq(open_with(&keys[0], &context, envelope, sizeof envelope), ERR_OPEN);
}
