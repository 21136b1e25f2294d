/* How far an import job is, for the one who started it. No cell of the sheet stands in it. */
#include <string.h>

#include "api/import_job.h"
#include "base/json.h"

#define REPORT_MAX 500 /* results in one report */

static struct str state_word(enum job_state state)
{
  switch (state) {
  case JOB_WAITING:
    return STR("waiting");
  case JOB_RUNNING:
    return STR("running");
  case JOB_DONE:
    return STR("done");
  case JOB_REFUSED:
    return STR("refused");
  case JOB_UNREADABLE:
    return STR("unreadable");
  case JOB_FAILED:
    break;
  }
  return STR("failed");
}

static void write_messages(struct json *json, const struct job_message *messages, size_t count)
{
  json_array_start(json);
  for (size_t i = 0; i < count; i++) {
    json_object_start(json);
    if (messages[i].column.len > 0) {
      JSON_KEY(json, "column");
      json_str(json, messages[i].column);
    }
    JSON_KEY(json, "text");
    json_str(json, messages[i].text);
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_result(struct json *json, const struct job *job, const struct job_result *result)
{
  static const struct id none;
  const struct job_message *messages = job->messages;

  json_object_start(json);
  JSON_KEY(json, "row");
  json_int(json, result->row);
  JSON_KEY(json, "outcome");
  json_str(json, str_from(result->outcome));
  if (memcmp(&result->id, &none, sizeof none) != 0) {
    JSON_KEY(json, "id");
    json_hex(json, result->id.b, sizeof result->id.b);
  }
  JSON_KEY(json, "messages");
  write_messages(json, result->count == 0 ? NULL : messages + result->first, result->count);
  json_object_end(json);
}

static int64_t rate(const struct job *job, uint64_t now_us)
{
  uint64_t until = job->ended_us != 0 ? job->ended_us : now_us;

  if (job->started_us == 0 || until <= job->started_us) return 0;
  return (int64_t)(job->done * 1000000 / (until - job->started_us));
}

enum err job_report(const struct job *job, struct arena *arena, struct str *ret_json,
                    struct outside outside, uint64_t from)
{
  const struct job_result *results = job->results;
  uint64_t to = from + REPORT_MAX;
  struct json json;

  if (from > job->result_count) from = job->result_count;
  if (to > job->result_count) to = job->result_count;
  json_start(&json, arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "job");
  json_hex(&json, job->id.b, sizeof job->id.b);
  JSON_KEY(&json, "state");
  json_str(&json, state_word(job->state));
  JSON_KEY(&json, "dry_run");
  json_bool(&json, job->dry_run);
  JSON_KEY(&json, "lang");
  json_str(&json, job->lang == LANG_CY ? STR("cy") : STR("en"));
  JSON_KEY(&json, "done");
  json_int(&json, (int64_t)job->done);
  JSON_KEY(&json, "total");
  json_int(&json, (int64_t)job->total);
  JSON_KEY(&json, "rows_per_second");
  json_int(&json, rate(job, outside.mono_us(outside.self)));
  JSON_KEY(&json, "next");
  json_int(&json, (int64_t)to);
  JSON_KEY(&json, "more");
  json_bool(&json, to < job->result_count);
  if (job->problem.len > 0) {
    JSON_KEY(&json, "problem");
    json_splice(&json, job->problem);
  }
  JSON_KEY(&json, "results");
  json_array_start(&json);
  for (uint64_t i = from; i < to; i++)
    write_result(&json, job, &results[i]);
  json_array_end(&json);
  json_object_end(&json);
  return json_done(&json, ret_json);
}
