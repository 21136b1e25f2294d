/* What waits for this person: disclosures, lowerings, relations, recipients, accounts and deputies
 * that need a second person whom their role, or whom they stand in for, lets them be. It must never
 * list what they asked for themselves, nor name a child whom they may not know of; who was passed
 * over stands nowhere, not in a count and not in a gap. It decides nothing. */
#include <string.h>

#include "register/cursor.h"
#include "register/deputy.h"
#include "register/listing.h"
#include "register/named.h"
#include "register/protection.h"
#include "register/recipient.h"
#include "register/relation.h"
#include "register/reply.h"
#include "register/second.h"
#include "register/told.h"
#include "register/user.h"

struct approvals {
  struct op *op;
  struct json json;
  uint64_t roles;  /* that can decide on the one just told of */
  bool is_looking; /* whether there is one, and no more: nothing is written */
  bool may_lower, may_relate, may_recipients, may_users, may_agree, may_name;
};

/* ---- who may decide on what ---- */

static bool may(const struct op *op, const char *act)
{
  struct act_asked asked = {.act = act, .purposes = asked_any_purpose(op)};
  uint8_t role;

  return asked_act(op, &asked, &role).allowed;
}

/* Whether any rule at all takes this person's word on a disclosure. */
static bool agrees_to_some(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);

  for (unsigned rule = 1; rule <= policy_rule_count(policy); rule++)
    if ((policy_rule_approvers(policy, (uint16_t)rule) & op->actor.roles) != 0) return true;
  return false;
}

/* ---- the child ---- */

static struct ask name_ask(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  struct ask ask = {.said = {.has_necessity = true}};

  ask.said.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, STR("safeguarding_enquiry")));
  ask.said.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"));
  ask.said.urgency = policy_word(policy, POLICY_URGENCY, STR("routine"));
  ask.said.asked = asked_name_and_birth(op);
  return ask;
}

static enum err write_child(struct approvals *to, const struct facts *facts)
{
  struct ask ask = name_ask(to->op);

  return told_child(&to->json, to->op, facts, &ask);
}

static void write_record(struct approvals *to, struct id record)
{
  JSON_KEY(&to->json, "entry");
  json_hex(&to->json, record.b, ID_BYTES);
}

static void begin(struct approvals *to, const char *kind, struct id id)
{
  json_object_start(&to->json);
  JSON_KEY(&to->json, "kind");
  json_str(&to->json, str_from(kind));
  JSON_KEY(&to->json, "id");
  json_hex(&to->json, id.b, ID_BYTES);
}

/* ---- one of each kind; *ret_shown: it is this person's to decide ---- */

static enum err tell_disclosure(struct approvals *to, const struct item *item, bool *ret_shown)
{
  struct matter *matter;
  bool found;

  *ret_shown = false;
  TRY(matter_find(to->op, &matter, item->id, &found));
  if (!found || !matter_may_decide(to->op, matter)) return OK;
  *ret_shown = true;
  if (to->is_looking) return OK;
  to->roles = matter_approvers(to->op, matter);
  begin(to, "disclosure", item->id);
  TRY(told_write(&to->json, to->op, matter));
  view_write_refusals(&to->json, to->op, &matter->asked);
  return write_child(to, &matter->officer.facts);
}

/* Held, and not hidden from this person. */
static enum err look_up(struct approvals *to, struct asked *ret_asked, struct id record,
                        bool *ret_known)
{
  struct ask ask = name_ask(to->op);

  TRY(protection_look_up(to->op, ret_asked, record, &ask));
  *ret_known = protection_may_know(to->op, ret_asked);
  return OK;
}

static enum err tell_lowering(struct approvals *to, const struct item *item, bool *ret_shown)
{
  struct asked asked;
  bool known;

