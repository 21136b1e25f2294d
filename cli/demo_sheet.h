/* The demonstration's children: a sheet as an authority would hand it over, made from a seed. The
 * same seed and day give the same bytes. Nobody in it exists, and nothing here touches a register.
 */
#ifndef CLI_DEMO_SHEET_H
#define CLI_DEMO_SHEET_H

#include "base/arena.h"
#include "base/day.h"

#define DEMO_CHILDREN 500
#define DEMO_OFFICERS 3 /* officer.a, officer.b, officer.c */

/* What the demonstration's safeguarding lead will decide. */
enum demo_level { DEMO_NONE, DEMO_CONTACT_PROTECTED, DEMO_HIDDEN, DEMO_UNDECIDED, DEMO_LEVELS };
extern const unsigned
  demo_level_count[DEMO_LEVELS]; /* how many of each; they sum to DEMO_CHILDREN */

struct demo_child {
  struct str forename, surname, upn;
  struct day born;
  unsigned officer; /* 0 to DEMO_OFFICERS - 1 */
  enum demo_level level;
};
struct demo_sheet {
  struct str csv;                         /* RFC 4180, UTF-8, a header row */
  struct demo_child child[DEMO_CHILDREN]; /* in the order of the rows */
};

/* In the arena. `on` is the day on which all are of compulsory school age. ERR_MEMORY. */
MUST_USE enum err demo_sheet_make(struct demo_sheet **ret_sheet, struct arena *arena, uint64_t seed,
                                  struct day on);

#endif
