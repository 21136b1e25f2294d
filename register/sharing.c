/* The item of a disclosure: a fixed layout, little-endian. It must never be read under another
 * policy version. */
#include "register/sharing.h"

#include <string.h>

#include "base/guard.h"
#include "crypto/age.h"
#include "register/bytes.h"
#include "register/recipient.h"
#include "register/second.h"

enum { LAYOUT = 4, FLAG_NECESSITY = 1, FLAG_ALTERNATIVE = 2, FLAG_SPECIAL = 4 };

/* Writes or reads one field after the other; both sides are one list of calls, so that they cannot
 * differ. */
struct codec {
  uint8_t *at;
  bool reads;
};

static void bytes(struct codec *codec, void *value, size_t n)
{
  if (codec->reads)
    memcpy(value, codec->at, n);
  else
    memcpy(codec->at, value, n);
  codec->at += n;
}

static void number(struct codec *codec, uint64_t *value)
{
  if (codec->reads)
    *value = get_u64(codec->at);
  else
    put_u64(codec->at, *value);
  codec->at += 8;
}

static void fields(struct codec *codec, struct fieldset *set)
{
  number(codec, &set->bits[0]);
  number(codec, &set->bits[1]);
}

static void said(struct codec *codec, struct policy_request *request)
{
  uint8_t flags = (uint8_t)((request->has_necessity ? FLAG_NECESSITY : 0) |
                            (request->has_alternative ? FLAG_ALTERNATIVE : 0) |
                            (request->has_special_condition ? FLAG_SPECIAL : 0));

  number(codec, &request->purposes);
  bytes(codec, &request->basis, 1);
  bytes(codec, &request->urgency, 1);
  bytes(codec, &flags, 1);
  fields(codec, &request->asked);
  fields(codec, &request->order_fields);
  number(codec, &request->channel_cannot);
  request->has_necessity = (flags & FLAG_NECESSITY) != 0;
  request->has_alternative = (flags & FLAG_ALTERNATIVE) != 0;
  request->has_special_condition = (flags & FLAG_SPECIAL) != 0;
}

static void approvals(struct codec *codec, struct sharing *sharing)
{
  uint8_t count = (uint8_t)sharing->approval_count;

  bytes(codec, &count, 1);
  sharing->approval_count = count < POLICY_APPROVALS_MAX ? count : POLICY_APPROVALS_MAX;
  for (size_t i = 0; i < POLICY_APPROVALS_MAX; i++) {
    uint8_t agrees = sharing->approvals[i].agrees ? 1 : 0;

    bytes(codec, sharing->approvals[i].account.b, ID_BYTES);
    bytes(codec, sharing->approvals[i].deputy_for.b, ID_BYTES);
    bytes(codec, &sharing->approvals[i].role, 1);
    bytes(codec, &agrees, 1);
    sharing->approvals[i].agrees = agrees != 0;
  }
}

static void released(struct codec *codec, struct sharing *sharing)
{
  uint64_t needed = sharing->approvals_needed, expiry = (uint64_t)sharing->expiry.us;
  uint64_t wanted = (uint64_t)sharing->wanted.us, leaves = (uint64_t)sharing->leaves.us;
  uint64_t n = sharing->content_bytes, generation = sharing->key_generation;
  uint64_t review = (uint64_t)sharing->review_by.number;

  fields(codec, &sharing->granted);
  number(codec, &needed);
  number(codec, &wanted);
  number(codec, &leaves);
  number(codec, &review);
  number(codec, &expiry);
  number(codec, &n);
  number(codec, &generation);
  bytes(codec, sharing->content.bytes, HASH_BYTES);
  number(codec, &sharing->decision.from);
  bytes(codec, sharing->decision.leaf.bytes, HASH_BYTES);
  sharing->approvals_needed = (uint32_t)needed;
  sharing->wanted.us = (int64_t)wanted;
  sharing->leaves.us = (int64_t)leaves;
  sharing->review_by.number = (int32_t)review;
  sharing->expiry.us = (int64_t)expiry;
  sharing->content_bytes = (uint32_t)n;
  sharing->key_generation = (uint32_t)generation;
}

