/* Sends a sheet to the service and follows the job to its end. */
#include "cli/send.h"

#include <string.h>
#include <unistd.h>

#include "cli/progress.h"
#include "cli/say.h"

#define POLL_US 50000

static enum err job_start(struct cli *cli, struct str *ret_job, const struct service *service,
                          const struct send_order *order)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {
    .method = "POST", .token = order->token, .type = STR("text/csv"), .body = order->csv};

  call.path =
    formatted(cli, "/v1/imports?lang=%s&dry_run=%s%s%s%s%s", cli->lang == LANG_CY ? "cy" : "en",
              order->is_dry_run ? "true" : "false", order->on[0] == '\0' ? "" : "&on=", order->on,
              order->source[0] == '\0' ? "" : "&source=", order->source);
  TRY(call_must(cli, &reply, service, &call));
  return arena_copy(cli->arena, ret_job, reply_text(&reply, "job"));
}

static struct str text_of(const json_t *object, const char *member)
{
  return str_from(json_string_value(json_object_get(object, member)));
}

size_t send_message_count(const struct send_said *said)
{
  return json_array_size(said->messages);
}

struct send_message send_message_at(const struct send_said *said, size_t i)
{
  const json_t *message = json_array_get(said->messages, i);

  return (struct send_message){text_of(message, "column"), text_of(message, "text")};
}

static enum err results_tell(const struct send_order *order, json_t *results)
{
  size_t i;
  json_t *result;

  json_array_foreach(results, i, result)
  {
    struct send_said said = {.row = (unsigned)json_integer_value(json_object_get(result, "row")),
                             .outcome = text_of(result, "outcome"),
                             .id = text_of(result, "id"),
                             .messages = json_object_get(result, "messages")};

    TRY(order->each(order->self, &said));
  }
  return OK;
}

struct job_seen {
  uint64_t told, done, total; /* results told so far; rows */
  bool is_over;               /* and nothing is left to tell */
};

/* A sheet that is refused whole says why, as any problem does. */
static enum err state_take(struct job_seen *seen, json_t *answer)
{
  struct str state = text_of(answer, "state");
  struct str why = text_of(json_object_get(answer, "problem"), "detail");

  seen->done = (uint64_t)json_integer_value(json_object_get(answer, "done"));
  seen->total = (uint64_t)json_integer_value(json_object_get(answer, "total"));
  if (str_is(state, "waiting") || str_is(state, "running")) return OK;
  seen->is_over = json_array_size(json_object_get(answer, "results")) == 0;
  if (!seen->is_over || str_is(state, "done") || str_is(state, "unreadable")) return OK;
  if (why.len > 0) note_str(why);
  return str_is(state, "refused") ? ERR_INPUT : ERR_INTERNAL;
}

static enum err job_look(struct cli *cli, struct job_seen *seen, const struct service *service,
                         const struct send_order *order, struct str job)
{
  OWNED(reply_free) struct reply reply = {0};
  struct call call = {.method = "GET", .token = order->token};

  call.path = formatted(cli, "/v1/imports/%.*s?from=%llu", (int)job.len, job.ptr,
                        (unsigned long long)seen->told);
  TRY(call_must(cli, &reply, service, &call));
  json_t *results = json_object_get(reply.json, "results");
  seen->told += json_array_size(results);
  TRY(results_tell(order, results));
  return state_take(seen, reply.json);
}

enum err send_sheet(struct cli *cli, const struct service *service, const struct send_order *order)
{
  struct job_seen seen = {0};
  struct progress progress;
  struct str job;

  progress_start(&progress, cli);
  TRY(job_start(cli, &job, service, order));
  for (;;) {
    TRY(job_look(cli, &seen, service, order, job));
    if (seen.is_over) break;
    progress_show(&progress, seen.done, seen.total);
    usleep(POLL_US);
  }
  progress_end(&progress, seen.done, seen.total);
  return OK;
}
