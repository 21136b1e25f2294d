/* Recipients: made and approved by two people, their keys changed by two, stopped by one; and the
 * list of them. It must never put a key in force on one person's word. */
#include <string.h>

#include "base/fold.h"
#include "base/guard.h"
#include "crypto/age.h"
#include "register/cursor.h"
#include "register/once.h"
#include "register/recipient.h"
#include "register/reply.h"
#include "register/second.h"

static bool may(const struct op *op, const char *what, struct entry_of *entry, uint16_t *rule)
{
  return asked_may(op, what, asked_any_purpose(op), entry, rule);
}

static bool may_manage(const struct op *op, struct entry_of *entry, uint16_t *rule)
{
  return may(op, "manage_recipients", entry, rule);
}

/* ---- all of them ---- */

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

/* ---- what is checked ---- */

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

  if (role == POLICY_NO_WORD || policy_role_is_staff(policy, role)) return false;
  if (in->name.len == 0 || in->organisation.len == 0) return false;
  return is_line(in->name) && is_line(in->organisation) && is_line(in->age_key) &&
         is_line(in->phone);
}

/* A key that was stopped once, for whomever, is never taken again. */
static bool was_stopped(const struct recipients *all, struct str key)
{
  for (size_t i = 0; i < all->count; i++)
    if (recipient_has_stopped(&all->at[i], key)) return true;
  return false;
}

static enum text_id key_fault(const struct op *op, const struct recipients *all, struct str key)
{
  enum text_id fault = recipient_key_fault(op, key);

  if (fault == TEXT_NONE && was_stopped(all, key)) fault = TEXT_KEY_WAS_STOPPED;
  return fault;
}

static enum err refuse(struct op *op, enum err err, enum text_id detail, struct entry_of *entry)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = detail}, entry);
}

/* ---- answers ---- */

/* Two recipients with one key may be one person in two offices, or a mistake: it is said aloud. */
static void write_same_key(struct json *json, const struct recipients *all,
                           const struct recipient_row *row)
{
  struct str key = row->key_waits ? row->next_key : row->age_key;

  JSON_KEY(json, "same_key");
  json_array_start(json);
  for (size_t i = 0; i < all->count && key.len > 0; i++)
    if (!id_equal(all->at[i].id, row->id) && str_equal(all->at[i].age_key, key)) {
      json_object_start(json);
      JSON_KEY(json, "name");
      json_str(json, all->at[i].name);
      JSON_KEY(json, "organisation");
      json_str(json, all->at[i].organisation);
      json_object_end(json);
    }
  json_array_end(json);
}

static enum err answer(struct op *op, const struct recipient_row *row, int status,
                       const struct entry_of *entry)
{
  struct recipients all;
  struct json json;

  TRY(read_all(op, &all));
  json_start(&json, op->arena, 1024);
  json_object_start(&json);
  recipient_write_whole(&json, op, row);
  write_same_key(&json, &all, row);
  if (!row->is_approved || row->key_waits) {
    JSON_KEY(&json, "waits");
    json_str(&json, text_get(TEXT_SAFETY_RECIPIENT_WAITS, op->lang));
  }
  json_object_end(&json);
  TRY(reply_json(op, &json, status));
  TRY(op_entry(op, entry));
  op_end(op);
  return OK;
}

/* ---- a new one ---- */

static struct recipient_row row_of(const struct op *op, const struct recipient *in)
{
  return (struct recipient_row){.proposer = op->actor.account,
                                .role = policy_word(reg_policy(op->reg), POLICY_ROLE, in->role),
                                .name = in->name,
                                .organisation = in->organisation,
                                .age_key = in->age_key,
                                .phone = in->phone,
                                .cannot = in->cannot,
                                .since = DAY_NONE};
}

static void hash_of(const struct op *op, struct hash *ret_hash, const struct recipient *in)
{
  const struct str texts[] = {in->role, in->name, in->organisation, in->age_key, in->phone};

  *ret_hash = (struct hash){{0}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    once_feed(op, ret_hash, texts[i].ptr, texts[i].len);
  once_feed(op, ret_hash, &in->cannot, sizeof in->cannot);
}

enum err recipient_make(struct op *op, const struct recipient *in)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .outcome = OUTCOME_PENDING};
  struct recipient_row row;
  struct recipients all;
  enum text_id fault;
  struct hash body;
  struct once once;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may_manage(op, &entry, &rule)) return reply_no_act(op, ACTION_RECIPIENT, 0);
  if (!is_good(op, in)) return ERR_INPUT;
  TRY(read_all(op, &all));
  fault = in->age_key.len > 0 ? key_fault(op, &all, in->age_key) : TEXT_NONE;
  if (fault != TEXT_NONE) return refuse(op, ERR_INPUT, fault, &entry);
  hash_of(op, &body, in);
  TRY(once_begin(op, &once, ACTION_RECIPIENT, &body));
  row = row_of(op, in);
  if (once.is_replay)
    row.id = once.made;
  else
    TRY(recipient_put(op, &row));
  TRY(once_done(op, &once, row.id));
  entry.recipients[0] = row.id;
  return answer(op, &row, 201, &entry);
}

/* ---- one that is there ---- */

