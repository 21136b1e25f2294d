/* Any bytes as a sheet: every cell is UTF-8, every value fits its field, and reading ends. */
#include <stdlib.h>

#include "api/sheet.h"

static void must(bool holds)
{
  if (!holds) abort();
}

static void check_row(const struct intake_row *row)
{
  for (size_t i = 0; i < row->values.count; i++) {
    const struct given *given = &row->values.at[i];

    must(given->slot < field_row(given->field)->slots);
    must(given->value.text.len <= field_text_max(given->field));
    must(utf8_is_valid(given->value.text.ptr, given->value.text.len));
  }
}

static void read_rows(struct csv *csv, struct arena *arena, const struct regime *regime)
{
  struct sheet_problem found[64];
  struct sheet_problems problems = {found, 0, 64};
  const struct personal *cells;
  struct sheet sheet;
  struct str said;
  size_t count;

  if (csv_next(csv, arena, &cells, &count) != OK) return;
  if (sheet_open(&sheet, arena, regime, day_from_ymd(2026, 11, 2), cells, count, &problems) != OK)
    return;
  while (csv_next(csv, arena, &cells, &count) == OK && count > 0) {
    struct intake_row row;

    for (size_t i = 0; i < count; i++)
      must(utf8_is_valid(cells[i].ptr, cells[i].len));
    if (sheet_row(&sheet, arena, csv->row, cells, count, &row, &problems) != OK) return;
    check_row(&row);
  }
  for (size_t i = 0; i < problems.count; i++) {
    if (sheet_say(arena, &said, &found[i], LANG_CY) != OK) return;
    must(said.len > 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct policy *policy; /* loaded once: slow beside the rest */
  struct arena *arena = NULL;
  struct trail trail = {0};
  struct csv csv;

  must(arena_new(&arena, 64 << 20) == OK);
  if (policy == NULL)
    must(policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) == OK);
  if (csv_open(&csv, arena, (struct str){(const char *)data, size}) == OK)
    read_rows(&csv, arena, policy_regime(policy, STR("illustration-2026-09")));
  arena_free(&arena);
  return 0;
}
