/* One page for a safety review of a family: held, reach, released, what waits, who looked. For
 * paper too. It shows no value, since the answer has none. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"
#include "policy/policy.h"
#include "register/desk.h"

enum err ask_review(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/entries/%1/safety-review",
                                             .handler = on_entry_safety_review,
                                             .args = {page->request->args[0]}});
}

/* A caption and the heads of the columns; a sentence in the place of a table without rows. */
static bool table_begin(struct page *page, const json_t *rows, enum text_id title,
                        enum text_id none, const enum text_id *columns, size_t count)
{
  struct html *html = &page->html;

  part_heading(page, text_get(title, html->lang));
  if (json_array_size(rows) == 0) {
    part_paragraph(page, none);
    return false;
  }
  H(html, "<table class=\"govuk-table app-even\"><caption class=\"govuk-visually-hidden\">");
  html_say(html, title);
  H(html, "</caption>");
  part_table_heads(page, columns, count);
  return true;
}

static void table_end(struct page *page)
{
  H(&page->html, "</tbody></table>\n");
}

static void cell(struct html *html, struct str text)
{
  H(html, "<td class=\"govuk-table__cell\">");
  html_text(html, text);
  H(html, "</td>");
}

/* The first cell of a row names it. */
static void row_begin(struct html *html, struct str name)
{
  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
  html_text(html, name);
  H(html, "</th>");
}

static void row_end(struct html *html)
{
  H(html, "</tr>\n");
}

static void when_cell(struct html *html, struct str when)
{
  char text[WORD_INSTANT_MAX];

  cell(html, word_when(text, when, html->lang));
}

/* ---- the parts ---- */

static void write_held(struct page *page)
{
  static const enum text_id columns[] = {TEXT_REVIEW_FIELD, TEXT_REVIEW_WHERE};
  json_t *rows = json_list(page->answer, "held"), *row;
  struct html *html = &page->html;
  size_t i;

  if (!table_begin(page, rows, TEXT_REVIEW_HELD, TEXT_PAGE_NOT_HELD, columns, 2)) return;
  json_array_foreach(rows, i, row)
  {
    bool is_shielded = json_is_true(json_object_get(row, "shielded"));

    row_begin(html, word_field_named(json_text(row, "field"), html->lang));
    cell(html, text_get(is_shielded ? TEXT_PAGE_SHIELDED : TEXT_REVIEW_IN_RECORD, html->lang));
    row_end(html);
  }
  table_end(page);
}

static void words_cell(struct page *page, const json_t *row, const char *name)
{
  struct html *html = &page->html;
  json_t *words = json_list(row, name), *word;
  size_t i;

  H(html, "<td class=\"govuk-table__cell\">");
  json_array_foreach(words, i, word)
  {
    struct str text = {json_string_value(word), json_string_length(word)};

    if (i > 0) H(html, ", ");
    html_text(html, value_label(page, text));
  }
  H(html, "</td>");
}

static void write_reach(struct page *page)
{
  static const enum text_id columns[] = {TEXT_REVIEW_ROLE, TEXT_REVIEW_AT_ONCE, TEXT_REVIEW_AGREED};
  json_t *rows = json_list(page->answer, "reach"), *row;
  struct html *html = &page->html;
  size_t i;

  if (!table_begin(page, rows, TEXT_REVIEW_REACH, TEXT_REVIEW_REACH_NONE, columns, 3)) return;
  json_array_foreach(rows, i, row)
  {
    H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
    html_text(html, part_policy_word(page, POLICY_ROLE, json_text(row, "role")));
    H(html, "<br><span class=\"app-notes\">");
    html_text(html, part_policy_word(page, POLICY_RELATION, json_text(row, "relation")));
    H(html, "</span></th>");
    words_cell(page, row, "fields");
    words_cell(page, row, "with_approval");
    row_end(html);
  }
  table_end(page);
}

