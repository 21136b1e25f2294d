/* The request gate against a table of requests that two programs could read differently. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/gate.h"

struct request_case {
  const char *what;
  const char *version, *path;
  const char *headers[8]; /* name, value, ... NULL */
  enum err verdict;
};

static const struct request_case cases[] = {
  {"a plain request", "HTTP/1.1", "/livez", {"Host", "a", NULL}, OK},
  {"HTTP/1.0 without a Host", "HTTP/1.0", "/livez", {NULL}, OK},
  {"no Host", "HTTP/1.1", "/livez", {NULL}, ERR_INPUT},
  {"two Hosts", "HTTP/1.1", "/livez", {"Host", "a", "host", "b", NULL}, ERR_INPUT},
  {"length and chunks",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Content-Length", "3", "Transfer-Encoding", "chunked", NULL},
   ERR_INPUT},
  {"differing lengths",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Content-Length", "3", "Content-Length", "4", NULL},
   ERR_INPUT},
  {"the same length twice",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Content-Length", "3", "content-length", "3", NULL},
   ERR_INPUT},
  {"a list of lengths", "HTTP/1.1", "/", {"Host", "a", "Content-Length", "3, 3", NULL}, ERR_INPUT},
  {"a signed length", "HTTP/1.1", "/", {"Host", "a", "Content-Length", "+3", NULL}, ERR_INPUT},
  {"a length past 64 bits",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Content-Length", "99999999999999999999", NULL},
   ERR_INPUT},
  {"an unknown coding",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Transfer-Encoding", "gzip", NULL},
   ERR_INPUT},
  {"chunked after another coding",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Transfer-Encoding", "gzip, chunked", NULL},
   ERR_INPUT},
  {"a coding with a space",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Transfer-Encoding", "chunked ", NULL},
   ERR_INPUT},
  {"chunks", "HTTP/1.1", "/", {"Host", "a", "Transfer-Encoding", "chunked", NULL}, OK},
  {"chunks in HTTP/1.0", "HTTP/1.0", "/", {"Transfer-Encoding", "chunked", NULL}, ERR_INPUT},
  {"two Authorizations",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Authorization", "Bearer a", "authorization", "Bearer b", NULL},
   ERR_INPUT},
  {"two Idempotency-Keys",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Idempotency-Key", "1", "Idempotency-Key", "1", NULL},
   ERR_INPUT},
  {"two If-Matches",
   "HTTP/1.1",
   "/",
   {"Host", "a", "If-Match", "1", "If-Match", "1", NULL},
   ERR_INPUT},
  {"a space before the colon",
   "HTTP/1.1",
   "/",
   {"Host", "a", "Content-Length ", "3", NULL},
   ERR_INPUT},
  {"a control character in a value", "HTTP/1.1", "/", {"Host", "a", "X", "a\rb", NULL}, ERR_INPUT},
  {"an empty name", "HTTP/1.1", "/", {"Host", "a", "", "b", NULL}, ERR_INPUT},
  {"an escaped path", "HTTP/1.1", "/v1/%65ntries", {"Host", "a", NULL}, ERR_INPUT},
  {"an absolute target", "HTTP/1.1", "http://a/livez", {"Host", "a", NULL}, ERR_INPUT},
  {"a path with a backslash", "HTTP/1.1", "/v1\\entries", {"Host", "a", NULL}, ERR_INPUT},
  {"another version", "HTTP/2.0", "/livez", {"Host", "a", NULL}, ERR_UNSUPPORTED},
};

static struct str str(const char *text)
{
  return str_from(text);
}

Test(gate, judges_each_request_of_the_table)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct gate gate = {0};

    for (size_t h = 0; cases[i].headers[h] != NULL; h += 2) {
      gate_header(&gate, str(cases[i].headers[h]), str(cases[i].headers[h + 1]));
    }
    cr_expect_eq(gate_verdict(&gate, str(cases[i].version), str(cases[i].path)), cases[i].verdict,
                 "%s", cases[i].what);
  }
}

Test(gate, refuses_a_request_with_too_many_headers)
{
  struct gate gate = {0};

  gate_header(&gate, STR("Host"), STR("a"));
  for (int i = 0; i < 100; i++)
    gate_header(&gate, STR("X"), STR("y"));
  cr_expect_eq(gate_verdict(&gate, STR("HTTP/1.1"), STR("/livez")), ERR_INPUT);
}

Test(gate, refuses_a_path_that_is_too_long)
{
  static char path[GATE_TARGET_MAX + 2];
  struct gate gate = {0};

  memset(path, 'a', sizeof path - 1);
  path[0] = '/';
  gate_header(&gate, STR("Host"), STR("a"));
  cr_expect_eq(gate_verdict(&gate, STR("HTTP/1.1"), str_from(path)), ERR_INPUT);
}
