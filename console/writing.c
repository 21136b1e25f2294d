/* See writing.h. Must never choose a place in which something may stand unseen. */
#include "console/writing.h"

#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "base/json.h"
#include "console/may.h"
#include "console/values.h"
#include "console/words.h"
#include "policy/regime.h"

/* ---- for which purpose ---- */

enum { NAME_MAX_BYTES = 64, WORDS_OF_FIELD = 2 };

struct footing {
  uint8_t purpose;
  struct fieldset may; /* words that could be changed on it */
};

/* The policy words of a field: an adult's depends on how that adult stands to the child. */
static size_t words_of(const struct policy *policy, uint8_t ret_words[static WORDS_OF_FIELD],
                       enum field field)
{
  static const char *const adults[] = {"resident_parent", "other_parent"};
  const char *word = field_row(field)->word;
  char name[NAME_MAX_BYTES];

  if (strncmp(word, "PERSON_", 7) != 0) {
    ret_words[0] = policy_word(policy, POLICY_FIELD, str_from(word));
    return 1;
  }
  for (size_t i = 0; i < WORDS_OF_FIELD; i++) {
    (void)snprintf(name, sizeof name, "%s_%.30s", adults[i], word + 7);
    ret_words[i] = policy_word(policy, POLICY_FIELD, str_from(name));
  }
  return WORDS_OF_FIELD;
}

static struct fieldset wanted(const struct policy *policy, const struct writing *writing)
{
  struct fieldset set = {{0, 0}};

  for (size_t i = 0; i < writing->count; i++) {
    uint8_t words[WORDS_OF_FIELD];
    size_t count = words_of(policy, words, writing->fields[i]);

    for (size_t k = 0; k < count; k++)
      if (words[k] != POLICY_NO_WORD) set = fieldset_with(set, words[k]);
  }
  return set;
}

static int size_of(struct fieldset set)
{
  return __builtin_popcountll(set.bits[0]) + __builtin_popcountll(set.bits[1]);
}

static struct footing footing_of(const struct page *page, const struct writing *writing)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct fieldset fields = wanted(policy, writing);
  struct footing best = {.purpose = 1};

  for (uint64_t roles = page->request->op.actor.roles; roles != 0; roles &= roles - 1) {
    uint8_t role = (uint8_t)__builtin_ctzll(roles);

    for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++) {
      struct fieldset may = fieldset_and(fields, may_change(policy, role, (uint8_t)purpose));

      if (size_of(may) > size_of(best.may)) best = (struct footing){(uint8_t)purpose, may};
    }
  }
  return best;
}

bool writing_is_offered(const struct page *page, const struct writing *writing)
{
  return !fieldset_is_empty(footing_of(page, writing).may);
}

bool writing_may(const struct page *page, const struct writing *writing, enum field field)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct footing footing = footing_of(page, writing);
  uint8_t words[WORDS_OF_FIELD];
  size_t count = words_of(policy, words, field);

  for (size_t i = 0; i < count; i++)
    if (!fieldset_has(footing.may, words[i])) return false;
  return true;
}

/* ---- asking ---- */

/* The name too: it says whose record it is, and a view of withheld fields alone would be refused
 * whole, without the ETag that writing one of them needs. */
static void put_fields(struct page *page, struct json *json, const struct writing *writing)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint8_t name = policy_word(policy, POLICY_FIELD, STR("child_name"));
  struct fieldset left = fieldset_with(wanted(policy, writing), name);

  JSON_KEY(json, "fields");
  json_array_start(json);
  while (!fieldset_is_empty(left))
    json_str(json, policy_word_name(policy, POLICY_FIELD, (uint8_t)fieldset_take(&left)));
  json_array_end(json);
}

static void put_because(struct page *page, struct json *json, const struct writing *writing)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  uint8_t purpose = footing_of(page, writing).purpose;

  JSON_KEY(json, "purposes");
  json_array_start(json);
  json_str(json, policy_word_name(policy, POLICY_PURPOSE, purpose));
  json_array_end(json);
  JSON_KEY(json, "basis");
  json_object_start(json);
  JSON_KEY(json, "kind");
  json_str(json, STR("statutory_duty"));
  JSON_KEY(json, "text");
  json_str(json, str_from(field_row(writing->fields[0])->power));
  json_object_end(json);
  JSON_KEY(json, "necessity");
  json_str(json, text_get(writing->necessity, page->request->op.lang));
}

