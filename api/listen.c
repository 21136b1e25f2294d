/* See listen.h. */
#include "api/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/guard.h"

#define BACKLOG 256

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_un local;
};

static void socket_close(int *socket)
{
  if (*socket >= 0) (void)close(*socket);
}

/* Gives the socket away: what is left in its place needs no closing. */
static int socket_give(int *socket)
{
  int given = *socket;

  *socket = -1;
  return given;
}

/* Whether a process still answers at a socket's path. */
static bool is_alive(const union address *at)
{
  OWNED(socket_close) int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  return probe >= 0 && connect(probe, &at->any, sizeof at->local) == 0;
}

static bool is_loopback(const union address *at)
{
  if (at->any.sa_family == AF_INET) return ntohl(at->v4.sin_addr.s_addr) >> 24 == 127;
  return IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr);
}

/* Reads a numeric address; false for anything else. */
static bool read_address(union address *ret_address, socklen_t *ret_len, const char *text,
                         uint16_t port)
{
  union address address;

  memset(&address, 0, sizeof address);
  if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(port);
    *ret_len = sizeof address.v4;
  } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(port);
    *ret_len = sizeof address.v6;
  } else {
    return false;
  }
  *ret_address = address;
  return true;
}

enum err listen_tcp(int *ret_socket, uint16_t *ret_port, const char *address, uint16_t port,
                    bool is_secure, struct trail *trail)
{
  OWNED(socket_close) int made = -1;
  union address at;
  socklen_t len;
  int on = 1;

  if (!read_address(&at, &len, address, port))
    return FAIL(trail, ERR_INPUT, "the address to listen on is no numeric one");
  if (!is_secure && !is_loopback(&at) && GUARD(TLS_BEYOND_LOOPBACK))
    return FAIL(trail, ERR_INPUT, "without a certificate it listens on loopback addresses only");
  made = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return FAIL(trail, ERR_IO, "no socket");
  (void)setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(made, &at.any, len) != 0) return FAIL_AT(trail, ERR_IO, "port is in use", port, 0);
  if (listen(made, BACKLOG) != 0) return FAIL_AT(trail, ERR_IO, "cannot listen", port, 0);
  if (getsockname(made, &at.any, &len) != 0) return FAIL(trail, ERR_IO, "cannot read port");
  *ret_port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
  *ret_socket = socket_give(&made);
  return OK;
}

enum err listen_unix(int *ret_socket, const char *path, mode_t mode, struct trail *trail)
{
  OWNED(socket_close) int made = -1;
  union address at;
  struct stat there;
  mode_t mask;
  int bound;

  memset(&at, 0, sizeof at);
  at.local.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof at.local.sun_path) {
    return FAIL_AT(trail, ERR_INPUT, "path of socket is too long",
                   (long long)sizeof at.local.sun_path - 1, 0);
  }
  memcpy(at.local.sun_path, path, strlen(path));
  if (lstat(path, &there) == 0) {
    if (!S_ISSOCK(there.st_mode))
      return FAIL(trail, ERR_IO, "a file is in the place of the socket");
    if (is_alive(&at)) return FAIL(trail, ERR_IO, "another process serves on the socket");
    (void)unlink(path);
  }
  made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return FAIL(trail, ERR_IO, "no socket");
  mask = umask(0777 & ~mode); /* never wider, not even for a moment */
  bound = bind(made, &at.any, sizeof at.local);
  (void)umask(mask);
  if (bound != 0) return FAIL(trail, ERR_IO, "cannot make the socket");
  if (listen(made, BACKLOG) != 0) return FAIL(trail, ERR_IO, "cannot listen on the socket");
  *ret_socket = socket_give(&made);
  return OK;
}
