/* About the service itself: alive, ready, counted, and its contract. Nothing of any child. */
#include <stdio.h>

#include "api/handlers.h"
#include "api/state.h"
#include "base/json.h"

#define METRICS_BYTES (64 * 1024)

extern const char api_openapi_json[]; /* api/openapi.json, built in */
extern const size_t api_openapi_json_len;

enum err on_live(struct request *request)
{
  request->op.answer.status = 200;
  return OK;
}

enum err on_ready(struct request *request)
{
  struct answer *answer = &request->op.answer;
  struct json json;

  if (request->op.reg == NULL) return ERR_BUSY;
  json_start(&json, request->op.arena, 1024);
  reg_health(request->op.reg, &json);
  TRY(json_done(&json, &answer->body));
  answer->status = 200;
  return OK;
}

/* Prometheus text exposition 0.0.4; label values come from the route table only. */
enum err on_metrics(struct request *request)
{
  char *text = arena_take(request->op.arena, METRICS_BYTES);
  struct answer *answer = &request->op.answer;
  int len;

  if (text == NULL) return ERR_MEMORY;
  len = snprintf(text, METRICS_BYTES,
                 "# HELP cnis_answers_total Answers by call and class of status.\n"
                 "# TYPE cnis_answers_total counter\n");
  for (unsigned call = 0; call < CALL_COUNT; call++) {
    for (unsigned kind = 2; kind < 6; kind++) {
      unsigned long count = atomic_load(&request->server->counts[call][kind]);

      if (count == 0) continue;
      len += snprintf(text + len, METRICS_BYTES - (size_t)len,
                      "cnis_answers_total{call=\"%s\",status=\"%uxx\"} %lu\n",
                      call_name((enum call)call), kind, count);
    }
  }
  if (request->server->outside.tls != NULL) {
    len += snprintf(text + len, METRICS_BYTES - (size_t)len,
                    "# HELP cnis_certificate_ends_seconds When the certificate ends, Unix time.\n"
                    "# TYPE cnis_certificate_ends_seconds gauge\n"
                    "cnis_certificate_ends_seconds %lld\n",
                    (long long)(tls_until(request->server->outside.tls).us / 1000000));
  }
  answer->status = 200;
  answer->type = STR("text/plain; version=0.0.4");
  answer->body = (struct str){text, (size_t)len};
  return OK;
}

enum err on_contract(struct request *request)
{
  request->op.answer.status = 200;
  request->op.answer.body = (struct str){api_openapi_json, api_openapi_json_len};
  return OK;
}
