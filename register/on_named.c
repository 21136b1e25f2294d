/* Naming a worker for one child: proposed by the safeguarding lead, confirmed by a second person,
 * for at most as many weeks as the regime allows, and ended at any time. Whoever may not know of
 * the child gets the generic answer, and no such name is ever told to anybody else. */
#include "base/guard.h"
#include "base/json.h"
#include "register/named.h"
#include "register/once.h"
#include "register/protection.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/standing.h"
#include "register/user.h"

enum { WEEKS_UNLESS_SAID = 12 };

/* ---- what every one of these acts begins with ---- */

struct naming {
  struct asked asked;
  struct entry_of entry;
  uint16_t rule;
};

static bool may_name(const struct op *op, struct naming *naming)
{
  return asked_may(op, "name_worker", asked_any_purpose(op), &naming->entry, &naming->rule);
}

/* Looks up the child on the same path for every id. */
static enum err look_up(struct op *op, struct naming *naming, struct id id, bool *ret_known)
{
  uint8_t enquiry = policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("safeguarding_enquiry"));
  struct ask ask = {.said = {.purposes = POLICY_BIT(enquiry)}};

  TRY(protection_look_up(op, &naming->asked, id, &ask));
  *ret_known = protection_may_know(op, &naming->asked);
  if (*ret_known) protection_about(&naming->entry, &naming->asked, false);
  return OK;
}

static enum err refuse(struct op *op, struct naming *naming, enum err err, enum text_id why)
{
  naming->entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = why}, &naming->entry);
}

/* ---- answers ---- */

static enum err answer(struct op *op, struct naming *naming, const struct named *named, int status)
{
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  named_write(&json, op, named);
  if ((named->item.flags & NAMED_WAITS) != 0) {
    JSON_KEY(&json, "waits");
    json_str(&json, text_get(TEXT_NAMED_WAITS, op->lang));
  }
  json_object_end(&json);
  TRY(reply_json(op, &json, status));
  TRY(op_entry(op, &naming->entry));
  op_end(op);
  return OK;
}

/* ---- proposing ---- */

static struct day last_day(const struct op *op)
{
  int weeks = WEEKS_UNLESS_SAID;

  (void)regime_number(reg_regime(op->reg), STR("named_worker_weeks"), &weeks);
  return (struct day){op_today(op).number + 7 * weeks};
}

static bool is_within(const struct op *op, struct day until)
{
  if (until.number < op_today(op).number) return false;
  return until.number <= last_day(op).number || !GUARD(NAMED_FOR_WEEKS);
}

/* Whether the purpose is one for which a role of theirs could be granted anything. */
static bool reaches(const struct op *op, uint64_t roles, struct str purpose)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t word = policy_word(policy, POLICY_PURPOSE, purpose);
  uint8_t assigned = op->reg->relations[RELATION_ASSIGNED];

  for (; roles != 0; roles &= roles - 1)
    if (!fieldset_is_empty(policy_reach(policy, (uint8_t)__builtin_ctzll(roles), assigned, word)))
      return true;
  return purpose.len == 0;
}

/* Of staff who may sign in, another person than whoever proposes, for whom the purpose is of use,
 * and free of conflict with this child. TEXT_NONE: they can be named. */
static enum err check_worker(struct op *op, const struct named *named, enum text_id *ret_why)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};
  struct facts_want want = {
    .id = named->item.record, .requester = named->item.subject, .today = op_today(op)};
  struct facts facts;

  *ret_why = TEXT_REGISTER_NO_OFFICER;
  if (!people_by_id(op->reg->people, &account, named->item.subject) || !account_is_active(&account))
    return OK;
  *ret_why = TEXT_SAFETY_ANOTHER_PERSON;
  if (second_are_one(op, named->maker, account.id)) return OK;
  *ret_why = TEXT_NAMED_NO_USE;
  if (!reaches(op, account.roles, named->purpose)) return OK;
  TRY(facts_read(op, &facts, &want));
  *ret_why = facts.has_conflict || facts.policy.against_requester != POLICY_NO ? TEXT_NAMED_CONFLICT
                                                                               : TEXT_NONE;
  audit_secret_wipe(&facts.child);
  return OK;
}

static struct id account_named(const struct op *op, struct str user)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  (void)people_by_name(op->reg->people, &account, user);
  return account.id;
}

static enum err once_of(struct op *op, struct once *ret_once, const struct named_worker *in)
{
  struct hash body = {{0}};

