/* How long a disclosure lives: its mark, its expiry, its end, and the words for why it was
 * recalled. It must never let what has ended leave again. */
#include "base/guard.h"
#include "register/pages.h"
#include "register/sharing.h"

/* ---- the mark ---- */

enum {
  MARK_STATE = 7,
  MARK_OWES_RECEIPT = 1 << 3,
  MARK_SHELTER_AT = 4,
  MARK_LOCATING = 1 << 6,
  MARK_TOLD = 1 << 7,
  MARK_QUARTER_AT = 8,
  MARK_OWES_DELETION = 1 << 15
};

struct sharing_mark sharing_mark(const struct item *item)
{
  unsigned flags = item->flags;

  return (struct sharing_mark){
    .state = (enum sharing_state)(flags & MARK_STATE),
    .shelter = (enum shelter)(flags >> MARK_SHELTER_AT & 3),
    .is_locating = (flags & MARK_LOCATING) != 0,
    .is_told = (flags & MARK_TOLD) != 0,
    .owes_receipt = (flags & MARK_OWES_RECEIPT) != 0,
    .owes_deletion = (flags & MARK_OWES_DELETION) != 0,
    .quarter = flags >> MARK_QUARTER_AT & 0x7f,
  };
}

uint16_t sharing_flags(const struct sharing_mark *mark)
{
  return (uint16_t)((unsigned)mark->state | (unsigned)mark->shelter << MARK_SHELTER_AT |
                    mark->quarter << MARK_QUARTER_AT | (mark->is_locating ? MARK_LOCATING : 0u) |
                    (mark->is_told ? MARK_TOLD : 0u) |
                    (mark->owes_receipt ? MARK_OWES_RECEIPT : 0u) |
                    (mark->owes_deletion ? MARK_OWES_DELETION : 0u));
}

struct str sharing_means_name(enum sharing_means means)
{
  switch (means) {
  case MEANS_PACKAGE:
    return STR("package");
  case MEANS_PAPER:
    return STR("paper");
  case MEANS_SPOKEN:
    return STR("spoken");
  }
  return STR("");
}

bool sharing_has_left(enum sharing_state state)
{
  return state == SHARING_RELEASED || state == SHARING_RECALLED || state == SHARING_EXPIRED;
}

/* ---- its end ---- */

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define QUARTER_US (HOUR_US / 4)
enum { QUARTERS_A_DAY = 96, SHORT_HOURS = 4 };

static struct instant now(const struct op *op)
{
  return op->commit->request.at;
}

void sharing_set_expiry(const struct op *op, struct sharing *sharing, uint64_t obligations)
{
  int64_t life = asked_obliges(op, obligations, STR("expire_4_hours")) ? SHORT_HOURS * HOUR_US
                                                                       : SHARING_DAYS * DAY_US;
  int64_t quarters, from = now(op).us / SECOND_US * SECOND_US;

  sharing->leaves.us = 0;
  if (asked_obliges(op, obligations, STR("fixed_response_time"))) {
    sharing->leaves.us = sharing->until.number * DAY_US;
    if (sharing->leaves.us > from) from = sharing->leaves.us;
  }
  sharing->expiry.us = from + life;
  if (sharing->wanted.us != 0 && sharing->wanted.us < sharing->expiry.us)
    sharing->expiry = sharing->wanted;
  quarters = (sharing->expiry.us + QUARTER_US - 1) / QUARTER_US;
  sharing->until.number = (int32_t)(quarters / QUARTERS_A_DAY);
  sharing->mark.quarter = (unsigned)(quarters % QUARTERS_A_DAY);
}

static bool has_passed(struct instant end, struct instant at)
{
  return at.us >= end.us && GUARD(EXPIRED_STAYS);
}

bool sharing_item_has_expired(const struct item *item, struct instant at)
{
  struct sharing_mark mark = sharing_mark(item);
  struct instant end = {(item->until.number * (int64_t)QUARTERS_A_DAY + mark.quarter) * QUARTER_US};

  return mark.state == SHARING_RELEASED && has_passed(end, at);
}

enum sharing_state sharing_state_now(const struct op *op, const struct sharing *sharing)
{
  bool is_over = sharing->mark.state == SHARING_RELEASED && has_passed(sharing->expiry, now(op));

  return is_over ? SHARING_EXPIRED : sharing->mark.state;
}

enum text_id sharing_why_not(const struct op *op, const struct sharing *sharing)
{
  switch (sharing_state_now(op, sharing)) {
  case SHARING_COMPARING:
    return TEXT_SAFETY_DISCLOSURE_COMPARES;
  case SHARING_PENDING:
    return TEXT_SAFETY_DISCLOSURE_WAITS;
  case SHARING_RELEASED:
    return now(op).us < sharing->leaves.us && GUARD(FIXED_DAY) ? TEXT_SAFETY_DISCLOSURE_FIXED_DAY
                                                               : TEXT_NONE;
  case SHARING_REFUSED:
    return TEXT_SAFETY_DISCLOSURE_OVER;
  case SHARING_RECALLED:
    return TEXT_SAFETY_DISCLOSURE_RECALLED;
  case SHARING_EXPIRED:
    return TEXT_SAFETY_DISCLOSURE_EXPIRED;
  }
  return TEXT_SAFETY_DISCLOSURE_OVER;
}

enum err sharing_end(struct op *op, struct sharing *sharing, enum sharing_state state,
                     const struct audit_secret *child)
{
  struct pages content = {sharing->content_pages, sharing->record, child};

  sharing->mark.state = state;
  TRY(pages_remove(op, &content));
  return sharing_put(op, sharing, child);
}

enum shelter shelter_of(const struct index *index, const struct entry *entry)
{
  if (entry->level == LEVEL_HIDDEN) return SHELTER_HIDDEN;
  if (entry->level == LEVEL_CONTACT_PROTECTED) return SHELTER_CONTACT;
  return index_household(index, entry) >= LEVEL_CONTACT_PROTECTED ? SHELTER_HOUSEHOLD
                                                                  : SHELTER_NONE;
}

enum shelter sharing_shelter(const struct op *op, struct id record)
{
  enum shelter shelter = SHELTER_NONE;
  const struct entry *entry;

  index_read(op->reg->index);
  entry = index_entry(op->reg->index, record);
  if (entry != NULL) shelter = shelter_of(op->reg->index, entry);
  index_done(op->reg->index);
  return shelter;
}
