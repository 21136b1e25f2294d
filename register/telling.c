/* The item of a telling: a fixed head, little-endian, and the name of who answered. */
#include "register/telling.h"

#include <string.h>

#include "register/bytes.h"
#include "register/told.h"

enum { HEAD_BYTES = 2 * ID_BYTES + 8 + 16 };

enum err told_put(struct op *op, const struct told_once *told, const struct audit_secret *child)
{
  struct item item = {
    .kind = ITEM_TOLD, .record = told->record, .subject = told->by, .until = DAY_NONE};
  size_t n = HEAD_BYTES + told->to.len;
  uint8_t *text = arena_take(op->arena, n);

  if (text == NULL) return ERR_MEMORY;
  memcpy(text, told->disclosure.b, ID_BYTES);
  memcpy(text + ID_BYTES, told->by.b, ID_BYTES);
  put_u64(text + 2 * ID_BYTES, (uint64_t)told->at.us);
  put_u64(text + 2 * ID_BYTES + 8, told->fields.bits[0]);
  put_u64(text + 2 * ID_BYTES + 16, told->fields.bits[1]);
  memcpy(text + HEAD_BYTES, told->to.ptr, told->to.len);
  return op_item_put(op, &item, child, (struct personal){(const char *)text, n});
}

static void write_one(struct json *json, struct op *op, const struct told_once *told)
{
  struct fieldset left = told->fields;

  json_object_start(json);
  JSON_KEY(json, "to");
  json_personal(json, told->to);
  JSON_KEY(json, "at");
  json_instant(json, told->at);
  told_by(json, op, told->by);
  JSON_KEY(json, "fields");
  json_array_start(json);
  while (!fieldset_is_empty(left))
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_FIELD, (uint8_t)fieldset_take(&left)));
  json_array_end(json);
  json_object_end(json);
}

enum err told_list(struct json *json, struct op *op, const struct told_once *about,
                   const struct audit_secret *child)
{
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items,
                  &(struct items_want){ITEM_TOLD, ITEMS_BY_RECORD, about->record}));
  JSON_KEY(json, "told");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    struct told_once told;
    struct personal text;
    struct item item;

    TRY(op_item_text(op, &text, &item, items.at[i].id, child));
    if (text.len < HEAD_BYTES) return ERR_CORRUPT;
    const uint8_t *at = (const uint8_t *)text.ptr;
    if (memcmp(at, about->disclosure.b, ID_BYTES) != 0) continue;
    memcpy(told.by.b, at + ID_BYTES, ID_BYTES);
    told.at.us = (int64_t)get_u64(at + 2 * ID_BYTES);
    told.fields.bits[0] = get_u64(at + 2 * ID_BYTES + 8);
    told.fields.bits[1] = get_u64(at + 2 * ID_BYTES + 16);
    told.to = (struct personal){text.ptr + HEAD_BYTES, text.len - HEAD_BYTES};
    write_one(json, op, &told);
  }
  json_array_end(json);
  return OK;
}
