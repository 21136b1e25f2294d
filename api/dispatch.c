/* One request's life: gate, route, body, who is asking, handler, writer, answer. A worker never
 * waits: while the entry is on its way to the disk the connection is suspended, and the writer's
 * word resumes it. Nothing leaves before that word (promise 3). */
#include <string.h>
#include <strings.h>

#include "api/gate.h"
#include "api/header.h"
#include "api/problem.h"
#include "api/source.h"
#include "api/state.h"
#include "base/guard.h"

#define BODY_FIRST 4096
#define DRAIN_MAX (64 * 1024) /* of a refused body, read so that the client can read the answer */
#define SHEET_BODY_TIMES 10   /* as much time as another body has */
#define SHEET_ARENA_BYTES (8 * 1024 * 1024) /* beside the body */

/* ---- arenas ---- */

static struct arena *arena_borrow(struct server *server)
{
  struct arena *arena = NULL;

  (void)pthread_mutex_lock(&server->lock);
  if (server->free_arena_count > 0) arena = server->free_arenas[--server->free_arena_count];
  (void)pthread_mutex_unlock(&server->lock);
  if (arena == NULL && arena_new(&arena, server->config.limits.arena_cap) != OK) return NULL;
  return arena;
}

static void arena_return(struct server *server, struct arena *arena)
{
  arena_reset(arena);
  (void)pthread_mutex_lock(&server->lock);
  if (server->free_arena_count < ARENAS_KEPT) {
    server->free_arenas[server->free_arena_count++] = arena;
    arena = NULL;
  }
  (void)pthread_mutex_unlock(&server->lock);
  arena_free(&arena);
}

struct reader *dispatch_reader(struct server *server)
{
  struct reader *reader = pthread_getspecific(server->reader_key);

  if (reader != NULL || server->config.reg == NULL) return reader;
  if (reader_new(&reader, server->config.reg) != OK) return NULL;
  (void)pthread_setspecific(server->reader_key, reader);
  return reader;
}

/* ---- the first look: gate and route ---- */

static enum MHD_Result see_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
  (void)kind;
  gate_header(context, (struct str){name, name_len},
              (struct str){value == NULL ? "" : value, value_len});
  return MHD_YES;
}

struct query_look {
  const struct request *request;
  unsigned keys;
  const char *seen[8];
  bool is_wrong;
};

static enum MHD_Result see_query(void *context, enum MHD_ValueKind kind, const char *name,
                                 size_t name_len, const char *value, size_t value_len)
{
  struct query_look *look = context;

  (void)kind;
  (void)value_len;
  if (value == NULL || look->keys == sizeof look->seen / sizeof look->seen[0] ||
      !route_takes_query(look->request->route, (struct str){name, name_len})) {
    look->is_wrong = true;
    return MHD_NO;
  }
  for (unsigned i = 0; i < look->keys; i++) {
    if (strcmp(look->seen[i], name) == 0) look->is_wrong = true;
  }
  look->seen[look->keys++] = name;
  return MHD_YES;
}

static enum err check_query(struct request *request)
{
  struct query_look look = {.request = request};

  (void)MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, see_query, &look);
  return look.is_wrong ? request_fault(request, ERR_INPUT, TEXT_API_QUERY) : OK;
}

/* A media type, whatever its parameters. */
static bool is_type(struct str header, const char *type)
{
  size_t len = strlen(type);

  return header.len >= len && strncasecmp(header.ptr, type, len) == 0 &&
         (header.len == len || header.ptr[len] == ';' || header.ptr[len] == ' ');
}

static enum err check_body(struct request *request, const struct gate *gate)
{
  const struct route *route = request->route;
  struct str type = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
  const char *wanted = "application/json";

