/* See client.h: an answer's bytes to its parts (RFC 9112). Works in place: chunks are moved
 * together. */
#include "api/client.h"

#include <string.h>
#include <strings.h>

struct framing {
  bool is_chunked, has_length;
  uint64_t length;
};

/* Takes a line, without its end, off the front. False: there is none. */
static bool take_line(struct str *rest, struct str *ret_line)
{
  const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\r', rest->len);

  if (end == NULL || end + 1 == rest->ptr + rest->len || end[1] != '\n') return false;
  *ret_line = (struct str){rest->ptr, (size_t)(end - rest->ptr)};
  rest->len -= ret_line->len + 2;
  rest->ptr = end + 2;
  return true;
}

/* The value of a header of this name; false for another header. */
static bool is_header(struct str line, struct str name, struct str *ret_value)
{
  if (line.len <= name.len || strncasecmp(line.ptr, name.ptr, name.len) != 0) return false;
  if (line.ptr[name.len] != ':') return false;
  *ret_value = (struct str){line.ptr + name.len + 1, line.len - name.len - 1};
  while (ret_value->len > 0 && ret_value->ptr[0] == ' ') {
    ret_value->ptr++;
    ret_value->len--;
  }
  return true;
}

static enum err read_header(struct client_answer *answer, struct framing *framing, struct str line)
{
  struct str value;

  if (is_header(line, STR("Content-Type"), &value)) answer->type = value;
  if (is_header(line, STR("ETag"), &value)) answer->etag = value;
  if (is_header(line, STR("Location"), &value)) answer->location = value;
  if (is_header(line, STR("Content-Length"), &value)) {
    if (framing->has_length || !str_to_u64(value, &framing->length)) return ERR_CORRUPT;
    framing->has_length = true;
  }
  if (is_header(line, STR("Transfer-Encoding"), &value)) {
    if (!str_is(value, "chunked")) return ERR_CORRUPT;
    framing->is_chunked = true;
  }
  return OK;
}

static bool read_status(struct str line, int *ret_status)
{
  uint64_t status;

  if (line.len < 12 || memcmp(line.ptr, "HTTP/1.1 ", 9) != 0) return false;
  if (!str_to_u64((struct str){line.ptr + 9, 3}, &status) || status < 100) return false;
  *ret_status = (int)status;
  return true;
}

static bool read_chunk_size(struct str line, size_t *ret_size)
{
  static const char digit_list[] = "0123456789abcdef";
  size_t size = 0, digits = 0;

  for (; digits < line.len && line.ptr[digits] != ';'; digits++) {
    char c = line.ptr[digits];
    const char *at =
      c == '\0' ? NULL : strchr(digit_list, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    if (at == NULL || size > CLIENT_BODY_MAX) return false;
    size = size * 16 + (size_t)(at - digit_list);
  }
  *ret_size = size;
  return digits > 0;
}

static enum err join_chunks(char *body, struct str rest, size_t *ret_len)
{
  size_t len = 0, size;
  struct str line;

  for (;;) {
    if (!take_line(&rest, &line) || !read_chunk_size(line, &size)) return ERR_CORRUPT;
    if (size == 0) break;
    if (rest.len < size + 2) return ERR_IO;
    memmove(body + len, rest.ptr, size);
    len += size;
    rest.ptr += size + 2;
    rest.len -= size + 2;
  }
  *ret_len = len;
  return OK;
}

static enum err read_answer(struct client_answer *answer, struct framing *framing, struct str *rest)
{
  struct str line;

  if (!take_line(rest, &line)) return ERR_IO;
  if (!read_status(line, &answer->status)) return ERR_CORRUPT;
  for (;;) {
    if (!take_line(rest, &line)) return ERR_IO;
    if (line.len == 0) return OK;
    TRY(read_header(answer, framing, line));
  }
}

enum err client_read(struct client_answer *ret_answer, char *bytes, size_t count)
{
  struct client_answer answer;
  struct framing framing;
  struct str rest = {bytes, count};

  do { /* 100 Continue comes before the answer */
    answer = (struct client_answer){0};
    framing = (struct framing){0};
    TRY(read_answer(&answer, &framing, &rest));
  } while (answer.status < 200);
  answer.body = rest;
  if (framing.is_chunked && framing.has_length) return ERR_CORRUPT;
  if (framing.is_chunked) {
    TRY(join_chunks(bytes + (rest.ptr - bytes), rest, &answer.body.len));
  } else if (framing.has_length) {
    if (rest.len < framing.length) return ERR_IO;
    answer.body.len = (size_t)framing.length;
  }
  *ret_answer = answer;
  return OK;
}