  once_feed(op, &body, in->id.b, ID_BYTES);
  once_feed(op, &body, in->officer.ptr, in->officer.len);
  once_feed(op, &body, in->purpose.ptr, in->purpose.len);
  once_feed(op, &body, in->reason.ptr, in->reason.len);
  once_feed(op, &body, &in->until.number, sizeof in->until.number);
  return once_begin(op, ret_once, ACTION_NAMED_WORKER, &body);
}

static enum err begin_waiting(struct op *op, struct named *named, const struct audit_secret *child)
{
  TRY(named_put(op, named, child));
  return second_begin(op, named->item.id, named->item.record);
}

static enum err propose(struct op *op, struct naming *naming, const struct named_worker *in,
                        struct named *named)
{
  struct once once;

  TRY(once_of(op, &once, in));
  if (once.is_replay) {
    enum err err = named_read(op, named, once.made, &naming->asked.facts.child);

    if (err == ERR_ABSENT) return reply_generic(op, &naming->entry); /* ended since */
    TRY(err);
  } else {
    TRY(begin_waiting(op, named, &naming->asked.facts.child));
  }
  TRY(once_done(op, &once, named->item.id));
  naming->entry.outcome = OUTCOME_PENDING;
  op_hash(op, &naming->entry.reason, in->reason);
  return answer(op, naming, named, 202);
}

static struct named named_of(const struct op *op, const struct named_worker *in)
{
  return (struct named){
    .item = {.kind = ITEM_NAMED_WORKER,
             .flags = NAMED_WAITS,
             .record = in->id,
             .subject = account_named(op, in->officer),
             .until = day_is_set(in->until) ? in->until : last_day(op)},
    .maker = op->actor.account,
    .purpose = in->purpose,
    .reason = in->reason,
  };
}

static enum err refuse_worker(struct op *op, struct naming *naming, enum text_id why)
{
  return refuse(op, naming, why == TEXT_NAMED_CONFLICT ? ERR_CONFLICT : ERR_INPUT, why);
}

enum err named_worker_make(struct op *op, const struct named_worker *in)
{
  struct naming naming = {.entry = {.action = ACTION_NAMED_WORKER}};
  enum text_id why = TEXT_NONE;
  struct named named;
  bool known;

  TRY(op_begin(op));
  if (!may_name(op, &naming)) return reply_no_act(op, ACTION_NAMED_WORKER, 0);
  if (personal_is_blank(in->reason)) return ERR_INPUT;
  if (in->purpose.len > 0 &&
      policy_word(reg_policy(op->reg), POLICY_PURPOSE, in->purpose) == POLICY_NO_WORD)
    return ERR_INPUT;
  TRY(look_up(op, &naming, in->id, &known));
  if (!known) return reply_generic_about(op, &naming.entry, &naming.asked);
  if (day_is_set(in->until) && !is_within(op, in->until))
    return refuse(op, &naming, ERR_INPUT, TEXT_NAMED_TOO_LONG);
  named = named_of(op, in);
  TRY(check_worker(op, &named, &why));
  naming.entry.recipients[0] = named.item.subject;
  if (why != TEXT_NONE) return refuse_worker(op, &naming, why);
  return propose(op, &naming, in, &named);
}

/* ---- the second person ---- */

static bool find(const struct op *op, struct item *ret_item, struct id id)
{
  const struct item *item;

  *ret_item = (struct item){0};
  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  if (item != NULL && item->kind == ITEM_NAMED_WORKER && item->until.number >= op_today(op).number)
    *ret_item = *item;
  index_done(op->reg->index);
  return ret_item->kind == ITEM_NAMED_WORKER;
}

/* From an id to what it names. *ret_goes_on false: answered. */
static enum err begin(struct op *op, struct naming *naming, struct named *ret_named, struct id id,
                      bool *ret_goes_on)
{
  struct item item;
  bool found, known;

  *ret_goes_on = false;
  TRY(op_begin(op));
  if (!may_name(op, naming)) return reply_no_act(op, ACTION_NAMED_WORKER, 0);
  found = find(op, &item, id);
  TRY(look_up(op, naming, found ? item.record : id, &known));
  if (!found || !known) return reply_generic_about(op, &naming->entry, &naming->asked);
  naming->entry.recipients[0] = item.subject;
  TRY(named_read(op, ret_named, id, &naming->asked.facts.child));
  *ret_goes_on = true;
  return OK;
}

