/* The service over TLS, with a client of GnuTLS's: what holds for plain connections holds here. */
#include "api/tls.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "api/server.h"
#include "tests/unit/api_certificates.h"
#include "tests/unit/api_malformed.h"

static struct server *server;
static struct tls *tls;

static void start(struct server_limits limits)
{
  struct certificate_files files = made_files();
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  struct server_config config = {
    .outside = outside_real(), .log = {.fd = -1}, .limits = limits, .tick_us = 50000};
  struct trail trail = {0};

  if (tls == NULL)
    cr_assert_eq(tls_new(&tls, &files, outside_real(), &why), OK, "%s", text_name(why.says));
  config.tls = tls;
  cr_assert_eq(server_start(&server, &config, &trail), OK, "%s", trail.where);
}

static void begin(void)
{
  made_begin();
  made_pair(&(struct wanted){.serial = 1});
  start(server_limits_usual);
}

static void end(void)
{
  server_stop(&server);
  tls_free(&tls);
  made_end();
}

TestSuite(tls, .init = begin, .fini = end, .timeout = 120);

/* ---- a client ---- */

struct wire {
  int socket;
  gnutls_session_t session;
  gnutls_certificate_credentials_t trust;
};

static int reach(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
  int made = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  cr_assert_eq(connect(made, (struct sockaddr *)&at, sizeof at), 0);
  return made;
}

static void wire_close(struct wire *wire)
{
  gnutls_deinit(wire->session);
  gnutls_certificate_free_credentials(wire->trust);
  (void)close(wire->socket);
}

/* Connects with these priorities; what the handshake came to. */
static int wire_open(struct wire *wire, const char *priorities)
{
  int done;

  wire->socket = reach();
  cr_assert_eq(gnutls_certificate_allocate_credentials(&wire->trust), 0);
  cr_assert_eq(gnutls_init(&wire->session, GNUTLS_CLIENT), 0);
  cr_assert_eq(gnutls_priority_set_direct(wire->session, priorities, NULL), 0);
  cr_assert_eq(gnutls_credentials_set(wire->session, GNUTLS_CRD_CERTIFICATE, wire->trust), 0);
  gnutls_transport_set_int(wire->session, wire->socket);
  gnutls_handshake_set_timeout(wire->session, 20000);
  do
    done = gnutls_handshake(wire->session);
  while (done < 0 && gnutls_error_is_fatal(done) == 0);
  return done;
}

static void wire_send(struct wire *wire, const char *text)
{
  cr_assert_eq(gnutls_record_send(wire->session, text, strlen(text)), (ssize_t)strlen(text));
}

/* Reads to the end of an answer's headers; its status, 0 for none. */
static int wire_status(struct wire *wire, char *ret_answer, size_t size)
{
  size_t len = 0;

  gnutls_record_set_timeout(wire->session, 5000);
  while (len < size - 1) {
    ssize_t got = gnutls_record_recv(wire->session, ret_answer + len, size - 1 - len);

    if (got <= 0) break;
    len += (size_t)got;
    ret_answer[len] = '\0';
    if (strstr(ret_answer, "\r\n\r\n") != NULL) break;
  }
  ret_answer[len] = '\0';
  return len > 12 ? (int)strtol(ret_answer + 9, NULL, 10) : 0;
}

static int ask(const char *request, char *ret_answer, size_t size)
{
  struct wire wire;
  int status;

  cr_assert_eq(wire_open(&wire, "NORMAL"), 0);
  wire_send(&wire, request);
  status = wire_status(&wire, ret_answer, size);
  wire_close(&wire);
  return status;
}

/* The last byte of the serial number of the certificate that was shown. */
static unsigned wire_serial(const struct wire *wire)
{
  unsigned count = 0;
  const gnutls_datum_t *shown = gnutls_certificate_get_peers(wire->session, &count);
  unsigned char serial[20] = {0};
  size_t len = sizeof serial;
  gnutls_x509_crt_t crt;

  cr_assert_eq(count, 1);
  cr_assert_eq(gnutls_x509_crt_init(&crt), 0);
  cr_assert_eq(gnutls_x509_crt_import(crt, shown, GNUTLS_X509_FMT_DER), 0);
  cr_assert_eq(gnutls_x509_crt_get_serial(crt, serial, &len), 0);
  gnutls_x509_crt_deinit(crt);
  return serial[len - 1];
}

