/* Protecting a child or an adult, at once and by one person; proposing to lower, and the second
 * person's word. Whoever may not know of the child gets the same form and the same answer as for
 * nobody: the form is shown to every member of staff, with names only as far as they are granted.
 */
#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/words.h"
#include "console/writing.h"

static const enum field names[] = {FIELD_person_name, FIELD_person_relation};
static const struct writing adults = {names, 2, TEXT_PAGE_BECAUSE_PROTECT};

enum { ADULT_INPUT_BYTES = 24 };

static void adult_input(char ret_name[static ADULT_INPUT_BYTES], unsigned slot)
{
  (void)snprintf(ret_name, ADULT_INPUT_BYTES, "adult-%u", slot);
}

/* ---- asking ---- */

static void put_slots(struct page *page, struct json *json, const char *name)
{
  page_point_named(page, name);
  json_key(json, str_from(name));
  json_array_start(json);
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    char digit = (char)('0' + slot);

    if (form_is_chosen(&page->form, name, (struct str){&digit, 1})) json_int(json, slot);
  }
  json_array_end(json);
}

static enum err send(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "level");
  put_slots(page, &body, "against");
  put_slots(page, &body, "protects");
  page_put(page, &body, "reason");
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/entries/%1/protection",
                                             .handler = on_protection_set,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}

/* The adults' names are asked for only by somebody to whom they could be granted. */
enum err ask_protect(struct page *page)
{
  if (!page_is_looking(page)) return send(page);
  return writing_may(page, &adults, FIELD_person_name) ? writing_ask(page, &adults, NULL) : OK;
}

/* ---- the form ---- */

/* "Name (relation)", carried in the form; a place where names are not granted; empty where nobody
 * stands. */
static struct str adult_label(struct page *page, unsigned slot)
{
  const struct str parts[] = {
    json_text(writing_value(page, FIELD_person_name, slot), "value"),
    word_relative(json_text(writing_value(page, FIELD_person_relation, slot), "value"),
                  page->html.lang),
  };
  char input[ADULT_INPUT_BYTES];
  struct str label = parts[0];

  adult_input(input, slot);
  if (form_has(&page->form, input)) return form_get(&page->form, input);
  if (parts[0].len == 0)
    return writing_is_seen(page, FIELD_person_name) ? (struct str){"", 0}
                                                    : word_adult(slot, page->html.lang);
  if (parts[1].len > 0 && text_fill(page->request->op.arena, &label, TEXT_PAGE_NAME_AND_RELATION,
                                    page->html.lang, parts, 2) != OK)
    page->html.err = ERR_MEMORY;
  return label;
}

static void write_adults(struct page *page, const char *name, enum text_id label, enum text_id hint)
{
  static const char digits[PEOPLE] = {'0', '1', '2', '3'};
  struct choice choices[PEOPLE];
  size_t count = 0;

  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    struct str adult = adult_label(page, slot);

    if (adult.len > 0)
      choices[count++] = (struct choice){.value = {&digits[slot], 1}, .label = adult};
  }
  if (count == 0) return;
  form_choices(
    page,
    &(struct choices){
      .name = name, .label = label, .hint = hint, .at = choices, .count = count, .is_many = true});
}

static void write_levels(struct page *page)
{
  static const struct {
    const char *level;
    enum text_id hint;
  } levels[] = {
    {"contact_protected", TEXT_PAGE_PROTECT_CONTACT},
    {"hidden", TEXT_PAGE_PROTECT_HIDDEN},
    {"none", TEXT_PAGE_PROTECT_NONE},
  };
  struct choice choices[sizeof levels / sizeof levels[0]];
  size_t count = 0;

  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
    struct str level = str_from(levels[i].level);

    if (str_is(level, "none") && !may_act(page, "lower_protection")) continue;
    choices[count++] = (struct choice){.value = level,
                                       .label = word_level(level, page->html.lang),
                                       .hint = text_get(levels[i].hint, page->html.lang)};
  }
  form_choices(page, &(struct choices){.name = "level",
                                       .label = TEXT_PAGE_PROTECT_LEVEL,
                                       .at = choices,
                                       .count = count,
                                       .value = STR("contact_protected")});
}

static void write_protect(struct page *page)
{
  char input[ADULT_INPUT_BYTES];

  part_paragraph(page, TEXT_PAGE_PROTECT_WHAT);
  form_begin(page, PAGE_PROTECT_DO, page->request->args[0], true);
  write_levels(page);
  write_adults(page, "against", TEXT_PAGE_PROTECT_AGAINST, TEXT_PAGE_PROTECT_AGAINST_HINT);
  write_adults(page, "protects", TEXT_PAGE_PROTECT_PROTECTS, TEXT_PAGE_PROTECT_PROTECTS_HINT);
  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    adult_input(input, slot);
    form_hidden(page, input, adult_label(page, slot));
  }
  form_input(page, &(struct input){.name = "reason",
                                   .label = TEXT_PAGE_PROTECT_REASON,
                                   .hint = TEXT_PAGE_PROTECT_REASON_HINT});
  form_button(page, TEXT_PAGE_PROTECT_NOW);
  form_end(page);
}

