/* Budgets as people see them, and a second person's word for more. Whoever asks sees their own; for
 * whom a rule lets raise one, those that are used up or nearly. No child stands anywhere here: what
 * is counted are keyed hashes. */
#include <string.h>

#include "base/guard.h"
#include "register/notice.h"
#include "register/once.h"
#include "register/raised.h"
#include "register/recipient.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/spend.h"

/* ---- whose it is ---- */

/* The roles whose rows count for it; for a receiver, found among the recipients. *ret_known false:
 * nobody of that kind is left. */
struct holder {
  uint64_t roles;
  struct str name;
};

static enum err receiver_named(struct op *op, struct holder *ret_holder, struct id subject,
                               bool *ret_known)
{
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items, &(struct items_want){.kind = ITEM_RECIPIENT}));
  for (size_t i = 0; i < items.count; i++) {
    struct recipient_row row;
    enum err err = recipient_read(op, &row, items.at[i].id);

    if (err == ERR_ABSENT) continue;
    TRY(err);
    if (!id_equal(spend_receiver(op, row.id, row.role, row.organisation), subject)) continue;
    *ret_known = true;
    ret_holder->name = row.organisation;
    ret_holder->roles |= POLICY_BIT(row.role);
  }
  return OK;
}

static enum err person_named(struct op *op, struct holder *ret_holder, struct id subject,
                             bool *ret_known)
{
  struct account account;

  if (!people_by_id(op->reg->people, &account, subject)) return OK;
  *ret_known = true;
  ret_holder->roles = account.roles;
  enum err err = arena_copy(op->arena, &ret_holder->name, str_from(account.user));
  wipe(&account, sizeof account);
  return err;
}

static enum err find_holder(struct op *op, struct holder *ret_holder, const struct budget_of *of,
                            bool *ret_known)
{
  *ret_holder = (struct holder){0};
  *ret_known = of->whose == BUDGET_AUTHORITY;
  switch (of->whose) {
  case BUDGET_PERSON:
    return person_named(op, ret_holder, of->subject, ret_known);
  case BUDGET_AUTHORITY:
    ret_holder->name = reg_authority_name(op->reg);
    return OK;
  case BUDGET_RECEIVER:
    return receiver_named(op, ret_holder, of->subject, ret_known);
  }
  return ERR_INTERNAL;
}

/* ---- how they stand ---- */

static bool is_near(const struct op *op, const struct budget_state *state)
{
  uint64_t near = policy_budget_terms(reg_policy(op->reg))->near_percent;

  for (unsigned i = 0; i < POLICY_WINDOWS; i++)
    if (state->used[i] > 0 && state->used[i] * UINT64_C(100) >= state->limit[i] * near) return true;
  return false;
}

static bool is_used_up(const struct budget_state *state)
{
  for (unsigned i = 0; i < POLICY_WINDOWS; i++)
    if (state->used[i] >= state->limit[i]) return true;
  return false;
}

static void write_purpose(struct json *json, const struct op *op, uint8_t purpose)
{
  JSON_KEY(json, "purpose");
  if (purpose == POLICY_NO_WORD)
    json_none(json);
  else
    json_str(json, policy_word_name(reg_policy(op->reg), POLICY_PURPOSE, purpose));
}

