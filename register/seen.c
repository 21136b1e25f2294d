/* What of a disclosure its officer sees anyway. It opens nothing. */
#include "register/seen.h"

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
static struct fieldset seen_of(const struct op *op, const struct asked *own,
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

enum err seen_words(struct op *op, struct fieldset *ret_seen, const struct matter *matter)
{
  struct asked own;

  TRY(own_view(op, &own, matter));
  *ret_seen = seen_of(op, &own, &matter->asked);
  return OK;
}

enum err seen_why_not(struct op *op, struct problem *ret_why, const struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;
  struct fieldset seen;
  struct view view;

  *ret_why = (struct problem){.err = ERR_CONFLICT};
  view_custody(op, &view, &matter->asked);
  if (view.has_custody) {
    ret_why->detail = TEXT_MEANS_SHIELDED;
    return OK;
  }
  TRY(seen_words(op, &seen, matter));
  ret_why->fields = fieldset_less(fieldset_or(decision->granted, decision->pending), seen);
  if (!fieldset_is_empty(ret_why->fields)) ret_why->detail = TEXT_MEANS_UNSEEN;
  return OK;
}
