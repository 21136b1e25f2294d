/* The handlers that routes.def names. Each parses what came into a request of operations.h and
 * calls one operation; what it returns other than OK becomes a refusal with its entry. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/request.h"

#define R(method, path, call, handler, cap, query, flags)                                          \
  MUST_USE enum err handler(struct request *request);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls" /* two routes may share a handler */
#include "api/routes.def"
#pragma GCC diagnostic pop
#undef R

#endif
