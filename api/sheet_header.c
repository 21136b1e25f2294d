/* The columns of a sheet and its first row. A first row that is no header is never repeated: it may
 * be about a child. */
#include <string.h>

#include "api/sheet_columns.h"
#include "base/guard.h"

const struct sheet_column_row sheet_columns[SHEET_COLUMN_COUNT] = {
#define S(name, cy, kind, field, slot)                                                             \
  {{#name, sizeof #name - 1}, {cy, sizeof cy - 1}, SHEET_##kind, FIELD_##field, slot},
#include "api/sheet_columns.def"
#undef S
};

void sheet_note(struct sheet_problems *problems, struct sheet_problem problem)
{
  if (problems->count < problems->held) problems->at[problems->count++] = problem;
}

/* Names compare in lower case, with spaces and hyphens for underscores. */
static enum err header_name(struct arena *arena, struct personal cell, struct str *ret_name)
{
  char *name;

  cell = personal_trim(cell);
  name = arena_take(arena, cell.len + 1);
  if (name == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < cell.len; i++) {
    char c = cell.ptr[i];

    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    name[i] = c == ' ' || c == '-' ? '_' : c;
  }
  *ret_name = (struct str){name, cell.len};
  return OK;
}

static enum sheet_column find_column(struct str name)
{
  for (unsigned i = 0; i < SHEET_COLUMN_COUNT; i++) {
    if (str_equal(name, sheet_columns[i].name) || str_equal(name, sheet_columns[i].cy)) {
      return (enum sheet_column)i;
    }
  }
  return SHEET_COLUMN_COUNT;
}

static struct str nearest_name(struct str name)
{
  struct str nearest = sheet_columns[0].name;
  unsigned nearest_far = sheet_distance(name, nearest);

  for (unsigned i = 0; i < SHEET_COLUMN_COUNT; i++) {
    unsigned far = sheet_distance(name, sheet_columns[i].name);
    unsigned far_cy = sheet_distance(name, sheet_columns[i].cy);

    if (far < nearest_far) {
      nearest = sheet_columns[i].name;
      nearest_far = far;
    }
    if (far_cy < nearest_far) {
      nearest = sheet_columns[i].cy;
      nearest_far = far_cy;
    }
  }
  return nearest;
}

static bool has_power(const struct sheet *sheet, enum sheet_column column)
{
  const struct field_row *row = field_row(sheet_columns[column].field);

  switch (sheet_columns[column].kind) {
  case SHEET_REF:
  case SHEET_OFFICER:
  case SHEET_KNOWN:
    return true; /* no datum about the child is stored */
  case SHEET_TEXT:
  case SHEET_NAME:
  case SHEET_NOTE:
  case SHEET_CODE:
  case SHEET_CODES:
  case SHEET_DAY:
  case SHEET_BORN:
  case SHEET_SINCE:
  case SHEET_CONTACT:
  case SHEET_HOME:
  case SHEET_WELSH:
  case SHEET_SAFETY:
  case SHEET_SAFETY_NOTE:
    break;
  }
  return regime_field_has_power(sheet->regime, str_from(row->power), str_from(row->word)) ||
         !GUARD(POWER_AT_INTAKE);
}

/* Enters one column, or says why it is not taken in. */
static void enter_column(struct sheet *sheet, size_t at, struct str name,
                         struct sheet_problems *problems)
{
  struct sheet_problem problem = {.row = 1, .column = name, .slots = {name}};
  enum sheet_column column = find_column(name);

  sheet->columns[at].name = name;
  sheet->columns[at].column = SHEET_COLUMN_COUNT;
  for (size_t i = 0; i < at && column != SHEET_COLUMN_COUNT; i++) {
    if (sheet->columns[i].column != column) continue;
    problem.text = TEXT_SHEET_COLUMN_TWICE;
    sheet_note(problems, problem);
    return;
  }
  if (column == SHEET_COLUMN_COUNT) {
    problem.text = TEXT_SHEET_COLUMN_UNKNOWN;
    problem.slots[1] = nearest_name(name);
    sheet_note(problems, problem);
  } else if (sheet_columns[column].kind == SHEET_KNOWN) {
    problem.text = TEXT_SHEET_COLUMN_NOT_KEPT;
    sheet_note(problems, problem);
  } else if (!has_power(sheet, column)) {
    problem.text = TEXT_SHEET_COLUMN_NO_POWER;
    problem.slots[1] = str_from(field_row(sheet_columns[column].field)->power);
    sheet_note(problems, problem);
  } else {
    sheet->columns[at].column = column;
  }
}

enum err sheet_open(struct sheet *ret_sheet, struct arena *arena, const struct regime *regime,
                    struct day on, const struct personal *header, size_t count,
                    struct sheet_problems *problems)
{
  struct str names[CSV_COLUMNS_MAX];
  size_t known = 0;

  *ret_sheet = (struct sheet){.regime = regime, .on = on, .width = count};
  for (size_t i = 0; i < count; i++) {
    TRY(header_name(arena, header[i], &names[i]));
    known += find_column(names[i]) != SHEET_COLUMN_COUNT;
  }
  /* What is no header may be a row about a child: none of it is repeated. */
  if (known < 2 || 2 * known < count) {
    sheet_note(problems, (struct sheet_problem){.text = TEXT_SHEET_NO_HEADER, .is_refused = true});
    return ERR_INPUT;
  }
  for (size_t i = 0; i < count; i++) {
    if (names[i].len > 0) {
      enter_column(ret_sheet, i, names[i], problems);
    } else {
      ret_sheet->columns[i].column = SHEET_COLUMN_COUNT;
    }
  }
  return OK;
}

enum err sheet_template(struct arena *arena, struct str *ret_text, enum lang lang)
{
  size_t len = 0;
  char *text;

  for (unsigned i = 0; i < SHEET_COLUMN_COUNT; i++)
    len += sheet_columns[i].name.len + sheet_columns[i].cy.len;
  text = arena_take(arena, len + 2 * SHEET_COLUMN_COUNT);
  if (text == NULL) return ERR_MEMORY;
  len = 0;
  for (unsigned i = 0; i < SHEET_COLUMN_COUNT; i++) {
    struct str name = lang == LANG_CY ? sheet_columns[i].cy : sheet_columns[i].name;

    if (i > 0) text[len++] = ',';
    memcpy(text + len, name.ptr, name.len);
    len += name.len;
  }
  text[len++] = '\r';
  text[len++] = '\n';
  *ret_text = (struct str){text, len};
  return OK;
}
