/* What stands around one family, on one page for a safety review: which fields are held and which
 * lie in custody, who could be granted what tells where the family is, what has left, what waits,
 * and who looked. For the circle of the child alone; everybody else gets the generic answer after
 * the same work. It must never give a value. */
#include "register/access_log.h"
#include "register/operations.h"
#include "register/protection.h"
#include "register/recipient.h"
#include "register/reply.h"
#include "register/sharing.h"
#include "register/view.h"

/* ---- may this person know ---- */

/* A review has no form to fill in: it is a safeguarding enquiry into everything that is granted. */
static struct ask ask_for_review(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);

  return (struct ask){
    .said = {
      .purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, STR("safeguarding_enquiry"))),
      .basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty")),
      .urgency = policy_word(policy, POLICY_URGENCY, STR("routine")),
      .has_necessity = true,
      .has_alternative = true,
      .has_special_condition = true,
    }};
}

static bool may_review(const struct op *op, const struct asked *asked)
{
  if (asked->is_refused || !asked->facts.is_held || asked->facts.has_conflict) return false;
  return policy_in_circle(reg_policy(op->reg), &asked->request, &asked->facts.policy);
}

/* ---- held ---- */

static unsigned held_values(const struct view *view, enum field field)
{
  unsigned count = 0;

  for (size_t i = 0; i < view->opened.count; i++)
    if (view->opened.at[i].field == field) count++;
  return count;
}

/* In custody: held there or not, it looks the same from here. */
static void write_held(struct json *json, const struct view *view)
{
  JSON_KEY(json, "held");
  json_array_start(json);
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    const struct field_row *row = field_row((enum field)i);
    bool is_shielded = (view->custody[row->id / 8] >> row->id % 8 & 1) != 0;
    unsigned values = held_values(view, (enum field)i);

    if (values == 0 && !is_shielded) continue;
    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, str_from(row->name));
    JSON_KEY(json, "shielded");
    json_bool(json, is_shielded);
    JSON_KEY(json, "values");
    json_int(json, values);
    json_object_end(json);
  }
  json_array_end(json);
}

/* ---- reach ---- */

/* The words that tell where the family is, or that it is protected. */
static struct fieldset telling_words(const struct op *op)
{
  struct fieldset words = {{0, 0}};

  for (unsigned i = 0; i < FIELD_COUNT; i++)
    for (unsigned view = 0; view < PERSON_VIEWS; view++)
      if (field_row((enum field)i)->home != HOME_CASEWORK &&
          op->reg->words[i][view] != POLICY_NO_WORD)
        words = fieldset_with(words, op->reg->words[i][view]);
  return words;
}

struct reach {
  struct fieldset at_once, agreed; /* agreed: once those have approved whom the rules name */
};

/* Nothing is in the way but the rules: every question answered, every basis tried. */
static struct reach reach_of(const struct op *op, const struct policy_facts *child, uint8_t role,
                             uint8_t relation, struct fieldset telling)
{
  const struct policy *policy = reg_policy(op->reg);
  struct policy_facts facts = *child;
  struct reach reach = {{{0, 0}}, {{0, 0}}};
  struct decision decision;

  facts.against_requester = POLICY_NO;
  for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++) {
    struct policy_request request = {
      .role = role,
      .relation = relation,
      .purposes = POLICY_BIT(purpose),
      .urgency = policy_word(policy, POLICY_URGENCY, STR("routine")),
      .identity_verified = POLICY_YES,
      .conflict = POLICY_NO,
      .protected_person = POLICY_NO,
      .has_necessity = true,
      .has_alternative = true,
      .has_special_condition = true,
      .subjects = 1,
      .asked = fieldset_and(telling, policy_reach(policy, role, relation, (uint8_t)purpose)),
    };

    if (fieldset_is_empty(request.asked)) continue;
    for (unsigned basis = 1; basis <= policy_word_count(policy, POLICY_BASIS); basis++) {
      request.basis = (uint8_t)basis;
      policy_decide(policy, &decision, &request, &facts);
      reach.at_once = fieldset_or(reach.at_once, decision.granted);
      reach.agreed = fieldset_or(reach.agreed, decision.pending);
    }
  }
  reach.agreed = fieldset_less(reach.agreed, reach.at_once);
  return reach;
}

static void write_words(struct json *json, const struct op *op, struct fieldset words)
{
  json_array_start(json);
  while (!fieldset_is_empty(words))
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_FIELD, (uint8_t)fieldset_take(&words)));
  json_array_end(json);
}

static void write_reach_of(struct json *json, const struct op *op, uint8_t role, uint8_t relation,
                           const struct reach *reach)
{
  const struct policy *policy = reg_policy(op->reg);

  json_object_start(json);
  JSON_KEY(json, "role");
  json_str(json, policy_word_name(policy, POLICY_ROLE, role));
  JSON_KEY(json, "relation");
  json_str(json, policy_word_name(policy, POLICY_RELATION, relation));
  JSON_KEY(json, "fields");
  write_words(json, op, reach->at_once);
  JSON_KEY(json, "with_approval");
  write_words(json, op, reach->agreed);
  json_object_end(json);
}

static void write_reach(struct json *json, const struct op *op, const struct policy_facts *child)
{
  const struct policy *policy = reg_policy(op->reg);
  struct fieldset telling = telling_words(op);

  JSON_KEY(json, "reach");
  json_array_start(json);
  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (unsigned relation = 1; relation <= policy_word_count(policy, POLICY_RELATION);
         relation++) {
      struct reach reach = reach_of(op, child, (uint8_t)role, (uint8_t)relation, telling);

      if (fieldset_is_empty(reach.at_once) && fieldset_is_empty(reach.agreed)) continue;
      write_reach_of(json, op, (uint8_t)role, (uint8_t)relation, &reach);
    }
  json_array_end(json);
}

