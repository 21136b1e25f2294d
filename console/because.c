/* Why somebody asks: purpose, basis, necessity. Asked in the same words on every page that needs
 * it, and offered only as far as a rule could grant anything to the person's roles. */
#include "base/json.h"
#include "console/parts.h"

#define WORDS_MAX 64

static bool may_reach(const struct policy *policy, uint64_t roles, uint8_t purpose)
{
  unsigned relations = policy_word_count(policy, POLICY_RELATION);

  for (; roles != 0; roles &= roles - 1) {
    uint8_t role = (uint8_t)__builtin_ctzll(roles);

    for (unsigned relation = 1; relation <= relations; relation++) {
      struct fieldset fields = policy_reach(policy, role, (uint8_t)relation, purpose);

      if (!fieldset_is_empty(fields)) return true;
    }
  }
  return false;
}

static size_t words(const struct page *page, enum policy_kind kind, struct choice *ret_choices)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint64_t roles = page->request->op.actor.roles;
  /* Imminent danger is asked about on a page of its own (on_danger.c). */
  uint8_t danger = policy_word(policy, POLICY_PURPOSE, STR("immediate_protection"));
  size_t count = 0;

  for (unsigned i = 1; i <= policy_word_count(policy, kind) && count < WORDS_MAX; i++) {
    uint8_t word = (uint8_t)i;

    if (kind == POLICY_PURPOSE && (word == danger || !may_reach(policy, roles, word))) continue;
    ret_choices[count++] = part_policy_choice(page, kind, word);
  }
  return count;
}

void form_because(struct page *page)
{
  struct choice choices[WORDS_MAX];
  size_t count = words(page, POLICY_PURPOSE, choices);

  form_select(page, &(struct choices){.name = "purposes",
                                      .label = TEXT_PAGE_PURPOSE,
                                      .hint = TEXT_PAGE_PURPOSE_HINT,
                                      .at = choices,
                                      .count = count});
  count = words(page, POLICY_BASIS, choices);
  form_select(page, &(struct choices){
                      .name = "basis", .label = TEXT_PAGE_BASIS, .at = choices, .count = count});
  form_input(page, &(struct input){.name = "basis_text",
                                   .label = TEXT_PAGE_BASIS_TEXT,
                                   .hint = TEXT_PAGE_BASIS_TEXT_HINT,
                                   .type = "text",
                                   .width = 20});
  form_input(page, &(struct input){.name = "necessity",
                                   .label = TEXT_PAGE_NECESSITY,
                                   .hint = TEXT_PAGE_NECESSITY_HINT,
                                   .type = "text"});
}

void form_because_put(struct page *page, struct json *json)
{
  page_point(page, STR("/purposes"), STR("purposes"));
  page_point(page, STR("/basis"), STR("basis"));
  page_point(page, STR("/basis/text"), STR("basis_text"));
  page_point(page, STR("/necessity"), STR("necessity"));
  JSON_KEY(json, "purposes");
  json_array_start(json);
  for (size_t i = 0; i < page->form.count; i++)
    if (str_is(page->form.at[i].name, "purposes") && page->form.at[i].value.len > 0)
      json_str(json, page->form.at[i].value);
  json_array_end(json);
  JSON_KEY(json, "basis");
  json_object_start(json);
  JSON_KEY(json, "kind");
  json_str(json, form_get(&page->form, "basis"));
  JSON_KEY(json, "text");
  json_str(json, str_trim(form_get(&page->form, "basis_text")));
  json_object_end(json);
  page_put(page, json, "necessity");
}
