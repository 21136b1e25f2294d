/* See multipart.h. */
#include "console/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */

/* Where `what` stands in the first `len` bytes of `in`; NULL: nowhere. */
static const char *find(const char *in, size_t len, const char *what, size_t what_len)
{
  const char *end = in + len;

  while ((size_t)(end - in) >= what_len) {
    in = memchr(in, what[0], (size_t)(end - in) - what_len + 1);
    if (in == NULL || memcmp(in, what, what_len) == 0) return in;
    in++;
  }
  return NULL;
}

/* "\r\n--boundary", as it stands between two parts. */
struct mark {
  char text[BOUNDARY_MAX + 5];
  size_t len;
};

static bool read_boundary(struct mark *ret_mark, struct str type)
{
  static const char key[] = "boundary=";
  const char *at = type.len == 0 ? NULL : find(type.ptr, type.len, key, sizeof key - 1);
  struct str boundary;

  if (at == NULL) return false;
  boundary.ptr = at + sizeof key - 1;
  boundary.len = (size_t)(type.ptr + type.len - boundary.ptr);
  if (boundary.len > 0 && boundary.ptr[0] == '"') {
    boundary.ptr++;
    boundary.len--;
  }
  for (size_t i = 0; i < boundary.len; i++)
    if (strchr("\"; ", boundary.ptr[i]) != NULL) boundary.len = i;
  if (boundary.len == 0 || boundary.len > BOUNDARY_MAX) return false;
  memcpy(ret_mark->text, "\r\n--", 4);
  memcpy(ret_mark->text + 4, boundary.ptr, boundary.len);
  ret_mark->len = 4 + boundary.len;
  return true;
}

/* A quoted parameter of Content-Disposition, as browsers write them (WHATWG HTML 4.10.21.8). */
static bool parameter(struct str head, const char *key, struct str *ret_value)
{
  size_t key_len = strlen(key);
  const char *at = find(head.ptr, head.len, key, key_len);
  const char *from, *end;

  if (at == NULL) return false;
  from = at + key_len;
  end = memchr(from, '"', (size_t)(head.ptr + head.len - from));
  if (end == NULL) return false;
  *ret_value = (struct str){from, (size_t)(end - from)};
  return true;
}

struct part {
  struct str head, body;
};

/* The part after the mark at `from`; false at the closing mark, or when there is none. */
static bool next_part(struct part *ret_part, size_t *from, struct str body, const struct mark *mark,
                      bool *ret_is_broken)
{
  const char *at = body.ptr + *from, *end = body.ptr + body.len, *head_end, *next;

  *ret_is_broken = false;
  if (end - at >= 2 && memcmp(at, "--", 2) == 0) return false;
  *ret_is_broken = true;
  if (end - at < 2 || memcmp(at, "\r\n", 2) != 0) return false;
  at += 2;
  head_end = find(at, (size_t)(end - at), "\r\n\r\n", 4);
  if (head_end == NULL) return false;
  next = find(head_end + 4, (size_t)(end - head_end - 4), mark->text, mark->len);
  if (next == NULL) return false;
  *ret_part = (struct part){.head = {at, (size_t)(head_end - at)},
                            .body = {head_end + 4, (size_t)(next - head_end - 4)}};
  *from = (size_t)(next + mark->len - body.ptr);
  *ret_is_broken = false;
  return true;
}

static bool is_clean(struct str text)
{
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];

    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return utf8_is_valid(text.ptr, text.len);
}

static enum err take_part(struct form *form, struct str *file, const struct part *part)
{
  struct str name, file_name;

  if (!parameter(part->head, " name=\"", &name)) return ERR_INPUT;
  if (parameter(part->head, " filename=\"", &file_name)) {
    if (file->ptr != NULL) return ERR_INPUT;
    *file = part->body;
    return OK;
  }
  if (form->count == FORM_FIELDS_MAX) return ERR_TOO_LARGE;
  if (!is_clean(name) || !is_clean(part->body)) return ERR_INPUT;
  form->at[form->count++] = (struct form_field){name, part->body};
  return OK;
}

enum err multipart_parse(struct arena *arena, struct form *ret_form, struct str *ret_file,
                         struct str type, struct str body)
{
  struct form form = {.at = arena_take_array(arena, FORM_FIELDS_MAX, sizeof *form.at)};
  struct str file = {0};
  struct part part;
  struct mark mark;
  bool is_broken;
  size_t from;

  if (form.at == NULL) return ERR_MEMORY;
  if (!read_boundary(&mark, type)) return ERR_INPUT;
  if (body.len < mark.len || memcmp(body.ptr, mark.text + 2, mark.len - 2) != 0) return ERR_INPUT;
  from = mark.len - 2; /* the first mark stands at the start, without its line end */
  while (next_part(&part, &from, body, &mark, &is_broken))
    TRY(take_part(&form, &file, &part));
  if (is_broken) return ERR_INPUT;
  *ret_form = form;
  *ret_file = file;
  return OK;
}
