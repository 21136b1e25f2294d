/* Sends an answer. The only place that hands bytes to the network: it looks once more whether the
 * entry of this answer is on disk. The body is not copied: it stands in the request's arena, which
 * is wiped in dispatch_completed, after the connection is done with it. */
#include <stdio.h>
#include <string.h>

#include "api/problem.h"
#include "api/state.h"
#include "base/guard.h"

/* RFC 6797: a year, in seconds. Not for other names of the domain, which are not ours to bind. */
#define TRANSPORT_SECURITY "max-age=31536000"

struct watched *reply_watched(struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

  return info == NULL ? NULL : info->socket_context;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
  (void)MHD_add_response_header(response, name, value);
}

/* Text that is not NUL-terminated, short by nature. */
static void add_str(struct MHD_Response *response, const char *name, struct str value)
{
  char text[512];

  if (value.len == 0 || value.len >= sizeof text) return;
  memcpy(text, value.ptr, value.len);
  text[value.len] = '\0';
  add(response, name, text);
}

static void add_allow(struct MHD_Response *response, unsigned allowed)
{
  char text[64] = "";
  size_t len = 0;

  for (unsigned method = 0; method < METHOD_COUNT; method++) {
    if ((allowed & 1U << method) == 0) continue;
    len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len == 0 ? "" : ", ",
                            method_name((enum method)method));
  }
  add(response, MHD_HTTP_HEADER_ALLOW, text);
}

/* What every answer says. */
static void add_common(const struct request *request, struct MHD_Response *response)
{
  const struct reg *reg = request->server->config.reg;

  if (request->cache.len == 0) add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add_str(response, MHD_HTTP_HEADER_CACHE_CONTROL, request->cache);
  add(response, "Referrer-Policy", "no-referrer");
  add(response, "X-Content-Type-Options", "nosniff");
  add(response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, request->op.lang == LANG_CY ? "cy" : "en");
  add(response, "Vary", "Accept-Language");
  if (request->is_secure) add(response, "Strict-Transport-Security", TRANSPORT_SECURITY);
  if (reg != NULL && reg_is_synthetic(reg)) add(response, "X-CNIS-Data", "synthetic");
}

static void add_headers(const struct request *request, struct MHD_Response *response)
{
  const struct answer *answer = &request->op.answer;
  char etag[sizeof answer->etag + 2], seconds[16];

  add_common(request, response);
  if (answer->body.len > 0) {
    add_str(response, MHD_HTTP_HEADER_CONTENT_TYPE,
            answer->type.len > 0 ? answer->type : STR("application/json"));
  }
  if (answer->etag[0] != '\0') {
    (void)snprintf(etag, sizeof etag, "\"%.32s\"", answer->etag);
    add(response, MHD_HTTP_HEADER_ETAG, etag);
  }
  if (answer->location[0] != '\0') add(response, MHD_HTTP_HEADER_LOCATION, answer->location);
  add_str(response, MHD_HTTP_HEADER_SET_COOKIE, request->set_cookie);
  for (size_t i = 0; i < request->extra_count; i++)
    add(response, request->extra[i].name, request->extra[i].value);
  if (answer->status == MHD_HTTP_UNAUTHORIZED) {
    add(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
  }
  if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED) add_allow(response, request->allowed);
  if (answer->status == MHD_HTTP_SERVICE_UNAVAILABLE ||
      answer->status == MHD_HTTP_TOO_MANY_REQUESTS) {
    (void)snprintf(seconds, sizeof seconds, "%u", answer->retry_s > 0 ? answer->retry_s : 1);
    add(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
  }
  if (request->must_close) add(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* Also what no page has, below the addresses of pages. */
static bool is_page(const struct request *request)
{
  if (request->server->config.render == NULL || request->is_admin) return false;
  if (request->route != NULL) return (request->route->flags & ROUTE_PAGE) != 0;
  return request_path_begins(request, "/cy/") || request_path_begins(request, "/en/");
}

static void count(struct request *request)
{
  unsigned call = request->route == NULL ? CALL_PAGE : request->route->call;
  unsigned kind = (unsigned)request->op.answer.status / 100;

  if (kind < 6)
    atomic_fetch_add_explicit(&request->server->counts[call][kind], 1, memory_order_relaxed);
}

enum MHD_Result reply_send(struct request *request)
{
  const struct answer *answer = &request->op.answer;
  struct MHD_Response *response;
  enum MHD_Result result;

  if (!request->is_exempt && request->committed != OK && GUARD(AUDIT_BEFORE_RELEASE)) {
    request->fault = (struct fault){0};
    problem_answer(request, request->committed);
  }
  if (is_page(request)) request->server->config.render(request);
  if (answer->status >= 500) {
    log_event(&request->server->config.log, EVENT_REQUEST_FAILED, request->committed,
              request->route == NULL ? -1 : (int64_t)request->route->call, answer->status);
  }
  response = MHD_create_response_from_buffer(answer->body.len, (void *)(uintptr_t)answer->body.ptr,
                                             MHD_RESPMEM_PERSISTENT);
  if (response == NULL) return MHD_NO;
  add_headers(request, response);
  count(request);
  reaper_set(request->server->reaper, reply_watched(request->connection),
             request->server->config.limits.send_us);
  result = MHD_queue_response(request->connection, (unsigned)answer->status, response);
  MHD_destroy_response(response);
  return result;
}
