/* A day as three numbers, as people type it. What is no day goes on as it was typed, and the API
 * says so at the place. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "console/parts.h"

enum { NAME_MAX_BYTES = 64 };
static const char *const suffixes[] = {"-day", "-month", "-year"};

static void part_name(char ret_name[static NAME_MAX_BYTES], const char *name, size_t part)
{
  (void)snprintf(ret_name, NAME_MAX_BYTES, "%.50s%s", name, suffixes[part]);
}

static void write_part(struct page *page, const char *name, size_t part, struct str before)
{
  static const enum text_id labels[] = {TEXT_PAGE_DAY, TEXT_PAGE_MONTH, TEXT_PAGE_YEAR};
  struct html *html = &page->html;
  char full[NAME_MAX_BYTES];
  struct str value;

  part_name(full, name, part);
  value = form_has(&page->form, full) ? form_get(&page->form, full) : before;
  /* The first of the three carries the name itself, so that a fault can be gone to. */
  struct str id = part == 0 ? str_from(name) : str_from(full);
  H(html, "<div class=\"govuk-date-input__item\"><div class=\"govuk-form-group\"><label "
          "class=\"govuk-label govuk-date-input__label\" for=\"");
  html_text(html, id);
  H(html, "\">");
  html_say(html, labels[part]);
  H(html, "</label><input class=\"govuk-input govuk-date-input__input");
  if (part == 2)
    H(html, " govuk-input--width-4");
  else
    H(html, " govuk-input--width-2");
  H(html, "\" type=\"text\" inputmode=\"numeric\" id=\"");
  html_text(html, id);
  H(html, "\" name=\"");
  html_text(html, str_from(full));
  H(html, "\" value=\"");
  html_text(html, value);
  H(html, "\"></div></div>");
}

void form_day(struct page *page, const char *name, enum text_id label, struct day before)
{
  struct html *html = &page->html;
  char numbers[3][12] = {"", "", ""};
  int year, month, of_month;

  if (day_is_set(before)) {
    day_to_ymd(before, &year, &month, &of_month);
    (void)snprintf(numbers[0], sizeof numbers[0], "%d", of_month);
    (void)snprintf(numbers[1], sizeof numbers[1], "%d", month);
    (void)snprintf(numbers[2], sizeof numbers[2], "%d", year);
  }
  form_group_begin(page, name, label, TEXT_PAGE_DAY_HINT);
  H(html, "<div class=\"govuk-date-input\">");
  for (size_t i = 0; i < 3; i++)
    write_part(page, name, i, str_from(numbers[i]));
  H(html, "</div>");
  form_group_end(page);
}

/* A number of at most four digits; -1 for anything else. */
static int number(struct str text)
{
  int value = 0;

  text = str_trim(text);
  if (text.len == 0 || text.len > 4) return -1;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return -1;
    value = value * 10 + (text.ptr[i] - '0');
  }
  return value;
}

bool form_day_text(struct page *page, const char *name, struct str *ret_text)
{
  char full[NAME_MAX_BYTES], text[40];
  int numbers[3], len;
  bool is_empty = true;

  for (size_t i = 0; i < 3; i++) {
    part_name(full, name, i);
    struct str typed = form_get(&page->form, full);
    if (str_trim(typed).len > 0) is_empty = false;
    numbers[i] = number(typed);
  }
  if (is_empty) return false;
  len = snprintf(text, sizeof text, "%04d-%02d-%02d", numbers[2], numbers[1], numbers[0]);
  return arena_copy(page->request->op.arena, ret_text, (struct str){text, (size_t)len}) == OK;
}

void form_day_put(struct page *page, struct json *json, const char *name)
{
  struct str text;

  if (!form_day_text(page, name, &text)) return;
  page_point_named(page, name);
  json_key(json, str_from(name));
  json_str(json, text);
}
