/* Forms and their inputs: what was typed comes back, and a fault stands beside its input and in the
 * summary above. See page.h. */
#include <string.h>

#include "console/page.h"
#include "console/parts.h"
#include "register/desk.h"

/* The input at which the fault stands; empty: at none that is known. */
static struct str fault_input(const struct page *page)
{
  struct str pointer = json_text(page->answer, "pointer"), found = {"", 0};
  size_t longest = 0;

  if (!page->is_refused || pointer.len == 0) return found;
  for (size_t i = 0; i < page->point_count; i++) {
    struct str at = page->points[i].pointer;

    if (at.len <= longest || at.len > pointer.len) continue;
    if (memcmp(at.ptr, pointer.ptr, at.len) != 0) continue;
    if (at.len < pointer.len && pointer.ptr[at.len] != '/') continue;
    longest = at.len;
    found = page->points[i].input;
  }
  return found;
}

/* ---- what was not said ---- */

static const struct lack {
  const char *name; /* of the input, and in the answer's "lacking" */
  enum text_id text;
} lacks[] = {
  {"purposes", TEXT_PAGE_LACKING_PURPOSE},
  {"basis", TEXT_PAGE_LACKING_BASIS},
  {"necessity", TEXT_PAGE_LACKING_NECESSITY},
  {"fields", TEXT_PAGE_LACKING_FIELDS},
};
enum { LACKS = sizeof lacks / sizeof lacks[0] };

static bool has_input(const struct page *page, const char *name)
{
  for (size_t i = 0; i < page->point_count; i++)
    if (str_is(page->points[i].input, name)) return true;
  return false;
}

static bool is_lacking(const struct page *page, const struct lack *lack)
{
  json_t *lacking = json_list(page->answer, "lacking"), *name;
  size_t i;

  if (!page->is_refused || !has_input(page, lack->name)) return false;
  json_array_foreach(lacking, i, name)
  {
    if (str_is(str_from(json_string_value(name)), lack->name)) return true;
  }
  return false;
}

/* Whether the answer says that what stands at this point is not there. */
static bool is_missing(const struct page *page, const struct point *point)
{
  json_t *lacking = json_list(page->answer, "lacking"), *one;
  size_t i;

  if (!page->is_refused) return false;
  json_array_foreach(lacking, i, one)
  {
    if (str_equal(str_from(json_string_value(one)), point->pointer)) return true;
  }
  return false;
}

/* What is wrong at this input, in words; empty: nothing is. */
static struct str fault_text(const struct page *page, const char *name)
{
  for (size_t i = 0; i < page->point_count; i++)
    if (str_is(page->points[i].input, name) && is_missing(page, &page->points[i]))
      return text_get(TEXT_PAGE_LACKING_WEIGHED, page->html.lang);
  for (size_t i = 0; i < LACKS; i++)
    if (str_is(str_from(name), lacks[i].name) && is_lacking(page, &lacks[i]))
      return text_get(lacks[i].text, page->html.lang);
  return str_is(fault_input(page), name) ? json_text(page->answer, "detail") : (struct str){"", 0};
}

static bool is_at_fault(const struct page *page, const char *name)
{
  return fault_text(page, name).len > 0;
}

static void write_fault_link(struct page *page, struct str input, struct str text)
{
  struct html *html = &page->html;

  H(html, "<li><a href=\"#");
  html_text(html, input);
  H(html, "\">");
  html_text(html, text);
  H(html, "</a></li>");
}

/* What is at fault on this page, each with the way to its input. */
static void write_fault_links(struct page *page)
{
  struct str input = fault_input(page);
  bool is_begun = input.len > 0;

  if (is_begun) {
    H(&page->html, "<ul class=\"govuk-list govuk-error-summary__list\">");
    write_fault_link(page, input, json_text(page->answer, "detail"));
  }
  for (size_t i = 0; i < LACKS; i++) {
    if (!is_lacking(page, &lacks[i])) continue;
    if (!is_begun) H(&page->html, "<ul class=\"govuk-list govuk-error-summary__list\">");
    is_begun = true;
    write_fault_link(page, str_from(lacks[i].name), text_get(lacks[i].text, page->html.lang));
  }
  for (size_t i = 0; i < page->point_count; i++) {
    if (!is_missing(page, &page->points[i])) continue;
    if (!is_begun) H(&page->html, "<ul class=\"govuk-list govuk-error-summary__list\">");
    is_begun = true;
    write_fault_link(page, page->points[i].input, text_get(page->points[i].asks, page->html.lang));
  }
  if (is_begun) H(&page->html, "</ul>");
}

static void write_summary(struct page *page)
{
  struct html *html = &page->html;

  if (!page->is_refused || page->is_again) return;
  H(html, "<div class=\"govuk-error-summary\" data-module=\"govuk-error-summary\"><div "
          "role=\"alert\"><h2 class=\"govuk-error-summary__title\">");
  html_say(html, TEXT_PAGE_PROBLEM);
  H(html, "</h2><div class=\"govuk-error-summary__body\">");
  if (fault_input(page).len == 0) part_problem(page);
  write_fault_links(page);
  H(html, "</div></div></div>\n");
}

