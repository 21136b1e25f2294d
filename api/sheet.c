/* See sheet.h: one row at a time. */
#include <stdio.h>
#include <string.h>

#include "api/sheet_columns.h"

#define OLDEST_CHILD_YEARS 25 /* further back no child on this register can have been born */
#define VALUES_MAX 96         /* of one row */

enum err sheet_say(struct arena *arena, struct str *ret_text, const struct sheet_problem *problem,
                   enum lang lang)
{
  return text_fill(arena, ret_text, problem->text, lang, problem->slots, 3);
}

struct filling {
  const struct sheet *sheet;
  struct arena *arena;
  struct intake_row *row;
  struct sheet_problems *problems;
  struct str column; /* name of the column in hand */
  struct day since_home, since_basis;
};

static void row_problem(struct filling *filling, enum text_id text, struct str slot,
                        bool is_refused)
{
  sheet_note(filling->problems, (struct sheet_problem){.row = filling->row->row,
                                                       .column = filling->column,
                                                       .text = text,
                                                       .slots = {slot},
                                                       .is_refused = is_refused});
}

static struct given *find_given(struct filling *filling, enum field field, unsigned slot)
{
  for (size_t i = 0; i < filling->row->values.count; i++) {
    struct given *given = &filling->row->values.at[i];

    if (given->field == field && given->slot == slot) return given;
  }
  return NULL;
}

/* Adds a value after the door's checks; false when it was not fit to stand. */
static bool give(struct filling *filling, enum field field, unsigned slot, struct personal text,
                 bool is_unverified)
{
  struct value value = value_absent;
  char limit[24];
  struct str copy = {0};
  enum err err;

  value.text = text;
  value.source = SOURCE_SHEET;
  err = field_check(field, &value);
  if (err == ERR_TOO_LARGE) {
    int len = snprintf(limit, sizeof limit, "%zu", field_text_max(field));

    if (arena_copy(filling->arena, &copy, (struct str){limit, (size_t)len}) != OK) return false;
    row_problem(filling, TEXT_SHEET_TOO_LONG, copy, true);
    return false;
  }
  if (err != OK) {
    row_problem(filling, TEXT_SHEET_NOT_TEXT, copy, true);
    return false;
  }
  if (is_unverified) value.state = VALUE_AS_GIVEN;
  filling->row->values.at[filling->row->values.count++] = (struct given){field, slot, value};
  return value.state == VALUE_CHECKED;
}

static void give_text(struct filling *filling, enum field field, unsigned slot,
                      struct personal cell, enum sheet_kind kind)
{
  bool is_lost =
    (kind == SHEET_NAME || kind == SHEET_NOTE) && sheet_lost_letter(cell, kind == SHEET_NOTE);
  size_t before = filling->row->values.count;
  bool is_checked = give(filling, field, slot, cell, is_lost);

  if (is_lost) row_problem(filling, TEXT_SHEET_LETTERS_LOST, (struct str){0}, false);
  if (is_lost || is_checked || filling->row->values.count == before) return;
  row_problem(filling, field == FIELD_upn ? TEXT_SHEET_UPN : TEXT_SHEET_AS_GIVEN, (struct str){0},
              false);
}

static enum err give_code(struct filling *filling, enum field field, unsigned slot,
                          struct personal cell)
{
  struct str code;

  if (sheet_code(field_codes(field), cell, &code)) {
    (void)give(filling, field, slot, (struct personal){code.ptr, code.len}, false);
    return OK;
  }
  TRY(sheet_nearest_codes(filling->arena, field_codes(field), cell, &code));
  (void)give(filling, field, slot, cell, true);
  row_problem(filling, TEXT_SHEET_WORD_UNKNOWN, code, false);
  return OK;
}

static enum err give_codes(struct filling *filling, enum field field, struct personal cell)
{
  unsigned slot = 0;

  while (cell.len > 0) {
    const char *end = memchr(cell.ptr, ';', cell.len);
    size_t len = end == NULL ? cell.len : (size_t)(end - cell.ptr);
    struct personal word = personal_trim((struct personal){cell.ptr, len});

    if (word.len > 0 && slot == field_row(field)->slots) {
      row_problem(filling, TEXT_SHEET_TOO_MANY, (struct str){0}, true);
      return OK;
    }
    if (word.len > 0) TRY(give_code(filling, field, slot++, word));
    cell.ptr += len + (end != NULL);
    cell.len -= len + (end != NULL);
  }
  return OK;
}

/* A day in its one written form, in the arena. */
static enum err day_text(struct filling *filling, struct day day, struct personal *ret_text)
{
  char *text = arena_take(filling->arena, 10);

  if (text == NULL) return ERR_MEMORY;
  day_write(text, day);
  *ret_text = (struct personal){text, 10};
  return OK;
}

static bool can_be_born(const struct sheet *sheet, struct day day)
{
  return day.number <= sheet->on.number &&
         day.number >= day_add_months(sheet->on, -12 * OLDEST_CHILD_YEARS).number;
}

static enum err give_day(struct filling *filling, enum field field, unsigned slot,
                         struct personal cell, bool is_birth)
{
  struct day day;

  if (!sheet_day(cell, &day) || (is_birth && !can_be_born(filling->sheet, day))) {
    (void)give(filling, field, slot, cell, true);
    row_problem(filling, TEXT_SHEET_DATE, (struct str){0}, false);
    return OK;
  }
  TRY(day_text(filling, day, &cell));
  (void)give(filling, field, slot, cell, false);
  return OK;
}

