/* Comma-separated values as spreadsheets write them, and as they should not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "api/csv.h"

static struct arena *arena;

static void begin(void)
{
  cr_assert_eq(arena_new(&arena, 1 << 22), OK);
}
static void end(void)
{
  arena_free(&arena);
}
TestSuite(csv, .init = begin, .fini = end);

/* All cells of a text, rows ended by "/" and cells by "|". */
static enum err read_all(char *ret, size_t size, const char *text, size_t len, struct csv *csv)
{
  const struct personal *cells;
  size_t count, at = 0;
  enum err err = csv_open(csv, arena, (struct str){text, len});

  *ret = '\0';
  while (err == OK) {
    err = csv_next(csv, arena, &cells, &count);
    if (err != OK || count == 0) break;
    for (size_t i = 0; i < count; i++)
      at += (size_t)snprintf(ret + at, size - at, "%.*s|", (int)cells[i].len, cells[i].ptr);
    at += (size_t)snprintf(ret + at, size - at, "/");
    cr_assert_lt(at, size);
  }
  return err;
}

Test(csv, reads_each_form_of_the_table)
{
  static const struct {
    const char *text, *cells;
  } cases[] = {
    {"", ""},
    {"a,b\r\nc,d\r\n", "a|b|/c|d|/"},
    {"a,b\nc,d", "a|b|/c|d|/"},
    {"\xef\xbb\xbf"
     "a,b\n",
     "a|b|/"},
    {"a,\"b,c\"\n", "a|b,c|/"},
    {"\"a\"\"b\",\"\"\n", "a\"b||/"},
    {"\"a\nb\",\"c\r\nd\"\n", "a\nb|c\r\nd|/"},
    {"a,b\n\n\r\n,\nc,d\n", "a|b|/c|d|/"},
    {"a;b,c;d\n1;2;3\n", "a|b,c|d|/1|2|3|/"},
    {"a\tb\n1\t2\n", "a|b|/1|2|/"},
    {"a,b,\n", "a|b||/"},
    {"a \"quoted\" word,b\n", "a \"quoted\" word|b|/"},
    {"Si\xf4n,T\x92\x80\n", "Si\xc3\xb4n|T\xe2\x80\x99\xe2\x82\xac|/"},
    {"a\x81,b\n", "a\xef\xbf\xbd|b|/"},
  };
  char cells[256];

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct csv csv;

    cr_expect_eq(read_all(cells, sizeof cells, cases[i].text, strlen(cases[i].text), &csv), OK);
    cr_expect_str_eq(cells, cases[i].cells, "case %zu", i);
  }
}

Test(csv, says_when_text_was_converted)
{
  struct csv csv;

  cr_assert_eq(csv_open(&csv, arena, STR("Si\xc3\xb4n")), OK);
  cr_expect_not(csv.converted);
  cr_assert_eq(csv_open(&csv, arena, STR("Si\xf4n")), OK);
  cr_expect(csv.converted);
}

Test(csv, names_row_and_column_of_a_fault)
{
  static const struct {
    const char *text;
    size_t len;
    enum csv_fault fault;
    unsigned row, column;
  } cases[] = {
    {"a,b\nc,\"d\n", 9, CSV_QUOTE_OPEN, 2, 2},
    {"a,b\n\"c\"x,d\n", 11, CSV_QUOTE_TRAILING, 2, 1},
    {"a\0b", 3, CSV_NOT_TEXT, 0, 0},
    {"\xff\xfe"
     "a\0",
     4, CSV_NOT_TEXT, 0, 0},
  };
  char cells[64];

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct csv csv;

    cr_expect_eq(read_all(cells, sizeof cells, cases[i].text, cases[i].len, &csv), ERR_INPUT,
                 "case %zu", i);
    cr_expect_eq(csv.fault, cases[i].fault);
    cr_expect_eq(csv.row, cases[i].row);
    cr_expect_eq(csv.column, cases[i].column);
  }
}

Test(csv, refuses_more_columns_than_it_holds)
{
  char text[CSV_COLUMNS_MAX + 2], cells[1024];
  struct csv csv;

  memset(text, ',', sizeof text);
  cr_expect_eq(read_all(cells, sizeof cells, text, sizeof text, &csv), ERR_INPUT);
  cr_expect_eq(csv.fault, CSV_TOO_WIDE);
}

Test(csv, makes_a_cell_harmless_for_spreadsheets)
{
  static const struct {
    const char *value, *cell;
  } cases[] = {
    {"", "\"\""},          {"plain", "\"plain\""},
    {"=1+1", "\"'=1+1\""}, {"+44", "\"'+44\""},
    {"-1", "\"'-1\""},     {"@x", "\"'@x\""},
    {"\tx", "\"'\tx\""},   {"\rx", "\"'\rx\""},
    {"a=1", "\"a=1\""},    {"say \"x\"", "\"say \"\"x\"\"\""},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct personal cell;

    cr_assert_eq(csv_cell(arena, &cell, (struct personal){cases[i].value, strlen(cases[i].value)}),
                 OK);
    cr_expect_eq(cell.len, strlen(cases[i].cell));
    cr_expect_arr_eq(cell.ptr, cases[i].cell, cell.len);
  }
}
