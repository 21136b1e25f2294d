/* A disclosure leaves by its handler: decided again, logged, and then as an age file that its
 * recipient alone can open, finished under the next published head, or as what is printed or read
 * out. What leaves is the content that was made with the decision. */
#include "register/matter.h"
#include "register/once.h"
#include "register/operations.h"
#include "register/package.h"
#include "register/pages.h"
#include "register/seen.h"
#include "register/telling.h"

/* What leaves is what was granted then. */
static enum err log_fetch(struct op *op, const struct matter *matter)
{
  uint16_t rules[AUDIT_RULES_MAX];
  struct entry_of entry;
  struct view view;

  view_custody(op, &view, &matter->asked);
  matter_entry(op, &entry, ACTION_PACKAGE, matter);
  view_entry(&entry, op, &view, rules);
  view_field_ids(entry.released, op, &matter->asked, matter->sharing.granted);
  entry.approvals = matter->sharing.approvals_needed;
  return op_entry(op, &entry);
}

static enum err read_content(struct op *op, struct str *ret_content, const struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct pages pages = {sharing->content_pages, sharing->record, &matter->officer.facts.child};
  struct personal content;

  TRY(pages_read(op, &pages, &content, sharing->content_bytes));
  *ret_content = (struct str){content.ptr, content.len};
  return OK;
}

static enum err fetch(struct op *op, struct matter *matter)
{
  struct packing packing;
  struct str content;

  TRY(read_content(op, &content, matter));
  TRY(package_prepare(op, &packing, &matter->sharing, &matter->recipient, content,
                      &matter->officer.facts.child));
  TRY(log_fetch(op, matter));
  return package_send(op, &packing);
}

/* Into an open object: what a reader needs to check the paper against the log. */
static enum err write_evidence(struct json *json, struct op *op, const struct sharing *sharing)
{
  uint64_t entry;

  TRY(evidence_find(op->reader->store, &entry, &sharing->decision));
  JSON_KEY(json, "origin");
  json_str(json, op->reg->audit.origin);
  JSON_KEY(json, "index");
  json_int(json, (int64_t)entry);
  JSON_KEY(json, "digest");
  json_hex(json, sharing->content.bytes, HASH_BYTES);
  JSON_KEY(json, "expiry");
  json_instant(json, sharing->expiry);
  return OK;
}

static enum err print(struct op *op, struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct str content;
  struct json json;

  TRY(read_content(op, &content, matter));
  json_start(&json, op->arena, 8192);
  json_object_start(&json);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, sharing->id.b, ID_BYTES);
  JSON_KEY(&json, "means");
  json_str(&json, sharing_means_name(sharing->means));
  JSON_KEY(&json, "phone");
  json_str(&json, sharing->means == MEANS_SPOKEN ? matter->recipient.phone : (struct str){0});
  TRY(write_evidence(&json, op, sharing));
  JSON_KEY(&json, "content");
  json_splice(&json, content);
  json_object_end(&json);
  TRY(log_fetch(op, matter));
  op_end(op);
  return reply_json(op, &json, 200);
}

static enum text_id why_not_now(const struct op *op, const struct matter *matter)
{
  enum text_id why_not = sharing_why_not(op, &matter->sharing);

  if (why_not == TEXT_NONE) why_not = recipient_why_not(&matter->recipient);
  if (why_not == TEXT_NONE && !matter_still_holds(matter)) why_not = TEXT_SAFETY_DISCLOSURE_AGAIN;
  return why_not;
}

/* Reads a disclosure that may leave now, by its handler. False: answered. */
static enum err begin(struct op *op, struct matter **ret_matter, struct id disclosure,
                      bool *ret_goes_on)
{
  struct problem problem = {.err = ERR_CONFLICT};
  struct matter *matter;
  bool found;

  *ret_goes_on = false;
  TRY(op_begin(op));
  TRY(matter_find(op, &matter, disclosure, &found));
  *ret_matter = matter;
  found = found && matter_is_handler(op, matter) && matter_may_handle(op, matter);
  if (!found) return matter_generic(op, matter, ACTION_PACKAGE);
  TRY(matter_charge(op, matter)); /* each time that something leaves */
  if (matter->asked.over.is_over)
    return reply_refused(op, &matter->asked, ACTION_PACKAGE, &matter->sharing.ask);
  problem.detail = why_not_now(op, matter);
  *ret_goes_on = problem.detail == TEXT_NONE;
  return *ret_goes_on ? OK : matter_refuse(op, matter, ACTION_PACKAGE, &problem);
}

