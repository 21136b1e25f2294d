/* Who stands how to a child: assignments, relations of outside bodies, conflicts. Each is an
 * evidenced row with an end, never a caller's word; who may not know of the child gets the generic
 * answer. */
#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "register/once.h"
#include "register/protection.h"
#include "register/recipient.h"
#include "register/relation.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/standing.h"
#include "register/told.h"

/* An act of a person towards one child, as far as it has come. */
struct acting {
  struct asked asked;
  struct entry_of entry;
  uint16_t rule;
};

static bool may_act(const struct op *op, const char *act, struct acting *acting)
{
  return asked_may(op, act, asked_any_purpose(op), &acting->entry, &acting->rule);
}

/* Looks up the child on the same path for every id. *ret_known: held, and not hidden from this
 * person; then the entry is this child's. */
static enum err look_up(struct op *op, struct acting *acting, struct id id, bool *ret_known)
{
  uint8_t enquiry = policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("safeguarding_enquiry"));
  struct ask ask = {.said = {.purposes = POLICY_BIT(enquiry)}};

  TRY(protection_look_up(op, &acting->asked, id, &ask));
  *ret_known = protection_may_know(op, &acting->asked);
  if (*ret_known) protection_about(&acting->entry, &acting->asked, false);
  return OK;
}

/* What is asked for once under one key: by whom, of which child, in which words. */
static enum err begin_once(struct op *op, struct once *ret_once, enum action action,
                           const struct id ids[static 2], struct personal words, struct day until)
{
  struct hash body = {{0}};

  once_feed(op, &body, ids, 2 * sizeof ids[0]);
  once_feed(op, &body, words.ptr, words.len);
  once_feed(op, &body, &until.number, sizeof until.number);
  return once_begin(op, ret_once, action, &body);
}

static enum err answer(struct op *op, struct acting *acting, struct id child, const char *what,
                       struct str name)
{
  struct json json;

  json_start(&json, op->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, child.b, ID_BYTES);
  json_key(&json, str_from(what));
  json_str(&json, name);
  json_object_end(&json);
  TRY(reply_json(op, &json, 201));
  TRY(op_entry(op, &acting->entry));
  op_end(op);
  return OK;
}

/* A relation is named by its policy word. */
static enum relation_code relation_by_name(const struct op *op, struct str name)
{
  uint8_t word = policy_word(reg_policy(op->reg), POLICY_RELATION, name);

  for (unsigned code = 1; code < RELATION_CODES && word != POLICY_NO_WORD; code++)
    if (op->reg->relations[code] == word) return (enum relation_code)code;
  return RELATION_NONE;
}

static bool account_named(const struct op *op, struct id *ret_account, struct str user)
{
  struct account account;
  bool found = people_by_name(op->reg->people, &account, user);

  if (found) *ret_account = account.id;
  wipe(&account, sizeof account);
  return found;
}

static enum err no_such_person(struct op *op, struct acting *acting)
{
  acting->entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_INPUT, .detail = TEXT_REGISTER_NO_OFFICER},
                       &acting->entry);
}

/* ---- assignments (W-05) ---- */

enum err assignment_make(struct op *op, const struct assignment *in)
{
  const struct policy *policy = reg_policy(op->reg);
  struct acting acting = {.entry = {.action = ACTION_ASSIGNMENT}};
  struct str relation_said = in->relation.len > 0 ? in->relation : STR("assigned");
  struct str purpose_said = in->purpose.len > 0 ? in->purpose : STR("register_maintenance");
  enum relation_code relation = relation_by_name(op, relation_said);
  struct standing standing = {.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"))};
  struct personal words = {relation_said.ptr, relation_said.len};
  struct once once;
  struct id officer;
  bool known;