  if (gate->length == 0 && !gate->is_chunked) return OK;
  if (gate->length > route->body_cap) return ERR_TOO_LARGE;
  if ((route->flags & ROUTE_SHEET) != 0) wanted = "text/csv";
  if ((route->flags & ROUTE_TEXT) != 0) wanted = "text/plain";
  if ((route->flags & ROUTE_FORM) != 0) wanted = "application/x-www-form-urlencoded";
  if ((route->flags & ROUTE_FORM) != 0 && (route->flags & ROUTE_SHEET) != 0)
    wanted = "multipart/form-data";
  return route->body_cap == 0 || is_type(type, wanted) ? OK : ERR_UNSUPPORTED;
}

static enum err find_route(struct request *request)
{
  struct server *server = request->server;
  struct route_match match =
    route_find(routes, routes_count, request->is_admin, request->method, request->path);

  if (match.allowed == 0 && server->config.page_count > 0) {
    match = route_find(server->config.pages, server->config.page_count, request->is_admin,
                       request->method, request->path);
  }
  request->allowed = match.allowed;
  if (match.route == NULL) return match.allowed == 0 ? ERR_ABSENT : ERR_METHOD;
  request->route = match.route;
  memcpy(request->args, match.args, sizeof request->args);
  return OK;
}

/* Everything that can be refused before the body is read; the body of a stranger is not kept. */
static enum err look_first(struct request *request, const struct gate *gate)
{
  request->op.lang = asker_language(request);
  TRY(find_route(request));
  TRY(check_query(request));
  TRY(check_body(request, gate));
  return asker_find(request);
}

static struct request *request_new(struct listener *listener, struct MHD_Connection *connection,
                                   const char *url, const char *method)
{
  struct server *server = listener->server;
  struct arena *arena = arena_borrow(server);
  struct request *request = arena == NULL ? NULL : arena_take(arena, sizeof *request);
  struct str copy;

  if (request == NULL || arena_copy(arena, &copy, str_from(url)) != OK) {
    arena_free(&arena);
    return NULL;
  }
  request->server = server;
  request->connection = connection;
  request->is_admin = listener->is_admin;
  request->is_secure = listener->is_secure;
  request->method = str_from(method);
  request->path = copy;
  request->op.arena = arena;
  request->op.reg = server->config.reg;
  return request;
}

/* ---- the body ---- */

/* A sheet is larger than a request's arena: it gets one of its own size, and gives back the other.
 */
static enum err arena_for_sheet(struct request **request, size_t bytes)
{
  struct request *old = *request;
  struct arena *large;
  struct request *moved;
  struct str path;

  TRY(arena_new(&large, bytes + SHEET_ARENA_BYTES));
  moved = arena_take(large, sizeof *moved);
  if (moved == NULL || arena_copy(large, &path, old->path) != OK) {
    arena_free(&large);
    return ERR_MEMORY;
  }
  *moved = *old;
  moved->path = path;
  moved->op.arena = large;
  arena_return(old->server, old->op.arena);
  *request = moved;
  return OK;
}

/* Takes room for what is said to come; a chunked body grows by doubling. */
static enum err body_room(struct request *request, size_t len, size_t more)
{
  size_t bytes = len + more;
  size_t held = request->body_held == 0 ? request->body_expected : request->body_held;
  char *body;

  if (bytes <= request->body_held) return OK;
  if (held < BODY_FIRST) held = BODY_FIRST;
  while (held < bytes)
    held *= 2;
  body = arena_take(request->op.arena, held);
  if (body == NULL) return ERR_MEMORY;
  if (len > 0) memcpy(body, request->body, len);
  request->body = body;
  request->body_held = held;
  return OK;
}

/* MHD_NO ends the connection: a refused body goes on and on. */
static enum MHD_Result body_add(struct request *request, const char *bytes, size_t count)
{
  size_t len = request->body_len;

  request->body_len += count;
  if (request->early != OK) return request->body_len <= DRAIN_MAX ? MHD_YES : MHD_NO;
  if (request->body_len > request->route->body_cap) {
    request->early = ERR_TOO_LARGE;
    return MHD_YES;
  }
  request->early = body_room(request, len, count);
  if (request->early == OK) memcpy(request->body + len, bytes, count);
  return MHD_YES;
}

