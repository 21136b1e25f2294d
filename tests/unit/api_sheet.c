/* Sheets as an authority hands them over: the three files of tests/data, held against what their
 * .expected.json says, as far as it rests on the sheet alone; and the cells one by one. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/sheet.h"

static struct arena *arena;
static struct policy *policy;
static const struct regime *regime;

static void begin(void)
{
  struct trail trail = {0};

  cr_assert_eq(arena_new(&arena, (size_t)256 << 20), OK);
  cr_assert_eq(policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail), OK);
  regime = policy_regime(policy, STR("illustration-2026-09"));
  cr_assert_not_null(regime);
}
static void end(void)
{
  policy_free(&policy);
  arena_free(&arena);
}
TestSuite(sheet, .init = begin, .fini = end);

static struct str read_file(const char *name)
{
  char path[256];
  FILE *file;
  long size;
  char *text;

  (void)snprintf(path, sizeof path, "tests/data/%s", name);
  file = fopen(path, "rb");
  cr_assert_not_null(file, "%s", path);
  (void)fseek(file, 0, SEEK_END);
  size = ftell(file);
  rewind(file);
  text = arena_take(arena, (size_t)size + 1);
  cr_assert_eq(fread(text, 1, (size_t)size, file), (size_t)size);
  (void)fclose(file);
  return (struct str){text, (size_t)size};
}

/* What was said of one row. */
struct seen {
  struct personal ref;
  struct intake_row row;
  unsigned texts[TEXT_COUNT]; /* how often each sentence */
  bool is_refused;
};
struct book {
  struct seen *rows;
  size_t count;
  struct sheet_problems header;
  bool converted;
};

static struct book read_book(const char *name)
{
  struct book book = {.rows = arena_take_array(arena, 1000, sizeof(struct seen))};
  struct sheet_problem *found = arena_take_array(arena, 100, sizeof *found);
  const struct personal *cells;
  struct sheet sheet;
  struct csv csv;
  size_t count;

  book.header = (struct sheet_problems){arena_take_array(arena, 100, sizeof *found), 0, 100};
  cr_assert_eq(csv_open(&csv, arena, read_file(name)), OK);
  cr_assert_eq(csv_next(&csv, arena, &cells, &count), OK);
  book.converted = csv.converted;
  cr_assert_eq(
    sheet_open(&sheet, arena, regime, day_from_ymd(2026, 11, 2), cells, count, &book.header), OK);
  for (;;) {
    struct sheet_problems problems = {found, 0, 100};
    struct seen *seen = &book.rows[book.count];

    cr_assert_eq(csv_next(&csv, arena, &cells, &count), OK);
    if (count == 0) break;
    cr_assert_eq(sheet_row(&sheet, arena, csv.row, cells, count, &seen->row, &problems), OK);
    seen->ref = seen->row.ref;
    for (size_t i = 0; i < problems.count; i++) {
      seen->texts[found[i].text]++;
      seen->is_refused = seen->is_refused || found[i].is_refused;
    }
    book.count++;
  }
  return book;
}

static struct seen *row_of(const struct book *book, const char *ref)
{
  for (size_t i = 0; i < book->count; i++) {
    if (personal_equal(book->rows[i].ref, (struct personal){ref, strlen(ref)}))
      return &book->rows[i];
  }
  cr_assert_fail("%s is not in the sheet", ref);
  return NULL;
}

static const struct given *value_of(const struct seen *seen, enum field field, unsigned slot)
{
  for (size_t i = 0; i < seen->row.values.count; i++) {
    const struct given *given = &seen->row.values.at[i];

    if (given->field == field && given->slot == slot) return given;
  }
  return NULL;
}

static bool is_in(json_t *refs, struct personal ref)
{
  json_t *item;
  size_t i;

  json_array_foreach(refs, i, item)
  {
    const char *text = json_string_value(item);

    if (personal_equal(ref, (struct personal){text, strlen(text)})) return true;
  }
  return false;
}

/* Every row of the trap is named with the sentence, and no row outside the traps is. */
static void expect_named(const struct book *book, json_t *traps, const char *trap,
                         enum text_id text, bool is_refused)
{
  json_t *refs = json_object_get(traps, trap), *item;
  size_t i;

  json_array_foreach(refs, i, item)
  {
    const struct seen *seen = row_of(book, json_string_value(item));

    cr_expect_gt(seen->texts[text], 0, "%s: %s", trap, json_string_value(item));
    cr_expect_eq(seen->is_refused, is_refused || seen->texts[TEXT_SHEET_TOO_LONG] > 0, "%s: %s",
                 trap, json_string_value(item));
  }
  for (size_t r = 0; r < book->count; r++) {
    cr_expect(book->rows[r].texts[text] == 0 || is_in(refs, book->rows[r].ref), "%s: also %.*s",
              trap, (int)book->rows[r].ref.len, book->rows[r].ref.ptr);
  }
}

static const char *const files[] = {"sir-enghraifft.csv", "old-excel.csv", "pennawdau-cymraeg.csv"};

