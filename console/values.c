/* See values.h. */
#include "console/values.h"

#include "console/parts.h"
#include "console/words.h"
#include "console/writing.h"
#include "policy/policy.h"
#include "register/value.h"

/* The first value with this field's name; empty when there is none. */
static struct str find(const json_t *word, const char *field)
{
  json_t *values = json_list(word, "values"), *value;
  size_t i;

  json_array_foreach(values, i, value)
  {
    if (str_is(json_text(value, "field"), field)) return json_text(value, "value");
  }
  return (struct str){"", 0};
}

void value_name(struct html *html, const json_t *fields)
{
  static const char *const parts[] = {"forename", "middle_names", "surname"};
  const json_t *word = json_object_get(fields, "child_name");
  bool is_begun = false;

  H(html, "<bdi lang=\"und\">");
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    struct str part = find(word, parts[i]);

    if (part.len == 0) continue;
    if (is_begun) H(html, " ");
    html_text(html, part);
    is_begun = true;
  }
  H(html, "</bdi>");
  if (!is_begun) html_say(html, TEXT_PAGE_NO_NAME);
}

static void write_day(struct html *html, struct str iso)
{
  char text[WORD_DAY_MAX];
  struct day day;

  if (!day_parse(iso, &day)) {
    html_text(html, iso);
    return;
  }
  H(html, "<time datetime=\"");
  html_text(html, iso);
  H(html, "\">");
  html_text(html, word_day(text, day, html->lang));
  H(html, "</time>");
}

void value_first_day(struct html *html, const json_t *word)
{
  json_t *first = json_array_get(json_list(word, "values"), 0);
  struct str iso = json_text(first, "value");

  if (iso.len > 0) write_day(html, iso);
}

static void write_plain(struct html *html, const json_t *value, struct str form)
{
  struct str name = json_text(value, "field"), text = json_text(value, "value");
  enum field field;

  if (!json_is_string(json_object_get(value, "value"))) {
    html_say(html, TEXT_PAGE_HELD);
    return;
  }
  if (form.len > 0 && !str_is(form, "full") && !str_is(form, "route_only")) {
    html_text(html, word_reduced(form, text, html->lang));
    return;
  }
  if (str_is(name, "shield_exists")) {
    html_text(html, word_level(text, html->lang));
    return;
  }
  if (str_is(name, field_row(FIELD_person_relation)->name) &&
      !str_equal(word_relative(text, html->lang), text)) {
    html_text(html, word_relative(text, html->lang));
    return;
  }
  /* What else has a name and no row is worked out by the register: a day. */
  if (!field_by_name(name, &field) || field_row(field)->type == TYPE_DAY) {
    write_day(html, text);
  } else if (field_row(field)->type == TYPE_CODE) {
    html_text(html, word_code(name, text, html->lang));
  } else {
    H(html, "<span class=\"app-text\" lang=\"und\">"); /* as the person wrote it */
    html_text(html, text);
    H(html, "</span>");
  }
}

/* Until when, what came of it, and by which route. */
static void write_event(struct html *html, const json_t *value)
{
  struct str outcome = json_text(value, "outcome"), route = json_text(value, "route");
  struct str until = json_text(value, "until");
  enum field field;

  if (!field_by_name(json_text(value, "field"), &field)) return;
  if (until.len > 0) {
    H(html, " ");
    html_say(html, TEXT_PAGE_UNTIL_DAY);
    H(html, " ");
    write_day(html, until);
  }
  if (outcome.len > 0) {
    H(html, " <strong class=\"govuk-tag govuk-tag--grey\">");
    html_text(html, word_of_set(event_outcomes(field), outcome, html->lang));
    H(html, "</strong>");
  }
  if (route.len > 0) {
    H(html, " ");
    html_text(html, word_of_set(CODES_ROUTE, route, html->lang));
  }
}

/* Who said it, since when, and what stands against it. */
static void write_notes(struct html *html, const json_t *value)
{
  struct str said_by = json_text(value, "said_by"), since = json_text(value, "since");
  bool is_as_given = str_is(json_text(value, "state"), "as_given");
  bool is_contested = json_is_true(json_object_get(value, "contested"));
  bool is_said = said_by.len > 0 && !str_is(said_by, "unknown");
  bool has_outcome = json_text(value, "outcome").len > 0 || json_text(value, "route").len > 0;

  if (!is_as_given && !is_contested && !is_said && since.len == 0 && !has_outcome) return;
  H(html, " <span class=\"app-notes\">");
  if (is_as_given) {
    H(html, "<strong class=\"govuk-tag govuk-tag--yellow\">");
    html_say(html, TEXT_PAGE_AS_GIVEN);
    H(html, "</strong> ");
  }
  if (is_contested) {
    H(html, "<strong class=\"govuk-tag govuk-tag--yellow\">");
    html_say(html, TEXT_PAGE_CONTESTED);
    H(html, "</strong> ");
  }
  if (is_said) {
    html_text(html, word_said_by(said_by, html->lang));
    H(html, " ");
  }
  if (since.len > 0) {
    html_say(html, TEXT_PAGE_SINCE);
    H(html, " ");
    write_day(html, since);
  }
  write_event(html, value);
  H(html, "</span>");
}

void value_write(struct html *html, const json_t *value, struct str form)
{
  write_plain(html, value, form);
  write_notes(html, value);
}

void value_change_link(struct html *html, const json_t *value, struct str entry)
{
  json_int_t slot = json_integer_value(json_object_get(value, "slot"));
  char digit = (char)('0' + slot);
  const struct str args[] = {entry, json_text(value, "field"), {&digit, 1}};
  enum field field;

  if (entry.len == 0 || slot < 0 || slot >= FIELD_SLOTS_MAX) return;
  if (!field_by_name(args[1], &field) || !writing_is_open(field)) return;
  H(html, " <a class=\"govuk-link\" href=\"");
  page_address_of(html, PAGE_CHANGE, args, 3);
  H(html, "\">");
  html_say(html, TEXT_PAGE_CHANGE_LINK);
  H(html, "<span class=\"govuk-visually-hidden\"> ");
  html_text(html, word_field(field, html->lang));
  H(html, "</span></a>");
}

static void write_list(struct html *html, const json_t *word, struct str entry)
{
  json_t *values = json_list(word, "values"), *value;
  size_t i;

  if (json_array_size(values) == 0) {
    H(html, "<span class=\"app-none\">");
    html_say(html, TEXT_PAGE_NOT_HELD);
    H(html, "</span>");
    return;
  }
  H(html, "<ul class=\"govuk-list app-values\">");
  json_array_foreach(values, i, value)
  {
    H(html, "<li>");
    if (json_array_size(values) > 1) {
      H(html, "<span class=\"app-field\">");
      html_text(html, word_field_named(json_text(value, "field"), html->lang));
      H(html, "</span> ");
    }
    value_write(html, value, json_text(word, "form"));
    value_change_link(html, value, entry);
    H(html, "</li>");
  }
  H(html, "</ul>");
}

void value_list(struct html *html, const json_t *word)
{
  write_list(html, word, (struct str){"", 0});
}

void value_list_to_change(struct html *html, const json_t *word, struct str entry)
{
  write_list(html, word, entry);
}

struct str value_label(const struct page *page, struct str name)
{
  return part_policy_word(page, POLICY_FIELD, name);
}
