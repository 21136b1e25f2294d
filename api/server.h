/* The HTTP service: two listeners (the public one: loopback TCP or a Unix socket; and the admin
 * socket in the register's folder), one dispatcher, and the deadlines around them. It never listens
 * where another machine could reach it unless it has a certificate (docs/design.md 3). */
#ifndef API_SERVER_H
#define API_SERVER_H

#include "api/routes.h"
#include "api/tls.h"
#include "register/register.h"

struct request;
struct server;

/* Microseconds, unless said. */
struct server_limits {
  uint64_t header_us; /* from connecting to the first line, a handshake included; and from there, or
                         from the first line of a later request, to its headers' end */
  uint64_t body_us;   /* for the body; SHEET routes have ten times that */
  uint64_t handle_us; /* from the body's end until the answer is ready */
  uint64_t send_us;   /* for the reader to take the answer */
  uint64_t idle_us;   /* between two requests */
  size_t arena_cap;   /* bytes of memory for one request */
};
extern const struct server_limits server_limits_usual;

struct server_config {
  struct reg *reg; /* NULL: routes that need it answer 503 (tests of the HTTP part) */
  struct outside outside;
  struct log log;
  struct server_limits limits;
  uint64_t tick_us;          /* grid for generic answers */
  const char *address;       /* numeric; NULL: 127.0.0.1; without `tls` a loopback one */
  uint16_t port;             /* 0: a free one */
  const char *socket_path;   /* public listener on a Unix socket instead of TCP; NULL: TCP */
  struct tls *tls;           /* of the public TCP listener; NULL: plain. It outlives the server */
  const char *admin_path;    /* NULL: no admin socket */
  bool is_admin_only;        /* no public listener at all */
  const struct route *pages; /* routes above this layer (console/), searched after our own */
  size_t page_count;
  /* Makes a page's answer what a person sees; runs once, when the entry is durable and the answer
   * is about to leave. NULL: there are no pages. */
  void (*render)(struct request *request);
  /* The policy book of the register's policy, in op.lang, as the answer's body. NULL: there is
   * none. */
  enum err (*book)(struct request *request);
};

/* Listens and serves in threads of its own; blocks only while starting. ERR_INPUT for an address
 * that is none, or that is not loopback and has no TLS; ERR_IO when it cannot listen (the trail
 * says where). The reg must outlive it. */
MUST_USE enum err server_start(struct server **ret_server, const struct server_config *config,
                               struct trail *trail);
uint16_t server_port(const struct server *server); /* as bound; 0 on a Unix socket */
/* Takes no more requests, answers those that are with the writer, ends all threads. */
void server_stop(struct server **server);

#endif