Test(sheet, names_the_rows_that_the_expectations_name_and_no_others)
{
  for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
    char name[64];
    struct book book = read_book(files[f]);
    struct str text;
    json_t *json, *traps;

    (void)snprintf(name, sizeof name, "%s.expected.json", files[f]);
    text = read_file(name);
    json = json_loadb(text.ptr, text.len, 0, NULL);
    traps = json_object_get(json, "traps");
    cr_assert_eq((json_int_t)book.count, json_integer_value(json_object_get(json, "rows")));
    expect_named(&book, traps, "upn_wrong_letter", TEXT_SHEET_UPN, false);
    expect_named(&book, traps, "date_that_cannot_be", TEXT_SHEET_DATE, false);
    expect_named(&book, traps, "unknown_status_word", TEXT_SHEET_WORD_UNKNOWN, false);
    expect_named(&book, traps, "too_long", TEXT_SHEET_TOO_LONG, true);
    expect_named(&book, traps, "letters_lost_by_the_encoding", TEXT_SHEET_LETTERS_LOST, false);
    json_decref(json);
  }
}

Test(sheet, names_no_row_that_has_no_trap)
{
  for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
    struct book book = read_book(files[f]);

    for (size_t r = 0; r < book.count; r++) {
      cr_expect_eq(book.rows[r].texts[TEXT_SHEET_AS_GIVEN], 0, "%.*s", (int)book.rows[r].ref.len,
                   book.rows[r].ref.ptr);
      cr_expect_eq(book.rows[r].texts[TEXT_SHEET_NOT_TEXT], 0);
    }
  }
}

Test(sheet, takes_a_date_written_the_british_way)
{
  struct book book = read_book("sir-enghraifft.csv");
  const struct given *born = value_of(row_of(&book, "EX000444"), FIELD_date_of_birth, 0);

  cr_assert_not_null(born);
  cr_expect_eq(born->value.state, VALUE_CHECKED);
  cr_expect_eq(born->value.text.ptr[4], '-');
}

Test(sheet, keeps_what_cannot_be_checked_as_given)
{
  struct book book = read_book("sir-enghraifft.csv");

  cr_expect_eq(value_of(row_of(&book, "EX000332"), FIELD_date_of_birth, 0)->value.state,
               VALUE_AS_GIVEN);
  cr_expect_eq(value_of(row_of(&book, "EX000441"), FIELD_upn, 0)->value.state, VALUE_AS_GIVEN);
  cr_expect_eq(value_of(row_of(&book, "EX000362"), FIELD_register_basis, 0)->value.state,
               VALUE_AS_GIVEN);
}

Test(sheet, leaves_line_breaks_and_formulas_in_a_cell_as_they_are)
{
  static const char broken[] = "First line,\nsecond line with a \"quote\"\r\nand a third.";
  struct book book = read_book("sir-enghraifft.csv");
  const struct given *notes = value_of(row_of(&book, "EX000153"), FIELD_case_notes, 0);

  cr_assert_not_null(notes);
  cr_expect_eq(notes->value.text.len, sizeof broken - 1);
  cr_expect_arr_eq(notes->value.text.ptr, broken, sizeof broken - 1);
  cr_expect_eq(value_of(row_of(&book, "EX000003"), FIELD_case_notes, 0)->value.text.ptr[0], '=');
}

Test(sheet, takes_three_people_and_says_that_the_first_is_resident)
{
  struct book book = read_book("sir-enghraifft.csv");
  const struct seen *row = row_of(&book, "EX000170");

  cr_assert_not_null(value_of(row, FIELD_person_name, 2));
  cr_expect_eq(value_of(row, FIELD_person_standing, 0)->value.text.len, 8);
  cr_expect_eq(value_of(row, FIELD_person_standing, 2)->value.text.len, 7);
  cr_expect_null(value_of(row, FIELD_person_name, 3));
}

Test(sheet, takes_no_column_without_a_power_and_names_it_once)
{
  for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
    struct book book = read_book(files[f]);
    size_t named = 0;

    for (size_t i = 0; i < book.header.count; i++) {
      if (book.header.at[i].text != TEXT_SHEET_COLUMN_NO_POWER) continue;
      named++;
      cr_expect(str_is(book.header.at[i].column, "ethnicity"));
    }
    cr_expect_eq(named, 1);
    for (size_t r = 0; r < book.count; r++) {
      cr_expect_null(value_of(&book.rows[r], FIELD_ethnicity, 0));
    }
  }
}

Test(sheet, is_marked_as_converted_when_it_was)
{
  cr_expect(read_book("old-excel.csv").converted);
  cr_expect_not(read_book("sir-enghraifft.csv").converted);
}

static enum err open_header(struct sheet *sheet, struct sheet_problems *problems,
                            const char *header)
{
  const struct personal *cells;
  struct csv csv;
  size_t count;

  cr_assert_eq(csv_open(&csv, arena, str_from(header)), OK);
  cr_assert_eq(csv_next(&csv, arena, &cells, &count), OK);
  return sheet_open(sheet, arena, regime, day_from_ymd(2026, 11, 2), cells, count, problems);
}

