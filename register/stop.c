/* The item of a stop-using notice, a fixed layout, little-endian; and the notice itself. It must
 * never hold a reason. */
#include "register/stop.h"

#include <string.h>

#include "register/bytes.h"

enum {
  LAYOUT = 1,
  STOP_BYTES = 1 + 3 * ID_BYTES + 8 + 8 + HASH_BYTES + 4 + 4,
};

enum err stop_put(struct op *op, struct stop *stop, const struct audit_secret *child)
{
  struct item item = {.id = stop->id,
                      .kind = ITEM_STOP,
                      .flags = (uint16_t)stop->state,
                      .version = stop->item_version,
                      .record = stop->record,
                      .subject = stop->recipient,
                      .until = DAY_NONE};
  uint8_t text[STOP_BYTES] = {LAYOUT}, *at = text + 1;

  memcpy(at, stop->disclosure.b, ID_BYTES);
  memcpy(at + ID_BYTES, stop->handler.b, ID_BYTES);
  memcpy(at + 2 * ID_BYTES, stop->acknowledged_by.b, ID_BYTES);
  at += 3 * ID_BYTES;
  put_u64(at, (uint64_t)stop->made.us);
  put_u64(at + 8, stop->entry.from);
  memcpy(at + 16, stop->entry.leaf.bytes, HASH_BYTES);
  at += 16 + HASH_BYTES;
  put_u32(at, stop->key_generation);
  put_u32(at + 4, (uint32_t)stop->acknowledged.number);
  TRY(op_item_put(op, &item, child, (struct personal){(const char *)text, sizeof text}));
  stop->id = item.id;
  return OK;
}

bool stop_find(const struct op *op, struct stop *ret_stop, struct id id)
{
  const struct item *item;
  bool is_one;

  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  is_one = item != NULL && item->kind == ITEM_STOP;
  if (is_one)
    *ret_stop = (struct stop){.id = id,
                              .record = item->record,
                              .recipient = item->subject,
                              .state = (enum stop_state)item->flags};
  index_done(op->reg->index);
  return is_one;
}

enum err stop_read(struct op *op, struct stop *stop, const struct audit_secret *child)
{
  struct personal text;
  const uint8_t *at;
  struct item item;

  TRY(op_item_text(op, &text, &item, stop->id, child));
  if (text.len != STOP_BYTES || text.ptr[0] != LAYOUT) return ERR_CORRUPT;
  at = (const uint8_t *)text.ptr + 1;
  stop->item_version = item.version;
  stop->state = (enum stop_state)item.flags;
  memcpy(stop->disclosure.b, at, ID_BYTES);
  memcpy(stop->handler.b, at + ID_BYTES, ID_BYTES);
  memcpy(stop->acknowledged_by.b, at + 2 * ID_BYTES, ID_BYTES);
  at += 3 * ID_BYTES;
  stop->made.us = (int64_t)get_u64(at);
  stop->entry.from = get_u64(at + 8);
  memcpy(stop->entry.leaf.bytes, at + 16, HASH_BYTES);
  at += 16 + HASH_BYTES;
  stop->key_generation = get_u32(at);
  stop->acknowledged.number = (int32_t)get_u32(at + 4);
  return OK;
}

enum err stop_of(struct op *op, struct id *ret_notice, const struct sharing *sharing,
                 const struct audit_secret *child)
{
  struct items items;

  *ret_notice = (struct id){{0}};
  TRY(index_items(op->reg->index, op->arena, &items,
                  &(struct items_want){ITEM_STOP, ITEMS_BY_RECORD, sharing->record}));
  for (size_t i = 0; i < items.count; i++) {
    struct stop stop = {.id = items.at[i].id};

    TRY(stop_read(op, &stop, child));
    if (id_equal(stop.disclosure, sharing->id)) *ret_notice = stop.id;
  }
  return OK;
}

enum err stop_make(struct op *op, struct sharing *sharing, const struct facts *facts,
                   struct id *ret_notice)
{
  struct entry_of entry = {.action = ACTION_STOP_NOTICE,
                           .child = &facts->child,
                           .record = sharing->record,
                           .version = facts->head.version,
                           .recipients = {sharing->recipient}};
  struct stop stop = {.record = sharing->record,
                      .recipient = sharing->recipient,
                      .state = STOP_OWED,
                      .disclosure = sharing->id,
                      .handler = sharing->handler,
                      .made = op->commit->request.at,
                      .acknowledged = DAY_NONE};

  TRY(package_announce(op, &stop.key_generation));
  TRY(op_entry(op, &entry));
  evidence_place(op, &stop.entry);
  TRY(stop_put(op, &stop, &facts->child));
  sharing->mark.is_told = true;
  *ret_notice = stop.id;
  return OK;
}

enum err stop_content(struct op *op, struct str *ret_content, const struct stop *stop,
                      const struct recipient_row *recipient)
{
  struct json json;

  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  JSON_KEY(&json, "authority");
  json_str(&json, reg_authority_name(op->reg));
  JSON_KEY(&json, "origin");
  json_str(&json, op->reg->audit.origin);
  package_write_recipient(&json, reg_policy(op->reg), recipient);
  JSON_KEY(&json, "notice");
  json_hex(&json, stop->id.b, ID_BYTES);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, stop->disclosure.b, ID_BYTES);
  JSON_KEY(&json, "made");
  json_instant(&json, stop->made);
  JSON_KEY(&json, "duty");
  json_object_start(&json);
  JSON_KEY(&json, "cy");
  json_str(&json, text_get(TEXT_STOP_DUTY, LANG_CY));
  JSON_KEY(&json, "en");
  json_str(&json, text_get(TEXT_STOP_DUTY, LANG_EN));
  json_object_end(&json);
  json_object_end(&json);
  return json_done(&json, ret_content);
}
