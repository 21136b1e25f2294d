/* Budgets of children: one's own as they stand; for whom a rule lets raise one, those that are used
 * up or nearly, the raises in force, and the form that raises one. No child stands here. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/words.h"

enum err ask_budgets(struct page *page)
{
  return page_call(
    page, &(struct page_call){.method = "GET", .path = "/v1/budgets", .handler = on_budget_list});
}

/* ---- how they stand ---- */

static struct str window_said(const struct page *page, struct str window)
{
  static const struct {
    const char *name;
    enum text_id text;
  } windows[] = {
    {"hour", TEXT_BUDGET_HOUR}, {"day", TEXT_BUDGET_DAY}, {"month", TEXT_BUDGET_MONTH}};

  for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++)
    if (str_is(window, windows[i].name)) return text_get(windows[i].text, page->html.lang);
  return window;
}

static struct str purpose_said(const struct page *page, const json_t *one)
{
  struct str purpose = json_text(one, "purpose");

  return purpose.len > 0 ? part_policy_word(page, POLICY_PURPOSE, purpose)
                         : text_get(TEXT_BUDGET_ALL_PURPOSES, page->html.lang);
}

static void cell_begin(struct html *html, bool is_head)
{
  if (is_head)
    H(html, "<th scope=\"row\" class=\"govuk-table__header\">");
  else
    H(html, "<td class=\"govuk-table__cell\">");
}

static void cell(struct html *html, struct str text)
{
  cell_begin(html, false);
  html_text(html, text);
  H(html, "</td>");
}

static void cell_number(struct html *html, const json_t *window, const char *key)
{
  cell_begin(html, false);
  html_number(html, (uint64_t)json_integer_value(json_object_get(window, key)));
  H(html, "</td>");
}

static void write_state(struct html *html, struct str state)
{
  if (str_is(state, "room")) return;
  H(html, " <strong class=\"govuk-tag govuk-tag--red\">");
  html_say(html, str_is(state, "over") ? TEXT_PAGE_BUDGET_OVER : TEXT_PAGE_BUDGET_NEAR);
  H(html, "</strong>");
}

/* One row for each window of a budget; the first says whose it is. */
static void write_budget(struct page *page, const json_t *one, bool with_name)
{
  struct html *html = &page->html;
  json_t *window;
  size_t i;

  json_array_foreach(json_list(one, "windows"), i, window)
  {
    H(html, "<tr class=\"govuk-table__row\">");
    cell_begin(html, true);
    if (with_name) {
      html_text(html, json_text(one, "name"));
      H(html, ": ");
    }
    html_text(html, purpose_said(page, one));
    if (i == 0) write_state(html, json_text(one, "state"));
    H(html, "</th>");
    cell(html, window_said(page, json_text(window, "window")));
    cell_number(html, window, "used");
    cell_number(html, window, "limit");
    cell_number(html, window, "left");
    H(html, "</tr>\n");
  }
}

static void write_table(struct page *page, const char *key, enum text_id caption, bool with_name)
{
  static const enum text_id columns[] = {TEXT_PAGE_BUDGET_WHAT, TEXT_PAGE_BUDGET_WINDOW,
                                         TEXT_PAGE_BUDGET_USED, TEXT_PAGE_BUDGET_LIMIT,
                                         TEXT_PAGE_BUDGET_LEFT};
  struct html *html = &page->html;
  json_t *one;
  size_t i;

  H(html, "<table class=\"govuk-table app-even\"><caption class=\"govuk-table__caption "
          "govuk-table__caption--m\">");
  html_say(html, caption);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(json_list(page->answer, key), i, one)
  {
    write_budget(page, one, with_name);
  }
  H(html, "</tbody></table>\n");
}

static void write_own(struct page *page)
{
  if (json_array_size(json_list(page->answer, "own")) == 0)
    part_inset(page, TEXT_PAGE_BUDGET_UNUSED);
  else
    write_table(page, "own", TEXT_PAGE_BUDGET_OWN, false);
}

static void write_raise(struct page *page, const json_t *one)
{
  enum lang lang = page->html.lang;
  char day[WORD_INSTANT_MAX];

  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_BUDGET_WHOSE, lang), json_text(one, "name"));
  part_row(page, text_get(TEXT_PAGE_BUDGET_WHAT, lang), purpose_said(page, one));
  part_row(page, text_get(TEXT_PAGE_BUDGET_WINDOW, lang),
           window_said(page, json_text(one, "window")));
  part_row_begin(page, text_get(TEXT_PAGE_BUDGET_MORE, lang));
  html_number(&page->html, (uint64_t)json_integer_value(json_object_get(one, "more")));
  part_row_end(page);
  part_row(page, text_get(TEXT_PAGE_BUDGET_UNTIL, lang),
           word_when(day, json_text(one, "until"), lang));
  part_row(page, text_get(TEXT_PAGE_BUDGET_BY, lang), json_text(one, "by"));
  part_row(page, text_get(TEXT_PAGE_BUDGET_REASON, lang), json_text(one, "reason"));
  part_rows_end(page);
}

static void write_others(struct page *page)
{
  json_t *raises = json_list(page->answer, "raises"), *one;
  size_t i;

  if (json_array_size(json_list(page->answer, "near")) == 0)
    part_inset(page, TEXT_PAGE_BUDGET_NOBODY_NEAR);
  else
    write_table(page, "near", TEXT_PAGE_BUDGET_OTHERS, true);
  part_link_line(page, PAGE_BUDGET_RAISE, (struct str){0}, TEXT_PAGE_BUDGET_RAISE);
  if (json_array_size(raises) > 0)
    part_heading(page, text_get(TEXT_PAGE_BUDGET_RAISES, page->html.lang));
  json_array_foreach(raises, i, one)
  {
    write_raise(page, one);
  }
}

