/* The HTTP service itself, over real sockets and without a register: what comes in malformed, slow
 * or in great numbers. Answers that need the register are tested in tests/integration. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/client.h"
#include "api/server.h"
#include "tests/unit/api_malformed.h"

static struct server *server;
static char folder[] = "/tmp/cnis-api-XXXXXX";
static char admin_path[64];

static struct server_config config(void)
{
  return (struct server_config){
    .outside = outside_real(),
    .log = {.fd = -1},
    .limits = server_limits_usual,
    .tick_us = 50000,
    .admin_path = admin_path,
  };
}

static void start(const struct server_config *with)
{
  struct trail trail = {0};

  cr_assert_eq(server_start(&server, with, &trail), OK, "%s", trail.where);
}

static void begin(void)
{
  struct server_config usual;

  cr_assert_not_null(mkdtemp(folder));
  (void)snprintf(admin_path, sizeof admin_path, "%s/admin.sock", folder);
  usual = config();
  start(&usual);
}

static void end(void)
{
  server_stop(&server);
  (void)unlink(admin_path);
  (void)rmdir(folder);
}

TestSuite(server, .init = begin, .fini = end, .timeout = 60);

static int reach(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
  int made = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  cr_assert_eq(connect(made, (struct sockaddr *)&at, sizeof at), 0);
  return made;
}

/* Reads until `wanted` bytes of some answer, the end, or five seconds of silence. */
static size_t listen_to(int from, char *ret, size_t size)
{
  size_t len = 0;

  for (;;) {
    struct pollfd wait = {from, POLLIN, 0};
    ssize_t got;

    if (len == size - 1 || poll(&wait, 1, 5000) <= 0) break;
    got = recv(from, ret + len, size - 1 - len, 0);
    if (got <= 0) break;
    len += (size_t)got;
    ret[len] = '\0';
    if (strstr(ret, "\r\n\r\n") != NULL) break;
  }
  ret[len] = '\0';
  return len;
}

static int ask(const char *bytes, size_t count, char *ret_answer, size_t size)
{
  int to = reach();
  int status = 0;

  (void)send(to, bytes, count, MSG_NOSIGNAL);
  if (listen_to(to, ret_answer, size) > 12) status = (int)strtol(ret_answer + 9, NULL, 10);
  (void)close(to);
  return status;
}

Test(server, answers_with_an_empty_body_when_asked_whether_it_lives)
{
  char answer[2048];

  cr_expect_eq(ask("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", 33, answer, sizeof answer), 200);
  cr_expect_not_null(strstr(answer, "Content-Length: 0\r\n"));
  cr_expect_not_null(strstr(answer, "Cache-Control: no-store\r\n"));
  cr_expect_not_null(strstr(answer, "Referrer-Policy: no-referrer\r\n"));
  cr_expect_not_null(strstr(answer, "X-Content-Type-Options: nosniff\r\n"));
  cr_expect_not_null(strstr(answer, "Content-Language: en\r\n"));
}

Test(server, refuses_each_malformed_request_of_the_table)
{
  char answer[4096];

  for (size_t i = 0; i < MALFORMED_COUNT; i++) {
    const struct malformed *one = &malformed[i];
    int status = ask(one->request, strlen(one->request), answer, sizeof answer);

    cr_expect_eq(status, one->status, "%s: %d", one->what, status);
    cr_expect_eq(strstr(answer, "application/problem+json") != NULL, one->is_ours, "%s", one->what);
  }
}

Test(server, says_which_methods_are_allowed)
{
  static const char request[] = "PATCH /v1/entries HTTP/1.1\r\nHost: a\r\n\r\n";
  char answer[4096];

  cr_expect_eq(ask(request, sizeof request - 1, answer, sizeof answer), 405);
  cr_expect_not_null(strstr(answer, "Allow: GET, POST\r\n"));
}

Test(server, answers_in_the_language_asked_for)
{
  static const char request[] = "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Language: cy\r\n\r\n";
  char answer[4096];

  cr_expect_eq(ask(request, sizeof request - 1, answer, sizeof answer), 404);
  cr_expect_not_null(strstr(answer, "Content-Language: cy\r\n"));
  cr_expect_not_null(strstr(answer, "\"title\":\"Nid oes"));
}

