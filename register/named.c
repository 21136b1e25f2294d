/* Named workers as items. See named.h. It must never say who is named to anybody outside the
 * circle; who asks is the operations' to know. */
#include "register/named.h"

#include <string.h>

#include "register/second.h"
#include "register/told.h"

enum { LAYOUT = 2 };
enum {
  AT_MAKER = 1,
  AT_OTHER = AT_MAKER + ID_BYTES,
  AT_ASSIGNMENT = AT_OTHER + ID_BYTES,
  AT_PURPOSE = AT_ASSIGNMENT + ID_BYTES,
  HEAD
};

enum err named_read(struct op *op, struct named *ret_named, struct id id,
                    const struct audit_secret *child)
{
  struct named named = {0};
  struct personal text;

  TRY(op_item_text(op, &text, &named.item, id, child));
  const uint8_t *at = (const uint8_t *)text.ptr;
  if (text.len < HEAD || at[0] != LAYOUT || at[AT_PURPOSE] > text.len - HEAD) return ERR_CORRUPT;
  memcpy(named.maker.b, at + AT_MAKER, ID_BYTES);
  memcpy(named.other.b, at + AT_OTHER, ID_BYTES);
  memcpy(named.assignment.b, at + AT_ASSIGNMENT, ID_BYTES);
  named.purpose = (struct str){text.ptr + HEAD, at[AT_PURPOSE]};
  named.reason =
    (struct personal){text.ptr + HEAD + at[AT_PURPOSE], text.len - HEAD - at[AT_PURPOSE]};
  *ret_named = named;
  return OK;
}

enum err named_put(struct op *op, struct named *named, const struct audit_secret *child)
{
  size_t n = HEAD + named->purpose.len + named->reason.len;
  uint8_t *text = arena_take(op->arena, n);

  if (text == NULL) return ERR_MEMORY;
  text[0] = LAYOUT;
  memcpy(text + AT_MAKER, named->maker.b, ID_BYTES);
  memcpy(text + AT_OTHER, named->other.b, ID_BYTES);
  memcpy(text + AT_ASSIGNMENT, named->assignment.b, ID_BYTES);
  text[AT_PURPOSE] = (uint8_t)named->purpose.len;
  if (named->purpose.len > 0) memcpy(text + HEAD, named->purpose.ptr, named->purpose.len);
  if (named->reason.len > 0)
    memcpy(text + HEAD + named->purpose.len, named->reason.ptr, named->reason.len);
  return op_item_put(op, &named->item, child, (struct personal){(const char *)text, n});
}

bool named_is_party(const struct op *op, const struct named *named)
{
  return second_is(op, named->maker) || second_is(op, named->item.subject);
}

void named_write(struct json *json, const struct op *op, const struct named *named)
{
  const struct item *item = &named->item;
  bool waits = (item->flags & NAMED_WAITS) != 0;

  JSON_KEY(json, "id");
  json_hex(json, item->id.b, ID_BYTES);
  JSON_KEY(json, "entry");
  json_hex(json, item->record.b, ID_BYTES);
  told_account(json, op, "officer", item->subject);
  JSON_KEY(json, "until");
  json_day(json, item->until);
  JSON_KEY(json, "approved");
  json_bool(json, !waits);
  if (named->purpose.len > 0) {
    JSON_KEY(json, "purpose");
    json_str(json, named->purpose);
  }
  told_by(json, op, named->maker);
  if (!waits) told_account(json, op, "agreed_by", named->other);
  JSON_KEY(json, "reason");
  json_personal(json, named->reason);
}
