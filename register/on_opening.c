/* Opening what is shielded: a ticket that its person has signed, decided again as if it were a
 * view, logged, and then asked of the custodian, who checks signature and log entry for itself.
 * This process cannot open the value; what comes back is reduced to what was granted here, and goes
 * out in the same words as a view. */
#include <string.h>

#include "base/json.h"
#include "register/carry.h"
#include "register/lowering.h"
#include "register/matter.h"
#include "register/openings.h"
#include "register/operations.h"
#include "register/reply.h"
#include "register/row.h"
#include "register/view.h"

enum { HEAD_WAIT_US = 4000000 };

struct opening_job {
  struct late late;
  struct asked asked;
  struct view view;
  struct custodian_opening opening;
  struct entry_of entry; /* of both commits, if the custodian refuses */
  uint16_t rules[AUDIT_RULES_MAX];
};

/* ---- the ticket ---- */

static size_t word_length(struct str text)
{
  size_t n = 0;

  while (n < text.len && text.ptr[n] != ' ' && text.ptr[n] != '\n')
    n++;
  return n;
}

/* The requester's signature and those of the people who approve, with a space or a line break
 * between. */
static enum err parse_signatures(struct custodian_opening *opening, struct str text)
{
  while (text.len > 0) {
    struct str word = {text.ptr, word_length(text)};
    size_t taken = word.len < text.len ? word.len + 1 : word.len;

    if (opening->signature_count == CUSTODIAN_SIGNATURES_MAX) return ERR_INPUT;
    TRY(ticket_signature_parse(&opening->signatures[opening->signature_count++], word));
    text = (struct str){text.ptr + taken, text.len - taken};
  }
  return opening->signature_count > 0 ? OK : ERR_INPUT;
}

/* Whether this caller may use this ticket now, whoever the child is. */
static bool is_usable(const struct op *op, const struct ticket *ticket)
{
  return memcmp(ticket->person, op->actor.account.b, ID_BYTES) == 0 &&
         memcmp(ticket->authority, op->reg->meta.authority, ID_BYTES) == 0 &&
         ticket->expiry.us > op->commit->request.at.us;
}

/* Words of the fields that the ticket names, in either view of a person: what is not granted stays
 * closed. */
static struct fieldset words_of(const struct op *op, const struct ticket *ticket)
{
  struct fieldset words = {{0, 0}};

  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    if (!ticket_field(ticket, field_row((enum field)i)->id)) continue;
    for (unsigned view = 0; view < PERSON_VIEWS; view++)
      if (op->reg->words[i][view] != POLICY_NO_WORD)
        words = fieldset_with(words, op->reg->words[i][view]);
  }
  return words;
}

/* The request that the ticket stands for. That necessity and alternatives were given stands in the
 * entry it rests on. */
static struct ask ask_of(const struct op *op, const struct ticket *ticket)
{
  const struct policy *policy = reg_policy(op->reg);
  struct str urgency = ticket->act == TICKET_BREAK_GLASS ? STR("imminent_danger") : STR("routine");

  return (struct ask){
    .said = {
      .purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, str_from(ticket->purpose))),
      .basis = policy_word(policy, POLICY_BASIS, str_from(ticket->basis)),
      .urgency = policy_word(policy, POLICY_URGENCY, urgency),
      .has_necessity = true,
      .has_alternative = true,
      .has_special_condition = true,
      .asked = words_of(op, ticket),
    }};
}

/* ---- in the thread of openings ---- */

static bool is_named(const struct opening_job *job, enum field field, unsigned slot)
{
  return ticket_field(&job->opening.ticket, field_row(field)->id) && slot < field_row(field)->slots;
}

/* What came out, as fields_open would have given it: granted slots of the ticket's fields and
 * nothing else. */
static enum err take_values(struct op *op, struct opening_job *job,
                            const struct custodian_value *from)
{
  const struct facts *facts = &job->asked.facts;
  struct shield_reader reader = {.text = from->bytes, .n = from->n};
  struct opened *opened = &job->view.opened;
  struct shield_entry entry;

  opened->at = arena_take_array(op->arena, from->n / SHIELD_ENTRY_OVERHEAD + 1, sizeof *opened->at);
  if (opened->at == NULL) return ERR_MEMORY;
  while (shield_next(&entry, &reader)) {
    struct opened_value at = {.slot = entry.part};

    if (!field_by_id(entry.field, &at.field) || !is_named(job, at.field, at.slot)) continue;
    if (!view_grants(op, &job->asked, at.field, at.slot)) continue;
    at.word = field_word(op->reg, at.field, at.slot, facts->persons);
    at.form = job->asked.decision.form[at.word];
    TRY(value_decode(&at.value, entry.bytes, entry.n));
    opened->at[opened->count++] = at;
  }
  return reader.err;
}

static enum err write_values(struct op *op, struct opening_job *job)
{
  struct json json;

  TRY(view_reduce(op, &job->view, op->actor.account, NULL));
  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, job->asked.facts.id.b, ID_BYTES);
  view_write_fields(&json, op, &job->view);
  view_write_obligations(&json, op, job->asked.decision.obligations);
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