static void write_windows(struct json *json, const struct budget_state *state)
{
  JSON_KEY(json, "windows");
  json_array_start(json);
  for (unsigned i = 0; i < POLICY_WINDOWS; i++) {
    json_object_start(json);
    JSON_KEY(json, "window");
    json_str(json, policy_window_name((enum policy_window)i));
    JSON_KEY(json, "limit");
    json_int(json, state->limit[i]);
    JSON_KEY(json, "used");
    json_int(json, state->used[i]);
    JSON_KEY(json, "left");
    json_int(json, state->used[i] < state->limit[i] ? state->limit[i] - state->used[i] : 0);
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_line(struct json *json, const struct op *op, const struct budget_of *of,
                       const struct holder *holder, const struct budget_state *state)
{
  json_object_start(json);
  JSON_KEY(json, "whose");
  json_str(json, spend_whose_name(of->whose));
  JSON_KEY(json, "name");
  json_str(json, holder->name);
  write_purpose(json, op, of->purpose);
  JSON_KEY(json, "state");
  json_str(json, is_used_up(state) ? STR("over") : is_near(op, state) ? STR("near") : STR("room"));
  write_windows(json, state);
  json_object_end(json);
}

/* Of a purpose the roles that it could be for are all that the person has: the one that a request
 * picks can allow less, and then says so. */
static enum err write_budgets(struct op *op, struct json *json, bool only_own, uint32_t *ret_rows)
{
  struct instant now = op->commit->request.at;
  struct budget_of of;

  json_array_start(json);
  for (size_t i = 0; budget_at(op->reg->budget, &of, i); i++) {
    bool is_own = of.whose == BUDGET_PERSON && id_equal(of.subject, op->actor.account);
    struct budget_state state;
    struct budget_line line;
    struct holder holder;
    bool known;

    if (only_own && !is_own) continue;
    TRY(find_holder(op, &holder, &of, &known));
    if (!known && !is_own) continue;
    if (is_own) holder.roles = op->actor.roles;
    line = spend_line(op, &of, holder.roles);
    budget_state(op->reg->budget, &state, &line, now);
    if (!only_own && !is_near(op, &state)) continue;
    write_line(json, op, &of, &holder, &state);
    (*ret_rows)++;
  }
  json_array_end(json);
  return OK;
}

static void write_person(struct json *json, const struct op *op, const char *key, struct id id)
{
  struct account account;

  if (!people_by_id(op->reg->people, &account, id)) return;
  json_key(json, str_from(key));
  json_str(json, str_from(account.user));
  wipe(&account, sizeof account);
}

static enum err write_raise(struct op *op, struct json *json, const struct raised *raised)
{
  const struct budget_raise *raise = &raised->raise;
  struct holder holder;
  bool known;

  TRY(find_holder(op, &holder, &raise->of, &known));
  json_object_start(json);
  JSON_KEY(json, "raise");
  json_hex(json, raise->id.b, ID_BYTES);
  JSON_KEY(json, "whose");
  json_str(json, spend_whose_name(raise->of.whose));
  JSON_KEY(json, "name");
  json_str(json, holder.name);
  write_purpose(json, op, raise->of.purpose);
  JSON_KEY(json, "window");
  json_str(json, policy_window_name(raise->window));
  JSON_KEY(json, "more");
  json_int(json, raise->more);
  JSON_KEY(json, "until");
  json_day(json, raise->until);
  JSON_KEY(json, "at");
  json_instant(json, raised->at);
  write_person(json, op, "by", raised->by);
  JSON_KEY(json, "reason");
  json_personal(json, raised->reason);
  json_object_end(json);
  return OK;
}

static enum err write_raises(struct op *op, struct json *json)
{
  struct budget_raise raise;

  JSON_KEY(json, "raises");
  json_array_start(json);
  for (size_t i = 0; budget_raise_at(op->reg->budget, &raise, i, op_today(op)); i++) {
    struct raised raised;

    TRY(raised_read(op, &raised, raise.id));
    TRY(write_raise(op, json, &raised));
  }
  json_array_end(json);
  return OK;
}

/* Who gave them, as far as they have an account. */
static void write_people(struct op *op, struct json *json, const struct repeated_words *words)
{
  JSON_KEY(json, "people");
  json_array_start(json);
  for (size_t i = 0; i < words->who_count; i++) {
    struct account account;

    if (!people_by_id(op->reg->people, &account, words->who[i])) continue;
    json_str(json, str_from(account.user));
    wipe(&account, sizeof account);
  }
  json_array_end(json);
  JSON_KEY(json, "more");
  json_bool(json, words->has_more);
}

static enum err write_words(struct op *op, struct json *json, const struct repeated_words *words)
{
  struct personal text;
  struct item item;
  enum err err = op_item_text(op, &text, &item, words->words, NULL);

  if (err != OK && err != ERR_ABSENT) return err;
  json_object_start(json);
  if (err == OK) {
    JSON_KEY(json, "words");
    json_personal(json, text);
  }
  JSON_KEY(json, "requests");
  json_int(json, words->count);
  JSON_KEY(json, "first");
  json_day(json, words->first);
  JSON_KEY(json, "last");
  json_day(json, words->last);
  JSON_KEY(json, "purposes");
  json_array_start(json);
  for (uint64_t left = words->purposes & ~UINT64_C(1); left != 0; left &= left - 1)
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_PURPOSE, (uint8_t)__builtin_ctzll(left)));
  json_array_end(json);
  write_people(op, json, words);
  json_object_end(json);
  return OK;
}

