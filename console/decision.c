/* What a decision says beside its values: what was not granted and why, and what has to be done
 * with the rest. See parts.h. */
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "policy/policy.h"

struct str part_policy_word(const struct page *page, enum policy_kind kind, struct str name)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint8_t word = policy_word(policy, kind, name);

  return word == POLICY_NO_WORD ? name : policy_word_text(policy, kind, word, page->html.lang);
}

struct choice part_policy_choice(const struct page *page, enum policy_kind kind, uint8_t word)
{
  const struct policy *policy = reg_policy(page->request->op.reg);

  return (struct choice){.value = policy_word_name(policy, kind, word),
                         .label = policy_word_text(policy, kind, word, page->html.lang)};
}

/* What the nearest rule asks for and the request does not have. */
static void write_unmet(struct html *html, const json_t *withheld)
{
  json_t *unmet;
  size_t i;

  json_array_foreach(json_list(withheld, "unmet"), i, unmet)
  {
    H(html, " ");
    html_text(html, json_text(unmet, "what"));
  }
}

void part_withheld(struct page *page)
{
  struct html *html = &page->html;
  json_t *withheld = json_list(page->answer, "withheld"), *one;
  size_t i;

  if (json_array_size(withheld) == 0) return;
  part_heading(page, text_get(TEXT_PAGE_WITHHELD, html->lang));
  part_rows_begin(page);
  json_array_foreach(withheld, i, one)
  {
    part_row_begin(page, value_label(page, json_text(one, "field")));
    html_text(html, json_text(one, "why"));
    H(html, " ");
    html_say_with(html, TEXT_PAGE_RULE, json_text(one, "rule"));
    if (json_text(one, "nearest").len > 0) {
      H(html, " ");
      html_say_with(html, TEXT_PAGE_NEAREST, json_text(one, "nearest"));
    }
    write_unmet(html, one);
    part_row_end(page);
  }
  part_rows_end(page);
}

static void write_approvers(struct page *page, const json_t *approval)
{
  struct html *html = &page->html;
  json_t *role;
  size_t i;

  json_array_foreach(json_list(approval, "by"), i, role)
  {
    if (i > 0) H(html, ", ");
    html_text(html, part_policy_word(page, POLICY_ROLE, str_from(json_string_value(role))));
  }
}

void part_approvals(struct page *page)
{
  struct html *html = &page->html;
  json_t *approvals = json_list(page->answer, "approvals"), *one;
  size_t i;

  if (json_array_size(approvals) == 0) return;
  part_heading(page, text_get(TEXT_PAGE_SECOND_PERSON, html->lang));
  H(html, "<ul class=\"govuk-list govuk-list--bullet\">");
  json_array_foreach(approvals, i, one)
  {
    H(html, "<li>");
    html_text(html, json_text(one, "why"));
    H(html, " ");
    write_approvers(page, one);
    H(html, ". ");
    html_say_with(html, TEXT_PAGE_RULE, json_text(one, "rule"));
    H(html, "</li>");
  }
  H(html, "</ul>\n");
}

static void write_word(struct page *page, const char *value, enum text_id label, bool is_second)
{
  struct html *html = &page->html;

  H(html, "<button type=\"submit\" name=\"approve\" value=\"");
  html_text(html, str_from(value));
  H(html, "\" class=\"govuk-button");
  if (is_second) H(html, " govuk-button--secondary");
  H(html, "\">");
  html_say(html, label);
  H(html, "</button>");
}

void form_decide(struct page *page)
{
  H(&page->html, "<div class=\"govuk-button-group\">");
  write_word(page, "yes", TEXT_PAGE_APPROVE, false);
  write_word(page, "no", TEXT_PAGE_DECLINE, true);
  H(&page->html, "</div>");
}

bool form_approves(const struct page *page)
{
  return str_is(form_get(&page->form, "approve"), "yes");
}

enum err form_decide_call(struct page *page, const char *path,
                          enum err (*handler)(struct request *request))
{
  struct json body;

  page_body(page, &body);
  JSON_KEY(&body, "approve");
  json_bool(&body, form_approves(page));
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = path,
                                             .handler = handler,
                                             .body = &body,
                                             .args = {page->request->args[0]}});
}
