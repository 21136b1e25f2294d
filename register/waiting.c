/* What waits for a first safety decision. It must never name a child, nor whom a row resembles,
 * without a decision about that very child. */
#include "register/waiting.h"

#include "base/json.h"
#include "register/asked.h"
#include "register/errands.h"

struct ask waiting_ask(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  struct ask ask = {.said = {.has_necessity = true}};

  ask.said.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, STR("safeguarding_enquiry")));
  ask.said.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"));
  ask.said.urgency = policy_word(policy, POLICY_URGENCY, STR("routine"));
  ask.said.asked = fieldset_with(asked_name_and_birth(op),
                                 policy_word(policy, POLICY_FIELD, STR("shield_reason")));
  return ask;
}

enum err waiting_find(struct op *op, struct waiting *ret_waiting)
{
  struct index *index = op->reg->index;
  struct waiting waiting = {0};

  index_read(index);
  waiting.at = arena_take_array(op->arena, index_count(index) + 1, sizeof *waiting.at);
  for (size_t i = 0; waiting.at != NULL && i < index_count(index); i++) {
    const struct entry *entry = index_at(index, i);

    if (!entry->first_decided && !id_equal(entry->id, op->reg->decoy))
      waiting.at[waiting.count++] = entry->id;
  }
  index_done(index);
  *ret_waiting = waiting;
  return waiting.at != NULL ? OK : ERR_MEMORY;
}

/* ---- resemblance ---- */

/* The records that this one was noted to resemble. */
static enum err noted(struct op *op, struct waiting *ret_noted, struct id record)
{
  struct items_want want = {ITEM_MATCH, ITEMS_BY_RECORD, record};
  struct waiting found = {0};
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items, &want));
  found.at = arena_take_array(op->arena, items.count + 1, sizeof *found.at);
  if (found.at == NULL) return ERR_MEMORY;
  for (; found.count < items.count; found.count++)
    found.at[found.count] = items.at[found.count].subject;
  *ret_noted = found;
  return OK;
}

static bool is_guarded(const struct safety *safety)
{
  return safety->level >= LEVEL_CONTACT_PROTECTED || safety->asked_for || safety->ever_protected;
}

enum err waiting_resembled(struct op *op, struct waiting *ret_resembled, struct id record)
{
  struct ask ask = waiting_ask(op);
  struct waiting found;
  size_t kept = 0;

  TRY(noted(op, &found, record));
  for (size_t i = 0; i < found.count; i++) {
    struct asked asked;

    TRY(asked_met(op, &asked, found.at[i], &ask));
    if (asked.facts.is_held && !asked.is_refused && is_guarded(&asked.facts.safety))
      found.at[kept++] = found.at[i];
  }
  found.count = kept;
  *ret_resembled = found;
  return OK;
}

/* ---- protected values ---- */

enum waiting_compared waiting_compared(const struct op *op, struct id record)
{
  enum waiting_compared compared = WAITING_NOT_COMPARED;
  const struct entry *entry;

  if (!errands_has_custodian(op->reg->errands)) return compared;
  index_read(op->reg->index);
  entry = index_entry(op->reg->index, record);
  if (entry != NULL && entry->compared == op->commit->protection_version)
    compared = entry->has_hit ? WAITING_HIT : WAITING_NO_HIT;
  index_done(op->reg->index);
  return compared;
}

/* ---- the list ---- */

static enum err write_ids(struct op *op, struct str *ret_text, const struct waiting *ids)
{
  struct json json;

  json_start(&json, op->arena, 64);
  json_array_start(&json);
  for (size_t i = 0; i < ids->count; i++)
    json_hex(&json, ids->at[i].b, ID_BYTES);
  json_array_end(&json);
  return json_done(&json, ret_text);
}

static struct str compared_name(enum waiting_compared compared)
{
  switch (compared) {
  case WAITING_NOT_COMPARED:
    return STR("\"not_yet\"");
  case WAITING_NO_HIT:
    return STR("\"no_hit\"");
  case WAITING_HIT:
    return STR("\"hit\"");
  }
  return STR("\"not_yet\"");
}

enum err waiting_list(struct op *op, struct listing *listing, struct id record)
{
  struct listed_more more[] = {{.key = STR("compared")}, {.key = STR("resembles")}};
  struct ask ask = waiting_ask(op);
  struct waiting resembled;
  struct asked asked;

  TRY(asked_met(op, &asked, record, &ask));
  if (asked.is_refused) return OK;
  TRY(waiting_resembled(op, &resembled, record));
  more[0].value = compared_name(waiting_compared(op, record));
  TRY(write_ids(op, &more[1].value, &resembled));
  return listing_add_more(op, listing, &asked, more, resembled.count > 0 ? 2 : 1);
}