  TRY(op_begin(op));
  standing.purpose = policy_word(policy, POLICY_PURPOSE, purpose_said);
  if (!may_act(op, "assign", &acting)) return reply_no_act(op, ACTION_ASSIGNMENT, 0);
  if (standing.purpose == POLICY_NO_WORD) return ERR_INPUT;
  if (relation != RELATION_ASSIGNED && relation != RELATION_ALLOCATED) return ERR_INPUT;
  /* An item holds its end alone: what begins later would be in force at once. */
  if (day_is_set(in->from) && in->from.number > op_today(op).number) return ERR_INPUT;
  TRY(look_up(op, &acting, in->id, &known));
  if (!known) return reply_generic_about(op, &acting.entry, &acting.asked);
  if (!account_named(op, &officer, in->officer)) return no_such_person(op, &acting);
  TRY(begin_once(op, &once, ACTION_ASSIGNMENT, (struct id[]){in->id, officer}, words, in->until));
  if (!once.is_replay)
    TRY(
      standing_put(op, in->id, officer, &standing, relation, in->until, &acting.asked.facts.child));
  TRY(once_done(op, &once, officer));
  acting.entry.recipients[0] = officer;
  return answer(op, &acting, in->id, "relation", relation_said);
}

/* ---- relations of recipients (W-04) ---- */

/* The item's text: who recorded it, then the evidence. */
static enum err relation_text(struct op *op, struct personal *ret_text, struct personal evidence)
{
  char *text = arena_take(op->arena, ID_BYTES + evidence.len);

  if (text == NULL) return ERR_MEMORY;
  memcpy(text, op->actor.account.b, ID_BYTES);
  if (evidence.len > 0) memcpy(text + ID_BYTES, evidence.ptr, evidence.len);
  *ret_text = (struct personal){text, ID_BYTES + evidence.len};
  return OK;
}

static enum err relation_answer(struct op *op, struct acting *acting, const struct item *item,
                                int status)
{
  bool waits = (item->flags & RELATION_WAITS) != 0;
  uint8_t word = op->reg->relations[item->flags & ~RELATION_WAITS];
  struct json json;

  json_start(&json, op->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "id");
  json_hex(&json, item->id.b, ID_BYTES);
  JSON_KEY(&json, "entry");
  json_hex(&json, item->record.b, ID_BYTES);
  JSON_KEY(&json, "relation");
  json_str(&json, policy_word_name(reg_policy(op->reg), POLICY_RELATION, word));
  JSON_KEY(&json, "approved");
  json_bool(&json, !waits);
  if (waits) {
    JSON_KEY(&json, "waits");
    json_str(&json, text_get(TEXT_SAFETY_RELATION_WAITS, op->lang));
  }
  json_object_end(&json);
  TRY(reply_json(op, &json, status));
  TRY(op_entry(op, &acting->entry));
  op_end(op);
  return OK;
}

static bool find_relation(const struct op *op, struct item *ret_item, struct id id)
{
  const struct item *item;
  bool found;

  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  found =
    item != NULL && item->kind == ITEM_RELATION && (item->flags & ~RELATION_WAITS) < RELATION_CODES;
  if (found) *ret_item = *item;
  index_done(op->reg->index);
  return found;
}

static enum err record_relation(struct op *op, struct acting *acting, const struct relation *in,
                                struct item *item)
{
  const struct audit_secret *child = &acting->asked.facts.child;
  struct personal words = {in->relation.ptr, in->relation.len}, text;
  struct once once;

  TRY(
    begin_once(op, &once, ACTION_RELATION, (struct id[]){in->id, in->recipient}, words, in->until));
  if (once.is_replay) return find_relation(op, item, once.made) ? OK : ERR_ABSENT;
  TRY(relation_text(op, &text, in->evidence));
  TRY(op_item_put(op, item, child, text));
  if ((item->flags & RELATION_WAITS) != 0) TRY(second_begin(op, item->id, item->record));
  return once_done(op, &once, item->id);
}

enum err relation_make(struct op *op, const struct relation *in)
{
  const struct policy *policy = reg_policy(op->reg);
  struct acting acting = {.entry = {.action = ACTION_RELATION, .recipients = {in->recipient}}};
  enum relation_code relation = relation_by_name(op, in->relation);
  struct recipient_row recipient;
  struct item item;
  bool known, waits;

