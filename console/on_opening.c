/* Opening what is shielded with a person's own signature, the page on which a browser makes the key
 * for it, and the page on which anybody checks a proof from the log. What is signed and what is
 * checked is worked out in the browser (assets/ticket.js, assets/proof.js) or by `cnis sign` and
 * `cnis-verify`: nothing here may say what a ticket stands for, or that a proof holds. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"
#include "console/values.h"
#include "console/words.h"
#include "policy/policy.h"

/* ---- words for a script ---- */

/* <li data-kind="field" data-id="10">Forename</li>: what a script shows and has no words for. */
static void say_word(struct html *html, const char *kind, struct str id, struct str text)
{
  H(html, "<li data-kind=\"");
  html_text(html, str_from(kind));
  H(html, "\" data-id=\"");
  html_text(html, id);
  H(html, "\">");
  html_text(html, text);
  H(html, "</li>");
}

struct script_word {
  const char *id;
  enum text_id text;
};

static void say_words(struct html *html, const struct script_word *words, size_t count)
{
  for (size_t i = 0; i < count; i++)
    say_word(html, "say", str_from(words[i].id), text_get(words[i].text, html->lang));
}

static void say_vocabulary(const struct page *page, struct html *html, const char *name,
                           enum policy_kind kind)
{
  const struct policy *policy = reg_policy(page->request->op.reg);

  for (unsigned i = 1; i <= policy_word_count(policy, kind); i++)
    say_word(html, name, policy_word_name(policy, kind, (uint8_t)i),
             policy_word_text(policy, kind, (uint8_t)i, html->lang));
}

/* A ticket names fields by number, and some of them are nobody's to ask for. */
static void say_fields(struct html *html)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    const struct field_row *row = field_row((enum field)i);
    char digits[8];
    size_t at = sizeof digits;

    if (row->word[0] == '\0') continue;
    for (unsigned id = row->id; at == sizeof digits || id > 0; id /= 10)
      digits[--at] = (char)('0' + id % 10);
    say_word(html, "field", (struct str){digits + at, sizeof digits - at},
             word_field((enum field)i, html->lang));
  }
}

static void write_person(const struct page *page, struct html *html)
{
  char digits[2 * ID_BYTES];

  hex_write(digits, page->request->op.actor.account.b, ID_BYTES);
  html_text(html, (struct str){digits, sizeof digits});
}

/* ---- opening ---- */

enum err ask_opening(struct page *page)
{
  struct json body;

  page_body(page, &body);
  page_put(page, &body, "ticket");
  page_put(page, &body, "signature");
  json_object_end(&body);
  return page_call(
    page, &(struct page_call){
            .method = "POST", .path = "/v1/openings", .handler = on_opening_make, .body = &body});
}

/* Shown by the script once it has read a ticket; words only, the ticket says the rest. */
static void write_signing(struct page *page)
{
  static const struct script_word words[] = {
    {"request", TEXT_OPENING_YOU_REQUEST},
    {"approve", TEXT_OPENING_YOU_APPROVE},
    {"act-1", TEXT_OPENING_ACT_OPEN},
    {"act-2", TEXT_OPENING_ACT_LOWER},
    {"act-3", TEXT_OPENING_ACT_BREAK_GLASS},
    {"act", TEXT_OPENING_ACT},
    {"person", TEXT_OPENING_PERSON},
    {"record", TEXT_OPENING_CHILD},
    {"purpose", TEXT_PAGE_PURPOSE},
    {"basis", TEXT_PAGE_BASIS},
    {"fields", TEXT_PAGE_FIELDS},
    {"field-unknown", TEXT_OPENING_FIELD_UNKNOWN},
    {"rules", TEXT_OPENING_RULES},
    {"expiry", TEXT_OPENING_EXPIRY},
    {"recipient", TEXT_OPENING_RECIPIENT},
    {"to-self", TEXT_OPENING_TO_SELF},
    {"unread", TEXT_OPENING_UNREAD},
    {"expired", TEXT_OPENING_EXPIRED},
    {"no-key", TEXT_OPENING_NO_KEY},
    {"failed", TEXT_OPENING_SIGN_FAILED},
    {"signed", TEXT_OPENING_SIGNED},
  };
  struct html *html = &page->html;

  H(html, "<section id=\"signing\" data-person=\"");
  write_person(page, html);
  H(html, "\" hidden><h2 class=\"govuk-heading-m\">");
  html_say(html, TEXT_OPENING_WHAT);
  H(html, "</h2><dl class=\"govuk-summary-list\"></dl><div class=\"govuk-body\" role=\"status\">"
          "</div><button type=\"button\" class=\"govuk-button\" hidden>");
  html_say(html, TEXT_OPENING_SIGN);
  H(html, "</button><ul hidden>");
  say_words(html, words, sizeof words / sizeof words[0]);
  say_vocabulary(page, html, "purpose", POLICY_PURPOSE);
  say_vocabulary(page, html, "basis", POLICY_BASIS);
  say_fields(html);
  H(html, "</ul></section>\n");
}