/* The worker's own work with the child, where a purpose was named for it. */
static enum err assign(struct op *op, struct named *named, const struct audit_secret *child)
{
  const struct policy *policy = reg_policy(op->reg);
  struct standing standing = {.purpose = policy_word(policy, POLICY_PURPOSE, named->purpose),
                              .basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"))};
  struct item item = {.kind = ITEM_ASSIGNMENT,
                      .flags = RELATION_ASSIGNED,
                      .record = named->item.record,
                      .subject = named->item.subject,
                      .until = named->item.until};
  struct personal text;

  if (named->purpose.len == 0 || standing.purpose == POLICY_NO_WORD) return OK;
  TRY(standing_write(op, &text, &standing));
  TRY(op_item_put(op, &item, child, text));
  named->assignment = item.id;
  return OK;
}

/* What was so when it was proposed may be so no more. */
static enum err let_in(struct op *op, struct naming *naming, struct named *named)
{
  const struct audit_secret *child = &naming->asked.facts.child;
  enum text_id why = TEXT_NONE;

  TRY(check_worker(op, named, &why));
  if (why != TEXT_NONE) return refuse_worker(op, naming, why);
  TRY(second_done(op, named->item.id));
  named->item.flags &= (uint16_t)~NAMED_WAITS;
  named->other = op->actor.account;
  TRY(assign(op, named, child));
  TRY(named_put(op, named, child));
  op_moves_protection(op);
  return answer(op, naming, named, 200);
}

enum err named_worker_approve(struct op *op, struct id id, bool approve)
{
  struct naming naming = {.entry = {.action = ACTION_NAMED_WORKER}};
  struct named named;
  bool goes_on;

  TRY(begin(op, &naming, &named, id, &goes_on));
  if (!goes_on) return OK;
  if ((named.item.flags & NAMED_WAITS) == 0)
    return approve ? answer(op, &naming, &named, 200)
                   : refuse(op, &naming, ERR_CONFLICT, TEXT_SAFETY_DECIDED_ALREADY);
  if (named_is_party(op, &named) && GUARD(NAMED_BY_TWO))
    return refuse(op, &naming, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON);
  if (approve && second_is_same_browser(op, id))
    return refuse(op, &naming, ERR_CONFLICT, TEXT_SAFETY_SAME_BROWSER);
  if (approve) return let_in(op, &naming, &named);
  TRY(second_done(op, id));
  TRY(op_item_remove(op, id));
  naming.entry.outcome = OUTCOME_REFUSED;
  return answer(op, &naming, &named, 200);
}

/* ---- the end, and the list ---- */

/* The one assignment that the naming made; it may have ended before. */
static enum err unassign(struct op *op, const struct named *named)
{
  enum err err = OK;

  if (!id_is_zero(named->assignment)) err = op_item_remove(op, named->assignment);
  return err == ERR_ABSENT ? OK : err;
}

enum err named_worker_end(struct op *op, struct id id)
{
  struct naming naming = {.entry = {.action = ACTION_NAMED_WORKER}};
  struct named named;
  bool goes_on;

  TRY(begin(op, &naming, &named, id, &goes_on));
  if (!goes_on) return OK;
  TRY(second_done(op, id));
  TRY(unassign(op, &named));
  TRY(op_item_remove(op, id));
  op_moves_protection(op);
  named.item.until = op_today(op);
  return answer(op, &naming, &named, 200);
}

static enum err write_all(struct op *op, struct json *json, struct naming *naming, struct id record)
{
  struct day today = op_today(op);
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items,
                  &(struct items_want){ITEM_NAMED_WORKER, ITEMS_BY_RECORD, record}));
  JSON_KEY(json, "named_workers");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    struct named named;

    if (items.at[i].until.number < today.number) continue;
    TRY(named_read(op, &named, items.at[i].id, &naming->asked.facts.child));
    json_object_start(json);
    named_write(json, op, &named);
    json_object_end(json);
    naming->entry.rows++;
  }
  json_array_end(json);
  return OK;
}

enum err named_worker_list(struct op *op, struct id record)
{
  struct naming naming = {.entry = {.action = ACTION_LIST}};
  struct json json;
  bool known;

  TRY(op_begin(op));
  if (!may_name(op, &naming)) return reply_no_act(op, ACTION_LIST, 0);
  TRY(look_up(op, &naming, record, &known));
  if (!known) return reply_generic_about(op, &naming.entry, &naming.asked);
  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, record.b, ID_BYTES);
  JSON_KEY(&json, "until_at_most");
  json_day(&json, last_day(op));
  TRY(write_all(op, &json, &naming, record));
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, &naming.entry));
  op_end(op);
  return OK;
}
