/* Answers as the client takes them apart. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/client.h"

static enum err read_text(struct client_answer *answer, const char *text)
{
  static char bytes[1024];
  size_t len = strlen(text);

  cr_assert_lt(len, sizeof bytes);
  memcpy(bytes, text, len + 1);
  return client_read(answer, bytes, len);
}

Test(client, reads_status_headers_and_body)
{
  struct client_answer answer;

  cr_assert_eq(read_text(&answer, "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nETag: \"ab\"\r\n"
                                  "Location: /v1/x\r\nContent-Type: application/json\r\n\r\n{}"),
               OK);
  cr_expect_eq(answer.status, 201);
  cr_expect(str_is(answer.body, "{}"));
  cr_expect(str_is(answer.etag, "\"ab\""));
  cr_expect(str_is(answer.location, "/v1/x"));
  cr_expect(str_is(answer.type, "application/json"));
}

Test(client, joins_chunks)
{
  struct client_answer answer;

  cr_assert_eq(read_text(&answer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"),
               OK);
  cr_expect(str_is(answer.body, "abc0123456789"));
}

Test(client, passes_over_an_interim_answer)
{
  struct client_answer answer;

  cr_assert_eq(read_text(&answer, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx"), OK);
  cr_expect_eq(answer.status, 200);
  cr_expect(str_is(answer.body, "x"));
}

Test(client, refuses_what_is_cut_short_or_not_http)
{
  static const struct {
    const char *text;
    enum err err;
  } cases[] = {
    {"", ERR_IO},
    {"HTTP/1.1 200 OK\r\n", ERR_IO},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", ERR_IO},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", ERR_IO},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc", ERR_CORRUPT},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", ERR_CORRUPT},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ERR_CORRUPT},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", ERR_CORRUPT},
    {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na", ERR_CORRUPT},
    {"ICY 200 OK\r\n\r\n", ERR_CORRUPT},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct client_answer answer;

    cr_expect_eq(read_text(&answer, cases[i].text), cases[i].err, "case %zu", i);
  }
}
