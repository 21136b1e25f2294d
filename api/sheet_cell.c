/* See sheet.h: what single cells can be. */
#include <string.h>

#include "api/sheet.h"

#define WORD_MAX 64

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

unsigned sheet_distance(struct str a, struct str b)
{
  /* Three rows of the usual table: two back for a swap. */
  unsigned rows[3][WORD_MAX + 1] = {{0}};
  size_t a_len = a.len < WORD_MAX ? a.len : WORD_MAX;
  size_t b_len = b.len < WORD_MAX ? b.len : WORD_MAX;

  for (size_t j = 0; j <= b_len; j++)
    rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= a_len; i++) {
    unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_len; j++) {
      unsigned cost = lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]);
      unsigned best = above[j - 1] + cost;

      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
          lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]) && two_above[j - 2] + 1 < best) {
        best = two_above[j - 2] + 1;
      }
      row[j] = best;
    }
  }
  return rows[a_len % 3][b_len];
}

/* Any byte of a letter outside ASCII counts as one. */
static bool is_letter(struct personal cell, size_t i)
{
  unsigned char c;

  if (i >= cell.len) return false;
  c = (unsigned char)cell.ptr[i];
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

bool sheet_lost_letter(struct personal cell, bool inside_only)
{
  for (size_t i = 0; i < cell.len; i++) {
    bool before = i > 0 && is_letter(cell, i - 1);

    if (i + 3 <= cell.len && memcmp(cell.ptr + i, "\xef\xbf\xbd", 3) == 0) return true;
    if (cell.ptr[i] != '?') continue;
    if (inside_only ? before && is_letter(cell, i + 1) : before || is_letter(cell, i + 1)) {
      return true;
    }
  }
  return false;
}

static bool take_number(struct personal *rest, size_t digits_min, size_t digits_max, int *ret)
{
  size_t digits = 0;
  int number = 0;

  while (digits < rest->len && digits < digits_max && rest->ptr[digits] >= '0' &&
         rest->ptr[digits] <= '9') {
    number = number * 10 + (rest->ptr[digits++] - '0');
  }
  if (digits < digits_min) return false;
  rest->ptr += digits;
  rest->len -= digits;
  *ret = number;
  return true;
}

static bool take_mark(struct personal *rest)
{
  if (rest->len == 0 || strchr("/.-", rest->ptr[0]) == NULL) return false;
  rest->ptr++;
  rest->len--;
  return true;
}

bool sheet_day(struct personal cell, struct day *ret_day)
{
  struct day day;
  int year, month, of_month;

  if (day_parse((struct str){cell.ptr, cell.len}, ret_day)) return true;
  if (!take_number(&cell, 1, 2, &of_month) || !take_mark(&cell)) return false;
  if (!take_number(&cell, 1, 2, &month) || !take_mark(&cell)) return false;
  if (!take_number(&cell, 4, 4, &year) || cell.len > 0) return false;
  day = day_from_ymd(year, month, of_month);
  if (!day_is_set(day)) return false;
  *ret_day = day;
  return true;
}

/* ---- codes ---- */

static const struct {
  enum code_set set;
  const char *word, *code;
} words[] = {
#define W(set, word, code) {CODES_##set, word, code},
#include "api/sheet_words.def"
#undef W
};

/* Lower case, and spaces for underscores in both. */
static bool same_word(struct str a, struct str b)
{
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++) {
    char x = lower(a.ptr[i]), y = lower(b.ptr[i]);

    if ((x == '_' ? ' ' : x) != (y == '_' ? ' ' : y)) return false;
  }
  return true;
}

bool sheet_code(enum code_set set, struct personal cell, struct str *ret_code)
{
  struct str said = {cell.ptr, cell.len}, code;

  for (size_t i = 0; code_at(set, i, &code); i++) {
    if (!same_word(said, code)) continue;
    *ret_code = code;
    return true;
  }
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (words[i].set != set || !same_word(said, str_from(words[i].word))) continue;
    *ret_code = str_from(words[i].code);
    return true;
  }
  return false;
}

/* How far a said word is from a code, or from a word that sheets use for it. */
static unsigned code_distance(enum code_set set, struct str said, struct str code)
{
  unsigned best = sheet_distance(said, code);

  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    unsigned distance;

    if (words[i].set != set || !str_is(code, words[i].code)) continue;
    distance = sheet_distance(said, str_from(words[i].word));
    if (distance < best) best = distance;
  }
  return best;
}

enum err sheet_nearest_codes(struct arena *arena, enum code_set set, struct personal cell,
                             struct str *ret_codes)
{
  struct str said = {cell.ptr, cell.len}, code, first = {0}, second = {0};
  unsigned first_far = WORD_MAX + 1, second_far = WORD_MAX + 1;
  char *text;

  for (size_t i = 0; code_at(set, i, &code); i++) {
    unsigned far = code_distance(set, said, code);

    if (far < first_far) {
      second = first;
      second_far = first_far;
      first = code;
      first_far = far;
    } else if (far < second_far) {
      second = code;
      second_far = far;
    }
  }
  text = arena_take(arena, first.len + second.len + 4);
  if (text == NULL) return ERR_MEMORY;
  if (first.len > 0) memcpy(text, first.ptr, first.len);
  if (second.len > 0) {
    memcpy(text + first.len, " / ", 3);
    memcpy(text + first.len + 3, second.ptr, second.len);
  }
  *ret_codes = (struct str){text, second.len > 0 ? first.len + 3 + second.len : first.len};
  return OK;
}
