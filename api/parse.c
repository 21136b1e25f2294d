/* See parse.h. The bytes are checked for UTF-8 and depth before jansson sees them. */
#include "api/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/guard.h"

/* ---- memory for jansson: a block with its size before it, wiped on free ---- */

struct wiped {
  size_t held; /* bytes, this head included */
  max_align_t bytes[];
};

static void *wiped_take(size_t bytes)
{
  void *block = NULL;
  size_t held = 0;
  struct wiped *made;

  if (bytes > SIZE_MAX - sizeof *made) return NULL;
  if (block_grow(&block, &held, bytes + sizeof *made, 1) != OK) return NULL;
  made = block;
  made->held = held;
  return made->bytes;
}

static void wiped_free(void *bytes)
{
  void *block;
  size_t held;

  if (bytes == NULL) return;
  block = (char *)bytes - offsetof(struct wiped, bytes);
  held = ((struct wiped *)block)->held;
  block_free(&block, &held, 1);
}

void parse_setup(void)
{
  json_set_alloc_funcs(wiped_take, wiped_free);
}

static void json_release(json_t **json)
{
  json_decref(*json);
}

/* ---- places and faults ---- */

static size_t enter(struct parse *parse, const char *segment, size_t len)
{
  size_t before = parse->place_len;

  if (before + len + 1 < sizeof parse->place) {
    parse->place[before] = '/';
    memcpy(parse->place + before + 1, segment, len);
    parse->place_len = before + len + 1;
  }
  return before;
}

size_t parse_enter(struct parse *parse, const char *known_name)
{
  return enter(parse, known_name, strlen(known_name));
}

size_t parse_enter_index(struct parse *parse, size_t index)
{
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%zu", index);

  return enter(parse, digits, (size_t)len);
}

void parse_leave(struct parse *parse, size_t place_len)
{
  parse->place_len = place_len;
}

enum err parse_fault(struct parse *parse, enum err err, enum text_id detail, size_t limit)
{
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%zu", limit);
  struct str slot;

  parse->fault = (struct fault){.detail = detail, .has_pointer = true};
  memcpy(parse->fault.pointer, parse->place, parse->place_len);
  if (arena_copy(parse->arena, &slot, (struct str){digits, (size_t)len}) != OK) return ERR_MEMORY;
  parse->fault.slots[0] = slot;
  return err;
}

/* ---- the text as a whole ---- */

/* Deepest nesting, without looking into strings. */
static unsigned depth_of(struct str text)
{
  unsigned depth = 0, deepest = 0;
  bool in_string = false;

  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];

    if (in_string) {
      if (c == '\\') i++;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') depth++;
    if ((c == '}' || c == ']') && depth > 0) depth--;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

enum err parse_body(struct parse *parse, void *ret_object, struct str body,
                    const struct member *members, size_t count)
{
  OWNED(json_release) json_t *json = NULL;
  json_error_t error;

  parse->place_len = 0;
  if (body.len == 0) return parse_fault(parse, ERR_INPUT, TEXT_API_BODY_MISSING, 0);
  if (!utf8_is_valid(body.ptr, body.len)) {
    return parse_fault(parse, ERR_INPUT, TEXT_API_JSON_SYNTAX, 0);
  }
  if (depth_of(body) > PARSE_DEPTH_MAX) {
    return parse_fault(parse, ERR_INPUT, TEXT_API_JSON_DEPTH, 0);
  }
  json = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, &error);
  if (json == NULL) return parse_fault(parse, ERR_INPUT, TEXT_API_JSON_SYNTAX, 0);
  return parse_object(parse, json, ret_object, members, count);
}

static enum err check_names(struct parse *parse, json_t *object, const struct member *members,
                            size_t count)
{
  const char *name;
  json_t *value;

  json_object_foreach(object, name, value)
  {
    bool is_known = false;

    for (size_t i = 0; i < count && !is_known; i++)
      is_known = strcmp(name, members[i].name) == 0;
    if (!is_known && GUARD(UNKNOWN_KEY_REFUSED)) {
      return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_UNKNOWN, 0);
    }
  }
  return OK;
}

enum err parse_object(struct parse *parse, json_t *value, void *ret_object,
                      const struct member *members, size_t count)
{
  if (!json_is_object(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  TRY(check_names(parse, value, members, count));
  for (size_t i = 0; i < count; i++) {
    json_t *member = json_object_get(value, members[i].name);
    size_t before = parse_enter(parse, members[i].name);

    if (member != NULL) {
      TRY(members[i].read(parse, &members[i], member, ret_object));
    } else if (members[i].is_required) {
      return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_MISSING, 0);
    }
    parse_leave(parse, before);
  }
  return OK;
}

/* ---- single values ---- */

static void *target(const struct member *member, void *object)
{
  return (char *)object + member->offset;
}

static void set_count(const struct member *member, void *object, size_t count)
{
  void *counted = (char *)object + member->counted;

  *(size_t *)counted = count;
}

/* The text of a JSON string, checked and copied; `allowed` are control characters that may stand.
 */
static enum err take_text(struct parse *parse, json_t *value, size_t max, const char *allowed,
                          struct str *ret_text)
{
  struct str text;

  if (!json_is_string(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  text = (struct str){json_string_value(value), json_string_length(value)};
  if (text.len > max) return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_LONG, max);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];

    if ((c < 0x20 && (c == 0 || strchr(allowed, c) == NULL)) || c == 0x7f) {
      return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_CONTROL, 0);
    }
  }
  return arena_copy(parse->arena, ret_text, text);
}