/* Reads the row for whoever manages recipients. False: answered. `*rule` must outlive the entry. */
static enum err begin(struct op *op, struct recipient_row *ret_row, bool *ret_goes_on,
                      struct entry_of *entry, uint16_t *rule)
{
  *ret_goes_on = false;
  TRY(op_begin(op));
  if (!may_manage(op, entry, rule)) return reply_no_act(op, ACTION_RECIPIENT, 0);
  TRY(recipient_read(op, ret_row, entry->recipients[0]));
  *ret_goes_on = true;
  return OK;
}

enum err recipient_get(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_LIST, .recipients = {recipient}, .rows = 1};
  struct recipient_row row;
  uint16_t rule;

  TRY(op_begin(op));
  if (!may(op, "disclose", &entry, &rule) && !may_manage(op, &entry, &rule))
    return reply_no_act(op, ACTION_LIST, 0);
  TRY(recipient_read(op, &row, recipient));
  return answer(op, &row, 200, &entry);
}

/* What a second person decides on: the recipient, or its next key. */
static enum err begin_decision(struct op *op, struct recipient_row *ret_row, bool *ret_goes_on,
                               struct entry_of *entry, uint16_t *rule)
{
  TRY(begin(op, ret_row, ret_goes_on, entry, rule));
  if (!*ret_goes_on) return OK;
  if (second_is(op, ret_row->proposer) && GUARD(NO_SELF_APPROVAL)) {
    *ret_goes_on = false;
    return refuse(op, ERR_CONFLICT, TEXT_SAFETY_ANOTHER_PERSON, entry);
  }
  return OK;
}

static void put_in_force(const struct op *op, struct recipient_row *row)
{
  if (row->key_waits) {
    row->age_key = row->next_key;
    row->next_key = (struct str){0};
    row->key_waits = false;
    row->key_is_stopped = false;
  }
  row->is_approved = true;
  row->approver = op->actor.account;
  row->since = op_today(op);
}

enum err recipient_approve(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  uint16_t rule;
  bool goes_on;

  TRY(begin_decision(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (row.has_ended) return refuse(op, ERR_CONFLICT, TEXT_RECIPIENT_HAS_ENDED, &entry);
  if (second_is_same_browser(op, recipient))
    return refuse(op, ERR_CONFLICT, TEXT_SAFETY_SAME_BROWSER, &entry);
  if (!row.is_approved || row.key_waits) { /* done again it says the same */
    put_in_force(op, &row);
    TRY(recipient_put(op, &row));
  }
  return answer(op, &row, 200, &entry);
}

enum err recipient_turn_down(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  uint16_t rule;
  bool goes_on;

  TRY(begin_decision(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (row.is_approved && !row.key_waits)
    return refuse(op, ERR_CONFLICT, TEXT_SAFETY_DECIDED_ALREADY, &entry);
  entry.outcome = OUTCOME_REFUSED;
  if (!row.is_approved) {
    TRY(second_done(op, recipient));
    TRY(op_item_remove(op, recipient));
  } else {
    row.next_key = (struct str){0};
    row.key_waits = false;
    TRY(recipient_put(op, &row));
  }
  return answer(op, &row, 200, &entry);
}

/* ---- its key ---- */

enum err recipient_change_key(struct op *op, struct id recipient, struct str key)
{
  struct entry_of entry = {
    .action = ACTION_RECIPIENT, .recipients = {recipient}, .outcome = OUTCOME_PENDING};
  struct recipient_row row;
  struct recipients all;
  enum text_id fault;
  uint16_t rule;
  bool goes_on;

  TRY(begin(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (row.has_ended) return refuse(op, ERR_CONFLICT, TEXT_RECIPIENT_HAS_ENDED, &entry);
  if (!row.is_approved) return refuse(op, ERR_CONFLICT, TEXT_SAFETY_RECIPIENT_WAITS, &entry);
  TRY(read_all(op, &all));
  fault = key_fault(op, &all, key);
  if (fault == TEXT_NONE && str_equal(key, row.age_key)) fault = TEXT_KEY_IS_THE_SAME;
  if (fault != TEXT_NONE) return refuse(op, ERR_INPUT, fault, &entry);
  row.next_key = key;
  row.key_waits = true;
  row.proposer = op->actor.account;
  if (!GUARD(KEY_TWO_PEOPLE)) put_in_force(op, &row);
  TRY(recipient_put(op, &row));
  return answer(op, &row, 202, &entry);
}

enum err recipient_stop_key(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  uint16_t rule;
  bool goes_on;

  TRY(begin(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (row.age_key.len > 0) { /* done again it says the same */
    TRY(recipient_stop(op, &row));
    TRY(recipient_put(op, &row));
  }
  return answer(op, &row, 200, &entry);
}

enum err recipient_end(struct op *op, struct id recipient)
{
  struct entry_of entry = {.action = ACTION_RECIPIENT, .recipients = {recipient}};
  struct recipient_row row;
  uint16_t rule;
  bool goes_on;

  TRY(begin(op, &row, &goes_on, &entry, &rule));
  if (!goes_on) return OK;
  if (!row.has_ended) {
    row.has_ended = true;
    TRY(recipient_put(op, &row));
  }
  return answer(op, &row, 200, &entry);
}

/* ---- the list ---- */

enum { RECIPIENTS_PAGE = 100 };

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
    recipient_write_whole(&json, op, &recipients->at[to]);
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