static void read_since(struct filling *filling, enum field field, struct personal cell)
{
  struct day *since = field == FIELD_home_address ? &filling->since_home : &filling->since_basis;

  if (!sheet_day(cell, since)) row_problem(filling, TEXT_SHEET_DATE, (struct str){0}, false);
}

/* Contact is an event: its day is its date. */
static enum err give_contact(struct filling *filling, struct personal cell)
{
  struct given *given;
  struct day day;

  TRY(give_day(filling, FIELD_contact_record, 0, cell, false));
  given = find_given(filling, FIELD_contact_record, 0);
  if (given != NULL && sheet_day(cell, &day)) given->value.since = day;
  return OK;
}

/* Lines of the home address are joined by a comma. */
static enum err give_home(struct filling *filling, struct personal cell)
{
  struct given *home = find_given(filling, FIELD_home_address, 0);
  struct personal joined = cell;
  bool was_lost = home != NULL && home->value.state == VALUE_AS_GIVEN;
  char *text;

  if (home != NULL) {
    text = arena_take(filling->arena, home->value.text.len + 2 + cell.len);
    if (text == NULL) return ERR_MEMORY;
    memcpy(text, home->value.text.ptr, home->value.text.len);
    memcpy(text + home->value.text.len, ", ", 2);
    memcpy(text + home->value.text.len + 2, cell.ptr, cell.len);
    joined = (struct personal){text, home->value.text.len + 2 + cell.len};
    *home = filling->row->values.at[--filling->row->values.count];
  }
  if (sheet_lost_letter(cell, false)) {
    row_problem(filling, TEXT_SHEET_LETTERS_LOST, (struct str){0}, false);
    was_lost = true;
  }
  (void)give(filling, FIELD_home_address, 0, joined, was_lost);
  return OK;
}

static enum err give_welsh(struct filling *filling, struct personal cell)
{
  struct str code;

  if (!sheet_code(CODES_CARE, cell, &code)) {
    (void)give(filling, FIELD_home_language, 0, cell, true);
    row_problem(filling, TEXT_SHEET_AS_GIVEN, code, false);
    return OK;
  }
  if (str_is(code, "yes"))
    (void)give(filling, FIELD_home_language, 0, (struct personal){"cy", 2}, false);
  return OK;
}

static enum err read_cell(struct filling *filling, enum sheet_column column, struct personal cell)
{
  enum sheet_kind kind = sheet_columns[column].kind;
  enum field field = sheet_columns[column].field;
  unsigned slot = sheet_columns[column].slot;

  switch (kind) {
  case SHEET_TEXT:
  case SHEET_NAME:
  case SHEET_NOTE:
    give_text(filling, field, slot, cell, kind);
    return OK;
  case SHEET_CODE:
    return give_code(filling, field, slot, personal_trim(cell));
  case SHEET_CODES:
    return give_codes(filling, field, cell);
  case SHEET_DAY:
    return give_day(filling, field, slot, personal_trim(cell), false);
  case SHEET_BORN:
    return give_day(filling, field, slot, personal_trim(cell), true);
  case SHEET_SINCE:
    read_since(filling, field, personal_trim(cell));
    return OK;
  case SHEET_CONTACT:
    return give_contact(filling, personal_trim(cell));
  case SHEET_HOME:
    return give_home(filling, cell);
  case SHEET_WELSH:
    return give_welsh(filling, personal_trim(cell));
  case SHEET_REF:
    filling->row->ref = personal_trim(cell);
    return OK;
  case SHEET_OFFICER:
    cell = personal_trim(cell);
    filling->row->officer = (struct str){cell.ptr, cell.len}; /* a user name, not a person's data */
    return OK;
  case SHEET_SAFETY:
    filling->row->safety_said = cell;
    return OK;
  case SHEET_SAFETY_NOTE:
    filling->row->safety_note = cell;
    return OK;
  case SHEET_KNOWN:
    break;
  }
  return OK;
}

static void date_values(struct filling *filling)
{
  struct given *home = find_given(filling, FIELD_home_address, 0);
  struct given *basis = find_given(filling, FIELD_register_basis, 0);

  if (home != NULL) home->value.since = filling->since_home;
  if (basis != NULL) basis->value.since = filling->since_basis;
}

/* How the adults live with the child: by the template's definition for the first, unsaid for
 * others. */
static void give_standing(struct filling *filling)
{
  for (unsigned slot = 0; slot < field_row(FIELD_person_standing)->slots; slot++) {
    struct personal standing =
      slot == 0 ? (struct personal){"resident", 8} : (struct personal){"unknown", 7};

    if (find_given(filling, FIELD_person_name, slot) == NULL) continue;
    (void)give(filling, FIELD_person_standing, slot, standing, false);
  }
}

enum err sheet_row(const struct sheet *sheet, struct arena *arena, unsigned row,
                   const struct personal *cells, size_t count, struct intake_row *ret_row,
                   struct sheet_problems *problems)
{
  struct intake_row taken = {.row = row};
  struct filling filling = {sheet, arena, &taken, problems, {0}, DAY_NONE, DAY_NONE};

  taken.values.at = arena_take_array(arena, VALUES_MAX, sizeof *taken.values.at);
  if (taken.values.at == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    if (personal_trim(cells[i]).len == 0) continue;
    if (i >= sheet->width) {
      row_problem(&filling, TEXT_SHEET_ROW_TOO_WIDE, (struct str){0}, true);
      break;
    }
    if (sheet->columns[i].column == SHEET_COLUMN_COUNT) continue;
    filling.column = sheet->columns[i].name;
    TRY(read_cell(&filling, sheet->columns[i].column, cells[i]));
  }
  filling.column = (struct str){0};
  date_values(&filling);
  give_standing(&filling);
  *ret_row = taken;
  return OK;
}
