/* The table of columns, and what the two files that walk it share. For sheet.c and sheet_header.c
 * alone. */
#ifndef API_SHEET_COLUMNS_H
#define API_SHEET_COLUMNS_H

#include "api/sheet.h"

struct sheet_column_row {
  struct str name, cy;
  enum sheet_kind kind;
  enum field field;
  unsigned slot;
};
extern const struct sheet_column_row sheet_columns[SHEET_COLUMN_COUNT];

void sheet_note(struct sheet_problems *problems, struct sheet_problem problem);

#endif
