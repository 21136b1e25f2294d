/* Deputies: who agrees in whose stead and until when, the form that names one, and an end before
 * its day. One's own, and for who manages accounts anybody's. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/parts.h"
#include "console/words.h"

/* ---- asking ---- */

enum err ask_deputies(struct page *page)
{
  return page_call(
    page, &(struct page_call){.method = "GET", .path = "/v1/deputies", .handler = on_deputy_list});
}

enum err ask_deputy_make(struct page *page)
{
  struct json body;

  page_body(page, &body);
  if (form_get(&page->form, "user").len > 0) page_put(page, &body, "user");
  page_put(page, &body, "deputy");
  page_point_named(page, "from");
  form_day_put(page, &body, "from");
  page_point_named(page, "until");
  form_day_put(page, &body, "until");
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/deputies", .handler = on_deputy_make, .body = &body});
}

enum err ask_deputy_end(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "DELETE",
                                             .path = "/v1/deputies/%1",
                                             .handler = on_deputy_end,
                                             .args = {page->request->args[0]}});
}

enum err ask_deputy_decide(struct page *page)
{
  return form_decide_call(page, "/v1/deputies/%1/approvals", on_deputy_approve);
}

/* ---- the form ---- */

void show_deputy_form(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_DEPUTIES_HOW);
  form_begin(page, PAGE_DEPUTY_MAKE, (struct str){0}, true);
  if (may_act(page, "manage_users"))
    form_input(page, &(struct input){.name = "user",
                                     .label = TEXT_PAGE_DEPUTY_FOR,
                                     .hint = TEXT_PAGE_DEPUTY_FOR_HINT,
                                     .type = "text",
                                     .width = 20});
  form_input(page, &(struct input){.name = "deputy",
                                   .label = TEXT_PAGE_DEPUTY,
                                   .hint = TEXT_PAGE_DEPUTY_HINT,
                                   .type = "text",
                                   .width = 20});
  form_day(page, "from", TEXT_PAGE_DEPUTY_FROM, DAY_NONE);
  form_day(page, "until", TEXT_PAGE_DEPUTY_UNTIL, DAY_NONE);
  form_button(page, TEXT_PAGE_DEPUTY_NAME);
  form_end(page);
}

/* ---- who is one ---- */

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

void deputy_rows(struct page *page, const json_t *one)
{
  char text[WORD_INSTANT_MAX];
  enum lang lang = page->html.lang;

  write_row(page, TEXT_PAGE_DEPUTY_COVERS, json_text(one, "covers"));
  write_row(page, TEXT_PAGE_DEPUTY, json_text(one, "deputy"));
  write_row(page, TEXT_PAGE_DEPUTY_FROM, word_when(text, json_text(one, "from"), lang));
  write_row(page, TEXT_PAGE_DEPUTY_UNTIL, word_when(text, json_text(one, "until"), lang));
}

static void write_one(struct page *page, const json_t *one)
{
  bool is_in = json_is_true(json_object_get(one, "approved"));

  part_rows_begin(page);
  deputy_rows(page, one);
  write_row(page, TEXT_PAGE_DEPUTY_STATE,
            text_get(is_in ? TEXT_PAGE_DEPUTY_IN_FORCE : TEXT_DEPUTY_WAITS, page->html.lang));
  write_row(page, TEXT_PAGE_ASKED_BY, json_text(one, "by"));
  write_row(page, TEXT_PAGE_DEPUTY_AGREED, json_text(one, "agreed_by"));
  part_rows_end(page);
  form_begin(page, PAGE_DEPUTY_END, json_text(one, "id"), false);
  form_button(page, TEXT_PAGE_DEPUTY_END);
  form_end(page);
}

void show_deputies(struct page *page)
{
  json_t *deputies = json_list(page->answer, "deputies"), *one;
  size_t i;

  part_done(page);
  if (json_array_size(deputies) == 0) part_inset(page, TEXT_PAGE_DEPUTIES_NONE);
  json_array_foreach(deputies, i, one)
  {
    write_one(page, one);
  }
  if (!json_is_true(json_object_get(page->answer, "may_name")) && !may_act(page, "manage_users"))
    return;
  part_heading(page, text_get(TEXT_PAGE_DEPUTY_NAME, page->html.lang));
  show_deputy_form(page);
}

void show_deputy_made(struct page *page)
{
  page_go(page, PAGE_DEPUTIES, (struct str){0}, "deputy");
}

void show_deputy_ended(struct page *page)
{
  page_go(page, PAGE_DEPUTIES, (struct str){0}, "deputy-end");
}
