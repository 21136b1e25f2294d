/* Answers that give nothing. They are made from words, rules and sentences; no opened value ever
 * gets into this file. */
#include "register/reply.h"
#include "register/lead.h"

#include "base/guard.h"
#include "base/json.h"
#include "register/spend.h"

enum outcome reply_outcome(const struct decision *decision)
{
  switch (decision->outcome) {
  case POLICY_DENY:
    return decision->answer == POLICY_GENERIC ? OUTCOME_GENERIC : OUTCOME_REFUSED;
  case POLICY_NEEDS_SECOND_PERSON:
    return OUTCOME_PENDING;
  case POLICY_PARTIAL:
    return OUTCOME_PARTIAL;
  case POLICY_PERMIT:
    return OUTCOME_DONE;
  }
  return OUTCOME_FAILED;
}

enum err reply_json(struct op *op, const struct json *json, int status)
{
  op->answer.status = status;
  return json_done(json, &op->answer.body);
}

void reply_problem_begin(struct op *op, struct json *json, enum err err, struct str type,
                         struct str detail)
{
  json_start(json, op->arena, 1024);
  json_object_start(json);
  JSON_KEY(json, "type");
  json_str(json, type);
  JSON_KEY(json, "title");
  json_str(json, text_get(err_text(err), op->lang));
  JSON_KEY(json, "status");
  json_int(json, err_status(err));
  JSON_KEY(json, "detail");
  json_str(json, detail);
  op->answer.type = STR(REPLY_PROBLEM_TYPE);
}