enum err parse_str(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  return take_text(parse, value, member->max, "", target(member, object));
}

enum err parse_personal(struct parse *parse, const struct member *member, json_t *value,
                        void *object)
{
  struct str text;

  TRY(take_text(parse, value, member->max, "\n\r\t", &text));
  *(struct personal *)target(member, object) = (struct personal){text.ptr, text.len};
  return OK;
}

enum err parse_bool(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  if (!json_is_boolean(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  *(bool *)target(member, object) = json_is_true(value);
  return OK;
}

enum err parse_count(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  *(uint64_t *)target(member, object) = (uint64_t)json_integer_value(value);
  return OK;
}

enum err parse_day(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  struct str text;

  TRY(take_text(parse, value, 10, "", &text));
  if (day_parse(text, target(member, object))) return OK;
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

enum err parse_instant(struct parse *parse, const struct member *member, json_t *value,
                       void *object)
{
  struct str text;
  struct instant at;

  TRY(take_text(parse, value, 20, "", &text));
  if (!instant_parse(text, &at) || at.us <= 0) /* zero is "none" */
    return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
  *(struct instant *)target(member, object) = at;
  return OK;
}

static enum err take_id(struct parse *parse, json_t *value, struct id *ret_id)
{
  struct str text;

  TRY(take_text(parse, value, 2 * ID_BYTES, "", &text));
  if (hex_read(ret_id->b, ID_BYTES, text)) return OK;
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

enum err parse_id(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  return take_id(parse, value, target(member, object));
}

enum err parse_level(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  static const struct {
    const char *name;
    enum level level;
  } levels[] = {
    {"none", LEVEL_NONE},
    {"contact_protected", LEVEL_CONTACT_PROTECTED},
    {"hidden", LEVEL_HIDDEN},
  };
  struct str text;

  TRY(take_text(parse, value, 32, "", &text));
  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
    if (!str_is(text, levels[i].name)) continue;
    *(enum level *)target(member, object) = levels[i].level;
    return OK;
  }
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

/* ---- arrays ---- */

static enum err check_array(struct parse *parse, json_t *value, size_t max)
{
  if (!json_is_array(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (json_array_size(value) <= max) return OK;
  return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_MANY, max);
}

enum err parse_ids(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  struct id *ids;
  size_t count;

  TRY(check_array(parse, value, member->max));
  count = json_array_size(value);
  ids = arena_take_array(parse->arena, count + 1, sizeof *ids);
  if (ids == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    size_t before = parse_enter_index(parse, i);

    TRY(take_id(parse, json_array_get(value, i), &ids[i]));
    parse_leave(parse, before);
  }
  *(const struct id **)target(member, object) = ids;
  set_count(member, object, count);
  return OK;
}

enum err parse_slots(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  unsigned *slots = target(member, object);

  TRY(check_array(parse, value, member->max));
  for (size_t i = 0; i < json_array_size(value); i++) {
    json_t *slot = json_array_get(value, i);
    size_t before = parse_enter_index(parse, i);

    if (!json_is_integer(slot)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
    if (json_integer_value(slot) < 0 || json_integer_value(slot) >= (json_int_t)member->max) {
      return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
    }
    slots[i] = (unsigned)json_integer_value(slot);
    parse_leave(parse, before);
  }
  set_count(member, object, json_array_size(value));
  return OK;
}

enum err parse_means(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  static const char *const names[] = {
    [MEANS_PACKAGE] = "package", [MEANS_PAPER] = "paper", [MEANS_SPOKEN] = "spoken"};
  struct str text;

  TRY(take_text(parse, value, 16, "", &text));
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
    if (str_is(text, names[i])) {
      *(enum sharing_means *)target(member, object) = (enum sharing_means)i;
      return OK;
    }
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

static enum err take_words(struct parse *parse, const struct member *member, json_t *value,
                           enum policy_kind kind, uint64_t *ret_words)
{
  uint64_t words = 0;

  TRY(check_array(parse, value, member->max));
  for (size_t i = 0; i < json_array_size(value); i++) {
    size_t before = parse_enter_index(parse, i);
    struct str name;
    uint8_t word;

    TRY(take_text(parse, json_array_get(value, i), 64, "", &name));
    word = policy_word(parse->policy, kind, name);
    if (word == POLICY_NO_WORD) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
    words |= POLICY_BIT(word);
    parse_leave(parse, before);
  }
  *ret_words = words;
  return OK;
}

enum err parse_roles(struct parse *parse, const struct member *member, json_t *value, void *object)
{
  return take_words(parse, member, value, POLICY_ROLE, target(member, object));
}

enum err parse_obligations(struct parse *parse, const struct member *member, json_t *value,
                           void *object)
{
  return take_words(parse, member, value, POLICY_OBLIGATION, target(member, object));
}

enum err parse_request(struct request *request, void *ret_object, const struct member *members,
                       size_t count)
{
  struct parse parse = {.arena = request->op.arena};
  enum err err;

  parse.policy = reg_policy(request->op.reg);
  err =
    parse_body(&parse, ret_object, (struct str){request->body, request->body_len}, members, count);
  request->fault = parse.fault;
  return err;
}
