/* Drives an HTTP service on the loopback: a file of ready-made requests, each sent on one of N kept
 * connections as soon as that connection has its answer to the one before. One thread, so that it
 * takes little from the cores that the service runs on. It must never judge: it counts and says.
 *
 * usage: load PORT REQUESTS CONNECTIONS MILLISECONDS
 * REQUESTS: "LENGTH\n" and that many bytes, again and again; begins anew at its end. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, REQUESTS_MAX = 20000, ANSWER_MAX = 64 * 1024 };

struct request {
  const char *bytes;
  size_t n;
};
struct connection {
  int socket;
  double sent_us;
  size_t n; /* of the answer, so far */
  char answer[ANSWER_MAX];
};
struct load {
  struct request requests[REQUESTS_MAX];
  size_t request_count, next;
  struct connection connections[CONNECTIONS_MAX];
  size_t connection_count, finished, refused;
  double *took_us;
  size_t took_room;
};

static double now_us(void)
{
  struct timespec at;

  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static void *room(void *old, size_t bytes)
{
  void *block = realloc(old, bytes);

  if (block == NULL) fail("memory");
  return block;
}

static void read_requests(struct load *load, const char *path)
{
  FILE *file = fopen(path, "rb");
  char length[24];

  if (file == NULL) fail(path);
  while (load->request_count < REQUESTS_MAX && fgets(length, sizeof length, file) != NULL) {
    size_t n = strtoul(length, NULL, 10);
    char *bytes = room(NULL, n + 1);

    if (fread(bytes, 1, n, file) != n) fail("a request is cut short");
    load->requests[load->request_count++] = (struct request){bytes, n};
  }
  fclose(file);
  if (load->request_count == 0) fail("no requests");
}

static int connect_to(unsigned short port)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  int made = socket(AF_INET, SOCK_STREAM, 0), on = 1;

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made < 0 || connect(made, (struct sockaddr *)&at, sizeof at) != 0) fail("connect");
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

static void send_next(struct load *load, struct connection *connection)
{
  const struct request *request = &load->requests[load->next++ % load->request_count];

  connection->n = 0;
  connection->sent_us = now_us();
  if (send(connection->socket, request->bytes, request->n, MSG_NOSIGNAL) != (ssize_t)request->n)
    fail("send");
}

/* Whether the whole answer is there. The services measured here say how long their body is. */
static bool is_whole(struct connection *connection)
{
  char *body, *length;

  connection->answer[connection->n] = '\0';
  body = strstr(connection->answer, "\r\n\r\n");
  if (body == NULL) return false;
  length = strcasestr(connection->answer, "\r\nContent-Length:");
  if (length == NULL || length > body) fail("an answer without length");
  return connection->n >= (size_t)(body + 4 - connection->answer) + strtoul(length + 17, NULL, 10);
}

static void finished(struct load *load, const struct connection *connection)
{
  if (load->finished == load->took_room) {
    load->took_room = load->took_room == 0 ? 65536 : load->took_room * 2;
    load->took_us = room(load->took_us, load->took_room * sizeof *load->took_us);
  }
  load->took_us[load->finished++] = now_us() - connection->sent_us;
  if (connection->answer[9] != '2') load->refused++;
}

static void receive(struct load *load, struct connection *connection)
{
  ssize_t n = recv(connection->socket, connection->answer + connection->n,
                   sizeof connection->answer - connection->n - 1, 0);

  if (n <= 0) fail("the service closed a connection");
  connection->n += (size_t)n;
  if (!is_whole(connection)) return;
  finished(load, connection);
  send_next(load, connection);
}

static double run(struct load *load, unsigned short port, double us)
{
  struct epoll_event events[CONNECTIONS_MAX];
  int poll = epoll_create1(0);
  double start;

  for (size_t i = 0; i < load->connection_count; i++) {
    struct connection *connection = &load->connections[i];
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = connection};

    connection->socket = connect_to(port);
    if (epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket, &wanted) != 0) fail("epoll");
  }
  start = now_us();
  for (size_t i = 0; i < load->connection_count; i++)
    send_next(load, &load->connections[i]);
  while (now_us() - start < us) {
    int ready = epoll_wait(poll, events, CONNECTIONS_MAX, 100);

    for (int i = 0; i < ready; i++)
      receive(load, events[i].data.ptr);
  }
  return now_us() - start;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double part(const struct load *load, double of)
{
  size_t at = (size_t)((double)load->finished * of);

  return load->finished == 0 ? 0 : load->took_us[at < load->finished ? at : load->finished - 1];
}

int main(int argc, char **argv)
{
  static struct load load;

  if (argc != 5) {
    fprintf(stderr, "usage: load PORT REQUESTS CONNECTIONS MILLISECONDS\n");
    return 64;
  }
  read_requests(&load, argv[2]);
  load.connection_count = strtoul(argv[3], NULL, 10);
  if (load.connection_count > CONNECTIONS_MAX) load.connection_count = CONNECTIONS_MAX;
  double us = run(&load, (unsigned short)strtoul(argv[1], NULL, 10), strtod(argv[4], NULL) * 1e3);
  qsort(load.took_us, load.finished, sizeof *load.took_us, by_size);
  printf("{\"requests\":%zu,\"refused\":%zu,\"seconds\":%.4f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
         load.finished, load.refused, us / 1e6, part(&load, 0.5), part(&load, 0.99));
  return 0;
}