static void write_list(struct page *page, enum text_id key, const json_t *list, bool are_purposes)
{
  struct html *html = &page->html;
  json_t *one;
  size_t i;

  part_row_begin(page, text_get(key, html->lang));
  json_array_foreach(list, i, one)
  {
    struct str text = str_from(json_string_value(one));

    if (i > 0) H(html, ", ");
    html_text(html, are_purposes ? part_policy_word(page, POLICY_PURPOSE, text) : text);
  }
  part_row_end(page);
}

static void write_words(struct page *page, const json_t *one)
{
  enum lang lang = page->html.lang;
  char day[WORD_INSTANT_MAX];

  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_BUDGET_WORDS, lang), json_text(one, "words"));
  part_row_begin(page, text_get(TEXT_PAGE_BUDGET_REQUESTS, lang));
  html_number(&page->html, (uint64_t)json_integer_value(json_object_get(one, "requests")));
  part_row_end(page);
  write_list(page, TEXT_PAGE_BUDGET_PEOPLE, json_list(one, "people"), false);
  write_list(page, TEXT_PAGE_BUDGET_WHAT, json_list(one, "purposes"), true);
  part_row(page, text_get(TEXT_PAGE_BUDGET_FIRST, lang),
           word_when(day, json_text(one, "first"), lang));
  part_row(page, text_get(TEXT_PAGE_BUDGET_LAST, lang),
           word_when(day, json_text(one, "last"), lang));
  part_rows_end(page);
}

static void write_repeated(struct page *page)
{
  json_t *repeated = json_list(page->answer, "repeated"), *one;
  size_t i;

  if (json_array_size(repeated) == 0) return;
  part_heading(page, text_get(TEXT_PAGE_BUDGET_REPEATED, page->html.lang));
  json_array_foreach(repeated, i, one)
  {
    write_words(page, one);
  }
}

void show_budgets(struct page *page)
{
  part_done(page);
  part_paragraph(page, TEXT_PAGE_BUDGET_HOW);
  part_inset_text(page, json_text(page->answer, "why"));
  write_own(page);
  if (json_is_true(json_object_get(page->answer, "may_raise"))) write_others(page);
  write_repeated(page);
}

/* ---- raising one ---- */

#define PURPOSES_MAX 64

static void write_purposes(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice purposes[PURPOSES_MAX];
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_PURPOSE) && count < PURPOSES_MAX; i++)
    purposes[count++] = part_policy_choice(page, POLICY_PURPOSE, (uint8_t)i);
  form_select(page,
              &(struct choices){
                .name = "purpose", .label = TEXT_PAGE_BUDGET_WHAT, .at = purposes, .count = count});
}

static void write_windows(struct page *page)
{
  enum lang lang = page->html.lang;
  const struct choice windows[] = {
    {.value = STR("hour"), .label = text_get(TEXT_BUDGET_HOUR, lang)},
    {.value = STR("day"), .label = text_get(TEXT_BUDGET_DAY, lang)},
    {.value = STR("month"), .label = text_get(TEXT_BUDGET_MONTH, lang)}};

  form_choices(page, &(struct choices){.name = "window",
                                       .label = TEXT_PAGE_BUDGET_WINDOW,
                                       .at = windows,
                                       .count = sizeof windows / sizeof windows[0]});
}

void show_budget_raise(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_BUDGET_RAISE_HOW);
  form_begin(page, PAGE_BUDGET_RAISE_DO, (struct str){0}, true);
  form_input(page, &(struct input){.name = "user",
                                   .label = TEXT_PAGE_BUDGET_USER,
                                   .hint = TEXT_PAGE_BUDGET_USER_HINT,
                                   .type = "text"});
  form_input(page, &(struct input){.name = "recipient",
                                   .label = TEXT_PAGE_BUDGET_RECIPIENT,
                                   .hint = TEXT_PAGE_BUDGET_RECIPIENT_HINT,
                                   .type = "text"});
  write_purposes(page);
  write_windows(page);
  form_input(page, &(struct input){
                     .name = "more", .label = TEXT_PAGE_BUDGET_MORE, .type = "text", .width = 5});
  form_day(page, "until", TEXT_PAGE_BUDGET_UNTIL, DAY_NONE);
  form_input(page, &(struct input){.name = "reason", .label = TEXT_PAGE_BUDGET_REASON});
  form_button(page, TEXT_PAGE_BUDGET_RAISE);
  form_end(page);
}

/* A number where a number is typed; anything else goes as it is, and the API says what is wrong. */
static void put_more(struct page *page, struct json *body)
{
  struct str typed = str_trim(form_get(&page->form, "more"));
  uint64_t more;

  page_point_named(page, "more");
  JSON_KEY(body, "more");
  if (str_to_u64(typed, &more) && more <= INT32_MAX)
    json_int(body, (int64_t)more);
  else
    json_str(body, typed);
}

static void put_optional(struct page *page, struct json *body, const char *name)
{
  struct str typed = str_trim(form_get(&page->form, name));

  page_point_named(page, name);
  if (typed.len == 0) return;
  json_key(body, str_from(name));
  json_str(body, typed);
}

enum err ask_budget_raise(struct page *page)
{
  struct json body;

  page_body(page, &body);
  put_optional(page, &body, "user");
  put_optional(page, &body, "recipient");
  put_optional(page, &body, "purpose");
  put_optional(page, &body, "window");
  put_more(page, &body);
  form_day_put(page, &body, "until");
  put_optional(page, &body, "reason");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/budgets/raises",
                                             .handler = on_budget_raise,
                                             .body = &body});
}

void show_budget_raised(struct page *page)
{
  page_go(page, PAGE_BUDGETS, (struct str){0}, "raised");
}
