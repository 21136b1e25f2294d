/* One value of a record: another in its place, or none; and a value beside those that stand there:
 * one more adult, provider, address, circumstance. What stands there and is not granted can be
 * replaced, and the person is told so; nothing is put beside what is not seen. */
#include <string.h>

#include "base/json.h"
#include "console/values.h"
#include "console/words.h"
#include "console/writing.h"

/* ---- one value ---- */

/* The field and the place in it that the address names. */
static bool find_place(const struct page *page, enum field *ret_field, unsigned *ret_slot)
{
  uint64_t slot;

  if (!field_by_name(page->request->args[1], ret_field)) return false;
  if (!writing_is_open(*ret_field)) return false;
  if (!str_to_u64(page->request->args[2], &slot) || slot >= field_row(*ret_field)->slots)
    return false;
  *ret_slot = (unsigned)slot;
  return true;
}

static struct writing one(const enum field *field)
{
  return (struct writing){field, 1, TEXT_PAGE_BECAUSE_CHANGE};
}

static void put_change(struct page *page, struct json *json)
{
  enum field field;
  unsigned slot;

  page_point(page, STR("/values"), page->request->args[1]);
  if (!find_place(page, &field, &slot)) return;
  if (form_has(&page->form, "remove"))
    writing_put_text(page, json, field, slot, (struct str){"", 0});
  else
    writing_put(page, json, field, slot);
}

enum err ask_change(struct page *page)
{
  enum field field;
  unsigned slot;

  if (!find_place(page, &field, &slot)) return ERR_ABSENT;
  struct writing writing = one(&field);
  return writing_ask(page, &writing, put_change);
}

/* What stands there now, as far as it is granted. */
static void write_now(struct page *page, enum field field, const json_t *value)
{
  struct html *html = &page->html;

  part_rows_begin(page);
  part_row_begin(page, text_get(TEXT_PAGE_HELD_NOW, html->lang));
  if (value != NULL)
    value_write(html, value, (struct str){0});
  else if (writing_is_seen(page, field))
    html_say(html, TEXT_PAGE_NOT_HELD);
  else
    html_say(html, TEXT_PAGE_NOT_SEEN);
  part_row_end(page);
  part_rows_end(page);
}

static void write_remove(struct page *page)
{
  struct choice remove = {.value = STR("yes"),
                          .label = text_get(TEXT_PAGE_REMOVE_YES, page->html.lang)};

  form_choices(page, &(struct choices){.name = "remove",
                                       .label = TEXT_PAGE_REMOVE,
                                       .hint = TEXT_PAGE_REMOVE_HINT,
                                       .at = &remove,
                                       .count = 1,
                                       .is_many = true});
}

static void write_change(struct page *page, enum field field, const json_t *value)
{
  struct writing writing = one(&field);

  writing_begin(page, PAGE_CHANGE_DO);
  writing_because(page, &writing);
  writing_input(page, field, json_text(value, "value"));
  writing_power(page, field);
  writing_notes(page, "unknown", value);
  write_remove(page);
  form_button(page, TEXT_PAGE_CHANGE_SAVE);
  form_end(page);
}

void show_change(struct page *page)
{
  const json_t *value;
  enum field field;
  unsigned slot;

  if (!page_is_looking(page)) {
    page_go(page, PAGE_RECORD, page->request->args[0], "change");
    return;
  }
  if (!find_place(page, &field, &slot)) return;
  value = writing_value(page, field, slot);
  writing_whose(page);
  write_now(page, field, value);
  write_change(page, field, value);
}

void show_change_again(struct page *page)
{
  enum field field;
  unsigned slot;

  if (find_place(page, &field, &slot))
    write_change(page, field, NULL);
  else
    part_refusal(page);
}

/* ---- one more ---- */

static bool find_group(const struct page *page, enum field *alone, struct writing *ret_writing)
{
  if (!field_by_name(page->request->args[1], alone)) return false;
  if (!writing_is_open(*alone) || field_row(*alone)->slots < 2) return false;
  *ret_writing = writing_group(alone);
  return true;
}

static void put_add(struct page *page, struct json *json)
{
  struct writing writing;
  enum field alone;
  unsigned slot;

  page_point(page, STR("/values"), page->request->args[1]);
  if (!find_group(page, &alone, &writing) || !writing_place(page, &writing, &slot)) return;
  for (size_t i = 0; i < writing.count; i++)
    writing_put(page, json, writing.fields[i], slot);
}

enum err ask_add(struct page *page)
{
  struct writing writing;
  enum field alone;

  if (!find_group(page, &alone, &writing)) return ERR_ABSENT;
  return writing_ask(page, &writing, put_add);
}

void show_add_again(struct page *page)
{
  struct writing writing;
  enum field alone;

  if (!find_group(page, &alone, &writing)) {
    part_refusal(page);
    return;
  }
  writing_whose(page);
  writing_begin(page, PAGE_ADD_DO);
  writing_because(page, &writing);
  writing_place_hidden(page, &writing);
  for (size_t i = 0; i < writing.count; i++) {
    if (!writing_may(page, &writing, writing.fields[i])) continue;
    writing_input(page, writing.fields[i], (struct str){"", 0});
    writing_power(page, writing.fields[i]);
  }
  writing_notes(page, "unknown", NULL);
  form_button(page, TEXT_PAGE_CHANGE_SAVE);
  form_end(page);
}

void show_add(struct page *page)
{
  struct writing writing;
  enum field alone;
  unsigned slot;

  if (!page_is_looking(page))
    page_go(page, PAGE_RECORD, page->request->args[0], "change");
  else if (find_group(page, &alone, &writing) && !writing_place(page, &writing, &slot))
    part_inset(page, TEXT_PAGE_NO_PLACE);
  else
    show_add_again(page);
}