Test(server, refuses_to_listen_where_others_could_reach_it)
{
  static const char *const addresses[] = {"0.0.0.0", "192.0.2.1", "::", "localhost", ""};
  struct server_config other = config();
  struct server *second = NULL;

  other.admin_path = NULL;
  for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
    struct trail trail = {0};

    other.address = addresses[i];
    cr_expect_eq(server_start(&second, &other, &trail), ERR_INPUT, "%s", addresses[i]);
    cr_expect_not_null(trail.where);
  }
}

Test(server, makes_an_admin_socket_that_only_its_owner_can_reach)
{
  struct stat there;

  cr_assert_eq(stat(admin_path, &there), 0);
  cr_expect_eq(there.st_mode & 0777, 0600);
}

Test(server, answers_the_client_on_the_admin_socket)
{
  struct arena *arena;
  struct client_answer answer;
  struct client_request request = {.method = "GET", .path = STR("/openapi.json")};

  cr_assert_eq(arena_new(&arena, 1 << 24), OK);
  cr_assert_eq(client_call(arena, &answer, admin_path, &request), OK);
  cr_expect_eq(answer.status, 200);
  cr_expect_eq(answer.body.ptr[0], '{');
  request.path = STR("/metrics");
  cr_assert_eq(client_call(arena, &answer, admin_path, &request), OK);
  cr_expect_eq(answer.status, 200);
  request.path = STR("/livez HTTP/1.1\r\nX: y");
  cr_expect_eq(client_call(arena, &answer, admin_path, &request), ERR_INPUT);
  request.path = STR("/livez");
  cr_expect_eq(client_call(arena, &answer, "/tmp/no-such-socket", &request), ERR_BUSY);
  arena_free(&arena);
}

/* ---- slow clients ---- */

static uint64_t now_ms(void)
{
  struct timespec now;

  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Sends a byte every 100 ms until the other side ends; how long that took. */
static uint64_t drip(const char *start, uint64_t give_up_ms)
{
  int to = reach();
  uint64_t from = now_ms();

  (void)send(to, start, strlen(start), MSG_NOSIGNAL);
  while (now_ms() - from < give_up_ms) {
    struct pollfd wait = {to, POLLIN, 0};
    char byte;

    if (poll(&wait, 1, 100) > 0 && recv(to, &byte, 1, MSG_DONTWAIT) <= 0) break;
    if (send(to, "x", 1, MSG_NOSIGNAL) < 0) break;
  }
  (void)close(to);
  return now_ms() - from;
}

static void start_impatient(void)
{
  struct server_config hasty = config();

  server_stop(&server);
  hasty.limits.header_us = 1000000;
  hasty.limits.body_us = 1000000;
  hasty.limits.idle_us = 1000000;
  start(&hasty);
}

Test(server, cuts_a_client_whose_headers_never_end)
{
  start_impatient();
  cr_expect_lt(drip("GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ", 6000), 3000);
}

Test(server, cuts_a_client_whose_body_never_ends)
{
  start_impatient();
  cr_expect_lt(drip("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    "Content-Length: 4000\r\n\r\n{",
                    6000),
               3000);
}

Test(server, cuts_a_client_that_says_nothing_more)
{
  start_impatient();
  cr_expect_lt(drip("", 6000), 3000);
}

/* ---- many clients ---- */

struct busy {
  size_t count, rounds;
  size_t answered;
};

/* All clients ask at once, again and again, on connections that stay. */
static void keep_busy(struct busy *busy)
{
  static const char request[] = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
  int *clients = calloc(busy->count, sizeof *clients);

  for (size_t i = 0; i < busy->count; i++)
    clients[i] = reach();
  for (size_t round = 0; round < busy->rounds; round++) {
    for (size_t i = 0; i < busy->count; i++) {
      (void)send(clients[i], request, sizeof request - 1, MSG_NOSIGNAL);
    }
    for (size_t i = 0; i < busy->count; i++) {
      char answer[1024];

      busy->answered += listen_to(clients[i], answer, sizeof answer) > 0 &&
                        strncmp(answer, "HTTP/1.1 200", 12) == 0;
    }
  }
  for (size_t i = 0; i < busy->count; i++)
    (void)close(clients[i]);
  free(clients);
}

Test(server, holds_128_and_256_busy_connections)
{
  static const size_t counts[] = {127, 128, 129, 256};

  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    struct busy busy = {.count = counts[i], .rounds = 50};

    keep_busy(&busy);
    cr_expect_eq(busy.answered, busy.count * busy.rounds, "%zu connections: %zu answers",
                 busy.count, busy.answered);
  }
}
