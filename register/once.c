/* Idempotency keys. No answer is ever kept here. */
#include "register/once.h"

#include <string.h>

#include "register/bytes.h"

#define ONCE_LABEL "cnis/once/1"
#define ONCE_TEXT_BYTES (HASH_BYTES + ID_BYTES)

void once_feed(const struct op *op, struct hash *hash, const void *bytes, size_t n)
{
  uint8_t block[2 * HASH_BYTES];
  struct hash part;

  key_mac(&part, &op->reg->secrets, ONCE_LABEL, bytes, n);
  memcpy(block, hash->bytes, HASH_BYTES);
  memcpy(block + HASH_BYTES, part.bytes, HASH_BYTES);
  key_mac(hash, &op->reg->secrets, ONCE_LABEL, block, sizeof block);
}

void once_feed_values(const struct op *op, struct hash *hash, const struct given_list *values)
{
  for (size_t i = 0; i < values->count; i++) {
    const struct given *given = &values->at[i];
    uint8_t place[18];

    put_u16(place, field_row(given->field)->id);
    put_u16(place + 2, (uint16_t)given->slot);
    place[4] = (uint8_t)given->value.said_by;
    place[5] = given->value.contested ? 1 : 0;
    put_u16(place + 6, given->value.text.len == 0 ? 0 : 1);
    put_u32(place + 8, (uint32_t)given->value.since.number);
    put_u32(place + 12, (uint32_t)given->value.until.number);
    place[16] = given->value.outcome;
    place[17] = given->value.route;
    once_feed(op, hash, place, sizeof place);
    once_feed(op, hash, given->value.text.ptr, given->value.text.len);
  }
}

static struct id item_id(const struct op *op, enum action action)
{
  uint8_t bytes[2 * ID_BYTES + 1];
  struct id id = {{0}};

  memcpy(bytes, op->actor.account.b, ID_BYTES);
  memcpy(bytes + ID_BYTES, op->idempotency.b, ID_BYTES);
  bytes[2 * ID_BYTES] = (uint8_t)action;
  key_tag(id.b, &op->reg->secrets, ONCE_LABEL, bytes, sizeof bytes);
  return id;
}

static bool is_held(const struct op *op, struct once *once)
{
  const struct item *item;
  bool held;

  index_read(op->reg->index);
  item = index_item(op->reg->index, once->item);
  held = item != NULL && item->until.number >= op_today(op).number;
  if (item != NULL) once->version = item->version;
  index_done(op->reg->index);
  return held;
}

enum err once_begin(struct op *op, struct once *ret_once, enum action action,
                    const struct hash *body)
{
  struct personal text;
  struct item item;

  *ret_once = (struct once){.body = *body};
  if (!op->has_idempotency || op->dry_run) return OK;
  ret_once->item = item_id(op, action);
  if (!is_held(op, ret_once)) return OK;
  TRY(op_item_text(op, &text, &item, ret_once->item, NULL));
  if (text.len != ONCE_TEXT_BYTES) return ERR_CORRUPT;
  if (!bytes_equal(text.ptr, body->bytes, HASH_BYTES)) return ERR_KEY_REUSED;
  ret_once->is_replay = true;
  memcpy(ret_once->made.b, text.ptr + HASH_BYTES, ID_BYTES);
  return OK;
}

enum err once_done(struct op *op, const struct once *once, struct id made)
{
  struct item item = {.id = once->item,
                      .kind = ITEM_IDEMPOTENCY,
                      .version = once->version,
                      .subject = op->actor.account,
                      .until = {op_today(op).number + 1}};
  char *text;

  if (id_is_zero(once->item) || once->is_replay) return OK;
  text = arena_take(op->arena, ONCE_TEXT_BYTES);
  if (text == NULL) return ERR_MEMORY;
  memcpy(text, once->body.bytes, HASH_BYTES);
  memcpy(text + HASH_BYTES, made.b, ID_BYTES);
  return op_item_put(op, &item, NULL, (struct personal){text, ONCE_TEXT_BYTES});
}
