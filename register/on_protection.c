/* Safety of a child: raising at once, lowering by two people, and first decisions in batches. Who
 * may not know of the child gets the generic answer, whatever they ask for; nobody is told which
 * other entries followed. */
#include "base/guard.h"
#include "base/json.h"
#include "register/cursor.h"
#include "register/listing.h"
#include "register/lowering.h"
#include "register/once.h"
#include "register/pages.h"
#include "register/proposal.h"
#include "register/protect.h"
#include "register/protection.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/waiting.h"

const char *protection_level_name(enum level level)
{
  static const char *const names[] = {
    [LEVEL_UNKNOWN] = "unknown",
    [LEVEL_NONE] = "none",
    [LEVEL_CONTACT_PROTECTED] = "contact_protected",
    [LEVEL_HIDDEN] = "hidden",
  };

  return names[level];
}

static uint8_t enquiry(const struct op *op)
{
  return policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("safeguarding_enquiry"));
}

/* Safety may be asked without a form: what is not stated is a safeguarding enquiry. */
static struct ask with_purpose(const struct op *op, const struct ask *ask)
{
  struct ask full = *ask;

  if (full.said.purposes == 0) full.said.purposes = POLICY_BIT(enquiry(op));
  return full;
}

bool protection_may_act(const struct op *op, const char *act, uint64_t purposes,
                        struct entry_of *entry, uint16_t *rule)
{
  entry->purposes = purposes;
  return asked_may(op, act, purposes, entry, rule);
}

enum err protection_look_up(struct op *op, struct asked *ret_asked, struct id id,
                            const struct ask *ask)
{
  *ret_asked = (struct asked){0};
  asked_request(op, ret_asked, ask);
  ret_asked->is_refused = false; /* an act is no reading: its rule has been asked */
  return asked_decide(op, ret_asked, id, op->actor.account);
}

bool protection_may_know(const struct op *op, const struct asked *asked)
{
  if (!asked->facts.is_held || asked->facts.has_conflict) return false;
  if (asked->facts.safety.level != LEVEL_HIDDEN || !GUARD(HIDDEN_IS_ABSENT)) return true;
  return policy_in_circle(reg_policy(op->reg), &asked->request, &asked->facts.policy);
}

void protection_about(struct entry_of *entry, const struct asked *asked, bool changes)
{
  entry->child = &asked->facts.child;
  entry->record = asked->facts.id;
  entry->version = asked->facts.head.version + (changes ? 1 : 0);
}

static void write_entry(struct json *json, struct id id, enum level level)
{
  json_object_start(json);
  JSON_KEY(json, "entry");
  json_hex(json, id.b, ID_BYTES);
  JSON_KEY(json, "level");
  json_str(json, str_from(protection_level_name(level)));
}

static enum err finish(struct op *op, struct json *json, int status, const struct entry_of *entry)
{
  json_object_end(json);
  TRY(reply_json(op, json, status));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

static enum err refuse(struct op *op, enum text_id detail, struct entry_of *entry)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_CONFLICT, .detail = detail}, entry);
}

static uint8_t slots_of(const unsigned *slots, size_t count)
{
  uint8_t set = 0;

  for (size_t i = 0; i < count; i++)
    if (slots[i] < PEOPLE) set |= (uint8_t)(1u << slots[i]);
  return set;
}

static enum err begin_once(struct op *op, struct once *ret_once, enum action action,
                           const struct protection *in)
{
  uint8_t against = slots_of(in->against, in->against_count);
  uint8_t protects = slots_of(in->protects, in->protects_count);
  struct hash body = {{0}};

  once_feed(op, &body, in->id.b, ID_BYTES);
  once_feed(op, &body, &in->level, sizeof in->level);
  once_feed(op, &body, &against, 1);
  once_feed(op, &body, &protects, 1);
  once_feed(op, &body, in->reason.ptr, in->reason.len);
  return once_begin(op, ret_once, action, &body);
}

/* ---- lowering: a proposal, and a second person ---- */

static enum err put_proposal(struct op *op, const struct asked *asked, const struct protection *in,
                             struct id *ret_id)
{
  struct item item = {.kind = ITEM_PROPOSAL,
                      .flags = (uint16_t)in->level,
                      .record = in->id,
                      .subject = op->actor.account,
                      .until = DAY_NONE};

  TRY(op_item_put(op, &item, &asked->facts.child, in->reason));
  *ret_id = item.id;
  return second_begin(op, item.id, in->id);
}

static enum err lower_now(struct op *op, const struct asked *asked, enum level level)
{
  struct record *record;
  struct safety safety;

