/* Notices: what the register tells this person, and the word that settles each. It shows what the
 * answer shows, and knows nothing of a child besides. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"

enum err ask_notices(struct page *page)
{
  return page_call(
    page, &(struct page_call){.method = "GET", .path = "/v1/notices", .handler = on_notice_list});
}

/* ---- one notice ---- */

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

static void write_when(struct page *page, enum text_id key, struct str value)
{
  char text[WORD_INSTANT_MAX];

  if (value.len > 0) write_row(page, key, word_when(text, value, page->html.lang));
}

static void write_child(struct page *page, const json_t *one)
{
  struct str entry = json_text(one, "entry");

  if (entry.len == 0) return;
  part_row_begin(page, text_get(TEXT_PAGE_CHILD, page->html.lang));
  value_name(&page->html, json_object_get(one, "fields"));
  H(&page->html, " ");
  part_link(page, PAGE_RECORD, entry, TEXT_PAGE_NOTICE_RECORD);
  part_row_end(page);
}

/* What the deed itself said, by the names of its members. */
static void write_said(struct page *page, const json_t *said)
{
  struct str disclosure = json_text(said, "disclosure");

  write_row(page, TEXT_PAGE_NOTICE_TO, json_text(said, "to"));
  write_when(page, TEXT_PAGE_NOTICE_ENDS, json_text(said, "ends"));
  if (disclosure.len == 0) return;
  part_row_begin(page, text_get(TEXT_PAGE_DISCLOSURE, page->html.lang));
  part_link(page, PAGE_DISCLOSURE, disclosure, TEXT_PAGE_NOTICE_DISCLOSURE);
  part_row_end(page);
}

static void write_due(struct page *page, const json_t *one)
{
  struct html *html = &page->html;
  char text[WORD_INSTANT_MAX];

  if (json_text(one, "due").len == 0) return;
  part_row_begin(page, text_get(TEXT_PAGE_NOTICE_DUE, html->lang));
  html_text(html, word_when(text, json_text(one, "due"), html->lang));
  if (json_is_true(json_object_get(one, "is_overdue"))) {
    H(html, " <strong class=\"govuk-tag govuk-tag--red\">");
    html_say(html, TEXT_PAGE_NOTICE_LATE);
    H(html, "</strong>");
  }
  part_row_end(page);
}

static void write_settle(struct page *page, const json_t *one)
{
  struct str id = json_text(one, "notice");

  if (!str_is(json_text(one, "state"), "waiting")) return;
  if (json_is_true(json_object_get(one, "needs_day"))) {
    part_link_line(page, PAGE_NOTICE_AGAIN, id, TEXT_PAGE_NOTICE_AGAIN);
    return;
  }
  if (json_is_true(json_object_get(one, "needs_words"))) {
    part_link_line(page, PAGE_NOTICE_REVIEW, id, TEXT_PAGE_NOTICE_REVIEW);
    return;
  }
  form_begin(page, PAGE_NOTICE_REVIEW_DO, id, false);
  form_button(page, TEXT_PAGE_NOTICE_SEEN);
  form_end(page);
}

static void write_one(struct page *page, const json_t *one)
{
  bool waits = str_is(json_text(one, "state"), "waiting");

  part_heading(page, json_text(one, "what"));
  if (waits) part_inset_text(page, json_text(one, "what_to_do"));
  part_rows_begin(page);
  write_child(page, one);
  write_row(page, TEXT_PAGE_NOTICE_ABOUT, json_text(one, "about"));
  write_when(page, TEXT_PAGE_NOTICE_MADE, json_text(one, "made"));
  write_due(page, one);
  write_row(page, TEXT_PAGE_NOTICE_WORDS, json_text(one, "words"));
  write_said(page, json_object_get(one, "said"));
  write_row(page, TEXT_PAGE_NOTICE_DONE_BY, json_text(one, "done_by"));
  write_when(page, TEXT_PAGE_NOTICE_DONE, json_text(one, "done"));
  write_row(page, TEXT_PAGE_NOTICE_FOUND, json_text(one, "found"));
  part_rows_end(page);
  write_settle(page, one);
}

void show_notices(struct page *page)
{
  json_t *notices = json_list(page->answer, "notices"), *one;
  size_t i;

  part_done(page);
  if (json_array_size(notices) == 0) part_inset(page, TEXT_PAGE_NOTICES_NONE);
  json_array_foreach(notices, i, one)
  {
    write_one(page, one);
  }
  part_more(page, PAGE_NOTICES);
}

/* ---- settling one ---- */

enum err ask_notice_answer(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "words");
  page_point_named(page, "again");
  form_day_put(page, &body, "again");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/notices/%1/answers",
                                             .handler = on_notice_answer,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}

void show_notice_review(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_NOTICE_REVIEW_HOW);
  form_begin(page, PAGE_NOTICE_REVIEW_DO, page->request->args[0], true);
  form_input(page, &(struct input){.name = "words", .label = TEXT_PAGE_NOTICE_FOUND});
  form_button(page, TEXT_PAGE_NOTICE_SETTLE);
  form_end(page);
}

void show_notice_again(struct page *page)
{
  part_paragraph(page, TEXT_NOTICE_REVIEW_DUE_DO);
  form_begin(page, PAGE_NOTICE_AGAIN_DO, page->request->args[0], true);
  form_input(page, &(struct input){.name = "words", .label = TEXT_PAGE_NOTICE_AGAIN_WHY});
  form_day(page, "again", TEXT_PAGE_NOTICE_AGAIN_ON, DAY_NONE);
  form_button(page, TEXT_PAGE_NOTICE_SETTLE);
  form_end(page);
}

void show_notice_answered(struct page *page)
{
  page_go(page, PAGE_NOTICES, (struct str){0}, "notice");
}