/* ---- waiting ---- */

/* False when the server is stopping: no connection may be suspended any more. */
static bool wait_begin(struct request *request)
{
  struct server *server = request->server;
  bool may_wait;

  (void)pthread_mutex_lock(&server->lock);
  may_wait = !server->stopping;
  if (may_wait) server->waiting++;
  (void)pthread_mutex_unlock(&server->lock);
  if (!may_wait) return false;
  request->phase = PHASE_WAITING;
  MHD_suspend_connection(request->connection);
  return true;
}

void dispatch_resume(void *context, struct request *request)
{
  struct server *server = context;

  request->phase = PHASE_READY;
  MHD_resume_connection(request->connection); /* from here on the request is not ours */
  (void)pthread_mutex_lock(&server->lock);
  if (--server->waiting == 0) (void)pthread_cond_broadcast(&server->settled);
  (void)pthread_mutex_unlock(&server->lock);
}

/* The writer's word. Runs on its thread: never blocks. */
static void committed(void *context, enum err err)
{
  struct request *request = context;

  request->committed = err;
  if (err == OK && request->op.answer.on_tick && GUARD(GENERIC_ON_TICK)) {
    tick_put(request->server->tick, request);
  } else {
    dispatch_resume(request->server, request);
  }
}

/* ---- the operation ---- */

static enum err read_conditions(struct request *request)
{
  struct str key = request_header(request, "Idempotency-Key");
  struct str match = request_header(request, MHD_HTTP_HEADER_IF_MATCH);

  if (key.len > 0 && !header_idempotency(key, &request->op.idempotency)) {
    return request_fault(request, ERR_INPUT, TEXT_API_IDEMPOTENCY_FORM);
  }
  request->op.has_idempotency = key.len > 0;
  if ((request->route->flags & ROUTE_ONCE) != 0 && key.len == 0) {
    return request_fault(request, ERR_INPUT, TEXT_API_IDEMPOTENCY_NEEDED);
  }
  if (match.len > 0 && !header_etag(match, &request->op.if_match)) {
    return request_fault(request, ERR_INPUT, TEXT_API_IF_MATCH_FORM);
  }
  return OK;
}

/* A refusal with its entry. What api/ knows better (the place in the body) stands in its words. */
static void refuse(struct request *request, enum err err)
{
  op_refuse(&request->op, err);
  if (request->fault.detail != TEXT_NONE || request->fault.has_pointer)
    problem_answer(request, err);
}

/* Nothing stays of an attempt before. */
static void forget_attempt(struct request *request)
{
  request->page = NULL;
  memset(&request->op.answer, 0, sizeof request->op.answer);
  request->op.commit = NULL;
  request->op.trail = (struct trail){0};
  request->fault = (struct fault){0};
  request->set_cookie = (struct str){0};
  request->given = NULL;
  request->given_count = 0;
  request->extra = NULL;
  request->extra_count = 0;
  request->cache = (struct str){0};
}

/* Runs the handler once and gives the op to the writer. The connection is suspended before. */
static void run(struct request *request)
{
  enum err err;

  forget_attempt(request);
  err = read_conditions(request);
  if (err == OK) err = request->route->handler(request);
  if (err != OK) refuse(request, err);
  if (err == OK && request->op.commit == NULL && (request->route->flags & ROUTE_PAGE) != 0) {
    request->is_exempt = true; /* a form shown again: no operation was begun, nothing was opened */
    dispatch_resume(request->server, request);
    return;
  }
  reg_submit(&request->op, committed, request);
}

/* Exempt routes: no entry, so nothing to wait for. */
static enum MHD_Result run_exempt(struct request *request)
{
  enum err err = request->route->handler(request);

  request->is_exempt = true;
  if (err != OK) problem_answer(request, err);
  return reply_send(request);
}

static enum MHD_Result answer_without_entry(struct request *request, enum err err)
{
  request->is_exempt = true;
  problem_answer(request, err);
  return reply_send(request);
}

