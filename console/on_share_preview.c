/* What exactly would leave, and what stays and why, before anything does. The values are those that
 * the officer may see anyway; of the rest the page says that they would leave, and no more. */
#include "console/parts.h"
#include "console/share.h"
#include "console/values.h"

static void write_form(struct page *page, struct str form, struct str rule)
{
  struct html *html = &page->html;

  H(html, " <span class=\"app-notes\">");
  html_text(html, part_policy_word(page, POLICY_FORM, form));
  H(html, ". ");
  html_say_with(html, TEXT_PAGE_RULE, rule);
  H(html, "</span>");
}

static void write_seen(struct page *page)
{
  json_t *fields = json_object_get(page->answer, "fields"), *word;
  const char *name;

  json_object_foreach(fields, name, word)
  {
    part_row_begin(page, value_label(page, str_from(name)));
    if (json_list(word, "in_custody") != NULL)
      html_say(&page->html, TEXT_PAGE_SHARE_SHIELDED);
    else
      value_list(&page->html, word);
    write_form(page, json_text(word, "form"), json_text(word, "rule"));
    part_row_end(page);
  }
}

static void write_unseen(struct page *page)
{
  json_t *unseen = json_list(page->answer, "unseen"), *one;
  size_t i;

  json_array_foreach(unseen, i, one)
  {
    part_row_begin(page, value_label(page, json_text(one, "field")));
    html_say(&page->html, TEXT_PAGE_SHARE_UNSEEN);
    write_form(page, json_text(one, "form"), json_text(one, "rule"));
    part_row_end(page);
  }
}

static void write_leaves(struct page *page)
{
  part_heading(page, text_get(TEXT_PAGE_SHARE_LEAVES, page->html.lang));
  if (json_object_size(json_object_get(page->answer, "fields")) == 0 &&
      json_array_size(json_list(page->answer, "unseen")) == 0) {
    part_inset(page, TEXT_PAGE_SHARE_NOTHING);
    return;
  }
  part_rows_begin(page);
  write_seen(page);
  write_unseen(page);
  part_rows_end(page);
}

static void write_why(struct page *page)
{
  enum lang lang = page->html.lang;
  const struct form *form = &page->form;

  part_rows_begin(page);
  part_row(page, text_get(TEXT_PAGE_SHARE_TO, lang),
           json_text(json_object_get(page->answer, "to"), "name"));
  part_row(page, text_get(TEXT_PAGE_ORGANISATION, lang),
           json_text(json_object_get(page->answer, "to"), "organisation"));
  part_row(page, text_get(TEXT_PAGE_SHARE_PURPOSE, lang),
           part_policy_word(page, POLICY_PURPOSE, form_get(form, "purposes")));
  part_row(page, text_get(TEXT_PAGE_BASIS, lang),
           part_policy_word(page, POLICY_BASIS, form_get(form, "basis")));
  if (form_get(form, "basis_text").len > 0)
    part_row(page, text_get(TEXT_PAGE_BASIS_TEXT, lang), form_get(form, "basis_text"));
  part_row(page, text_get(TEXT_PAGE_SHARE_NECESSITY, lang), form_get(form, "necessity"));
  part_rows_end(page);
}

void show_share_preview(struct page *page)
{
  struct str id = page->request->args[0];
  bool waits = json_array_size(json_list(page->answer, "approvals")) > 0;

  part_inset(page, TEXT_PAGE_SHARE_NOT_YET);
  write_why(page);
  write_leaves(page);
  part_withheld(page);
  part_obligations(page);
  part_approvals(page);
  form_begin(page, PAGE_SHARE_DO, id, false);
  share_carry(page, SHARE_SAID | SHARE_WEIGHED);
  form_button(page, waits ? TEXT_PAGE_SHARE_ASK_SECOND : TEXT_PAGE_SHARE_DO);
  form_end(page);
  form_begin(page, PAGE_SHARE_ASK, id, false);
  share_carry(page, SHARE_SAID | SHARE_WEIGHED);
  H(&page->html, "<button type=\"submit\" class=\"govuk-button govuk-button--secondary\">");
  html_say(&page->html, TEXT_PAGE_SHARE_CHANGE);
  H(&page->html, "</button>");
  form_end(page);
}
