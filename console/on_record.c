/* One child's record, as far as it is granted: who, where as far as may be known, the adults,
 * circumstances as a set with their story, education, support, and the words of people beside each
 * other. What is not granted is named with its rule; it is never silently absent. */
#include <string.h>

#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"
#include "console/writing.h"
#include "policy/policy.h"

enum { SECTION_WORDS = 24 };

/* What stands together. A granted word that is in none stands in the last. */
static const struct section {
  enum text_id title;
  const char *words[SECTION_WORDS];
} sections[] = {
  {TEXT_PAGE_SECTION_WHO,
   {"child_name", "date_of_birth", "sex", "learner_number", "correspondence_language",
    "communication_needs", "on_register", "register_basis", "home_la", "last_changed"}},
  {TEXT_PAGE_SECTION_WHERE,
   {"home_address", "postcode", "additional_address", "previous_address", "child_contact",
    "safe_contact_route"}},
  {TEXT_PAGE_SECTION_CIRCUMSTANCES,
   {"circumstances", "circumstances_narrative", "reasons_given", "child_protection_status",
    "child_in_need_status", "looked_after_status", "social_worker_contact"}},
  {TEXT_PAGE_SECTION_EDUCATION,
   {"education_time", "provider_names", "provider_addresses", "school_name", "last_school",
    "start_date", "eotas", "suitability_outcome", "language_of_provision"}},
  {TEXT_PAGE_SECTION_SUPPORT,
   {"aln_status", "idp_summary", "idp_decisions", "provision_owed", "contributions",
    "support_requests", "support_attempts", "contact_record", "meeting_record", "transition_plan"}},
};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

/* ---- asking ---- */

enum err ask_record(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/entries/%1",
                                             .handler = on_entry_get,
                                             .args = {page->request->args[0]}});
}

enum err ask_record_view(struct page *page)
{
  struct json body;

  page_body(page, &body);
  form_because_put(page, &body);
  page_point(page, STR("/fields"), STR("fields"));
  JSON_KEY(&body, "fields");
  json_array_start(&body);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "fields")) json_str(&body, page->form.at[i].value);
  json_array_end(&body);
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/entries/%1/views",
                                             .handler = on_entry_view,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}

/* Every field that one of the person's roles could be granted, for some purpose. None is chosen
 * beforehand but the state of safety: what is not asked for is not opened. */
void show_record_ask(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint8_t shield = policy_word(policy, POLICY_FIELD, STR("shield_exists"));
  struct fieldset offered = may_ask_for(page);
  struct choice choices[FIELDSET_MAX];
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_FIELD); i++)
    if (fieldset_has(offered, i))
      choices[count++] = part_policy_choice(page, POLICY_FIELD, (uint8_t)i);
  part_paragraph(page, TEXT_PAGE_RECORD_ASK_WHY);
  form_begin(page, PAGE_RECORD_VIEW, page->request->args[0], true);
  form_because(page);
  form_choices(page, &(struct choices){.name = "fields",
                                       .label = TEXT_PAGE_FIELDS,
                                       .hint = fieldset_has(offered, shield)
                                                 ? TEXT_PAGE_FIELDS_HINT_SAFETY
                                                 : TEXT_PAGE_FIELDS_HINT,
                                       .at = choices,
                                       .count = count,
                                       .value = policy_word_name(policy, POLICY_FIELD, shield),
                                       .is_many = true});
  form_button(page, TEXT_PAGE_ASK);
  form_end(page);
}

/* ---- showing ---- */

/* A value in the custodian's keeping: there, or not there, it looks the same. */
static void write_shielded(struct page *page)
{
  struct html *html = &page->html;

  H(html, "<strong class=\"govuk-tag govuk-tag--blue\">");
  html_say(html, TEXT_PAGE_SHIELDED);
  H(html, "</strong> ");
  html_say(html, TEXT_PAGE_SHIELDED_HOW);
}

static size_t held(const json_t *word, enum field field)
{
  json_t *values = json_list(word, "values"), *value;
  size_t i, count = 0;

  json_array_foreach(values, i, value)
  {
    if (str_is(json_text(value, "field"), field_row(field)->name)) count++;
  }
  return count;
}

/* A link to a page that writes into this place. */
static void write_add(struct page *page, enum page_id target, enum field field, unsigned slot,
                      struct str label)
{
  struct html *html = &page->html;
  char digit = (char)('0' + slot);
  const struct str args[] = {page->request->args[0], str_from(field_row(field)->name), {&digit, 1}};

  H(html, "<span class=\"app-notes\"><a class=\"govuk-link\" href=\"");
  page_address_of(html, target, args, 3);
  H(html, "\">");
  html_say_with(html, TEXT_PAGE_ADD_LINK, label);
  H(html, "</a></span>");
}