enum err reply_problem_end(struct op *op, struct json *json, enum err err,
                           const struct entry_of *entry)
{
  json_object_end(json);
  TRY(reply_json(op, json, err_status(err)));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

enum err reply_generic(struct op *op, const struct entry_of *entry)
{
  const struct policy *policy = reg_policy(op->reg);
  uint16_t generic = policy_rule_named(policy, STR("R-00"));
  struct entry_of said = *entry;
  struct json json;

  if (op->commit->changes == NULL) TRY(op_item_decoy(op)); /* as when the leads are told */
  said.child = NULL; /* not shown: the entry stands under the month's key (adr 0007) */
  said.version = 0;
  said.outcome = OUTCOME_GENERIC;
  reply_problem_begin(op, &json, ERR_ABSENT, STR("/problems/absent"),
                      policy_rule_why(policy, generic, op->lang));
  op->answer.on_tick = true;
  return reply_problem_end(op, &json, ERR_ABSENT, &said);
}

enum err reply_generic_about(struct op *op, const struct entry_of *entry, const struct asked *asked)
{
  TRY(lead_tell(op, asked));
  return reply_generic(op, entry);
}

static void write_rule(struct json *json, const struct op *op, uint16_t rule)
{
  const struct policy *policy = reg_policy(op->reg);

  JSON_KEY(json, "rule");
  json_str(json, policy_rule_id(policy, rule));
}

static void write_missing_steps(struct json *json, const struct op *op, uint64_t steps)
{
  const struct policy *policy = reg_policy(op->reg);

  JSON_KEY(json, "missing_steps");
  json_array_start(json);
  for (; steps != 0; steps &= steps - 1) {
    uint8_t step = (uint8_t)__builtin_ctzll(steps);

    json_object_start(json);
    JSON_KEY(json, "step");
    json_str(json, policy_word_name(policy, POLICY_OBLIGATION, step));
    JSON_KEY(json, "what");
    json_str(json, policy_word_text(policy, POLICY_OBLIGATION, step, op->lang));
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_withheld(struct json *json, const struct op *op, const struct decision *decision)
{
  const struct policy *policy = reg_policy(op->reg);
  struct fieldset left = decision->denied;

  JSON_KEY(json, "withheld");
  json_array_start(json);
  while (!fieldset_is_empty(left)) {
    unsigned field = fieldset_take(&left);

    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, policy_word_name(policy, POLICY_FIELD, (uint8_t)field));
    write_rule(json, op, decision->withheld_by[field]);
    JSON_KEY(json, "why");
    json_str(json, policy_rule_why(policy, decision->withheld_by[field], op->lang));
    json_object_end(json);
  }
  json_array_end(json);
}

/* What the request did not say, so that a form can say it where it stands. */
static void write_lacking(struct json *json, const struct policy_request *request)
{
  const struct {
    const char *name;
    bool is_lacking;
  } parts[] = {
    {"purposes", request->purposes == 0},
    {"basis", request->basis == POLICY_NO_WORD},
    {"necessity", !request->has_necessity},
    {"fields", fieldset_is_empty(request->asked)},
  };
  bool is_begun = false;

  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (!parts[i].is_lacking) continue;
    if (!is_begun) {
      JSON_KEY(json, "lacking");
      json_array_start(json);
    }
    is_begun = true;
    json_str(json, str_from(parts[i].name));
  }
  if (is_begun) json_array_end(json);
}

/* The rule that refuses as a whole; of a view in which every field is refused, the first field's.
 */
static uint16_t rule_of(const struct decision *decision)
{
  struct fieldset denied = decision->denied;

  if (decision->rule != POLICY_NO_RULE || fieldset_is_empty(denied)) return decision->rule;
  return decision->withheld_by[fieldset_take(&denied)];
}

static enum err reply_named(struct op *op, const struct asked *asked, struct entry_of *entry)
{
  const struct policy *policy = reg_policy(op->reg);
  const struct decision *decision = &asked->decision;
  uint16_t rule = rule_of(decision);
  struct json json;

  entry->outcome = OUTCOME_REFUSED;
  reply_problem_begin(op, &json, ERR_REFUSED, STR("/problems/refused"),
                      policy_rule_why(policy, rule, op->lang));
  write_rule(&json, op, rule);
  write_lacking(&json, &asked->request);
  if (decision->missing_steps != 0) write_missing_steps(&json, op, decision->missing_steps);
  if (decision->rule == POLICY_NO_RULE) write_withheld(&json, op, decision);
  return reply_problem_end(op, &json, ERR_REFUSED, entry);
}

enum err reply_refused(struct op *op, const struct asked *asked, enum action action,
                       const struct ask *ask)
{
  const struct decision *decision = &asked->decision;
  uint16_t rule = rule_of(decision);
  struct entry_of entry;

  asked_entry(op, &entry, action, asked, ask);
  if (asked->over.is_over) return spend_refuse(op, &asked->over, &entry);
  if (rule != POLICY_NO_RULE) {
    entry.rules = &rule;
    entry.rule_count = 1;
  }
  if (decision->answer == POLICY_GENERIC && GUARD(HIDDEN_IS_ABSENT))
    return reply_generic_about(op, &entry, asked);
  /* A refusal that names its rule after the look-up is F-11 or a field's: the child is known to the
   * asker. */
  if (asked->facts.is_held && decision->answer == POLICY_SPECIFIC) {
    entry.child = &asked->facts.child;
    entry.record = asked->facts.id;
    entry.version = asked->facts.head.version;
  }
  return reply_named(op, asked, &entry);
}

enum err reply_no_act(struct op *op, enum action action, uint64_t purposes)
{
  const struct policy *policy = reg_policy(op->reg);
  uint16_t rule = policy_rule_named(policy, STR("F-02"));
  struct entry_of entry = {.action = action,
                           .outcome = OUTCOME_REFUSED,
                           .purposes = purposes,
                           .rules = &rule,
                           .rule_count = 1};
  struct json json;

  reply_problem_begin(op, &json, ERR_REFUSED, STR("/problems/refused"),
                      text_get(TEXT_REGISTER_NO_ACT, op->lang));
  write_rule(&json, op, rule);
  return reply_problem_end(op, &json, ERR_REFUSED, &entry);
}

/* "/problems/" and the error's name, as everywhere: ERR_TOO_LARGE is too-large. */
static struct str problem_type(char scratch[static 48], enum err err)
{
  struct str name = str_from(err_name(err) + sizeof "ERR_" - 1);
  static const char base[] = "/problems/";
  size_t at = 0;

  for (size_t i = 0; i < sizeof base - 1; i++)
    scratch[at++] = base[i];
  for (size_t i = 0; i < name.len && at < 48; i++) {
    char c = name.ptr[i];

    scratch[at++] = c == '_' ? '-' : (char)(c | 0x20);
  }
  return (struct str){scratch, at};
}

static void write_fields(struct json *json, const struct op *op, struct fieldset fields)
{
  JSON_KEY(json, "fields");
  json_array_start(json);
  while (!fieldset_is_empty(fields))
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_FIELD, (uint8_t)fieldset_take(&fields)));
  json_array_end(json);
}

static void write_pointers(struct json *json, const struct problem *problem)
{
  JSON_KEY(json, "lacking");
  json_array_start(json);
  for (size_t i = 0; i < problem->lacking_count; i++)
    json_str(json, problem->lacking[i]);
  json_array_end(json);
}

enum err reply_problem(struct op *op, const struct problem *problem, const struct entry_of *entry)
{
  struct str detail = text_get(err_text(problem->err), op->lang);
  char scratch[48];
  struct json json;

  if (problem->detail != TEXT_NONE)
    TRY(text_fill(op->arena, &detail, problem->detail, op->lang, problem->slots, 4));
  reply_problem_begin(op, &json, problem->err, problem_type(scratch, problem->err), detail);
  if (problem->rule.len > 0) {
    JSON_KEY(&json, "rule");
    json_str(&json, problem->rule);
  }
  if (!fieldset_is_empty(problem->fields)) write_fields(&json, op, problem->fields);
  if (problem->lacking_count > 0) write_pointers(&json, problem);
  return reply_problem_end(op, &json, problem->err, entry);
}
