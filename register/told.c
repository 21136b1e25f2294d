/* A disclosure as those see it who have to answer for it, all of whom may know of the child
 * (matter_find). It must never tell a value. */
#include "register/told.h"

#include "register/glass.h"
#include "register/leaving.h"
#include "register/pages.h"
#include "register/people.h"
#include "register/returned.h"
#include "register/telling.h"
#include "register/view.h"

static struct str state_name(enum sharing_state state)
{
  switch (state) {
  case SHARING_PENDING:
    return STR("pending");
  case SHARING_RELEASED:
    return STR("released");
  case SHARING_REFUSED:
    return STR("refused");
  case SHARING_RECALLED:
    return STR("recalled");
  case SHARING_EXPIRED:
    return STR("expired");
  case SHARING_COMPARING:
    return STR("comparing");
  }
  return STR("");
}

/* Why nothing of it has left yet, and where it is known the day on which it does. */
static void write_waits(struct json *json, const struct op *op, const struct sharing *sharing)
{
  enum sharing_state state = sharing->mark.state;
  enum text_id why = sharing_why_not(op, sharing);
  bool is_early = why == TEXT_SAFETY_DISCLOSURE_FIXED_DAY;

  if (is_early) {
    JSON_KEY(json, "leaves_at");
    json_instant(json, sharing->leaves);
  }
  if (state != SHARING_PENDING && state != SHARING_COMPARING && !is_early) return;
  JSON_KEY(json, "waits");
  json_str(json, text_get(why, op->lang));
}

void told_state(struct json *json, const struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "disclosure");
  json_hex(json, sharing->id.b, ID_BYTES);
  JSON_KEY(json, "state");
  json_str(json, state_name(sharing_state_now(op, sharing)));
  JSON_KEY(json, "recipient");
  json_hex(json, sharing->recipient.b, ID_BYTES);
  JSON_KEY(json, "policy");
  json_hex(json, op->reg->policy_version, POLICY_VERSION_BYTES);
  view_write_refusals(json, op, &matter->asked);
  view_write_obligations(json, op, matter->asked.decision.obligations);
  JSON_KEY(json, "agreed");
  json_int(json, (int64_t)sharing->approval_count);
  write_waits(json, op, sharing);
}

enum err told_answer(struct op *op, const struct matter *matter, int status)
{
  struct json json;

  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  told_state(&json, op, matter);
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, status);
}

void told_account(struct json *json, const struct op *op, const char *key, struct id account)
{
  struct account found;

  if (!people_by_id(op->reg->people, &found, account)) return;
  json_key(json, str_from(key));
  json_str(json, str_from(found.name));
  wipe(&found, sizeof found);
}

void told_by(struct json *json, const struct op *op, struct id account)
{
  told_account(json, op, "by", account);
}

/* What left, or what would if everybody agreed. */
static struct fieldset leaves(const struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;

  return sharing_has_left(matter->sharing.mark.state)
           ? matter->sharing.granted
           : fieldset_or(decision->granted, decision->pending);
}

/* Form and rule as they were decided today. */
static void write_leaves(struct json *json, const struct op *op, const struct matter *matter)
{
  JSON_KEY(json, "leaves");
  view_write_words(json, op, &matter->asked.decision, leaves(matter));
}

/* There is text in it; in imminent danger none is compared. */
static bool is_compared(const struct op *op, const struct matter *matter)
{
  return !fieldset_is_empty(fieldset_and(leaves(matter), leaving_texts(op))) &&
         !glass_is_broken(op, &matter->asked.decision);
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

/* Who has spoken as the second person, and what they said. */
static void write_second(struct json *json, const struct op *op, const struct sharing *sharing)
{
  JSON_KEY(json, "second_person");
  json_array_start(json);
  for (size_t i = 0; i < sharing->approval_count; i++) {
    const struct sharing_approval *approval = &sharing->approvals[i];

    json_object_start(json);
    told_by(json, op, approval->account);
    if (!id_is_zero(approval->deputy_for))
      told_account(json, op, "deputy_for", approval->deputy_for);
    JSON_KEY(json, "role");
    json_str(json, policy_word_name(reg_policy(op->reg), POLICY_ROLE, approval->role));
    JSON_KEY(json, "agrees");
    json_bool(json, approval->agrees);
    json_object_end(json);
  }
  json_array_end(json);
}

/* When it ends or has ended, and why it was called back. */
static void write_end(struct json *json, const struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "until");
  json_day(json, sharing->until);
  if (!sharing_has_left(sharing->mark.state)) return;
  JSON_KEY(json, "expiry");
  json_instant(json, sharing->expiry);
  JSON_KEY(json, "may_recall");
  json_bool(json, sharing->recall == RECALL_NONE &&
                    (matter_is_handler(op, matter) || matter_may_handle(op, matter)));
  if (sharing->recall == RECALL_NONE) return;
  JSON_KEY(json, "recall");
  json_object_start(json);
  JSON_KEY(json, "reason");
  json_str(json, str_from(recall_reason_name(sharing->recall)));
  JSON_KEY(json, "at");
  json_instant(json, sharing->recalled);
  told_by(json, op, sharing->recalled_by);
  json_object_end(json);
}

enum err told_write(struct json *json, struct op *op, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "to");
  json_object_start(json);
  recipient_write(json, op, &matter->recipient);
  json_object_end(json);
  told_by(json, op, sharing->handler);
  write_second(json, op, sharing);
  write_end(json, op, matter);
  JSON_KEY(json, "may_compare");
  json_bool(json, matter->sharing.mark.state == SHARING_COMPARING && matter_is_handler(op, matter));
  JSON_KEY(json, "may_decide");
  json_bool(json, matter_may_decide(op, matter));
  view_write_grounds(json, op, &sharing->ask.said);
  write_leaves(json, op, matter);
  JSON_KEY(json, "means");
  json_str(json, sharing_means_name(sharing->means));
  if (sharing->means == MEANS_SPOKEN)
    TRY(told_list(json, op,
                  &(struct told_once){.record = sharing->record, .disclosure = sharing->id},
                  &matter->officer.facts.child));
  JSON_KEY(json, "text_compared");
  json_bool(json, is_compared(op, matter));
  returned_write_owed(json, op, sharing);
  TRY(returned_write(json, op, sharing, &matter->officer.facts.child));
  return write_said(json, op, matter);
}

enum err told_child(struct json *json, struct op *op, const struct facts *facts,
                    const struct ask *ask)
{
  struct asked asked = {.facts = *facts};
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;
  struct view view;

  asked_request(op, &asked, ask);
  if (!asked.is_refused) asked_settle(op, &asked);
  asked_entry(op, &entry, ACTION_LIST_ITEM, &asked, NULL);
  entry.child = &asked.facts.child;
  entry.record = facts->id;
  entry.version = facts->head.version;
  if (!asked.is_refused) {
    TRY(view_open(op, &view, &asked, op->actor.account));
    view_write_fields(json, op, &view);
    view_entry(&entry, op, &view, rules);
  }
  return op_entry(op, &entry);
}
