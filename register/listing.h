/* Lists of children: each one shown by a decision of its own, with an entry of its own. A list of n
 * shown is n + 1 entries; who was met and not shown stands nowhere, not in a count and not in a
 * gap. */
#ifndef REGISTER_LISTING_H
#define REGISTER_LISTING_H

#include "register/spend.h"
#include "register/view.h"

#define LIST_PAGE 20

struct listed {
  struct id id;                      /* of the row: the child, or what is listed about it */
  struct id record;                  /* the child */
  struct personal surname, forename; /* as opened; empty where no name was granted */
  struct str text;                   /* finished JSON of the child */
  struct entry_of entry;
  struct audit_secret child;
  uint16_t rules[AUDIT_RULES_MAX];
};
struct listing {
  struct listed *at; /* in the arena */
  size_t count, held;
};

/* Room for so many. */
MUST_USE enum err listing_new(struct op *op, struct listing *ret_listing, size_t most);
/* Opens what `asked` grants, for one more child. */
MUST_USE enum err listing_add(struct op *op, struct listing *listing, const struct asked *asked);
/* The same, with more members beside the fields: their values are finished JSON. */
struct listed_more {
  struct str key, value;
};
MUST_USE enum err listing_add_more(struct op *op, struct listing *listing,
                                   const struct asked *asked, const struct listed_more *more,
                                   size_t more_count);
/* Surname, then forename, as the Welsh alphabet has them. */
void listing_sort(struct listing *listing);
/* Writes the page that follows `cursor` under `name`, the entries of its children and `entry`, and
 * ends the read view. */
struct listing_page {
  struct str name; /* "hits" */
  enum action action;
  struct id after;        /* zero: from the beginning */
  struct entry_of *entry; /* of the list itself */
  /* Who is shown is charged to these budgets, and the page ends where there is no room; NULL: names
   * on one's own list are no openings. */
  const struct spending *spending;
};
MUST_USE enum err listing_answer(struct op *op, const struct listing *listing,
                                 const struct listing_page *page);

#endif
