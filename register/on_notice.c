/* The notices that are somebody's to see to, and the word that settles one. A notice about a child
 * is shown only to who may know of that child, and the child's name by a decision of its own; who
 * was passed over stands nowhere, not in a count and not in a gap. */
#include "register/cursor.h"
#include "register/listing.h"
#include "register/notice.h"
#include "register/once.h"
#include "register/protection.h"
#include "register/reply.h"
#include "register/told.h"

/* One notice, with what the person signed in may know of its child. */
struct shown {
  struct notice_kept kept;
  struct asked asked;               /* of the child; meaningful with `child` */
  const struct audit_secret *child; /* NULL: about no child */
};

/* Name and birth date, asked as the role would that looks after such things. */
static struct ask name_ask(const struct op *op)
{
  const struct policy *policy = reg_policy(op->reg);
  uint8_t officer = policy_word(policy, POLICY_ROLE, STR("data_protection_officer"));
  bool audits = (op->actor.roles & POLICY_BIT(officer)) != 0;
  struct str purpose = audits ? STR("audit") : STR("safeguarding_enquiry");
  struct ask ask = {.said = {.has_necessity = true, .asked = asked_name_and_birth(op)}};

  ask.said.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, purpose));
  ask.said.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"));
  ask.said.urgency = policy_word(policy, POLICY_URGENCY, STR("routine"));
  return ask;
}

/* *ret_known: it is this person's to see to, and they may know of its child. The child is looked up
 * on the same path whether or not there is such a notice. */
static enum err look_up(struct op *op, struct shown *ret_shown, const struct item *item,
                        bool *ret_known)
{
  struct ask ask = name_ask(op);
  bool is_about_child = !id_is_zero(item->record);

  *ret_known = item->kind == ITEM_NOTICE && notice_is_for(op, item);
  TRY(protection_look_up(op, &ret_shown->asked, item->record, &ask));
  ret_shown->child = is_about_child ? &ret_shown->asked.facts.child : NULL;
  if (is_about_child) *ret_known = *ret_known && protection_may_know(op, &ret_shown->asked);
  return *ret_known ? notice_read(op, &ret_shown->kept, item->id, ret_shown->child) : OK;
}

/* ---- the list ---- */

static void write_instant(struct json *json, const char *key, struct instant at)
{
  json_key(json, str_from(key));
  json_instant(json, at);
}

static void write_state(struct json *json, const struct op *op, const struct notice_kept *kept)
{
  JSON_KEY(json, "state");
  json_str(json, kept->is_done ? STR("done") : STR("waiting"));
  write_instant(json, "made", kept->made);
  if (!kept->is_done && day_is_set(kept->item.until)) {
    JSON_KEY(json, "due");
    json_day(json, kept->item.until);
    JSON_KEY(json, "is_overdue");
    json_bool(json, notice_is_overdue(&kept->item, op_today(op)));
  }
  if (kept->is_done) {
    write_instant(json, "done", kept->done);
    told_account(json, op, "done_by", kept->done_by);
  }
  if (kept->answer.len == 0) return;
  JSON_KEY(json, "found");
  json_personal(json, kept->answer);
}

static void write_kind(struct json *json, const struct op *op, const struct notice_kept *kept)
{
  JSON_KEY(json, "notice");
  json_hex(json, kept->item.id.b, ID_BYTES);
  JSON_KEY(json, "kind");
  json_str(json, str_from(kept->row->name));
  JSON_KEY(json, "what");
  json_str(json, text_get(kept->row->what, op->lang));
  JSON_KEY(json, "what_to_do");
  json_str(json, text_get(kept->row->what_to_do, op->lang));
  JSON_KEY(json, "needs_words");
  json_bool(json, kept->row->answer != NOTICE_SEEN);
  JSON_KEY(json, "needs_day");
  json_bool(json, kept->row->answer == NOTICE_AGAIN);
}

static enum err write_one(struct op *op, struct json *json, const struct shown *shown)
{
  const struct notice_kept *kept = &shown->kept;
  struct ask ask = name_ask(op);
  struct personal words;

  json_object_start(json);
  write_kind(json, op, kept);
  write_state(json, op, kept);
  told_account(json, op, "about", kept->item.subject);
  if (kept->said.len > 0) {
    JSON_KEY(json, "said");
    json_splice(json, kept->said);
  }
  TRY(notice_words(op, &words, kept, shown->child));
  if (words.len > 0) {
    JSON_KEY(json, "words");
    json_personal(json, words);
  }
  if (shown->child != NULL) {
    JSON_KEY(json, "entry");
    json_hex(json, kept->item.record.b, ID_BYTES);
    TRY(told_child(json, op, &shown->asked.facts, &ask));
  }
  json_object_end(json);
  return OK;
}

struct place {
  struct item item;
  bool is_done;
  struct instant at; /* made, or settled */
};

struct found {
  struct place *at; /* in the arena */
  size_t count;
};

/* What waits stands first, the oldest at the top; then what was settled, the newest first. */
static bool stands_before(const struct place *a, const struct place *b)
{
  if (a->is_done != b->is_done) return b->is_done;
  return a->is_done ? a->at.us > b->at.us : a->at.us < b->at.us;
}

static void insert(struct found *found, const struct place *place)
{
  size_t at = found->count++;

  for (; at > 0 && stands_before(place, &found->at[at - 1]); at--)
    found->at[at] = found->at[at - 1];
  found->at[at] = *place;
}

static enum err find(struct op *op, struct found *ret_found)
{
  struct found found = {0};
  struct items items;

