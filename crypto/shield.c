/* The serving side of the shield (shield.h): seals, and changes the outer layer. There is no
 * opening here, and no symbol of libsodium that opens a sealed box. */
#include "crypto/shield.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/shield_layers.h"

_Static_assert(SHIELD_LOCK_BYTES == crypto_box_SEALBYTES + sizeof(struct shield_lock),
               "a sealed box");
_Static_assert(SHIELD_BLOB_BYTES == 16656, "size is stored in every row");
_Static_assert(SHIELD_PATCH_BYTES == 784, "size is stored in every row");

static const struct shield_layers kinds[] = {
  [SHIELD_BLOB] = {.outer_table = 1, .inner_table = 2, .pad_class = SHIELD_BLOB_CLASS},
  [SHIELD_PATCH] = {.outer_table = 3, .inner_table = 4, .pad_class = SHIELD_PATCH_CLASS}};

const struct shield_layers *shield_layers(enum shield_kind kind)
{
  return &kinds[kind];
}

size_t shield_text_max(enum shield_kind kind)
{
  return ENVELOPE_BUCKET(kinds[kind].pad_class) - 1;
}

size_t shield_core_bytes(enum shield_kind kind)
{
  return SHIELD_CORE_SIZE(kinds[kind].pad_class);
}

size_t shield_bytes(enum shield_kind kind)
{
  return shield_core_bytes(kind) + ENVELOPE_OVERHEAD;
}

struct envelope_context shield_inner(enum shield_kind kind, const struct shield_place *place)
{
  struct envelope_context context = {.table = kinds[kind].inner_table,
                                     .field = 1,
                                     .codec = 1,
                                     .part = place->slot,
                                     .compartment = COMPARTMENT_SHIELDED,
                                     .pad_class = kinds[kind].pad_class};
  memcpy(context.authority, place->authority, ID_BYTES);
  memcpy(context.record, place->record, ID_BYTES);
  return context;
}

static struct envelope_context shield_outer(enum shield_kind kind, const struct shield_place *place)
{
  struct envelope_context context = shield_inner(kind, place);
  context.table = kinds[kind].outer_table;
  context.version = place->version;
  context.generation = place->generation;
  context.pad_class = 0;
  return context;
}

void shield_lock_wipe(struct shield_lock *lock)
{
  wipe(lock, sizeof *lock);
}

/* crypto_box_seal of libsodium, with the ephemeral key from the caller's randomness. */
static enum err box_seal(uint8_t ret_box[static SHIELD_LOCK_BYTES], const struct shield_lock *lock,
                         const struct shield_public *to, const struct outside *outside)
{
  uint8_t seed[crypto_box_SEEDBYTES], secret[crypto_box_SECRETKEYBYTES];
  uint8_t nonce[crypto_box_NONCEBYTES], points[2 * crypto_box_PUBLICKEYBYTES];
  outside->random(outside->self, seed, sizeof seed);
  crypto_box_seed_keypair(points, secret, seed);
  memcpy(points + crypto_box_PUBLICKEYBYTES, to->bytes, crypto_box_PUBLICKEYBYTES);
  crypto_generichash(nonce, sizeof nonce, points, sizeof points, NULL, 0);
  memcpy(ret_box, points, crypto_box_PUBLICKEYBYTES);
  int bad = crypto_box_easy(ret_box + crypto_box_PUBLICKEYBYTES, (const uint8_t *)lock,
                            sizeof *lock, nonce, to->bytes, secret);
  wipe(seed, sizeof seed);
  wipe(secret, sizeof secret);
  return bad == 0 ? OK : ERR_KEY; /* a public key of small order */
}

enum err shield_seal_core(void *ret_core, enum shield_kind kind, const struct shield_public *to,
                          const struct shield_place *place, const void *text, size_t n,
                          const struct outside *outside)
{
  uint8_t where[ENVELOPE_PLACE_BYTES], *core = ret_core;
  OWNED(shield_lock_wipe) struct shield_lock lock;
  struct envelope_context inner = shield_inner(kind, place);
  struct nonce nonce;
  key_random(&lock.key, outside);
  outside->random(outside->self, nonce.bytes, sizeof nonce.bytes);
  envelope_place(where, &inner);
  hash_blake2b(&lock.place, where, sizeof where);
  TRY(envelope_seal(core + SHIELD_LOCK_BYTES, &lock.key, &inner, &nonce, text, n));
  return box_seal(core, &lock, to, outside);
}

enum err shield_strip(void *ret_core, enum shield_kind kind, const struct key *record_key,
                      const struct shield_place *place, const void *whole)
{
  struct envelope_context outer = shield_outer(kind, place);
  size_t n;
  return envelope_open(ret_core, &n, record_key, &outer, whole, shield_bytes(kind));
}

enum err shield_dress(void *ret_whole, enum shield_kind kind, const struct key *record_key,
                      const struct shield_place *place, const void *core,
                      const struct outside *outside)
{
  struct envelope_context outer = shield_outer(kind, place);
  struct nonce nonce;
  outside->random(outside->self, nonce.bytes, sizeof nonce.bytes);
  return envelope_seal(ret_whole, record_key, &outer, &nonce, core, shield_core_bytes(kind));
}

/* Here and below the core stands where the outer layer has its text: no second buffer. */
enum err shield_seal(void *ret_whole, enum shield_kind kind, const struct shield_public *to,
                     const struct key *record_key, const struct shield_place *place,
                     const void *text, size_t n, const struct outside *outside)
{
  uint8_t *core = (uint8_t *)ret_whole + ENVELOPE_TEXT_AT;
  TRY(shield_seal_core(core, kind, to, place, text, n, outside));
  return shield_dress(ret_whole, kind, record_key, place, core, outside);
}

enum err shield_nothing(void *ret_whole, enum shield_kind kind, const struct shield_public *to,
                        const struct key *record_key, const struct shield_place *place,
                        const struct outside *outside)
{
  return shield_seal(ret_whole, kind, to, record_key, place, "", 0, outside);
}

enum err shield_reseal_outer(void *whole, enum shield_kind kind, const struct key *old_key,
                             const struct shield_place *old_place, const struct key *new_key,
                             const struct shield_place *new_place, const struct outside *outside)
{
  uint8_t *core = (uint8_t *)whole + ENVELOPE_TEXT_AT;
  TRY(shield_strip(core, kind, old_key, old_place, whole));
  return shield_dress(whole, kind, new_key, new_place, core, outside);
}
