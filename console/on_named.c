/* Named workers of one child, for the safeguarding lead: who is let in and until when, a proposal
 * that waits for a second person, and an end before its day. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/parts.h"
#include "console/words.h"

bool named_is_offered(const struct page *page)
{
  return may_act(page, "name_worker");
}

/* ---- asking ---- */

enum err ask_named(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/entries/%1/named-workers",
                                             .handler = on_named_worker_list,
                                             .args = {page->request->args[0]}});
}

enum err ask_named_make(struct page *page)
{
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "id");
  json_str(&body, page->request->args[0]);
  page_put(page, &body, "officer");
  page_put(page, &body, "purpose");
  page_put(page, &body, "reason");
  page_point_named(page, "until");
  form_day_put(page, &body, "until");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/named-workers",
                                             .handler = on_named_worker_make,
                                             .body = &body});
}

/* The child's id stands in the form, so that the page after it is the child's again. */
enum err ask_named_end(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "DELETE",
                                             .path = "/v1/named-workers/%1",
                                             .handler = on_named_worker_end,
                                             .args = {page->request->args[0]}});
}

enum err ask_named_decide(struct page *page)
{
  return form_decide_call(page, "/v1/named-workers/%1/approvals", on_named_worker_approve);
}

/* ---- the form ---- */

/* What the worker would be assigned for; the first is nothing. */
static void write_purpose(struct page *page)
{
  static const char *const names[] = {"register_maintenance", "education_suitability",
                                      "support_provision"};
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice choices[1 + sizeof names / sizeof names[0]] = {
    {.value = {"", 0}, .label = text_get(TEXT_PAGE_NAMED_NO_PURPOSE, page->html.lang)}};
  size_t count = 1;

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    choices[count++] = part_policy_choice(page, POLICY_PURPOSE,
                                          policy_word(policy, POLICY_PURPOSE, str_from(names[i])));
  form_select(page, &(struct choices){.name = "purpose",
                                      .label = TEXT_PAGE_NAMED_PURPOSE,
                                      .hint = TEXT_PAGE_NAMED_PURPOSE_HINT,
                                      .at = choices,
                                      .count = count});
}

void show_named_form(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_NAMED_HOW);
  form_begin(page, PAGE_NAMED_MAKE, page->request->args[0], true);
  form_input(page, &(struct input){.name = "officer",
                                   .label = TEXT_PAGE_NAMED_OFFICER,
                                   .hint = TEXT_PAGE_NAMED_OFFICER_HINT,
                                   .type = "text",
                                   .width = 20});
  write_purpose(page);
  form_input(page, &(struct input){.name = "reason", .label = TEXT_PAGE_NAMED_REASON});
  form_day(page, "until", TEXT_PAGE_NAMED_UNTIL, DAY_NONE);
  form_button(page, TEXT_PAGE_NAMED_PROPOSE);
  form_end(page);
}

/* ---- who is named ---- */

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

static void write_end(struct page *page, const json_t *one)
{
  form_begin(page, PAGE_NAMED_END, json_text(one, "id"), false);
  html_hidden(&page->html, STR("entry"), json_text(one, "entry"));
  form_button(page, TEXT_PAGE_NAMED_END);
  form_end(page);
}

static void write_one(struct page *page, const json_t *one)
{
  bool is_in = json_is_true(json_object_get(one, "approved"));
  char text[WORD_INSTANT_MAX];

  part_rows_begin(page);
  write_row(page, TEXT_PAGE_NAMED_OFFICER, json_text(one, "officer"));
  write_row(page, TEXT_PAGE_NAMED_STATE,
            text_get(is_in ? TEXT_PAGE_NAMED_IN : TEXT_NAMED_WAITS, page->html.lang));
  write_row(page, TEXT_PAGE_NAMED_UNTIL, word_when(text, json_text(one, "until"), page->html.lang));
  if (json_text(one, "purpose").len > 0)
    write_row(page, TEXT_PAGE_NAMED_PURPOSE,
              part_policy_word(page, POLICY_PURPOSE, json_text(one, "purpose")));
  write_row(page, TEXT_PAGE_NAMED_REASON, json_text(one, "reason"));
  write_row(page, TEXT_PAGE_ASKED_BY, json_text(one, "by"));
  write_row(page, TEXT_PAGE_NAMED_AGREED, json_text(one, "agreed_by"));
  part_rows_end(page);
  write_end(page, one);
}

void show_named(struct page *page)
{
  json_t *named = json_list(page->answer, "named_workers"), *one;
  size_t i;

  part_done(page);
  if (json_array_size(named) == 0) part_inset(page, TEXT_PAGE_NAMED_NONE);
  json_array_foreach(named, i, one)
  {
    write_one(page, one);
  }
  part_heading(page, text_get(TEXT_PAGE_NAMED_PROPOSE, page->html.lang));
  show_named_form(page);
}

void show_named_made(struct page *page)
{
  page_go(page, PAGE_NAMED, page->request->args[0], "named");
}

void show_named_ended(struct page *page)
{
  page_go(page, PAGE_NAMED, form_get(&page->form, "entry"), "named-end");
}
