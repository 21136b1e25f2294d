/* See looking.h. One disclosure has one such notice, found by a tag of its id. */
#include "register/looking.h"

#include "register/glass.h"
#include "register/notice.h"

static struct id notice_of(const struct op *op, const struct sharing *sharing)
{
  struct id id = {{0}};

  key_tag(id.b, &op->reg->secrets, "cnis/looking/1", sharing->id.b, ID_BYTES);
  return id;
}

static enum err say(struct op *op, struct str *ret_said, const struct matter *matter)
{
  struct json json;

  json_start(&json, op->arena, NOTICE_SAID_MAX);
  json_object_start(&json);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, matter->sharing.id.b, ID_BYTES);
  JSON_KEY(&json, "to");
  json_str(&json, matter->recipient.name);
  json_object_end(&json);
  return json_done(&json, ret_said);
}

enum err looking_begin(struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct notice notice = {.kind = NOTICE_REVIEW_DUE,
                          .id = notice_of(op, sharing),
                          .person = sharing->handler,
                          .record = sharing->record,
                          .child = &matter->officer.facts.child,
                          .due = sharing->review_by};

  if (!day_is_set(sharing->review_by) || glass_is_broken(op, &matter->asked.decision)) return OK;
  TRY(say(op, &notice.said, matter));
  return notice_put(op, &notice, NULL);
}

static bool waits(const struct op *op, struct id id)
{
  const struct item *item;
  bool is_there;

  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  is_there = item != NULL && item->kind == ITEM_NOTICE && !notice_is_done(item);
  index_done(op->reg->index);
  return is_there;
}

enum err looking_done(struct op *op, const struct matter *matter)
{
  const struct audit_secret *child = &matter->officer.facts.child;
  struct id id = notice_of(op, &matter->sharing);
  struct notice_kept kept;

  if (!waits(op, id)) return OK;
  TRY(notice_read(op, &kept, id, child));
  if (kept.item.until.number > op_today(op).number)
    return op_item_remove(op, id); /* nobody was told of it */
  return notice_settle(op, &kept, child, kept.answer);
}
