/* See glass.h. It must never let anything leave untold. */
#include "register/glass.h"

#include "base/guard.h"
#include "register/notice.h"

bool glass_is_broken(const struct op *op, const struct decision *decision)
{
  return asked_obliges(op, decision->obligations, STR("review_next_working_day"));
}

static struct instant end_of(const struct op *op)
{
  return (struct instant){op->commit->request.at.us + GLASS_LIFE_US};
}

void glass_write_end(struct json *json, const struct op *op, const struct decision *decision)
{
  if (!glass_is_broken(op, decision)) return;
  JSON_KEY(json, "ends");
  json_instant(json, end_of(op));
}

static enum err say(struct op *op, struct str *ret_said, struct str to)
{
  struct json json;

  json_start(&json, op->arena, NOTICE_SAID_MAX);
  json_object_start(&json);
  if (to.len > 0) {
    JSON_KEY(&json, "to");
    json_str(&json, to);
  }
  JSON_KEY(&json, "ends");
  json_instant(&json, end_of(op));
  json_object_end(&json);
  return json_done(&json, ret_said);
}

enum err glass_tell(struct op *op, const struct asked *asked, struct personal necessity,
                    struct str to)
{
  struct notice notice = {.kind = NOTICE_BREAK_GLASS,
                          .person = op->actor.account,
                          .record = asked->facts.id,
                          .child = &asked->facts.child,
                          .due = notice_next_working_day(op_today(op)),
                          .words = necessity};

  if (!glass_is_broken(op, &asked->decision) || !GUARD(BREAK_GLASS_TOLD)) return OK;
  TRY(say(op, &notice.said, to));
  return notice_put(op, &notice, NULL);
}
