/* A disclosure as those see it who have to answer for it, all of whom may know of the child
 * (matter_find). It must never tell a value. */
#include "register/told.h"

#include "register/pages.h"
#include "register/people.h"

void told_by(struct json *json, const struct op *op, struct id account)
{
  struct account found;

  if (!people_by_id(op->reg->people, &found, account)) return;
  JSON_KEY(json, "by");
  json_str(json, str_from(found.name));
  wipe(&found, sizeof found);
}

static void write_grounds(struct json *json, const struct policy *policy,
                          const struct policy_request *said)
{
  JSON_KEY(json, "purposes");
  json_array_start(json);
  for (uint64_t left = said->purposes; left != 0; left &= left - 1)
    json_str(json, policy_word_name(policy, POLICY_PURPOSE, (uint8_t)__builtin_ctzll(left)));
  json_array_end(json);
  JSON_KEY(json, "basis");
  json_str(json, policy_word_name(policy, POLICY_BASIS, said->basis));
}

/* What left, or what would if everybody agreed. */
static void write_leaves(struct json *json, const struct policy *policy,
                         const struct matter *matter)
{
  const struct decision *decision = &matter->asked.decision;
  struct fieldset granted = fieldset_or(decision->granted, decision->pending);
  struct fieldset left =
    matter->sharing.state == SHARING_RELEASED ? matter->sharing.granted : granted;

  JSON_KEY(json, "leaves");
  json_array_start(json);
  while (!fieldset_is_empty(left)) {
    uint8_t word = (uint8_t)fieldset_take(&left);

    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json, policy_word_name(policy, POLICY_FIELD, word));
    if (fieldset_has(granted, word)) { /* under what was decided today */
      JSON_KEY(json, "form");
      json_str(json, policy_word_name(policy, POLICY_FORM, decision->form[word]));
      JSON_KEY(json, "rule");
      json_str(json, policy_rule_id(policy, decision->granted_by[word]));
    }
    json_object_end(json);
  }
  json_array_end(json);
}

static enum err write_said(struct json *json, struct op *op, const struct matter *matter)
{
  struct pages pages = {matter->sharing.asked_pages, matter->sharing.record,
                        &matter->officer.facts.child};
  struct personal said;

  TRY(pages_read_text(op, &pages, &said));
  JSON_KEY(json, "entry");
  json_hex(json, matter->sharing.record.b, ID_BYTES);
  if (said.len == 0) return OK;
  JSON_KEY(json, "said");
  json_splice(json, (struct str){said.ptr, said.len});
  return OK;
}

enum err told_write(struct json *json, struct op *op, const struct matter *matter)
{
  const struct policy *policy = reg_policy(op->reg);
  const struct sharing *sharing = &matter->sharing;

  JSON_KEY(json, "to");
  json_object_start(json);
  recipient_write(json, op, &matter->recipient);
  json_object_end(json);
  told_by(json, op, sharing->handler);
  JSON_KEY(json, "until");
  json_day(json, sharing->until);
  JSON_KEY(json, "may_decide");
  json_bool(json, matter_may_decide(op, matter));
  write_grounds(json, policy, &sharing->ask.said);
  write_leaves(json, policy, matter);
  return write_said(json, op, matter);
}