static enum err write_repeated(struct op *op, struct json *json)
{
  uint32_t most = policy_budget_terms(reg_policy(op->reg))->repeated_a_week;
  struct repeated_words words;

  JSON_KEY(json, "repeated");
  json_array_start(json);
  for (size_t i = 0; repeated_at(op->reg->repeated, &words, i, most, op_today(op)); i++)
    TRY(write_words(op, json, &words));
  json_array_end(json);
  return OK;
}

static bool may_raise(const struct op *op)
{
  return (spend_raisers(op) & op->actor.roles) != 0;
}

enum err budget_list(struct op *op)
{
  const struct policy_budget_terms *terms = policy_budget_terms(reg_policy(op->reg));
  struct entry_of entry = {.action = ACTION_BUDGET};
  struct json json;

  TRY(op_begin(op));
  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "why");
  json_str(&json, terms->why[op->lang]);
  JSON_KEY(&json, "own");
  TRY(write_budgets(op, &json, true, &entry.rows));
  JSON_KEY(&json, "may_raise");
  json_bool(&json, may_raise(op));
  if (may_raise(op)) {
    JSON_KEY(&json, "near");
    TRY(write_budgets(op, &json, false, &entry.rows));
    TRY(write_raises(op, &json));
    TRY(write_repeated(op, &json));
  }
  json_object_end(&json);
  TRY(op_entry(op, &entry));
  TRY(reply_json(op, &json, 200));
  op_end(op);
  return OK;
}

/* ---- raising ---- */

static enum err refuse(struct op *op, struct entry_of *entry, enum err err, enum text_id why)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = why}, entry);
}

/* Whose budget it is to be. False: there is nobody of that name. */
static enum err find_whose(struct op *op, struct budget_of *ret_of, const struct raise_budget *in,
                           bool *ret_found)
{
  struct recipient_row row;
  struct account account;

  *ret_of = (struct budget_of){.whose = BUDGET_AUTHORITY};
  memcpy(ret_of->subject.b, op->reg->meta.authority, ID_BYTES);
  *ret_found = true;
  if (in->user.len > 0) {
    *ret_found = people_by_name(op->reg->people, &account, in->user);
    if (*ret_found) *ret_of = (struct budget_of){.whose = BUDGET_PERSON, .subject = account.id};
    wipe(&account, sizeof account);
  } else if (!id_is_zero(in->recipient)) {
    enum err err = recipient_read(op, &row, in->recipient);

    *ret_found = err == OK;
    if (err != OK) return err == ERR_ABSENT ? OK : err;
    *ret_of = (struct budget_of){.whose = BUDGET_RECEIVER,
                                 .subject = spend_receiver(op, row.id, row.role, row.organisation)};
  }
  return OK;
}

/* Whose it is, or who was themselves told that there is no room: that was for them. */
static bool is_for_oneself(const struct op *op, const struct budget_of *of)
{
  const struct item *item;
  size_t cursor = 0;
  bool found = of->whose == BUDGET_PERSON && second_is(op, of->subject);

  if (of->whose == BUDGET_PERSON) return found;
  index_read(op->reg->index);
  while (!found && (item = index_item_of_subject(op->reg->index, op->actor.account, ITEM_NOTICE,
                                                 &cursor)) != NULL)
    found = notice_kind_of(item) == NOTICE_BUDGET_OVER && !notice_is_past(item, op_today(op));
  index_done(op->reg->index);
  return found;
}

