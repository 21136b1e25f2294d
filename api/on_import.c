/* Imports: a sheet comes in, a job takes it; the one who started it asks how far it is. */
#include <stdio.h>

#include "api/handlers.h"
#include "api/import.h"
#include "base/json.h"

static enum err read_order(struct request *request, struct import_order *order)
{
  struct str on;

  TRY(request_flag(request, "dry_run", &order->dry_run));
  TRY(request_query(request, "on", &on));
  TRY(request_query(request, "source", &order->source));
  TRY(request_lang(request, "lang", &order->lang));
  if (on.len > 0 && !day_parse(on, &order->on)) {
    return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
  }
  return order->source.len <= 64 ? OK : request_fault(request, ERR_INPUT, TEXT_API_QUERY);
}

/* Which job it is, and where it tells how far it is. */
static enum err answer_job(struct request *request, struct id job)
{
  struct answer *answer = &request->op.answer;
  char hex[2 * ID_BYTES];
  struct json json;

  hex_write(hex, job.b, sizeof job.b);
  (void)snprintf(answer->location, sizeof answer->location, "/v1/imports/%.32s", hex);
  json_start(&json, request->op.arena, 128);
  json_object_start(&json);
  JSON_KEY(&json, "job");
  json_str(&json, (struct str){hex, sizeof hex});
  json_object_end(&json);
  TRY(json_done(&json, &answer->body));
  answer->status = 202;
  return OK;
}

enum err on_import_take(struct request *request)
{
  struct id job;

  TRY(import_take(request_imports(request), &job, request_id(request, 0), &request->op.actor,
                  request->op.lang));
  return answer_job(request, job);
}

enum err on_import_start(struct request *request)
{
  struct import_order order = {
    .actor = request->op.actor, .lang = request->op.lang, .on = DAY_NONE};
  struct id job;

  if (request->body_len == 0) return request_fault(request, ERR_INPUT, TEXT_SHEET_NO_HEADER);
  TRY(read_order(request, &order));
  order.csv = (struct str){request->body, request->body_len};
  TRY(import_submit(request_imports(request), &job, &order));
  return answer_job(request, job);
}

enum err on_import_state(struct request *request)
{
  struct answer *answer = &request->op.answer;
  struct str from_text;
  uint64_t from = 0;

  TRY(request_query(request, "from", &from_text));
  if (from_text.len > 0 && !str_to_u64(from_text, &from)) {
    return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
  }
  TRY(import_report(request_imports(request), request->op.arena, &answer->body,
                    request_id(request, 0), request->op.actor.account, from));
  answer->status = 200;
  return OK;
}
