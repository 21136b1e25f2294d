/* Calling off a policy that waits for the next start: by one of those who could have signed it, and
 * by two where it would withhold something, so that nobody alone undoes what two agreed to tighten.
 * What was signed for it has served, and never serves again. It must never touch the one in force.
 */
#include "register/coming.h"

#include <string.h>

#include "base/guard.h"
#include "register/active.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/user.h"

#define ACT "call_off_policy"

/* ---- what waits ---- */

static bool is_allowed(const struct op *op)
{
  struct act_asked asked = {
    .act = ACT, .purposes = asked_any_purpose(op), .relation = asked_own_la(op)};
  uint8_t role;

  return asked_act(op, &asked, &role).allowed;
}

/* Whose word counts as the first of two: of somebody who works here still, and still may. */
static bool first_of(const struct op *op, const struct active_next *next, struct account *ret_first)
{
  return !id_is_zero(next->called_off_by) &&
         people_by_id(op->reg->people, ret_first, next->called_off_by) &&
         account_is_active(ret_first) && (ret_first->roles & second_roles(op, ACT)) != 0;
}

static bool may_decide(const struct op *op, const struct active_next *next)
{
  OWNED(account_wipe) struct account first = {.uid = ACCOUNT_UID_NONE};

  return is_allowed(op) && !(first_of(op, next, &first) && second_is(op, first.id));
}

/* Who asked is for those who could be the second. */
static void write_asker(const struct op *op, struct json *json, const struct active_next *next)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  if (!is_allowed(op) || !first_of(op, next, &account))
    json_none(json);
  else
    json_str(json, str_from(account.name));
}

void policy_write_next(const struct op *op, struct json *json)
{
  struct active_next next = active_next(op->reg);

  JSON_KEY(json, "number");
  json_int(json, (int64_t)next.spent + 1);
  JSON_KEY(json, "next");
  if (!next.waits) {
    json_none(json);
    JSON_KEY(json, "calling_off");
    json_none(json);
    return;
  }
  json_hex(json, next.version.bytes, HASH_BYTES);
  JSON_KEY(json, "calling_off");
  json_object_start(json);
  JSON_KEY(json, "takes_two");
  json_bool(json, next.takes_two);
  JSON_KEY(json, "asked_by");
  write_asker(op, json, &next);
  JSON_KEY(json, "may_decide");
  json_bool(json, may_decide(op, &next));
  json_object_end(json);
}

/* ---- calling it off ---- */

struct calling {
  struct op *op;
  struct entry_of entry;
  uint16_t rule;
  struct activation activation; /* for the log: what waits, and what stays */
  struct active_next next;
};

static enum err refuse(struct calling *calling, enum text_id why)
{
  calling->entry.outcome = OUTCOME_REFUSED;
  return reply_problem(calling->op, &(struct problem){.err = ERR_CONFLICT, .detail = why},
                       &calling->entry);
}

static enum err answer(struct calling *calling, enum text_id detail, int status)
{
  struct op *op = calling->op;
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "version");
  json_hex(&json, calling->activation.version.bytes, HASH_BYTES);
  JSON_KEY(&json, "detail");
  json_str(&json, text_get(detail, op->lang));
  json_object_end(&json);
  TRY(reply_json(op, &json, status));
  TRY(op_entry(op, &calling->entry));
  op_end(op);
  return OK;
}

/* The first of two. Only memory has it: a restart decides too. */
static enum err ask_second(struct calling *calling)
{
  calling->next.called_off_by = calling->op->actor.account;
  calling->next.called_off_in = calling->op->actor.browser;
  calling->entry.outcome = OUTCOME_PENDING;
  TRY(active_moves(calling->op, &calling->next));
  return answer(calling, TEXT_POLICY_OFF_WAITS, 202);
}

/* The register's own row names the one in force again. */
static enum err call_off(struct calling *calling)
{
  struct op *op = calling->op;
  struct activation stays = op->reg->active.last;
  struct active_next next = {.spent = calling->next.spent};

  memcpy(stays.version.bytes, op->reg->policy_version, HASH_BYTES);
  TRY(active_put(op, &stays, next.spent));
  TRY(active_moves(op, &next));
  return answer(calling, TEXT_POLICY_CALLED_OFF, 200);
}

static bool is_same_browser(const struct calling *calling)
{
  struct id browser = calling->op->actor.browser;

  return !id_is_zero(browser) && id_equal(browser, calling->next.called_off_in) &&
         GUARD(ANOTHER_BROWSER);
}

static bool is_version(const struct active_next *next, struct str version)
{
  char digits[2 * HASH_BYTES];

  hex_write(digits, next->version.bytes, HASH_BYTES);
  return next->waits && str_equal(version, (struct str){digits, sizeof digits});
}

enum err policy_call_off(struct op *op, struct str version)
{
  struct calling calling = {.op = op, .entry = {.action = ACTION_POLICY_CALL_OFF}};
  OWNED(account_wipe) struct account first = {.uid = ACCOUNT_UID_NONE};

  TRY(op_begin(op));
  if (!asked_may(op, ACT, asked_any_purpose(op), &calling.entry, &calling.rule))
    return reply_no_act(op, ACTION_POLICY_CALL_OFF, 0);
  calling.next = active_next(op->reg);
  calling.activation.version = calling.next.version;
  memcpy(calling.activation.replaces.bytes, op->reg->policy_version, HASH_BYTES);
  if (!is_version(&calling.next, version)) return refuse(&calling, TEXT_POLICY_NOT_WAITING);
  calling.entry.activation = &calling.activation;
  if (!calling.next.takes_two || !GUARD(POLICY_OFF_BY_TWO)) return call_off(&calling);
  if (!first_of(op, &calling.next, &first)) return ask_second(&calling);
  if (second_is(op, first.id)) return refuse(&calling, TEXT_POLICY_OFF_ANOTHER);
  if (is_same_browser(&calling)) return refuse(&calling, TEXT_SAFETY_SAME_BROWSER);
  return call_off(&calling);
}
