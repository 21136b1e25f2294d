/* A new recipient: a body's officer and the key that packages are sealed to. It can be sent nothing
 * until a second person has agreed. */
#include "api/handlers.h"
#include "base/json.h"
#include "console/parts.h"

#define ROLES_MAX 64

void show_recipient_new(struct page *page)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct choice roles[ROLES_MAX];
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, POLICY_ROLE) && count < ROLES_MAX; i++) {
    if (policy_role_is_staff(policy, (uint8_t)i)) continue;
    roles[count++] = part_policy_choice(page, POLICY_ROLE, (uint8_t)i);
  }
  part_paragraph(page, TEXT_PAGE_RECIPIENT_HOW);
  form_begin(page, PAGE_RECIPIENT_MAKE, (struct str){0}, true);
  form_input(page, &(struct input){.name = "name", .label = TEXT_PAGE_NAME, .type = "text"});
  form_input(
    page, &(struct input){.name = "organisation", .label = TEXT_PAGE_ORGANISATION, .type = "text"});
  form_select(
    page, &(struct choices){.name = "role", .label = TEXT_PAGE_ROLE, .at = roles, .count = count});
  form_input(page, &(struct input){.name = "age_key",
                                   .label = TEXT_PAGE_AGE_KEY,
                                   .hint = TEXT_PAGE_AGE_KEY_HINT,
                                   .type = "text"});
  form_button(page, TEXT_PAGE_RECIPIENT_ADD);
  form_end(page);
}

enum err ask_recipient_make(struct page *page)
{
  static const char *const names[] = {"name", "organisation", "role", "age_key"};
  struct json body;

  page_body(page, &body);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    page_point_named(page, names[i]);
    json_key(&body, str_from(names[i]));
    json_str(&body, str_trim(form_get(&page->form, names[i])));
  }
  json_object_end(&body);
  return page_call(page, &(struct page_call){.method = "POST",
                                             .path = "/v1/recipients",
                                             .handler = on_recipient_make,
                                             .body = &body});
}

void show_recipient_made(struct page *page)
{
  page_go(page, PAGE_RECIPIENTS, (struct str){0}, "recipient");
}
