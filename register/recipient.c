/* The text of an ITEM_RECIPIENT: role, name, organisation and key, a line each. */
#include "register/recipient.h"

#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "crypto/age.h"
#include "register/cursor.h"
#include "register/once.h"
#include "register/reply.h"

enum { LINE_ROLE, LINE_NAME, LINE_ORGANISATION, LINE_KEY, LINES };

static enum err write_lines(struct op *op, struct personal *ret_text,
                            const struct str lines[static LINES])
{
  size_t n = 0, at = 0;
  char *text;

  for (size_t i = 0; i < LINES; i++)
    n += lines[i].len + 1;
  text = arena_take(op->arena, n);
  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < LINES; i++) {
    if (lines[i].len > 0) memcpy(text + at, lines[i].ptr, lines[i].len);
    at += lines[i].len;
    text[at++] = '\n';
  }
  *ret_text = (struct personal){text, n};
  return OK;
}

static bool read_lines(struct str ret_lines[static LINES], struct personal text)
{
  const char *from = text.ptr, *end = text.ptr + text.len;

  for (size_t i = 0; i < LINES; i++) {
    const char *stop = memchr(from, '\n', (size_t)(end - from));

    if (stop == NULL) return false;
    ret_lines[i] = (struct str){from, (size_t)(stop - from)};
    from = stop + 1;
  }
  return from == end;
}

enum err recipient_read(struct op *op, struct recipient_row *ret_row, struct id id)
{
  struct str lines[LINES];
  struct personal text;
  struct item item;
  bool is_one;
  uint8_t role;

  index_read(op->reg->index);
  is_one = index_item(op->reg->index, id) != NULL &&
           index_item(op->reg->index, id)->kind == ITEM_RECIPIENT;
  index_done(op->reg->index);
  if (!is_one) return ERR_ABSENT;
  TRY(op_item_text(op, &text, &item, id, NULL));
  if (!read_lines(lines, text)) return ERR_CORRUPT;
  role = policy_word(reg_policy(op->reg), POLICY_ROLE, lines[LINE_ROLE]);
  if (role == POLICY_NO_WORD) return ERR_ABSENT;
  *ret_row = (struct recipient_row){.id = id,
                                    .proposer = item.subject,
                                    .is_approved = (item.flags & RECIPIENT_APPROVED) != 0,
                                    .role = role,
                                    .name = lines[LINE_NAME],
                                    .organisation = lines[LINE_ORGANISATION],
                                    .age_key = lines[LINE_KEY]};
  return OK;
}

/* ---- operations ---- */

static bool may(const struct op *op, const char *what, struct entry_of *entry, uint16_t *rule)
{
  return asked_may(op, what, asked_any_purpose(op), entry, rule);
}

static bool may_manage(const struct op *op, struct entry_of *entry, uint16_t *rule)
{
  return may(op, "manage_recipients", entry, rule);
}

static bool is_line(struct str text)
{
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.ptr[i] < 0x20) return false;
  return true;
}

/* A body or a family: the authority's own staff sign in, and are sent nothing. */
static bool is_good(const struct op *op, const struct recipient *in)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t role = policy_word(policy, POLICY_ROLE, in->role);
  struct age_recipient key;

  if (role == POLICY_NO_WORD || policy_role_is_staff(policy, role)) return false;
  if (in->name.len == 0 || in->organisation.len == 0) return false;
  if (!is_line(in->name) || !is_line(in->organisation) || !is_line(in->age_key)) return false;
  return in->age_key.len == 0 || age_recipient_parse(&key, in->age_key) == OK;
}

static enum err answer(struct op *op, struct id id, bool is_approved, int status,
                       const struct entry_of *entry)
{
  struct json json;

  json_start(&json, op->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "recipient");
  json_hex(&json, id.b, ID_BYTES);
  JSON_KEY(&json, "approved");
  json_bool(&json, is_approved);
  if (!is_approved) {
    JSON_KEY(&json, "waits");
    json_str(&json, text_get(TEXT_SAFETY_RECIPIENT_WAITS, op->lang));
  }
  json_object_end(&json);
  TRY(reply_json(op, &json, status));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

enum err recipient_make(struct op *op, const struct recipient *in)
{
  struct str lines[LINES] = {in->role, in->name, in->organisation, in->age_key};
  struct item item = {.kind = ITEM_RECIPIENT, .subject = op->actor.account, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_RECIPIENT, .outcome = OUTCOME_PENDING};
  struct hash body = {{0}};
  struct personal text;
  struct once once;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may_manage(op, &entry, &rule)) return reply_no_act(op, ACTION_RECIPIENT, 0);
  if (!is_good(op, in)) return ERR_INPUT;
  TRY(write_lines(op, &text, lines));
  once_feed(op, &body, text.ptr, text.len);
  TRY(once_begin(op, &once, ACTION_RECIPIENT, &body));
  if (once.is_replay)
    item.id = once.made;
  else
    TRY(op_item_put(op, &item, NULL, text));
  TRY(once_done(op, &once, item.id));
  entry.recipients[0] = item.id;
  return answer(op, item.id, false, 201, &entry);
}

/* What a second person decides on: reads the row, and says whether this person may. False:
 * answered. `*rule` must outlive the entry.
 */
