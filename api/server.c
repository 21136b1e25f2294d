/* See server.h. Starts and stops; what happens in between is in dispatch.c. */
#include "api/server.h"

#include <string.h>
#include <unistd.h>

#include "api/listen.h"
#include "api/parse.h"
#include "api/state.h"

/* libmicrohttpd 0.9.75 hangs when exactly 128 events arrive at once at one worker; with 120
 * connections and its own few descriptors that cannot happen. */
#define CONNECTIONS_A_WORKER 120
#define CONNECTION_MEMORY (32 * 1024)
#define SERVER_ARENA_BYTES (4 * 1024 * 1024)
#define SLOW_THREADS 2
#define ADMIN_MODE 0600
#define PUBLIC_MODE 0660

const struct server_limits server_limits_usual = {
  .header_us = 10000000,
  .body_us = 30000000,
  .handle_us = 60000000,
  .send_us = 30000000,
  .idle_us = 60000000,
  .arena_cap = 32 * 1024 * 1024, /* 64 first decisions re-seal 64 rows; pages are taken as needed */
};

/* ---- callbacks that concern a connection, not a request ---- */

/* What a connection needs to its end is taken before the handshake, and given back after the
 * session is gone: libmicrohttpd tells of the start before the first byte, and of the end after the
 * last. */
static void connection_begins(struct listener *listener, struct MHD_Connection *connection,
                              void **socket_context)
{
  struct server *server = listener->server;
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct tls_pair *pair;

  if (info == NULL) return;
  pair = listener->tls == NULL ? NULL : tls_take(listener->tls);
  *socket_context =
    reaper_add(server->reaper, info->connect_fd, server->config.limits.header_us, pair);
  if (*socket_context == NULL) tls_give(pair);
}

static void connection_changed(void *context, struct MHD_Connection *connection,
                               void **socket_context, enum MHD_ConnectionNotificationCode what)
{
  struct listener *listener = context;

  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    connection_begins(listener, connection, socket_context);
    return;
  }
  tls_give(reaper_remove(listener->server->reaper, *socket_context));
  *socket_context = NULL;
}

/* GnuTLS asks which certificate to show. libmicrohttpd keeps its connection in the session. */
static int show_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *about,
                            gnutls_pcert_st **chain, unsigned *count, gnutls_ocsp_data_st **staple,
                            unsigned *staple_count, gnutls_privkey_t *key, unsigned *flags)
{
  struct MHD_Connection *connection = gnutls_session_get_ptr(session);
  const struct watched *watched = connection == NULL ? NULL : reply_watched(connection);

  (void)about;
  if (watched == NULL || reaper_with(watched) == NULL) return -1;
  tls_show(reaper_with(watched), chain, count, key);
  *staple = NULL;
  *staple_count = 0;
  *flags = 0; /* the pair stays ours */
  return 0;
}

/* The first line of a request has come: its headers have from now. */
static void *line_came(void *context, const char *target, struct MHD_Connection *connection)
{
  struct listener *listener = context;

  (void)target;
  reaper_set(listener->server->reaper, reply_watched(connection),
             listener->server->config.limits.header_us);
  return NULL;
}

/* Paths are compared as they came; queries are decoded where they are read. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
  (void)context;
  (void)connection;
  return strlen(text);
}

static void say_nothing(void *context, const char *format, va_list arguments)
{
  (void)context;
  (void)format;
  (void)arguments;
}

static void reader_end(void *reader)
{
  struct reader *ending = reader;

  reader_free(&ending);
}

/* ---- start ---- */

static enum err daemon_start(struct listener *listener, unsigned workers, struct trail *trail)
{
  unsigned flags = MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
  unsigned idle_s = (unsigned)(listener->server->config.limits.idle_us / 1000000) + 1;

  flags |= listener->tls == NULL ? MHD_USE_EPOLL_INTERNAL_THREAD
                                 : MHD_USE_TLS | MHD_USE_POLL_INTERNAL_THREAD;
  listener->daemon = MHD_start_daemon(
    flags, 0, NULL, NULL, dispatch_step, listener, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
    MHD_OPTION_LISTEN_SOCKET, listener->socket, MHD_OPTION_THREAD_POOL_SIZE,
    workers > 1 ? workers : 0, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_A_WORKER * workers,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
    idle_s, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, dispatch_completed,
    listener, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, listener,
    MHD_OPTION_URI_LOG_CALLBACK, line_came, listener, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped,
    NULL, listener->tls == NULL ? MHD_OPTION_END : MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
    MHD_OPTION_HTTPS_CERT_CALLBACK2, show_certificate, MHD_OPTION_END);
  if (listener->daemon == NULL) return FAIL(trail, ERR_IO, "cannot start the HTTP service");
  listener->socket = -1;
  return OK;
}

static enum err open_listeners(struct server *server, struct trail *trail)
{
  const struct server_config *config = &server->config;

