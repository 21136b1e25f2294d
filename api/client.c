/* See client.h. The request asks the service to close, so the answer ends where the stream ends;
 * client_read.c then takes it apart and checks that it is whole. */
#include "api/client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_MAX 8192
#define READ_FIRST 16384

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

static enum err reach(int *ret_socket, const char *path)
{
  OWNED(socket_close) int made = -1;
  struct timeval patience = {.tv_sec = CLIENT_TIMEOUT_S};
  union {
    struct sockaddr any;
    struct sockaddr_un local;
  } at;

  memset(&at, 0, sizeof at);
  at.local.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof at.local.sun_path) return ERR_INPUT;
  memcpy(at.local.sun_path, path, strlen(path));
  made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return ERR_IO;
  if (connect(made, &at.any, sizeof at.local) != 0) return ERR_BUSY;
  (void)setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  (void)setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  *ret_socket = socket_give(&made);
  return OK;
}

static enum err write_all(int socket, const char *bytes, size_t count)
{
  while (count > 0) {
    ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);

    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return ERR_IO;
    bytes += sent;
    count -= (size_t)sent;
  }
  return OK;
}

/* ---- the head ---- */

struct head {
  char text[HEAD_MAX];
  size_t len;
  enum err err;
};

/* Adds one part; a control character or a space where none may be would forge a header. */
static void add(struct head *head, struct str part, bool is_value)
{
  if (head->len + part.len > sizeof head->text) head->err = ERR_TOO_LARGE;
  for (size_t i = 0; is_value && i < part.len; i++) {
    unsigned char c = (unsigned char)part.ptr[i];

    if (c <= 0x20 || c == 0x7f) head->err = ERR_INPUT;
  }
  if (head->err != OK || part.len == 0) return;
  memcpy(head->text + head->len, part.ptr, part.len);
  head->len += part.len;
}

static void add_header(struct head *head, struct str name, struct str value)
{
  if (value.len == 0) return;
  add(head, STR("\r\n"), false);
  add(head, name, false);
  add(head, value, true);
}

static enum err write_head(struct head *head, const struct client_request *request)
{
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%zu", request->body.len);

  add(head, str_from(request->method), true);
  add(head, STR(" "), false);
  add(head, request->path, true);
  add(head, STR(" HTTP/1.1\r\nHost: admin\r\nConnection: close"), false);
  add_header(head, STR("Accept-Language: "), request->lang == LANG_CY ? STR("cy") : STR("en"));
  add_header(head, STR("Authorization: Bearer "), request->token);
  add_header(head, STR("Idempotency-Key: "), request->idempotency);
  add_header(head, STR("If-Match: "), request->if_match);
  if (request->body.len > 0) {
    add_header(head, STR("Content-Type: "),
               request->type.len > 0 ? request->type : STR("application/json"));
    add_header(head, STR("Content-Length: "), (struct str){digits, (size_t)len});
  }
  add(head, STR("\r\n\r\n"), false);
  return head->err;
}

/* ---- the answer ---- */

static enum err read_all(struct arena *arena, int socket, char **ret_bytes, size_t *ret_count)
{
  size_t held = READ_FIRST, count = 0;
  char *bytes = arena_take(arena, held);

  while (bytes != NULL) {
    ssize_t got = recv(socket, bytes + count, held - count, 0);

    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR_IO;
    if (got == 0) {
      *ret_bytes = bytes;
      *ret_count = count;
      return OK;
    }
    count += (size_t)got;
    if (count < held) continue;
    if (held > CLIENT_BODY_MAX) return ERR_TOO_LARGE;
    char *larger = arena_take(arena, held * 2);
    if (larger == NULL) break;
    memcpy(larger, bytes, count);
    bytes = larger;
    held *= 2;
  }
  return ERR_MEMORY;
}

enum err client_call(struct arena *arena, struct client_answer *ret_answer, const char *socket_path,
                     const struct client_request *request)
{
  OWNED(socket_close) int socket = -1;
  struct head *head = arena_take(arena, sizeof *head);
  size_t count;
  char *bytes;
  enum err sent;

  if (head == NULL) return ERR_MEMORY;
  TRY(write_head(head, request));
  TRY(reach(&socket, socket_path));
  TRY(write_all(socket, head->text, head->len));
  sent = write_all(socket, request->body.ptr, request->body.len);
  /* A refusal may come before the whole body was taken: then there is an answer to read. */
  TRY(read_all(arena, socket, &bytes, &count));
  if (count == 0) return sent != OK ? sent : ERR_IO;
  return client_read(ret_answer, bytes, count);
}
