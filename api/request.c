/* See request.h. */
#include "api/request.h"

#include <microhttpd.h>
#include <string.h>

#include "api/state.h"

struct str request_header(const struct request *request, const char *name)
{
  return str_from(MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

struct str request_cookie(const struct request *request)
{
  const char *name = request->is_secure ? SESSION_COOKIE_SECURE : SESSION_COOKIE;

  return str_from(MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name));
}

static int hex_digit(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Percent-decoding in place of a copy. Control characters are nobody's query. */
static bool decode(char *text, size_t *len)
{
  size_t to = 0;

  for (size_t from = 0; from < *len; from++, to++) {
    text[to] = text[from];
    if (text[from] == '%') {
      if (*len - from < 3 || hex_digit(text[from + 1]) < 0 || hex_digit(text[from + 2]) < 0) {
        return false;
      }
      text[to] = (char)(hex_digit(text[from + 1]) * 16 + hex_digit(text[from + 2]));
      from += 2;
    }
    if ((unsigned char)text[to] < 0x20 || text[to] == 0x7f) return false;
  }
  *len = to;
  return utf8_is_valid(text, to);
}

/* A page's own word for what the API is asked in its query. */
static bool find_given(const struct request *request, const char *key, struct str *ret_value)
{
  for (size_t i = 0; i < request->given_count; i++) {
    if (strcmp(request->given[i].key, key) != 0) continue;
    *ret_value = request->given[i].value;
    return true;
  }
  return false;
}

enum err request_query(struct request *request, const char *key, struct str *ret_value)
{
  struct str raw =
    str_from(MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, key));
  char *text = arena_take(request->op.arena, raw.len + 1);

  if (find_given(request, key, ret_value)) return OK;
  if (text == NULL) return ERR_MEMORY;
  if (raw.len > 0) memcpy(text, raw.ptr, raw.len);
  if (!decode(text, &raw.len)) return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
  *ret_value = (struct str){text, raw.len};
  return OK;
}

struct id request_id(const struct request *request, size_t n)
{
  struct id id = {{0}};

  (void)hex_read(id.b, sizeof id.b, request->args[n]); /* the route table has checked its form */
  return id;
}

uint64_t request_number(const struct request *request, size_t n)
{
  uint64_t number = 0;

  (void)str_to_u64(request->args[n], &number); /* likewise */
  return number;
}

struct import_jobs *request_imports(const struct request *request)
{
  return request->server->imports;
}

struct outside request_outside(const struct request *request)
{
  return request->server->config.outside;
}

bool path_begins(const struct request *request, const char *prefix)
{
  size_t len = strlen(prefix);

  return request->path.len >= len && memcmp(request->path.ptr, prefix, len) == 0;
}

enum err request_fault(struct request *request, enum err err, enum text_id detail)
{
  request->fault = (struct fault){.detail = detail};
  return err;
}
