/* A new entry: the fields that the law in force here gives a power for, each with that power, and
 * those that a family may decline marked so. What resembles somebody is for the register to say to
 * the circle; this page learns nothing of it. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/values.h"
#include "console/words.h"
#include "console/writing.h"
#include "policy/regime.h"

enum { SECTION_FIELDS = 12 };

static const struct section {
  enum text_id title;
  enum field fields[SECTION_FIELDS];
  size_t count;
} sections[] = {
  {TEXT_PAGE_SECTION_WHO,
   {FIELD_forename, FIELD_middle_names, FIELD_surname, FIELD_known_as, FIELD_date_of_birth,
    FIELD_sex, FIELD_upn, FIELD_ethnicity, FIELD_correspondence_language,
    FIELD_communication_needs},
   10},
  {TEXT_PAGE_SECTION_WHERE, {FIELD_home_address, FIELD_home_postcode, FIELD_child_contact}, 3},
  {TEXT_PAGE_SECTION_ADULTS,
   {FIELD_person_name, FIELD_person_relation, FIELD_person_standing, FIELD_person_address,
    FIELD_person_phone, FIELD_person_email, FIELD_person_language},
   7},
  {TEXT_PAGE_SECTION_CIRCUMSTANCES,
   {FIELD_register_basis, FIELD_circumstances, FIELD_circumstances_narrative, FIELD_reasons_given},
   4},
  {TEXT_PAGE_SECTION_EDUCATION,
   {FIELD_time_with_parents, FIELD_time_with_others, FIELD_provider_name, FIELD_provider_type,
    FIELD_provider_address, FIELD_provider_hours, FIELD_last_school, FIELD_left_school_on,
    FIELD_start_date},
   9},
  {TEXT_PAGE_SECTION_SUPPORT, {FIELD_aln_status, FIELD_eotas}, 2},
};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

/* The words of an adult's fields have the same power however that adult stands to the child. */
static bool has_power(const struct page *page, enum field field)
{
  const struct field_row *row = field_row(field);

  return regime_field_has_power(reg_regime(page->request->op.reg), str_from(row->power),
                                str_from(row->word));
}

enum err ask_entry_new(struct page *page)
{
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "purposes");
  json_array_start(&body);
  json_str(&body, STR("register_maintenance"));
  json_array_end(&body);
  JSON_KEY(&body, "basis");
  json_object_start(&body);
  JSON_KEY(&body, "kind");
  json_str(&body, STR("statutory_duty"));
  JSON_KEY(&body, "text");
  json_str(&body, str_from(field_row(FIELD_registered)->power));
  json_object_end(&body);
  page_put(page, &body, "source");
  page_point(page, STR("/values"), STR("forename"));
  JSON_KEY(&body, "values");
  json_object_start(&body);
  for (size_t i = 0; i < SECTIONS; i++)
    for (size_t k = 0; k < sections[i].count; k++)
      writing_put(page, &body, sections[i].fields[k], 0);
  json_object_end(&body);
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/entries", .handler = on_entry_create, .body = &body});
}

static void write_section(struct page *page, const struct section *section)
{
  part_heading(page, text_get(section->title, page->html.lang));
  for (size_t k = 0; k < section->count; k++) {
    if (!has_power(page, section->fields[k])) continue;
    writing_input(page, section->fields[k], (struct str){"", 0});
    writing_power(page, section->fields[k]);
  }
}

void show_entry_new(struct page *page)
{
  part_paragraph(page, TEXT_PAGE_ENTRY_NEW_WHAT);
  form_begin(page, PAGE_ENTRY_NEW_DO, (struct str){0}, true);
  for (size_t i = 0; i < SECTIONS; i++)
    write_section(page, &sections[i]);
  part_heading(page, text_get(TEXT_PAGE_ENTRY_FROM, page->html.lang));
  form_input(page, &(struct input){.name = "source",
                                   .label = TEXT_PAGE_ENTRY_SOURCE,
                                   .hint = TEXT_PAGE_ENTRY_SOURCE_HINT,
                                   .type = "text"});
  writing_said_by(page, "unknown");
  form_button(page, TEXT_PAGE_ENTRY_MAKE);
  form_end(page);
}

/* What was kept as it was given, each with the way to mend it. */
static void write_as_given(struct page *page)
{
  struct html *html = &page->html;
  json_t *values = json_list(page->answer, "as_given"), *value;
  size_t i;

  if (json_array_size(values) == 0) return;
  part_heading(page, text_get(TEXT_PAGE_ENTRY_AS_GIVEN, html->lang));
  H(html, "<ul class=\"govuk-list govuk-list--bullet\">");
  json_array_foreach(values, i, value)
  {
    H(html, "<li>");
    html_text(html, word_field_named(json_text(value, "field"), html->lang));
    value_change_link(html, value, json_text(page->answer, "entry"));
    H(html, "</li>");
  }
  H(html, "</ul>\n");
}

void show_entry_made(struct page *page)
{
  part_inset_text(page, json_text(page->answer, "waits"));
  write_as_given(page);
  part_link_line(page, PAGE_RECORD, json_text(page->answer, "entry"), TEXT_PAGE_ENTRY_OPEN);
}
