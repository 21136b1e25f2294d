/* The project's own policy tests: JSON lines of tests/cases/case.schema.json, decided by the
 * shipped engine and compared exactly (tests/cases/README.md, "Scoring"). It reads cases, never
 * children. */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "policy/policy.h"

enum check_verdict { CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED };

struct check_result {
  enum check_verdict verdict;
  struct str id;       /* "PC-001" */
  struct str kind;     /* "record" */
  struct str mismatch; /* of a failure: what differs, in words; else empty */
};

/* Decides one line. Texts are in the arena. ERR_INPUT: the line is not a case. */
MUST_USE enum err policy_check_line(const struct policy *policy, struct check_result *ret_result,
                                    struct str line, struct arena *arena, struct trail *trail);

/* The same line decided and not compared, for explaining it. `is_decision` false: the engine alone
 * does not decide such a case, and the rest is empty. */
struct check_decided {
  bool is_decision;
  struct str id, kind;
  struct policy_request request;
  struct decision decision;
};
MUST_USE enum err policy_decide_line(const struct policy *policy, struct check_decided *ret_decided,
                                     struct str line, struct arena *arena, struct trail *trail);
/* Takes the first line off a text, without its end. */
struct str check_next_line(struct str *text);

struct check_output {
  void (*line)(void *self, struct str text); /* without line end */
  void *self;
};
struct check_totals {
  unsigned passed, failed, skipped;
};

/* Decides every line of a file's text; writes a line for each failure, what was skipped by kind,
 * and last "N passed, N failed, N skipped". `scratch` is reset for each case. */
MUST_USE enum err policy_check_text(const struct policy *policy, struct check_totals *ret_totals,
                                    struct str text, struct arena *scratch,
                                    struct check_output output, struct trail *trail);

#endif
