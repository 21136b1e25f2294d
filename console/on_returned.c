/* Receipts, and the word of receivers that they deleted what they had: what is owed, by when, and
 * that it came. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/returned.h"
#include "console/words.h"

static const struct {
  const char *name;
  enum text_id text;
} kinds[] = {
  {"receipt", TEXT_PAGE_RETURN_RECEIPT},
  {"deletion", TEXT_PAGE_RETURN_DELETION},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static struct str what_text(struct str name, enum lang lang)
{
  for (size_t i = 0; i < KINDS; i++)
    if (str_is(name, kinds[i].name)) return text_get(kinds[i].text, lang);
  return name;
}

/* "Receipt, Word ...: 2 November 2026. Overdue" */
static void write_due(struct page *page, const json_t *owes)
{
  json_t *what = json_list(owes, "what"), *one;
  struct html *html = &page->html;
  char day[WORD_INSTANT_MAX];
  size_t i;

  json_array_foreach(what, i, one)
  {
    if (i > 0) H(html, ", ");
    html_text(html, what_text(str_from(json_string_value(one)), html->lang));
  }
  H(html, "</td><td class=\"govuk-table__cell\">");
  html_text(html, word_when(day, json_text(owes, "until"), html->lang));
  if (!json_is_true(json_object_get(owes, "is_overdue"))) return;
  H(html, " <strong class=\"govuk-tag\">");
  html_say(html, TEXT_PAGE_OWED_LATE);
  H(html, "</strong>");
}

static void write_owed(struct page *page, const json_t *one)
{
  json_t *to = json_object_get(one, "to");
  struct html *html = &page->html;

  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
  part_link(page, PAGE_DISCLOSURE, json_text(one, "disclosure"), TEXT_PAGE_OPEN_IT);
  H(html, "</th><td class=\"govuk-table__cell\">");
  html_text(html, json_text(to, "name"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  html_text(html, json_text(to, "organisation"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  write_due(page, json_object_get(one, "owes"));
  H(html, "</td></tr>");
}

void returned_show_owed(struct page *page)
{
  static const enum text_id columns[] = {TEXT_PAGE_DISCLOSURE, TEXT_PAGE_SHARE_TO,
                                         TEXT_PAGE_ORGANISATION, TEXT_PAGE_OWED_WHAT,
                                         TEXT_PAGE_OWED_BY};
  json_t *owed = json_list(page->answer, "owed"), *one;
  struct html *html = &page->html;
  size_t i;

  part_heading(page, text_get(TEXT_PAGE_OWED, html->lang));
  if (json_array_size(owed) == 0) {
    part_paragraph(page, TEXT_PAGE_OWED_NONE);
    return;
  }
  H(html, "<div class=\"app-scroll\" tabindex=\"0\"><table class=\"govuk-table\"><caption "
          "class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_OWED);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(owed, i, one)
  {
    write_owed(page, one);
  }
  H(html, "</tbody></table></div>\n");
}

/* ---- on the receipt ---- */

static void write_form(struct page *page)
{
  struct choice choices[KINDS];

  for (size_t i = 0; i < KINDS; i++)
    choices[i] = (struct choice){.value = str_from(kinds[i].name),
                                 .label = text_get(kinds[i].text, page->html.lang)};
  part_heading(page, text_get(TEXT_PAGE_RETURN_RECORD, page->html.lang));
  form_begin(page, PAGE_RETURN_DO, page->request->args[0], true);
  form_choices(page,
               &(struct choices){
                 .name = "what", .label = TEXT_PAGE_RETURN_WHICH, .at = choices, .count = KINDS});
  form_input(page, &(struct input){.name = "how",
                                   .label = TEXT_PAGE_RETURN_HOW,
                                   .hint = TEXT_PAGE_RETURN_HOW_HINT,
                                   .type = "text"});
  form_day(page, "on", TEXT_PAGE_RETURN_DAY, DAY_NONE);
  form_button(page, TEXT_PAGE_RETURN_RECORD);
  form_end(page);
}

static void write_returned(struct page *page)
{
  json_t *returned = json_list(page->answer, "returned"), *one;
  struct html *html = &page->html;
  char day[WORD_INSTANT_MAX];
  size_t i;

  if (json_array_size(returned) == 0) return;
  part_rows_begin(page);
  json_array_foreach(returned, i, one)
  {
    part_row_begin(page, what_text(json_text(one, "what"), html->lang));
    html_text(html, word_when(day, json_text(one, "on"), html->lang));
    H(html, ". ");
    html_text(html, json_text(one, "how"));
    part_row_end(page);
  }
  part_rows_end(page);
}

void returned_show(struct page *page)
{
  json_t *owes = json_object_get(page->answer, "owes"), *one;
  enum lang lang = page->html.lang;
  char day[WORD_INSTANT_MAX];
  size_t i;

  write_returned(page);
  if (owes == NULL) return;
  part_heading(page, text_get(TEXT_PAGE_OWED, lang));
  part_rows_begin(page);
  json_array_foreach(json_list(owes, "what"), i, one)
  {
    part_row(page, what_text(str_from(json_string_value(one)), lang),
             word_when(day, json_text(owes, "until"), lang));
  }
  part_rows_end(page);
  write_form(page);
}

/* ---- recording ---- */

enum err ask_return(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "what");
  page_put(page, &body, "how");
  form_day_put(page, &body, "on");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures/%1/returns",
                                             .handler = on_disclosure_returned,
                                             .args = {page->request->args[0]},
                                             .body = &body});
}

void show_return_again(struct page *page)
{
  write_form(page);
}

void show_returned(struct page *page)
{
  page_go(page, PAGE_DISCLOSURE, page->request->args[0], "returned");
}
