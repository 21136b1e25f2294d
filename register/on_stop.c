/* Stop-using notices, for the officers who see that they arrive: which are owed, the notice as a
 * sealed file for its receiver, and that it was acknowledged. A notice about a child of whom
 * somebody may not know is no notice to them. */
#include "register/cursor.h"
#include "register/listing.h"
#include "register/once.h"
#include "register/returned.h"
#include "register/stop.h"

/* The expiry of a manifest; a duty to stop has none. */
#define NEVER_US (INT64_C(253402300799) * 1000000) /* the end of the year 9999 */

/* How whoever asks stands to the child, by the same work for every id. */
static enum err look_at(struct op *op, struct matter *matter, struct stop *stop, bool *ret_found)
{
  matter->sharing = (struct sharing){.record = stop->record, .recipient = stop->recipient};
  TRY(matter_look_up(op, matter));
  if (!*ret_found || !matter_may_know(matter)) {
    *ret_found = false;
    matter->sharing = (struct sharing){0};
    return OK;
  }
  TRY(stop_read(op, stop, &matter->officer.facts.child));
  matter->sharing.handler = stop->handler;
  *ret_found = matter_is_handler(op, matter) || matter_may_handle(op, matter);
  if (!*ret_found) return OK;
  enum err err = recipient_read(op, &matter->recipient, stop->recipient);
  *ret_found = err == OK;
  return err == ERR_ABSENT ? OK : err;
}

static enum err find(struct op *op, struct matter *matter, struct stop *ret_stop, struct id id,
                     bool *ret_found)
{
  *matter = (struct matter){0};
  *ret_stop = (struct stop){0};
  *ret_found = stop_find(op, ret_stop, id);
  return look_at(op, matter, ret_stop, ret_found);
}

/* The beginning of an operation on one notice. */
static enum err begin(struct op *op, struct matter **ret_matter, struct stop *ret_stop,
                      struct id id, bool *ret_found)
{
  struct matter *matter = arena_take(op->arena, sizeof *matter);

  if (matter == NULL) return ERR_MEMORY;
  *ret_matter = matter;
  return find(op, matter, ret_stop, id, ret_found);
}

/* ---- what it says ---- */

static void write_stop(struct json *json, const struct op *op, const struct matter *matter,
                       const struct stop *stop)
{
  bool is_owed = stop->state == STOP_OWED;

  JSON_KEY(json, "notice");
  json_hex(json, stop->id.b, ID_BYTES);
  JSON_KEY(json, "state");
  json_str(json, is_owed ? STR("owed") : STR("acknowledged"));
  JSON_KEY(json, "disclosure");
  json_hex(json, stop->disclosure.b, ID_BYTES);
  JSON_KEY(json, "made");
  json_instant(json, stop->made);
  JSON_KEY(json, "to");
  json_object_start(json);
  recipient_write(json, op, &matter->recipient);
  json_object_end(json);
  if (is_owed) return;
  JSON_KEY(json, "acknowledged");
  json_day(json, stop->acknowledged);
}

static enum err answer(struct op *op, const struct matter *matter, const struct stop *stop)
{
  struct str content;
  struct json json;

  TRY(stop_content(op, &content, stop, &matter->recipient));
  json_start(&json, op->arena, 2048);
  json_object_start(&json);
  write_stop(&json, op, matter, stop);
  JSON_KEY(&json, "content");
  json_splice(&json, content);
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, 200);
}

static struct entry_of entry_of_stop(const struct op *op, const struct matter *matter,
                                     enum action action)
{
  struct entry_of entry;

  matter_entry(op, &entry, action, matter);
  matter_entry_child(&entry, matter);
  return entry;
}

enum err stop_get(struct op *op, struct id notice)
{
  struct matter *matter;
  struct entry_of entry;
  struct stop stop;
  bool found;