enum err writing_ask(struct page *page, const struct writing *writing,
                     void (*put)(struct page *page, struct json *json))
{
  struct page_call call = {.args = {page->request->args[0]}};
  struct json body;

  page_body(page, &body);
  put_because(page, &body, writing);
  put_fields(page, &body, writing);
  call.method = "POST";
  call.path = "/v1/entries/%1/views";
  call.handler = on_entry_view;
  if (!page_is_looking(page)) {
    call.method = "PATCH";
    call.path = "/v1/entries/%1";
    call.handler = on_entry_change;
    JSON_KEY(&body, "values");
    json_object_start(&body);
    put(page, &body);
    json_object_end(&body);
  }
  json_object_end(&body);
  call.body = &body;
  return page_call(page, &call);
}

/* ---- places ---- */

bool writing_is_open(enum field field)
{
  return field_row(field)->word[0] != '\0' && field != FIELD_origin && field != FIELD_registered &&
         field != FIELD_safe_contact_route;
}

struct writing writing_group(const enum field *alone)
{
  static const enum field adult[] = {FIELD_person_name,     FIELD_person_relation,
                                     FIELD_person_standing, FIELD_person_address,
                                     FIELD_person_phone,    FIELD_person_email};
  static const enum field provider[] = {FIELD_provider_name, FIELD_provider_type,
                                        FIELD_provider_address, FIELD_provider_hours,
                                        FIELD_provider_hours_alone};
  static const struct writing groups[] = {
    {adult, sizeof adult / sizeof adult[0], TEXT_PAGE_BECAUSE_CHANGE},
    {provider, sizeof provider / sizeof provider[0], TEXT_PAGE_BECAUSE_CHANGE},
  };

  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    for (size_t k = 0; k < groups[i].count; k++)
      if (groups[i].fields[k] == *alone) return groups[i];
  return (struct writing){alone, 1, TEXT_PAGE_BECAUSE_CHANGE};
}

/* The form shown is made from the view that has just come. */
static bool is_seen(struct page *page)
{
  return !page->is_refused && !page->is_again && page->answer != NULL && page_is_looking(page);
}

static bool is_in_custody(const json_t *word, enum field field)
{
  json_t *names = json_list(word, "in_custody"), *name;
  size_t i;

  json_array_foreach(names, i, name)
  {
    if (str_is(str_from(json_string_value(name)), field_row(field)->name)) return true;
  }
  return false;
}

/* The places of one field in which something stands, as bits; false: not all of them are seen. */
static bool add_taken(const struct page *page, enum field field, unsigned *taken)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  json_t *fields = json_object_get(page->answer, "fields");
  uint8_t words[WORDS_OF_FIELD];
  size_t count = words_of(policy, words, field), seen = 0;

  for (size_t i = 0; i < count; i++) {
    struct str name = policy_word_name(policy, POLICY_FIELD, words[i]);
    const json_t *word = json_object_getn(fields, name.ptr, name.len);
    json_t *values = json_list(word, "values"), *value;
    size_t k;

    if (word == NULL || is_in_custody(word, field)) continue;
    seen++;
    json_array_foreach(values, k, value)
    {
      if (str_is(json_text(value, "field"), field_row(field)->name))
        *taken |= 1u << json_integer_value(json_object_get(value, "slot"));
    }
  }
  return seen == count;
}

static void hidden_name(char ret_name[static NAME_MAX_BYTES], const char *of, enum field field)
{
  (void)snprintf(ret_name, NAME_MAX_BYTES, "%s-%.50s", of, field_row(field)->name);
}

bool writing_is_seen(const struct page *page, enum field field)
{
  unsigned taken = 0;

  return add_taken(page, field, &taken);
}

/* It is enough to see the field that names what stands in a place. */
bool writing_place(struct page *page, const struct writing *together, unsigned *ret_slot)
{
  enum field first = together->fields[0];
  unsigned taken = 0;
  char name[NAME_MAX_BYTES];
  uint64_t slot;

  if (!is_seen(page)) {
    hidden_name(name, "place", first);
    if (!str_to_u64(form_get(&page->form, name), &slot) || slot >= field_row(first)->slots)
      return false;
    *ret_slot = (unsigned)slot;
    return true;
  }
  if (!add_taken(page, first, &taken)) return false;
  for (size_t i = 1; i < together->count; i++)
    (void)add_taken(page, together->fields[i], &taken);
  for (slot = 0; slot < field_row(first)->slots; slot++) {
    if ((taken >> slot & 1) != 0) continue;
    *ret_slot = (unsigned)slot;
    return true;
  }
  return false;
}

