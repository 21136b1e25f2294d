/* What most verbs begin and end with: reach the service, sign in; sign out, let the service go. */
#ifndef CLI_VISIT_H
#define CLI_VISIT_H

#include "cli/call.h"

struct visit {
  struct cli *cli; /* set by the caller; the rest is zero before visit_begin */
  struct settings settings;
  struct place place;
  struct service *service;
  struct signed_in signed_in;
};

MUST_USE enum err visit_begin(struct visit *visit);
/* The service alone, for who signs in in another way. */
MUST_USE enum err visit_reach(struct visit *visit);
void visit_end(struct visit *visit); /* after a failed visit_begin too */

#endif