  TRY(op_begin(op));
  TRY(begin(op, &matter, &stop, notice, &found));
  if (!found) return matter_generic(op, matter, ACTION_DISCLOSURE_STATE);
  entry = entry_of_stop(op, matter, ACTION_DISCLOSURE_STATE);
  TRY(op_entry(op, &entry));
  return answer(op, matter, &stop);
}

/* ---- the list of what is owed: notices, and what receivers owe an answer to ---- */

/* What is due first stands first. */
static void insert(struct items *owed, const struct item *item)
{
  size_t at = owed->count++;

  for (; at > 0 && owed->at[at - 1].kind == item->kind &&
         owed->at[at - 1].until.number > item->until.number;
       at--)
    owed->at[at] = owed->at[at - 1];
  owed->at[at] = *item;
}

static enum err find_owed(const struct op *op, struct items *ret_owed)
{
  struct items stops, sent, owed = {0};

  TRY(index_items(op->reg->index, op->arena, &stops, &(struct items_want){.kind = ITEM_STOP}));
  TRY(index_items(op->reg->index, op->arena, &sent, &(struct items_want){.kind = ITEM_DISCLOSURE}));
  owed.at = arena_take_array(op->arena, stops.count + sent.count + 1, sizeof *owed.at);
  if (owed.at == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < stops.count; i++)
    if (stops.at[i].flags == STOP_OWED) owed.at[owed.count++] = stops.at[i];
  for (size_t i = 0; i < sent.count; i++)
    if (returned_item_owes(&sent.at[i])) insert(&owed, &sent.at[i]);
  *ret_owed = owed;
  return OK;
}

static size_t first_after(const struct items *items, struct id after)
{
  for (size_t i = 0; i < items->count; i++)
    if (id_equal(items->at[i].id, after)) return i + 1;
  return 0;
}

/* One of them: a notice, or the disclosure itself. */
struct owing {
  struct matter *matter;
  struct stop stop;
};

static enum err look(struct op *op, struct owing *owing, const struct item *item, bool *ret_found)
{
  if (item->kind == ITEM_STOP) return find(op, owing->matter, &owing->stop, item->id, ret_found);
  return matter_find_sent(op, &owing->matter, item->id, ret_found);
}

static void write_owing(struct json *json, const struct op *op, const struct owing *owing,
                        enum item_kind kind)
{
  json_object_start(json);
  if (kind == ITEM_STOP) {
    write_stop(json, op, owing->matter, &owing->stop);
  } else {
    JSON_KEY(json, "disclosure");
    json_hex(json, owing->matter->sharing.id.b, ID_BYTES);
    JSON_KEY(json, "to");
    json_object_start(json);
    recipient_write(json, op, &owing->matter->recipient);
    json_object_end(json);
    returned_write_owed(json, op, &owing->matter->sharing);
  }
  json_object_end(json);
}

struct owed_page {
  struct items owed;
  size_t at; /* the next one that would be shown */
  struct id last;
  uint32_t rows;
};

/* Writes those of one kind until the page is full. */
static enum err write_page(struct op *op, struct json *json, struct owed_page *listing,
                           enum item_kind kind)
{
  struct owing owing = {.matter = arena_take(op->arena, sizeof *owing.matter)};

  if (owing.matter == NULL) return ERR_MEMORY;
  for (; listing->at < listing->owed.count; listing->at++) {
    const struct item *item = &listing->owed.at[listing->at];
    bool found;

    if (item->kind != kind) break;
    TRY(look(op, &owing, item, &found));
    if (!found) continue;
    if (listing->rows == LIST_PAGE) break;
    write_owing(json, op, &owing, kind);
    listing->last = item->id;
    listing->rows++;
  }
  return OK;
}

static enum err write_lists(struct op *op, struct json *json, struct owed_page *listing)
{
  struct str next;

