/* What a browser sends from a form (application/x-www-form-urlencoded, WHATWG URL standard 5).
 * Control characters other than tab and line breaks, bad UTF-8 and broken escapes are refused. */
#ifndef CONSOLE_FORM_H
#define CONSOLE_FORM_H

#include "base/arena.h"

#define FORM_FIELDS_MAX 512

struct form_field {
  struct str name;
  struct str value; /* line ends are \n, whatever the browser sent */
};
struct form {
  struct form_field *at; /* in the arena, in the order sent */
  size_t count;
};

/* ERR_INPUT; ERR_TOO_LARGE past FORM_FIELDS_MAX. */
MUST_USE enum err form_parse(struct arena *arena, struct form *ret_form, struct str body);
/* The first field of that name; empty when there is none. */
struct str form_get(const struct form *form, const char *name);
bool form_has(const struct form *form, const char *name);
/* Whether one of the fields `name` has this value: a checkbox among several. */
bool form_is_chosen(const struct form *form, const char *name, struct str value);

#endif
