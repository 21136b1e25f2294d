/* Deputies as items, and what they may agree to. See deputy.h. It must never give a role that the
 * one who is covered has not got today. */
#include "register/deputy.h"

#include <string.h>

#include "base/guard.h"
#include "register/bytes.h"
#include "register/second.h"
#include "register/told.h"
#include "register/user.h"

enum { LAYOUT = 2 };
enum {
  AT_PRINCIPAL = 1,
  AT_MAKER = AT_PRINCIPAL + ID_BYTES,
  AT_OTHER = AT_MAKER + ID_BYTES,
  AT_FROM = AT_OTHER + ID_BYTES,
  AT_CONFIRMED = AT_FROM + 8,
  DEPUTY_BYTES = AT_CONFIRMED + 8
};

/* ---- the item ---- */

enum err deputy_read(struct op *op, struct deputy *ret_deputy, struct id id)
{
  struct deputy deputy = {0};
  struct personal text;

  TRY(op_item_text(op, &text, &deputy.item, id, NULL));
  const uint8_t *at = (const uint8_t *)text.ptr;
  if (text.len != DEPUTY_BYTES || at[0] != LAYOUT) return ERR_CORRUPT;
  memcpy(deputy.principal.b, at + AT_PRINCIPAL, ID_BYTES);
  memcpy(deputy.maker.b, at + AT_MAKER, ID_BYTES);
  memcpy(deputy.other.b, at + AT_OTHER, ID_BYTES);
  deputy.from.number = (int32_t)get_u64(at + AT_FROM);
  deputy.confirmed = get_u64(at + AT_CONFIRMED);
  *ret_deputy = deputy;
  return OK;
}

enum err deputy_put(struct op *op, struct deputy *deputy)
{
  uint8_t *text = arena_take(op->arena, DEPUTY_BYTES);

  if (text == NULL) return ERR_MEMORY;
  text[0] = LAYOUT;
  memcpy(text + AT_PRINCIPAL, deputy->principal.b, ID_BYTES);
  memcpy(text + AT_MAKER, deputy->maker.b, ID_BYTES);
  memcpy(text + AT_OTHER, deputy->other.b, ID_BYTES);
  put_u64(text + AT_FROM, (uint64_t)deputy->from.number);
  put_u64(text + AT_CONFIRMED, deputy->confirmed);
  return op_item_put(op, &deputy->item, NULL, (struct personal){(const char *)text, DEPUTY_BYTES});
}

bool deputy_is_party(const struct op *op, const struct deputy *deputy)
{
  return second_is(op, deputy->maker) || second_is(op, deputy->principal) ||
         second_is(op, deputy->item.subject);
}

void deputy_write(struct json *json, const struct op *op, const struct deputy *deputy)
{
  const struct item *item = &deputy->item;

  JSON_KEY(json, "id");
  json_hex(json, item->id.b, ID_BYTES);
  told_account(json, op, "covers", deputy->principal);
  told_account(json, op, "deputy", item->subject);
  JSON_KEY(json, "from");
  json_day(json, deputy->from);
  JSON_KEY(json, "until");
  json_day(json, item->until);
  JSON_KEY(json, "approved");
  json_bool(json, (item->flags & DEPUTY_WAITS) == 0);
  told_by(json, op, deputy->maker);
  if (!id_is_zero(deputy->other)) told_account(json, op, "agreed_by", deputy->other);
}

/* ---- who is covered ---- */

uint64_t deputy_approving(const struct op *op, uint64_t roles)
{
  const struct policy *policy = reg_policy(op->reg);
  uint64_t approving = 0;

  for (unsigned rule = 1; rule <= policy_rule_count(policy); rule++)
    approving |= policy_rule_approvers(policy, (uint16_t)rule);
  return roles & approving;
}

static bool runs(const struct item *item, struct day today)
{
  bool is_confirmed = (item->flags & DEPUTY_WAITS) == 0 || !GUARD(DEPUTY_CONFIRMED);

  return is_confirmed && (item->until.number >= today.number || !GUARD(DEPUTY_DATES));
}

uint64_t deputy_roles_of(const struct op *op, struct id principal)
{
  OWNED(account_wipe) struct account account = {.uid = ACCOUNT_UID_NONE};

  if (!people_by_id(op->reg->people, &account, principal) || !account_is_active(&account)) return 0;
  return deputy_approving(op, account.roles);
}

/* What may be one person's. */
static bool go_together(const struct op *op, uint64_t roles)
{
  uint8_t one, other;

  return !policy_roles_clash(reg_policy(op->reg), roles | op->actor.roles, &one, &other);
}

/* The same one can be covered twice. More than there is room for: not covered. */
static void add(struct covers *covers, struct cover cover)
{
  size_t i = 0;

  while (i < covers->count && !id_equal(covers->at[i].principal, cover.principal))
    i++;
  if (i < covers->count)
    covers->at[i].roles |= cover.roles;
  else if (covers->count < DEPUTY_COVERS_MAX)
    covers->at[covers->count++] = cover;
}

/* A role that has to be confirmed goes over where this cover was confirmed for it, or where the
 * deputy has it as well today. */
static enum err take(struct op *op, struct covers *covers, const struct item *item)
{
  uint64_t open = op->actor.roles | ~policy_roles_confirmed(reg_policy(op->reg));
  struct day today = op_today(op);
  struct deputy deputy;
  struct cover cover;

  if (!runs(item, today)) return OK;
  TRY(deputy_read(op, &deputy, item->id));
  if (deputy.from.number > today.number && GUARD(DEPUTY_DATES)) return OK;
  cover = (struct cover){deputy.principal, deputy_roles_of(op, deputy.principal)};
  if (GUARD(DEPUTY_CONFIRMED)) cover.roles &= open | deputy.confirmed;
  if (cover.roles != 0 && go_together(op, cover.roles | covers_roles(covers))) add(covers, cover);
  return OK;
}

static const struct items_want *of_whoever_asks(const struct op *op, struct items_want *want)
{
  *want = (struct items_want){ITEM_DEPUTY, ITEMS_BY_SUBJECT, op->actor.account};
  return want;
}

enum err deputy_covers(struct op *op, struct covers *ret_covers)
{
  struct items_want want;
  struct items items;

  *ret_covers = (struct covers){0};
  TRY(index_items(op->reg->index, op->arena, &items, of_whoever_asks(op, &want)));
  for (size_t i = 0; i < items.count; i++)
    TRY(take(op, ret_covers, &items.at[i]));
  return OK;
}

uint64_t covers_roles(const struct covers *covers)
{
  uint64_t roles = 0;

  for (size_t i = 0; i < covers->count; i++)
    roles |= covers->at[i].roles;
  return roles;
}

void covers_drop(struct covers *covers, size_t i)
{
  covers->at[i] = covers->at[--covers->count];
}

bool deputy_may_fall_to(const struct op *op)
{
  const struct item *item;
  size_t cursor = 0;
  bool falls = false;

  index_read(op->reg->index);
  while (!falls && (item = index_item_of_subject(op->reg->index, op->actor.account, ITEM_DEPUTY,
                                                 &cursor)) != NULL)
    falls = runs(item, op_today(op));
  index_done(op->reg->index);
  return falls;
}