/* ---- released, and what waits ---- */

static enum err items_of(struct op *op, struct items *ret_items, struct id record,
                         enum item_kind kind)
{
  return index_items(op->reg->index, op->arena, ret_items,
                     &(struct items_want){kind, ITEMS_BY_RECORD, record});
}

static void write_until(struct json *json, struct day until)
{
  if (until.number == DAY_NONE.number) return;
  JSON_KEY(json, "until");
  json_day(json, until);
}

static enum err write_released(struct json *json, struct op *op, struct id record)
{
  struct recipient_row recipient;
  struct items items;

  TRY(items_of(op, &items, record, ITEM_DISCLOSURE));
  JSON_KEY(json, "released");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    const struct item *item = &items.at[i];
    enum err err;

    if (!sharing_has_left(sharing_mark(item).state)) continue;
    err = recipient_read(op, &recipient, item->subject);
    if (err != OK && err != ERR_ABSENT) return err;
    json_object_start(json);
    JSON_KEY(json, "disclosure");
    json_hex(json, item->id.b, ID_BYTES);
    write_until(json, item->until);
    if (err == OK) {
      JSON_KEY(json, "organisation");
      json_str(json, recipient.organisation);
      JSON_KEY(json, "name");
      json_str(json, recipient.name);
    }
    json_object_end(json);
  }
  json_array_end(json);
  return OK;
}

static void write_task(struct json *json, const char *task, const struct item *item)
{
  json_object_start(json);
  JSON_KEY(json, "task");
  json_str(json, str_from(task));
  if (item != NULL) {
    JSON_KEY(json, "id");
    json_hex(json, item->id.b, ID_BYTES);
    write_until(json, item->until);
  }
  json_object_end(json);
}

/* An assignment is a task when it has an end: somebody else has to know the child then. */
static bool is_open(enum item_kind kind, const struct item *item)
{
  if (kind == ITEM_DISCLOSURE) return sharing_mark(item).state == SHARING_PENDING;
  if (kind == ITEM_ASSIGNMENT) return item->until.number != DAY_NONE.number;
  return true;
}

static enum err write_open(struct json *json, struct op *op, const struct facts *facts)
{
  static const struct {
    enum item_kind kind;
    const char *task;
  } tasks[] = {
    {ITEM_PROPOSAL, "proposal"},     {ITEM_PROTECTION_REQUEST, "protection_request"},
    {ITEM_PATCH, "patch"},           {ITEM_SET_ASIDE, "set_aside"},
    {ITEM_DISCLOSURE, "disclosure"}, {ITEM_ASSIGNMENT, "assignment"},
  };
  struct items items;

  JSON_KEY(json, "open");
  json_array_start(json);
  if (!facts->safety.first_decided) write_task(json, "first_decision", NULL);
  for (size_t t = 0; t < sizeof tasks / sizeof tasks[0]; t++) {
    TRY(items_of(op, &items, facts->id, tasks[t].kind));
    for (size_t i = 0; i < items.count; i++)
      if (is_open(tasks[t].kind, &items.at[i])) write_task(json, tasks[t].task, &items.at[i]);
  }
  json_array_end(json);
  return OK;
}

/* ---- the operation ---- */

static enum err write_review(struct op *op, struct json *json, const struct asked *asked,
                             uint32_t *ret_rows)
{
  struct tree_edge edge;
  struct view view;
  uint64_t index;

  TRY(view_open(op, &view, asked, op->actor.account));
  JSON_KEY(json, "entry");
  json_hex(json, asked->facts.id.b, ID_BYTES);
  JSON_KEY(json, "level");
  json_str(json, str_from(protection_level_name(asked->facts.safety.level)));
  write_held(json, &view);
  write_reach(json, op, &asked->facts.policy);
  TRY(write_released(json, op, asked->facts.id));
  TRY(write_open(json, op, &asked->facts));
  JSON_KEY(json, "looked");
  json_array_start(json);
  writer_edge(op->reg->writer, &edge);
  index = edge.size;
  TRY(access_log_write(op, json, &index, ret_rows, &asked->facts.child));
  json_array_end(json);
  return OK;
}

enum err entry_safety_review(struct op *op, struct id id)
{
  struct entry_of entry = {.action = ACTION_SAFETY_REVIEW};
  struct facts_want want;
  struct asked asked = {0};
  struct ask ask;
  struct json json;

  TRY(op_begin(op));
  ask = ask_for_review(op);
  asked_request_whole(op, &asked, &ask);
  TRY(asked_charge(op, &asked, id));
  if (asked.over.is_over) return reply_refused(op, &asked, ACTION_SAFETY_REVIEW, &ask);
  want = (struct facts_want){.id = id, .requester = op->actor.account, .today = op_today(op)};
  TRY(facts_read(op, &asked.facts, &want));
  if (!asked.is_refused) asked_settle_whole(op, &asked);
  if (!may_review(op, &asked)) return reply_generic_about(op, &entry, &asked);
  json_start(&json, op->arena, 16384);
  json_object_start(&json);
  asked_entry(op, &entry, ACTION_SAFETY_REVIEW, &asked, &ask);
  entry.child = &asked.facts.child;
  entry.record = asked.facts.id;
  entry.version = asked.facts.head.version;
  TRY(write_review(op, &json, &asked, &entry.rows));
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}
