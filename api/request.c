/* See request.h. */
#include "api/request.h"

#include <stdio.h>

#include <microhttpd.h>
#include <string.h>

#include "api/state.h"

struct str request_header(const struct request *request, const char *name)
{
  return str_from(MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

static struct str find_cookie(const struct request *request, const char *name)
{
  return str_from(MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name));
}

struct str request_cookie(const struct request *request)
{
  return find_cookie(request, request->is_secure ? SESSION_COOKIE_SECURE : SESSION_COOKIE);
}

struct str request_form_cookie(const struct request *request)
{
  return find_cookie(request, request->is_secure ? FORM_COOKIE_SECURE : FORM_COOKIE);
}

/* Control characters are nobody's query. */
static bool decode(char *text, size_t *len)
{
  if (!percent_decode(text, len)) return false;
  for (size_t i = 0; i < *len; i++)
    if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
  return utf8_is_valid(text, *len);
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
  struct str raw;
  char *text;

  if (find_given(request, key, ret_value)) return OK;
  raw = str_from(MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, key));
  text = arena_take(request->op.arena, raw.len + 1);
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

bool request_path_begins(const struct request *request, const char *prefix)
{
  size_t len = strlen(prefix);

  return request->path.len >= len && memcmp(request->path.ptr, prefix, len) == 0;
}

enum err request_fault(struct request *request, enum err err, enum text_id detail)
{
  request->fault = (struct fault){.detail = detail};
  return err;
}

enum err request_fault_at(struct request *request, enum err err, const char *pointer,
                          enum text_id detail)
{
  struct fault fault = {.detail = detail, .has_pointer = true};

  if (err != ERR_INPUT || request->fault.has_pointer) return err;
  (void)snprintf(fault.pointer, sizeof fault.pointer, "%s", pointer);
  request->fault = fault;
  return err;
}

enum err request_flag(struct request *request, const char *key, bool *ret_flag)
{
  struct str text;

  TRY(request_query(request, key, &text));
  if (text.len > 0 && !str_is(text, "true") && !str_is(text, "false"))
    return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
  *ret_flag = str_is(text, "true");
  return OK;
}

enum err request_lang(struct request *request, const char *key, enum lang *lang)
{
  struct str text;

  TRY(request_query(request, key, &text));
  if (text.len > 0 && !str_is(text, "cy") && !str_is(text, "en"))
    return request_fault(request, ERR_INPUT, TEXT_API_QUERY);
  if (text.len > 0) *lang = str_is(text, "cy") ? LANG_CY : LANG_EN;
  return OK;
}