void writing_place_hidden(struct page *page, const struct writing *together)
{
  char name[NAME_MAX_BYTES], digits[12];
  unsigned slot;

  if (!writing_place(page, together, &slot)) return;
  hidden_name(name, "place", together->fields[0]);
  (void)snprintf(digits, sizeof digits, "%u", slot);
  html_hidden(&page->html, str_from(name), str_from(digits));
}

const json_t *writing_value(const struct page *page, enum field field, unsigned slot)
{
  json_t *fields = json_object_get(page->answer, "fields"), *word, *value;
  const char *name;
  size_t i;

  json_object_foreach(fields, name, word)
  {
    json_array_foreach(json_list(word, "values"), i, value)
    {
      if (str_is(json_text(value, "field"), field_row(field)->name) &&
          json_integer_value(json_object_get(value, "slot")) == (json_int_t)slot)
        return value;
    }
  }
  return NULL;
}

/* ---- the form ---- */

void writing_whose(struct page *page)
{
  struct html *html = &page->html;

  if (!is_seen(page)) return;
  H(html, "<p class=\"app-identity\">");
  value_name(html, json_object_get(page->answer, "fields"));
  H(html, "</p>\n");
}

void writing_begin(struct page *page, enum page_id target)
{
  if (page->request->route->method == METHOD_POST && page_is_looking(page))
    part_inset(page, TEXT_PAGE_STALE);
  form_begin(page, target, page->request->args[0], true);
}

void writing_because(struct page *page, const struct writing *writing)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  struct html *html = &page->html;
  struct str etag = {page->request->op.answer.etag, strlen(page->request->op.answer.etag)};

  html_hidden(html, STR("etag"), is_seen(page) ? etag : form_get(&page->form, "etag"));
  H(html, "<p class=\"govuk-hint\">");
  html_say_with(
    html, TEXT_PAGE_FOR_PURPOSE,
    policy_word_text(policy, POLICY_PURPOSE, footing_of(page, writing).purpose, html->lang));
  H(html, "</p>\n");
}

void writing_power(struct page *page, enum field field)
{
  struct html *html = &page->html;
  struct str power = str_from(field_row(field)->power);

  H(html, "<p class=\"govuk-hint\">");
  if (str_is(power, "voluntary") || regime_is_voluntary(reg_regime(page->request->op.reg), power)) {
    H(html, "<strong class=\"govuk-tag govuk-tag--grey\">");
    html_say(html, TEXT_PAGE_VOLUNTARY);
    H(html, "</strong> ");
  }
  if (!str_is(power, "voluntary")) html_say_with(html, TEXT_PAGE_POWER, power);
  H(html, "</p>\n");
}

enum { CODES_MAX = 32, RADIOS_AT_MOST = 6 };

static void code_input(struct page *page, enum field field, struct str value)
{
  struct choice choices[CODES_MAX] = {{.value = {"", 0}}};
  struct str name = str_from(field_row(field)->name), code;
  size_t count = 1;

  choices[0].label = text_get(TEXT_PAGE_NOT_SAID, page->html.lang);
  while (count < CODES_MAX && code_at(field_codes(field), count - 1, &code)) {
    choices[count++] =
      (struct choice){.value = code, .label = word_code(name, code, page->html.lang)};
  }
  struct choices of = {.name = field_row(field)->name,
                       .label = word_field_text(field),
                       .at = choices,
                       .count = count,
                       .value = value};
  if (count > RADIOS_AT_MOST) {
    form_select(page, &of);
    return;
  }
  of.at++;
  of.count--;
  form_choices(page, &of);
}

static bool is_long(enum field_type type)
{
  return type == TYPE_ADDRESS || type == TYPE_NOTE || type == TYPE_EVENT;
}

