/* Notices as items. It must never let a notice go to the person it is about, and decides nothing
 * about a child. */
#include "register/notice.h"

#include <string.h>

#include "base/guard.h"
#include "register/bytes.h"
#include "register/operations.h"
#include "register/pages.h"
#include "register/people.h"
#include "register/second.h"

#define DONE 0x8000u  /* flag beside the kind */
#define SHOWN_DAYS 28 /* after it was settled */

enum { LAYOUT = 1 };
enum {
  AT_MADE = 1,
  AT_BY = 9,
  AT_DONE = AT_BY + ID_BYTES,
  AT_DONE_BY = AT_DONE + 8,
  AT_SAID = AT_DONE_BY + ID_BYTES,
  HEAD = AT_SAID + 2
};
_Static_assert(HEAD + NOTICE_SAID_MAX + NOTICE_ANSWER_MAX <= ITEM_TEXT_MAX, "a notice is one item");

static const struct notice_row rows[] = {
#define N(id, number, name, roles, otherwise, answer, text)                                        \
  {NOTICE_##id, name, roles, otherwise, NOTICE_##answer, TEXT_##text, TEXT_##text##_DO},
#include "register/notices.def"
#undef N
};

const struct notice_row *notice_row(enum notice_kind kind)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].kind == kind) return &rows[i];
  return NULL;
}

enum notice_kind notice_kind_of(const struct item *item)
{
  return (enum notice_kind)(item->flags & ~DONE);
}

static const struct notice_row *row_of(const struct item *item)
{
  return notice_row(notice_kind_of(item));
}

enum err notice_say_to(struct op *op, struct str *ret_said, struct str to)
{
  struct json json;

  json_start(&json, op->arena, NOTICE_SAID_MAX);
  json_object_start(&json);
  JSON_KEY(&json, "to");
  json_str(&json, to);
  json_object_end(&json);
  return json_done(&json, ret_said);
}

struct day notice_next_working_day(struct day today)
{
  struct day day = {today.number + 1};

  while ((day.number + 3) % 7 >= 5) /* 1970-01-01 was a Thursday: Monday is 0 */
    day.number++;
  return day;
}

/* ---- as it is kept ---- */

static enum err put(struct op *op, struct item *item, const struct notice_kept *kept,
                    const struct audit_secret *child)
{
  size_t n = HEAD + kept->said.len + kept->answer.len;
  uint8_t *text = arena_take(op->arena, n);

  if (text == NULL) return ERR_MEMORY;
  text[0] = LAYOUT;
  put_u64(text + AT_MADE, (uint64_t)kept->made.us);
  memcpy(text + AT_BY, kept->by.b, ID_BYTES);
  put_u64(text + AT_DONE, (uint64_t)kept->done.us);
  memcpy(text + AT_DONE_BY, kept->done_by.b, ID_BYTES);
  put_u16(text + AT_SAID, (uint16_t)kept->said.len);
  if (kept->said.len > 0) memcpy(text + HEAD, kept->said.ptr, kept->said.len);
  if (kept->answer.len > 0)
    memcpy(text + HEAD + kept->said.len, kept->answer.ptr, kept->answer.len);
  return op_item_put(op, item, child, (struct personal){(const char *)text, n});
}

enum err notice_put(struct op *op, const struct notice *notice, struct id *ret_id)
{
  struct notice_kept kept = {
    .made = op->commit->request.at, .by = op->actor.account, .said = notice->said};
  struct item item = {.id = id_is_zero(notice->id) ? op_random_id(op) : notice->id,
                      .kind = ITEM_NOTICE,
                      .flags = (uint16_t)notice->kind,
                      .record = notice->record,
                      .subject = notice->person,
                      .until = notice->due};
  struct pages pages = {.root = item.id, .record = notice->record, .child = notice->child};

  if (notice->said.len > NOTICE_SAID_MAX) return ERR_TOO_LARGE;
  TRY(put(op, &item, &kept, notice->child));
  if (ret_id != NULL) *ret_id = item.id;
  return notice->words.len > 0 ? pages_put(op, &pages, notice->words) : OK;
}

enum err notice_read(struct op *op, struct notice_kept *ret_notice, struct id id,
                     const struct audit_secret *child)
{
  struct notice_kept kept = {0};
  struct personal text;
  size_t said;

  TRY(op_item_text(op, &text, &kept.item, id, child));
  const uint8_t *at = (const uint8_t *)text.ptr;
  if (text.len < HEAD || at[0] != LAYOUT) return ERR_CORRUPT;
  said = get_u16(at + AT_SAID);
  kept.row = row_of(&kept.item);
  if (said > text.len - HEAD || kept.row == NULL) return ERR_CORRUPT;
  kept.is_done = notice_is_done(&kept.item);
  kept.made.us = (int64_t)get_u64(at + AT_MADE);
  memcpy(kept.by.b, at + AT_BY, ID_BYTES);
  kept.done.us = (int64_t)get_u64(at + AT_DONE);
  memcpy(kept.done_by.b, at + AT_DONE_BY, ID_BYTES);
  kept.said = (struct str){text.ptr + HEAD, said};
  kept.answer = (struct personal){text.ptr + HEAD + said, text.len - HEAD - said};
  *ret_notice = kept;
  return OK;
}