/* What is missing beside something that stands in a place: "Add: hours (name of the provider)". */
static void write_missing(struct page *page, const struct writing *group, enum field field)
{
  for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
    const json_t *beside = writing_value(page, group->fields[0], slot);
    const struct str parts[] = {word_field(field, page->html.lang), json_text(beside, "value")};
    struct str label = parts[0];

    if (beside == NULL || writing_value(page, field, slot) != NULL) continue;
    if (text_fill(page->request->op.arena, &label, TEXT_PAGE_NAME_AND_RELATION, page->html.lang,
                  parts, 2) != OK)
      page->html.err = ERR_MEMORY;
    write_add(page, PAGE_CHANGE, field, slot, label);
  }
}

/* What has no value yet, or room for one more. Notes and events have pages of their own. */
static void write_adds(struct page *page, struct str name, const json_t *word)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    enum field field = (enum field)i;
    const struct field_row *row = field_row(field);
    struct writing group = writing_group(&field);

    if (!str_is(name, row->word) || !writing_is_open(field)) continue;
    if (row->type == TYPE_NOTE || row->type == TYPE_EVENT || held(word, field) >= row->slots)
      continue;
    if (group.fields[0] != field)
      write_missing(page, &group, field);
    else
      write_add(page, row->slots > 1 ? PAGE_ADD : PAGE_CHANGE, field, 0,
                word_field(field, page->html.lang));
  }
}

static void write_word(struct page *page, struct str name, const json_t *word)
{
  part_row_begin(page, value_label(page, name));
  if (json_list(word, "in_custody") != NULL)
    write_shielded(page);
  else
    value_list_to_change(&page->html, word, part_changeable(page, name));
  if (part_changeable(page, name).len > 0) write_adds(page, name, word);
  part_row_end(page);
}

static bool stands_in(const struct section *section, const char *name)
{
  for (size_t i = 0; i < SECTION_WORDS && section->words[i] != NULL; i++)
    if (str_is(str_from(name), section->words[i])) return true;
  return false;
}

static bool is_of_adult(const char *name)
{
  return strncmp(name, "resident_parent_", sizeof "resident_parent_" - 1) == 0 ||
         strncmp(name, "other_parent_", sizeof "other_parent_" - 1) == 0 ||
         strncmp(name, "own_", sizeof "own_" - 1) == 0;
}

static bool stands_elsewhere(const char *name)
{
  static const char *const words[] = {"child_view", "family_statement", "case_notes",
                                      "third_party_statements"};

  if (is_of_adult(name)) return true;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (str_is(str_from(name), words[i])) return true;
  for (size_t i = 0; i < SECTIONS; i++)
    if (stands_in(&sections[i], name)) return true;
  return false;
}

static void write_section(struct page *page, const struct section *section, json_t *fields)
{
  const char *const *word = section->words;
  bool is_begun = false;

  for (; *word != NULL; word++) {
    const json_t *granted = json_object_get(fields, *word);

    if (granted == NULL) continue;
    if (!is_begun) {
      part_heading(page, text_get(section->title, page->html.lang));
      part_rows_begin(page);
      is_begun = true;
    }
    write_word(page, str_from(*word), granted);
  }
  if (is_begun) part_rows_end(page);
}

static void write_others(struct page *page, json_t *fields)
{
  const char *name;
  json_t *word;
  bool is_begun = false;

  json_object_foreach(fields, name, word)
  {
    if (stands_elsewhere(name)) continue;
    if (!is_begun) {
      part_heading(page, text_get(TEXT_PAGE_SECTION_OTHER, page->html.lang));
      part_rows_begin(page);
      is_begun = true;
    }
    write_word(page, str_from(name), word);
  }
  if (is_begun) part_rows_end(page);
}

/* ---- the adults, each with what is granted of that adult ---- */

static void write_adult_values(struct page *page, struct str name, json_t *word, unsigned slot)
{
  struct html *html = &page->html;
  json_t *values = json_list(word, "values"), *value;
  size_t i;

  json_array_foreach(values, i, value)
  {
    if (json_integer_value(json_object_get(value, "slot")) != (json_int_t)slot) continue;
    part_row_begin(page, word_field_named(json_text(value, "field"), html->lang));
    value_write(html, value, json_text(word, "form"));
    value_change_link(html, value, part_changeable(page, name));
    part_row_end(page);
  }
}

static bool has_adult(json_t *fields, unsigned slot)
{
  const char *name;
  json_t *word, *value;
  size_t i;

  json_object_foreach(fields, name, word)
  {
    if (!is_of_adult(name)) continue;
    json_array_foreach(json_list(word, "values"), i, value)
    {
      if (json_integer_value(json_object_get(value, "slot")) == (json_int_t)slot) return true;
    }
  }
  return false;
}

