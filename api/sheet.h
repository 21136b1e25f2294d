/* An authority's sheet: which column feeds which field (sheet_columns.def), in Welsh or English,
 * and what is wrong with a cell, in words that never repeat it. A cell that is not what its column
 * says is kept as given and named; only what cannot be kept whole (too long, not text) refuses its
 * row. */
#ifndef API_SHEET_H
#define API_SHEET_H

#include "api/csv.h"
#include "policy/regime.h"
#include "register/operations.h"

enum sheet_kind {
  SHEET_TEXT,    /* as it is; checked by the field's type */
  SHEET_NAME,    /* likewise, and letters lost by an encoding are looked for */
  SHEET_NOTE,    /* likewise, only inside words */
  SHEET_CODE,    /* a word of a closed list */
  SHEET_CODES,   /* several, separated by semicolons, one a slot */
  SHEET_DAY,     /* ISO 8601, or day/month/year */
  SHEET_BORN,    /* likewise, and a child can have been born then */
  SHEET_SINCE,   /* likewise: dates another column's field */
  SHEET_CONTACT, /* a day on which there was contact */
  SHEET_HOME,    /* a line of the home address */
  SHEET_WELSH,   /* whether Welsh is spoken */
  SHEET_REF,
  SHEET_OFFICER,
  SHEET_SAFETY,
  SHEET_SAFETY_NOTE,
  SHEET_KNOWN /* recognised, and not taken in */
};

enum sheet_column {
#define S(name, cy, kind, field, slot) SHEET_COLUMN_##name,
#include "api/sheet_columns.def"
#undef S
  SHEET_COLUMN_COUNT
};

/* What is wrong, where, and what to do about it (the sentence says). */
struct sheet_problem {
  unsigned row;      /* the header is row 1; 0: the file */
  struct str column; /* its name as the header has it, when that is a name; empty: the row */
  enum text_id text;
  struct str slots[3]; /* code words, numbers and column names; never a cell */
  bool is_refused;     /* the row is not taken in */
};
struct sheet_problems {
  struct sheet_problem *at;
  size_t count, held; /* room for `held`; what does not fit is left out */
};

struct sheet {
  const struct regime *regime;
  struct day on;
  size_t width;
  struct {
    enum sheet_column column; /* SHEET_COLUMN_COUNT: not taken in */
    struct str name;
  } columns[CSV_COLUMNS_MAX];
};

/* Reads the header row. Problems of columns (unknown, twice, without power in the regime) are
 * added. ERR_INPUT when it is no header: less than two names that are known. */
MUST_USE enum err sheet_open(struct sheet *ret_sheet, struct arena *arena,
                             const struct regime *regime, struct day on,
                             const struct personal *header, size_t count,
                             struct sheet_problems *problems);
/* One row to typed values, all in `arena`. A row with a problem that refuses it must not be taken
 * in. Fails only for want of memory. */
MUST_USE enum err sheet_row(const struct sheet *sheet, struct arena *arena, unsigned row,
                            const struct personal *cells, size_t count, struct intake_row *ret_row,
                            struct sheet_problems *problems);
/* The header row of an empty sheet. */
MUST_USE enum err sheet_template(struct arena *arena, struct str *ret_text, enum lang lang);

/* The sentence for a person; slots filled. */
MUST_USE enum err sheet_say(struct arena *arena, struct str *ret_text,
                            const struct sheet_problem *problem, enum lang lang);

/* sheet_cell.c: the parts that tests hold alone. */

/* Edits from a to b: insert, delete, replace, swap neighbours (optimal string alignment), at most
 * 64 bytes of each counted. */
unsigned sheet_distance(struct str a, struct str b);
/* Whether a letter has been replaced by "?" or U+FFFD. `inside_only`: only between two letters. */
bool sheet_lost_letter(struct personal cell, bool inside_only);
/* ISO 8601 or day/month/year. */
bool sheet_day(struct personal cell, struct day *ret_day);
/* The code that a word of a sheet stands for. False: none. */
bool sheet_code(enum code_set set, struct personal cell, struct str *ret_code);
/* The codes nearest to a word that is none, joined by " / ". */
MUST_USE enum err sheet_nearest_codes(struct arena *arena, enum code_set set, struct personal cell,
                                      struct str *ret_codes);

#endif
