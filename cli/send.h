/* Sends a sheet to the service and follows the job to its end; for `cnis import` and the
 * demonstration. What is taken in, and how, is the service's business. */
#ifndef CLI_SEND_H
#define CLI_SEND_H

#include "cli/call.h"

/* One thing that the service says. Texts point into its answer. */
struct send_said {
  unsigned row;       /* in the file, the header being row 1; 0: the file */
  struct str column;  /* empty: the whole row */
  struct str outcome; /* code word */
  struct str message; /* in the reader's language */
  struct str id;      /* of the entry taken in; empty: none */
};

struct send_order {
  struct str token;
  struct str csv;
  const char *source, *on; /* "": the service's usual */
  bool is_dry_run;
  enum err (*each)(void *self, const struct send_said *said);
  void *self;
};

/* Shows progress; calls `each` for everything said, in order. The error of a sheet that was refused
 * whole (its problem is noted), or of `each`. */
MUST_USE enum err send_sheet(struct cli *cli, const struct service *service, const struct send_order *order);

#endif
