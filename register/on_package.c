/* The package of a disclosure, fetched by its handler: decided again, logged, and then finished
 * under the next published head. What leaves is the content that was made with the decision, as an
 * age file that its recipient alone can open. */
#include "register/matter.h"
#include "register/operations.h"
#include "register/package.h"
#include "register/pages.h"

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

static enum err fetch(struct op *op, struct matter *matter)
{
  const struct sharing *sharing = &matter->sharing;
  struct pages pages = {sharing->content_pages, sharing->record, &matter->officer.facts.child};
  struct packing packing;
  struct personal content;

  TRY(pages_read(op, &pages, &content, sharing->content_bytes));
  TRY(package_prepare(op, &packing, sharing, &matter->recipient,
                      (struct str){content.ptr, content.len}, &matter->officer.facts.child));
  TRY(log_fetch(op, matter));
  return package_send(op, &packing);
}

enum err disclosure_package(struct op *op, struct id disclosure)
{
  struct matter *matter;
  enum text_id why_not;
  bool found;

  TRY(op_begin(op));
  TRY(matter_find(op, &matter, disclosure, &found));
  if (!found || !matter_is_handler(op, matter) || !matter_may_handle(op, matter))
    return matter_generic(op, matter, ACTION_PACKAGE);
  why_not = sharing_why_not(op, &matter->sharing);
  if (why_not == TEXT_NONE) why_not = recipient_why_not(&matter->recipient);
  if (why_not != TEXT_NONE)
    return matter_refuse(op, matter, ACTION_PACKAGE,
                         &(struct problem){.err = ERR_CONFLICT, .detail = why_not});
  if (!matter_still_holds(matter))
    return matter_refuse(
      op, matter, ACTION_PACKAGE,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DISCLOSURE_AGAIN});
  return fetch(op, matter);
}