  TRY(index_items(op->reg->index, op->arena, &items, &(struct items_want){.kind = ITEM_NOTICE}));
  found.at = arena_take_array(op->arena, items.count + 1, sizeof *found.at);
  if (found.at == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < items.count; i++) {
    struct shown shown;
    bool known;

    if (notice_is_past(&items.at[i], op_today(op)) || !notice_is_for(op, &items.at[i])) continue;
    TRY(look_up(op, &shown, &items.at[i], &known));
    if (!known) continue;
    insert(&found, &(struct place){.item = items.at[i],
                                   .is_done = shown.kept.is_done,
                                   .at = shown.kept.is_done ? shown.kept.done : shown.kept.made});
  }
  *ret_found = found;
  return OK;
}

static size_t first_after(const struct found *found, struct id after)
{
  for (size_t i = 0; i < found->count; i++)
    if (id_equal(found->at[i].item.id, after)) return i + 1;
  return 0;
}

static enum err write_page(struct op *op, struct json *json, const struct found *found,
                           struct id after, uint32_t *ret_rows)
{
  size_t from = first_after(found, after), to = from;
  struct str cursor;

  JSON_KEY(json, "notices");
  json_array_start(json);
  for (; to < found->count && to < from + LIST_PAGE; to++) {
    struct shown shown;
    bool known;

    TRY(look_up(op, &shown, &found->at[to].item, &known));
    if (known) TRY(write_one(op, json, &shown));
  }
  json_array_end(json);
  if (to < found->count) {
    TRY(cursor_write(op, &cursor, ACTION_NOTICE, found->at[to - 1].item.id));
    JSON_KEY(json, "cursor");
    json_str(json, cursor);
  }
  *ret_rows = (uint32_t)(to - from);
  return OK;
}

enum err notice_list(struct op *op, struct str cursor)
{
  struct entry_of entry = {.action = ACTION_LIST};
  struct found found;
  struct id after;
  struct json json;

  TRY(op_begin(op));
  TRY(cursor_read(op, &after, ACTION_NOTICE, cursor));
  TRY(find(op, &found));
  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  TRY(write_page(op, &json, &found, after, &entry.rows));
  json_object_end(&json);
  TRY(op_entry(op, &entry));
  op->answer.on_tick = true; /* the time must not tell who was met and not shown */
  TRY(reply_json(op, &json, 200));
  op_end(op);
  return OK;
}

/* ---- settling one ---- */

static bool find_item(const struct op *op, struct item *ret_item, struct id id)
{
  const struct item *item;

  *ret_item = (struct item){0};
  index_read(op->reg->index);
  item = index_item(op->reg->index, id);
  if (item != NULL && item->kind == ITEM_NOTICE) *ret_item = *item;
  index_done(op->reg->index);
  return ret_item->kind == ITEM_NOTICE;
}

static enum err refuse(struct op *op, struct entry_of *entry, enum err err, enum text_id detail)
{
  entry->outcome = OUTCOME_REFUSED;
  return reply_problem(op, &(struct problem){.err = err, .detail = detail}, entry);
}

static enum err settle(struct op *op, struct shown *shown, const struct notice_answer *in,
                       const struct once *once, struct entry_of *entry)
{
  struct json json;

  if (!once->is_replay && shown->kept.row->answer == NOTICE_AGAIN)
    TRY(notice_again(op, &shown->kept, shown->child, in->words, in->again));
  else if (!once->is_replay)
    TRY(notice_settle(op, &shown->kept, shown->child, in->words));
  if (in->words.len > 0) op_hash(op, &entry->reason, in->words);
  TRY(once_done(op, once, in->id));
  json_start(&json, op->arena, 512);
  json_object_start(&json);
  write_kind(&json, op, &shown->kept);
  write_state(&json, op, &shown->kept);
  json_object_end(&json);
  TRY(op_entry(op, entry));
  TRY(reply_json(op, &json, 200));
  op_end(op);
  return OK;
}

/* What the answer lacks; TEXT_NONE: nothing. A day is asked for where it goes on, and nowhere else.
 */
static enum text_id lacking(const struct op *op, const struct notice_kept *kept,
                            const struct notice_answer *in)
{
  bool goes_on = kept->row->answer == NOTICE_AGAIN, has_day = day_is_set(in->again);

  if (kept->row->answer != NOTICE_SEEN && personal_is_blank(in->words))
    return TEXT_NOTICE_WORDS_NEEDED;
  if (has_day != goes_on || (has_day && in->again.number <= op_today(op).number))
    return TEXT_NOTICE_DAY_NEEDED;
  return TEXT_NONE;
}

enum err notice_answer(struct op *op, const struct notice_answer *in)
{
  struct entry_of entry = {.action = ACTION_NOTICE};
  struct hash body = {{0}};
  enum text_id why;
  struct shown shown;
  struct once once;
  struct item item;
  bool known;

  TRY(op_begin(op));
  once_feed(op, &body, in->id.b, ID_BYTES);
  once_feed(op, &body, in->words.ptr, in->words.len);
  once_feed(op, &body, &in->again.number, sizeof in->again.number);
  TRY(once_begin(op, &once, ACTION_NOTICE, &body));
  (void)find_item(op, &item, in->id);
  TRY(look_up(op, &shown, &item, &known));
  if (!known) return reply_generic(op, &entry);
  if (shown.child != NULL) protection_about(&entry, &shown.asked, false);
  entry.recipients[0] = shown.kept.item.subject;
  if (shown.kept.is_done && !once.is_replay)
    return refuse(op, &entry, ERR_CONFLICT, TEXT_NOTICE_DONE_ALREADY);
  why = lacking(op, &shown.kept, in);
  if (why != TEXT_NONE) return refuse(op, &entry, ERR_INPUT, why);
  return settle(op, &shown, in, &once, &entry);
}