  JSON_KEY(json, "notices");
  json_array_start(json);
  TRY(write_page(op, json, listing, ITEM_STOP));
  json_array_end(json);
  JSON_KEY(json, "owed");
  json_array_start(json);
  TRY(write_page(op, json, listing, ITEM_DISCLOSURE));
  json_array_end(json);
  if (listing->at == listing->owed.count) return OK;
  TRY(cursor_write(op, &next, ACTION_STOP_NOTICE, listing->last));
  JSON_KEY(json, "cursor");
  json_str(json, next);
  return OK;
}

enum err stop_list(struct op *op, struct str cursor)
{
  struct entry_of entry = {.action = ACTION_LIST};
  struct owed_page listing = {0};
  struct json json;
  struct id after;
  uint16_t rule;

  TRY(op_begin(op));
  if (!asked_may(op, "disclose", asked_any_purpose(op), &entry, &rule))
    return reply_no_act(op, ACTION_LIST, 0);
  TRY(cursor_read(op, &after, ACTION_STOP_NOTICE, cursor));
  TRY(find_owed(op, &listing.owed));
  listing.at = first_after(&listing.owed, after);
  json_start(&json, op->arena, 4096);
  json_object_start(&json);
  TRY(write_lists(op, &json, &listing));
  json_object_end(&json);
  entry.rows = listing.rows;
  TRY(op_entry(op, &entry));
  op->answer.on_tick = true; /* the time must not tell who was met and not shown */
  TRY(reply_json(op, &json, 200));
  op_end(op);
  return OK;
}

/* ---- the file ---- */

enum err stop_package(struct op *op, struct id notice)
{
  struct sharing leaves = {.expiry = {NEVER_US}};
  struct packing packing;
  struct matter *matter;
  struct entry_of entry;
  struct str content;
  struct stop stop;
  bool found;

  TRY(op_begin(op));
  TRY(begin(op, &matter, &stop, notice, &found));
  if (!found) return matter_generic(op, matter, ACTION_STOP_NOTICE);
  if (matter->recipient.age_key.len == 0) /* stopped, ended or never there */
    return matter_refuse(op, matter, ACTION_STOP_NOTICE,
                         &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_STOP_ON_PAPER});
  TRY(stop_content(op, &content, &stop, &matter->recipient));
  hash_sha256(&leaves.content, content.ptr, content.len);
  leaves.decision = stop.entry;
  leaves.key_generation = stop.key_generation;
  TRY(package_prepare(op, &packing, &leaves, &matter->recipient, content,
                      &matter->officer.facts.child));
  entry = entry_of_stop(op, matter, ACTION_STOP_NOTICE);
  TRY(op_entry(op, &entry));
  return package_send(op, &packing);
}

/* ---- acknowledged ---- */

enum err stop_acknowledge(struct op *op, struct id notice, struct day on)
{
  struct hash body = {{0}};
  struct matter *matter;
  struct entry_of entry;
  struct stop stop;
  struct once once;
  bool found;

  TRY(op_begin(op));
  if (!day_is_set(on)) on = op_today(op);
  if (on.number > op_today(op).number) return ERR_INPUT;
  once_feed(op, &body, notice.b, ID_BYTES);
  once_feed(op, &body, &on, sizeof on);
  TRY(once_begin(op, &once, ACTION_STOP_NOTICE, &body));
  TRY(begin(op, &matter, &stop, notice, &found));
  if (!found) return matter_generic(op, matter, ACTION_STOP_NOTICE);
  if (on.number < instant_day(stop.made).number) return ERR_INPUT;
  entry = entry_of_stop(op, matter, ACTION_STOP_NOTICE);
  if (stop.state == STOP_OWED) { /* done again it says the same */
    stop.state = STOP_ACKNOWLEDGED;
    stop.acknowledged = on;
    stop.acknowledged_by = op->actor.account;
    TRY(stop_put(op, &stop, &matter->officer.facts.child));
  }
  TRY(once_done(op, &once, notice));
  TRY(op_entry(op, &entry));
  return answer(op, matter, &stop);
}