/* For who signs elsewhere: the same ticket, as a command. */
static void write_command(struct page *page)
{
  struct html *html = &page->html;
  struct str ticket = str_trim(form_get(&page->form, "ticket"));

  part_paragraph(page, TEXT_OPENING_ELSEWHERE);
  H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">cnis sign --key ");
  html_say(html, TEXT_OPENING_KEY_FILE);
  H(html, " \"");
  if (ticket.len > 0)
    html_text(html, ticket);
  else
    html_say(html, TEXT_OPENING_TICKET);
  H(html, "\"</pre>\n");
}

void show_opening(struct page *page)
{
  part_paragraph(page, TEXT_OPENING_HOW);
  form_begin(page, PAGE_OPENING_DO, (struct str){0}, true);
  form_input(page, &(struct input){.name = "ticket",
                                   .label = TEXT_OPENING_TICKET,
                                   .hint = TEXT_OPENING_TICKET_HINT});
  write_signing(page);
  write_command(page);
  form_input(page, &(struct input){.name = "signature",
                                   .label = TEXT_OPENING_SIGNATURE,
                                   .hint = TEXT_OPENING_SIGNATURE_HINT});
  form_button(page, TEXT_OPENING_OPEN);
  form_end(page);
  part_link_line(page, PAGE_MY_KEY, (struct str){0}, TEXT_PAGE_MY_KEY);
}

static void write_values(struct page *page, json_t *fields)
{
  const char *name;
  json_t *word;

  part_rows_begin(page);
  json_object_foreach(fields, name, word)
  {
    part_row_begin(page, value_label(page, str_from(name)));
    value_list(&page->html, word);
    part_row_end(page);
  }
  part_rows_end(page);
}

/* What came out, once: the ticket is used up. A lowering gives no value. */
void show_opened(struct page *page)
{
  struct html *html = &page->html;
  json_t *fields = json_object_get(page->answer, "fields");
  struct str sealed = json_text(page->answer, "age"), entry = json_text(page->answer, "entry");

  if (fields != NULL) {
    part_inset(page, TEXT_OPENING_ONCE);
    write_values(page, fields);
  } else if (sealed.len > 0) {
    part_paragraph(page, TEXT_OPENING_SEALED);
    H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">");
    html_text(html, sealed);
    H(html, "</pre>\n");
  } else {
    part_paragraph(page, TEXT_OPENING_LOWERED);
  }
  part_obligations(page);
  part_link_line(page, PAGE_RECORD, entry, TEXT_OPENING_BACK);
}

