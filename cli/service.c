/* Runs the service inside this process, and tells whether another process runs it. */
#include "cli/service.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/server.h"

struct service {
  struct reg *reg; /* NULL: another process serves */
  struct server *server;
  const char *admin_socket;
};

void process_seal(void)
{
  const struct rlimit none = {0, 0};

  /* Neither can fail for a process of its own user; if they did, the keys are still in guarded
   * memory. */
  (void)prctl(PR_SET_DUMPABLE, 0);
  (void)setrlimit(RLIMIT_CORE, &none);
}

static sigset_t ending(void)
{
  sigset_t set;

  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

void signals_hold(void)
{
  sigset_t set = ending();

  (void)signal(SIGPIPE, SIG_IGN);
  sigprocmask(SIG_BLOCK, &set, NULL);
}

void signals_wait(void)
{
  sigset_t set = ending();
  int which;

  while (sigwait(&set, &which) != 0) {
  }
}

static bool somebody_serves(const char *path)
{
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  size_t n = strlen(path);

  if (n >= sizeof name.sun_path) return false;
  memcpy(name.sun_path, path, n);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  bool answers = connect(fd, (const struct sockaddr *)&name, sizeof name) == 0;
  close(fd);
  return answers;
}

static enum err server_run(struct service *service, struct cli *cli,
                           const struct settings *settings, bool is_public)
{
  struct server_config config = {
    .reg = service->reg,
    .outside = cli->outside,
    .log = {.fd = STDERR_FILENO, .outside = cli->outside},
    .limits = server_limits_usual,
    .tick_us = PLACE_TICK_US,
    .port = settings->port,
    .socket_path = settings->value[SETTING_SOCKET],
    .admin_path = service->admin_socket,
    .is_admin_only = !is_public,
  };

  return server_start(&service->server, &config, &cli->trail);
}

enum err service_start(struct service **ret_service, struct cli *cli, const struct place *place,
                       const struct settings *settings, bool is_public)
{
  OWNED(service_stop) struct service *service = arena_take(cli->arena, sizeof *service);
  struct reg_config config = place_register(cli, place, settings);

  if (service == NULL) return ERR_MEMORY;
  service->admin_socket = place->admin_socket;
  TRY(reg_open(&service->reg, &config, &cli->trail));
  TRY(server_run(service, cli, settings, is_public));
  *ret_service = service;
  service = NULL;
  return OK;
}

enum err service_reach(struct service **ret_service, struct cli *cli, const struct place *place,
                       const struct settings *settings)
{
  if (!somebody_serves(place->admin_socket))
    return service_start(ret_service, cli, place, settings, false);
  struct service *service = arena_take(cli->arena, sizeof *service);
  if (service == NULL) return ERR_MEMORY;
  service->admin_socket = place->admin_socket;
  *ret_service = service;
  return OK;
}

void service_stop(struct service **service)
{
  if (service == NULL || *service == NULL) return;
  server_stop(&(*service)->server);
  reg_close(&(*service)->reg);
  *service = NULL;
}

uint16_t service_port(const struct service *service)
{
  return server_port(service->server);
}

struct str service_authority(const struct service *service)
{
  return reg_authority_name(service->reg);
}

const char *service_admin_socket(const struct service *service)
{
  return service->admin_socket;
}