void form_mark(struct page *page)
{
  char mark[DESK_MARK_TEXT];

  desk_mark(&page->request->op, mark);
  html_hidden(&page->html, STR("mark"), (struct str){mark, sizeof mark});
}

/* A new number for what is to be done once; a form shown again keeps its own. */
static void write_once(struct page *page)
{
  struct outside outside = request_outside(page->request);
  struct str once = form_get(&page->form, "once");
  char digits[2 * ID_BYTES];
  struct id id;

  if (once.len == 0) {
    outside.random(outside.self, id.b, ID_BYTES);
    hex_write(digits, id.b, ID_BYTES);
    once = (struct str){digits, sizeof digits};
  }
  html_hidden(&page->html, STR("once"), once);
}

void form_begin(struct page *page, enum page_id target, struct str arg, bool is_main)
{
  struct html *html = &page->html;
  struct str args[ROUTE_ARGS_MAX];

  memcpy(args, page->request->args, sizeof args);
  args[0] = arg;
  if (is_main) write_summary(page);
  H(html, "<form method=\"post\" novalidate autocomplete=\"off\" action=\"");
  page_address_of(html, target, args, ROUTE_ARGS_MAX);
  H(html, "\"");
  if ((page_rows[target].flags & PAGE_FILE) != 0) H(html, " enctype=\"multipart/form-data\"");
  if (is_main) H(html, " id=\"main-form\"");
  H(html, ">");
  form_mark(page);
  if ((page_rows[target].flags & PAGE_ONCE) != 0) write_once(page);
  H(html, "\n");
  if (is_main) page->has_main_form = true;
}

void form_end(struct page *page)
{
  H(&page->html, "</form>\n");
}

void form_hidden(struct page *page, const char *name, struct str value)
{
  html_hidden(&page->html, str_from(name),
              form_has(&page->form, name) ? form_get(&page->form, name) : value);
}

static void write_group(struct page *page, const char *name)
{
  H(&page->html, "<div class=\"govuk-form-group");
  if (is_at_fault(page, name)) H(&page->html, " govuk-form-group--error");
  H(&page->html, "\">");
}

/* Hint and error; their ids are NAME-hint and NAME-error. */
static void write_hint(struct page *page, const char *name, enum text_id hint)
{
  struct html *html = &page->html;

  if (hint != TEXT_NONE) {
    H(html, "<div class=\"govuk-hint\" id=\"");
    html_text(html, str_from(name));
    H(html, "-hint\">");
    html_say(html, hint);
    H(html, "</div>");
  }
  if (is_at_fault(page, name)) {
    H(html, "<p class=\"govuk-error-message\" id=\"");
    html_text(html, str_from(name));
    H(html, "-error\"><span class=\"govuk-visually-hidden\">");
    html_say(html, TEXT_PAGE_ERROR);
    H(html, ":</span> ");
    html_text(html, fault_text(page, name));
    H(html, "</p>");
  }
}

static void write_described(struct page *page, const char *name, enum text_id hint)
{
  struct html *html = &page->html;
  bool has_error = is_at_fault(page, name);

  if (hint == TEXT_NONE && !has_error) return;
  H(html, " aria-describedby=\"");
  if (hint != TEXT_NONE) {
    html_text(html, str_from(name));
    H(html, "-hint ");
  }
  if (has_error) {
    html_text(html, str_from(name));
    H(html, "-error");
  }
  H(html, "\"");
}

static void write_id(struct page *page, const char *name)
{
  H(&page->html, " id=\"");
  html_text(&page->html, str_from(name));
  H(&page->html, "\" name=\"");
  html_text(&page->html, str_from(name));
  H(&page->html, "\"");
}

static void write_label(struct page *page, const char *name, struct str label)
{
  H(&page->html, "<label class=\"govuk-label\" for=\"");
  html_text(&page->html, str_from(name));
  H(&page->html, "\">");
  html_text(&page->html, label);
  H(&page->html, "</label>");
}

void form_input(struct page *page, const struct input *input)
{
  struct html *html = &page->html;
  struct str value =
    form_has(&page->form, input->name) ? form_get(&page->form, input->name) : input->value;

  write_group(page, input->name);
  write_label(page, input->name,
              input->says.len > 0 ? input->says : text_get(input->label, html->lang));
  write_hint(page, input->name, input->hint);
  if (input->type == NULL)
    H(html, "<textarea class=\"govuk-textarea\" rows=\"5\"");
  else
    H(html, "<input class=\"govuk-input");
  if (input->type != NULL) {
    if (input->width > 0 && input->width <= 10) H(html, " govuk-input--width-10");
    if (input->width > 10 && input->width <= 20) H(html, " govuk-input--width-20");
    H(html, "\" type=\"");
    html_text(html, str_from(input->type));
    H(html, "\" autocomplete=\"");
    html_text(html, str_from(input->autocomplete == NULL ? "off" : input->autocomplete));
    H(html, "\" spellcheck=\"false\"");
  }
  write_id(page, input->name);
  write_described(page, input->name, input->hint);
  if (input->type == NULL) {
    H(html, ">");
    html_text(html, value);
    H(html, "</textarea></div>\n");
    return;
  }
  if (!str_is(str_from(input->type), "password")) { /* never sent back */
    H(html, " value=\"");
    html_text(html, value);
    H(html, "\"");
  }
  H(html, "></div>\n");
}

