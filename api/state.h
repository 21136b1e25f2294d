/* The inside of struct server, for the files of api/ that serve: server.c starts and stops it,
 * dispatch.c carries a request through it, reply.c sends. Nobody else includes this. */
#ifndef API_STATE_H
#define API_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "api/import.h"
#include "api/queue.h"
#include "api/reaper.h"
#include "api/request.h"
#include "api/server.h"

#define ARENAS_KEPT 64

/* One of the two ways in; the callbacks of libmicrohttpd carry it. */
struct listener {
  struct server *server;
  struct MHD_Daemon *daemon;
  int socket;      /* -1 once the daemon owns it */
  struct tls *tls; /* NULL: plain */
  bool is_admin;
  bool is_secure; /* nobody between here and the browser reads along: our TLS, or a proxy's, whose
                     way to us is the Unix socket */
};

struct server {
  struct server_config config;
  struct arena *arena; /* everything that lives as long as the server */
  struct listener outside, admin;
  uint16_t port;
  unsigned workers;
  struct reaper *reaper;
  struct tick *tick;
  struct slow *slow;
  struct import_jobs *imports;
  pthread_key_t reader_key; /* one struct reader a thread, made at first use */
  bool has_reader_key;

  pthread_mutex_t lock; /* the members below */
  pthread_cond_t settled;
  struct arena *free_arenas[ARENAS_KEPT];
  size_t free_arena_count;
  size_t waiting; /* suspended requests */
  bool stopping;

  atomic_uint_fast64_t counts[CALL_COUNT][6]; /* answers by call and class of status */
};

/* dispatch.c: the callbacks of libmicrohttpd. */
enum MHD_Result dispatch_step(void *listener, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **context);
void dispatch_completed(void *listener, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode why);
/* Queue exits: the tick has come; a thread is free for slow work. */
void dispatch_resume(void *context, struct request *request);
void dispatch_run_slow(void *server, struct request *request);
/* This thread's reader; NULL when there is none to be had. */
struct reader *dispatch_reader(struct server *server);

/* asker.c: fills op.actor; ERR_UNAUTHENTICATED. An open route takes a session when one is shown. */
enum err asker_find(struct request *request);
enum lang asker_language(const struct request *request);

/* reply.c */
enum MHD_Result reply_send(struct request *request);
/* The watched socket of a connection. */
struct watched *reply_watched(struct MHD_Connection *connection);

#endif