  TRY(look_up(to, &asked, item->record, &known));
  *ret_shown = known && (enum level)item->flags < asked.facts.safety.level;
  if (!*ret_shown || to->is_looking) return OK;
  begin(to, "lowering", item->id);
  JSON_KEY(&to->json, "level");
  json_str(&to->json, str_from(protection_level_name(asked.facts.safety.level)));
  JSON_KEY(&to->json, "to_level");
  json_str(&to->json, str_from(protection_level_name((enum level)item->flags)));
  told_by(&to->json, to->op, item->subject);
  write_record(to, item->record);
  return write_child(to, &asked.facts);
}

static enum err tell_relation(struct approvals *to, const struct item *waiting, bool *ret_shown)
{
  struct recipient_row row;
  struct personal text;
  struct asked asked;
  struct item item;
  struct id maker;
  bool known;

  *ret_shown = false;
  TRY(look_up(to, &asked, waiting->record, &known));
  enum err err = recipient_read(to->op, &row, waiting->subject);
  if (err != OK && err != ERR_ABSENT) return err;
  if (!known || err == ERR_ABSENT) return OK;
  TRY(op_item_text(to->op, &text, &item, waiting->id, &asked.facts.child));
  if (text.len < ID_BYTES) return ERR_CORRUPT;
  memcpy(maker.b, text.ptr, ID_BYTES);
  if (second_is(to->op, maker)) return OK;
  *ret_shown = true;
  if (to->is_looking) return OK;
  begin(to, "relation", item.id);
  JSON_KEY(&to->json, "relation");
  json_str(&to->json, policy_word_name(reg_policy(to->op->reg), POLICY_RELATION,
                                       to->op->reg->relations[item.flags & ~RELATION_WAITS]));
  JSON_KEY(&to->json, "evidence");
  json_personal(&to->json, (struct personal){text.ptr + ID_BYTES, text.len - ID_BYTES});
  JSON_KEY(&to->json, "to");
  json_object_start(&to->json);
  recipient_write(&to->json, to->op, &row);
  json_object_end(&to->json);
  told_by(&to->json, to->op, maker);
  write_record(to, item.record);
  return write_child(to, &asked.facts);
}

static enum err tell_named(struct approvals *to, const struct item *item, bool *ret_shown)
{
  struct asked asked;
  struct named named;
  bool known;

  *ret_shown = false;
  TRY(look_up(to, &asked, item->record, &known));
  if (!known) return OK;
  TRY(named_read(to->op, &named, item->id, &asked.facts.child));
  *ret_shown = !named_is_party(to->op, &named);
  if (!*ret_shown || to->is_looking) return OK;
  json_object_start(&to->json);
  JSON_KEY(&to->json, "kind");
  json_str(&to->json, STR("named_worker"));
  named_write(&to->json, to->op, &named);
  return write_child(to, &asked.facts);
}

static enum err tell_recipient(struct approvals *to, const struct item *item, bool *ret_shown)
{
  struct recipient_row row;
  enum err err = recipient_read(to->op, &row, item->id);

  *ret_shown = err == OK;
  if (err != OK || to->is_looking) return err == ERR_ABSENT ? OK : err;
  begin(to, "recipient", item->id);
  recipient_write(&to->json, to->op, &row);
  recipient_write_offer(&to->json, to->op, &row);
  told_by(&to->json, to->op, row.proposer);
  return OK;
}

static enum err tell_account(struct approvals *to, const struct item *item, bool *ret_shown)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  *ret_shown = people_by_id(to->op->reg->people, &account, item->subject) &&
               account_waits(&account) && !account.disabled && user_is_another(to->op, &account);
  if (!*ret_shown || to->is_looking) return OK;
  json_object_start(&to->json);
  JSON_KEY(&to->json, "kind");
  json_str(&to->json, STR("account"));
  user_write(&to->json, to->op, &account);
  user_write_state(&to->json, to->op, &account);
  told_by(&to->json, to->op, id_is_zero(account.asker) ? account.maker : account.asker);
  return OK;
}

static enum err tell_deputy(struct approvals *to, const struct item *item, bool *ret_shown)
{
  struct deputy deputy;

