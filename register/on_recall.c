/* A disclosure is called back: nothing of it leaves any more, its content is destroyed, and its
 * receiver is owed a notice to stop using what they have. The reason is kept with the disclosure,
 * and never told to the receiver. */
#include "base/guard.h"
#include "register/looking.h"
#include "register/notice.h"
#include "register/once.h"
#include "register/stop.h"

static enum err answer(struct op *op, const struct matter *matter, struct id notice)
{
  const struct sharing *sharing = &matter->sharing;
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, sharing->id.b, ID_BYTES);
  JSON_KEY(&json, "state");
  json_str(&json, STR("recalled"));
  JSON_KEY(&json, "reason");
  json_str(&json, str_from(recall_reason_name(sharing->recall)));
  if (!id_is_zero(notice)) {
    JSON_KEY(&json, "notice");
    json_hex(&json, notice.b, ID_BYTES);
  }
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, 200);
}

static enum err end(struct op *op, struct matter *matter)
{
  const struct audit_secret *child = &matter->officer.facts.child;

  if (!GUARD(RECALLED_STAYS)) return sharing_put(op, &matter->sharing, child);
  return sharing_end(op, &matter->sharing, SHARING_RECALLED, child);
}

/* Who asked for it hears of it when somebody else calls it back. */
static enum err tell_handler(struct op *op, const struct matter *matter)
{
  const struct notice notice = {.kind = NOTICE_RECALLED,
                                .person = matter->sharing.handler,
                                .record = matter->sharing.record,
                                .child = &matter->officer.facts.child,
                                .due = DAY_NONE};

  return matter_is_handler(op, matter) ? OK : notice_put(op, &notice, NULL);
}

static enum err recall(struct op *op, struct matter *matter, enum recall_reason reason)
{
  struct sharing *sharing = &matter->sharing;
  struct id notice = {{0}};
  struct entry_of entry;

  matter_entry(op, &entry, ACTION_RECALL, matter);
  matter_entry_child(&entry, matter);
  TRY(op_entry(op, &entry));
  if (sharing->recall != RECALL_NONE) { /* the same again */
    TRY(stop_of(op, &notice, sharing, &matter->officer.facts.child));
    return answer(op, matter, notice);
  }
  sharing->recall = reason;
  sharing->recalled_by = op->actor.account;
  sharing->recalled = op->commit->request.at;
  if (sharing->mark.is_told)
    TRY(stop_of(op, &notice, sharing, &matter->officer.facts.child));
  else
    TRY(stop_make(op, sharing, &matter->officer.facts, &notice));
  TRY(tell_handler(op, matter));
  TRY(looking_done(op, matter));
  TRY(end(op, matter));
  return answer(op, matter, notice);
}

enum err disclosure_recall(struct op *op, struct id disclosure, struct str reason)
{
  enum recall_reason why = recall_reason_parse(reason);
  struct hash body = {{0}};
  struct matter *matter;
  struct once once;
  bool found;

  TRY(op_begin(op));
  if (why == RECALL_NONE) return ERR_INPUT;
  once_feed(op, &body, disclosure.b, ID_BYTES);
  once_feed(op, &body, reason.ptr, reason.len);
  TRY(once_begin(op, &once, ACTION_RECALL, &body));
  TRY(matter_find_sent(op, &matter, disclosure, &found));
  if (!found) return matter_generic(op, matter, ACTION_RECALL);
  TRY(once_done(op, &once, disclosure));
  return recall(op, matter, why);
}
