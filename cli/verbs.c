/* The table of verbs, and what its rows have in common: exit codes. */
#include "cli/verb.h"

const struct verb cli_verbs[] = {
#define V(id, name, run, needs, takes, min, max, operands)                                         \
  {name, run, needs, takes, min, max, operands, TEXT_VERB_##id, TEXT_HELP_##id},
#define ASK(id, name, needs, takes, min, max, operands)                                            \
  V(id, name, verb_ask, needs, takes, min, max, operands)
#include "cli/verbs.def"
#undef ASK
#undef V
};
const unsigned cli_verb_count = sizeof cli_verbs / sizeof cli_verbs[0];

enum exit_code exit_for(enum err err)
{
  switch (err) {
  case OK:
    return EXIT_FINE;
  case ERR_INPUT:
  case ERR_TOO_LARGE:
  case ERR_UNSUPPORTED:
  case ERR_OPEN:
  case ERR_CORRUPT:
  case ERR_ROLLED_BACK:
    return EXIT_DATA;
  case ERR_ABSENT:
    return EXIT_NO_INPUT;
  case ERR_UNAUTHENTICATED:
  case ERR_REFUSED:
  case ERR_BUDGET:
  case ERR_MUST_CHANGE:
  case ERR_CUSTODY_SIGNATURE:
  case ERR_CUSTODY_WITHDRAWN:
  case ERR_CUSTODY_TICKET:
  case ERR_CUSTODY_SPENT:
  case ERR_CUSTODY_REFUSED:
    return EXIT_REFUSED;
  case ERR_CONFLICT:
    return EXIT_EXISTS;
  case ERR_CUSTODIAN:
    return EXIT_AWAY;
  case ERR_STALE:
  case ERR_PRECONDITION:
  case ERR_RATE:
  case ERR_CUSTODY_BUDGET:
  case ERR_BUSY:
  case ERR_MOVED:
  case ERR_LOCKED:
    return EXIT_TRY_AGAIN;
  case ERR_FULL:
  case ERR_IO:
  case ERR_UNKNOWN_OUTCOME:
    return EXIT_IO;
  case ERR_KEY:
  case ERR_VERSION:
  case ERR_POLICY:
  case ERR_CERTIFICATE:
    return EXIT_SET_UP;
  case ERR_METHOD:
  case ERR_KEY_REUSED:
  case ERR_INTERNAL:
  case ERR_MEMORY:
  case ERR_COUNT:
    return EXIT_INTERNAL;
  }
  return EXIT_INTERNAL;
}