static void recalled(struct codec *codec, struct sharing *sharing)
{
  uint64_t at = (uint64_t)sharing->recalled.us;
  uint8_t reason = (uint8_t)sharing->recall;

  bytes(codec, &reason, 1);
  bytes(codec, sharing->recalled_by.b, ID_BYTES);
  number(codec, &at);
  sharing->recall = (enum recall_reason)reason;
  sharing->recalled.us = (int64_t)at;
}

#define SHARING_BYTES                                                                              \
  (2 + POLICY_VERSION_BYTES + 3 * ID_BYTES + (8 + 3 + 4 * 8 + 8) +                                 \
   (1 + POLICY_APPROVALS_MAX * (2 * ID_BYTES + 2)) +                                               \
   (2 * 8 + 7 * 8 + HASH_BYTES + 8 + HASH_BYTES) + (1 + ID_BYTES + 8))
_Static_assert(SHARING_BYTES <= ITEM_TEXT_MAX, "a disclosure is one item");

static void whole(struct codec *codec, struct sharing *sharing)
{
  uint8_t means = (uint8_t)sharing->means;

  bytes(codec, &means, 1);
  sharing->means = (enum sharing_means)means;
  bytes(codec, sharing->policy_version, POLICY_VERSION_BYTES);
  bytes(codec, sharing->handler.b, ID_BYTES);
  bytes(codec, sharing->asked_pages.b, ID_BYTES);
  bytes(codec, sharing->content_pages.b, ID_BYTES);
  said(codec, &sharing->ask.said);
  approvals(codec, sharing);
  released(codec, sharing);
  recalled(codec, sharing);
}

/* ---- the item ---- */

void sharing_decided(const struct op *op, struct sharing *sharing)
{
  memcpy(sharing->policy_version, op->reg->policy_version, POLICY_VERSION_BYTES);
}

enum err sharing_put(struct op *op, struct sharing *sharing, const struct audit_secret *child)
{
  struct item item = {.id = sharing->id,
                      .kind = ITEM_DISCLOSURE,
                      .flags = sharing_flags(&sharing->mark),
                      .version = sharing->item_version,
                      .record = sharing->record,
                      .subject = sharing->recipient,
                      .until = sharing->until};
  uint8_t *text = arena_take(op->arena, SHARING_BYTES);

  if (text == NULL) return ERR_MEMORY;
  struct codec codec = {.at = text + 1};
  text[0] = LAYOUT;
  whole(&codec, sharing);
  return op_item_put(op, &item, child, (struct personal){(const char *)text, SHARING_BYTES});
}

/* What waited to its last day without an answer has come to its end. */
static struct sharing_mark mark_now(const struct op *op, const struct item *item)
{
  struct sharing_mark mark = sharing_mark(item);
  bool is_over = mark.state == SHARING_PENDING && item->until.number < op_today(op).number;

  if (is_over) mark.state = SHARING_EXPIRED;
  return mark;
}

bool sharing_find(const struct op *op, struct sharing *ret_sharing, struct id id)
{
  const struct item *item;
  bool is_one;

  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  is_one = item != NULL && item->kind == ITEM_DISCLOSURE &&
           (sharing_has_left(sharing_mark(item).state) ||
            item->until.number + SHARING_DAYS >= op_today(op).number);
  if (is_one)
    *ret_sharing = (struct sharing){.id = id,
                                    .record = item->record,
                                    .recipient = item->subject,
                                    .mark = mark_now(op, item),
                                    .until = item->until};
  index_done(op->reg->index);
  return is_one;
}

enum err sharing_read(struct op *op, struct sharing *sharing, const struct audit_secret *child)
{
  uint8_t text[SHARING_BYTES];
  struct codec codec = {.at = text + 1, .reads = true};
  struct personal sealed;
  struct item item;

  TRY(op_item_text(op, &sealed, &item, sharing->id, child));
  if (sealed.len != SHARING_BYTES || sealed.ptr[0] != LAYOUT) return ERR_CORRUPT;
  memcpy(text, sealed.ptr, SHARING_BYTES);
  sharing->item_version = item.version;
  sharing->mark = mark_now(op, &item);
  whole(&codec, sharing);
  return bytes_equal(sharing->policy_version, op->reg->policy_version, POLICY_VERSION_BYTES)
           ? OK
           : ERR_STALE;
}