enum err disclosure_package(struct op *op, struct id disclosure)
{
  struct matter *matter;
  bool goes_on;

  TRY(begin(op, &matter, disclosure, &goes_on));
  if (!goes_on) return OK;
  if (matter->sharing.means != MEANS_PACKAGE || matter->recipient.age_key.len == 0)
    return matter_refuse(op, matter, ACTION_PACKAGE,
                         &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_MEANS_OTHER});
  return fetch(op, matter);
}

enum err disclosure_paper(struct op *op, struct id disclosure)
{
  struct problem why = {.err = ERR_CONFLICT, .detail = TEXT_MEANS_OTHER};
  struct matter *matter;
  bool goes_on;

  TRY(begin(op, &matter, disclosure, &goes_on));
  if (!goes_on) return OK;
  TRY(matter_check_texts(op, matter, &goes_on, ACTION_PACKAGE));
  if (!goes_on) return OK;
  if (matter->sharing.means != MEANS_PACKAGE) TRY(seen_why_not(op, &why, matter));
  return why.detail == TEXT_NONE ? print(op, matter)
                                 : matter_refuse(op, matter, ACTION_PACKAGE, &why);
}

/* ---- told by telephone ---- */

static enum err keep_telling(struct op *op, const struct matter *matter,
                             const struct disclosure_telling *in)
{
  struct told_once told = {.record = matter->sharing.record,
                           .disclosure = matter->sharing.id,
                           .by = op->actor.account,
                           .at = op->commit->request.at,
                           .fields = in->ask.said.asked,
                           .to = in->to};
  struct entry_of entry;

  matter_entry(op, &entry, ACTION_TOLD, matter);
  matter_entry_child(&entry, matter);
  view_field_ids(entry.released, op, &matter->asked, told.fields);
  op_hash(op, &entry.reason, in->to);
  TRY(told_put(op, &told, &matter->officer.facts.child));
  return op_entry(op, &entry);
}

static enum text_id telling_fault(const struct matter *matter, const struct disclosure_telling *in)
{
  struct fieldset beyond = fieldset_less(in->ask.said.asked, matter->sharing.granted);

  if (matter->sharing.means != MEANS_SPOKEN) return TEXT_MEANS_OTHER;
  if (!in->obligations_read) return TEXT_TELLING_READ_OUT;
  return fieldset_is_empty(beyond) ? TEXT_NONE : TEXT_TELLING_BEYOND;
}

enum err disclosure_tell(struct op *op, struct id disclosure, const struct disclosure_telling *in)
{
  struct problem problem = {.err = ERR_CONFLICT};
  struct hash body = {{0}};
  struct matter *matter;
  struct once once;
  bool goes_on;

  TRY(begin(op, &matter, disclosure, &goes_on));
  if (!goes_on) return OK;
  if (in->to.len == 0 || fieldset_is_empty(in->ask.said.asked)) return ERR_INPUT;
  problem.detail = telling_fault(matter, in);
  if (problem.detail != TEXT_NONE) return matter_refuse(op, matter, ACTION_TOLD, &problem);
  once_feed(op, &body, disclosure.b, ID_BYTES);
  once_feed(op, &body, in->to.ptr, in->to.len);
  once_feed(op, &body, &in->ask.said.asked, sizeof in->ask.said.asked);
  TRY(once_begin(op, &once, ACTION_TOLD, &body));
  if (once.is_replay) return disclosure_get(op, disclosure);
  TRY(keep_telling(op, matter, in));
  TRY(once_done(op, &once, disclosure));
  struct json json;
  json_start(&json, op->arena, 256);
  json_object_start(&json);
  JSON_KEY(&json, "disclosure");
  json_hex(&json, disclosure.b, ID_BYTES);
  json_object_end(&json);
  op_end(op);
  return reply_json(op, &json, 201);
}
