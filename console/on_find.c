/* My list, and finding a child. Few columns, no totals: a list says nothing of who is not on it. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/frame.h"
#include "console/parts.h"
#include "console/values.h"

enum err ask_my_list(struct page *page)
{
  return page_call(
    page, &(struct page_call){.method = "GET", .path = "/v1/entries", .handler = on_entry_list});
}

static void write_children(struct page *page, json_t *children)
{
  static const enum text_id columns[] = {TEXT_PAGE_NAME, TEXT_PAGE_BORN};
  struct html *html = &page->html;
  json_t *child;
  size_t i;

  H(html, "<table class=\"govuk-table\"><caption class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_CHILDREN);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(children, i, child)
  {
    json_t *fields = json_object_get(child, "fields");

    H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\"><a "
            "class=\"govuk-link\" href=\"");
    page_address(html, PAGE_RECORD, json_text(child, "entry"));
    H(html, "\">");
    value_name(html, fields);
    H(html, "</a></th><td class=\"govuk-table__cell\">");
    value_first_day(html, json_object_get(fields, "date_of_birth"));
    H(html, "</td></tr>\n");
  }
  H(html, "</tbody></table>\n");
}

void show_my_list(struct page *page)
{
  json_t *children = json_list(page->answer, "entries");

  part_done(page);
  if (json_array_size(children) == 0)
    part_inset(page, TEXT_PAGE_MY_LIST_EMPTY);
  else
    write_children(page, children);
  part_more(page, PAGE_MY_LIST);
  if (json_array_size(children) == 0)
    frame_tasks(page);
  else
    part_link_line(page, PAGE_BUDGETS, (struct str){0}, TEXT_PAGE_BUDGET_MINE);
}

/* ---- finding ---- */

void show_find(struct page *page)
{
  static const struct input inputs[] = {
    {.name = "name", .label = TEXT_PAGE_NAME, .hint = TEXT_PAGE_NAME_HINT, .type = "search"},
    {.name = "upn", .label = TEXT_FIELD_upn, .type = "text", .width = 20},
    {.name = "postcode", .label = TEXT_FIELD_home_postcode, .type = "text", .width = 10},
  };

  form_begin(page, PAGE_FIND_DO, (struct str){0}, true);
  form_input(page, &inputs[0]);
  form_day(page, "date_of_birth", TEXT_FIELD_date_of_birth, DAY_NONE);
  form_input(page, &inputs[1]);
  form_input(page, &inputs[2]);
  form_because(page);
  form_button(page, TEXT_PAGE_FIND);
  form_end(page);
}

enum err ask_find(struct page *page)
{
  struct json body;

  page_body(page, &body);
  form_because_put(page, &body);
  page_put(page, &body, "name");
  page_put(page, &body, "upn");
  page_put(page, &body, "postcode");
  form_day_put(page, &body, "date_of_birth");
  page_put(page, &body, "cursor");
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/searches", .handler = on_entry_search, .body = &body});
}

void show_found(struct page *page)
{
  json_t *hits = json_list(page->answer, "hits");

  if (json_array_size(hits) == 0)
    part_inset(page, TEXT_PAGE_FOUND_NONE);
  else
    write_children(page, hits);
  if (json_object_get(page->answer, "budget") != NULL)
    part_inset(page, TEXT_PAGE_BUDGET_STOPS);
  else if (json_text(page->answer, "cursor").len > 0)
    part_inset(page, TEXT_PAGE_FOUND_MORE);
  part_heading(page, text_get(TEXT_PAGE_FIND_AGAIN, page->html.lang));
  show_find(page);
}
