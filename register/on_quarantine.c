/* Rows set aside: what a sheet proposed and a person has to look at, for the officers of the child
 * it is about. A proposal is opened after the decision about that child, and of it only what the
 * decision grants is shown. */
#include "register/cursor.h"
#include "register/listing.h"
#include "register/note.h"
#include "register/operations.h"
#include "register/pages.h"
#include "register/proposal.h"
#include "register/reply.h"
#include "register/spend.h"
#include "register/standing.h"

/* ---- one proposal ---- */

static bool is_shown(const struct op *op, const struct asked *asked, const struct given *given)
{
  uint8_t word = field_word(op->reg, given->field, given->slot, asked->facts.persons);

  return word != POLICY_NO_WORD && view_grants(op, asked, given->field, given->slot);
}

/* One page's values of granted words into an open array; the words are collected. */
static enum err write_page(struct op *op, struct json *json, struct id page,
                           const struct asked *asked, struct fieldset *words)
{
  struct given_list values;
  struct personal text;
  struct item item;

  TRY(op_item_text(op, &text, &item, page, &asked->facts.child));
  TRY(proposal_parse(op->arena, &values, text));
  for (size_t i = 0; i < values.count; i++) {
    struct given *given = &values.at[i];

    if (!is_shown(op, asked, given)) continue;
    TRY(note_read(op, &given->value, given->field,
                  &(struct note_place){asked->facts.id, &asked->facts.child}));
    *words =
      fieldset_with(*words, field_word(op->reg, given->field, given->slot, asked->facts.persons));
    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, str_from(field_row(given->field)->name));
    JSON_KEY(json, "slot");
    json_int(json, given->slot);
    JSON_KEY(json, "value");
    json_personal(json, given->value.text);
    JSON_KEY(json, "state");
    json_str(json, given->value.state == VALUE_CHECKED ? STR("checked") : STR("as_given"));
    json_object_end(json);
  }
  return OK;
}

static enum err write_proposed(struct op *op, struct str *ret_text, struct id proposal,
                               const struct asked *asked, struct fieldset *words)
{
  struct id page = proposal;
  struct json json;

  json_start(&json, op->arena, 1024);
  json_array_start(&json);
  do
    TRY(write_page(op, &json, page, asked, words));
  while (pages_next(op, page, &page));
  json_array_end(&json);
  return json_done(&json, ret_text);
}

/* The child as held, in the same words, and what the sheet says. */
static enum err write_row(struct op *op, struct listed *listed, const struct item *proposal,
                          struct str proposed)
{
  struct str held = listed->text;
  struct json json;

  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  JSON_KEY(&json, "proposal");
  json_hex(&json, proposal->id.b, ID_BYTES);
  JSON_KEY(&json, "kind");
  json_str(&json, proposal->flags == PROPOSAL_SAME_CHILD ? STR("same_child") : STR("change"));
  JSON_KEY(&json, "held");
  json_splice(&json, held);
  JSON_KEY(&json, "proposed");
  json_splice(&json, proposed);
  json_object_end(&json);
  listed->id = proposal->id;
  return json_done(&json, &listed->text);
}

static enum err show(struct op *op, struct listing *listing, const struct item *proposal,
                     struct asked *asked)
{
  struct fieldset words = asked_name_and_birth(op);
  struct str proposed;

  TRY(write_proposed(op, &proposed, proposal->id, asked, &words));
  asked->request.asked = words; /* nothing more of the child is opened */
  asked_settle(op, asked);
  TRY(listing_add(op, listing, asked));
  return write_row(op, &listing->at[listing->count - 1], proposal, proposed);
}

/* By the assignment, as in a list of one's own children. */
static enum err add_proposal(struct op *op, struct listing *listing, const struct item *proposal)
{
  struct facts_want want = {
    .id = proposal->record, .requester = op->actor.account, .today = op_today(op)};
  struct asked asked = {0};
  struct standing standing;
  struct ask ask;
  bool found;

  TRY(facts_read(op, &asked.facts, &want));
  TRY(
    standing_find(op, &standing, &found, proposal->record, op->actor.account, &asked.facts.child));
  if (!found) return OK;
  ask = standing_ask(op, &standing);
  asked_request_whole(op, &asked, &ask);
  if (!asked.is_refused) asked_settle_whole(op, &asked);
  return asked.is_refused ? OK : show(op, listing, proposal, &asked);
}

enum err quarantine_list(struct op *op, struct str cursor)
{
  uint8_t maintenance =
    policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("register_maintenance"));
  struct entry_of entry = {.action = ACTION_QUARANTINE, .purposes = POLICY_BIT(maintenance)};
  struct listing_page page = {.name = STR("rows"), .action = ACTION_QUARANTINE, .entry = &entry};
  struct listing listing;
  struct items proposals;
  uint16_t rule;

  struct spending spending = {.purposes = entry.purposes};

  page.spending = &spending; /* what a sheet proposes is more than a name on one's own list */
  TRY(op_begin(op));
  if (!asked_may(op, "resolve_row", entry.purposes, &entry, &rule))
    return reply_no_act(op, ACTION_QUARANTINE, entry.purposes);
  TRY(cursor_read(op, &page.after, page.action, cursor));
  TRY(index_items(op->reg->index, op->arena, &proposals,
                  &(struct items_want){.kind = ITEM_PROPOSAL}));
  TRY(listing_new(op, &listing, proposals.count));
  for (size_t i = 0; i < proposals.count; i++)
    if (proposals.at[i].flags >= PROPOSAL_SAME_CHILD)
      TRY(add_proposal(op, &listing, &proposals.at[i]));
  listing_sort(&listing);
  return listing_answer(op, &listing, &page);
}