  TRY(op_record(op, &record, &asked->facts));
  TRY(record_safety(record, &safety));
  safety.level = level;
  TRY(record_set_safety(op->arena, record, &safety));
  TRY(op_put(op, record, NULL));
  op_moves_protection(op);
  return OK;
}

static enum err propose(struct op *op, const struct asked *asked, const struct protection *in,
                        const struct entry_of *about)
{
  struct entry_of entry = *about;
  struct json json;
  struct once once;
  uint16_t rule;

  entry.action = ACTION_PROTECTION_PROPOSE;
  protection_about(&entry, asked, false);
  if (!protection_may_act(op, "lower_protection", entry.purposes, &entry, &rule))
    return refuse(op, TEXT_SAFETY_LEAD_LOWERS, &entry);
  json_start(&json, op->arena, 512);
  write_entry(&json, in->id, asked->facts.safety.level);
  if (!GUARD(TWO_TO_LOWER)) {
    TRY(lower_now(op, asked, in->level));
    return finish(op, &json, 200, &entry);
  }
  TRY(begin_once(op, &once, entry.action, in));
  if (!once.is_replay) {
    TRY(put_proposal(op, asked, in, &once.made));
    TRY(once_done(op, &once, once.made));
  }
  entry.outcome = OUTCOME_PENDING;
  JSON_KEY(&json, "proposal");
  json_hex(&json, once.made.b, ID_BYTES);
  JSON_KEY(&json, "waits");
  json_str(&json, text_get(TEXT_SAFETY_WAITS_FOR_SECOND, op->lang));
  return finish(op, &json, 202, &entry);
}

/* To none comes later: by a ticket, with what lies in the shielded compartment. */
static enum err approve(struct op *op, const struct asked *asked, const struct item *proposal,
                        struct entry_of *entry, const struct ask *ask)
{
  enum level level = (enum level)proposal->flags;
  struct json json;

  if (level >= asked->facts.safety.level) return refuse(op, TEXT_SAFETY_NOT_LOWER, entry);
  if (level < LEVEL_CONTACT_PROTECTED) return lowering_offer(op, asked, ask, entry);
  TRY(lower_now(op, asked, level));
  TRY(second_done(op, proposal->id));
  TRY(op_item_remove(op, proposal->id));
  protection_about(entry, asked, true);
  json_start(&json, op->arena, 256);
  write_entry(&json, asked->facts.id, level);
  return finish(op, &json, 200, entry);
}

static enum err turn_down(struct op *op, const struct asked *asked, const struct item *proposal,
                          struct entry_of *entry)
{
  struct json json;

  entry->outcome = OUTCOME_REFUSED;
  TRY(second_done(op, proposal->id));
  TRY(op_item_remove(op, proposal->id));
  json_start(&json, op->arena, 256);
  write_entry(&json, asked->facts.id, asked->facts.safety.level);
  return finish(op, &json, 200, entry);
}

enum err protection_approve(struct op *op, const struct protection_approval *in)
{
  struct entry_of entry = {.action = ACTION_PROTECTION_LOWER};
  struct item proposal;
  struct asked asked;
  struct ask ask;
  uint16_t rule;

  TRY(op_begin(op));
  ask = with_purpose(op, &in->ask);
  if (!protection_may_act(op, "lower_protection", ask.said.purposes, &entry, &rule))
    return reply_no_act(op, entry.action, ask.said.purposes);
  TRY(protection_look_up(op, &asked, in->id, &ask));
  if (!protection_may_know(op, &asked) || !protection_find(op, &proposal, in->id, in->proposal))
    return reply_generic_about(op, &entry, &asked);
  protection_about(&entry, &asked, false);
  if (second_is(op, proposal.subject) && GUARD(NO_SELF_APPROVAL))
    return refuse(op, TEXT_SAFETY_ANOTHER_PERSON, &entry);
  if (!in->approve) return turn_down(op, &asked, &proposal, &entry);
  if (second_is_same_browser(op, in->proposal)) return refuse(op, TEXT_SAFETY_SAME_BROWSER, &entry);
  return approve(op, &asked, &proposal, &entry, &ask);
}

/* ---- raising ---- */

/* Who proposed to lower did not know of this new raising: nobody can agree to that any more. And
 * what a sheet proposed may say where the child is: it goes, and the sheet can be sent again. */
static enum err withdraw_proposals(struct op *op, struct id record)
{
  struct items_want want = {ITEM_PROPOSAL, ITEMS_BY_RECORD, record};
  struct items proposals;

  TRY(index_items(op->reg->index, op->arena, &proposals, &want));
  for (size_t i = 0; i < proposals.count; i++) {
    TRY(pages_remove(op, &(struct pages){.root = proposals.at[i].id, .record = record}));
    TRY(second_done(op, proposals.at[i].id));
    TRY(op_item_remove(op, proposals.at[i].id));
  }
  return OK;
}

