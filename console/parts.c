/* The pieces that pages are made of, in the markup of govuk-frontend (its class names, our look).
 * See page.h. */
#include "console/parts.h"

#include "console/may.h"

void part_heading(struct page *page, struct str text)
{
  H(&page->html, "<h2 class=\"govuk-heading-m\">");
  html_text(&page->html, text);
  H(&page->html, "</h2>\n");
}

void part_paragraph(struct page *page, enum text_id id)
{
  H(&page->html, "<p class=\"govuk-body\">");
  html_say(&page->html, id);
  H(&page->html, "</p>\n");
}

void part_inset_text(struct page *page, struct str text)
{
  H(&page->html, "<div class=\"govuk-inset-text\">");
  html_text(&page->html, text);
  H(&page->html, "</div>\n");
}

void part_inset(struct page *page, enum text_id id)
{
  part_inset_text(page, text_get(id, page->html.lang));
}

static void write_link(struct page *page, enum page_id target, const struct str *args, size_t count,
                       enum text_id label)
{
  H(&page->html, "<a class=\"govuk-link\" href=\"");
  page_address_of(&page->html, target, args, count);
  H(&page->html, "\">");
  html_say(&page->html, label);
  H(&page->html, "</a>");
}

void part_link(struct page *page, enum page_id target, struct str arg, enum text_id label)
{
  write_link(page, target, &arg, 1, label);
}

void part_link_line_of(struct page *page, enum page_id target, const struct str *args, size_t count,
                       enum text_id label)
{
  H(&page->html, "<p class=\"govuk-body\">");
  write_link(page, target, args, count, label);
  H(&page->html, "</p>\n");
}

void part_link_line(struct page *page, enum page_id target, struct str arg, enum text_id label)
{
  part_link_line_of(page, target, &arg, 1, label);
}

void part_rows_begin(struct page *page)
{
  H(&page->html, "<dl class=\"govuk-summary-list\">\n");
}

void part_row_begin(struct page *page, struct str key)
{
  H(&page->html, "<div class=\"govuk-summary-list__row\"><dt class=\"govuk-summary-list__key\">");
  html_text(&page->html, key);
  H(&page->html, "</dt><dd class=\"govuk-summary-list__value\">");
}

void part_row_end(struct page *page)
{
  H(&page->html, "</dd></div>\n");
}

void part_row(struct page *page, struct str key, struct str value)
{
  part_row_begin(page, key);
  html_text(&page->html, value);
  part_row_end(page);
}

void part_rows_end(struct page *page)
{
  H(&page->html, "</dl>\n");
}

/* ---- refusals ---- */

static void write_steps(struct page *page)
{
  json_t *steps = json_list(page->answer, "missing_steps"), *step;
  size_t i;

  if (json_array_size(steps) == 0) return;
  part_paragraph(page, TEXT_PAGE_MISSING_STEPS);
  H(&page->html, "<ul class=\"govuk-list govuk-list--bullet\">");
  json_array_foreach(steps, i, step)
  {
    H(&page->html, "<li>");
    html_text(&page->html, json_text(step, "what"));
    H(&page->html, "</li>");
  }
  H(&page->html, "</ul>\n");
}

/* The words of the problem, as they came from the operation or the API. */
void part_problem(struct page *page)
{
  struct html *html = &page->html;
  struct str detail = json_text(page->answer, "detail"), rule = json_text(page->answer, "rule");

  H(html, "<p class=\"govuk-body\">");
  if (page->problem != TEXT_NONE)
    html_say(html, page->problem);
  else if (detail.len > 0)
    html_text(html, detail);
  else if (json_text(page->answer, "title").len > 0)
    html_text(html, json_text(page->answer, "title"));
  else
    html_say(html, page->row == NULL ? TEXT_PAGE_ABSENT_WHY : TEXT_PAGE_FAILED);
  H(html, "</p>\n");
  write_steps(page);
  if (json_object_get(page->answer, "budget") != NULL)
    part_link_line(page, PAGE_BUDGETS, (struct str){0}, TEXT_PAGE_BUDGET_MINE);
  if (rule.len > 0 && !str_is(rule, "R-00")) {
    H(html, "<p class=\"govuk-body-s\">");
    html_say_with(html, TEXT_PAGE_RULE, rule);
    H(html, "</p>\n");
  }
  if (json_text(page->answer, "instance").len > 0) {
    H(html, "<p class=\"govuk-body-s\">");
    html_say_with(html, TEXT_PAGE_REFERENCE, json_text(page->answer, "instance"));
    H(html, "</p>\n");
  }
}

void part_refusal(struct page *page)
{
  H(&page->html, "<div class=\"app-refusal\" role=\"alert\">");
  part_problem(page);
  H(&page->html, "</div>\n");
}

/* ---- what was done ---- */