  TRY(op_begin(op));
  if (!may_act(op, "set_relation", &acting)) return reply_no_act(op, ACTION_RELATION, 0);
  if (relation == RELATION_NONE || relation == RELATION_OWN_LA) return ERR_INPUT;
  if (personal_is_blank(in->evidence)) return ERR_INPUT;
  TRY(look_up(op, &acting, in->id, &known));
  if (!known) return reply_generic_about(op, &acting.entry, &acting.asked);
  TRY(recipient_read(op, &recipient, in->recipient));
  waits =
    policy_relation_is_confirmed(policy, op->reg->relations[relation]) && GUARD(RELATION_CONFIRMED);
  item = (struct item){.kind = ITEM_RELATION,
                       .flags = (uint16_t)(relation | (waits ? RELATION_WAITS : 0)),
                       .record = in->id,
                       .subject = in->recipient,
                       .until = in->until};
  TRY(record_relation(op, &acting, in, &item));
  if (in->evidence.len > 0) op_hash(op, &acting.entry.reason, in->evidence);
  if (waits) acting.entry.outcome = OUTCOME_PENDING;
  return relation_answer(op, &acting, &item, waits ? 202 : 201);
}

static enum err relation_refuse(struct op *op, struct acting *acting, enum text_id why)
{
  acting->entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_CONFLICT, .detail = why}, &acting->entry);
}

/* By another person than recorded it. Done again it says the same; what was turned down is gone. */
static enum err relation_decide(struct op *op, struct acting *acting, struct item *item,
                                bool approve)
{
  const struct audit_secret *child = &acting->asked.facts.child;
  struct personal text;
  struct id maker;

  if ((item->flags & RELATION_WAITS) == 0)
    return approve ? relation_answer(op, acting, item, 200)
                   : relation_refuse(op, acting, TEXT_SAFETY_RELATION_STANDS);
  TRY(op_item_text(op, &text, item, item->id, child));
  if (text.len < ID_BYTES) return ERR_CORRUPT;
  memcpy(maker.b, text.ptr, ID_BYTES);
  if (second_is(op, maker) && GUARD(NO_SELF_APPROVAL))
    return relation_refuse(op, acting, TEXT_SAFETY_ANOTHER_PERSON);
  if (approve && second_is_same_browser(op, item->id))
    return relation_refuse(op, acting, TEXT_SAFETY_SAME_BROWSER);
  TRY(second_done(op, item->id));
  if (approve) {
    item->flags &= (uint16_t)~RELATION_WAITS;
    TRY(op_item_put(op, item, child, text));
  } else {
    TRY(op_item_remove(op, item->id));
    acting->entry.outcome = OUTCOME_REFUSED;
  }
  return relation_answer(op, acting, item, 200);
}

/* From an id to what it names. *ret_goes_on false: answered. */
static enum err relation_begin(struct op *op, struct acting *acting, struct item *ret_item,
                               struct id relation, bool *ret_goes_on)
{
  bool found, known;

  *ret_goes_on = false;
  TRY(op_begin(op));
  if (!may_act(op, "set_relation", acting)) return reply_no_act(op, ACTION_RELATION, 0);
  found = find_relation(op, ret_item, relation);
  TRY(look_up(op, acting, found ? ret_item->record : relation, &known));
  if (!found || !known) return reply_generic_about(op, &acting->entry, &acting->asked);
  acting->entry.recipients[0] = ret_item->subject;
  *ret_goes_on = true;
  return OK;
}

enum err relation_approve(struct op *op, struct id relation, bool approve)
{
  struct acting acting = {.entry = {.action = ACTION_RELATION}};
  struct item item;
  bool goes_on;

  TRY(relation_begin(op, &acting, &item, relation, &goes_on));
  return goes_on ? relation_decide(op, &acting, &item, approve) : OK;
}

/* Nothing more is decided with it, whatever waits. */
enum err relation_end(struct op *op, struct id relation)
{
  struct acting acting = {.entry = {.action = ACTION_RELATION}};
  struct item item;
  bool goes_on;

  TRY(relation_begin(op, &acting, &item, relation, &goes_on));
  if (!goes_on) return OK;
  TRY(second_done(op, item.id));
  TRY(op_item_remove(op, item.id));
  op_moves_protection(op);
  return relation_answer(op, &acting, &item, 200);
}

