/* The policy book's cover, how it is decided, and what its chapters are made of. */
#include "console/book.h"

#include "console/book_parts.h"

/* ---- Parts ------------------------------------------------------------------------------------
 */

void book_word(struct book *book, enum policy_kind kind, uint8_t word)
{
  html_text(&book->html, policy_word_text(book->policy, kind, word, book->html.lang));
}

void book_words(struct book *book, enum policy_kind kind, uint64_t words)
{
  bool is_first = true;

  if (words == 0) html_say(&book->html, TEXT_BOOK_NOTHING);
  for (; words != 0; words &= words - 1) {
    if (!is_first) H(&book->html, ", ");
    book_word(book, kind, (uint8_t)__builtin_ctzll(words));
    is_first = false;
  }
}

void book_fields(struct book *book, struct fieldset fields, const uint8_t *form)
{
  H(&book->html, "<ul class=\"fields\">");
  while (!fieldset_is_empty(fields)) {
    uint8_t field = (uint8_t)fieldset_take(&fields);

    H(&book->html, "<li>");
    book_word(book, POLICY_FIELD, field);
    if (form != NULL && form[field] != policy_field_full_form(book->policy, field)) {
      H(&book->html, " <em>(");
      book_word(book, POLICY_FORM, form[field]);
      H(&book->html, ")</em>");
    }
    H(&book->html, "</li>");
  }
  H(&book->html, "</ul>\n");
}

void book_paragraph(struct book *book, enum text_id id)
{
  H(&book->html, "<p>");
  html_say(&book->html, id);
  H(&book->html, "</p>\n");
}

void book_heading(struct book *book, enum text_id id)
{
  H(&book->html, "<h2 class=\"page\">");
  html_say(&book->html, id);
  H(&book->html, "</h2>\n");
}

void book_table(struct book *book, const enum text_id *columns, size_t count)
{
  H(&book->html, "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
  for (size_t i = 0; i < count; i++) {
    H(&book->html, "<th scope=\"col\">");
    html_say(&book->html, columns[i]);
    H(&book->html, "</th>");
  }
  H(&book->html, "</tr></thead><tbody>\n");
}

void book_table_end(struct book *book)
{
  H(&book->html, "</tbody></table></div>\n");
}

void book_day(struct book *book, struct day day)
{
  char text[10];

  day_write(text, day);
  html_text(&book->html, (struct str){text, sizeof(text)});
}

/* ---- How it is decided ------------------------------------------------------------------------
 */

static void rule_row(struct book *book, uint16_t rule)
{
  struct html *html = &book->html;

  H(html, "<tr><th scope=\"row\" class=\"short\">");
  html_text(html, policy_rule_id(book->policy, rule));
  H(html, "</th><td>");
  html_text(html, policy_rule_why(book->policy, rule, html->lang));
  H(html, "</td><td>");
  html_text(html, policy_rule_law(book->policy, rule));
  H(html, "</td><td>");
  html_text(html, policy_rule_owner_text(book->policy, rule, html->lang));
  H(html, "</td><td class=\"short\">");
  book_day(book, policy_rule_review(book->policy, rule));
  H(html, "</td></tr>\n");
}

/* Every rule of two sorts, in order of their ids. */
static void rules_table(struct book *book, enum text_id title, enum policy_sort sort,
                        enum policy_sort other)
{
  H(&book->html, "<h3>");
  html_say(&book->html, title);
  H(&book->html, "</h3>\n");
  book_table(book, BOOK_COLUMNS(TEXT_BOOK_RULE, TEXT_BOOK_SAYS, TEXT_BOOK_LAW, TEXT_BOOK_OWNER,
                                TEXT_BOOK_REVIEW));
  for (uint16_t rule = 1; rule <= book_rule_count(book->policy); rule++) {
    enum policy_sort found = policy_rule_sort(book->policy, rule);

    if (found == sort || found == other) rule_row(book, rule);
  }
  book_table_end(book);
}

static void duties_table(struct book *book)
{
  struct html *html = &book->html;

  H(html, "<h3>");
  html_say(html, TEXT_BOOK_DUTIES);
  H(html, "</h3>\n");
  book_table(book, BOOK_COLUMNS(TEXT_BOOK_DUTY, TEXT_BOOK_BY, TEXT_BOOK_PROOF));
  for (uint8_t duty = 1; duty <= book_word_count(book->policy, POLICY_OBLIGATION); duty++) {
    H(html, "<tr><th scope=\"row\">");
    book_word(book, POLICY_OBLIGATION, duty);
    H(html, "</th><td>");
    html_text(html, policy_obligation_who(book->policy, duty, html->lang));
    H(html, "</td><td>");
    html_text(html, policy_obligation_proof(book->policy, duty, html->lang));
    H(html, "</td></tr>\n");
  }
  book_table_end(book);
}

static void how_it_is_decided(struct book *book)
{
  uint16_t generic = policy_rule_named(book->policy, STR("R-00"));

  book_heading(book, TEXT_BOOK_HOW);
  for (unsigned id = TEXT_BOOK_HOW_1; id <= TEXT_BOOK_HOW_4; id++)
    book_paragraph(book, (enum text_id)id);
  H(&book->html, "<h3>");
  html_say(&book->html, TEXT_BOOK_GENERIC);
  H(&book->html, "</h3>\n<blockquote>");
  html_text(&book->html, policy_rule_why(book->policy, generic, book->html.lang));
  H(&book->html, "</blockquote>\n");
  rules_table(book, TEXT_BOOK_REFUSALS, POLICY_SORT_REFUSE, POLICY_SORT_WITHHOLD);
  rules_table(book, TEXT_BOOK_APPROVALS, POLICY_SORT_APPROVE, POLICY_SORT_APPROVE);
  rules_table(book, TEXT_BOOK_CIRCLE, POLICY_SORT_CIRCLE, POLICY_SORT_CIRCLE);
  book_paragraph(book, TEXT_BOOK_CIRCLE_WHAT);
  rules_table(book, TEXT_BOOK_ACTS, POLICY_SORT_ACT, POLICY_SORT_ACT);
  duties_table(book);
}

/* ---- The whole --------------------------------------------------------------------------------
 */

static void cover(struct book *book)
{
  static const enum text_id lines[] = {TEXT_BOOK_SIGN_DPO, TEXT_BOOK_SIGN_LEAD};
  struct html *html = &book->html;

  H(html, "<h1>");
  html_say(html, TEXT_BOOK_TITLE);
  H(html, "</h1>\n");
  book_paragraph(book, TEXT_BOOK_WHAT);
  book_paragraph(book, TEXT_BOOK_NOT_LAW);
  H(html, "<p>");
  html_say(html, TEXT_BOOK_VERSION);
  H(html, ": <code>");
  html_text(html, book->version);
  H(html, "</code></p>\n<h3>");
  html_say(html, TEXT_BOOK_SIGN);
  H(html, "</h3>\n");
  for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
    H(html, "<p class=\"line\">");
    html_say(html, lines[i]);
    H(html, "</p>\n");
  }
}

