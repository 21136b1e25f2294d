/* Who looked at a child's record, why and under which rule: for those to whom a rule grants the
 * record's history. Nothing but the log is opened, and looking is an entry too. The per-child index
 * of the log is not kept on disk, so a page is found by going back through the newest entries; a
 * cursor goes on from there. */
#include <string.h>

#include "register/access_log.h"
#include "register/bytes.h"
#include "register/cursor.h"
#include "register/evidence.h"
#include "register/operations.h"
#include "register/reply.h"
#include "register/view.h"

enum { LOG_PAGE = 20, LOG_LOOKED_AT_MAX = 512 };

/* A reading of the log has no form to fill in: its purpose is the first of these that the person's
 * role is for. */
static const char *const purposes[] = {"audit", "safeguarding_enquiry"};

static struct ask ask_for(const struct op *op, const char *purpose)
{
  const struct policy *policy = reg_policy(op->reg);
  struct ask ask = {.said = {.has_necessity = true}};

  ask.said.purposes = POLICY_BIT(policy_word(policy, POLICY_PURPOSE, str_from(purpose)));
  ask.said.basis = policy_word(policy, POLICY_BASIS, STR("statutory_duty"));
  ask.said.urgency = policy_word(policy, POLICY_URGENCY, STR("routine"));
  ask.said.asked =
    fieldset_with(ask.said.asked, policy_word(policy, POLICY_FIELD, STR("record_history")));
  ask.said.asked =
    fieldset_with(ask.said.asked, policy_word(policy, POLICY_FIELD, STR("disclosure_history")));
  return ask;
}

static enum err decide(struct op *op, struct asked *ret_asked, struct ask *ret_ask, struct id id)
{
  *ret_asked = (struct asked){0};
  for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
    *ret_ask = ask_for(op, purposes[i]);
    asked_request(op, ret_asked, ret_ask);
    if (!ret_asked->is_refused) break;
  }
  TRY(asked_charge(op, ret_asked, id));
  return asked_decide(op, ret_asked, id, op->actor.account);
}

static void write_view(struct json *json, const char *name, const struct opened_view *view)
{
  json_key(json, str_from(name));
  json_splice(json, view->payload);
}

/* `accounts`: a view of who did something is sealed for each of them apart. */
static enum err write_who(struct op *op, struct json *json, const struct sealed_entry *sealed,
                          const struct items *accounts)
{
  struct opened_view view;

  for (size_t i = 0; i < accounts->count; i++) {
    enum err err = audit_open(op->arena, &op->reg->audit, &view, LEAF_WHO, sealed, NULL,
                              accounts->at[i].subject);

    if (err == ERR_OPEN) continue;
    TRY(err);
    write_view(json, "who", &view);
    break;
  }
  return OK;
}

static enum err write_entry(struct op *op, struct json *json, uint64_t index,
                            const struct sealed_entry *sealed, const struct opened_view *core,
                            const struct audit_secret *child, const struct items *accounts)
{
  const struct id nobody = {{0}};
  struct opened_view what, ops;

  TRY(audit_open(op->arena, &op->reg->audit, &what, LEAF_WHAT, sealed, child, nobody));
  json_object_start(json);
  JSON_KEY(json, "index");
  json_int(json, (int64_t)index);
  write_view(json, "core", core);
  write_view(json, "what", &what);
  TRY(write_who(op, json, sealed, accounts));
  if (audit_open(op->arena, &op->reg->audit, &ops, LEAF_OPS, sealed, NULL, nobody) == OK)
    write_view(json, "ops", &ops);
  json_object_end(json);
  return OK;
}

static struct id place_id(uint64_t index)
{
  struct id id = {{0}};

  put_u64(id.b, index);
  id.b[ID_BYTES - 1] = 1; /* never zero: that is the beginning */
  return id;
}

enum err access_log_write(struct op *op, struct json *json, uint64_t *index, uint32_t *ret_rows,
                          const struct audit_secret *child)
{
  const struct id nobody = {{0}};
  struct sealed_entry sealed;
  struct opened_view core;
  struct items accounts;
  uint32_t rows = 0;

  TRY(
    index_items(op->reg->index, op->arena, &accounts, &(struct items_want){.kind = ITEM_ACCOUNT}));
  for (unsigned looked = 0; *index > 0 && rows < LOG_PAGE && looked < LOG_LOOKED_AT_MAX; looked++) {
    enum err err = evidence_entry(op->reader->store, &sealed, --*index);

    if (err == OK)
      err = audit_open(op->arena, &op->reg->audit, &core, LEAF_CORE, &sealed, child, nobody);
    if (err == ERR_OPEN || err == ERR_ABSENT)
      continue; /* another child's, or its views have run out */
    TRY(err);
    TRY(write_entry(op, json, *index, &sealed, &core, child, &accounts));
    rows++;
  }
  *ret_rows = rows;
  return OK;
}

static enum err answer(struct op *op, const struct asked *asked, const struct ask *ask,
                       uint64_t index)
{
  struct entry_of entry;
  struct str cursor;
  struct json json;

  asked_entry(op, &entry, ACTION_ACCESS_LOG, asked, ask);
  entry.child = &asked->facts.child;
  entry.record = asked->facts.id;
  entry.version = asked->facts.head.version;
  json_start(&json, op->arena, 8192);
  json_object_start(&json);
  JSON_KEY(&json, "entries");
  json_array_start(&json);
  TRY(access_log_write(op, &json, &index, &entry.rows, &asked->facts.child));
  json_array_end(&json);
  if (index > 0) {
    TRY(cursor_write(op, &cursor, ACTION_ACCESS_LOG, place_id(index)));
    JSON_KEY(&json, "cursor");
    json_str(&json, cursor);
  }
  json_object_end(&json);
  TRY(reply_json(op, &json, 200));
  TRY(op_entry(op, &entry));
  op_end(op);
  return OK;
}

enum err entry_access_log(struct op *op, struct id id, struct str cursor)
{
  struct tree_edge edge;
  struct asked asked;
  struct id place;
  struct ask ask;
  uint64_t index;

  TRY(op_begin(op));
  TRY(cursor_read(op, &place, ACTION_ACCESS_LOG, cursor));
  writer_edge(op->reg->writer, &edge);
  index = id_is_zero(place) ? edge.size : get_u64(place.b);
  if (index > edge.size) return ERR_INPUT;
  TRY(decide(op, &asked, &ask, id));
  if (asked.is_refused) return reply_refused(op, &asked, ACTION_ACCESS_LOG, &ask);
  return answer(op, &asked, &ask, index);
}