  if (config->is_admin_only) {
    server->port = 0;
  } else if (config->socket_path != NULL && config->socket_path[0] != '\0') {
    TRY(listen_unix(&server->outside.socket, config->socket_path, PUBLIC_MODE, trail));
    server->outside.is_secure = true;
  } else {
    TRY(listen_tcp(&server->outside.socket, &server->port,
                   config->address == NULL ? "127.0.0.1" : config->address, config->port,
                   config->tls != NULL, trail));
    server->outside.tls = config->tls;
    server->outside.is_secure = config->tls != NULL;
  }
  if (config->admin_path == NULL) return OK;
  return listen_unix(&server->admin.socket, config->admin_path, ADMIN_MODE, trail);
}

static enum err start_threads(struct server *server)
{
  size_t connections = CONNECTIONS_A_WORKER * (server->workers + 1);

  TRY(reaper_start(&server->reaper, server->arena, connections, server->config.outside));
  TRY(tick_start(&server->tick, server->arena, server->config.outside, server->config.tick_us,
                 (struct queue_out){dispatch_resume, server}));
  TRY(slow_start(&server->slow, server->arena, SLOW_THREADS,
                 (struct queue_out){dispatch_run_slow, server}));
  if (server->config.reg == NULL) return OK;
  return import_start(&server->imports, server->arena, server->config.reg, server->config.outside);
}

static unsigned worker_count(void)
{
  long cores = sysconf(_SC_NPROCESSORS_ONLN);

  return cores < 1 ? 2 : (unsigned)cores + 1;
}

enum err server_start(struct server **ret_server, const struct server_config *config,
                      struct trail *trail)
{
  OWNED(server_stop) struct server *server = NULL;
  struct arena *arena;

  parse_setup();
  TRY(arena_new(&arena, SERVER_ARENA_BYTES));
  server = arena_take(arena, sizeof *server);
  if (server == NULL) {
    arena_free(&arena);
    return ERR_MEMORY;
  }
  server->arena = arena;
  server->config = *config;
  server->workers = worker_count();
  server->outside = (struct listener){.server = server, .socket = -1};
  server->admin = (struct listener){.server = server, .socket = -1, .is_admin = true};
  (void)pthread_mutex_init(&server->lock, NULL);
  (void)pthread_cond_init(&server->settled, NULL);
  if (pthread_key_create(&server->reader_key, reader_end) != 0) return ERR_MEMORY;
  server->has_reader_key = true;
  TRY(open_listeners(server, trail));
  TRY(start_threads(server));
  if (server->outside.socket >= 0) TRY(daemon_start(&server->outside, server->workers, trail));
  if (server->admin.socket >= 0) TRY(daemon_start(&server->admin, 1, trail));
  *ret_server = server;
  server = NULL;
  return OK;
}

uint16_t server_port(const struct server *server)
{
  return server->port;
}

/* ---- stop ---- */

static void listener_quiet(struct listener *listener)
{
  if (listener->daemon != NULL) listener->socket = MHD_quiesce_daemon(listener->daemon);
}

/* `path`: of its socket in the file system, which goes with it; NULL: it has none. */
static void listener_close(struct listener *listener, const char *path)
{
  bool was_open = listener->daemon != NULL || listener->socket >= 0;

  if (listener->daemon != NULL) MHD_stop_daemon(listener->daemon);
  if (listener->socket >= 0) (void)close(listener->socket);
  if (was_open && path != NULL && path[0] != '\0') (void)unlink(path);
}

/* No daemon may be stopped while it has suspended connections. */
static void wait_until_settled(struct server *server)
{
  (void)pthread_mutex_lock(&server->lock);
  server->stopping = true;
  while (server->waiting > 0)
    (void)pthread_cond_wait(&server->settled, &server->lock);
  (void)pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server **server)
{
  struct server *stopping;
  struct arena *arena;

  if (server == NULL || *server == NULL) return;
  stopping = *server;
  *server = NULL;
  listener_quiet(&stopping->outside);
  listener_quiet(&stopping->admin);
  wait_until_settled(stopping);
  listener_close(&stopping->outside, stopping->config.socket_path);
  listener_close(&stopping->admin, stopping->config.admin_path);
  slow_stop(&stopping->slow);
  tick_stop(&stopping->tick);
  import_stop(&stopping->imports);
  reaper_stop(&stopping->reaper);
  if (stopping->has_reader_key) (void)pthread_key_delete(stopping->reader_key);
  while (stopping->free_arena_count > 0) {
    arena_free(&stopping->free_arenas[--stopping->free_arena_count]);
  }
  (void)pthread_cond_destroy(&stopping->settled);
  (void)pthread_mutex_destroy(&stopping->lock);
  arena = stopping->arena; /* the server lives in it */
  arena_free(&arena);
}