enum err notice_settle(struct op *op, struct notice_kept *notice, const struct audit_secret *child,
                       struct personal answer)
{
  if (answer.len > NOTICE_ANSWER_MAX) return ERR_TOO_LARGE;
  notice->is_done = true;
  notice->done = op->commit->request.at;
  notice->done_by = op->actor.account;
  notice->answer = answer;
  notice->item.flags |= DONE;
  notice->item.until = (struct day){op_today(op).number + SHOWN_DAYS};
  return put(op, &notice->item, notice, child);
}

enum err notice_again(struct op *op, struct notice_kept *notice, const struct audit_secret *child,
                      struct personal answer, struct day on)
{
  if (answer.len > NOTICE_ANSWER_MAX) return ERR_TOO_LARGE;
  notice->answer = answer;
  notice->item.until = on;
  return put(op, &notice->item, notice, child);
}

enum err notice_words(struct op *op, struct personal *ret_words, const struct notice_kept *notice,
                      const struct audit_secret *child)
{
  struct pages pages = {.root = notice->item.id, .record = notice->item.record, .child = child};

  return pages_read_text(op, &pages, ret_words);
}

/* ---- whose it is ---- */

bool notice_is_done(const struct item *item)
{
  return (item->flags & DONE) != 0;
}

bool notice_is_past(const struct item *item, struct day today)
{
  return notice_is_done(item) && item->until.number < today.number;
}

bool notice_is_overdue(const struct item *item, struct day today)
{
  return !notice_is_done(item) && day_is_set(item->until) && item->until.number < today.number;
}

/* Names of roles with spaces between. */
static uint64_t roles_named(const struct policy *policy, const char *names)
{
  uint64_t roles = 0;

  while (*names != '\0') {
    size_t n = strcspn(names, " ");

    roles |= POLICY_BIT(policy_word(policy, POLICY_ROLE, (struct str){names, n}));
    names += n + (names[n] == ' ');
  }
  return roles;
}

/* Another person who could see to it: of one of the roles, not the one it is about, and free of
 * conflict. */
static bool has_other(const struct op *op, const struct item *item, uint64_t roles)
{
  struct account account = {0};
  bool found = false;

  while (!found && people_next(op->reg->people, &account, str_from(account.user)))
    found = account_is_active(&account) && (account.roles & roles) != 0 &&
            !second_are_one(op, account.id, item->subject) &&
            !second_has_conflict(op, item->record, account.id);
  wipe(&account, sizeof account);
  return found;
}

/* Its day has not come. */
static bool is_early(const struct op *op, const struct item *item, const struct notice_row *row)
{
  return row->answer == NOTICE_AGAIN && !notice_is_done(item) &&
         item->until.number > op_today(op).number;
}

bool notice_is_for(const struct op *op, const struct item *item)
{
  const struct policy *policy = reg_policy(op->reg);
  const struct notice_row *row = row_of(item);
  bool is_own = second_is(op, item->subject), is_late = notice_is_overdue(item, op_today(op));
  uint64_t roles, otherwise;

  if (row == NULL || second_has_conflict(op, item->record, op->actor.account)) return false;
  if (is_early(op, item, row)) return false;
  roles = roles_named(policy, row->roles);
  otherwise = roles_named(policy, row->otherwise) & op->actor.roles;
  if (roles == 0) return is_own || (otherwise != 0 && is_late);
  if (is_own && GUARD(REVIEW_BY_ANOTHER)) return false;
  if ((roles & op->actor.roles) != 0) return true;
  if (otherwise == 0) return false;
  return notice_is_done(item) || is_late || !has_other(op, item, roles);
}

bool notice_may_fall_to(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  uint64_t roles = 0;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    roles |= roles_named(policy, rows[i].roles) | roles_named(policy, rows[i].otherwise);
  return (roles & op->actor.roles) != 0 || notice_waiting(op).count > 0;
}

struct notice_waiting notice_waiting(const struct op *op)
{
  struct notice_waiting waiting = {0};
  struct items items;

  if (index_items(op->reg->index, op->arena, &items, &(struct items_want){.kind = ITEM_NOTICE}) !=
      OK)
    return waiting;
  for (size_t i = 0; i < items.count; i++) {
    if (notice_is_done(&items.at[i]) || !notice_is_for(op, &items.at[i])) continue;
    waiting.count++;
    if (notice_is_overdue(&items.at[i], op_today(op))) waiting.overdue++;
  }
  return waiting;
}

void notice_counts(const struct reg *reg, struct notice_counts *ret_counts)
{
  struct day today = instant_day(reg->outside.now(reg->outside.self));
  const struct item *item;
  size_t cursor = 0;

  *ret_counts = (struct notice_counts){0};
  index_read(reg->index);
  while ((item = index_item_of_kind(reg->index, ITEM_NOTICE, &cursor)) != NULL) {
    if (!notice_is_done(item)) ret_counts->waiting++;
    if (notice_is_overdue(item, today)) ret_counts->overdue++;
  }
  index_done(reg->index);
}
