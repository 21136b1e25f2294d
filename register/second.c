/* See second.h. It must never take two accounts for two people where one person is behind both as
 * far as is known. */
#include "register/second.h"

#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "register/asked.h"
#include "register/user.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define HOUR_US (INT64_C(3600) * 1000000)
#define QUARTER_US (HOUR_US / 4)

/* Names as they are read, whatever their case, accents and spaces. Where memory ends, they are one.
 */
static bool have_one_name(const struct op *op, struct id a, struct id b)
{
  OWNED(account_wipe) struct account one = {.uid = ACCOUNT_UID_NONE};
  OWNED(account_wipe) struct account other = {.uid = ACCOUNT_UID_NONE};
  struct personal names[2];

  if (!people_by_id(op->reg->people, &one, a) || !people_by_id(op->reg->people, &other, b))
    return false;
  return fold_name(op->arena, &names[0], (struct personal){one.name, strlen(one.name)}) != OK ||
         fold_name(op->arena, &names[1], (struct personal){other.name, strlen(other.name)}) != OK ||
         personal_equal(names[0], names[1]);
}

bool second_share_person(const struct op *op, struct id a, struct id b)
{
  return id_equal(a, b) || (GUARD(ONE_PERSON) && people_same(op->reg->people, a, b));
}

bool second_are_one(const struct op *op, struct id a, struct id b)
{
  return second_share_person(op, a, b) || (GUARD(ONE_PERSON) && have_one_name(op, a, b));
}

bool second_is(const struct op *op, struct id account)
{
  return second_are_one(op, account, op->actor.account);
}

bool second_has_conflict(const struct op *op, struct id record, struct id account)
{
  const struct item *item;
  size_t cursor = 0;
  bool found = false;

  if (id_is_zero(record)) return false; /* about no child */
  index_read(op->reg->index);
  while (!found && (item = index_item_of_record(op->reg->index, record, ITEM_CONFLICT, &cursor)))
    found = second_share_person(op, item->subject, account) &&
            (!day_is_set(item->until) || item->until.number >= op_today(op).number);
  index_done(op->reg->index);
  return found;
}

/* ---- since when ---- */

static bool find(const struct op *op, struct item *ret_item, struct id waits)
{
  const struct item *item;
  size_t cursor = 0;

  index_read(op->reg->index);
  item = index_item_of_subject(op->reg->index, waits, ITEM_SINCE, &cursor);
  if (item != NULL) *ret_item = *item;
  index_done(op->reg->index);
  return item != NULL;
}

enum err second_begin(struct op *op, struct id waits, struct id record)
{
  int64_t now = op->commit->request.at.us;
  struct item item = {.kind = ITEM_SINCE,
                      .flags = (uint16_t)(now % DAY_US / QUARTER_US),
                      .record = record,
                      .subject = waits,
                      .until = op_today(op)},
              held;

  if (find(op, &held, waits)) return OK; /* it waits already */
  if (id_is_zero(op->actor.browser)) return op_item_put(op, &item, NULL, (struct personal){"", 0});
  return op_item_put(op, &item, NULL,
                     (struct personal){(const char *)op->actor.browser.b, ID_BYTES});
}

/* What cannot be read is taken to be the same. */
bool second_is_same_browser(struct op *op, struct id waits)
{
  struct personal text;
  struct item item;

  if (id_is_zero(op->actor.browser) || !find(op, &item, waits) || !GUARD(ANOTHER_BROWSER))
    return false;
  enum err err = op_item_text(op, &text, &item, item.id, NULL);
  if (err != OK) return err != ERR_ABSENT;
  return text.len == ID_BYTES && memcmp(text.ptr, op->actor.browser.b, ID_BYTES) == 0;
}

enum err second_done(struct op *op, struct id waits)
{
  struct item item;

  return find(op, &item, waits) ? op_item_remove(op, item.id) : OK;
}

bool second_since(const struct op *op, struct id waits, struct instant *ret_since)
{
  struct item item;

  if (!find(op, &item, waits)) return false;
  ret_since->us = (int64_t)item.until.number * DAY_US + (int64_t)item.flags * QUARTER_US;
  return true;
}

/* ---- whose it is ---- */

uint64_t second_roles(const struct op *op, const char *act)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t word = policy_word(policy, POLICY_ACT, str_from(act)), own = asked_own_la(op);
  uint64_t roles = 0;

  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++)
    for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++)
      if (policy_may_act(policy, (uint8_t)role, own, (uint8_t)purpose, word).allowed)
        roles |= POLICY_BIT(role);
  return roles;
}

void second_write(struct json *json, const struct op *op, struct id waits, uint64_t roles)
{
  const struct policy *policy = reg_policy(op->reg);
  struct instant since;

  if (second_since(op, waits, &since)) {
    JSON_KEY(json, "since");
    json_instant(json, since);
    JSON_KEY(json, "hours");
    json_int(json, (op->commit->request.at.us - since.us) / HOUR_US);
  }
  JSON_KEY(json, "for");
  json_array_start(json);
  for (; roles != 0; roles &= roles - 1)
    json_str(json, policy_word_name(policy, POLICY_ROLE, (uint8_t)__builtin_ctzll(roles)));
  json_array_end(json);
}
