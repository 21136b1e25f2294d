/* The lesser forms of a value. What cannot be reduced for certain is left out: a form never falls
 * back to a fuller one. */
#include "register/form.h"

#include <string.h>

#include "base/arena.h"

static bool is_lower_case_of(struct str name, const char *id)
{
  if (name.len != strlen(id)) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = id[i] == '_' ? '_' : (char)(id[i] | 0x20);

    if (name.ptr[i] != c) return false;
  }
  return true;
}

bool form_named(struct str name, enum form *ret_form)
{
  static const char *const ids[FORM_COUNT] = {
    [FORM_FULL] = "FULL",
#define M(id) [FORM_##id] = #id,
#include "register/forms.def"
#undef M
  };

  for (unsigned i = 0; i < FORM_COUNT; i++) {
    if (!is_lower_case_of(name, ids[i])) continue;
    *ret_form = (enum form)i;
    return true;
  }
  return false;
}

static enum form_result give(struct value *value, const char *text)
{
  value->text = (struct personal){text, strlen(text)};
  return FORM_GIVEN;
}

/* Completed years today; a date that did not check has no age. */
static enum err age(struct arena *arena, struct form_given *ret_given, struct value *value,
                    struct day today)
{
  struct str text = {value->text.ptr, value->text.len};
  struct day born;
  char *digits;
  int years;

  ret_given->result = FORM_NOTHING;
  if (value->state != VALUE_CHECKED || !day_parse(text, &born)) return OK;
  years = day_age(born, today);
  if (years < 0 || years > 99) return OK;
  digits = arena_take(arena, 2);
  if (digits == NULL) return ERR_MEMORY;
  digits[0] = (char)('0' + years / 10);
  digits[1] = (char)('0' + years % 10);
  value->text = years < 10 ? (struct personal){digits + 1, 1} : (struct personal){digits, 2};
  ret_given->result = FORM_GIVEN;
  return OK;
}

/* Hours a week in bands of five; kinds of provider have no band. */
static enum form_result band(struct value *value, enum field field)
{
  static const char *const bands[] = {"0 to 4",   "5 to 9",   "10 to 14",
                                      "15 to 19", "20 to 24", "25 and over"};
  size_t whole = 0;
  uint64_t hours;
  size_t at;

  if (field_row(field)->type != TYPE_HOURS || value->state != VALUE_CHECKED) return FORM_NOTHING;
  while (whole < value->text.len && value->text.ptr[whole] != '.')
    whole++;
  if (!str_to_u64((struct str){value->text.ptr, whole}, &hours)) return FORM_NOTHING;
  at = (size_t)(hours / 5);
  return give(value, bands[at < 5 ? at : 5]);
}

/* Of the child, not of the number: it stays when a number is put right, and tells nothing of it. */
static enum err pseudonym(struct arena *arena, struct form_given *ret_given, struct value *value,
                          const struct form_view *view)
{
  uint8_t names[2 * ID_BYTES], tag[KEY_TAG_BYTES];
  char *digits = arena_take(arena, 2 * KEY_TAG_BYTES);

  if (digits == NULL) return ERR_MEMORY;
  memcpy(names, view->recipient.b, ID_BYTES);
  memcpy(names + ID_BYTES, view->child.b, ID_BYTES);
  key_tag(tag, view->secret, "cnis/pseudo/1", names, sizeof names);
  hex_write(digits, tag, sizeof tag);
  value->text = (struct personal){digits, 2 * KEY_TAG_BYTES};
  ret_given->result = FORM_GIVEN;
  return OK;
}

/* The main groups of the school census: the first letter of a code is its group. */
static enum form_result broad_group(struct value *value)
{
  static const struct {
    char first;
    const char *group;
  } groups[] = {{'W', "white"},   {'M', "mixed"}, {'A', "asian"},      {'B', "black"},
                {'C', "chinese"}, {'O', "other"}, {'R', "not_stated"}, {'N', "not_stated"}};

  if (value->state != VALUE_CHECKED) return FORM_NOTHING;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    if (value->text.ptr[0] == groups[i].first) return give(value, groups[i].group);
  return FORM_NOTHING;
}

/* Without knowing what to take out, nobody is given the text. */
static enum err redacted(struct arena *arena, struct form_given *ret_given, struct value *value,
                         const struct form_view *view)
{
  ret_given->result = FORM_TEXTLESS;
  if (view->others == NULL) {
    value->text = (struct personal){"", 0};
    return OK;
  }
  TRY(redact_text(arena, &value->text, &ret_given->removed, value->text, view->others));
  ret_given->result = FORM_REDACTED;
  return OK;
}

enum err form_reduce(struct arena *arena, struct form_given *ret_given, struct value *value,
                     enum field field, enum form form, const struct form_view *view)
{
  enum form_result result = FORM_NOTHING;

  *ret_given = (struct form_given){FORM_NOTHING, 0};
  switch (form) {
  case FORM_FULL:
    result = FORM_GIVEN;
    break;
  case FORM_AGE_IN_YEARS:
    return age(arena, ret_given, value, view->today);
  case FORM_BANDED:
    result = band(value, field);
    break;
  case FORM_PSEUDONYM:
    return pseudonym(arena, ret_given, value, view);
  case FORM_BROAD_GROUP:
    result = broad_group(value);
    break;
  case FORM_REDACTED_TEXT:
    return redacted(arena, ret_given, value, view);
  case FORM_YES_NO:
    result = give(value, "yes");
    break;
  case FORM_ROUTE_ONLY:
  case FORM_COUNT:
    break; /* the route is the authority's sentence, not this value (view.c) */
  }
  ret_given->result = result;
  return OK;
}