static bool is_chosen(const struct page *page, const struct choices *choices, struct str value)
{
  if (form_has(&page->form, choices->name) || form_has(&page->form, "mark"))
    return form_is_chosen(&page->form, choices->name, value);
  return choices->value.len > 0 && str_equal(choices->value, value);
}

static void write_choice(struct page *page, const struct choices *choices, size_t n)
{
  struct html *html = &page->html;
  const struct choice *choice = &choices->at[n];
  const char *kind = choices->is_many ? "checkboxes" : "radios";

  H(html, "<div class=\"govuk-");
  html_text(html, str_from(kind));
  H(html, "__item\"><input class=\"govuk-");
  html_text(html, str_from(kind));
  H(html, "__input\" type=\"");
  html_text(html, choices->is_many ? STR("checkbox") : STR("radio"));
  H(html, "\" name=\"");
  html_text(html, str_from(choices->name));
  H(html, "\" id=\"");
  html_text(html, str_from(choices->name));
  if (n > 0) {
    H(html, "-");
    html_number(html, n + 1);
  }
  H(html, "\" value=\"");
  html_text(html, choice->value);
  H(html, "\"");
  if (is_chosen(page, choices, choice->value)) H(html, " checked");
  H(html, "><label class=\"govuk-label govuk-");
  html_text(html, str_from(kind));
  H(html, "__label\" for=\"");
  html_text(html, str_from(choices->name));
  if (n > 0) {
    H(html, "-");
    html_number(html, n + 1);
  }
  H(html, "\">");
  html_text(html, choice->label);
  H(html, "</label>");
  if (choice->hint.len > 0) {
    H(html, "<div class=\"govuk-hint govuk-");
    html_text(html, str_from(kind));
    H(html, "__hint\">");
    html_text(html, choice->hint);
    H(html, "</div>");
  }
  H(html, "</div>");
}

void form_group_begin(struct page *page, const char *name, enum text_id label, enum text_id hint)
{
  struct html *html = &page->html;

  write_group(page, name);
  H(html, "<fieldset class=\"govuk-fieldset\"");
  write_described(page, name, hint);
  H(html, "><legend class=\"govuk-fieldset__legend govuk-fieldset__legend--s\">");
  html_say(html, label);
  H(html, "</legend>");
  write_hint(page, name, hint);
}

void form_group_end(struct page *page)
{
  H(&page->html, "</fieldset></div>\n");
}

void form_check(struct page *page, const char *name, const struct choice *choice)
{
  const struct choices one = {.name = name, .at = choice, .count = 1, .is_many = true};

  H(&page->html, "<div class=\"govuk-form-group govuk-checkboxes govuk-checkboxes--small\">");
  write_choice(page, &one, 0);
  H(&page->html, "</div>\n");
}

enum { COLUMN_MAX = 12 }; /* choices below each other; more stand in columns where there is room */

void form_choices(struct page *page, const struct choices *choices)
{
  struct html *html = &page->html;

  form_group_begin(page, choices->name, choices->label, choices->hint);
  if (choices->is_many)
    html_literal(html,
                 choices->count > COLUMN_MAX
                   ? STR("<div class=\"govuk-checkboxes govuk-checkboxes--small app-columns\">")
                   : STR("<div class=\"govuk-checkboxes govuk-checkboxes--small\">"));
  else
    H(html, "<div class=\"govuk-radios govuk-radios--small\">");
  for (size_t i = 0; i < choices->count; i++)
    write_choice(page, choices, i);
  H(html, "</div>");
  form_group_end(page);
}

void form_select(struct page *page, const struct choices *choices)
{
  struct html *html = &page->html;

  write_group(page, choices->name);
  write_label(page, choices->name, text_get(choices->label, html->lang));
  write_hint(page, choices->name, choices->hint);
  H(html, "<select class=\"govuk-select\"");
  write_id(page, choices->name);
  write_described(page, choices->name, choices->hint);
  H(html, ">");
  for (size_t i = 0; i < choices->count; i++) {
    H(html, "<option value=\"");
    html_text(html, choices->at[i].value);
    H(html, "\"");
    if (is_chosen(page, choices, choices->at[i].value)) H(html, " selected");
    H(html, ">");
    html_text(html, choices->at[i].label);
    H(html, "</option>");
  }
  H(html, "</select></div>\n");
}

void form_button(struct page *page, enum text_id label)
{
  H(&page->html, "<button type=\"submit\" class=\"govuk-button\" data-module=\"govuk-button\" "
                 "data-prevent-double-click=\"true\">");
  html_say(&page->html, label);
  H(&page->html, "</button>\n");
}