static void write_released(struct page *page)
{
  static const enum text_id columns[] = {TEXT_REVIEW_RECIPIENT, TEXT_REVIEW_UNTIL};
  json_t *rows = json_list(page->answer, "released"), *row;
  struct html *html = &page->html;
  size_t i;

  if (!table_begin(page, rows, TEXT_REVIEW_RELEASED, TEXT_REVIEW_RELEASED_NONE, columns, 2)) return;
  json_array_foreach(rows, i, row)
  {
    row_begin(html, json_text(row, "organisation"));
    when_cell(html, json_text(row, "until"));
    row_end(html);
  }
  table_end(page);
}

static struct str task_text(struct str task, enum lang lang)
{
  static const struct {
    const char *task;
    enum text_id text;
  } tasks[] = {
    {"first_decision", TEXT_REVIEW_TASK_FIRST},     {"proposal", TEXT_REVIEW_TASK_PROPOSAL},
    {"protection_request", TEXT_REVIEW_TASK_ASKED}, {"patch", TEXT_REVIEW_TASK_PATCH},
    {"set_aside", TEXT_REVIEW_TASK_SET_ASIDE},      {"disclosure", TEXT_REVIEW_TASK_DISCLOSURE},
    {"assignment", TEXT_REVIEW_TASK_ASSIGNMENT},
  };

  for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
    if (str_is(task, tasks[i].task)) return text_get(tasks[i].text, lang);
  return task;
}

static void write_open(struct page *page)
{
  static const enum text_id columns[] = {TEXT_REVIEW_TASK, TEXT_REVIEW_UNTIL};
  json_t *rows = json_list(page->answer, "open"), *row;
  struct html *html = &page->html;
  size_t i;

  if (!table_begin(page, rows, TEXT_REVIEW_OPEN, TEXT_REVIEW_OPEN_NONE, columns, 2)) return;
  json_array_foreach(rows, i, row)
  {
    row_begin(html, task_text(json_text(row, "task"), html->lang));
    when_cell(html, json_text(row, "until"));
    row_end(html);
  }
  table_end(page);
}

/* By name and role: a review asks who it was. */
static void who_cell(struct page *page, const json_t *row)
{
  struct html *html = &page->html;
  struct id staff = {{0}};

  H(html, "<td class=\"govuk-table__cell\">");
  if (hex_read(staff.b, ID_BYTES, json_text(json_object_get(row, "who"), "staff")))
    html_personal(html, desk_name_of(&page->request->op, staff));
  H(html, "<br><span class=\"app-notes\">");
  html_text(html,
            part_policy_word(page, POLICY_ROLE, json_text(json_object_get(row, "core"), "role")));
  H(html, "</span></td>");
}

static void write_looked(struct page *page)
{
  static const enum text_id columns[] = {TEXT_REVIEW_WHAT, TEXT_REVIEW_WHEN, TEXT_REVIEW_WHO,
                                         TEXT_PAGE_PURPOSE};
  json_t *rows = json_list(page->answer, "looked"), *row;
  struct html *html = &page->html;
  size_t i;

  if (!table_begin(page, rows, TEXT_REVIEW_LOOKED, TEXT_REVIEW_LOOKED_NONE, columns, 4)) return;
  json_array_foreach(rows, i, row)
  {
    const json_t *core = json_object_get(row, "core");
    json_t *purpose = json_array_get(json_list(core, "purposes"), 0);
    struct str name = {"", 0};

    if (json_is_string(purpose))
      name = (struct str){json_string_value(purpose), json_string_length(purpose)};
    row_begin(html, word_action(json_text(core, "action"), html->lang));
    when_cell(html, json_text(core, "day"));
    who_cell(page, row);
    cell(html, part_policy_word(page, POLICY_PURPOSE, name));
    row_end(html);
  }
  table_end(page);
}

void show_review(struct page *page)
{
  part_paragraph(page, TEXT_REVIEW_INTRO);
  part_rows_begin(page);
  part_row(page, text_get(TEXT_REVIEW_LEVEL, page->html.lang),
           word_level(json_text(page->answer, "level"), page->html.lang));
  part_rows_end(page);
  write_open(page);
  write_held(page);
  write_reach(page);
  write_released(page);
  write_looked(page);
  part_link_line(page, PAGE_RECORD, page->request->args[0], TEXT_OPENING_BACK);
}