  TRY(deputy_read(to->op, &deputy, item->id));
  *ret_shown = !deputy_is_party(to->op, &deputy);
  if (!*ret_shown || to->is_looking) return OK;
  json_object_start(&to->json);
  JSON_KEY(&to->json, "kind");
  json_str(&to->json, STR("deputy"));
  deputy_write(&to->json, to->op, &deputy);
  return OK;
}

/* ---- what there is ---- */

/* From the outside of the item alone: it waits, for a role of this person's, and they did not ask
 * for it as far as can be seen there. */

static bool is_own(const struct approvals *to, const struct item *item)
{
  return second_is(to->op, item->subject);
}

static bool disclosure_waits(const struct approvals *to, const struct item *item)
{
  return to->may_agree && sharing_mark(item).state == SHARING_PENDING &&
         item->until.number >= op_today(to->op).number;
}

static bool lowering_waits(const struct approvals *to, const struct item *item)
{
  return to->may_lower && protection_is_lowering(item) && !is_own(to, item);
}

static bool relation_waits(const struct approvals *to, const struct item *item)
{
  return to->may_relate && (item->flags & RELATION_WAITS) != 0;
}

static bool named_waits(const struct approvals *to, const struct item *item)
{
  return to->may_name && (item->flags & NAMED_WAITS) != 0 &&
         item->until.number >= op_today(to->op).number;
}

static bool one_waits(const struct approvals *to, const struct item *item)
{
  return to->may_recipients && recipient_waits(item->flags) && !is_own(to, item);
}

static bool account_may_wait(const struct approvals *to, const struct item *item)
{
  return to->may_users && !is_own(to, item);
}

static bool deputy_waits(const struct approvals *to, const struct item *item)
{
  return to->may_users && (item->flags & DEPUTY_WAITS) != 0 &&
         item->until.number >= op_today(to->op).number;
}

