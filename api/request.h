/* One HTTP request on its way through: who asks for what, the bytes that came, and the op that
 * register/ works on. It lives in its own arena, which is wiped when the answer has gone. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "api/routes.h"
#include "register/operations.h"

struct MHD_Connection;
struct server;
struct import_jobs;

/* Where a page keeps its session token; over TLS under a name that no other host can set (RFC
 * 6265bis 4.1.3.2). */
#define SESSION_COOKIE "cnis"
#define SESSION_COOKIE_SECURE "__Host-cnis"
/* And the number of a sign-in form, before there is a session (console/on_session.c). */
#define FORM_COOKIE "cnis-form"
#define FORM_COOKIE_SECURE "__Host-cnis-form"

/* Longest pointer to a place in a body: known member names and array indexes only. */
#define PLACE_MAX 160

/* What is wrong with a request, for its problem answer. Nothing of what was sent can get in:
 * `detail` and `title` are sentences of base/text, `pointer` is built from names that the tables
 * know. */
struct fault {
  enum text_id detail;     /* TEXT_NONE: the error's own sentence */
  struct str slots[2];     /* for %1 and %2 of the detail: numbers and code words */
  char pointer[PLACE_MAX]; /* JSON pointer (RFC 6901); empty: the whole */
  bool has_pointer;
};

/* What a page gives in the place of a query. */
struct given_query {
  const char *key;
  struct str value;
};

/* A header that a page adds. */
struct extra_header {
  const char *name, *value;
};

enum phase {
  PHASE_BODY,    /* reading */
  PHASE_WAITING, /* suspended: in a queue, or with the writer */
  PHASE_READY    /* the answer may go */
};

struct request {
  struct op op;
  struct server *server;
  struct MHD_Connection *connection;
  const struct route *route;
  struct str method, path;
  struct str args[ROUTE_ARGS_MAX];
  char *body;
  size_t body_len, body_held, body_expected;
  enum phase phase;
  enum err early;     /* refused before the body was read */
  unsigned allowed;   /* methods, for 405 */
  enum err committed; /* the writer's word */
  bool is_exempt;     /* the answer needs no entry: nobody is signed in, or the route is exempt */
  bool is_admin;
  bool is_secure;  /* came over TLS, ours or that of the proxy on the Unix socket */
  bool must_close; /* the bounds of what was sent are in doubt: no further request */
  struct fault fault;
  void *page;                      /* of console/, while the route is a page; NULL: none */
  const struct given_query *given; /* a page's; NULL: the address has the query */
  size_t given_count;
  struct str set_cookie;            /* a page's; empty: none */
  const struct extra_header *extra; /* a page's headers beside the common ones */
  size_t extra_count;
  struct str cache;     /* Cache-Control of what anybody may keep; empty: no-store */
  uint64_t due_us;      /* tick */
  struct request *next; /* in a queue */
};

/* A header's value; empty when there is none. Valid as long as the request. */
struct str request_header(const struct request *request, const char *name);
/* A query value, percent-decoded into the arena; empty when there is none. ERR_INPUT when it is not
 * UTF-8 or holds a control character. */
MUST_USE enum err request_query(struct request *request, const char *key, struct str *ret_value);
/* "true" or "false"; false when there is none. ERR_INPUT, with its fault. */
MUST_USE enum err request_flag(struct request *request, const char *key, bool *ret_flag);
/* "cy" or "en"; stays as it is when there is none. ERR_INPUT, with its fault. */
MUST_USE enum err request_lang(struct request *request, const char *key, enum lang *lang);
/* The session token of a page's cookie; empty when there is none. */
struct str request_cookie(const struct request *request);
struct str request_form_cookie(const struct request *request);
/* The path's id number `n`; the route table has checked that it is one. */
struct id request_id(const struct request *request, size_t n);
uint64_t request_number(const struct request *request, size_t n);
struct import_jobs *request_imports(const struct request *request);
/* The server's reg, clock and arena of another size, for a handler that needs them. */
struct outside request_outside(const struct request *request);

/* Whether the request's path begins so. */
bool request_path_begins(const struct request *request, const char *prefix);

/* Notes what is wrong and yields the error. */
enum err request_fault(struct request *request, enum err err, enum text_id detail);
/* Returns `err`; an ERR_INPUT gets this place and sentence. */
enum err request_fault_at(struct request *request, enum err err, const char *pointer,
                          enum text_id detail);

#endif