/* ---- the relations of one child ---- */

static enum err relation_write(struct op *op, struct json *json, const struct item *listed,
                               const struct audit_secret *child)
{
  struct recipient_row row;
  struct personal text;
  struct item item;
  struct id maker;

  TRY(op_item_text(op, &text, &item, listed->id, child));
  if (text.len < ID_BYTES) return ERR_CORRUPT;
  memcpy(maker.b, text.ptr, ID_BYTES);
  TRY(recipient_read(op, &row, item.subject));
  json_object_start(json);
  JSON_KEY(json, "id");
  json_hex(json, item.id.b, ID_BYTES);
  JSON_KEY(json, "relation");
  json_str(json, policy_word_name(reg_policy(op->reg), POLICY_RELATION,
                                  op->reg->relations[item.flags & ~RELATION_WAITS]));
  JSON_KEY(json, "approved");
  json_bool(json, (item.flags & RELATION_WAITS) == 0);
  if (day_is_set(item.until)) {
    JSON_KEY(json, "until");
    json_day(json, item.until);
  }
  JSON_KEY(json, "to");
  json_object_start(json);
  recipient_write(json, op, &row);
  json_object_end(json);
  told_by(json, op, maker);
  JSON_KEY(json, "evidence");
  json_personal(json, (struct personal){text.ptr + ID_BYTES, text.len - ID_BYTES});
  json_object_end(json);
  return OK;
}

static enum err relations_write(struct op *op, struct json *json, struct acting *acting,
                                struct id record)
{
  struct day today = op_today(op);
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items,
                  &(struct items_want){ITEM_RELATION, ITEMS_BY_RECORD, record}));
  JSON_KEY(json, "relations");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    const struct item *item = &items.at[i];

    if (day_is_set(item->until) && item->until.number < today.number) continue;
    TRY(relation_write(op, json, item, &acting->asked.facts.child));
    acting->entry.rows++;
  }
  json_array_end(json);
  return OK;
}

enum err relation_list(struct op *op, struct id record)
{
  struct acting acting = {.entry = {.action = ACTION_LIST}};
  struct json json;
  bool known;

  TRY(op_begin(op));
  if (!may_act(op, "set_relation", &acting)) return reply_no_act(op, ACTION_LIST, 0);
  TRY(look_up(op, &acting, record, &known));
  if (!known) return reply_generic_about(op, &acting.entry, &acting.asked);
  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, record.b, ID_BYTES);
  TRY(relations_write(op, &json, &acting, record));
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, &acting.entry));
  op_end(op);
  return OK;
}

/* ---- conflicts: the lead records them (W-04); anybody declares their own ---- */

enum err conflict_make(struct op *op, const struct conflict *in)
{
  struct acting acting = {.entry = {.action = ACTION_CONFLICT}};
  struct once once;
  struct item item;
  struct id officer;
  bool known, is_own;

  TRY(op_begin(op));
  is_own = account_named(op, &officer, in->officer) && id_equal(officer, op->actor.account);
  if (!may_act(op, "record_conflict", &acting) && !is_own)
    return reply_no_act(op, ACTION_CONFLICT, 0);
  TRY(look_up(op, &acting, in->id, &known));
  if (!known) return reply_generic_about(op, &acting.entry, &acting.asked);
  if (!account_named(op, &officer, in->officer)) return no_such_person(op, &acting);
  item =
    (struct item){.kind = ITEM_CONFLICT, .record = in->id, .subject = officer, .until = DAY_NONE};
  TRY(begin_once(op, &once, ACTION_CONFLICT, (struct id[]){in->id, officer}, in->reason, DAY_NONE));
  if (!once.is_replay) {
    TRY(op_item_put(op, &item, &acting.asked.facts.child, in->reason));
    op_moves_protection(op);
  }
  TRY(once_done(op, &once, officer));
  acting.entry.recipients[0] = officer;
  return answer(op, &acting, in->id, "conflict", in->officer);
}