static enum err raise_now(struct op *op, const struct asked *asked, const struct protection *in,
                          struct entry_of *entry)
{
  struct raising raising = {
    .level = in->level,
    .against = slots_of(in->against, in->against_count),
    .protects = slots_of(in->protects, in->protects_count),
    .reason = in->reason,
  };
  struct once once;
  bool reason_kept = true;
  struct json json;

  TRY(begin_once(op, &once, ACTION_PROTECTION_RAISE, in));
  protection_about(entry, asked, !once.is_replay);
  if (!once.is_replay) {
    TRY(protect_raise(op, &asked->facts, &raising, &reason_kept));
    TRY(withdraw_proposals(op, in->id));
    TRY(once_done(op, &once, in->id));
  }
  if (in->reason.len > 0) op_hash(op, &entry->reason, in->reason);
  json_start(&json, op->arena, 512);
  write_entry(&json, in->id, in->level);
  if (!reason_kept) {
    JSON_KEY(&json, "reason");
    json_str(&json, text_get(TEXT_SAFETY_REASON_NOT_KEPT, op->lang));
  }
  return finish(op, &json, 200, entry);
}

/* The request alone: what asks for none is a lowering or a first decision, never a raising. */
static const char *act_of(const struct protection *in)
{
  return in->level >= LEVEL_CONTACT_PROTECTED ? "raise_protection" : "lower_protection";
}

enum err protection_set(struct op *op, const struct protection *in)
{
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE};
  struct asked asked;
  struct ask ask;
  enum level held;
  uint16_t rule;

  TRY(op_begin(op));
  if (in->level == LEVEL_UNKNOWN) return ERR_INPUT;
  ask = with_purpose(op, &in->ask);
  if (!protection_may_act(op, act_of(in), ask.said.purposes, &entry, &rule))
    return reply_no_act(op, entry.action, ask.said.purposes);
  TRY(protection_look_up(op, &asked, in->id, &ask));
  if (!protection_may_know(op, &asked)) return reply_generic_about(op, &entry, &asked);
  held = asked.facts.safety.level;
  if (held > in->level) return propose(op, &asked, in, &entry);
  if (in->level >= LEVEL_CONTACT_PROTECTED) return raise_now(op, &asked, in, &entry);
  protection_about(&entry, &asked, false);
  return refuse(op, held == LEVEL_NONE ? TEXT_SAFETY_NOT_LOWER : TEXT_SAFETY_FIRST_DECISION,
                &entry);
}

/* ---- first decisions ---- */

enum err first_decision_list(struct op *op, struct str cursor)
{
  struct entry_of entry = {.action = ACTION_LIST};
  struct listing_page page = {
    .name = STR("waiting"), .action = ACTION_FIRST_DECISION, .entry = &entry};
  struct ask ask = waiting_ask(op);
  struct waiting waiting;
  struct listing listing;
  uint16_t rule;

  TRY(op_begin(op));
  if (!protection_may_act(op, "first_decision", ask.said.purposes, &entry, &rule))
    return reply_no_act(op, ACTION_FIRST_DECISION, ask.said.purposes);
  TRY(cursor_read(op, &page.after, page.action, cursor));
  TRY(waiting_find(op, &waiting));
  TRY(listing_new(op, &listing, waiting.count));
  for (size_t i = 0; i < waiting.count; i++)
    TRY(waiting_list(op, &listing, waiting.at[i]));
  listing_sort(&listing);
  return listing_answer(op, &listing, &page);
}

/* None is a decision only where nobody ever asked for protection: all else is a lowering (promise
 * 5). */
static bool may_be_none(const struct safety *safety)
{
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if (safety->person[slot] > LEVEL_NONE) return false;
  return safety->level == LEVEL_UNKNOWN && !safety->ever_protected && !safety->asked_for;
}

static enum err decide_none(struct op *op, const struct facts *facts)
{
  struct record *record;
  struct safety safety;

  TRY(op_record(op, &record, facts));
  TRY(record_safety(record, &safety));
  safety.level = LEVEL_NONE;
  safety.first_decided = true;
  TRY(record_set_safety(op->arena, record, &safety));
  return op_put(op, record, NULL);
}

enum decided {
  DECIDED,
  DECIDED_ALREADY,
  DECIDED_IS_LOWERING,
  DECIDED_NOT_COMPARED,
  DECIDED_ALONE,
  DECIDED_ABSENT
};
static const char *const decided_names[] = {"decided",      "already_decided", "needs_two_people",
                                            "not_compared", "decide_alone",    "absent"};

