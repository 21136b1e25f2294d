/* Items: one size, two layers. Must never put into the outer layer what says something about a
 * person. */
#include "register/item.h"

#include <assert.h>
#include <string.h>

#include "register/bytes.h"

enum { CODEC = 1, REVISION = 1 };
enum {
  AT_KIND = 0,
  AT_FLAGS = 2,
  AT_VERSION = 4,
  AT_RECORD = 8,
  AT_SUBJECT = 24,
  AT_UNTIL = 40,
  AT_INNER = 44
};
static_assert(AT_INNER + 4 == ITEM_HEAD_BYTES, "the head ends where the inner length does");

static struct envelope_context context_of(const struct row_kit *kit, uint16_t table, struct id id,
                                          unsigned pad_class, uint64_t version)
{
  struct envelope_context context = {
    .table = table,
    .codec = CODEC,
    .version = version,
    .compartment = COMPARTMENT_CASEWORK,
    .pad_class = pad_class,
    .generation = kit->generation,
  };

  memcpy(context.authority, kit->authority, ID_BYTES);
  memcpy(context.record, id.b, ID_BYTES);
  return context;
}

static void text_key(struct key *ret_key, const struct audit_secret *secret)
{
  key_derive(ret_key, &secret->seed, "cnis/item/1", NULL, 0);
}

static void item_term(const struct row_kit *kit, struct item *item,
                      const uint8_t body[static ITEM_BYTES])
{
  struct row_place place = {.version = item->version, .crypto_revision = REVISION};
  struct hash seal;

  memcpy(place.authority, kit->authority, ID_BYTES);
  memcpy(place.record, item->id.b, ID_BYTES);
  hash_blake2b(&seal, body, ITEM_BYTES); /* of ciphertext: nothing to guess */
  fresh_term(&item->term, kit->fresh, &place, &seal);
}

static void write_head(uint8_t *plain, const struct item *item, uint32_t inner_bytes)
{
  put_u16(plain + AT_KIND, (uint16_t)item->kind);
  put_u16(plain + AT_FLAGS, item->flags);
  put_u32(plain + AT_VERSION, item->version);
  memcpy(plain + AT_RECORD, item->record.b, ID_BYTES);
  memcpy(plain + AT_SUBJECT, item->subject.b, ID_BYTES);
  put_u32(plain + AT_UNTIL, (uint32_t)item->until.number);
  put_u32(plain + AT_INNER, inner_bytes);
}

/* The text as it lies inside: in an envelope of the record's, or plain within the outer one. */
static enum err write_inner(const struct row_kit *kit, uint8_t *to, const struct item *item,
                            const struct audit_secret *secret, const void *text, size_t n,
                            size_t *ret_n)
{
  OWNED(key_wipe) struct key key = {0};
  struct nonce nonce;

  *ret_n = n;
  if (n > ITEM_TEXT_MAX) return ERR_TOO_LARGE;
  if (!secret) {
    if (n > 0) memcpy(to, text, n);
    return OK;
  }
  struct envelope_context context = context_of(kit, TABLE_ITEM_TEXT, item->id, 0, item->version);
  text_key(&key, secret);
  kit->outside->random(kit->outside->self, nonce.bytes, sizeof nonce.bytes);
  *ret_n = n + ENVELOPE_OVERHEAD;
  return envelope_seal(to, &key, &context, &nonce, text, n);
}

enum err item_seal(const struct row_kit *kit, const struct key *item_key, struct item *item,
                   uint8_t ret_body[static ITEM_BYTES], const struct audit_secret *secret,
                   const void *text, size_t n)
{
  struct envelope_context context = context_of(kit, TABLE_ITEM, item->id, ITEM_CLASS, 0);
  uint8_t plain[ENVELOPE_BUCKET(ITEM_CLASS)];
  struct nonce nonce;
  size_t inner = 0;

  enum err err = write_inner(kit, plain + ITEM_HEAD_BYTES, item, secret, text, n, &inner);
  if (err == OK) {
    write_head(plain, item, (uint32_t)inner);
    kit->outside->random(kit->outside->self, nonce.bytes, sizeof nonce.bytes);
    err = envelope_seal(ret_body, item_key, &context, &nonce, plain, ITEM_HEAD_BYTES + inner);
  }
  wipe(plain, sizeof plain);
  if (err == OK) item_term(kit, item, ret_body);
  return err;
}

static enum err open_outer(const struct row_kit *kit, const struct key *item_key,
                           struct item *ret_item, struct id id, const uint8_t *body, uint8_t *plain,
                           size_t *ret_inner)
{
  struct envelope_context context = context_of(kit, TABLE_ITEM, id, ITEM_CLASS, 0);
  size_t n = 0;

  TRY(envelope_open(plain, &n, item_key, &context, body, ITEM_BYTES));
  if (n < ITEM_HEAD_BYTES || get_u32(plain + AT_INNER) != n - ITEM_HEAD_BYTES) return ERR_CORRUPT;
  struct item item = {
    .id = id, .flags = get_u16(plain + AT_FLAGS), .version = get_u32(plain + AT_VERSION)};
  uint16_t kind = get_u16(plain + AT_KIND);
  if (kind == ITEM_NONE || kind >= ITEM_KINDS || item.version == 0) return ERR_CORRUPT;
  item.kind = (enum item_kind)kind;
  memcpy(item.record.b, plain + AT_RECORD, ID_BYTES);
  memcpy(item.subject.b, plain + AT_SUBJECT, ID_BYTES);
  item.until.number = (int32_t)get_u32(plain + AT_UNTIL);
  item_term(kit, &item, body);
  *ret_item = item;
  *ret_inner = n - ITEM_HEAD_BYTES;
  return OK;
}

enum err item_open(const struct row_kit *kit, const struct key *item_key, struct item *ret_item,
                   struct id id, const uint8_t body[static ITEM_BYTES])
{
  uint8_t plain[ENVELOPE_BUCKET(ITEM_CLASS)];
  size_t inner = 0;
  enum err err = open_outer(kit, item_key, ret_item, id, body, plain, &inner);

  wipe(plain, sizeof plain);
  return err;
}

static enum err open_inner(struct arena *arena, const struct row_kit *kit,
                           struct personal *ret_text, const struct item *item, const uint8_t *inner,
                           size_t n, const struct audit_secret *secret)
{
  OWNED(key_wipe) struct key key = {0};

  if (!secret)
    return arena_copy_personal(arena, ret_text, (struct personal){(const char *)inner, n});
  if (n < ENVELOPE_OVERHEAD) return ERR_CORRUPT;
  struct envelope_context context = context_of(kit, TABLE_ITEM_TEXT, item->id, 0, item->version);
  char *text = arena_take(arena, n);
  size_t text_n = 0;
  if (!text) return ERR_MEMORY;
  text_key(&key, secret);
  TRY(envelope_open(text, &text_n, &key, &context, inner, n));
  *ret_text = (struct personal){text, text_n};
  return OK;
}

enum err item_text(struct arena *arena, const struct row_kit *kit, const struct key *item_key,
                   struct personal *ret_text, struct item *ret_item, struct id id,
                   const uint8_t body[static ITEM_BYTES], const struct audit_secret *secret)
{
  uint8_t plain[ENVELOPE_BUCKET(ITEM_CLASS)];
  struct item item = {0};
  size_t inner = 0;
  enum err err = open_outer(kit, item_key, &item, id, body, plain, &inner);

  if (err == OK)
    err = open_inner(arena, kit, ret_text, &item, plain + ITEM_HEAD_BYTES, inner, secret);
  if (err == OK) *ret_item = item;
  wipe(plain, sizeof plain);
  return err;
}