/* Within what policy lets one raise give. */
static enum err is_bounded(struct op *op, const struct raised *raised, uint64_t more,
                           bool *ret_bounded)
{
  const struct policy_budget_terms *terms = policy_budget_terms(reg_policy(op->reg));
  const struct budget_raise *raise = &raised->raise;
  struct day today = op_today(op);
  struct budget_line line;
  struct holder holder;
  bool known;

  TRY(find_holder(op, &holder, &raise->of, &known));
  line = spend_line(op, &raise->of, holder.roles);
  *ret_bounded = known && more > 0 &&
                 more <= (uint64_t)terms->raise_times * line.allowed.limit[raise->window] &&
                 raise->until.number >= today.number &&
                 raise->until.number - today.number <= (int32_t)terms->raise_days;
  return OK;
}

static enum err begin_once(struct op *op, struct once *ret_once, const struct raise_budget *in,
                           const struct budget_raise *raise)
{
  struct hash body = {{0}};

  once_feed(op, &body, &raise->of.whose, sizeof raise->of.whose);
  once_feed(op, &body, raise->of.subject.b, ID_BYTES);
  once_feed(op, &body, &raise->of.purpose, sizeof raise->of.purpose);
  once_feed(op, &body, &raise->window, sizeof raise->window);
  once_feed(op, &body, &in->more, sizeof in->more);
  once_feed(op, &body, &raise->until.number, sizeof raise->until.number);
  once_feed(op, &body, in->reason.ptr, in->reason.len);
  return once_begin(op, ret_once, ACTION_BUDGET_RAISE, &body);
}

static enum err answer(struct op *op, const struct raised *raised, struct entry_of *entry)
{
  struct json json;

  json_start(&json, op->arena, 512);
  TRY(write_raise(op, &json, raised));
  TRY(reply_json(op, &json, 201));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

static enum err make(struct op *op, struct raised *raised, const struct raise_budget *in,
                     struct entry_of *entry)
{
  struct once once;

  TRY(begin_once(op, &once, in, &raised->raise));
  if (once.is_replay) {
    TRY(raised_read(op, raised, once.made));
    return answer(op, raised, entry);
  }
  TRY(raised_put(op, raised));
  TRY(once_done(op, &once, raised->raise.id));
  return answer(op, raised, entry);
}

enum err budget_raise_make(struct op *op, const struct raise_budget *in)
{
  struct raised raised = {.by = op->actor.account, .reason = in->reason};
  struct budget_raise *raise = &raised.raise;
  struct entry_of entry = {.action = ACTION_BUDGET_RAISE};
  uint16_t rule;
  bool found, bounded;

  TRY(op_begin(op));
  if (!asked_may(op, "raise_budget", asked_any_purpose(op), &entry, &rule))
    return reply_no_act(op, ACTION_BUDGET_RAISE, 0);
  if (in->reason.len == 0 || !policy_window_named(in->window, &raise->window)) return ERR_INPUT;
  if (in->user.len > 0 && !id_is_zero(in->recipient)) return ERR_INPUT;
  TRY(find_whose(op, &raise->of, in, &found));
  if (!found) return refuse(op, &entry, ERR_INPUT, TEXT_BUDGET_NOBODY);
  raise->of.purpose = policy_word(reg_policy(op->reg), POLICY_PURPOSE, in->purpose);
  if (raise->of.purpose == POLICY_NO_WORD) return ERR_INPUT;
  raise->until = day_is_set(in->until) ? in->until : op_today(op);
  raised.at = op->commit->request.at;
  entry.recipients[0] = raise->of.subject;
  entry.purposes = POLICY_BIT(raise->of.purpose);
  op_hash(op, &entry.reason, in->reason);
  if (is_for_oneself(op, &raise->of) && GUARD(NO_SELF_APPROVAL))
    return refuse(op, &entry, ERR_CONFLICT, TEXT_BUDGET_ANOTHER_PERSON);
  TRY(is_bounded(op, &raised, in->more, &bounded));
  if (!bounded) return refuse(op, &entry, ERR_INPUT, TEXT_BUDGET_TOO_MUCH);
  raise->more = (uint32_t)in->more;
  return make(op, &raised, in, &entry);
}