/* Refused before anything was looked at: no entry. */
static void turn_away(struct request *request)
{
  problem_answer(request, ERR_BUSY);
  request->is_exempt = true;
  dispatch_resume(request->server, request);
}

void dispatch_run_slow(void *server, struct request *request)
{
  request->op.reader = dispatch_reader(server);
  request->op.source = source_of(request); /* who guesses passwords is slowed down */
  if (request->op.reader != NULL)
    run(request);
  else
    turn_away(request);
}

/* Suspends, and runs the handler here or where slow work is done. */
static enum MHD_Result run_suspended(struct request *request)
{
  if (!wait_begin(request)) return answer_without_entry(request, ERR_BUSY);
  if ((request->route->flags & ROUTE_SLOW) == 0)
    run(request);
  else if (slow_put(request->server->slow, request) != OK)
    turn_away(request);
  return MHD_YES;
}

/* The body is there. */
static enum MHD_Result begin(struct request *request)
{
  const struct server *server = request->server;

  reaper_set(server->reaper, reply_watched(request->connection), server->config.limits.handle_us);
  if ((request->route->flags & ROUTE_EXEMPT) != 0) return run_exempt(request);
  if (server->config.reg == NULL) return answer_without_entry(request, ERR_BUSY);
  return run_suspended(request);
}

/* Resumed: the writer has spoken. */
static enum MHD_Result finish(struct request *request)
{
  if (request->committed != ERR_MOVED) return reply_send(request);
  request->op.attempt++; /* the last attempt ends with another word */
  request->op.reader = dispatch_reader(request->server);
  return run_suspended(request);
}

static enum MHD_Result start(struct listener *listener, struct MHD_Connection *connection,
                             const char *url, const char *method, const char *version,
                             void **ret_request)
{
  struct server *server = listener->server;
  struct request *request = request_new(listener, connection, url, method);
  struct gate gate = {0};
  uint64_t body_us = server->config.limits.body_us;

  if (request == NULL) return MHD_NO;
  *ret_request = request;
  (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, see_header, &gate);
  if (gate_verdict(&gate, str_from(version), request->path) != OK) {
    request->must_close = true;
    return answer_without_entry(request, request_fault(request, ERR_INPUT, TEXT_API_HTTP));
  }
  request->early = look_first(request, &gate);
  if (request->early == OK && (request->route->flags & ROUTE_SHEET) != 0) {
    request->early = arena_for_sheet(&request, 2 * request->route->body_cap);
    *ret_request = request;
    body_us *= SHEET_BODY_TIMES;
  }
  request->body_expected = (size_t)gate.length;
  if (request->early != OK && gate.length > DRAIN_MAX) {
    request->must_close = true;
    return answer_without_entry(request, request->early);
  }
  reaper_set(server->reaper, reply_watched(connection), body_us);
  return MHD_YES;
}

enum MHD_Result dispatch_step(void *listener, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **context)
{
  struct request *request = *context;

  if (request == NULL) return start(listener, connection, url, method, version, context);
  if (request->phase == PHASE_READY) return finish(request);
  if (request->phase == PHASE_WAITING) return MHD_YES;
  if (*upload_len > 0) {
    size_t count = *upload_len;

    *upload_len = 0;
    return body_add(request, upload, count);
  }
  if (request->early != OK) return answer_without_entry(request, request->early);
  return begin(request);
}

void dispatch_completed(void *listener, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode why)
{
  struct listener *from = listener;
  struct request *request = *context;

  (void)why;
  *context = NULL;
  reaper_set(from->server->reaper, reply_watched(connection), from->server->config.limits.idle_us);
  if (request == NULL) return;
  if (request->route != NULL && (request->route->flags & ROUTE_SHEET) != 0) {
    struct arena *large = request->op.arena; /* the request lives in it */

    arena_free(&large);
  } else {
    arena_return(from->server, request->op.arena);
  }
}
