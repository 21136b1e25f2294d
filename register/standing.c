/* Assignments as items. It grants nothing: facts_read alone says who stands how to a child. */
#include "register/standing.h"

#include <string.h>

enum err standing_write(struct op *op, struct personal *ret_text, const struct standing *standing)
{
  const struct policy *policy = reg_policy(op->reg);
  struct str purpose = policy_word_name(policy, POLICY_PURPOSE, standing->purpose);
  struct str basis = policy_word_name(policy, POLICY_BASIS, standing->basis);
  char *text = arena_take(op->arena, purpose.len + 1 + basis.len);

  if (text == NULL) return ERR_MEMORY;
  memcpy(text, purpose.ptr, purpose.len);
  text[purpose.len] = '\n';
  memcpy(text + purpose.len + 1, basis.ptr, basis.len);
  *ret_text = (struct personal){text, purpose.len + 1 + basis.len};
  return OK;
}

static bool parse(const struct policy *policy, struct standing *ret_standing, struct personal text)
{
  const char *end = memchr(text.ptr, '\n', text.len);
  struct str purpose, basis;

  if (end == NULL) return false;
  purpose = (struct str){text.ptr, (size_t)(end - text.ptr)};
  basis = (struct str){end + 1, text.len - purpose.len - 1};
  ret_standing->purpose = policy_word(policy, POLICY_PURPOSE, purpose);
  ret_standing->basis = policy_word(policy, POLICY_BASIS, basis);
  return ret_standing->purpose != POLICY_NO_WORD && ret_standing->basis != POLICY_NO_WORD;
}

static bool find_item(const struct op *op, struct id *ret_item, struct id record, struct id account)
{
  const struct index *index = op->reg->index;
  struct day today = op_today(op);
  const struct item *item;
  size_t cursor = 0;
  bool found = false;

  index_read(op->reg->index);
  while (!found && (item = index_item_of_record(index, record, ITEM_ASSIGNMENT, &cursor)) != NULL) {
    bool is_over = day_is_set(item->until) && item->until.number < today.number;

    if (is_over || !id_equal(item->subject, account)) continue;
    *ret_item = item->id;
    found = true;
  }
  index_done(op->reg->index);
  return found;
}

enum err standing_find(struct op *op, struct standing *ret_standing, bool *ret_found,
                       struct id record, struct id account, const struct audit_secret *child)
{
  struct personal text;
  struct item item;
  struct id id;

  *ret_found = false;
  if (!find_item(op, &id, record, account)) return OK;
  TRY(op_item_text(op, &text, &item, id, child));
  *ret_found = parse(reg_policy(op->reg), ret_standing, text);
  return OK;
}

struct ask standing_ask(const struct op *op, const struct standing *standing)
{
  return (struct ask){
    .said = {.purposes = POLICY_BIT(standing->purpose),
             .basis = standing->basis,
             .urgency = policy_word(reg_policy(op->reg), POLICY_URGENCY, STR("routine")),
             .has_necessity = true}};
}

enum err standing_put(struct op *op, struct id record, struct id account,
                      const struct standing *standing, enum relation_code relation,
                      struct day until, const struct audit_secret *child)
{
  struct item item = {.kind = ITEM_ASSIGNMENT,
                      .flags = (uint16_t)relation,
                      .record = record,
                      .subject = account,
                      .until = until};
  struct personal text;

  TRY(standing_write(op, &text, standing));
  return op_item_put(op, &item, child, text);
}
