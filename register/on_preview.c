/* A disclosure tried out: the decision that would be made, and the values that would leave, as far
 * as the officer who asks may see them. It must never release anything, keep anything, or
 * open for the officer what is granted to the recipient alone. */
#include <string.h>

#include "register/matter.h"
#include "register/seen.h"
#include "register/view.h"

/* The recipient's decision, cut down to what may be opened for the officer; what waits for a second
 * person is shown as if that person had agreed. */
static void cut(struct decision *decision, struct fieldset seen)
{
  decision->granted = fieldset_and(fieldset_or(decision->granted, decision->pending), seen);
}

static struct asked shown_of(const struct asked *theirs, struct fieldset seen)
{
  struct asked shown = *theirs;

  cut(&shown.decision, seen);
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if (shown.has_person[slot]) cut(&shown.person[slot], seen);
  return shown;
}

static enum err answer(struct op *op, const struct matter *matter, const struct view *view,
                       struct fieldset seen)
{
  const struct decision *decision = &matter->asked.decision;
  struct json json;

  json_start(&json, op->arena, 8192);
  json_object_start(&json);
  JSON_KEY(&json, "state");
  json_str(&json, STR("preview"));
  JSON_KEY(&json, "entry");
  json_hex(&json, matter->sharing.record.b, ID_BYTES);
  JSON_KEY(&json, "to");
  json_object_start(&json);
  recipient_write(&json, op, &matter->recipient);
  json_object_end(&json);
  JSON_KEY(&json, "policy");
  json_hex(&json, op->reg->policy_version, POLICY_VERSION_BYTES);
  view_write_fields(&json, op, view);
  JSON_KEY(&json, "unseen");
  view_write_words(&json, op, decision,
                   fieldset_less(fieldset_or(decision->granted, decision->pending), seen));
  view_write_refusals(&json, op, &matter->asked);
  view_write_obligations(&json, op, decision->obligations);
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

enum err disclosure_preview(struct op *op, const struct disclosure *in)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct asked shown;
  struct matter *matter;
  struct entry_of entry;
  struct fieldset seen;
  struct view view;
  bool goes_on;

  TRY(matter_ask(op, &matter, &goes_on, in, ACTION_DISCLOSURE_PREVIEW));
  if (!goes_on) return OK;
  TRY(seen_words(op, &seen, matter));
  shown = shown_of(&matter->asked, seen);
  TRY(view_open(op, &view, &shown, matter->sharing.recipient));
  TRY(answer(op, matter, &view, seen));
  matter_entry(op, &entry, ACTION_DISCLOSURE_PREVIEW, matter);
  view_entry(&entry, op, &view, rules);
  memcpy(entry.released, view.opened.released, sizeof entry.released); /* no ticket comes of it */
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}
