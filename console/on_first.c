/* First safety decisions: what waits, what the sheet or the caller said about safety, whom a row
 * resembles; decided in batches by the safeguarding lead. What resembles somebody protected is
 * decided alone. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"

enum err ask_waiting(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/first-decisions",
                                             .handler = on_first_decision_list});
}

static void write_compared(struct page *page, const json_t *row)
{
  struct html *html = &page->html;
  struct str compared = json_text(row, "compared");
  json_t *resembles = json_list(row, "resembles"), *one;
  size_t i;

  if (str_is(compared, "hit"))
    html_say(html, TEXT_PAGE_COMPARED_HIT);
  else if (str_is(compared, "no_hit"))
    html_say(html, TEXT_PAGE_COMPARED_NO_HIT);
  else
    html_say(html, TEXT_PAGE_COMPARED_NOT_YET);
  json_array_foreach(resembles, i, one)
  {
    struct str id = {json_string_value(one), json_string_length(one)};

    H(html, " ");
    part_link(page, PAGE_RECORD_ASK, id, TEXT_PAGE_RESEMBLES);
  }
}

static void write_waiting(struct page *page, const json_t *row, size_t n)
{
  struct html *html = &page->html;
  json_t *fields = json_object_get(row, "fields");

  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\"><div "
          "class=\"govuk-checkboxes govuk-checkboxes--small\"><div "
          "class=\"govuk-checkboxes__item\"><input class=\"govuk-checkboxes__input\" "
          "type=\"checkbox\" name=\"ids\" id=\"row-");
  html_number(html, n);
  H(html, "\" value=\"");
  html_text(html, json_text(row, "entry"));
  H(html, "\"");
  if (form_is_chosen(&page->form, "ids", json_text(row, "entry"))) H(html, " checked");
  H(html, "><label class=\"govuk-label govuk-checkboxes__label\" for=\"row-");
  html_number(html, n);
  H(html, "\">");
  value_name(html, fields);
  H(html, "</label></div></div></th><td class=\"govuk-table__cell\">");
  value_first_day(html, json_object_get(fields, "date_of_birth"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  value_list(html, json_object_get(fields, "shield_reason"));
  H(html, "</td><td class=\"govuk-table__cell\">");
  write_compared(page, row);
  H(html, "</td></tr>\n");
}

static void write_table(struct page *page, json_t *waiting)
{
  static const enum text_id columns[] = {TEXT_PAGE_NAME, TEXT_PAGE_BORN, TEXT_PAGE_EVIDENCE,
                                         TEXT_PAGE_COMPARED};
  struct html *html = &page->html;
  json_t *row;
  size_t i;

  H(html, "<div class=\"app-scroll\" tabindex=\"0\"><table class=\"govuk-table\"><caption "
          "class=\"govuk-visually-hidden\">");
  html_say(html, TEXT_PAGE_CHILDREN);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(waiting, i, row)
  {
    write_waiting(page, row, i);
  }
  H(html, "</tbody></table></div>\n");
}

/* Unknown is no choice: it is what they have. None is chosen beforehand. */
static void write_levels(struct page *page)
{
  enum lang lang = page->html.lang;
  const struct choice levels[] = {
    {.value = STR("contact_protected"), .label = word_level(STR("contact_protected"), lang)},
    {.value = STR("hidden"), .label = word_level(STR("hidden"), lang)},
    {.value = STR("none"), .label = word_level(STR("none"), lang)},
  };

  form_choices(page, &(struct choices){.name = "level",
                                       .label = TEXT_PAGE_LEVEL,
                                       .hint = TEXT_PAGE_LEVEL_HINT,
                                       .at = levels,
                                       .count = 3});
}

void show_waiting(struct page *page)
{
  json_t *waiting = json_list(page->answer, "waiting");

  part_done(page);
  if (json_array_size(waiting) == 0) {
    part_inset(page, TEXT_PAGE_WAITING_NONE);
    return;
  }
  part_paragraph(page, TEXT_PAGE_WAITING_WHAT);
  form_begin(page, PAGE_FIRST_DO, (struct str){0}, false);
  write_table(page, waiting);
  write_levels(page);
  form_button(page, TEXT_PAGE_DECIDE);
  form_end(page);
  part_more(page, PAGE_FIRST);
}

enum err ask_first(struct page *page)
{
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "purposes");
  json_array_start(&body);
  json_str(&body, STR("safeguarding_enquiry"));
  json_array_end(&body);
  JSON_KEY(&body, "basis");
  json_object_start(&body);
  JSON_KEY(&body, "kind");
  json_str(&body, STR("statutory_duty"));
  json_object_end(&body);
  JSON_KEY(&body, "necessity");
  json_str(&body, text_get(TEXT_PAGE_WAITING, LANG_EN));
  JSON_KEY(&body, "ids");
  json_array_start(&body);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "ids")) json_str(&body, page->form.at[i].value);
  json_array_end(&body);
  page_put(page, &body, "level");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/first-decisions",
                                             .handler = on_first_decision_make,
                                             .body = &body});
}

static enum text_id outcome_text(struct str outcome)
{
  static const struct {
    const char *outcome;
    enum text_id text;
  } outcomes[] = {
    {"decided", TEXT_PAGE_FIRST_DECIDED},      {"already_decided", TEXT_PAGE_FIRST_ALREADY},
    {"needs_two_people", TEXT_PAGE_FIRST_TWO}, {"not_compared", TEXT_PAGE_COMPARED_NOT_YET},
    {"decide_alone", TEXT_PAGE_FIRST_ALONE},
  };

  for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
    if (str_is(outcome, outcomes[i].outcome)) return outcomes[i].text;
  return TEXT_PAGE_FIRST_ABSENT;
}

static void write_way_back(struct page *page)
{
  part_link_line(page, PAGE_FIRST, (struct str){0}, TEXT_PAGE_WAITING);
}

/* Nothing was decided; the list is made anew by whoever goes back to it. */
void show_first_refused(struct page *page)
{
  part_refusal(page);
  write_way_back(page);
}

/* What became of each; one that is not decided says why, and leads to its record. */
void show_first(struct page *page)
{
  struct html *html = &page->html;
  json_t *decisions = json_list(page->answer, "decisions"), *one;
  size_t i, undecided = 0;

  json_array_foreach(decisions, i, one)
  {
    if (!str_is(json_text(one, "outcome"), "decided")) undecided++;
  }
  part_inset(page, undecided == 0 ? TEXT_PAGE_FIRST_ALL : TEXT_PAGE_FIRST_SOME);
  if (undecided > 0) part_rows_begin(page);
  json_array_foreach(decisions, i, one)
  {
    if (str_is(json_text(one, "outcome"), "decided")) continue;
    H(html, "<div class=\"govuk-summary-list__row\"><dt class=\"govuk-summary-list__key\">");
    part_link(page, PAGE_RECORD_ASK, json_text(one, "entry"), TEXT_PAGE_RECORD);
    H(html, "</dt><dd class=\"govuk-summary-list__value\">");
    html_say(html, outcome_text(json_text(one, "outcome")));
    H(html, "</dd></div>\n");
  }
  if (undecided > 0) part_rows_end(page);
  write_way_back(page);
}
