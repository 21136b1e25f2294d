/* A disclosure to print, or to read out on the telephone: what leaves, what the recipient has to
 * do, and what a reader needs to check it against the log; in both languages, by one function. It
 * holds nothing but the content that was made with the decision. */
#include <stdio.h>

#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"

enum { INDEX_MAX = 24 };

enum err ask_paper(struct page *page)
{
  return page_call(page, &(struct page_call){.method = "GET",
                                             .path = "/v1/disclosures/%1/paper",
                                             .handler = on_disclosure_paper,
                                             .args = {page->request->args[0]}});
}

/* ---- the paper ---- */

static void write_recipient(struct page *page, const json_t *content)
{
  const json_t *to = json_object_get(content, "recipient");
  enum lang lang = page->html.lang;

  part_row(page, text_get(TEXT_PAGE_SHARE_TO, lang), json_text(to, "name"));
  part_row(page, text_get(TEXT_PAGE_ORGANISATION, lang), json_text(to, "organisation"));
  part_row(page, text_get(TEXT_PAGE_ROLE, lang),
           part_policy_word(page, POLICY_ROLE, json_text(to, "role")));
}

static struct str write_index(char ret_text[static INDEX_MAX], const json_t *index)
{
  int n = snprintf(ret_text, INDEX_MAX, "%lld", (long long)json_integer_value(index));

  return (struct str){ret_text, n > 0 ? (size_t)n : 0};
}

static void write_manifest(struct page *page, const json_t *content)
{
  const json_t *answer = page->answer;
  enum lang lang = page->html.lang;
  char expiry[WORD_INSTANT_MAX], index[INDEX_MAX];
  json_t *one;
  size_t i;

  write_recipient(page, content);
  json_array_foreach(json_list(content, "purposes"), i, one)
  {
    part_row(page, text_get(TEXT_PAGE_SHARE_PURPOSE, lang),
             part_policy_word(page, POLICY_PURPOSE, str_from(json_string_value(one))));
  }
  part_row(page, text_get(TEXT_PAGE_BASIS, lang),
           part_policy_word(page, POLICY_BASIS, json_text(content, "basis")));
  json_array_foreach(json_list(content, "rules"), i, one)
  {
    part_row(page, text_get(TEXT_PAGE_PAPER_RULE, lang), str_from(json_string_value(one)));
  }
  part_row(page, text_get(TEXT_PAGE_UNTIL, lang),
           word_when(expiry, json_text(answer, "expiry"), lang));
  part_row(page, text_get(TEXT_PAGE_PAPER_DIGEST, lang), json_text(answer, "digest"));
  part_row(page, text_get(TEXT_PAGE_PAPER_LOG, lang), json_text(answer, "origin"));
  part_row(page, text_get(TEXT_PAGE_PAPER_INDEX, lang),
           write_index(index, json_object_get(answer, "index")));
}

static void write_fields(struct page *page, const json_t *content)
{
  const char *name;
  json_t *word;

  part_rows_begin(page);
  json_object_foreach(json_object_get(content, "fields"), name, word)
  {
    part_row_begin(page, value_label(page, str_from(name)));
    value_list(&page->html, word);
    part_row_end(page);
  }
  part_rows_end(page);
}

static void write_duties(struct page *page, const json_t *content)
{
  const char *lang = page->html.lang == LANG_CY ? "cy" : "en";
  struct html *html = &page->html;
  json_t *one;
  size_t i;

  part_heading(page, text_get(TEXT_PAGE_OBLIGATIONS, html->lang));
  H(html, "<ul class=\"govuk-list govuk-list--bullet\">");
  json_array_foreach(json_list(content, "obligations"), i, one)
  {
    H(html, "<li>");
    html_text(html, json_text(json_object_get(one, "what"), lang));
    H(html, "</li>");
  }
  H(html, "</ul>\n");
}

/* One language's half: the obligations first, so that they are read before the values. */
static void write_half(struct page *page, enum lang lang)
{
  const json_t *content = json_object_get(page->answer, "content");
  enum lang before = page->html.lang;
  struct html *html = &page->html;

  html->lang = lang;
  html_literal(html, lang == LANG_CY ? STR("<section lang=\"cy\">") : STR("<section lang=\"en\">"));
  part_rows_begin(page);
  write_manifest(page, content);
  part_rows_end(page);
  write_duties(page, content);
  part_heading(page, text_get(TEXT_PAGE_SHARE_LEFT, lang));
  write_fields(page, content);
  H(html, "</section>\n");
  html->lang = before;
}

/* ---- the call ---- */

static void write_call(struct page *page)
{
  json_t *fields = json_object_get(json_object_get(page->answer, "content"), "fields");
  struct choice words[FIELDSET_MAX];
  const char *name;
  size_t count = 0;
  json_t *word;

  json_object_foreach(fields, name, word)
  {
    if (count < FIELDSET_MAX)
      words[count++] =
        (struct choice){.value = str_from(name), .label = value_label(page, str_from(name))};
  }
  part_heading(page, text_get(TEXT_PAGE_TELL, page->html.lang));
  form_begin(page, PAGE_TELL, page->request->args[0], true);
  form_input(page, &(struct input){.name = "to", .label = TEXT_PAGE_TELL_TO, .type = "text"});
  form_choices(page, &(struct choices){.name = "fields",
                                       .label = TEXT_PAGE_TELL_FIELDS,
                                       .at = words,
                                       .count = count,
                                       .is_many = true});
  form_choices(page, &(struct choices){.name = "read",
                                       .label = TEXT_PAGE_OBLIGATIONS,
                                       .at = &(struct choice){.value = STR("yes"),
                                                              .label = text_get(TEXT_PAGE_TELL_READ,
                                                                                page->html.lang)},
                                       .count = 1,
                                       .is_many = true});
  form_button(page, TEXT_PAGE_TELL);
  form_end(page);
}

void show_paper(struct page *page)
{
  bool is_call = str_is(json_text(page->answer, "means"), "spoken");
  enum lang first = page->html.lang;

  part_paragraph(page, is_call ? TEXT_PAGE_PAPER_CALL : TEXT_PAGE_PAPER_HOW);
  if (is_call) {
    part_rows_begin(page);
    part_row(page, text_get(TEXT_PAGE_RECIPIENT_PHONE, first), json_text(page->answer, "phone"));
    part_rows_end(page);
  }
  write_half(page, first);
  if (is_call)
    write_call(page);
  else
    write_half(page, first == LANG_CY ? LANG_EN : LANG_CY);
  part_link_line(page, PAGE_DISCLOSURE, page->request->args[0], TEXT_PAGE_OPEN_IT);
}

enum err ask_tell(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "to");
  JSON_KEY(&body, "obligations_read");
  json_bool(&body, str_is(form_get(&page->form, "read"), "yes"));
  page_point(page, STR("/fields"), STR("fields"));
  JSON_KEY(&body, "fields");
  json_array_start(&body);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "fields")) json_str(&body, page->form.at[i].value);
  json_array_end(&body);
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/disclosures/%1/tellings",
                                             .handler = on_disclosure_tell,
                                             .args = {page->request->args[0]},
                                             .body = &body});
}

void show_told(struct page *page)
{
  page_go(page, PAGE_DISCLOSURE, page->request->args[0], "told");
}
