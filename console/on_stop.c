/* A disclosure called back, and the stop-using notices that are owed: to whom, of which disclosure,
 * the notice itself to send or to print, and that it was acknowledged. Nothing on these pages names
 * a child or a reason, but the form that asks for the reason. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/returned.h"
#include "console/words.h"
#include "register/recall.h"

/* ---- calling back ---- */

void show_recall(struct page *page)
{
  struct choice reasons[RECALL_REASONS];
  enum lang lang = page->html.lang;
  size_t count = 0;

  for (unsigned i = RECALL_NONE + 1; i < RECALL_REASONS; i++)
    reasons[count++] =
      (struct choice){.value = str_from(recall_reason_name((enum recall_reason)i)),
                      .label = text_get(recall_reason_text((enum recall_reason)i), lang)};
  part_paragraph(page, TEXT_PAGE_RECALL_WHAT);
  form_begin(page, PAGE_RECALL_DO, page->request->args[0], true);
  form_choices(page, &(struct choices){.name = "reason",
                                       .label = TEXT_PAGE_RECALL_WHY,
                                       .hint = TEXT_PAGE_RECALL_WHY_HINT,
                                       .at = reasons,
                                       .count = count});
  form_button(page, TEXT_PAGE_RECALL);
  form_end(page);
}

enum err ask_recall(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "reason");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures/%1/recall",
                                             .handler = on_disclosure_recall,
                                             .args = {page->request->args[0]},
                                             .body = &body});
}

void show_recalled(struct page *page)
{
  page_go(page, PAGE_DISCLOSURE, page->request->args[0], "recalled");
}

/* ---- what is owed ---- */

enum err ask_stops(struct page *page)
{
  return page_call(page, &(struct page_call){
                           .method = "GET", .path = "/v1/stop-notices", .handler = on_stop_list});
}

static void write_stop(struct page *page, const json_t *one)
{
  json_t *to = json_object_get(one, "to");
  struct html *html = &page->html;
  char made[WORD_INSTANT_MAX];

  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
  part_link(page, PAGE_STOP, json_text(one, "notice"), TEXT_PAGE_OPEN_IT);
  H(html, "</th><td class=\"govuk-table__cell\">");
  html_text(html, json_text(to, "name"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  html_text(html, json_text(to, "organisation"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  html_text(html, word_when(made, json_text(one, "made"), html->lang));
  H(html, "</td></tr>");
}

static void write_stops(struct page *page)
{
  static const enum text_id columns[] = {TEXT_PAGE_STOP, TEXT_PAGE_SHARE_TO, TEXT_PAGE_ORGANISATION,
                                         TEXT_PAGE_STOP_SINCE};
  json_t *notices = json_list(page->answer, "notices"), *one;
  struct html *html = &page->html;
  size_t i;

  if (json_array_size(notices) == 0) {
    part_inset(page, TEXT_PAGE_STOPS_NONE);
    return;
  }
  H(html, "<div class=\"app-scroll\" tabindex=\"0\"><table class=\"govuk-table\"><caption "
          "class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_STOPS);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(notices, i, one)
  {
    write_stop(page, one);
  }
  H(html, "</tbody></table></div>\n");
}

void show_stops(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_STOPS_WHAT);
  write_stops(page);
  returned_show_owed(page);
  part_more(page, PAGE_STOPS);
}

/* ---- one notice ---- */

enum err ask_stop(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/stop-notices/%1",
                                             .handler = on_stop_get,
                                             .args = {page->request->args[0]}});
}

enum err ask_stop_package(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/stop-notices/%1/package",
                                             .handler = on_stop_package,
                                             .args = {page->request->args[0]}});
}

/* As it goes out, in both languages: what a receiver without a key is given on paper. */
static void write_duty(struct page *page)
{
  const json_t *duty = json_object_get(json_object_get(page->answer, "content"), "duty");
  struct html *html = &page->html;

  part_heading(page, text_get(TEXT_PAGE_STOP_WORDS, html->lang));
  H(html, "<p class=\"govuk-body\" lang=\"cy\">");
  html_text(html, json_text(duty, "cy"));
  H(html, "</p><p class=\"govuk-body\" lang=\"en\">");
  html_text(html, json_text(duty, "en"));
  H(html, "</p>\n");
}

static void write_facts(struct page *page)
{
  json_t *to = json_object_get(page->answer, "to");
  bool is_owed = str_is(json_text(page->answer, "state"), "owed");
  enum lang lang = page->html.lang;
  char when[WORD_INSTANT_MAX];

  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_STATE, lang),
           text_get(is_owed ? TEXT_PAGE_STOP_OWED : TEXT_PAGE_STOP_ACKNOWLEDGED, lang));
  part_row(page, text_get(TEXT_PAGE_SHARE_TO, lang), json_text(to, "name"));
  part_row(page, text_get(TEXT_PAGE_ORGANISATION, lang), json_text(to, "organisation"));
  part_row(page, text_get(TEXT_PAGE_STOP_DISCLOSURE, lang), json_text(page->answer, "disclosure"));
  part_row(page, text_get(TEXT_PAGE_STOP_SINCE, lang),
           word_when(when, json_text(page->answer, "made"), lang));
  if (!is_owed)
    part_row(page, text_get(TEXT_PAGE_STOP_DAY, lang),
             word_when(when, json_text(page->answer, "acknowledged"), lang));
  part_rows_end(page);
}

static void write_form(struct page *page)
{
  part_heading(page, text_get(TEXT_PAGE_STOP_RECORD, page->html.lang));
  form_begin(page, PAGE_STOP_DO, page->request->args[0], true);
  form_day(page, "on", TEXT_PAGE_STOP_DAY, DAY_NONE);
  form_button(page, TEXT_PAGE_STOP_RECORD);
  form_end(page);
}

void show_stop(struct page *page)
{
  json_t *to = json_object_get(page->answer, "to");

  part_done(page);
  write_facts(page);
  write_duty(page);
  if (json_is_true(json_object_get(to, "has_key")))
    part_link_line(page, PAGE_STOP_PACKAGE, page->request->args[0], TEXT_PAGE_STOP_FETCH);
  else
    part_paragraph(page, TEXT_PAGE_STOP_PRINT);
  if (str_is(json_text(page->answer, "state"), "owed")) write_form(page);
}

void show_stop_again(struct page *page)
{
  write_form(page);
}

enum err ask_stop_done(struct page *page)
{
  struct json body;

  page_body(page, &body);
  form_day_put(page, &body, "on");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/stop-notices/%1/acknowledgement",
                                             .handler = on_stop_acknowledge,
                                             .args = {page->request->args[0]},
                                             .body = &body});
}

void show_stop_done(struct page *page)
{
  page_go(page, PAGE_STOP, page->request->args[0], "acknowledged");
}
