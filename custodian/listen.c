/* The socket: who may connect, one frame at a time, and the end in order. It must never serve a
 * peer whose uid it does not know, nor wait for one while others wait. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "custodian/service.h"

#define PEERS_MAX 16
#define FRAME_TIME_US ((uint64_t)2 * 1000000) /* to read or write one whole frame */

struct peer {
  int fd;
  unsigned callers;
};

struct door {
  struct service *service;
  const struct service_listen *listen;
  int socket, signals;
  struct peer peers[PEERS_MAX];
  size_t count;
  bool had_peer;
};

/* struct ucred of SO_PEERCRED, which the C library shows to GNU sources only. */
struct peer_credentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

static unsigned callers_of(const struct service *service, int fd)
{
  struct peer_credentials peer = {.uid = (uid_t)-1};
  socklen_t n = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 || n != sizeof(peer)) return 0;
  unsigned callers = 0;
  if (peer.uid == service->register_uid) callers |= REGISTER;
  if (peer.uid == geteuid() || peer.uid == 0) callers |= ADMIN;
  return callers;
}

/* A socket file that nobody answers is left from a process that was killed. */
static bool is_answered(const struct sockaddr_un *address)
{
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool answered = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
  if (fd >= 0) close(fd);
  return answered;
}

static enum err open_socket(int *ret_socket, const struct service *service, const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t n = strlen(path);
  if (n == 0 || n >= sizeof(address.sun_path)) return ERR_INPUT;
  memcpy(address.sun_path, path, n);
  if (is_answered(&address)) return ERR_LOCKED;
  if (unlink(path) != 0 && errno != ENOENT) return ERR_IO;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ERR_IO;
  /* Another user's process has to reach it: then the folder's group is the first wall, the uid the
   * second. */
  mode_t mode = service->register_uid == geteuid() ? 0600 : 0660;
  if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 || chmod(path, mode) != 0 ||
      listen(fd, PEERS_MAX) != 0) {
    close(fd);
    return ERR_IO;
  }
  *ret_socket = fd;
  return OK;
}

static void let_in(struct door *door)
{
  int fd = accept(door->socket, NULL, NULL);
  if (fd < 0) return;
  unsigned callers = callers_of(door->service, fd);
  if (callers == 0 || door->count == PEERS_MAX || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    close(fd);
    return;
  }
  door->peers[door->count++] = (struct peer){fd, callers};
  door->had_peer = true;
}

static void let_out(struct door *door, size_t i)
{
  close(door->peers[i].fd);
  door->peers[i] = door->peers[--door->count];
}

/* One request of this peer; false when the connection is over. */
static bool serve_one(struct service *service, const struct peer *peer)
{
  const struct outside *outside = &service->custody.outside;
  uint64_t until_us = outside->mono_us(outside->self) + FRAME_TIME_US;
  struct protocol_frame frame = {0};
  size_t n = 0;
  if (protocol_receive(peer->fd, service->frame_in, &frame, outside, until_us) == OK)
    n = service_answer(service, &frame, peer->callers);
  bool goes_on = n > 0 && protocol_send(peer->fd, service->frame_out, n, outside,
                                        outside->mono_us(outside->self) + FRAME_TIME_US) == OK;
  wipe(service->frame_in, PROTOCOL_FRAME_MAX);
  wipe(service->frame_out, PROTOCOL_FRAME_MAX);
  arena_reset(service->arena);
  return goes_on;
}

/* Waits for something to do and does it; false at the end. */
static bool turn(struct door *door)
{
  struct pollfd ready[PEERS_MAX + 2];
  size_t count = door->count;
  for (size_t i = 0; i < count; i++)
    ready[i] = (struct pollfd){.fd = door->peers[i].fd, .events = POLLIN};
  ready[count] = (struct pollfd){.fd = door->socket, .events = POLLIN};
  ready[count + 1] = (struct pollfd){.fd = door->signals, .events = POLLIN};
  if (poll(ready, count + 2, -1) < 0) return errno == EINTR;
  if (ready[count + 1].revents != 0) return false;
  for (size_t i = count; i-- > 0;) /* downwards: leaving moves the last one into the gap */
    if (ready[i].revents != 0 && !serve_one(door->service, &door->peers[i])) let_out(door, i);
  if (ready[count].revents != 0) let_in(door);
  return !(door->listen->once && door->had_peer && door->count == 0);
}

static enum err open_signals(int *ret_signals)
{
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &ends, NULL) != 0) return ERR_IO;
  *ret_signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  return *ret_signals >= 0 ? OK : ERR_IO;
}

enum err service_run(struct service *service, const struct service_listen *listen,
                     struct trail *trail)
{
  struct door door = {.service = service, .listen = listen, .socket = -1, .signals = -1};
  enum err err = open_signals(&door.signals);
  if (err != OK) return FAIL(trail, err, "custodian: signals");
  err = open_socket(&door.socket, service, listen->path);
  if (err != OK) {
    close(door.signals);
    return FAIL(trail, err, "custodian: the socket");
  }
  listen->ready(listen->self);
  while (!service->must_end && turn(&door))
    continue;
  while (door.count > 0)
    let_out(&door, 0);
  close(door.socket);
  close(door.signals);
  (void)unlink(listen->path);
  return service->must_end ? FAIL(trail, ERR_IO, "custodian: its own files cannot be written") : OK;
}
