/* See gate.h. Pure: unit tests hold it against a table of malformed requests. */
#include "api/gate.h"

#include <strings.h>

#define HEADERS_MAX 64

static const struct {
  struct str name;
  enum gate_header header;
} single_headers[] = {
  {{"Host", 4}, GATE_HOST},
  {{"Content-Length", 14}, GATE_CONTENT_LENGTH},
  {{"Transfer-Encoding", 17}, GATE_TRANSFER_ENCODING},
  {{"Authorization", 13}, GATE_AUTHORIZATION},
  {{"Content-Type", 12}, GATE_CONTENT_TYPE},
  {{"Idempotency-Key", 15}, GATE_IDEMPOTENCY_KEY},
  {{"If-Match", 8}, GATE_IF_MATCH},
};

static bool same_name(struct str a, struct str b)
{
  return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* tchar of RFC 9110 5.6.2; libmicrohttpd accepts more. */
static bool is_token(struct str name)
{
  if (name.len == 0) return false;
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.ptr[i];
    bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

    if (!is_alnum &&
        (c < 0x21 || c > 0x7e || c == '"' || c == '(' || c == ')' || c == ',' || c == '/' ||
         (c >= ':' && c <= '@') || (c >= '[' && c <= ']') || c == '{' || c == '}')) {
      return false;
    }
  }
  return true;
}

static bool has_control(struct str text)
{
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];

    if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

void gate_header(struct gate *gate, struct str name, struct str value)
{
  gate->headers++;
  if (!is_token(name) || has_control(value)) gate->is_malformed = true;
  for (size_t i = 0; i < sizeof single_headers / sizeof single_headers[0]; i++) {
    if (!same_name(name, single_headers[i].name)) continue;
    gate->seen[single_headers[i].header]++;
    if (single_headers[i].header == GATE_CONTENT_LENGTH && !str_to_u64(value, &gate->length)) {
      gate->is_malformed = true;
    }
    if (single_headers[i].header == GATE_TRANSFER_ENCODING) {
      gate->is_chunked = same_name(value, STR("chunked"));
      if (!gate->is_chunked) gate->is_malformed = true;
    }
  }
}

/* Paths here need no escapes, so one that has them is not ours. */
static bool is_plain_path(struct str path)
{
  if (path.len == 0 || path.len > GATE_TARGET_MAX || path.ptr[0] != '/') return false;
  for (size_t i = 0; i < path.len; i++) {
    unsigned char c = (unsigned char)path.ptr[i];

    if (c <= 0x20 || c >= 0x7f || c == '%' || c == '\\' || c == '#' || c == '?') return false;
  }
  return true;
}

enum err gate_verdict(const struct gate *gate, struct str version, struct str path)
{
  bool is_1_1 = str_is(version, "HTTP/1.1");

  if (!is_1_1 && !str_is(version, "HTTP/1.0")) return ERR_UNSUPPORTED;
  if (gate->is_malformed || gate->headers > HEADERS_MAX) return ERR_INPUT;
  for (int header = 0; header < GATE_HEADER_COUNT; header++) {
    if (gate->seen[header] > 1) return ERR_INPUT;
  }
  if (is_1_1 && gate->seen[GATE_HOST] == 0) return ERR_INPUT;
  if (gate->is_chunked && (!is_1_1 || gate->seen[GATE_CONTENT_LENGTH] > 0)) return ERR_INPUT;
  return is_plain_path(path) ? OK : ERR_INPUT;
}