/* Nobody is kept from protecting by what they may not read: a look that was refused shows the same
 * form without names, whoever the child is. */
void show_protect_again(struct page *page)
{
  if (page->request->route->method == METHOD_GET) {
    page->is_refused = false;
    page->status = 200;
  }
  write_protect(page);
}

/* ---- what holds now ---- */

static void write_level(struct page *page)
{
  struct html *html = &page->html;

  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_PROTECT_IN_FORCE, html->lang),
           word_level(json_text(page->answer, "level"), html->lang));
  part_rows_end(page);
}

static void write_ways_on(struct page *page)
{
  part_link_line(page, PAGE_RECORD, page->request->args[0], TEXT_PAGE_RECORD);
}

/* The address for the second person: it holds two random ids, and opens nothing by itself. */
static void write_proposal(struct page *page)
{
  const struct str args[] = {page->request->args[0], json_text(page->answer, "proposal")};

  part_inset_text(page, json_text(page->answer, "waits"));
  part_paragraph(page, TEXT_PAGE_LOWER_TELL);
  part_link_line_of(page, PAGE_LOWER, args, 2, TEXT_PAGE_LOWER);
}

void show_protect(struct page *page)
{
  struct str reason = json_text(page->answer, "reason");

  if (page_is_looking(page)) {
    writing_whose(page);
    write_protect(page);
    return;
  }
  write_level(page);
  if (json_text(page->answer, "proposal").len > 0)
    write_proposal(page);
  else
    part_inset(page, TEXT_PAGE_PROTECT_DONE);
  if (reason.len > 0) part_inset_text(page, reason);
  write_ways_on(page);
}

/* ---- the second person ---- */

enum err ask_lower(struct page *page)
{
  struct page_call call = {.method = "GET",
                           .path = "/v1/entries/%1/protection/%2",
                           .handler = on_protection_proposal,
                           .args = {page->request->args[0], page->request->args[1]}};
  struct json body;

  if (page_is_looking(page)) return page_call(page, &call);
  page_body(page, &body);
  page_point_named(page, "approve");
  JSON_KEY(&body, "approve");
  if (form_has(&page->form, "approve"))
    json_bool(&body, form_approves(page));
  else
    json_none(&body);
  json_object_end(&body);
  call.method = "POST";
  call.path = "/v1/entries/%1/protection/%2/approvals";
  call.handler = on_protection_approve;
  call.body = &body;
  return page_call(page, &call);
}

static const char *const carried[] = {"level", "proposed", "reason", "proposed_by"};
static const enum text_id carried_labels[] = {TEXT_PAGE_PROTECT_IN_FORCE, TEXT_PAGE_LOWER_TO,
                                              TEXT_PAGE_PROTECT_REASON, TEXT_PAGE_LOWER_BY};

/* What was proposed stands in the form, so that it is read beside the answer given. */
static void write_proposed(struct page *page)
{
  part_rows_begin(page);
  for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
    struct str value = form_has(&page->form, carried[i]) ? form_get(&page->form, carried[i])
                                                         : json_text(page->answer, carried[i]);

    if (value.len == 0) continue;
    part_row(page, text_get(carried_labels[i], page->html.lang),
             i < 2 ? word_level(value, page->html.lang) : value);
  }
  part_rows_end(page);
}

void show_lower_form(struct page *page)
{
  struct choice choices[] = {
    {.value = STR("yes"), .label = text_get(TEXT_PAGE_LOWER_YES, page->html.lang)},
    {.value = STR("no"), .label = text_get(TEXT_PAGE_LOWER_NO, page->html.lang)},
  };

  write_proposed(page);
  if (json_is_false(json_object_get(page->answer, "may_decide")))
    part_inset(page, TEXT_SAFETY_ANOTHER_PERSON);
  write_ways_on(page);
  if (json_is_false(json_object_get(page->answer, "may_decide"))) return;
  form_begin(page, PAGE_LOWER_DO, page->request->args[0], true);
  for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++)
    form_hidden(page, carried[i], json_text(page->answer, carried[i]));
  form_choices(page, &(struct choices){.name = "approve",
                                       .label = TEXT_PAGE_LOWER_AGREE,
                                       .hint = TEXT_PAGE_LOWER_AGREE_HINT,
                                       .at = choices,
                                       .count = 2});
  form_button(page, TEXT_PAGE_LOWER_DO);
  form_end(page);
}

/* To none it is not done before the custodian has two signatures on the ticket. */
static void write_ticket(struct page *page, struct str ticket)
{
  struct html *html = &page->html;

  part_inset_text(page, json_text(page->answer, "waits"));
  part_paragraph(page, TEXT_PAGE_TICKET_HOW);
  H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">");
  html_text(html, ticket);
  H(html, "</pre>\n");
  part_ticket(page);
}

void show_lower(struct page *page)
{
  struct str ticket = json_text(page->answer, "ticket");

  if (page_is_looking(page)) {
    show_lower_form(page);
    return;
  }
  write_level(page);
  if (ticket.len > 0) write_ticket(page, ticket);
  write_ways_on(page);
}
