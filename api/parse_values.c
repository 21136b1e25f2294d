/* Values by field name: {"forename": "Siôn", "person_name": ["A", null], "circumstances":
 * [{"value": "..", "since": "2026-01-05", "said_by": "parent", "contested": false}]}; of an event
 * also "outcome", "route" and "until". The place in
 * an array is the slot; one value alone may name its own, {"slot": 2, "value": ".."}, so that the
 * others need not be sent. Null, or an empty value, removes. Only fields of fields.def that a
 * person may write are names here. */
#include "api/parse.h"
#include "base/guard.h"

struct detail {
  unsigned slot;
  struct personal value;
  struct day since, until;
  struct str said_by, outcome, route;
  bool contested;
};

/* The register keeps some fields for itself: they have no policy word. */
static bool may_be_given(enum field field)
{
  const struct field_row *row = field_row(field);

  return row->type != TYPE_PROTECTION && row->type != TYPE_SECRET && row->word[0] != '\0';
}

static enum err read_said_by(struct parse *parse, struct str name, enum said_by *ret_said_by)
{
  if (name.len == 0) return OK;
  for (int i = 0; i < SAID_COUNT; i++) {
    if (!str_is(name, said_by_name((enum said_by)i))) continue;
    *ret_said_by = (enum said_by)i;
    return OK;
  }
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

static enum err parse_slot(struct parse *parse, const struct member *member, json_t *value,
                           void *object)
{
  struct detail *detail = object;

  if (!json_is_integer(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (json_integer_value(value) < 0 || json_integer_value(value) >= (json_int_t)member->max)
    return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
  detail->slot = (unsigned)json_integer_value(value);
  return OK;
}

static enum err read_code(struct parse *parse, enum code_set set, struct str code,
                          uint8_t *ret_number)
{
  *ret_number = code.len == 0 ? 0 : code_number(set, code);
  if (code.len == 0 || *ret_number != 0) return OK;
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

/* What came of it, by which route, and until when: of events alone. */
static enum err read_event(struct parse *parse, enum field field, const struct detail *detail,
                           struct value *value)
{
  bool is_event = field_row(field)->type == TYPE_EVENT;

  TRY(read_code(parse, event_outcomes(field), detail->outcome, &value->outcome));
  TRY(read_code(parse, is_event ? CODES_ROUTE : CODES_NONE, detail->route, &value->route));
  if (day_is_set(detail->until) && !is_event)
    return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
  value->until = detail->until;
  return event_is_whole(field, value) ? OK : parse_fault(parse, ERR_INPUT, TEXT_API_EVENT_WHOLE, 0);
}

/* In an array the place is the slot, and it takes no other. */
static enum err read_detail(struct parse *parse, json_t *json, struct given *given,
                            bool is_in_array)
{
  struct value *value = &given->value;
  const struct member members[] = {
    {"slot", parse_slot, false, is_in_array ? 0 : field_row(given->field)->slots, 0, 0},
    MEMBER_NEEDED(struct detail, value, parse_personal, field_text_max(given->field)),
    MEMBER(struct detail, since, parse_day, 0),
    MEMBER(struct detail, said_by, parse_str, 32),
    MEMBER(struct detail, contested, parse_bool, 0),
    MEMBER(struct detail, outcome, parse_str, 32),
    MEMBER(struct detail, route, parse_str, 32),
    MEMBER(struct detail, until, parse_day, 0),
  };
  struct detail detail = {.since = DAY_NONE, .until = DAY_NONE};

  TRY(parse_object(parse, json, &detail, members, sizeof members / sizeof members[0]));
  if (!is_in_array) given->slot = detail.slot;
  value->text = detail.value;
  value->since = detail.since;
  value->contested = detail.contested;
  TRY(read_event(parse, given->field, &detail, value));
  return read_said_by(parse, detail.said_by, &value->said_by);
}

static enum err check_value(struct parse *parse, enum field field, struct value *value)
{
  enum err err = field_check(field, value);

  if (err == ERR_TOO_LARGE) {
    return parse_fault(parse, err, TEXT_API_MEMBER_LONG, field_text_max(field));
  }
  if (err == ERR_INPUT) return parse_fault(parse, err, TEXT_API_MEMBER_CONTROL, 0);
  return err;
}

static enum err read_given(struct parse *parse, json_t *json, struct given *given, bool is_in_array)
{
  struct member text = {"", parse_personal, true, field_text_max(given->field), 0, 0};

  given->value = value_absent;
  if (json_is_object(json)) {
    TRY(read_detail(parse, json, given, is_in_array));
  } else if (!json_is_null(json)) {
    TRY(parse_personal(parse, &text, json, &given->value.text));
  }
  given->value.source = SOURCE_TYPED;
  return check_value(parse, given->field, &given->value);
}

static enum err read_field(struct parse *parse, json_t *json, enum field field,
                           struct given_list *list)
{
  size_t slots = field_row(field)->slots;
  struct given given = {.field = field};

  if (!json_is_array(json)) {
    TRY(read_given(parse, json, &given, false));
    list->at[list->count++] = given;
    return OK;
  }
  if (json_array_size(json) > slots) {
    return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_MANY, slots);
  }
  for (unsigned slot = 0; slot < json_array_size(json); slot++) {
    size_t before = parse_enter_index(parse, slot);

    given.slot = slot;
    TRY(read_given(parse, json_array_get(json, slot), &given, true));
    list->at[list->count++] = given;
    parse_leave(parse, before);
  }
  return OK;
}

/* Room for every value that could be given. */
static size_t count_values(json_t *object)
{
  const char *name;
  json_t *value;
  size_t count = 0;

  json_object_foreach(object, name, value) count += 1 + json_array_size(value);
  return count;
}

enum err parse_values(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  void *target = (char *)object + member->offset;
  struct given_list *list = target;
  const char *name;
  json_t *given;

  if (!json_is_object(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (json_object_size(value) == 0) return parse_fault(parse, ERR_INPUT, TEXT_API_VALUES_NONE, 0);
  list->at = arena_take_array(parse->arena, count_values(value) + 1, sizeof *list->at);
  if (list->at == NULL) return ERR_MEMORY;
  json_object_foreach(value, name, given)
  {
    enum field field;
    size_t before;

    if (!field_by_name(str_from(name), &field) || !may_be_given(field)) {
      if (!GUARD(UNKNOWN_KEY_REFUSED)) continue;
      return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_UNKNOWN, 0);
    }
    before = parse_enter(parse, field_row(field)->name);
    TRY(read_field(parse, given, field, list));
    parse_leave(parse, before);
  }
  return OK;
}
