/* Runs the service inside this process, and tells whether another process runs it. */
#include "cli/service.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "api/server.h"
#include "cli/say.h"
#if CNIS_CONSOLE
#include "console/console.h"
#endif

struct service {
  struct reg *reg; /* NULL: another process serves */
  struct server *server;
  struct tls *tls; /* NULL: plain */
  const struct settings *settings;
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

static sigset_t awaited(bool with_renewal)
{
  sigset_t set;

  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (with_renewal) sigaddset(&set, SIGHUP);
  return set;
}

void signals_hold(bool with_renewal)
{
  sigset_t set = awaited(with_renewal);

  (void)signal(SIGPIPE, SIG_IGN);
  (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int signals_wait(bool with_renewal)
{
  sigset_t set = awaited(with_renewal);
  int which;

  while (sigwait(&set, &which) != 0) {
  }
  return which;
}

bool signals_within(unsigned seconds)
{
  const struct timespec span = {.tv_sec = seconds};
  sigset_t set = awaited(false);

  return sigtimedwait(&set, NULL, &span) > 0;
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

/* ---- TLS ---- */

static struct str day_text(struct cli *cli, struct day day)
{
  char text[10] = "";

  if (day_is_set(day)) day_write(text, day);
  return formatted(cli, "%.*s", (int)sizeof text, text);
}

static struct str refusal_text(struct cli *cli, const struct certificate_refusal *why)
{
  return SENTENCE(cli, why->says, str_from(why->file == NULL ? "" : why->file),
                  day_text(cli, why->day));
}

/* What the settings ask for cannot be meant. */
static enum err certificate_misset(struct cli *cli, enum text_id says)
{
  cli->why = text_get(says, cli->lang);
  return ERR_CERTIFICATE;
}

static enum err tls_start(struct service *service, struct cli *cli, const struct settings *settings)
{
  struct certificate_files files = {settings->value[SETTING_CERTIFICATE],
                                    settings->value[SETTING_CERTIFICATE_KEY]};
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  enum err err;

  if (files.certificate == NULL && files.key == NULL) return OK;
  if (files.certificate == NULL || files.key == NULL)
    return certificate_misset(cli, TEXT_TLS_NEEDS_BOTH);
  if (settings->value[SETTING_SOCKET] != NULL)
    return certificate_misset(cli, TEXT_TLS_NOT_ON_SOCKET);
  err = tls_new(&service->tls, &files, cli->outside, &why);
  if (err != OK) cli->why = refusal_text(cli, &why);
  return err;
}

static struct log log_of(const struct cli *cli)
{
  return (struct log){.fd = STDERR_FILENO, .outside = cli->outside};
}

void service_renew(struct cli *cli, struct service *service)
{
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  enum err err = tls_renew(service->tls, &why);
  struct instant until = tls_until(service->tls), now = cli->outside.now(cli->outside.self);
  struct log log = log_of(cli);

  log_event(&log, err == OK ? EVENT_CERTIFICATE_NEW : EVENT_CERTIFICATE_KEPT, err,
            instant_day(until).number - instant_day(now).number, 0);
  if (err == OK) {
    why = (struct certificate_refusal){TEXT_TLS_RENEWED, NULL, instant_day(until)};
    note_str(refusal_text(cli, &why));
    return;
  }
  note_str(refusal_text(cli, &why));
  note(cli, TEXT_TLS_KEPT);
}

/* ---- start and stop ---- */

static enum err server_run(struct service *service, struct cli *cli,
                           const struct settings *settings, bool is_public)
{
  struct server_config config = {
    .reg = service->reg,
    .outside = cli->outside,
    .log = log_of(cli),
    .limits = server_limits_usual,
    .tick_us = PLACE_TICK_US,
    .address = settings->value[SETTING_ADDRESS],
    .port = settings->port,
    .tls = service->tls,
    .socket_path = settings->value[SETTING_SOCKET],
    .admin_path = service->admin_socket,
    .is_admin_only = !is_public,
#if CNIS_CONSOLE
    .pages = console_routes,
    .page_count = console_routes_count,
    .render = console_render,
    .book = console_book,
#endif
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
  service->settings = settings;
  if (is_public) TRY(tls_start(service, cli, settings));
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
  tls_free(&(*service)->tls);
  reg_close(&(*service)->reg);
  *service = NULL;
}

uint16_t service_port(const struct service *service)
{
  return server_port(service->server);
}

/* An IPv6 address stands in brackets (RFC 3986 3.2.2). */
struct str service_address(struct cli *cli, const struct service *service)
{
  const char *host = service->settings->value[SETTING_ADDRESS];
  bool is_v6 = strchr(host, ':') != NULL;

  if (service_port(service) == 0) return str_from(service->settings->value[SETTING_SOCKET]);
  return formatted(cli, "%s://%s%s%s:%u", service->tls == NULL ? "http" : "https", is_v6 ? "[" : "",
                   host, is_v6 ? "]" : "", (unsigned)service_port(service));
}

void service_say(struct cli *cli, const struct service *service)
{
  struct str address = service_address(cli, service);

  if (service_port(service) == 0)
    SAY(cli, TEXT_SERVE_SOCKET, address);
  else if (service->tls == NULL)
    SAY(cli, TEXT_SERVE_ADDRESS, address);
  else
    SAY(cli, TEXT_SERVE_SECURE, address, day_text(cli, instant_day(tls_until(service->tls))));
}

struct str service_authority(const struct service *service)
{
  return reg_authority_name(service->reg);
}

const char *service_admin_socket(const struct service *service)
{
  return service->admin_socket;
}
