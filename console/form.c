/* See form.h. */
#include "console/form.h"

#include <string.h>

static bool is_text(unsigned char c)
{
  return c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n';
}

/* In place; a carriage return before a line feed goes, as browsers send both. */
static bool decode(char *text, size_t *len)
{
  size_t to = 0;

  for (size_t i = 0; i < *len; i++)
    if (text[i] == '+') text[i] = ' ';
  if (!percent_decode(text, len)) return false;
  for (size_t i = 0; i < *len; i++) {
    if (text[i] == '\r') continue;
    if (!is_text((unsigned char)text[i])) return false;
    text[to++] = text[i];
  }
  *len = to;
  return utf8_is_valid(text, to);
}

static bool split(struct form_field *ret_field, char *pair, size_t len)
{
  char *equals = memchr(pair, '=', len);
  size_t name_len = equals == NULL ? len : (size_t)(equals - pair);
  char *value = equals == NULL ? pair + len : equals + 1;
  size_t value_len = (size_t)(pair + len - value);

  if (!decode(pair, &name_len) || !decode(value, &value_len)) return false;
  *ret_field = (struct form_field){{pair, name_len}, {value, value_len}};
  return true;
}

enum err form_parse(struct arena *arena, struct form *ret_form, struct str body)
{
  struct form form = {.at = arena_take_array(arena, FORM_FIELDS_MAX, sizeof *form.at)};
  char *text = arena_take(arena, body.len + 1);

  if (form.at == NULL || text == NULL) return ERR_MEMORY;
  if (body.len > 0) memcpy(text, body.ptr, body.len);
  for (size_t from = 0; from < body.len;) {
    char *end = memchr(text + from, '&', body.len - from);
    size_t len = end == NULL ? body.len - from : (size_t)(end - (text + from));

    if (len > 0) {
      if (form.count == FORM_FIELDS_MAX) return ERR_TOO_LARGE;
      if (!split(&form.at[form.count], text + from, len)) return ERR_INPUT;
      form.count++;
    }
    from += len + 1;
  }
  *ret_form = form;
  return OK;
}

static const struct form_field *find(const struct form *form, const char *name)
{
  for (size_t i = 0; i < form->count; i++)
    if (str_is(form->at[i].name, name)) return &form->at[i];
  return NULL;
}

struct str form_get(const struct form *form, const char *name)
{
  const struct form_field *field = find(form, name);

  return field == NULL ? (struct str){"", 0} : field->value;
}

bool form_has(const struct form *form, const char *name)
{
  return find(form, name) != NULL;
}

bool form_is_chosen(const struct form *form, const char *name, struct str value)
{
  for (size_t i = 0; i < form->count; i++)
    if (str_is(form->at[i].name, name) && str_equal(form->at[i].value, value)) return true;
  return false;
}
