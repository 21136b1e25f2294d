/* Requests that the gate, or libmicrohttpd before it, must refuse: the same over TCP and over TLS.
 */
#ifndef TESTS_API_MALFORMED_H
#define TESTS_API_MALFORMED_H

#include <stdbool.h>

struct malformed {
  const char *what, *request;
  int status;
  bool is_ours; /* our problem answer; else libmicrohttpd's own refusal */
};
static const struct malformed malformed[] = {
  {"no Host", "GET /livez HTTP/1.1\r\n\r\n", 400, false},
  {"two Hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, true},
  {"length and chunks",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
   400, true},
  {"differing lengths",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
   400, true},
  {"a length that is no number",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\nhello", 400, false},
  {"an unknown coding",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400,
   true},
  {"two Authorizations",
   "GET /livez HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
   400, true},
  {"an escaped path", "GET /live%7a HTTP/1.1\r\nHost: a\r\n\r\n", 400, true},
  {"an absolute target", "GET http://a/livez HTTP/1.1\r\nHost: a\r\n\r\n", 400, true},
  {"an unknown query key", "GET /livez?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, true},
  {"no such path", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404, true},
  {"no such method", "BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n", 405, true},
  {"HEAD", "HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n", 405, true},
  {"an admin route outside", "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", 404, true},
  {"a body that is no JSON by type",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
   "Content-Length: 2\r\n\r\n{}",
   415, true},
  {"a body that is too large",
   "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
   "Content-Length: 100000\r\n\r\n",
   413, true},
  {"a body where none is taken", "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
   413, true},
};
#define MALFORMED_COUNT (sizeof malformed / sizeof malformed[0])

#endif
