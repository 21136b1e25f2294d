/* See csv.h. */
#include "api/csv.h"

#include <string.h>

/* ---- Windows-1252 ---- */

/* 0x80 to 0x9f; the rest is Latin-1. Zero: not assigned (shown as U+FFFD). */
static const uint16_t windows_1252[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
  0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
  0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* Writes one character of the basic plane as UTF-8; returns its bytes. */
static size_t put_utf8(char *ret, unsigned code)
{
  if (code < 0x80) {
    ret[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    ret[0] = (char)(0xc0 | code >> 6);
    ret[1] = (char)(0x80 | (code & 0x3f));
    return 2;
  }
  ret[0] = (char)(0xe0 | code >> 12);
  ret[1] = (char)(0x80 | (code >> 6 & 0x3f));
  ret[2] = (char)(0x80 | (code & 0x3f));
  return 3;
}

static enum err convert(struct arena *arena, struct str *ret_text, struct str bytes)
{
  size_t others = 0, len = 0;
  char *text;

  for (size_t i = 0; i < bytes.len; i++)
    others += (unsigned char)bytes.ptr[i] >= 0x80;
  text = arena_take(arena, bytes.len + 2 * others + 1);
  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned code = (unsigned char)bytes.ptr[i];

    if (code >= 0x80 && code < 0xa0) code = windows_1252[code - 0x80];
    if (code == 0) code = 0xfffd;
    len += put_utf8(text + len, code);
  }
  *ret_text = (struct str){text, len};
  return OK;
}

/* ---- reading ---- */

/* The separator that stands most often in the first line, outside quotes. */
static char find_separator(struct str text)
{
  size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;

  for (size_t i = 0; i < text.len && (quoted || text.ptr[i] != '\n'); i++) {
    if (text.ptr[i] == '"') quoted = !quoted;
    if (quoted) continue;
    commas += text.ptr[i] == ',';
    semicolons += text.ptr[i] == ';';
    tabs += text.ptr[i] == '\t';
  }
  if (tabs > commas && tabs > semicolons) return '\t';
  return semicolons > commas ? ';' : ',';
}

static enum err csv_fault(struct csv *csv, enum csv_fault fault)
{
  csv->fault = fault;
  return ERR_INPUT;
}

enum err csv_open(struct csv *ret_csv, struct arena *arena, struct str bytes)
{
  *ret_csv = (struct csv){0};
  if (bytes.len >= 3 && memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0) {
    bytes.ptr += 3;
    bytes.len -= 3;
  }
  if (bytes.len > 0 && memchr(bytes.ptr, 0, bytes.len) != NULL) {
    return csv_fault(ret_csv, CSV_NOT_TEXT);
  }
  if (!utf8_is_valid(bytes.ptr, bytes.len)) {
    ret_csv->converted = true;
    TRY(convert(arena, &bytes, bytes));
  }
  ret_csv->at = bytes.ptr;
  ret_csv->end = bytes.ptr + bytes.len;
  ret_csv->separator = find_separator(bytes);
  return OK;
}

static bool at_line_end(const struct csv *csv)
{
  return csv->at == csv->end || *csv->at == '\n' ||
         (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

static void skip_line_end(struct csv *csv)
{
  if (csv->at < csv->end && *csv->at == '\r') csv->at++;
  if (csv->at < csv->end && *csv->at == '\n') csv->at++;
}

/* A quoted cell; `at` stands behind the opening quote. Doubled quotes become one. */
static enum err read_quoted(struct csv *csv, struct arena *arena, struct personal *ret_cell)
{
  const char *start = csv->at;
  size_t len = 0;
  char *text;

  for (;; csv->at++) {
    if (csv->at == csv->end) return csv_fault(csv, CSV_QUOTE_OPEN);
    if (*csv->at != '"') continue;
    if (csv->at + 1 == csv->end || csv->at[1] != '"') break;
    csv->at++;
  }
  text = arena_take(arena, (size_t)(csv->at - start) + 1);
  if (text == NULL) return ERR_MEMORY;
  for (const char *from = start; from < csv->at; from++) {
    text[len++] = *from;
    if (*from == '"') from++;
  }
  csv->at++;
  if (!at_line_end(csv) && *csv->at != csv->separator) return csv_fault(csv, CSV_QUOTE_TRAILING);
  *ret_cell = (struct personal){text, len};
  return OK;
}

static enum err read_cell(struct csv *csv, struct arena *arena, struct personal *ret_cell)
{
  const char *start = csv->at;

  csv->column++;
  if (csv->at < csv->end && *csv->at == '"') {
    csv->at++;
    return read_quoted(csv, arena, ret_cell);
  }
  while (!at_line_end(csv) && *csv->at != csv->separator)
    csv->at++;
  *ret_cell = (struct personal){start, (size_t)(csv->at - start)};
  return OK;
}

static enum err read_row(struct csv *csv, struct arena *arena, struct personal *cells,
                         size_t *ret_count)
{
  size_t count = 0;

  csv->column = 0;
  for (;;) {
    if (count == CSV_COLUMNS_MAX) return csv_fault(csv, CSV_TOO_WIDE);
    TRY(read_cell(csv, arena, &cells[count++]));
    if (at_line_end(csv)) break;
    csv->at++; /* the separator */
  }
  skip_line_end(csv);
  *ret_count = count;
  return OK;
}

static bool is_empty(const struct personal *cells, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (cells[i].len > 0) return false;
  }
  return true;
}

enum err csv_next(struct csv *csv, struct arena *arena, const struct personal **ret_cells,
                  size_t *ret_count)
{
  struct personal *cells = arena_take_array(arena, CSV_COLUMNS_MAX, sizeof *cells);
  size_t count = 0;

  if (cells == NULL) return ERR_MEMORY;
  while (csv->at < csv->end) {
    if (csv->row == CSV_ROWS_MAX) return csv_fault(csv, CSV_TOO_LONG);
    csv->row++;
    TRY(read_row(csv, arena, cells, &count));
    if (!is_empty(cells, count)) break;
    count = 0;
  }
  *ret_cells = cells;
  *ret_count = count;
  return OK;
}

/* ---- writing ---- */

enum err csv_cell(struct arena *arena, struct personal *ret_cell, struct personal value)
{
  bool is_formula = value.len > 0 && strchr("=+-@\t\r", value.ptr[0]) != NULL;
  char *text = arena_take(arena, 2 * value.len + 4);
  size_t len = 0;

  if (text == NULL) return ERR_MEMORY;
  text[len++] = '"';
  if (is_formula) text[len++] = '\'';
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] == '"') text[len++] = '"';
    text[len++] = value.ptr[i];
  }
  text[len++] = '"';
  *ret_cell = (struct personal){text, len};
  return OK;
}
