/* Naming a deputy: by whoever is to be covered, or by who manages accounts; confirmed by another
 * person where it gives a role that has to be confirmed; ended at any time by any of those whom it
 * concerns. What a deputy then agrees to, and for whom, is matter.c's. */
#include "base/guard.h"
#include "register/deputy.h"
#include "register/once.h"
#include "register/second.h"
#include "register/user.h"

struct cover_asked {
  struct entry_of entry;
  uint16_t rule;
};

static void about(struct cover_asked *asked, const struct deputy *deputy)
{
  asked->entry.recipients[0] = deputy->item.subject;
  asked->entry.recipients[1] = deputy->principal;
}

static enum err answer(struct op *op, const struct cover_asked *asked, const struct deputy *deputy,
                       int status)
{
  struct json json;

  json_start(&json, op->arena, 512);
  json_object_start(&json);
  deputy_write(&json, op, deputy);
  if ((deputy->item.flags & DEPUTY_WAITS) != 0) {
    JSON_KEY(&json, "waits");
    json_str(&json, text_get(TEXT_DEPUTY_WAITS, op->lang));
  }
  return user_finish(op, &json, status, &asked->entry);
}

/* ---- naming ---- */

/* The two accounts, as they are now. */
struct two {
  struct account principal, deputy;
};

static void two_wipe(struct two *two)
{
  account_wipe(&two->principal);
  account_wipe(&two->deputy);
}

static bool find_two(const struct op *op, struct two *ret_two, const struct deputy_naming *in)
{
  const struct people *people = op->reg->people;
  bool is_own = in->user.len == 0;

  return (is_own ? people_by_id(people, &ret_two->principal, op->actor.account)
                 : people_by_name(people, &ret_two->principal, in->user)) &&
         people_by_name(people, &ret_two->deputy, in->deputy) &&
         account_is_active(&ret_two->principal) && account_is_active(&ret_two->deputy);
}

static bool overlaps(const struct deputy *a, const struct deputy *b)
{
  return a->from.number <= b->item.until.number && b->from.number <= a->item.until.number;
}

/* What the deputy's other covers on the same days say against this one; the roles of those whom
 * they cover are put to `roles`. */
static enum err why_not_beside(struct op *op, const struct deputy *deputy, uint64_t *roles,
                               enum text_id *ret_why)
{
  struct items_want want = {ITEM_DEPUTY, ITEMS_BY_SUBJECT, deputy->item.subject};
  struct items items;
  size_t count = 0;

  *ret_why = TEXT_NONE;
  TRY(index_items(op->reg->index, op->arena, &items, &want));
  for (size_t i = 0; i < items.count; i++) {
    struct deputy held;

    TRY(deputy_read(op, &held, items.at[i].id));
    if (id_equal(held.item.id, deputy->item.id) || !overlaps(&held, deputy)) continue;
    if (second_are_one(op, held.principal, deputy->principal)) *ret_why = TEXT_DEPUTY_ALREADY;
    *roles |= deputy_roles_of(op, held.principal);
    count++;
  }
  if (*ret_why == TEXT_NONE && count >= DEPUTY_COVERS_MAX) *ret_why = TEXT_DEPUTY_FULL;
  return OK;
}

/* Whether the one who would be covered is the other's deputy on one of the same days. */
static enum err is_mutual(struct op *op, const struct deputy *deputy, bool *ret_is)
{
  struct items_want want = {ITEM_DEPUTY, ITEMS_BY_SUBJECT, deputy->principal};
  struct items items;

  *ret_is = false;
  TRY(index_items(op->reg->index, op->arena, &items, &want));
  for (size_t i = 0; i < items.count && !*ret_is; i++) {
    struct deputy held;

    TRY(deputy_read(op, &held, items.at[i].id));
    *ret_is = second_are_one(op, held.principal, deputy->item.subject) && overlaps(&held, deputy);
  }
  return OK;
}

static bool are_days_good(const struct op *op, const struct deputy *deputy)
{
  int32_t from = deputy->from.number, until = deputy->item.until.number;

  return from >= op_today(op).number && from <= op_today(op).number + DEPUTY_AHEAD_MAX &&
         until >= from && until - from < DEPUTY_DAYS_MAX;
}

/* TEXT_NONE: these two can be so, whatever the days. */
static enum err why_not(struct op *op, const struct two *two, const struct deputy *deputy,
                        enum text_id *ret_why)
{
  uint64_t roles = deputy_approving(op, two->principal.roles);
  uint8_t one, other;
  bool mutual;

