/* Lowering to none. It must never put a value back into casework that two people have not signed
 * for, nor write over what changed meanwhile. */
#include "register/lowering.h"

#include <string.h>

#include "base/guard.h"
#include "base/json.h"
#include "register/blind.h"
#include "register/carry.h"
#include "register/errands.h"
#include "register/openings.h"
#include "register/protection.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/view.h"

enum { HEAD_WAIT_US = 4000000 };

static enum err refuse(struct op *op, enum text_id detail, struct entry_of *entry)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_CONFLICT, .detail = detail}, entry);
}

/* For the custodian: what then came out would not be all. */
static bool waits(const struct op *op, struct id record)
{
  const struct entry *entry;
  bool waits;

  index_read(op->reg->index);
  entry = index_entry(op->reg->index, record);
  waits = blind_waits(op->reg->index, record) || (entry != NULL && entry->in_transit);
  index_done(op->reg->index);
  return waits;
}

/* ---- the ticket ---- */

/* What has a place in casework to go back to. */
static void put_fields(uint8_t ret_fields[static TICKET_FIELD_BYTES])
{
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    const struct field_row *row = field_row(field);

    if (row->home == HOME_SHIELDED) ret_fields[row->id / 8] |= (uint8_t)(1u << row->id % 8);
  }
}

static void put_word(char to[static TICKET_WORD_MAX + 1], struct str word)
{
  memcpy(to, word.ptr, word.len < TICKET_WORD_MAX ? word.len : TICKET_WORD_MAX);
}

static void fill(struct ticket *ticket, const struct op *op, const struct asked *asked,
                 const struct ask *ask, const struct entry_of *entry)
{
  const struct policy *policy = reg_policy(op->reg);
  struct str rule = policy_rule_id(policy, entry->rules[0]), basis = STR("statutory_duty");
  struct id nonce = op_random_id(op);

  if (ask->said.basis != POLICY_NO_WORD)
    basis = policy_word_name(policy, POLICY_BASIS, ask->said.basis);
  *ticket = (struct ticket){.act = TICKET_LOWER,
                            .rule_count = 1,
                            .expiry = {op->commit->request.at.us + LOWERING_TICKET_LIFE_US}};
  memcpy(ticket->authority, op->reg->meta.authority, ID_BYTES);
  memcpy(ticket->person, op->actor.account.b, ID_BYTES);
  memcpy(ticket->record, asked->facts.id.b, ID_BYTES);
  memcpy(ticket->nonce, nonce.b, ID_BYTES);
  put_fields(ticket->fields);
  memcpy(ticket->rules[0], rule.ptr, rule.len < TICKET_RULE_MAX ? rule.len : TICKET_RULE_MAX);
  put_word(ticket->purpose,
           policy_word_name(policy, POLICY_PURPOSE, (uint8_t)__builtin_ctzll(entry->purposes)));
  put_word(ticket->basis, basis);
}

enum err lowering_offer(struct op *op, const struct asked *asked, const struct ask *ask,
                        struct entry_of *entry)
{
  struct view_ticket *placed;
  struct ticket ticket;
  struct json json;

  if (waits(op, asked->facts.id)) return refuse(op, TEXT_SAFETY_CHANGES_WAIT, entry);
  entry->outcome = OUTCOME_PENDING;
  entry->approvals = 1;
  put_fields(entry->released);
  fill(&ticket, op, asked, ask, entry);
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, asked->facts.id.b, ID_BYTES);
  JSON_KEY(&json, "level");
  json_str(&json, str_from(protection_level_name(asked->facts.safety.level)));
  JSON_KEY(&json, "waits");
  json_str(&json, text_get(TEXT_SAFETY_NEEDS_TICKET, op->lang));
  TRY(view_place_ticket(&json, op, &ticket, &placed));
  json_object_end(&json);
  TRY(reply_json(op, &json, 202));
  view_bind_ticket(op, placed, &json);
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

/* ---- in the thread of openings ---- */

struct lowering {
  struct late late;
  struct custodian_opening opening;
  struct asked asked;
  struct item proposal;
  struct entry_of entry; /* of both commits */
  uint16_t rule;
};

/* Slots of adults whose own protection came from another entry: theirs is not lowered here. */
static bool stays(const struct safety *safety, enum field field, unsigned slot)
{
  struct safety own = *safety;

  own.level = LEVEL_NONE;
  if (slot < PEOPLE && (safety->protects >> slot & 1) != 0) own.person[slot] = LEVEL_NONE;
  return view_is_shielded(&own, field, slot);
}