static enum err begin_decision(struct op *op, struct recipient_row *ret_row, bool *ret_goes_on,
                               struct entry_of *entry, uint16_t *rule)
{
  *ret_goes_on = false;
  TRY(op_begin(op));
  if (!may_manage(op, entry, rule)) return reply_no_act(op, ACTION_RECIPIENT, 0);
  TRY(recipient_read(op, ret_row, entry->recipients[0]));
  if (id_equal(ret_row->proposer, op->actor.account) && GUARD(NO_SELF_APPROVAL)) {
    entry->outcome = OUTCOME_REFUSED;
    return reply_problem(
      op, &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_ANOTHER_PERSON}, entry);
  }
  *ret_goes_on = true;
  return OK;
}

enum err recipient_approve(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  struct personal text;
  struct item item;
  uint16_t rule;
  bool goes_on;

  TRY(begin_decision(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (!row.is_approved) { /* done again it says the same */
    TRY(op_item_text(op, &text, &item, recipient, NULL));
    item.flags |= RECIPIENT_APPROVED;
    TRY(op_item_put(op, &item, NULL, text));
  }
  return answer(op, recipient, true, 200, &entry);
}

enum err recipient_turn_down(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  uint16_t rule;
  bool goes_on;

  TRY(begin_decision(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  entry.outcome = OUTCOME_REFUSED;
  if (row.is_approved)
    return reply_problem(
      op, &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DECIDED_ALREADY}, &entry);
  TRY(op_item_remove(op, recipient));
  return answer(op, recipient, false, 200, &entry);
}

/* ---- the list ---- */

enum { RECIPIENTS_PAGE = 100 };

struct recipients {
  struct recipient_row *at; /* in the arena */
  size_t count;
};

/* By organisation, then name, as the Welsh alphabet has them. */
static bool stands_before(const struct recipient_row *a, const struct recipient_row *b)
{
  int order = fold_compare_welsh((struct personal){a->organisation.ptr, a->organisation.len},
                                 (struct personal){b->organisation.ptr, b->organisation.len});

  if (order == 0)
    order = fold_compare_welsh((struct personal){a->name.ptr, a->name.len},
                               (struct personal){b->name.ptr, b->name.len});
  return order < 0;
}

static void insert(struct recipients *recipients, const struct recipient_row *row)
{
  size_t at = recipients->count++;

  for (; at > 0 && stands_before(row, &recipients->at[at - 1]); at--)
    recipients->at[at] = recipients->at[at - 1];
  recipients->at[at] = *row;
}

static enum err read_all(struct op *op, struct recipients *ret_recipients)
{
  struct recipients all = {0};
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items, &(struct items_want){.kind = ITEM_RECIPIENT}));
  all.at = arena_take_array(op->arena, items.count + 1, sizeof *all.at);
  if (all.at == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < items.count; i++) {
    struct recipient_row row;
    enum err err = recipient_read(op, &row, items.at[i].id);

    if (err == ERR_ABSENT) continue; /* its role is no longer in the vocabulary */
    TRY(err);
    insert(&all, &row);
  }
  *ret_recipients = all;
  return OK;
}

void recipient_write(struct json *json, const struct op *op, const struct recipient_row *row)
{
  JSON_KEY(json, "recipient");
  json_hex(json, row->id.b, ID_BYTES);
  JSON_KEY(json, "name");
  json_str(json, row->name);
  JSON_KEY(json, "role");
  json_str(json, policy_word_name(reg_policy(op->reg), POLICY_ROLE, row->role));
  JSON_KEY(json, "organisation");
  json_str(json, row->organisation);
  JSON_KEY(json, "approved");
  json_bool(json, row->is_approved);
  JSON_KEY(json, "has_key");
  json_bool(json, row->age_key.len > 0);
}

static size_t first_after(const struct recipients *recipients, struct id after)
{
  for (size_t i = 0; i < recipients->count; i++)
    if (id_equal(recipients->at[i].id, after)) return i + 1;
  return 0;
}

static enum err answer_list(struct op *op, const struct recipients *recipients, struct id after,
                            struct entry_of *entry)
{
  size_t from = first_after(recipients, after), to = from;
  struct str cursor;
  struct json json;

  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "recipients");
  json_array_start(&json);
  for (; to < recipients->count && to < from + RECIPIENTS_PAGE; to++) {
    json_object_start(&json);
    recipient_write(&json, op, &recipients->at[to]);
    json_object_end(&json);
  }
  json_array_end(&json);
  if (to < recipients->count) {
    TRY(cursor_write(op, &cursor, ACTION_RECIPIENT, recipients->at[to - 1].id));
    JSON_KEY(&json, "cursor");
    json_str(&json, cursor);
  }
  json_object_end(&json);
  entry->rows = (uint32_t)(to - from);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

enum err recipient_list(struct op *op, struct str cursor)
{
  struct entry_of entry = {.action = ACTION_LIST};
  struct recipients recipients;
  struct id after;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may(op, "disclose", &entry, &rule) && !may_manage(op, &entry, &rule))
    return reply_no_act(op, ACTION_LIST, 0);
  TRY(cursor_read(op, &after, ACTION_RECIPIENT, cursor));
  TRY(read_all(op, &recipients));
  return answer_list(op, &recipients, after, &entry);
}
