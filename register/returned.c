/* The item of what was returned: a fixed head, little-endian, and how it is known. */
#include "register/returned.h"

#include <string.h>

#include "base/guard.h"
#include "register/bytes.h"
#include "register/told.h"

enum { HEAD_BYTES = 2 * ID_BYTES + 1 + 4 + 8 };

static const struct {
  enum returned_what what;
  const char *name, *obligation;
} kinds[] = {
  {RETURNED_RECEIPT, "receipt", "receipt_required"},
  {RETURNED_DELETION, "deletion", "delete_after_use"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

enum returned_what returned_parse(struct str name)
{
  for (size_t i = 0; i < KINDS; i++)
    if (str_is(name, kinds[i].name)) return kinds[i].what;
  return RETURNED_NONE;
}

static const char *name_of(enum returned_what what)
{
  for (size_t i = 0; i < KINDS; i++)
    if (kinds[i].what == what) return kinds[i].name;
  return "";
}

/* ---- owed ---- */

static bool *owed_in(struct sharing_mark *mark, enum returned_what what)
{
  return what == RETURNED_RECEIPT ? &mark->owes_receipt : &mark->owes_deletion;
}

bool returned_is_owed(const struct sharing_mark *mark, enum returned_what what)
{
  struct sharing_mark copy = *mark;

  return what != RETURNED_NONE && *owed_in(&copy, what);
}

/* What was called back is followed by its stop-using notice instead. */
static bool is_followed(const struct sharing_mark *mark)
{
  return (mark->owes_receipt || mark->owes_deletion) && sharing_has_left(mark->state) &&
         mark->state != SHARING_RECALLED;
}

bool returned_item_owes(const struct item *item)
{
  struct sharing_mark mark = sharing_mark(item);

  return item->kind == ITEM_DISCLOSURE && is_followed(&mark);
}

void returned_mark(const struct op *op, struct sharing_mark *mark, uint64_t obligations)
{
  for (size_t i = 0; i < KINDS; i++)
    *owed_in(mark, kinds[i].what) =
      asked_obliges(op, obligations, str_from(kinds[i].obligation)) && GUARD(RETURNS_FOLLOWED);
}

void returned_write_owed(struct json *json, const struct op *op, const struct sharing *sharing)
{
  if (!is_followed(&sharing->mark)) return;
  JSON_KEY(json, "owes");
  json_object_start(json);
  JSON_KEY(json, "what");
  json_array_start(json);
  for (size_t i = 0; i < KINDS; i++)
    if (returned_is_owed(&sharing->mark, kinds[i].what)) json_str(json, str_from(kinds[i].name));
  json_array_end(json);
  JSON_KEY(json, "until");
  json_day(json, sharing->until);
  JSON_KEY(json, "is_overdue");
  json_bool(json, sharing->until.number < op_today(op).number);
  json_object_end(json);
}

/* ---- the item ---- */

enum err returned_put(struct op *op, struct sharing *sharing, const struct returned *returned,
                      const struct audit_secret *child)
{
  struct item item = {
    .kind = ITEM_RETURNED, .record = sharing->record, .subject = returned->by, .until = DAY_NONE};
  size_t n = HEAD_BYTES + returned->how.len;
  uint8_t *text = arena_take(op->arena, n), *at = text;

  if (text == NULL) return ERR_MEMORY;
  memcpy(at, sharing->id.b, ID_BYTES);
  memcpy(at + ID_BYTES, returned->by.b, ID_BYTES);
  at += 2 * ID_BYTES;
  at[0] = (uint8_t)returned->what;
  put_u32(at + 1, (uint32_t)returned->on.number);
  put_u64(at + 5, (uint64_t)returned->at.us);
  memcpy(text + HEAD_BYTES, returned->how.ptr, returned->how.len);
  *owed_in(&sharing->mark, returned->what) = false;
  return op_item_put(op, &item, child, (struct personal){(const char *)text, n});
}

static enum err read(struct op *op, struct returned *ret_returned, struct id id,
                     const struct audit_secret *child)
{
  struct personal text;
  struct item item;

  TRY(op_item_text(op, &text, &item, id, child));
  if (text.len < HEAD_BYTES) return ERR_CORRUPT;
  const uint8_t *at = (const uint8_t *)text.ptr;
  memcpy(ret_returned->disclosure.b, at, ID_BYTES);
  memcpy(ret_returned->by.b, at + ID_BYTES, ID_BYTES);
  at += 2 * ID_BYTES;
  ret_returned->record = item.record;
  ret_returned->what = (enum returned_what)at[0];
  ret_returned->on.number = (int32_t)get_u32(at + 1);
  ret_returned->at.us = (int64_t)get_u64(at + 5);
  ret_returned->how = (struct personal){text.ptr + HEAD_BYTES, text.len - HEAD_BYTES};
  return OK;
}

static void write_one(struct json *json, const struct op *op, const struct returned *returned)
{
  json_object_start(json);
  JSON_KEY(json, "what");
  json_str(json, str_from(name_of(returned->what)));
  JSON_KEY(json, "on");
  json_day(json, returned->on);
  JSON_KEY(json, "at");
  json_instant(json, returned->at);
  told_by(json, op, returned->by);
  JSON_KEY(json, "how");
  json_personal(json, returned->how);
  json_object_end(json);
}

enum err returned_write(struct json *json, struct op *op, const struct sharing *sharing,
                        const struct audit_secret *child)
{
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items,
                  &(struct items_want){ITEM_RETURNED, ITEMS_BY_RECORD, sharing->record}));
  if (items.count == 0) return OK;
  JSON_KEY(json, "returned");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    struct returned returned;

    TRY(read(op, &returned, items.at[i].id, child));
    if (id_equal(returned.disclosure, sharing->id)) write_one(json, op, &returned);
  }
  json_array_end(json);
  return OK;
}