static bool goes_back(const struct lowering *lowering, const struct shield_entry *entry,
                      enum field *ret_field)
{
  return field_by_id(entry->field, ret_field) && entry->part < field_row(*ret_field)->slots &&
         !stays(&lowering->asked.facts.safety, *ret_field, entry->part);
}

/* The blob without what goes back, made by the custodian: what stays in it is not seen here. */
static enum err reduce(struct op *op, const struct lowering *lowering,
                       const struct opening_context *context, const struct custodian_value *value,
                       const void **ret_core)
{
  struct shield_reader reader = {.text = value->bytes, .n = value->n};
  struct carry_change change = {.head = &lowering->asked.facts.head,
                                .core = lowering->opening.core};
  struct shield_entry *entries =
    arena_take_array(op->arena, value->n / SHIELD_ENTRY_OVERHEAD + 1, sizeof *entries);
  struct shield_entry entry;
  enum field field;

  if (entries == NULL) return ERR_MEMORY;
  while (shield_next(&entry, &reader)) {
    if (!goes_back(lowering, &entry, &field)) continue;
    entry.n = 0; /* takes it away */
    entries[change.count++] = entry;
  }
  TRY(reader.err);
  change.entries = entries;
  return carry_change(op, context->custodian, ret_core, &change);
}

static enum err set_values(const struct lowering *lowering, struct record *record,
                           const struct custodian_value *from)
{
  struct shield_reader reader = {.text = from->bytes, .n = from->n};
  struct shield_entry entry;
  enum field field;

  while (shield_next(&entry, &reader)) {
    struct value value;

    if (!goes_back(lowering, &entry, &field)) continue;
    TRY(value_decode(&value, entry.bytes, entry.n));
    record_set(record, field, entry.part, value);
  }
  return reader.err;
}

/* Two people have decided, so it is a first decision too, if there was none. */
static void lower(struct safety *safety)
{
  for (unsigned slot = 0; slot < PEOPLE; slot++)
    if ((safety->protects >> slot & 1) != 0) safety->person[slot] = LEVEL_NONE;
  safety->protects = 0;
  safety->level = LEVEL_NONE;
  safety->first_decided = true;
  safety->review = DAY_NONE;
}

static enum err change(struct op *op, struct lowering *lowering,
                       const struct custodian_value *value, const void *core)
{
  struct facts_want want = {
    .id = lowering->asked.facts.id, .requester = op->actor.account, .today = op_today(op)};
  struct shielding shielding = {.into = SHIELDING_MERGED, .patch = SHIELD_PATCHES, .core = core};
  struct record *record;
  struct safety safety;
  struct facts facts;

  TRY(facts_read(op, &facts, &want));
  if (facts.head.version != lowering->asked.facts.head.version) return ERR_MOVED;
  TRY(op_record(op, &record, &facts));
  TRY(record_safety(record, &safety));
  TRY(set_values(lowering, record, value));
  lower(&safety);
  TRY(record_set_safety(op->arena, record, &safety));
  TRY(op_put(op, record, &shielding));
  TRY(second_done(op, lowering->proposal.id));
  TRY(op_item_remove(op, lowering->proposal.id));
  op_moves_protection(op);
  lowering->entry.action = ACTION_PROTECTION_LOWER;
  lowering->entry.version = facts.head.version + 1;
  return op_entry(op, &lowering->entry);
}

/* A request of its own, in the same name: the row as it was when the ticket was looked at, or
 * nothing. */
static enum err write_back(struct op *first, struct lowering *lowering,
                           const struct opening_context *context,
                           const struct custodian_value *value, const void *core)
{
  struct op op = {.reg = first->reg,
                  .reader = context->reader,
                  .arena = first->arena,
                  .lang = first->lang,
                  .actor = first->actor};
  enum err err = op_begin(&op);

  if (err == OK) err = change(&op, lowering, value, core);
  op_end(&op);
  return err == OK ? errand_commit_asked(&op) : err;
}

static enum err answer(struct op *op, const struct lowering *lowering)
{
  struct json json;

  json_start(&json, op->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, lowering->asked.facts.id.b, ID_BYTES);
  JSON_KEY(&json, "level");
  json_str(&json, str_from(protection_level_name(LEVEL_NONE)));
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

/* What moved meanwhile is not decided again here: the ticket is spent, and both people have to look
 * anew. */
static enum err ask_custodian(void *self, struct op *op, const struct opening_context *context)
{
  struct lowering *lowering = self;
  struct custodian_value value;
  const void *core;
  enum err err;

