/* The route table (routes.def) and the search in it. Adding a route is one row and its handler; the
 * contract (openapi.json) names the same set, and a test holds them together. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct request;

enum method { METHOD_GET, METHOD_POST, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };

enum call {
#define A(id, charge) CALL_##id,
#include "api/calls.def"
#undef A
  CALL_COUNT
};

enum route_flag {
  ROUTE_OPEN = 1,
  ROUTE_EXEMPT = 2,
  ROUTE_ONCE = 4,
  ROUTE_SLOW = 8,
  ROUTE_ADMIN = 16,
  ROUTE_SHEET = 32,
  ROUTE_FORM = 64,  /* a page's form (console/): application/x-www-form-urlencoded, or with SHEET
                       multipart/form-data */
  ROUTE_PAGE = 128, /* a page (console/): the session stands in a cookie, never in a header */
  ROUTE_TEXT = 256
};

#define ROUTE_ARGS_MAX 3

struct route {
  enum method method;
  const char *path;
  enum call call;
  /* Parses the body and calls one operation. Anything but OK becomes a refusal with its entry. */
  enum err (*handler)(struct request *request);
  size_t body_cap;   /* bytes; 0: no body */
  const char *query; /* keys, one space between */
  unsigned flags;    /* of enum route_flag */
};

extern const struct route routes[];
extern const size_t routes_count;

/* What a path and method meet. `allowed` is a set of methods (1 << METHOD_x) that the path has;
 * zero: no such path. `args` point into `path`. */
struct route_match {
  const struct route *route; /* NULL: none */
  unsigned allowed;
  struct str args[ROUTE_ARGS_MAX];
  size_t arg_count;
};
struct route_match route_find(const struct route *table, size_t count, bool is_admin,
                              struct str method, struct str path);

const char *method_name(enum method method);
const char *call_name(enum call call);
/* Whether the route may be asked with this query key. */
bool route_takes_query(const struct route *route, struct str key);

#endif
