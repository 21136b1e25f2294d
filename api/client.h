/* A small HTTP/1.1 client over a Unix socket: how the command line asks the service that holds the
 * register. One request a connection; every length is bounded. */
#ifndef API_CLIENT_H
#define API_CLIENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

#define CLIENT_BODY_MAX (16 * 1024 * 1024) /* of an answer */
#define CLIENT_TIMEOUT_S 120               /* without a byte */

struct client_request {
  const char *method;
  struct str path;        /* with its query, percent-encoded; no control characters or spaces */
  enum lang lang;         /* of the answer */
  struct str token;       /* empty: nobody is signed in */
  struct str idempotency; /* empty: none */
  struct str if_match;    /* an ETag as it came; empty: none */
  struct str type;        /* of the body; empty: application/json */
  struct str body;        /* empty: none */
};

struct client_answer {
  int status;
  struct str body;
  struct str type, etag, location; /* empty: none; the etag keeps its quotes */
};

/* Blocks. Everything is in `arena`. ERR_BUSY: nobody answers at the socket; ERR_IO: cut short or
 * slow; ERR_CORRUPT: not HTTP as we speak it; ERR_TOO_LARGE; ERR_INPUT: a part of the request
 * cannot stand. */
MUST_USE enum err client_call(struct arena *arena, struct client_answer *ret_answer,
                              const char *socket_path, const struct client_request *request);
/* client_read.c, for tests: reads a whole answer from its bytes. */
MUST_USE enum err client_read(struct client_answer *ret_answer, char *bytes, size_t count);

#endif
