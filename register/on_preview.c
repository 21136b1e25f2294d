/* A disclosure tried out: the decision that would be made, and the values that would leave, as far
 * as the officer who asks may see them. It must never release anything, keep anything, or
 * open for the officer what is granted to the recipient alone. */
#include <string.h>

#include "register/matter.h"
#include "register/standing.h"
#include "register/view.h"

/* What the officer sees of this child: by their assignment, else by their part in safeguarding.
 * Refused: nothing. */
static enum err own_view(struct op *op, struct asked *ret_own, const struct matter *matter)
{
  const struct policy *policy = reg_policy(op->reg);
  struct facts_want want = {.id = matter->sharing.record,
                            .requester = op->actor.account,
                            .with_gate = true,
                            .today = op_today(op)};
  struct standing standing = {.purpose =
                                policy_word(policy, POLICY_PURPOSE, STR("safeguarding_enquiry")),
                              .basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"))};
  struct ask ask;
  bool is_assigned;

  *ret_own = (struct asked){0};
  TRY(facts_read(op, &ret_own->facts, &want));
  TRY(standing_find(op, &standing, &is_assigned, want.id, want.requester, &ret_own->facts.child));
  ask = standing_ask(op, &standing);
  asked_request_whole(op, ret_own, &ask);
  if (!ret_own->is_refused) asked_settle_whole(op, ret_own);
  return OK;
}

static uint8_t form_of(const struct op *op, const struct asked *asked, enum field field,
                       unsigned slot)
{
  uint8_t word = field_word(op->reg, field, slot, asked->facts.persons);

  return view_decision(asked, field, slot)->form[word];
}

/* In full, or in the form that the recipient gets. */
static bool sees(const struct op *op, const struct asked *own, const struct asked *theirs,
                 enum field field, unsigned slot)
{
  uint8_t word = field_word(op->reg, field, slot, own->facts.persons);
  uint8_t form = form_of(op, own, field, slot);

  return view_grants(op, own, field, slot) &&
         (form == policy_field_full_form(reg_policy(op->reg), word) ||
          form == form_of(op, theirs, field, slot));
}

/* Of what the recipient would get, the words of which the officer sees every value. What the
 * register works out from other words (last_changed) is shown only when all of those are. */
static struct fieldset seen_words(const struct op *op, const struct asked *own,
                                  const struct asked *theirs)
{
  struct fieldset would = fieldset_or(theirs->decision.granted, theirs->decision.pending);
  struct fieldset stored = {{0, 0}}, unseen = {{0, 0}};

  if (own->is_refused) return unseen;
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field field = (enum field)i;

    for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
      uint8_t word = field_word(op->reg, field, slot, theirs->facts.persons);

      if (word == POLICY_NO_WORD) continue;
      stored = fieldset_with(stored, word);
      if (!sees(op, own, theirs, field, slot)) unseen = fieldset_with(unseen, word);
    }
  }
  struct fieldset seen = fieldset_less(fieldset_and(would, stored), unseen);
  if (!fieldset_is_empty(fieldset_less(fieldset_and(would, stored), seen))) return seen;
  return fieldset_or(seen, fieldset_less(fieldset_and(would, own->decision.granted), stored));
}

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
  struct asked own, shown;
  struct matter *matter;
  struct entry_of entry;
  struct fieldset seen;
  struct view view;
  bool goes_on;

  TRY(matter_ask(op, &matter, &goes_on, in, ACTION_DISCLOSURE_PREVIEW));
  if (!goes_on) return OK;
  TRY(own_view(op, &own, matter));
  seen = seen_words(op, &own, &matter->asked);
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