#define LIVE "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

/* ---- what is agreed ---- */

Test(tls, answers_and_tells_browsers_to_stay_with_it)
{
  char answer[2048];

  cr_expect_eq(ask(LIVE, answer, sizeof answer), 200);
  cr_expect_not_null(strstr(answer, "Strict-Transport-Security: max-age=31536000\r\n"));
}

Test(tls, agrees_on_1_3_and_1_2_with_forward_secrecy_and_on_nothing_older)
{
  static const struct {
    const char *priorities;
    bool is_agreed;
  } cases[] = {
    {"NORMAL:-VERS-ALL:+VERS-TLS1.3", true},
    {"NORMAL:-VERS-ALL:+VERS-TLS1.2", true},
    {"NORMAL:-VERS-ALL:+VERS-TLS1.1:%VERIFY_ALLOW_SIGN_WITH_SHA1", false},
    {"NORMAL:-VERS-ALL:+VERS-TLS1.0:%VERIFY_ALLOW_SIGN_WITH_SHA1", false},
    {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", false},
  };

  made_pair(&(struct wanted){.kind = GNUTLS_PK_RSA, .bits = 2048}); /* one that could do +RSA */
  cr_assert_eq(tls_renew(tls, &(struct certificate_refusal){0}), OK);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct wire wire;

    cr_expect_eq(wire_open(&wire, cases[i].priorities) == 0, cases[i].is_agreed, "%s",
                 cases[i].priorities);
    wire_close(&wire);
  }
}

Test(tls, answers_nothing_to_a_plain_request)
{
  char answer[64];
  int to = reach();

  cr_assert_eq(send(to, LIVE, strlen(LIVE), MSG_NOSIGNAL), (ssize_t)strlen(LIVE));
  ssize_t got = recv(to, answer, sizeof answer, 0);
  cr_expect(got <= 0 || answer[0] == 0x15, "an alert at most, but %zd bytes", got);
  (void)close(to);
}

Test(tls, refuses_each_malformed_request_of_the_table)
{
  char answer[4096];

  for (size_t i = 0; i < MALFORMED_COUNT; i++) {
    const struct malformed *one = &malformed[i];
    int status = ask(one->request, answer, sizeof answer);

    cr_expect_eq(status, one->status, "%s: %d", one->what, status);
    cr_expect_eq(strstr(answer, "application/problem+json") != NULL, one->is_ours, "%s", one->what);
  }
}

Test(tls, may_listen_where_others_reach_it)
{
  struct server_config config = {.outside = outside_real(),
                                 .log = {.fd = -1},
                                 .limits = server_limits_usual,
                                 .tick_us = 50000,
                                 .address = "0.0.0.0",
                                 .tls = tls};
  struct server *open = NULL;
  struct trail trail = {0};

  cr_expect_eq(server_start(&open, &config, &trail), OK, "%s", trail.where);
  server_stop(&open);
}

/* ---- renewal ---- */

Test(tls, shows_a_renewed_certificate_and_cuts_no_connection)
{
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  struct wire before, after;
  char answer[2048];

  cr_assert_eq(wire_open(&before, "NORMAL"), 0);
  cr_expect_eq(wire_serial(&before), 1);
  made_pair(&(struct wanted){.serial = 2});
  cr_assert_eq(tls_renew(tls, &why), OK);
  cr_assert_eq(wire_open(&after, "NORMAL"), 0);
  cr_expect_eq(wire_serial(&after), 2);
  wire_send(&before, LIVE);
  cr_expect_eq(wire_status(&before, answer, sizeof answer), 200);
  wire_close(&before);
  wire_close(&after);
}

Test(tls, keeps_the_certificate_of_before_when_the_renewed_one_is_wrong)
{
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  struct wire after;

  made_pair(&(struct wanted){.from_days = -9, .until_days = -1, .serial = 2});
  cr_expect_eq(tls_renew(tls, &why), ERR_CERTIFICATE);
  cr_expect_eq(why.says, TEXT_TLS_EXPIRED);
  cr_assert_eq(wire_open(&after, "NORMAL"), 0);
  cr_expect_eq(wire_serial(&after), 1);
  wire_close(&after);
}

