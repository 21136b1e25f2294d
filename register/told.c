/* A disclosure as those see it who have to answer for it, all of whom may know of the child
 * (matter_find). It must never tell a value. */
#include "register/told.h"

#include "register/pages.h"
#include "register/people.h"
#include "register/view.h"

void told_by(struct json *json, const struct op *op, struct id account)
{
  struct account found;

  if (!people_by_id(op->reg->people, &found, account)) return;
  JSON_KEY(json, "by");
  json_str(json, str_from(found.name));
  wipe(&found, sizeof found);
}

/* What left, or what would if everybody agreed; form and rule as they were decided today. */
static void write_leaves(struct json *json, const struct op *op, const struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;
  struct fieldset would = fieldset_or(decision->granted, decision->pending);

  JSON_KEY(json, "leaves");
  view_write_words(json, op, decision,
                   matter->sharing.state == SHARING_RELEASED ? matter->sharing.granted : would);
}

static enum err write_said(struct json *json, struct op *op, const struct matter *matter)
{
  struct pages pages = {matter->sharing.asked_pages, matter->sharing.record,
                        &matter->officer.facts.child};
  struct personal said;

  TRY(pages_read_text(op, &pages, &said));
  JSON_KEY(json, "entry");
  json_hex(json, matter->sharing.record.b, ID_BYTES);
  if (said.len == 0) return OK;
  JSON_KEY(json, "said");
  json_splice(json, (struct str){said.ptr, said.len});
  return OK;
}

enum err told_write(struct json *json, struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "to");
  json_object_start(json);
  recipient_write(json, op, &matter->recipient);
  json_object_end(json);
  told_by(json, op, sharing->handler);
  JSON_KEY(json, "until");
  json_day(json, sharing->until);
  JSON_KEY(json, "may_decide");
  json_bool(json, matter_may_decide(op, matter));
  view_write_grounds(json, op, &sharing->ask.said);
  write_leaves(json, op, matter);
  return write_said(json, op, matter);
}
