/* Sends a sheet to the service and follows the job to its end; for `cnis import` and the
 * demonstration. What is taken in, and how, is the service's business. */
#ifndef CLI_SEND_H
#define CLI_SEND_H

#include "cli/call.h"

/* What became of one row. Texts point into the service's answer. */
struct send_said {
  unsigned row;           /* in the file, the header being row 1 */
  struct str outcome;     /* code word */
  struct str id;          /* of the entry taken in; empty: none */
  const json_t *messages; /* array of {column?, text}, in the reader's language */
};
struct send_message {
  struct str column; /* empty: the whole row */
  struct str text;
};
struct send_message send_message_at(const struct send_said *said, size_t i);
size_t send_message_count(const struct send_said *said);

struct send_order {
  struct str token;
  struct str csv;
  const char *source, *on; /* "": the service's usual */
  bool is_dry_run;
  enum err (*each)(void *self, const struct send_said *said);
  void *self;
};

/* Shows progress; calls `each` for every row, in order, and for what ended the work early (outcome
 * "failed"). The error of a sheet that was refused whole (its problem is noted), or of `each`; OK
 * for one that cannot be read to its end. */
MUST_USE enum err send_sheet(struct cli *cli, const struct service *service,
                             const struct send_order *order);

#endif
