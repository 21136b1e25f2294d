/* How outside recipients stand to one child, for the safeguarding lead: what is recorded and on
 * what evidence, a new relation, and an end before its day. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/parts.h"
#include "console/words.h"

bool relations_are_offered(const struct page *page)
{
  return may_act(page, "set_relation");
}

/* ---- asking ---- */

enum err ask_relations(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/entries/%1/relations",
                                             .handler = on_relation_list,
                                             .args = {page->request->args[0]}});
}

enum err ask_relation_make(struct page *page)
{
  static const char *const names[] = {"recipient", "relation", "evidence"};
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "id");
  json_str(&body, page->request->args[0]);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    page_point_named(page, names[i]);
    json_key(&body, str_from(names[i]));
    json_str(&body, str_trim(form_get(&page->form, names[i])));
  }
  page_point_named(page, "until");
  form_day_put(page, &body, "until");
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/relations", .handler = on_relation_make, .body = &body});
}

enum err ask_relation_end(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "DELETE",
                                             .path = "/v1/relations/%1",
                                             .handler = on_relation_end,
                                             .args = {page->request->args[0]}});
}

/* ---- the form ---- */

void show_relation_form(struct page *page)
{
  static const char *const names[] = {
    "receiving",         "named_case", "order_names_fields", "case_before_it",
    "care_relationship", "on_roll",    "named_provider",     "resident",
    "non_resident",      "self",       "written_authority",  "protected_parent_consent",
    "parent_consent",    "direction",  "inspection_open",    "audit_open",
    "accredited"};
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice relations[sizeof names / sizeof names[0]];
  size_t count = 0;

  for (; count < sizeof names / sizeof names[0]; count++)
    relations[count] = part_policy_choice(
      page, POLICY_RELATION, policy_word(policy, POLICY_RELATION, str_from(names[count])));
  part_paragraph(page, TEXT_PAGE_RELATIONS_HOW);
  form_begin(page, PAGE_RELATION_MAKE, page->request->args[0], true);
  form_input(page, &(struct input){.name = "recipient",
                                   .label = TEXT_PAGE_RELATIONS_RECIPIENT,
                                   .hint = TEXT_PAGE_RELATIONS_RECIPIENT_HINT,
                                   .type = "text"});
  form_select(page,
              &(struct choices){
                .name = "relation", .label = TEXT_PAGE_RELATION, .at = relations, .count = count});
  form_input(page, &(struct input){.name = "evidence",
                                   .label = TEXT_PAGE_RELATION_EVIDENCE,
                                   .hint = TEXT_PAGE_RELATIONS_EVIDENCE_HINT});
  form_day(page, "until", TEXT_PAGE_RELATIONS_UNTIL, DAY_NONE);
  form_button(page, TEXT_PAGE_RELATIONS_RECORD);
  form_end(page);
}

/* ---- what is recorded ---- */

static void write_row(struct page *page, enum text_id key, struct str value)
{
  if (value.len > 0) part_row(page, text_get(key, page->html.lang), value);
}

static void write_one(struct page *page, const json_t *one)
{
  bool is_in = json_is_true(json_object_get(one, "approved"));
  const json_t *to = json_object_get(one, "to");
  struct html *html = &page->html;
  char text[WORD_INSTANT_MAX];

  part_rows_begin(page);
  part_row_begin(page, text_get(TEXT_PAGE_SHARE_TO, page->html.lang));
  H(html, "<a class=\"govuk-link\" href=\"");
  page_address(html, PAGE_RECIPIENT, json_text(to, "recipient"));
  H(html, "\">");
  html_text(html, json_text(to, "name"));
  H(html, "</a>");
  part_row_end(page);
  write_row(page, TEXT_PAGE_ORGANISATION, json_text(to, "organisation"));
  write_row(page, TEXT_PAGE_ROLE, part_policy_word(page, POLICY_ROLE, json_text(to, "role")));
  write_row(page, TEXT_PAGE_RELATION,
            part_policy_word(page, POLICY_RELATION, json_text(one, "relation")));
  if (!is_in)
    write_row(page, TEXT_PAGE_STATE, text_get(TEXT_SAFETY_RELATION_WAITS, page->html.lang));
  if (json_text(one, "until").len > 0)
    write_row(page, TEXT_PAGE_RELATIONS_UNTIL,
              word_when(text, json_text(one, "until"), page->html.lang));
  write_row(page, TEXT_PAGE_RELATION_EVIDENCE, json_text(one, "evidence"));
  write_row(page, TEXT_PAGE_ASKED_BY, json_text(one, "by"));
  part_rows_end(page);
  form_begin(page, PAGE_RELATION_END, json_text(one, "id"), false);
  html_hidden(&page->html, STR("entry"), json_text(page->answer, "entry"));
  form_button(page, TEXT_PAGE_RELATIONS_END);
  form_end(page);
}

void show_relations(struct page *page)
{
  json_t *relations = json_list(page->answer, "relations"), *one;
  size_t i;

  part_done(page);
  if (json_array_size(relations) == 0) part_inset(page, TEXT_PAGE_RELATIONS_NONE);
  json_array_foreach(relations, i, one)
  {
    write_one(page, one);
  }
  part_heading(page, text_get(TEXT_PAGE_RELATIONS_RECORD, page->html.lang));
  show_relation_form(page);
}

void show_relation_made(struct page *page)
{
  page_go(page, PAGE_RELATIONS, page->request->args[0],
          page->status == 202 ? "relation-waits" : "relation");
}

void show_relation_ended(struct page *page)
{
  page_go(page, PAGE_RELATIONS, form_get(&page->form, "entry"), "relation-end");
}