/* Sealed by the custodian to the recipient: the handler carries it and cannot read it. */
static enum err write_age(struct op *op, const struct opening_job *job,
                          const struct custodian_value *value)
{
  struct json json;

  json_start(&json, op->arena, 2 * value->n);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, job->asked.facts.id.b, ID_BYTES);
  JSON_KEY(&json, "age");
  json_base64(&json, value->bytes, value->n);
  view_write_obligations(&json, op, job->asked.decision.obligations);
  json_object_end(&json);
  return reply_json(op, &json, 200);
}

static enum err ask_custodian(void *self, struct op *op, const struct opening_context *context)
{
  struct opening_job *job = self;
  struct custodian_value value;
  enum err err;

  if (context->custodian == NULL) return ERR_CUSTODIAN;
  TRY(carry_proof(context->store, &job->opening.evidence, context->head, context->size));
  err = custodian_open(context->custodian, op->arena, &value, &job->opening, &op->trail);
  if (err != OK) return openings_refused(op, context, err, &job->entry);
  if (value.is_age) return write_age(op, job, &value);
  TRY(take_values(op, job, &value));
  return write_values(op, job);
}

/* ---- the operation ---- */

static enum err refuse(struct op *op, const struct opening_job *job, enum text_id detail)
{
  struct entry_of entry;

  asked_entry(op, &entry, ACTION_OPENING, &job->asked, NULL);
  entry.outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = ERR_REFUSED, .detail = detail}, &entry);
}

/* Every field of the ticket still lies in custody, and is still granted. */
static bool still_fits(const struct opening_job *job)
{
  for (size_t i = 0; i < TICKET_FIELD_BYTES; i++)
    if ((job->opening.ticket.fields[i] & ~job->view.custody[i]) != 0) return false;
  return true;
}

static enum err prepare(struct op *op, struct opening_job *job)
{
  enum err err;

  job->opening.evidence.index = job->opening.ticket.entry_index;
  err = carry_entry(op, &job->opening.evidence, &job->asked.facts.child);
  if (err == ERR_ABSENT || err == ERR_OPEN) return refuse(op, job, TEXT_SAFETY_TICKET_UNFIT);
  TRY(err);
  TRY(carry_core(op->arena, op->reg, op->reader->store, &job->opening.core, SHIELD_BLOB,
                 &job->asked.facts.head, 0));
  asked_entry(op, &job->entry, ACTION_OPENING, &job->asked, NULL);
  view_entry(&job->entry, op, &job->view, job->rules);
  memcpy(job->entry.released, job->opening.ticket.fields, TICKET_FIELD_BYTES);
  TRY(op_entry(op, &job->entry));
  job->view.has_custody = false; /* what is asked for comes now */
  job->late = (struct late){.index = job->opening.ticket.entry_index,
                            .wait_us = HEAD_WAIT_US,
                            .run = ask_custodian,
                            .self = job};
  openings_after(op, &job->late);
  op_end(op);
  return OK;
}

static bool has_recipient(const struct ticket *ticket)
{
  static const uint8_t none[sizeof ticket->recipient];

  return memcmp(ticket->recipient, none, sizeof none) != 0;
}

/* For an outside recipient: the disclosure in which this caller serves them is decided again.
 * Whoever may not know of the child, or has no such disclosure, gets the generic answer, as for any
 * other reason that lies with the child. */
static enum err decide_for_recipient(struct op *op, struct opening_job *job, struct id record)
{
  struct sharing_key key = {record, op->actor.account, job->opening.ticket.recipient};
  struct matter *matter = arena_take(op->arena, sizeof *matter);
  struct sharing *sharing;

  if (matter == NULL) return ERR_MEMORY;
  sharing = &matter->sharing;
  sharing->record = record;
  job->asked = (struct asked){.is_refused = true};
  TRY(matter_look_up(op, matter));
  if (!matter_may_know(matter)) return OK;
  enum err err =
    sharing_of_key(op, sharing, &matter->recipient, &key, &matter->officer.facts.child);
  if (err != OK) return err == ERR_ABSENT ? OK : err;
  sharing_request(op, &job->asked, sharing, &matter->recipient);
  return asked_decide(op, &job->asked, record, sharing->recipient);
}

enum err opening_make(struct op *op, const struct opening *in)
{
  struct opening_job *job;
  struct ticket *ticket;
  struct id record;
  struct ask ask;

  TRY(op_begin(op));
  job = arena_take(op->arena, sizeof *job);
  if (job == NULL) return ERR_MEMORY;
  ticket = &job->opening.ticket;
  TRY(ticket_text_parse(ticket, in->ticket));
  TRY(parse_signatures(&job->opening, in->signature));
  if (!is_usable(op, ticket)) return refuse(op, job, TEXT_SAFETY_TICKET_UNFIT);
  if (ticket->act == TICKET_LOWER) return lowering_make(op, &job->opening);
  memcpy(record.b, ticket->record, ID_BYTES);
  ask = ask_of(op, ticket);
  if (has_recipient(ticket))
    TRY(decide_for_recipient(op, job, record));
  else
    TRY(asked_about(op, &job->asked, record, &ask));
  if (job->asked.is_refused) return reply_refused(op, &job->asked, ACTION_OPENING, &ask);
  view_custody(op, &job->view, &job->asked);
  if (!still_fits(job)) return refuse(op, job, TEXT_SAFETY_TICKET_UNFIT);
  return prepare(op, job);
}