/* What is not known of an adult, or not granted; and one adult more. */
static void write_more_of_adults(struct page *page)
{
  static const enum field name = FIELD_person_name;
  struct writing group = writing_group(&name);

  H(&page->html, "<p class=\"govuk-body\">");
  for (size_t i = 1; i < group.count; i++)
    write_missing(page, &group, group.fields[i]);
  write_add(page, PAGE_ADD, name, 0, text_get(TEXT_PAGE_ADULT, page->html.lang));
  H(&page->html, "</p>\n");
}

static void write_adults(struct page *page, json_t *fields)
{
  const char *name;
  json_t *word;
  bool is_begun = false;

  for (unsigned slot = 0; slot < PEOPLE; slot++) {
    if (!has_adult(fields, slot)) continue;
    if (!is_begun) part_heading(page, text_get(TEXT_PAGE_SECTION_ADULTS, page->html.lang));
    is_begun = true;
    H(&page->html, "<h3 class=\"govuk-heading-s\">");
    html_text(&page->html, word_adult(slot, page->html.lang));
    H(&page->html, "</h3>\n");
    part_rows_begin(page);
    json_object_foreach(fields, name, word)
    {
      if (is_of_adult(name)) write_adult_values(page, str_from(name), word, slot);
    }
    part_rows_end(page);
  }
  if (is_begun && part_changeable(page, STR("resident_parent_name")).len > 0)
    write_more_of_adults(page);
}

/* ---- the words of people, side by side ---- */

static void write_said(struct page *page, json_t *fields, const char *name)
{
  struct html *html = &page->html;
  const json_t *word = json_object_get(fields, name);

  if (word == NULL) return;
  H(html, "<h3 class=\"govuk-heading-s\">");
  html_text(html, value_label(page, str_from(name)));
  H(html, "</h3>");
  if (json_list(word, "in_custody") != NULL)
    write_shielded(page);
  else
    value_list_to_change(html, word, part_changeable(page, str_from(name)));
}

static void write_voices(struct page *page, json_t *fields)
{
  struct html *html = &page->html;

  if (json_object_get(fields, "child_view") == NULL &&
      json_object_get(fields, "family_statement") == NULL &&
      json_object_get(fields, "case_notes") == NULL &&
      json_object_get(fields, "third_party_statements") == NULL)
    return;
  part_heading(page, text_get(TEXT_PAGE_SECTION_VOICES, html->lang));
  H(html, "<div class=\"app-voices\"><div class=\"app-voices__family\">");
  write_said(page, fields, "child_view");
  write_said(page, fields, "family_statement");
  H(html, "</div><div class=\"app-voices__officer\">");
  write_said(page, fields, "case_notes");
  write_said(page, fields, "third_party_statements");
  H(html, "</div></div>\n");
}

/* What was not granted as a matter of course may be granted when asked for, and protecting is never
 * refused: the same ways on, whoever the child is. */
void show_record_refused(struct page *page)
{
  part_done(page);
  part_refusal(page);
  part_doors(page);
}

/* ---- whether the family is safe, before anything else ---- */

/* A page that may not say it says so: what is not told is not thereby harmless. */
static enum text_id safety_text(const json_t *fields)
{
  json_t *word = json_object_get(fields, "shield_exists");
  struct str level = json_text(json_array_get(json_list(word, "values"), 0), "value");

  if (level.len == 0) return TEXT_PAGE_SAFETY_NOT_TOLD;
  if (str_is(level, "none")) return TEXT_PAGE_SAFETY_NONE;
  if (str_is(level, "contact_protected")) return TEXT_PAGE_SAFETY_CONTACT;
  if (str_is(level, "hidden")) return TEXT_PAGE_SAFETY_HIDDEN;
  return TEXT_PAGE_SAFETY_UNDECIDED;
}

static void write_safety(struct page *page, const json_t *fields)
{
  H(&page->html, "<p class=\"app-safety\">");
  html_say(&page->html, safety_text(fields));
  H(&page->html, "</p>\n");
}

void show_record(struct page *page)
{
  struct html *html = &page->html;
  json_t *fields = json_object_get(page->answer, "fields");

  part_done(page);
  write_safety(page, fields);
  if (json_object_get(fields, "child_name") != NULL) {
    H(html, "<p class=\"app-identity\">");
    value_name(html, fields);
    H(html, "</p>\n");
  }
  part_doors(page);
  for (size_t i = 0; i < 2; i++)
    write_section(page, &sections[i], fields);
  write_adults(page, fields);
  for (size_t i = 2; i < SECTIONS; i++)
    write_section(page, &sections[i], fields);
  write_voices(page, fields);
  write_others(page, fields);
  part_ticket(page);
  part_withheld(page);
  part_obligations(page);
}
