/* A receiver's receipt, or its word that it deleted what it had, is recorded by whoever sees to
 * what became of the disclosure. It is their word about the receiver's, and never taken back. */
#include "register/matter.h"
#include "register/once.h"
#include "register/returned.h"

static enum err answer(struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct json json;

  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, sharing->id.b, ID_BYTES);
  returned_write_owed(&json, op, sharing);
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, 200);
}

static enum err keep(struct op *op, struct matter *matter, const struct disclosure_return *in,
                     struct day on)
{
  struct returned returned = {.by = op->actor.account,
                              .what = returned_parse(in->what),
                              .on = on,
                              .at = op->commit->request.at,
                              .how = in->how};
  const struct audit_secret *child = &matter->officer.facts.child;
  struct entry_of entry;

  matter_entry(op, &entry, ACTION_RETURNED, matter);
  matter_entry_child(&entry, matter);
  op_hash(op, &entry.reason, in->how);
  TRY(returned_put(op, &matter->sharing, &returned, child));
  TRY(sharing_put(op, &matter->sharing, child));
  return op_entry(op, &entry);
}

enum err disclosure_returned(struct op *op, struct id disclosure,
                             const struct disclosure_return *in)
{
  const struct problem settled = {.err = ERR_CONFLICT, .detail = TEXT_RETURN_NOT_OWED};
  struct day on = day_is_set(in->on) ? in->on : op_today(op);
  enum returned_what what = returned_parse(in->what);
  struct hash body = {{0}};
  struct matter *matter;
  struct once once;
  bool found;

  TRY(op_begin(op));
  if (what == RETURNED_NONE || on.number > op_today(op).number) return ERR_INPUT;
  once_feed(op, &body, disclosure.b, ID_BYTES);
  once_feed(op, &body, &what, sizeof what);
  once_feed(op, &body, &on, sizeof on);
  once_feed(op, &body, in->how.ptr, in->how.len);
  TRY(once_begin(op, &once, ACTION_RETURNED, &body));
  TRY(matter_find_sent(op, &matter, disclosure, &found));
  if (!found) return matter_generic(op, matter, ACTION_RETURNED);
  if (once.is_replay) {
    struct entry_of entry;

    matter_entry(op, &entry, ACTION_RETURNED, matter);
    matter_entry_child(&entry, matter);
    TRY(op_entry(op, &entry));
    return answer(op, matter);
  }
  if (!returned_is_owed(&matter->sharing.mark, what))
    return matter_refuse(op, matter, ACTION_RETURNED, &settled);
  TRY(keep(op, matter, in, on));
  TRY(once_done(op, &once, disclosure));
  return answer(op, matter);
}