void writing_input(struct page *page, enum field field, struct str value)
{
  const struct field_row *row = field_row(field);
  struct day day = DAY_NONE;

  if (row->type == TYPE_CODE) {
    code_input(page, field, value);
  } else if (row->type == TYPE_DAY) {
    (void)day_parse(value, &day);
    form_day(page, row->name, word_field_text(field), day);
  } else {
    bool is_area = is_long(row->type) || field_text_max(field) > 120;

    form_input(page,
               &(struct input){.name = row->name,
                               .label = word_field_text(field),
                               .hint = row->type == TYPE_HOURS ? TEXT_PAGE_HOURS_HINT : TEXT_NONE,
                               .type = is_area ? NULL : "text",
                               .value = value,
                               .width = field_text_max(field) < 60 ? 20 : 0});
  }
}

void writing_said_by(struct page *page, const char *said_by)
{
  struct choice choices[SAID_COUNT];

  for (unsigned i = 0; i < SAID_COUNT; i++) {
    struct str name = str_from(said_by_name((enum said_by)i));

    choices[i] = (struct choice){.value = name, .label = word_said_by(name, page->html.lang)};
  }
  form_select(page, &(struct choices){.name = "said_by",
                                      .label = TEXT_PAGE_SAID_BY,
                                      .at = choices,
                                      .count = SAID_COUNT,
                                      .value = str_from(said_by)});
}

void writing_notes(struct page *page, const char *said_by, const json_t *value)
{
  struct str held_by = json_text(value, "said_by");
  struct day since = DAY_NONE;
  struct choice contested = {.value = STR("yes"),
                             .label = text_get(TEXT_PAGE_DISPUTE_YES, page->html.lang)};

  writing_said_by(page, held_by.len > 0 ? held_by.ptr : said_by);
  (void)day_parse(json_text(value, "since"), &since);
  form_day(page, "since", TEXT_PAGE_SINCE_WHEN, since);
  form_choices(page, &(struct choices){.name = "contested",
                                       .label = TEXT_PAGE_DISPUTE,
                                       .at = &contested,
                                       .count = 1,
                                       .is_many = true,
                                       .value = json_is_true(json_object_get(value, "contested"))
                                                  ? STR("yes")
                                                  : STR("")});
}

/* ---- what is sent ---- */

static struct str pointer_below(struct page *page, enum field field, const char *member)
{
  char text[NAME_MAX_BYTES * 2];
  struct str pointer = {"", 0};
  int len = snprintf(text, sizeof text, "/values/%.50s%s", field_row(field)->name, member);

  if (arena_copy(page->request->op.arena, &pointer, (struct str){text, (size_t)len}) != OK)
    return (struct str){"", 0};
  return pointer;
}

/* What came of it, by which route, and until when. */
static void put_event(struct page *page, struct json *json, enum field field)
{
  static const char *const names[] = {"outcome", "route"};

  page_point(page, pointer_below(page, field, "/outcome"), STR("outcome"));
  page_point(page, pointer_below(page, field, "/route"), STR("route"));
  page_point(page, pointer_below(page, field, "/until"), STR("until"));
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (form_get(&page->form, names[i]).len == 0) continue;
    json_key(json, str_from(names[i]));
    json_str(json, form_get(&page->form, names[i]));
  }
  form_day_put(page, json, "until");
}

void writing_put_text(struct page *page, struct json *json, enum field field, unsigned slot,
                      struct str text)
{
  struct str said_by = form_get(&page->form, "said_by");

  page_point(page, pointer_below(page, field, ""), str_from(field_row(field)->name));
  page_point(page, pointer_below(page, field, "/since"), STR("since"));
  json_key(json, str_from(field_row(field)->name));
  json_object_start(json);
  JSON_KEY(json, "slot");
  json_int(json, slot);
  JSON_KEY(json, "value");
  json_str(json, text);
  if (said_by.len > 0) {
    JSON_KEY(json, "said_by");
    json_str(json, said_by);
  }
  form_day_put(page, json, "since");
  if (form_has(&page->form, "contested")) {
    JSON_KEY(json, "contested");
    json_bool(json, true);
  }
  if (field_row(field)->type == TYPE_EVENT) put_event(page, json, field);
  json_object_end(json);
}

void writing_put(struct page *page, struct json *json, enum field field, unsigned slot)
{
  const char *name = field_row(field)->name;
  struct str text = str_trim(form_get(&page->form, name));

  if (field_row(field)->type == TYPE_DAY && !form_day_text(page, name, &text)) return;
  if (text.len > 0) writing_put_text(page, json, field, slot, text);
}