  *ret_why = TEXT_DEPUTY_NO_NEED;
  if (roles == 0) return OK;
  *ret_why = TEXT_SAFETY_ANOTHER_PERSON;
  if (second_are_one(op, two->principal.id, two->deputy.id)) return OK;
  TRY(why_not_beside(op, deputy, &roles, ret_why));
  if (*ret_why != TEXT_NONE) return OK;
  *ret_why = TEXT_DEPUTY_APART;
  if (policy_roles_clash(reg_policy(op->reg), roles | two->deputy.roles, &one, &other)) return OK;
  TRY(is_mutual(op, deputy, &mutual));
  *ret_why = mutual && GUARD(DEPUTY_IS_ANOTHER) ? TEXT_DEPUTY_MUTUAL : TEXT_NONE;
  return OK;
}

static struct deputy deputy_of(const struct op *op, const struct two *two,
                               const struct deputy_naming *in)
{
  uint64_t fresh = deputy_approving(op, two->principal.roles) & ~two->deputy.roles;
  uint64_t confirmed = fresh & policy_roles_confirmed(reg_policy(op->reg));

  return (struct deputy){
    .item = {.kind = ITEM_DEPUTY,
             .flags = confirmed != 0 ? DEPUTY_WAITS : 0,
             .subject = two->deputy.id,
             .until = in->until},
    .principal = two->principal.id,
    .maker = op->actor.account,
    .from = day_is_set(in->from) ? in->from : op_today(op),
    .confirmed = confirmed,
  };
}

static enum err once_of(struct op *op, struct once *ret_once, const struct deputy_naming *in)
{
  struct hash body = {{0}};

  once_feed(op, &body, in->user.ptr, in->user.len);
  once_feed(op, &body, in->deputy.ptr, in->deputy.len);
  once_feed(op, &body, &in->from.number, sizeof in->from.number);
  once_feed(op, &body, &in->until.number, sizeof in->until.number);
  return once_begin(op, ret_once, ACTION_DEPUTY, &body);
}

static enum err name(struct op *op, struct cover_asked *asked, const struct once *once,
                     struct deputy *deputy)
{
  bool waits;

  if (once->is_replay) {
    TRY(deputy_read(op, deputy, once->made)); /* ERR_ABSENT: ended since */
  } else {
    TRY(deputy_put(op, deputy));
    if ((deputy->item.flags & DEPUTY_WAITS) != 0)
      TRY(second_begin(op, deputy->item.id, (struct id){{0}}));
  }
  waits = (deputy->item.flags & DEPUTY_WAITS) != 0;
  about(asked, deputy);
  TRY(once_done(op, once, deputy->item.id));
  if (waits) asked->entry.outcome = OUTCOME_PENDING;
  return answer(op, asked, deputy, waits ? 202 : 201);
}

enum err deputy_make(struct op *op, const struct deputy_naming *in)
{
  OWNED(two_wipe) struct two two = {{.uid = ACCOUNT_UID_NONE}, {.uid = ACCOUNT_UID_NONE}};
  struct cover_asked asked = {.entry = {.action = ACTION_DEPUTY}};
  enum text_id why = TEXT_NONE;
  struct deputy deputy;
  struct once once;

  TRY(op_begin(op));
  if (in->user.len > 0 && !user_may(op, "manage_users", &asked.entry, &asked.rule))
    return reply_no_act(op, ACTION_DEPUTY, 0);
  if (!find_two(op, &two, in)) return user_refuse(op, ERR_INPUT, TEXT_DEPUTY_NO_USER, &asked.entry);
  TRY(once_of(op, &once, in));
  deputy = deputy_of(op, &two, in);
  about(&asked, &deputy);
  if (!once.is_replay && !are_days_good(op, &deputy)) why = TEXT_DEPUTY_DAYS;
  if (!once.is_replay && why == TEXT_NONE) TRY(why_not(op, &two, &deputy, &why));
  if (why != TEXT_NONE) return user_refuse(op, ERR_CONFLICT, why, &asked.entry);
  return name(op, &asked, &once, &deputy);
}

/* ---- the second person ---- */

/* One whose last day is over is no more. */
static enum err find(struct op *op, struct cover_asked *asked, struct deputy *ret_deputy,
                     struct id id)
{
  struct item item = {0};
  const struct item *held;

  index_read(op->reg->index);
  held = index_item(op->reg->index, id);
  if (held != NULL) item = *held;
  index_done(op->reg->index);
  if (item.kind != ITEM_DEPUTY || item.until.number < op_today(op).number) return ERR_ABSENT;
  TRY(deputy_read(op, ret_deputy, id));
  about(asked, ret_deputy);
  return OK;
}

/* What has come about since it was named counts. */
static enum err why_not_now(struct op *op, const struct deputy *deputy, enum text_id *ret_why)
{
  OWNED(two_wipe) struct two two = {{.uid = ACCOUNT_UID_NONE}, {.uid = ACCOUNT_UID_NONE}};
  const struct people *people = op->reg->people;

  *ret_why = TEXT_DEPUTY_NO_USER;
  if (!people_by_id(people, &two.principal, deputy->principal) ||
      !people_by_id(people, &two.deputy, deputy->item.subject) ||
      !account_is_active(&two.principal) || !account_is_active(&two.deputy))
    return OK;
  return why_not(op, &two, deputy, ret_why);
}