static const struct kind {
  enum item_kind kind;
  const char *act; /* of those who can decide; NULL: `tell` says who they are */
  bool (*waits)(const struct approvals *to, const struct item *item);
  enum err (*tell)(struct approvals *to, const struct item *item, bool *ret_shown);
} kinds[] = {
  {ITEM_DISCLOSURE, NULL, disclosure_waits, tell_disclosure},
  {ITEM_PROPOSAL, "lower_protection", lowering_waits, tell_lowering},
  {ITEM_RELATION, "set_relation", relation_waits, tell_relation},
  {ITEM_NAMED_WORKER, "name_worker", named_waits, tell_named},
  {ITEM_RECIPIENT, "manage_recipients", one_waits, tell_recipient},
  {ITEM_ACCOUNT, "confirm_user", account_may_wait, tell_account},
  {ITEM_DEPUTY, "confirm_user", deputy_waits, tell_deputy},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct waiting {
  struct item *at; /* in the arena, kind by kind */
  size_t count;
};

/* What waits the longest stands first; what nobody knows the beginning of stands before it. */
static enum err oldest_first(const struct op *op, struct waiting *waiting)
{
  struct instant *since = arena_take_array(op->arena, waiting->count + 1, sizeof *since);

  if (since == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < waiting->count; i++) {
    struct item item = waiting->at[i];
    struct instant began = {0};
    size_t at = i;

    (void)second_since(op, item.id, &began);
    for (; at > 0 && since[at - 1].us > began.us; at--) {
      since[at] = since[at - 1];
      waiting->at[at] = waiting->at[at - 1];
    }
    since[at] = began;
    waiting->at[at] = item;
  }
  return OK;
}

static enum err find(const struct approvals *to, struct waiting *ret_waiting)
{
  struct index *index = to->op->reg->index;
  struct waiting found = {0};
  const struct item *item;
  size_t most = 0;

  index_read(index);
  for (size_t i = 0; i < KINDS; i++)
    for (size_t cursor = 0; index_item_of_kind(index, kinds[i].kind, &cursor) != NULL;)
      most++;
  found.at = arena_take_array(to->op->arena, most + 1, sizeof *found.at);
  for (size_t i = 0; found.at != NULL && i < KINDS; i++)
    for (size_t cursor = 0; (item = index_item_of_kind(index, kinds[i].kind, &cursor)) != NULL;)
      if (kinds[i].waits(to, item)) found.at[found.count++] = *item;
  index_done(index);
  if (found.at == NULL) return ERR_MEMORY;
  *ret_waiting = found;
  return oldest_first(to->op, ret_waiting);
}

static enum err tell(struct approvals *to, const struct item *item, bool *ret_shown)
{
  for (size_t i = 0; i < KINDS; i++) {
    if (kinds[i].kind != item->kind) continue;
    if (kinds[i].act != NULL && !to->is_looking) to->roles = second_roles(to->op, kinds[i].act);
    return kinds[i].tell(to, item, ret_shown);
  }
  return ERR_CORRUPT;
}

/* What follows the last one shown; from the beginning when that has been decided. */
static size_t first_after(const struct waiting *waiting, struct id after)
{
  for (size_t i = 0; i < waiting->count; i++)
    if (id_equal(waiting->at[i].id, after)) return i + 1;
  return 0;
}

/* Whether anything from here on would be shown: what is passed over leaves no cursor behind. */
static enum err goes_on(struct approvals *to, const struct waiting *waiting, size_t from,
                        bool *ret_goes_on)
{
  *ret_goes_on = false;
  to->is_looking = true;
  for (; from < waiting->count && !*ret_goes_on; from++)
    TRY(tell(to, &waiting->at[from], ret_goes_on));
  return OK;
}

static enum err write_page(struct approvals *to, const struct waiting *waiting, struct id after,
                           uint32_t *ret_rows)
{
  size_t i = first_after(waiting, after);
  struct id last = after;
  uint32_t rows = 0;
  struct str cursor;
  bool shown;

  JSON_KEY(&to->json, "approvals");
  json_array_start(&to->json);
  for (; i < waiting->count && rows < LIST_PAGE; i++) {
    TRY(tell(to, &waiting->at[i], &shown));
    if (!shown) continue;
    second_write(&to->json, to->op, waiting->at[i].id, to->roles);
    json_object_end(&to->json);
    last = waiting->at[i].id;
    rows++;
  }
  json_array_end(&to->json);
  TRY(goes_on(to, waiting, i, &shown));
  if (shown) {
    TRY(cursor_write(to->op, &cursor, ACTION_DISCLOSURE_APPROVAL, last));
    JSON_KEY(&to->json, "cursor");
    json_str(&to->json, cursor);
  }
  *ret_rows = rows;
  return OK;
}

static void read_rights(struct approvals *to, const struct op *op)
{
  to->may_agree = agrees_to_some(op) || deputy_may_fall_to(op);
  to->may_lower = may(op, "lower_protection");
  to->may_relate = may(op, "set_relation");
  to->may_name = may(op, "name_worker");
  to->may_recipients = may(op, "manage_recipients");
  to->may_users = may(op, "confirm_user");
}

bool approval_may_fall_to(const struct op *op)
{
  struct approvals to = {.op = NULL};

  read_rights(&to, op);
  return to.may_agree || to.may_lower || to.may_name || to.may_relate || to.may_recipients ||
         to.may_users;
}

enum err approval_list(struct op *op, struct str cursor)
{
  struct approvals to = {.op = op};
  struct entry_of entry = {.action = ACTION_LIST};
  struct waiting waiting;
  struct id after;

  TRY(op_begin(op));
  TRY(cursor_read(op, &after, ACTION_DISCLOSURE_APPROVAL, cursor));
  read_rights(&to, op);
  TRY(find(&to, &waiting));
  json_start(&to.json, op->arena, 4096);
  json_object_start(&to.json);
  TRY(write_page(&to, &waiting, after, &entry.rows));
  json_object_end(&to.json);
  TRY(op_entry(op, &entry));
  op->answer.on_tick = true; /* the time must not tell who was met and not shown */
  TRY(reply_json(op, &to.json, 200));
  op_end(op);
  return OK;
}