void part_done(struct page *page)
{
  static const struct {
    const char *code;
    enum text_id text;
  } done[] = {
    {"note", TEXT_PAGE_DONE_NOTE},
    {"change", TEXT_PAGE_DONE_CHANGE},
    {"password", TEXT_PAGE_DONE_PASSWORD},
    {"event", TEXT_PAGE_DONE_EVENT},
    {"share", TEXT_PAGE_DONE_SHARE},
    {"share-waits", TEXT_PAGE_DONE_SHARE_WAITS},
    {"agreed", TEXT_PAGE_DONE_AGREED},
    {"declined", TEXT_PAGE_DONE_DECLINED},
    {"recipient", TEXT_PAGE_DONE_RECIPIENT},
    {"notice", TEXT_PAGE_DONE_NOTICE},
    {"raised", TEXT_PAGE_DONE_RAISED},
    {"recalled", TEXT_PAGE_DONE_RECALLED},
    {"acknowledged", TEXT_PAGE_DONE_ACKNOWLEDGED},
    {"returned", TEXT_PAGE_DONE_RETURNED},
    {"key", TEXT_PAGE_DONE_KEY},
    {"key-stopped", TEXT_PAGE_DONE_KEY_STOPPED},
    {"ended", TEXT_PAGE_DONE_ENDED},
    {"told", TEXT_PAGE_DONE_TOLD},
    {"deputy", TEXT_PAGE_DONE_DEPUTY},
    {"deputy-end", TEXT_PAGE_DONE_DEPUTY_END},
    {"named", TEXT_PAGE_DONE_NAMED},
    {"named-end", TEXT_PAGE_DONE_NAMED_END},
    {"relation", TEXT_PAGE_DONE_RELATION},
    {"relation-waits", TEXT_PAGE_DONE_RELATION_WAITS},
    {"relation-end", TEXT_PAGE_DONE_RELATION_END},
    {"called-off", TEXT_PAGE_DONE_CALLED_OFF},
    {"off-asked", TEXT_PAGE_DONE_OFF_ASKED},
  };
  struct str code = {"", 0};

  if (page->request->route->method != METHOD_GET ||
      request_query(page->request, "done", &code) != OK)
    return;
  for (size_t i = 0; i < sizeof done / sizeof done[0]; i++) {
    if (!str_is(code, done[i].code)) continue;
    H(&page->html, "<div class=\"govuk-notification-banner govuk-notification-banner--success\" "
                   "role=\"status\"><div class=\"govuk-notification-banner__content\"><p "
                   "class=\"govuk-notification-banner__heading\">");
    html_say(&page->html, done[i].text);
    H(&page->html, "</p></div></div>\n");
  }
}

/* ---- what has to be done ---- */

void part_obligations(struct page *page)
{
  struct html *html = &page->html;
  json_t *obligations = json_list(page->answer, "obligations"), *one;
  size_t i;

  if (json_array_size(obligations) == 0) return;
  part_heading(page, text_get(TEXT_PAGE_OBLIGATIONS, html->lang));
  H(html, "<ul class=\"govuk-list govuk-list--bullet\">");
  json_array_foreach(obligations, i, one)
  {
    H(html, "<li>");
    html_text(html, json_text(one, "what"));
    H(html, "</li>");
  }
  H(html, "</ul>\n");
}

/* ---- what can be done next ---- */

static void write_protect(struct page *page)
{
  struct html *html = &page->html;

  H(html,
    "<p class=\"govuk-body\"><a class=\"govuk-button govuk-button--secondary\" role=\"button\" "
    "draggable=\"false\" data-module=\"govuk-button\" href=\"");
  page_address(html, PAGE_PROTECT, page->request->args[0]);
  H(html, "\">");
  html_say(html, TEXT_PAGE_PROTECT);
  H(html, "</a></p>\n");
}

void part_doors(struct page *page)
{
  static const struct {
    enum page_id page;
    enum text_id label;
    bool (*is_offered)(const struct page *page);
  } doors[] = {
    {PAGE_NOTE, TEXT_PAGE_NOTE, note_is_offered},
    {PAGE_EVENT, TEXT_PAGE_EVENT, event_is_offered},
    {PAGE_RECORD_ASK, TEXT_PAGE_RECORD_ASK, may_ask},
    {PAGE_SHARE, TEXT_PAGE_SHARE, may_share},
    {PAGE_DANGER, TEXT_PAGE_DANGER, danger_is_offered},
    {PAGE_REVIEW, TEXT_PAGE_REVIEW, may_review},
    {PAGE_NAMED, TEXT_PAGE_NAMED, named_is_offered},
    {PAGE_RELATIONS, TEXT_PAGE_RELATIONS, relations_are_offered},
  };
  struct html *html = &page->html;

  if (may_protect(page)) write_protect(page);
  H(html, "<ul class=\"app-doors\">");
  for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++) {
    if (!doors[i].is_offered(page)) continue;
    H(html, "<li>");
    part_link(page, doors[i].page, page->request->args[0], doors[i].label);
    H(html, "</li>");
  }
  H(html, "</ul>\n");
}

struct str part_changeable(struct page *page, struct str word)
{
  uint8_t id = policy_word(reg_policy(page->request->op.reg), POLICY_FIELD, word);

  if (!page->has_offered) page->offered = may_write(page);
  page->has_offered = true;
  return id != POLICY_NO_WORD && fieldset_has(page->offered, id) ? page->request->args[0]
                                                                 : (struct str){"", 0};
}

/* ---- lists ---- */

void part_table_heads(struct page *page, const enum text_id *columns, size_t count)
{
  struct html *html = &page->html;

  H(html, "<thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\">");
  for (size_t i = 0; i < count; i++) {
    H(html, "<th scope=\"col\" class=\"govuk-table__header\">");
    html_say(html, columns[i]);
    H(html, "</th>");
  }
  H(html, "</tr></thead><tbody class=\"govuk-table__body\">\n");
}

void part_more(struct page *page, enum page_id id)
{
  struct html *html = &page->html;
  struct str cursor = json_text(page->answer, "cursor");

  if (cursor.len == 0) return;
  H(html, "<p class=\"govuk-body\"><a class=\"govuk-link\" href=\"");
  page_address(html, id, (struct str){0});
  H(html, "?cursor=");
  html_text(html, cursor);
  H(html, "\">");
  html_say(html, TEXT_PAGE_MORE);
  H(html, "</a></p>\n");
}
