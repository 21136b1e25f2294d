/* Finds the row for a request. Paths are matched segment by segment, byte for byte: no decoding, no
 * trailing slash, no case folding, so that a proxy and this table cannot disagree about a path. */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"

#define OPEN ROUTE_OPEN
#define EXEMPT ROUTE_EXEMPT
#define ONCE ROUTE_ONCE
#define SLOW ROUTE_SLOW
#define ADMIN ROUTE_ADMIN
#define SHEET ROUTE_SHEET
#define TEXT ROUTE_TEXT
const struct route routes[] = {
#define R(method, path, call, handler, cap, query, flags)                                          \
  {METHOD_##method, path, CALL_##call, handler, cap, query, flags},
#include "api/routes.def"
#undef R
};
const size_t routes_count = sizeof routes / sizeof routes[0];

const char *method_name(enum method method)
{
  switch (method) {
  case METHOD_GET:
    return "GET";
  case METHOD_POST:
    return "POST";
  case METHOD_PATCH:
    return "PATCH";
  case METHOD_DELETE:
    return "DELETE";
  case METHOD_COUNT:
    break;
  }
  return "";
}

const char *call_name(enum call call)
{
  static const char *const names[] = {
#define A(id, charge) #id,
#include "api/calls.def"
#undef A
  };

  return call < CALL_COUNT ? names[call] : "";
}

static bool is_id(struct str segment)
{
  if (segment.len != 32) return false;
  for (size_t i = 0; i < segment.len; i++) {
    if (strchr("0123456789abcdef", segment.ptr[i]) == NULL) return false;
  }
  return true;
}

static bool is_name(struct str segment)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

  if (segment.len == 0 || segment.len > 64) return false;
  for (size_t i = 0; i < segment.len; i++) {
    if (segment.ptr[i] == '\0' || strchr(allowed, segment.ptr[i]) == NULL) return false;
  }
  return true;
}

/* Takes the next segment, without its slash, off the front of a path. */
static struct str take_segment(struct str *path)
{
  struct str segment = {path->ptr + 1, 0};

  while (segment.len + 1 < path->len && segment.ptr[segment.len] != '/')
    segment.len++;
  path->ptr += segment.len + 1;
  path->len -= segment.len + 1;
  return segment;
}

static bool segment_fits(struct str pattern, struct str segment, struct route_match *match)
{
  uint64_t number;
  bool fits;

  if (str_is(pattern, "{id}")) {
    fits = is_id(segment);
  } else if (str_is(pattern, "{n}")) {
    fits = str_to_u64(segment, &number);
  } else if (str_is(pattern, "{name}")) {
    fits = is_name(segment);
  } else {
    return str_equal(pattern, segment);
  }
  if (!fits || match->arg_count == ROUTE_ARGS_MAX) return false;
  match->args[match->arg_count++] = segment;
  return true;
}

static bool path_fits(const char *pattern_text, struct str path, struct route_match *match)
{
  struct str pattern = str_from(pattern_text);

  match->arg_count = 0;
  while (pattern.len > 0 && path.len > 0) {
    if (path.ptr[0] != '/') return false;
    if (!segment_fits(take_segment(&pattern), take_segment(&path), match)) return false;
  }
  return pattern.len == 0 && path.len == 0;
}

struct route_match route_find(const struct route *table, size_t count, bool is_admin,
                              struct str method, struct str path)
{
  struct route_match found = {0};

  for (size_t i = 0; i < count; i++) {
    struct route_match match = {0};

    if ((table[i].flags & ROUTE_ADMIN) != 0 && !is_admin) continue;
    if (!path_fits(table[i].path, path, &match)) continue;
    found.allowed |= 1U << table[i].method;
    if (!str_is(method, method_name(table[i].method))) continue;
    found.route = &table[i];
    found.arg_count = match.arg_count;
    memcpy(found.args, match.args, sizeof found.args);
  }
  return found;
}

bool route_takes_query(const struct route *route, struct str key)
{
  const char *word = route->query;

  while (*word != '\0') {
    size_t len = strcspn(word, " ");

    if (str_equal((struct str){word, len}, key)) return true;
    word += len + (word[len] == ' ');
  }
  return false;
}