static enum err confirm(struct op *op, const struct cover_asked *asked, struct deputy *deputy)
{
  deputy->item.flags &= (uint16_t)~DEPUTY_WAITS;
  deputy->other = op->actor.account;
  TRY(second_done(op, deputy->item.id));
  TRY(deputy_put(op, deputy));
  return answer(op, asked, deputy, 200);
}

enum err deputy_approve(struct op *op, struct id id, bool approve)
{
  struct cover_asked asked = {.entry = {.action = ACTION_DEPUTY}};
  enum text_id why = TEXT_NONE;
  struct deputy deputy;

  TRY(op_begin(op));
  if (!user_may(op, "confirm_user", &asked.entry, &asked.rule))
    return reply_no_act(op, ACTION_DEPUTY, 0);
  TRY(find(op, &asked, &deputy, id));
  if ((deputy.item.flags & DEPUTY_WAITS) == 0)
    return approve ? answer(op, &asked, &deputy, 200)
                   : user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_DECIDED_ALREADY, &asked.entry);
  if (deputy_is_party(op, &deputy) && GUARD(NO_SELF_APPROVAL))
    return user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON, &asked.entry);
  if (approve && second_is_same_browser(op, id))
    return user_refuse(op, ERR_CONFLICT, TEXT_SAFETY_SAME_BROWSER, &asked.entry);
  if (approve) TRY(why_not_now(op, &deputy, &why));
  if (why != TEXT_NONE) return user_refuse(op, ERR_CONFLICT, why, &asked.entry);
  if (approve) return confirm(op, &asked, &deputy);
  asked.entry.outcome = OUTCOME_REFUSED;
  TRY(second_done(op, id));
  TRY(op_item_remove(op, id));
  return answer(op, &asked, &deputy, 200);
}

/* ---- the end, and the list ---- */

static bool concerns(const struct op *op, const struct deputy *deputy)
{
  return id_equal(op->actor.account, deputy->principal) ||
         id_equal(op->actor.account, deputy->item.subject) ||
         id_equal(op->actor.account, deputy->maker);
}

enum err deputy_end(struct op *op, struct id id)
{
  struct cover_asked asked = {.entry = {.action = ACTION_DEPUTY}};
  struct deputy deputy;

  TRY(op_begin(op));
  TRY(find(op, &asked, &deputy, id));
  if (!concerns(op, &deputy) && !user_may(op, "manage_users", &asked.entry, &asked.rule) &&
      !user_may(op, "confirm_user", &asked.entry, &asked.rule))
    return reply_no_act(op, ACTION_DEPUTY, 0);
  TRY(second_done(op, id));
  TRY(op_item_remove(op, id));
  deputy.item.until = op_today(op);
  return answer(op, &asked, &deputy, 200);
}

static enum err write_all(struct op *op, struct json *json, bool sees_all, uint32_t *ret_rows)
{
  struct items items;
  uint32_t rows = 0;

  TRY(index_items(op->reg->index, op->arena, &items, &(struct items_want){.kind = ITEM_DEPUTY}));
  JSON_KEY(json, "deputies");
  json_array_start(json);
  for (size_t i = 0; i < items.count; i++) {
    struct deputy deputy;

    if (items.at[i].until.number < op_today(op).number) continue;
    TRY(deputy_read(op, &deputy, items.at[i].id));
    if (!sees_all && !concerns(op, &deputy)) continue;
    json_object_start(json);
    deputy_write(json, op, &deputy);
    json_object_end(json);
    rows++;
  }
  json_array_end(json);
  *ret_rows = rows;
  return OK;
}

/* Whoever agrees, or sees to accounts, sees who is covered; anybody else what concerns them. */
enum err deputy_list(struct op *op)
{
  struct cover_asked asked = {.entry = {.action = ACTION_LIST}};
  bool sees_all, may_name;
  struct json json;

  TRY(op_begin(op));
  may_name = deputy_approving(op, op->actor.roles) != 0;
  sees_all = user_may(op, "list_users", &asked.entry, &asked.rule) || may_name;
  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  JSON_KEY(&json, "days_at_most");
  json_int(&json, DEPUTY_DAYS_MAX);
  JSON_KEY(&json, "may_name"); /* a deputy of their own */
  json_bool(&json, may_name);
  TRY(write_all(op, &json, sees_all, &asked.entry.rows));
  return user_finish(op, &json, 200, &asked.entry);
}

bool deputy_is_of_use(const struct op *op)
{
  struct act_asked names = {.act = "manage_users", .purposes = asked_any_purpose(op)};
  uint8_t role;

  return deputy_approving(op, op->actor.roles) != 0 || deputy_may_fall_to(op) ||
         asked_act(op, &names, &role).allowed;
}
