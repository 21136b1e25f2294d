/* Taking in a sheet: choose it, see in a dry run what is wrong with which row and how to mend it,
 * take it in, and see what waits for whom. */
#include "api/handlers.h"
#include "console/parts.h"

static void write_file_input(struct page *page)
{
  struct html *html = &page->html;

  form_group_begin(page, "file", TEXT_PAGE_FILE, TEXT_PAGE_FILE_HINT);
  H(html, "<input class=\"govuk-file-upload\" type=\"file\" id=\"file\" name=\"file\" "
          "accept=\".csv,text/csv\" aria-label=\"");
  html_say(html, TEXT_PAGE_FILE);
  H(html, "\">");
  form_group_end(page);
}

void show_import(struct page *page)
{
  enum lang lang = page->html.lang;
  const struct choice choices[] = {
    {.value = STR("true"), .label = text_get(TEXT_PAGE_DRY_RUN, lang)},
    {.value = STR("false"), .label = text_get(TEXT_PAGE_TAKE_IN, lang)},
  };

  part_paragraph(page, TEXT_PAGE_IMPORT_WHAT);
  form_begin(page, PAGE_IMPORT_DO, (struct str){0}, true);
  write_file_input(page);
  form_input(page, &(struct input){.name = "source",
                                   .label = TEXT_PAGE_SOURCE,
                                   .hint = TEXT_PAGE_SOURCE_HINT,
                                   .type = "text",
                                   .width = 20});
  form_day(page, "on", TEXT_PAGE_IMPORT_ON, DAY_NONE);
  form_choices(page, &(struct choices){.name = "dry_run",
                                       .label = TEXT_PAGE_IMPORT_HOW,
                                       .at = choices,
                                       .count = 2,
                                       .value = STR("true")});
  form_button(page, TEXT_PAGE_SEND);
  form_end(page);
}

enum err ask_import(struct page *page)
{
  struct request *request = page->request;
  struct given_query *given = arena_take_array(request->op.arena, 4, sizeof *given);
  struct str dry_run = form_get(&page->form, "dry_run"), on = {"", 0};

  if (given == NULL) return ERR_MEMORY;
  (void)form_day_text(page, "on", &on);
  /* Nothing is taken in unless that was asked for. */
  given[0] = (struct given_query){"dry_run", str_is(dry_run, "false") ? STR("false") : STR("true")};
  given[1] = (struct given_query){"on", on};
  given[2] = (struct given_query){"source", str_trim(form_get(&page->form, "source"))};
  given[3] =
    (struct given_query){"lang", page->request->op.lang == LANG_CY ? STR("cy") : STR("en")};
  request->given = given;
  request->given_count = 4;
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/imports?dry_run=%1&lang=%2",
                                             .handler = on_import_start,
                                             .bytes = page->file,
                                             .args = {given[0].value, given[3].value}});
}

void show_import_begun(struct page *page)
{
  page_go(page, PAGE_IMPORT_STATE, json_text(page->answer, "job"), NULL);
}

/* The sheet of the dry run, as the register still has it. */
enum err ask_import_take(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/imports/%1/taking",
                                             .handler = on_import_take,
                                             .args = {page->request->args[0]}});
}

/* ---- how far it is ---- */

enum err ask_import_state(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/imports/%1",
                                             .handler = on_import_state,
                                             .args = {page->request->args[0]}});
}

static uint64_t number(const json_t *object, const char *name)
{
  json_int_t value = json_integer_value(json_object_get(object, name));

  return value < 0 ? 0 : (uint64_t)value;
}

static void write_count(struct page *page, enum text_id label, uint64_t value)
{
  part_row_begin(page, text_get(label, page->html.lang));
  html_number(&page->html, value);
  part_row_end(page);
}

static bool is_running(const struct page *page)
{
  struct str state = json_text(page->answer, "state");

  return str_is(state, "waiting") || str_is(state, "running");
}