Test(sheet, names_an_unknown_column_with_the_nearest_known_one)
{
  struct sheet_problem found[8];
  struct sheet_problems problems = {found, 0, 8};
  struct sheet sheet;

  cr_assert_eq(open_header(&sheet, &problems, "Ref, Forename ,surname,date-of-brith,enw cynta\n"),
               OK);
  cr_assert_eq(problems.count, 2);
  cr_expect_eq(found[0].text, TEXT_SHEET_COLUMN_UNKNOWN);
  cr_expect(str_is(found[0].slots[1], "date_of_birth"));
  cr_expect(str_is(found[1].slots[1], "enw_cyntaf"));
}

Test(sheet, repeats_nothing_of_a_first_row_that_is_no_header)
{
  struct sheet_problem found[8];
  struct sheet_problems problems = {found, 0, 8};
  struct sheet sheet;

  cr_assert_eq(open_header(&sheet, &problems, "EX1,Eleri,Harris,2018-03-01\n"), ERR_INPUT);
  cr_assert_eq(problems.count, 1);
  cr_expect_eq(found[0].text, TEXT_SHEET_NO_HEADER);
  cr_expect_eq(found[0].slots[0].len, 0);
}

Test(sheet, has_a_template_in_each_language_that_it_reads_without_complaint)
{
  for (enum lang lang = LANG_EN; lang <= LANG_CY; lang++) {
    struct sheet_problem found[8];
    struct sheet_problems problems = {found, 0, 8};
    struct sheet sheet;
    struct str text;

    cr_assert_eq(sheet_template(arena, &text, lang), OK);
    cr_assert_eq(open_header(&sheet, &problems, text.ptr), OK);
    cr_expect_eq(problems.count, 2, "ethnicity has no power, sibling references are not kept");
  }
}

/* ---- cells ---- */

Test(sheet, finds_letters_lost_by_an_encoding)
{
  static const struct {
    const char *cell;
    bool near_a_letter, inside;
  } cases[] = {
    {"Ll?r", true, true},   {"T? Gwyn", true, false},
    {"?ynys", true, false}, {"Llyr", false, false},
    {"?", false, false},    {"12 ? 4", false, false},
    {"", false, false},     {"Lly\xef\xbf\xbd", true, true},
    {"Ti?", true, false},   {"http://a/?x", true, false},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct personal cell = {cases[i].cell, strlen(cases[i].cell)};

    cr_expect_eq(sheet_lost_letter(cell, false), cases[i].near_a_letter, "%s", cases[i].cell);
    cr_expect_eq(sheet_lost_letter(cell, true), cases[i].inside, "%s", cases[i].cell);
  }
}

Test(sheet, reads_days_in_the_forms_that_people_write)
{
  static const struct {
    const char *cell;
    int year, month, day; /* 0: none */
  } cases[] = {
    {"2014-02-28", 2014, 2, 28},
    {"28/02/2014", 2014, 2, 28},
    {"1/2/2014", 2014, 2, 1},
    {"28.02.2014", 2014, 2, 28},
    {"28-02-2014", 2014, 2, 28},
    {"31/02/2014", 0, 0, 0},
    {"2014-02-31", 0, 0, 0},
    {"02/28/2014", 0, 0, 0},
    {"1/2/14", 0, 0, 0},
    {"about 9", 0, 0, 0},
    {"", 0, 0, 0},
    {"28/02/2014 ", 0, 0, 0},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct day day = DAY_NONE;
    bool is_day = sheet_day((struct personal){cases[i].cell, strlen(cases[i].cell)}, &day);

    cr_expect_eq(is_day, cases[i].year != 0, "%s", cases[i].cell);
    if (!is_day) continue;
    cr_expect_eq(day.number, day_from_ymd(cases[i].year, cases[i].month, cases[i].day).number);
  }
}

Test(sheet, counts_edits_between_words)
{
  static const struct {
    const char *a, *b;
    unsigned edits;
  } cases[] = {
    {"", "", 0},       {"", "abc", 3},           {"abc", "abc", 0},
    {"abc", "ABC", 0}, {"abc", "acb", 1},        {"forname", "forename", 1},
    {"ca", "abc", 3},  {"surname", "surnam", 1},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    cr_expect_eq(sheet_distance(str_from(cases[i].a), str_from(cases[i].b)), cases[i].edits,
                 "%s %s", cases[i].a, cases[i].b);
  }
}

Test(sheet, names_the_words_nearest_to_one_that_is_not_known)
{
  static const struct {
    const char *said, *nearest;
  } cases[] = {
    {"EHE?", "elective_home_education"},
    {"home ed", "elective_home_education"},
    {"flexischool", "flexi_school"},
    {"mising education", "missing_education"},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct str codes;
    struct personal said = {cases[i].said, strlen(cases[i].said)};

    cr_assert_eq(sheet_nearest_codes(arena, CODES_BASIS, said, &codes), OK);
    cr_expect_eq(strncmp(codes.ptr, cases[i].nearest, strlen(cases[i].nearest)), 0, "%s: %.*s",
                 cases[i].said, (int)codes.len, codes.ptr);
  }
}