void part_ticket(struct page *page)
{
  struct str ticket = json_text(page->answer, "ticket");

  if (ticket.len == 0) return;
  part_heading(page, text_get(TEXT_PAGE_OPENING, page->html.lang));
  part_paragraph(page, TEXT_OPENING_OFFER);
  form_begin(page, PAGE_OPENING_DO, (struct str){0}, false);
  html_hidden(&page->html, STR("again"), STR("1"));
  html_hidden(&page->html, STR("ticket"), ticket);
  form_button(page, TEXT_OPENING_OFFER_BUTTON);
  form_end(page);
}

/* ---- the browser's own key ---- */

void show_my_key(struct page *page)
{
  static const struct script_word words[] = {
    {"none", TEXT_KEY_NONE},
    {"made", TEXT_KEY_MADE},
    {"failed", TEXT_KEY_FAILED},
    {"public", TEXT_KEY_PUBLIC},
    {"fingerprint", TEXT_KEY_FINGERPRINT},
    {"person", TEXT_KEY_PERSON},
    {"command", TEXT_KEY_COMMAND},
    {"forget-sure", TEXT_KEY_FORGET_SURE},
  };
  struct html *html = &page->html;

  part_paragraph(page, TEXT_KEY_WHAT);
  part_paragraph(page, TEXT_KEY_ENROL);
  part_inset(page, TEXT_KEY_STRONGER);
  H(html, "<div id=\"my-key\" data-person=\"");
  write_person(page, html);
  H(html, "\" hidden><div class=\"govuk-body\" role=\"status\"></div>"
          "<dl class=\"govuk-summary-list\"></dl>"
          "<div class=\"govuk-button-group\"><button type=\"button\" class=\"govuk-button\" "
          "data-does=\"make\" hidden>");
  html_say(html, TEXT_KEY_MAKE);
  H(html, "</button><button type=\"button\" class=\"govuk-button govuk-button--warning\" "
          "data-does=\"forget\" hidden>");
  html_say(html, TEXT_KEY_FORGET);
  H(html, "</button></div><ul hidden>");
  say_words(html, words, sizeof words / sizeof words[0]);
  H(html, "</ul></div>\n");
  part_paragraph(page, TEXT_KEY_ELSEWHERE);
  H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">cnis sign --new --key ");
  html_say(html, TEXT_OPENING_KEY_FILE);
  H(html, "</pre>\n");
}

/* ---- a proof from the log, checked by whoever has it ---- */

void show_check_log(struct page *page)
{
  static const struct script_word words[] = {
    {"good", TEXT_CHECK_GOOD},
    {"key", TEXT_CHECK_KEY_BAD},
    {"cut", TEXT_CHECK_CUT},
    {"malformed", TEXT_CHECK_MALFORMED},
    {"other-log", TEXT_CHECK_OTHER_LOG},
    {"signature", TEXT_CHECK_SIGNATURE},
    {"not-in", TEXT_CHECK_NOT_IN},
    {"no-leaf", TEXT_CHECK_NO_LEAF},
    {"unable", TEXT_CHECK_UNABLE},
    {"package", TEXT_CHECK_PACKAGE},
  };
  struct html *html = &page->html;

  part_paragraph(page, TEXT_CHECK_WHAT);
  part_paragraph(page, TEXT_CHECK_STRONGER);
  H(html, "<pre class=\"app-code\" tabindex=\"0\" lang=\"zxx\">cnis-verify proof --key "
          "custodian.pub proof.txt</pre>\n<form id=\"check-log\" data-script=\"only\" "
          "hidden>");
  form_input(page,
             &(struct input){.name = "key", .label = TEXT_CHECK_KEY, .hint = TEXT_CHECK_KEY_HINT});
  form_input(page, &(struct input){
                     .name = "proof", .label = TEXT_CHECK_PROOF, .hint = TEXT_CHECK_PROOF_HINT});
  H(html, "<button type=\"submit\" class=\"govuk-button\">");
  html_say(html, TEXT_CHECK_DO);
  H(html, "</button><div class=\"govuk-inset-text\" role=\"status\" hidden></div><ul hidden>");
  say_words(html, words, sizeof words / sizeof words[0]);
  H(html, "</ul></form>\n");
}