static void write_message(struct page *page, const json_t *result, const json_t *message)
{
  struct html *html = &page->html;
  uint64_t row = number(result, "row");

  H(html, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
  html_number(html, row);
  H(html, "</th><td class=\"govuk-table__cell\">");
  html_text(html, json_text(message, "column"));
  H(html, "</td><td class=\"govuk-table__cell\" lang=\"");
  html_text(html, json_text(page->answer, "lang")); /* of when the sheet was sent */
  H(html, "\">");
  html_text(html, json_text(message, "text"));
  H(html, "</td></tr>\n");
}

/* Rows about which there is something to say beyond "taken in". */
static bool is_plain(const json_t *result)
{
  struct str outcome = json_text(result, "outcome");

  return (str_is(outcome, "taken") || str_is(outcome, "unchanged")) &&
         json_array_size(json_list(result, "messages")) <= 1;
}

static void write_results(struct page *page)
{
  static const enum text_id columns[] = {TEXT_PAGE_ROW, TEXT_PAGE_COLUMN, TEXT_PAGE_WHAT_TO_DO};
  struct html *html = &page->html;
  json_t *results = json_list(page->answer, "results"), *result, *message;
  size_t i, k;

  H(html, "<div class=\"app-scroll\" tabindex=\"0\"><table class=\"govuk-table\"><caption "
          "class=\"govuk-table__caption govuk-table__caption--m\">");
  html_say(html, TEXT_PAGE_IMPORT_ROWS);
  H(html, "</caption>");
  part_table_heads(page, columns, sizeof columns / sizeof columns[0]);
  json_array_foreach(results, i, result)
  {
    if (is_plain(result)) continue;
    json_array_foreach(json_list(result, "messages"), k, message)
    {
      write_message(page, result, message);
    }
  }
  H(html, "</tbody></table></div>\n");
}

/* What came of it, in a sentence. */
static enum text_id ending(const struct page *page)
{
  struct str state = json_text(page->answer, "state");
  bool is_dry = json_is_true(json_object_get(page->answer, "dry_run"));

  if (is_running(page)) return TEXT_PAGE_IMPORT_RUNS;
  if (str_is(state, "done")) return is_dry ? TEXT_PAGE_IMPORT_WAS_DRY : TEXT_PAGE_IMPORT_DONE;
  if (str_is(state, "unreadable")) return TEXT_PAGE_IMPORT_UNREADABLE;
  return str_is(state, "refused") ? TEXT_PAGE_IMPORT_REFUSED : TEXT_PAGE_IMPORT_FAILED;
}

/* A report holds so many rows; what follows is a page further on. */
static void write_more(struct page *page)
{
  struct html *html = &page->html;

  if (!json_is_true(json_object_get(page->answer, "more"))) return;
  H(html, "<p class=\"govuk-body\"><a class=\"govuk-link\" href=\"");
  page_address(html, PAGE_IMPORT_STATE, page->request->args[0]);
  H(html, "?from=");
  html_number(html, number(page->answer, "next"));
  H(html, "\">");
  html_say(html, TEXT_PAGE_IMPORT_MORE);
  H(html, "</a></p>\n");
}

void show_import_state(struct page *page)
{
  const json_t *problem = json_object_get(page->answer, "problem");

  part_inset(page, ending(page));
  part_rows_begin(page);
  write_count(page, TEXT_PAGE_ROWS_DONE, number(page->answer, "done"));
  write_count(page, TEXT_PAGE_ROWS_ALL, number(page->answer, "total"));
  part_rows_end(page);
  if (problem != NULL) {
    H(&page->html, "<p class=\"govuk-body\">");
    html_text(&page->html, json_text(problem, "detail"));
    H(&page->html, "</p>");
  }
  if (is_running(page)) {
    part_link_line(page, PAGE_IMPORT_STATE, page->request->args[0], TEXT_PAGE_IMPORT_LOOK_AGAIN);
  }
  if (ending(page) == TEXT_PAGE_IMPORT_WAS_DRY) {
    form_begin(page, PAGE_IMPORT_TAKE, page->request->args[0], false);
    form_button(page, TEXT_PAGE_IMPORT_TAKE);
    form_end(page);
  }
  write_results(page);
  write_more(page);
  part_link_line(page, PAGE_IMPORT, (struct str){0}, TEXT_PAGE_IMPORT_ANOTHER);
}
