/* Bytes as changes to a JSON text: every three of them put something else in the place of one of
 * its tokens, so that what comes out is nearly always JSON, and reaches what a parser of bytes
 * never would. */
#ifndef TESTS_FUZZ_POLICY_EDIT_H
#define TESTS_FUZZ_POLICY_EDIT_H

#include <stdint.h>
#include <string.h>

enum { EDIT_BYTES = 3, EDITS_MAX = 6, EDIT_ROOM = 128 * 1024 };

static const char *const edit_with[] = {"",
                                        "null",
                                        "true",
                                        "0",
                                        "-1",
                                        "13",
                                        "1e9",
                                        "65536",
                                        "\"\"",
                                        "\"x\"",
                                        "[]",
                                        "{}",
                                        "[1]",
                                        "[null]",
                                        "{\"x\":1}",
                                        "\"2026-02-30\"",
                                        "\"2026-09-01\"",
                                        "\"*\"",
                                        "\"@locating\"",
                                        "\"child_name\"",
                                        "\"unknown\"",
                                        ",",
                                        ":"};

static inline size_t edit_token_length(const char *text, size_t len)
{
  size_t n = 1;

  if (text[0] == '"') {
    while (n < len && text[n] != '"')
      n += text[n] == '\\' ? 2 : 1;
    return n < len ? n + 1 : len;
  }
  if (strchr("{}[],:", text[0])) return 1;
  while (n < len && !strchr("{}[],: \n\"", text[n]))
    n++;
  return n;
}

static inline size_t edit_count(const char *text, size_t len)
{
  size_t count = 0;

  for (size_t at = 0; at < len; count++)
    at += text[at] == ' ' || text[at] == '\n' ? 1 : edit_token_length(text + at, len - at);
  return count;
}

/* What stands in the place of token number `token`; NULL: itself. */
static inline const char *edit_of(size_t token, size_t count, const uint8_t *edits, size_t n)
{
  for (size_t i = 0; i < n && i < EDITS_MAX; i++) {
    const uint8_t *edit = edits + i * EDIT_BYTES;
    if ((edit[0] + 256u * edit[1]) % count == token)
      return edit_with[edit[2] % (sizeof edit_with / sizeof edit_with[0])];
  }
  return NULL;
}

/* Writes the changed text and returns its length; `to` has EDIT_ROOM bytes. */
static inline size_t edit_text(char *to, const char *text, size_t len, const uint8_t *edits,
                               size_t size)
{
  size_t count = edit_count(text, len), n = 0, token = 0;

  for (size_t at = 0, taken; at < len; at += taken, token++) {
    bool is_space = text[at] == ' ' || text[at] == '\n';
    const char *with = edit_of(token, count, edits, size / EDIT_BYTES), *put = text + at;
    size_t room = EDIT_ROOM - n;

    taken = is_space ? 1 : edit_token_length(text + at, len - at);
    size_t length = taken;
    if (with && !is_space) {
      put = with;
      length = strlen(with);
    }
    if (length > room) break;
    memcpy(to + n, put, length);
    n += length;
  }
  return n;
}

#endif
