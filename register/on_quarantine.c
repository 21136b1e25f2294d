/* Rows set aside: what a sheet proposed and a person has to look at, for the officers of the child
 * it is about. A proposal is opened after the decision about that child, and of it only what the
 * decision grants is shown. */
#include "register/cursor.h"
#include "register/listing.h"
#include "register/note.h"
#include "register/operations.h"
#include "register/proposal.h"
#include "register/reply.h"
#include "register/standing.h"

/* Rows of sheets that wait, as memory lists them; in the arena. */
struct waiting {
  struct item *at;
  size_t count;
};

static enum err waiting_find(struct op *op, struct waiting *ret_waiting)
{
  const struct index *index = op->reg->index;
  const struct item *item;
  size_t most = 0, count = 0;
  struct item *at;

  index_read(op->reg->index);
  for (size_t cursor = 0; index_item_of_kind(index, ITEM_PROPOSAL, &cursor) != NULL;)
    most++;
  at = arena_take_array(op->arena, most + 1, sizeof *at);
  for (size_t cursor = 0;
       at != NULL && (item = index_item_of_kind(index, ITEM_PROPOSAL, &cursor)) != NULL;)
    if (item->flags >= PROPOSAL_SAME_CHILD) at[count++] = *item;
  index_done(op->reg->index);
  if (at == NULL) return ERR_MEMORY;
  *ret_waiting = (struct waiting){at, count};
  return OK;
}

/* ---- one proposal ---- */

static bool next_page(const struct op *op, struct id before, struct id *ret_id)
{
  const struct item *item;
  size_t cursor = 0;

  index_read(op->reg->index);
  item = index_item_of_subject(op->reg->index, before, ITEM_NOTE_PAGE, &cursor);
  if (item != NULL) *ret_id = item->id;
  index_done(op->reg->index);
  return item != NULL;
}

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
  while (next_page(op, page, &page));
  json_array_end(&json);
  return json_done(&json, ret_text);
}

static struct fieldset name_and_birth(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  struct fieldset words = {{0, 0}};

  words = fieldset_with(words, policy_word(policy, POLICY_FIELD, STR("child_name")));
  return fieldset_with(words, policy_word(policy, POLICY_FIELD, STR("date_of_birth")));
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
  struct fieldset words = name_and_birth(op);
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
  ask = (struct ask){.said = {.purposes = POLICY_BIT(standing.purpose),
                              .basis = standing.basis,
                              .has_necessity = true}};
  ask.said.urgency = policy_word(reg_policy(op->reg), POLICY_URGENCY, STR("routine"));
  asked_request_whole(op, &asked, &ask);
  if (!asked.is_refused) asked_settle_whole(op, &asked);
  return asked.is_refused ? OK : show(op, listing, proposal, &asked);
}

enum err quarantine_list(struct op *op, struct str cursor)
{
  uint8_t maintenance =
    policy_word(reg_policy(op->reg), POLICY_PURPOSE, STR("register_maintenance"));
  struct act_asked act = {.act = "resolve_row", .purposes = POLICY_BIT(maintenance)};
  struct entry_of entry = {.action = ACTION_QUARANTINE, .purposes = act.purposes};
  struct listing_page page = {.name = STR("rows"), .action = ACTION_QUARANTINE, .entry = &entry};
  struct policy_permission may;
  struct waiting waiting;
  struct listing listing;

  TRY(op_begin(op));
  may = asked_act(op, &act, &entry.role);
  if (!may.allowed) return reply_no_act(op, ACTION_QUARANTINE, act.purposes);
  entry.rules = &may.rule;
  entry.rule_count = 1;
  TRY(cursor_read(op, &page.after, page.action, cursor));
  TRY(waiting_find(op, &waiting));
  TRY(listing_new(op, &listing, waiting.count));
  for (size_t i = 0; i < waiting.count; i++)
    TRY(add_proposal(op, &listing, &waiting.at[i]));
  listing_sort(&listing);
  return listing_answer(op, &listing, &page);
}
