/* What the operator may know: counts and states of the service, of no child. Only on admin.sock. */
#include "base/json.h"
#include "register/reg.h"

void reg_health(const struct reg *reg, struct json *json)
{
  struct tree_edge edge;

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
  JSON_KEY(json, "set_aside"); /* changes that the custodian cannot put in their place */
  json_int(json, (int64_t)set_aside);
  JSON_KEY(json, "accounts");
  json_int(json, (int64_t)people_count(reg->people));
  json_object_end(json);
}