/* ---- slow clients ---- */

static uint64_t now_ms(void)
{
  struct timespec now;

  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void start_impatient(void)
{
  struct server_limits hasty = server_limits_usual;

  server_stop(&server);
  hasty.header_us = 1000000;
  hasty.body_us = 1000000; /* idle_us stays: what cuts is the deadline, not want of activity */
  start(hasty);
}

/* How long until the other side ends; `more` is called every 100 ms. */
static uint64_t until_cut(int socket, void (*more)(void *context), void *context)
{
  uint64_t from = now_ms();

  while (now_ms() - from < 6000) {
    struct pollfd wait = {socket, POLLIN, 0};
    char bytes[256];

    if (poll(&wait, 1, 100) > 0 && recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) <= 0) break;
    if (more != NULL) more(context);
  }
  return now_ms() - from;
}

static const char half_hello[] = {0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, 0, 0, 0, 0, 0, 0, 0};

static void one_byte(void *context)
{
  (void)send(*(int *)context, "", 1, MSG_NOSIGNAL);
}

Test(tls, cuts_a_handshake_that_never_begins_or_never_ends)
{
  int to;

  start_impatient();
  to = reach();
  cr_expect_lt(until_cut(to, NULL, NULL), 3000, "nothing was said");
  (void)close(to);
  to = reach();
  (void)send(to, half_hello, sizeof half_hello, MSG_NOSIGNAL);
  cr_expect_lt(until_cut(to, one_byte, &to), 3000, "a byte now and then");
  (void)close(to);
}

static void one_record(void *context)
{
  (void)gnutls_record_send(context, "x", 1);
}

#define ENDLESS_HEADERS "GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: "
#define ENDLESS_BODY                                                                               \
  "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"                    \
  "Content-Length: 4000\r\n\r\n{"

Test(tls, cuts_a_client_whose_headers_or_body_never_end)
{
  static const char *const starts[] = {"", ENDLESS_HEADERS, ENDLESS_BODY};

  start_impatient();
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    struct wire wire;

    cr_assert_eq(wire_open(&wire, "NORMAL"), 0);
    if (starts[i][0] != '\0') wire_send(&wire, starts[i]);
    cr_expect_lt(until_cut(wire.socket, one_record, wire.session), 3000, "%s", starts[i]);
    wire_close(&wire);
  }
}

/* libmicrohttpd 0.9.75 with epoll turns in a circle while a handshake has begun and waits. */
Test(tls, takes_no_processor_time_for_handshakes_that_wait)
{
  struct rusage before, after;
  int clients[64];
  double seconds;

  for (size_t i = 0; i < 64; i++) {
    clients[i] = reach();
    (void)send(clients[i], half_hello, sizeof half_hello, MSG_NOSIGNAL);
  }
  (void)usleep(200000);
  (void)getrusage(RUSAGE_SELF, &before);
  (void)usleep(2000000);
  (void)getrusage(RUSAGE_SELF, &after);
  seconds = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
            (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
            (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6 +
            (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
  cr_expect_lt(seconds, 0.2, "%f s of processor time in 2 s", seconds);
  for (size_t i = 0; i < 64; i++)
    (void)close(clients[i]);
}

/* ---- many clients ---- */

/* All clients ask at once, again and again, on connections that stay; how many were answered. */
static size_t keep_busy(size_t count, size_t rounds)
{
  struct wire *clients = calloc(count, sizeof *clients);
  size_t answered = 0;

  for (size_t i = 0; i < count; i++)
    cr_assert_eq(wire_open(&clients[i], "NORMAL"), 0);
  for (size_t round = 0; round < rounds; round++) {
    for (size_t i = 0; i < count; i++)
      wire_send(&clients[i], LIVE);
    for (size_t i = 0; i < count; i++) {
      char answer[1024];

      answered += wire_status(&clients[i], answer, sizeof answer) == 200;
    }
  }
  for (size_t i = 0; i < count; i++)
    wire_close(&clients[i]);
  free(clients);
  return answered;
}

Test(tls, holds_128_and_256_busy_connections)
{
  static const size_t counts[] = {128, 256};

  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    size_t answered = keep_busy(counts[i], 20);

    cr_expect_eq(answered, counts[i] * 20, "%zu connections: %zu answers", counts[i], answered);
  }
}
