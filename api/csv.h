/* Comma-separated values (RFC 4180) as spreadsheets write them, from a buffer: byte order mark,
 * CRLF or LF, quotes, line breaks inside cells; comma, semicolon or tab, whichever the first row
 * has. Text that is not UTF-8 is read as Windows-1252 and said to be so. Nothing is guessed beyond
 * that. */
#ifndef API_CSV_H
#define API_CSV_H

#include "base/arena.h"

#define CSV_COLUMNS_MAX 128
#define CSV_ROWS_MAX 200000

enum csv_fault {
  CSV_FINE,
  CSV_NOT_TEXT,       /* UTF-16, or NUL bytes: a workbook, not a text file */
  CSV_QUOTE_OPEN,     /* a quoted cell does not end */
  CSV_QUOTE_TRAILING, /* something follows a closing quote */
  CSV_TOO_WIDE,       /* more than CSV_COLUMNS_MAX cells */
  CSV_TOO_LONG        /* more than CSV_ROWS_MAX rows */
};

struct csv {
  const char *at, *end;
  char separator;
  bool converted;  /* from Windows-1252 */
  unsigned row;    /* of the row last read; the header is row 1; a row may span lines */
  unsigned column; /* of the cell last read, from 1 */
  enum csv_fault fault;
};

/* `bytes` must live as long as the reading; converted text is put into `arena`. ERR_INPUT with
 * csv->fault set; ERR_MEMORY. */
MUST_USE enum err csv_open(struct csv *ret_csv, struct arena *arena, struct str bytes);
/* The cells of the next row, in `arena`; no cells (count 0) at the end. Empty rows are skipped and
 * counted. ERR_INPUT with fault, row and column set. */
MUST_USE enum err csv_next(struct csv *csv, struct arena *arena, const struct personal **ret_cells,
                           size_t *ret_count);

/* One cell for a file that leaves: quoted where needed, and made harmless for spreadsheets when it
 * begins like a formula (= + - @ tab CR), by an apostrophe in front. */
MUST_USE enum err csv_cell(struct arena *arena, struct personal *ret_cell, struct personal value);

#endif
