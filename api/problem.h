/* Problem answers (RFC 9457) for what goes wrong before an operation could answer: bad HTTP, bad
 * JSON, nobody signed in, no such route, no room. In the caller's language, never echoing. */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "api/request.h"

#define PROBLEM_TYPE "application/problem+json"

/* {type, title, status, detail, instance, pointer?}. `instance` is a random reference to quote to
 * support. Fails only when the arena is full. */
MUST_USE enum err problem_write(struct arena *arena, struct str *ret_body, enum lang lang,
                                enum err err, const struct fault *fault, struct outside outside);
/* Makes it the request's answer; with no room left, an answer without body. */
void problem_answer(struct request *request, enum err err);
/* The name in a problem's type: ERR_TOO_LARGE gives too-large. Returns its length. */
size_t problem_name(char ret_name[static 32], enum err err);

#endif