/* ---- whom it serves ---- */

/* The disclosure's recipient has this key. */
static enum err is_served(struct op *op, bool *ret_is, struct recipient_row *ret_row,
                          const struct sharing *sharing, const uint8_t *point)
{
  struct age_recipient to;
  enum err err = recipient_read(op, ret_row, sharing->recipient);

  *ret_is = false;
  if (err != OK) return err == ERR_ABSENT ? OK : err;
  *ret_is = recipient_why_not(ret_row) == TEXT_NONE &&
            age_recipient_parse(&to, ret_row->age_key) == OK &&
            bytes_equal(to.point, point, sizeof to.point);
  return OK;
}

/* The released disclosures of a record, one after the other. */
static bool next_released(const struct op *op, struct id *ret_id, struct id record, size_t *cursor)
{
  const struct item *item;
  bool found = false;

  index_read(op->reg->index);
  while (!found &&
         (item = index_item_of_record(op->reg->index, record, ITEM_DISCLOSURE, cursor)) != NULL) {
    found = sharing_mark(item).state == SHARING_RELEASED;
    *ret_id = item->id;
  }
  index_done(op->reg->index);
  return found;
}

enum err sharing_of_key(struct op *op, struct sharing *ret_sharing,
                        struct recipient_row *ret_recipient, const struct sharing_key *key,
                        const struct audit_secret *child)
{
  size_t cursor = 0;
  struct id id;

  while (next_released(op, &id, key->record, &cursor)) {
    bool is_it;

    if (!sharing_find(op, ret_sharing, id)) continue;
    enum err err = sharing_read(op, ret_sharing, child);
    if (err == ERR_STALE) continue;
    TRY(err);
    if (sharing_why_not(op, ret_sharing) != TEXT_NONE) continue;
    TRY(is_served(op, &is_it, ret_recipient, ret_sharing, key->point));
    if (is_it && id_equal(ret_sharing->handler, key->handler)) return OK;
  }
  return ERR_ABSENT;
}

bool sharing_has_word_of(const struct op *op, const struct sharing *sharing, size_t count,
                         struct id account)
{
  for (size_t i = 0; i < count; i++) {
    const struct sharing_approval *approval = &sharing->approvals[i];

    if (second_are_one(op, approval->account, account)) return true;
    if (!id_is_zero(approval->deputy_for) && second_are_one(op, approval->deputy_for, account))
      return true;
  }
  return false;
}

/* Neither who gave it nor whose place they took is the one who asked, or spoke before. */
static bool is_by_another(const struct op *op, const struct sharing *sharing, size_t i)
{
  const struct sharing_approval *approval = &sharing->approvals[i];

  if (second_are_one(op, approval->account, sharing->handler) ||
      sharing_has_word_of(op, sharing, i, approval->account))
    return false;
  if (id_is_zero(approval->deputy_for) || !GUARD(DEPUTY_IS_ANOTHER)) return true;
  return !second_are_one(op, approval->deputy_for, sharing->handler) &&
         !sharing_has_word_of(op, sharing, i, approval->deputy_for);
}

void sharing_request(const struct op *op, struct asked *asked, const struct sharing *sharing,
                     const struct recipient_row *recipient)
{
  struct policy_request *request = &asked->request;

  asked_request(op, asked, &sharing->ask);
  asked->to = recipient->name;
  asked->handler = sharing->handler;
  request->role = recipient->role;
  request->channel_cannot |= recipient->cannot;
  request->relation = policy_word(reg_policy(op->reg), POLICY_RELATION, STR("none"));
  for (size_t i = 0; i < sharing->approval_count; i++)
    request->approvals[i] = (struct policy_approval){
      .role = sharing->approvals[i].role,
      .outcome = sharing->approvals[i].agrees ? POLICY_APPROVED : POLICY_REFUSED,
      .by_another = is_by_another(op, sharing, i),
      .in_time = true, /* the item's own end is the approvals' too */
    };
  request->approval_count = sharing->approval_count;
  asked->is_refused = !policy_decide_request(reg_policy(op->reg), &asked->decision, request);
}