static void head(struct html *html)
{
  H(html, "<!DOCTYPE html>\n<html lang=\"");
  html_text(html, html->lang == LANG_CY ? STR("cy") : STR("en"));
  H(html, "\">\n<head><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  html_say(html, TEXT_BOOK_TITLE);
  H(html,
    "</title>\n<style>\n"
    "body{font:11pt/1.45 Georgia,serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}\n"
    "h1,h2,h3{font-family:sans-serif;line-height:1.2}\n"
    "h2{border-bottom:2px solid #444;padding-bottom:.2rem;margin-top:3rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem;font-size:9.5pt}\n"
    "th,td{border:1px solid #888;padding:.25rem .4rem;text-align:left;vertical-align:top}\n"
    "thead{display:table-header-group}\ntr{break-inside:avoid}\n"
    "blockquote{border-left:4px solid #444;margin:0;padding:.2rem 1rem}\n"
    ".fields{columns:2;margin:.2rem 0;padding-left:1.2rem}\n"
    ".line{border-bottom:1px solid #444;margin-top:3rem}\n"
    ".wide{overflow-x:auto}.wide:focus{outline:3px solid #1d5fa8}\n"
    ".short{white-space:nowrap}\ncode{word-break:break-all}\n"
    "@page{size:A4;margin:18mm}\n"
    "@media print{body{margin:0;max-width:none}.wide{overflow:visible}.page{break-before:page}}\n"
    "</style></head>\n<body><main>\n");
}

enum err book_write(const struct policy *policy, struct arena *arena, enum lang lang,
                    struct str version, struct str *ret_html)
{
  struct book book = {.policy = policy, .version = version};

  html_start(&book.html, arena, lang);
  head(&book.html);
  cover(&book);
  how_it_is_decided(&book);
  book_recipients(&book);
  book_parent(&book);
  book_notices(&book);
  book_processing(&book);
  book_assessment(&book);
  H(&book.html, "</main></body></html>\n");
  return html_done(&book.html, ret_html);
}
