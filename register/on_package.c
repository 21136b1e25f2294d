/* The package of a disclosure, fetched by its handler: decided again, logged, and then finished
 * under the next published head. What leaves is the content that was made with the decision, as an
 * age file that its recipient alone can open. */
#include "register/matter.h"
#include "register/openings.h"
#include "register/operations.h"
#include "register/package.h"
#include "register/pages.h"

enum { PUBLISHED_WAIT_US = 15000000 };

struct fetching {
  struct late late;
  struct packing packing;
};

static enum err finish_package(void *self, struct op *op, const struct opening_context *context)
{
  struct fetching *fetching = self;
  struct str file;

  TRY(package_finish(op, &file, &fetching->packing, context->store, context->head, context->size));
  op->answer = (struct answer){.status = 200, .body = file, .type = STR("application/age")};
  return OK;
}

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
  struct fetching *fetching = arena_take(op->arena, sizeof *fetching);
  struct personal content;

  if (fetching == NULL) return ERR_MEMORY;
  TRY(pages_read(op, &pages, &content, sharing->content_bytes));
  TRY(package_prepare(op, &fetching->packing, sharing, &matter->recipient,
                      (struct str){content.ptr, content.len}, &matter->officer.facts.child));
  TRY(log_fetch(op, matter));
  fetching->late = (struct late){.index = fetching->packing.manifest.entry,
                                 .is_outward = true,
                                 .wait_us = PUBLISHED_WAIT_US,
                                 .run = finish_package,
                                 .self = fetching};
  openings_after(op, &fetching->late);
  op_end(op);
  return OK;
}

enum err disclosure_package(struct op *op, struct id disclosure)
{
  struct matter *matter;
  bool found;

  TRY(op_begin(op));
  TRY(matter_find(op, &matter, disclosure, &found));
  if (!found || !matter_is_handler(op, matter) || !matter_may_handle(op, matter))
    return matter_generic(op, matter, ACTION_PACKAGE);
  if (matter->sharing.state != SHARING_RELEASED)
    return matter_refuse(
      op, matter, ACTION_PACKAGE,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DISCLOSURE_WAITS});
  if (!matter_still_holds(matter))
    return matter_refuse(
      op, matter, ACTION_PACKAGE,
      &(struct problem){.err = ERR_CONFLICT, .detail = TEXT_SAFETY_DISCLOSURE_AGAIN});
  return fetch(op, matter);
}