  if (context->custodian == NULL) return ERR_CUSTODIAN;
  TRY(carry_proof(context->store, &lowering->opening.evidence, context->head, context->size));
  err = custodian_lower(context->custodian, op->arena, &value, &lowering->opening, &op->trail);
  if (err != OK) return openings_refused(op, context, err, &lowering->entry);
  TRY(reduce(op, lowering, context, &value, &core));
  err = write_back(op, lowering, context, &value, core);
  if (err == OK) return answer(op, lowering);
  /* The custodian has seen the values leave; they have not. Away by now, it is told at its start.
   */
  enum err told = learn_core(context->custodian, lowering->asked.facts.id, lowering->opening.core,
                             false, &(struct trail){0});
  if (told != OK && told != ERR_CUSTODIAN && !custodian_has_refused(told)) return told;
  return err == ERR_MOVED || err == ERR_ABSENT ? ERR_CONFLICT : err;
}

/* ---- the operation ---- */

/* The proposal of somebody else that this ticket answers. */
static bool find_proposal(const struct op *op, struct item *ret_item, struct id record)
{
  const struct item *item;
  size_t cursor = 0;
  bool found = false;

  index_read(op->reg->index);
  while (!found &&
         (item = index_item_of_record(op->reg->index, record, ITEM_PROPOSAL, &cursor)) != NULL) {
    bool is_own = second_is(op, item->subject) && GUARD(NO_SELF_APPROVAL);

    found = protection_is_lowering(item) && item->flags == LEVEL_NONE && !is_own;
    if (found) *ret_item = *item;
  }
  index_done(op->reg->index);
  return found;
}

static struct ask ask_of(const struct op *op, const struct ticket *ticket)
{
  const struct policy *policy = reg_policy(op->reg);

  return (struct ask){
    .said = {.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, str_from(ticket->purpose))),
             .basis = policy_word(policy, POLICY_BASIS, str_from(ticket->basis)),
             .has_necessity = true}};
}

static bool is_for_casework(const struct ticket *ticket)
{
  static const uint8_t nobody[sizeof ticket->recipient];
  uint8_t fields[TICKET_FIELD_BYTES] = {0};

  put_fields(fields);
  return memcmp(ticket->recipient, nobody, sizeof nobody) == 0 &&
         memcmp(ticket->fields, fields, sizeof fields) == 0;
}

static enum err hand_over(struct op *op, struct lowering *lowering)
{
  struct custodian_opening *opening = &lowering->opening;
  struct facts *facts = &lowering->asked.facts;
  enum err err;

  opening->evidence.index = opening->ticket.entry_index;
  err = carry_entry(op, &opening->evidence, &facts->child);
  if (err == ERR_ABSENT || err == ERR_OPEN)
    return refuse(op, TEXT_SAFETY_TICKET_UNFIT, &lowering->entry);
  TRY(err);
  TRY(carry_core(op->arena, op->reg, op->reader->store, &opening->core, SHIELD_BLOB, &facts->head,
                 0));
  memcpy(lowering->entry.released, opening->ticket.fields, TICKET_FIELD_BYTES);
  TRY(op_entry(op, &lowering->entry));
  lowering->late = (struct late){.index = opening->ticket.entry_index,
                                 .wait_us = HEAD_WAIT_US,
                                 .run = ask_custodian,
                                 .self = lowering};
  openings_after(op, &lowering->late);
  op_end(op);
  return OK;
}

enum err lowering_make(struct op *op, const struct custodian_opening *opening)
{
  struct lowering *lowering = arena_take(op->arena, sizeof *lowering);
  struct entry_of *entry;
  struct id record;
  struct ask ask = ask_of(op, &opening->ticket);

  if (lowering == NULL) return ERR_MEMORY;
  entry = &lowering->entry;
  entry->action = ACTION_OPENING;
  lowering->opening = *opening;
  memcpy(record.b, opening->ticket.record, ID_BYTES);
  if (!protection_may_act(op, "lower_protection", ask.said.purposes, entry, &lowering->rule))
    return reply_no_act(op, entry->action, ask.said.purposes);
  TRY(protection_look_up(op, &lowering->asked, record, &ask));
  if (!protection_may_know(op, &lowering->asked) || !find_proposal(op, &lowering->proposal, record))
    return reply_generic_about(op, entry, &lowering->asked);
  protection_about(entry, &lowering->asked, false);
  if (lowering->asked.facts.safety.level < LEVEL_CONTACT_PROTECTED ||
      !is_for_casework(&opening->ticket))
    return refuse(op, TEXT_SAFETY_TICKET_UNFIT, entry);
  if (waits(op, record)) return refuse(op, TEXT_SAFETY_CHANGES_WAIT, entry);
  return hand_over(op, lowering);
}
