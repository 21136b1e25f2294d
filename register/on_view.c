/* A view of one child, and the short view that an assignment stands for. One path for every id: who
 * may not know of a child gets, in bytes and in work, what an id of nobody gets. */
#include <string.h>

#include "register/glass.h"
#include "register/lead.h"
#include "register/operations.h"
#include "register/reply.h"
#include "register/spend.h"
#include "register/standing.h"
#include "register/view.h"

static enum err write_answer(struct op *op, const struct view *view)
{
  uint8_t etag[VIEW_ETAG_BYTES];
  struct view_ticket *ticket;
  struct json json;

  json_start(&json, op->arena, 8192);
  json_object_start(&json);
  JSON_KEY(&json, "entry");
  json_hex(&json, view->asked->facts.id.b, ID_BYTES);
  view_write(&json, op, view);
  glass_write_end(&json, op, &view->asked->decision);
  TRY(view_write_ticket(&json, op, view, NULL, &ticket));
  json_object_end(&json);
  view_etag(etag, op, view);
  hex_write(op->answer.etag, etag, sizeof etag);
  TRY(reply_json(op, &json, 200));
  view_bind_ticket(op, ticket, &json);
  return OK;
}

static enum err show(struct op *op, const struct asked *asked, const struct ask *ask)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;
  struct view view;

  TRY(view_open(op, &view, asked, op->actor.account));
  TRY(write_answer(op, &view));
  asked_entry(op, &entry, ACTION_ENTRY_VIEW, asked, ask);
  view_entry(&entry, op, &view, rules);
  TRY(op_entry(op, &entry));
  TRY(glass_tell(op, asked, ask->necessity, (struct str){"", 0}));
  TRY(lead_tell(op, asked));
  op_end(op);
  return OK;
}

enum err entry_view(struct op *op, const struct entry_ask *in)
{
  struct asked asked;

  TRY(op_begin(op));
  TRY(asked_about(op, &asked, in->id, &in->ask));
  TRY(spend_words(op, &in->ask));
  if (asked.is_refused) return reply_refused(op, &asked, ACTION_ENTRY_VIEW, &in->ask);
  return show(op, &asked, &in->ask);
}

/* What somebody assigned may see for their purpose, all of it: that is the short view. */
enum err entry_get(struct op *op, struct id id)
{
  struct entry_of entry = {.action = ACTION_ENTRY_VIEW};
  struct standing standing;
  struct facts_want want;
  struct asked asked;
  struct ask ask;
  bool is_assigned;

  TRY(op_begin(op));
  want = (struct facts_want){
    .id = id, .requester = op->actor.account, .with_gate = true, .today = op_today(op)};
  asked = (struct asked){0};
  TRY(asked_charge(op, &asked, id));
  if (asked.over.is_over) return reply_refused(op, &asked, ACTION_ENTRY_VIEW, NULL);
  TRY(facts_read(op, &asked.facts, &want));
  TRY(standing_find(op, &standing, &is_assigned, id, op->actor.account, &asked.facts.child));
  if (!is_assigned) return reply_generic_about(op, &entry, &asked);
  ask = standing_ask(op, &standing);
  asked_request_whole(op, &asked, &ask);
  /* Above for all purposes together, as for an id of nobody; here for that of the assignment. */
  TRY(asked_charge(op, &asked, id));
  if (asked.over.is_over) return reply_refused(op, &asked, ACTION_ENTRY_VIEW, &ask);
  /* The purpose is the assignment's, so even a refusal of the request would tell of the child. */
  if (asked.is_refused) return reply_generic_about(op, &entry, &asked);
  asked_settle_whole(op, &asked);
  if (asked.is_refused) return reply_refused(op, &asked, ACTION_ENTRY_VIEW, &ask);
  return show(op, &asked, &ask);
}
