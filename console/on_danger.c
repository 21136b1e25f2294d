/* A child is in danger now: the one short grant of immediate protection (rule BG), asked for in
 * plain words. The answer is shown once and is not asked for again by a button, since each asking
 * breaks the glass anew. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/parts.h"
#include "console/words.h"

#define PURPOSE "immediate_protection" /* the policy's words */
#define DANGER "imminent_danger"

bool danger_is_offered(const struct page *page)
{
  return !fieldset_is_empty(may_ask_for_purpose(page, PURPOSE));
}

/* ---- asking ---- */

static void put_fields(struct page *page, struct json *json)
{
  page_point(page, STR("/fields"), STR("fields"));
  JSON_KEY(json, "fields");
  json_array_start(json);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "fields")) json_str(json, page->form.at[i].value);
  json_array_end(json);
}

enum err ask_danger(struct page *page)
{
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "purposes");
  json_array_start(&body);
  json_str(&body, STR(PURPOSE));
  json_array_end(&body);
  page_point(page, STR("/basis"), STR("basis"));
  JSON_KEY(&body, "basis");
  json_object_start(&body);
  JSON_KEY(&body, "kind");
  json_str(&body, form_get(&page->form, "basis"));
  json_object_end(&body);
  page_put(page, &body, "necessity");
  page_put(page, &body, "urgency");
  put_fields(page, &body);
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/entries/%1/views",
                                             .handler = on_entry_view,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}

/* ---- the form ---- */

static void write_danger(struct page *page)
{
  const struct choice yes = {.value = STR(DANGER),
                             .label = text_get(TEXT_PAGE_DANGER_YES, page->html.lang)};

  form_choices(page, &(struct choices){.name = "urgency",
                                       .label = TEXT_PAGE_DANGER_URGENT,
                                       .at = &yes,
                                       .count = 1,
                                       .is_many = true});
  form_input(page, &(struct input){.name = "necessity",
                                   .label = TEXT_PAGE_DANGER_WHY,
                                   .hint = TEXT_PAGE_DANGER_WHY_HINT});
}

static void write_basis(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  static const char *const names[] = {"vital_interests", "statutory_duty"};
  struct choice choices[2];

  for (size_t i = 0; i < 2; i++)
    choices[i] =
      part_policy_choice(page, POLICY_BASIS, policy_word(policy, POLICY_BASIS, str_from(names[i])));
  form_choices(page, &(struct choices){.name = "basis",
                                       .label = TEXT_PAGE_DANGER_BASIS,
                                       .at = choices,
                                       .count = 2,
                                       .value = str_from(names[0])});
}

static void write_fields(struct page *page)
{
  struct fieldset offered = may_ask_for_purpose(page, PURPOSE);
  struct choice choices[FIELDSET_MAX];
  size_t count = 0;

  while (!fieldset_is_empty(offered))
    choices[count++] = part_policy_choice(page, POLICY_FIELD, (uint8_t)fieldset_take(&offered));
  form_choices(page, &(struct choices){.name = "fields",
                                       .label = TEXT_PAGE_DANGER_FIELDS,
                                       .hint = TEXT_PAGE_DANGER_FIELDS_HINT,
                                       .at = choices,
                                       .count = count,
                                       .is_many = true});
}

void show_danger(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_DANGER_WHAT);
  part_inset(page, TEXT_PAGE_DANGER_OTHERS);
  form_begin(page, PAGE_DANGER_DO, page->request->args[0], true);
  write_danger(page);
  write_basis(page);
  write_fields(page);
  form_button(page, TEXT_PAGE_DANGER_OPEN);
  form_end(page);
}

/* ---- what was opened ---- */

void show_danger_given(struct page *page)
{
  struct html *html = &page->html;
  char text[WORD_INSTANT_MAX];

  H(html, "<div class=\"govuk-inset-text\" role=\"status\">");
  html_say_with(html, TEXT_PAGE_DANGER_GIVEN,
                word_when(text, json_text(page->answer, "ends"), html->lang));
  H(html, "</div>\n");
  show_record(page);
}