/* Not before the custodian has looked (promise 5), and what it found, or whom the row resembles, is
 * to be looked at and not to be decided among many. */
static enum err what_of_none(struct op *op, enum decided *ret_decided, struct id record,
                             bool is_alone)
{
  enum waiting_compared compared = waiting_compared(op, record);
  struct waiting resembled;

  *ret_decided = DECIDED;
  TRY(waiting_resembled(op, &resembled, record));
  if (compared == WAITING_NOT_COMPARED && GUARD(COMPARED_FIRST))
    *ret_decided = DECIDED_NOT_COMPARED;
  else if ((compared == WAITING_HIT || resembled.count > 0) && !is_alone)
    *ret_decided = DECIDED_ALONE;
  return OK;
}

static enum err decide_one(struct op *op, enum decided *ret_decided, const struct asked *asked,
                           const struct first_decisions *in)
{
  enum level level = in->level;
  struct raising raising = {.level = level, .decides = true};
  enum decided none;
  bool reason_kept; /* there is none */

  *ret_decided = DECIDED;
  TRY(what_of_none(op, &none, asked->facts.id, in->count == 1)); /* for every id alike */
  if (!protection_may_know(op, asked))
    *ret_decided = DECIDED_ABSENT;
  else if (asked->facts.safety.first_decided)
    *ret_decided = DECIDED_ALREADY;
  else if (level >= LEVEL_CONTACT_PROTECTED)
    return protect_raise(op, &asked->facts, &raising, &reason_kept);
  else if (!may_be_none(&asked->facts.safety))
    *ret_decided = DECIDED_IS_LOWERING;
  else if (none != DECIDED)
    *ret_decided = none;
  else
    return decide_none(op, &asked->facts);
  return OK;
}

static void write_decided(struct json *json, const struct op *op, struct id id,
                          enum decided decided)
{
  json_object_start(json);
  JSON_KEY(json, "entry");
  json_hex(json, id.b, ID_BYTES);
  JSON_KEY(json, "outcome");
  json_str(json, str_from(decided_names[decided]));
  if (decided == DECIDED_NOT_COMPARED) {
    JSON_KEY(json, "why");
    json_str(json, text_get(TEXT_SAFETY_NOT_COMPARED, op->lang));
  }
  json_object_end(json);
}

static enum err decide_each(struct op *op, struct json *json, const struct first_decisions *in,
                            const struct ask *ask, const struct entry_of *of_all)
{
  for (size_t i = 0; i < in->count; i++) {
    struct entry_of entry = *of_all;
    enum decided decided;
    struct asked asked;

    TRY(protection_look_up(op, &asked, in->ids[i], ask));
    TRY(decide_one(op, &decided, &asked, in));
    if (decided != DECIDED_ABSENT) protection_about(&entry, &asked, decided == DECIDED);
    entry.outcome = decided == DECIDED ? OUTCOME_DONE : OUTCOME_REFUSED;
    TRY(op_entry(op, &entry));
    write_decided(json, op, in->ids[i], decided);
  }
  return OK;
}

/* The same child twice in a batch would be changed twice in one commit. */
static bool has_doubles(const struct first_decisions *in)
{
  for (size_t i = 0; i < in->count; i++)
    for (size_t j = 0; j < i; j++)
      if (id_equal(in->ids[i], in->ids[j])) return true;
  return false;
}

enum err first_decision_make(struct op *op, const struct first_decisions *in)
{
  struct entry_of entry = {.action = ACTION_FIRST_DECISION};
  struct ask ask;
  struct json json;
  uint16_t rule;

  TRY(op_begin(op));
  if (in->level == LEVEL_UNKNOWN || in->count == 0 || has_doubles(in)) return ERR_INPUT;
  ask = with_purpose(op, &in->ask);
  if (!protection_may_act(op, "first_decision", ask.said.purposes, &entry, &rule))
    return reply_no_act(op, entry.action, ask.said.purposes);
  if (in->level >= LEVEL_CONTACT_PROTECTED && in->count > 1)
    return refuse(op, TEXT_SAFETY_ONE_AT_A_TIME, &entry);
  json_start(&json, op->arena, 128 * in->count + 128);
  json_object_start(&json);
  JSON_KEY(&json, "level");
  json_str(&json, str_from(protection_level_name(in->level)));
  JSON_KEY(&json, "decisions");
  json_array_start(&json);
  TRY(decide_each(op, &json, in, &ask, &entry));
  json_array_end(&json);
  entry.rows = (uint32_t)in->count;
  if (in->level >= LEVEL_CONTACT_PROTECTED) op_moves_protection(op);
  return finish(op, &json, 200, &entry);
}
