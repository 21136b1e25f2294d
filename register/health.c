/* What the operator may know: counts and states of the service, of no child. Only on admin.sock. */
#include "base/json.h"
#include "register/errands.h"
#include "register/notice.h"
#include "register/reg.h"

#define ABLE_ENOUGH 2 /* one key lost, one person ill */

/* What goes on working and needs somebody's attention. */
static void say_warnings(const struct reg *reg, struct json *json,
                         const struct notice_counts *notices)
{
  JSON_KEY(json, "warnings");
  json_array_start(json);
  if (errands_has_custodian(reg->errands) && errands_able(reg->errands) < ABLE_ENOUGH)
    json_str(json, STR("FEW_ABLE_TO_OPEN"));
  if (notices->overdue > 0) json_str(json, STR("NOTICES_OVERDUE"));
  json_array_end(json);
}

void reg_health(const struct reg *reg, struct json *json)
{
  struct notice_counts notices;
  struct tree_edge edge;

  notice_counts(reg, &notices);
  writer_edge(reg->writer, &edge);
  index_read(reg->index);
  size_t records = index_count(reg->index), set_aside = 0;
  for (size_t cursor = 0; index_item_of_kind(reg->index, ITEM_SET_ASIDE, &cursor) != NULL;)
    set_aside++;
  index_done(reg->index);
  json_object_start(json);
  JSON_KEY(json, "synthetic");
  json_bool(json, reg->meta.synthetic);
  JSON_KEY(json, "records");
  json_int(json, (int64_t)records);
  JSON_KEY(json, "entries");
  json_int(json, (int64_t)edge.size);
  JSON_KEY(json, "unasked"); /* entries of the register's own threads */
  json_int(json, (int64_t)atomic_load(&reg->unasked));
  JSON_KEY(json, "queued");
  json_int(json, (int64_t)writer_queued(reg->writer));
  JSON_KEY(json, "spare_keys");
  json_int(json, (int64_t)keys_spares(reg->keys));
  JSON_KEY(json, "custodian");
  json_bool(json, reg->heads && heads_signing(reg->heads));
  JSON_KEY(json, "able_to_open"); /* people whose key the custodian takes */
  if (errands_has_custodian(reg->errands))
    json_int(json, (int64_t)errands_able(reg->errands));
  else
    json_none(json);
  JSON_KEY(json, "set_aside"); /* changes that the custodian cannot put in their place */
  json_int(json, (int64_t)set_aside);
  JSON_KEY(json, "accounts");
  json_int(json, (int64_t)people_count(reg->people));
  JSON_KEY(json, "notices_overdue"); /* that nobody has seen to by their day */
  json_int(json, (int64_t)notices.overdue);
  say_warnings(reg, json, &notices);
  json_object_end(json);
}
