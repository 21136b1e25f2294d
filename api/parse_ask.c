/* Who asks for what and why: {"purposes": [..], "basis": {"kind", "text",
 * "special_category_condition", "order_fields"}, "necessity", "alternatives": [{"option", "tried",
 * "why_not"}], "urgency", "fields": [..]}. Words are resolved here; an unknown one goes on as
 * unknown, and policy/ refuses it under its own rule. */
#include "api/parse.h"

#define WORD_MAX 64

static struct ask *ask_of(const struct member *member, void *object)
{
  void *ask = (char *)object + member->offset;

  return ask;
}

static enum err take_word(struct parse *parse, enum policy_kind kind, json_t *value,
                          uint8_t *ret_word)
{
  struct str name = {0};
  const struct member text = {"", parse_str, true, WORD_MAX, 0, 0};

  TRY(parse_str(parse, &text, value, &name));
  *ret_word = policy_word(parse->policy, kind, name);
  return OK;
}

static enum err check_array(struct parse *parse, const struct member *member, json_t *value)
{
  if (!json_is_array(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (json_array_size(value) <= member->max) return OK;
  return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_MANY, member->max);
}

enum err parse_purposes(struct parse *parse, const struct member *member, json_t *value,
                        void *object)
{
  struct ask *ask = ask_of(member, object);

  TRY(check_array(parse, member, value));
  for (size_t i = 0; i < json_array_size(value); i++) {
    size_t before = parse_enter_index(parse, i);
    uint8_t word;

    TRY(take_word(parse, POLICY_PURPOSE, json_array_get(value, i), &word));
    ask->said.purposes |= POLICY_BIT(word);
    parse_leave(parse, before);
  }
  return OK;
}

static enum err take_fields(struct parse *parse, const struct member *member, json_t *value,
                            struct fieldset *ret_fields)
{
  struct fieldset fields = {{0}};

  TRY(check_array(parse, member, value));
  for (size_t i = 0; i < json_array_size(value); i++) {
    size_t before = parse_enter_index(parse, i);
    uint8_t word;

    TRY(take_word(parse, POLICY_FIELD, json_array_get(value, i), &word));
    fields = fieldset_with(fields, word);
    parse_leave(parse, before);
  }
  *ret_fields = fields;
  return OK;
}

enum err parse_fields(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  return take_fields(parse, member, value, &ask_of(member, object)->said.asked);
}

enum err parse_necessity(struct parse *parse, const struct member *member, json_t *value,
                         void *object)
{
  struct ask *ask = ask_of(member, object);
  struct member text = {"", parse_personal, false, member->max, 0, 0};

  TRY(parse_personal(parse, &text, value, &ask->necessity));
  ask->said.has_necessity = ask->necessity.len > 0;
  return OK;
}

enum err parse_alternatives(struct parse *parse, const struct member *member, json_t *value,
                            void *object)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct ask_alternative, option, parse_personal, 500),
    MEMBER(struct ask_alternative, tried, parse_bool, 0),
    MEMBER(struct ask_alternative, why_not, parse_personal, 500),
  };
  struct ask *ask = ask_of(member, object);

  TRY(check_array(parse, member, value));
  for (size_t i = 0; i < json_array_size(value); i++) {
    size_t before = parse_enter_index(parse, i);

    TRY(parse_object(parse, json_array_get(value, i), &ask->alternatives[i], members,
                     sizeof members / sizeof members[0]));
    if (ask->alternatives[i].option.len > 0) ask->said.has_alternative = true;
    parse_leave(parse, before);
  }
  ask->alternative_count = json_array_size(value);
  return OK;
}

enum err parse_urgency(struct parse *parse, const struct member *member, json_t *value,
                       void *object)
{
  return take_word(parse, POLICY_URGENCY, value, &ask_of(member, object)->said.urgency);
}

/* ---- basis ---- */

static enum err basis_kind(struct parse *parse, const struct member *member, json_t *value,
                           void *object)
{
  return take_word(parse, POLICY_BASIS, value, &ask_of(member, object)->said.basis);
}

static enum err basis_condition(struct parse *parse, const struct member *member, json_t *value,
                                void *object)
{
  struct personal said = {0};
  struct member text = {"", parse_personal, false, member->max, 0, 0};

  TRY(parse_personal(parse, &text, value, &said));
  ask_of(member, object)->said.has_special_condition = said.len > 0;
  return OK;
}

static enum err basis_order(struct parse *parse, const struct member *member, json_t *value,
                            void *object)
{
  return take_fields(parse, member, value, &ask_of(member, object)->said.order_fields);
}

enum err parse_basis(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  static const struct member members[] = {
    {"kind", basis_kind, false, 0, 0, 0},
    {"text", parse_personal, false, 500, offsetof(struct ask, basis_text), 0},
    {"special_category_condition", basis_condition, false, 200, 0, 0},
    {"order_fields", basis_order, false, 128, 0, 0},
  };

  return parse_object(parse, value, ask_of(member, object), members,
                      sizeof members / sizeof members[0]);
}
