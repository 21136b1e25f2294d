/* A proposal to lower protection, as the second person reads it before answering: which level, why,
 * and who proposed it. Must never show it to somebody who could not give the answer. */
#include <string.h>

#include "base/json.h"
#include "register/operations.h"
#include "register/people.h"
#include "register/proposal.h"
#include "register/protection.h"
#include "register/reply.h"
#include "register/second.h"

bool protection_is_lowering(const struct item *item)
{
  return item->kind == ITEM_PROPOSAL && item->flags < PROPOSAL_SAME_CHILD;
}

bool protection_find(const struct op *op, struct item *ret_item, struct id record,
                     struct id proposal)
{
  const struct item *item;
  bool found;

  index_read(op->reg->index);
  item = index_item(op->reg->index, proposal);
  found = item != NULL && protection_is_lowering(item) && id_equal(item->record, record);
  if (found) *ret_item = *item;
  index_done(op->reg->index);
  return found;
}

static void write_proposer(struct json *json, const struct op *op, struct id account)
{
  struct account held;

  if (people_by_id(op->reg->people, &held, account)) {
    JSON_KEY(json, "proposed_by");
    json_personal(json, (struct personal){held.name, strlen(held.name)});
  }
  wipe(&held, sizeof held);
}

static enum err answer(struct op *op, const struct asked *asked, const struct item *proposal)
{
  struct personal reason;
  struct item item;
  struct json json;

  TRY(op_item_text(op, &reason, &item, proposal->id, &asked->facts.child));
  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, asked->facts.id.b, ID_BYTES);
  JSON_KEY(&json, "level");
  json_str(&json, str_from(protection_level_name(asked->facts.safety.level)));
  JSON_KEY(&json, "proposal");
  json_hex(&json, proposal->id.b, ID_BYTES);
  JSON_KEY(&json, "proposed");
  json_str(&json, str_from(protection_level_name((enum level)proposal->flags)));
  JSON_KEY(&json, "reason");
  json_personal(&json, reason);
  write_proposer(&json, op, proposal->subject);
  JSON_KEY(&json, "may_decide");
  json_bool(&json, !second_is(op, proposal->subject));
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

enum err protection_proposal(struct op *op, struct id id, struct id proposal)
{
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};
  struct ask ask = {.said.purposes = POLICY_BIT(policy_word(reg_policy(op->reg), POLICY_PURPOSE,
                                                            STR("safeguarding_enquiry")))};
  struct asked asked;
  struct item item;
  uint16_t rule;

  TRY(op_begin(op));
  if (!protection_may_act(op, "lower_protection", ask.said.purposes, &entry, &rule))
    return reply_no_act(op, entry.action, ask.said.purposes);
  TRY(protection_look_up(op, &asked, id, &ask));
  if (!protection_may_know(op, &asked) || !protection_find(op, &item, id, proposal))
    return reply_generic_about(op, &entry, &asked);
  protection_about(&entry, &asked, false);
  TRY(answer(op, &asked, &item));
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}
