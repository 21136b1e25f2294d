/* The one error type of the project. Every function that can fail for a reason in the world returns
 * `enum err`; errors.def gives each its HTTP status and its sentence in both languages.
 * Only bugs are asserted; an assert never guards input. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))
#define OWNED(release) __attribute__((cleanup(release)))

enum err {
#define E(id, status, text) id,
#include "base/errors.def"
#undef E
  ERR_COUNT
};

/* The only macro that hides a return. */
#define TRY(call)                                                                                  \
  do {                                                                                             \
    enum err try_err = (call);                                                                     \
    if (try_err != OK) return try_err;                                                             \
  } while (0)

/* Where an error was first seen: a literal and up to two integers, so that no personal datum can
 * reach a log or a reply by this way. It lives in the request (or on the stack of a verb). */
struct trail {
  const char *where; /* static literal, or NULL */
  long long a, b;    /* for instance row and column, or byte offset; 0 when unused */
};

/* Notes the place (the first one wins) and yields the error: `return FAIL(trail, ERR_X, "why")`. */
#define FAIL(trail, err, literal) trail_fail((trail), (err), "" literal "", 0, 0)
#define FAIL_AT(trail, err, literal, a, b) trail_fail((trail), (err), "" literal "", (a), (b))
enum err trail_fail(struct trail *trail, enum err err, const char *literal, long long a,
                    long long b);

/* The HTTP status of an error (200 for OK), and its stable name ("ERR_STALE"). */
int err_status(enum err err);
const char *err_name(enum err err);

#endif
