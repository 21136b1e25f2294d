/* A note, and what was offered, asked for or said on a day: words that are added to a record beside
 * those that stand there. What is written goes into a free place; nothing is written over. */
#include "console/writing.h"

#include "base/json.h"
#include "console/values.h"
#include "console/words.h"

static const enum field notes[] = {FIELD_case_notes, FIELD_child_view, FIELD_family_statement,
                                   FIELD_third_party_statements};
static const enum field events[] = {
  FIELD_support_attempts, FIELD_support_requests, FIELD_contact_record, FIELD_meeting_record,
  FIELD_consent_case,     FIELD_notice_history,   FIELD_idp_decisions};

/* One page of the two. */
static const struct adding {
  struct writing writing;
  enum page_id target;
  const char *done, *said_by;
  enum text_id kind, text, text_hint, button;
  bool is_dated;
} note =
  {
    .writing = {notes, sizeof notes / sizeof notes[0], TEXT_PAGE_BECAUSE_NOTE},
    .target = PAGE_NOTE_DO,
    .done = "note",
    .said_by = "authority",
    .kind = TEXT_PAGE_WHOSE_WORDS,
    .text = TEXT_PAGE_NOTE_TEXT,
    .text_hint = TEXT_PAGE_NOTE_HINT,
    .button = TEXT_PAGE_NOTE_SAVE,
},
  event = {
    .writing = {events, sizeof events / sizeof events[0], TEXT_PAGE_BECAUSE_EVENT},
    .target = PAGE_EVENT_DO,
    .done = "event",
    .said_by = "authority",
    .kind = TEXT_PAGE_EVENT_KIND,
    .text = TEXT_PAGE_EVENT_TEXT,
    .text_hint = TEXT_PAGE_EVENT_HINT,
    .button = TEXT_PAGE_EVENT_SAVE,
    .is_dated = true,
};

bool note_is_offered(const struct page *page)
{
  return writing_is_offered(page, &note.writing);
}

bool event_is_offered(const struct page *page)
{
  return writing_is_offered(page, &event.writing);
}

static struct writing alone(const struct adding *adding, size_t i)
{
  return (struct writing){&adding->writing.fields[i], 1, adding->writing.necessity};
}

/* ---- sending ---- */

/* A kind that was not chosen, or has no free place, is sent as no value: the register says so. */
static void put(struct page *page, struct json *json, const struct adding *adding, struct str text)
{
  for (size_t i = 0; i < adding->writing.count; i++) {
    struct writing one = alone(adding, i);
    const char *name = field_row(one.fields[0])->name;
    unsigned slot;

    if (!str_is(form_get(&page->form, "kind"), name)) continue;
    if (text.len == 0 || !writing_place(page, &one, &slot)) continue;
    writing_put_text(page, json, one.fields[0], slot, text);
  }
  page_point(page, STR("/values"), text.len == 0 ? STR("text") : STR("kind"));
}

static void put_note(struct page *page, struct json *json)
{
  put(page, json, &note, str_trim(form_get(&page->form, "text")));
}

static void put_event(struct page *page, struct json *json)
{
  put(page, json, &event, str_trim(form_get(&page->form, "text")));
}

enum err ask_note(struct page *page)
{
  return writing_ask(page, &note.writing, put_note);
}

enum err ask_event(struct page *page)
{
  return writing_ask(page, &event.writing, put_event);
}

/* ---- the form ---- */

static void write_kinds(struct page *page, const struct adding *adding)
{
  struct choice choices[8] = {0};
  size_t count = 0;
  unsigned slot;

  for (size_t i = 0; i < adding->writing.count; i++) {
    struct writing one = alone(adding, i);
    const struct field_row *row = field_row(one.fields[0]);

    if (!writing_place(page, &one, &slot)) continue;
    writing_place_hidden(page, &one);
    choices[count++] = (struct choice){.value = str_from(row->name),
                                       .label = word_field(one.fields[0], page->html.lang)};
  }
  form_choices(page, &(struct choices){.name = "kind",
                                       .label = adding->kind,
                                       .at = choices,
                                       .count = count,
                                       .value = count > 0 ? choices[0].value : STR("")});
}

/* What stands there already, so that nothing is asked or written twice. */
static void write_held(struct page *page, const struct adding *adding)
{
  const struct policy *policy = reg_policy(page->request->op.reg);
  json_t *fields = json_object_get(page->answer, "fields");

  for (size_t i = 0; i < adding->writing.count; i++) {
    const char *name = field_row(adding->writing.fields[i])->word;
    const json_t *word = json_object_get(fields, name);
    uint8_t id = policy_word(policy, POLICY_FIELD, str_from(name));

    if (json_array_size(json_list(word, "values")) == 0) continue;
    part_heading(page, policy_word_text(policy, POLICY_FIELD, id, page->html.lang));
    value_list_to_change(&page->html, word, part_changeable(page, str_from(name)));
  }
}

static bool has_place(struct page *page, const struct adding *adding)
{
  unsigned slot;

  for (size_t i = 0; i < adding->writing.count; i++) {
    struct writing one = alone(adding, i);

    if (writing_place(page, &one, &slot)) return true;
  }
  return false;
}

/* Codes of several sets, each once, after the choice to say nothing. */
static void write_codes(struct page *page, const enum code_set *sets, size_t set_count,
                        const struct choices *like)
{
  struct choice all[24] = {
    {.value = STR(""), .label = text_get(TEXT_PAGE_EVENT_NO, page->html.lang)}};
  struct choices choices = *like;
  struct str code;

  choices.at = all;
  choices.count = 1;
  for (size_t i = 0; i < set_count; i++)
    for (size_t k = 0; code_at(sets[i], k, &code); k++) {
      bool is_there = false;

      for (size_t n = 1; n < choices.count; n++)
        is_there = is_there || str_equal(all[n].value, code);
      if (is_there || choices.count == sizeof all / sizeof all[0]) continue;
      all[choices.count++] =
        (struct choice){.value = code, .label = word_of_set(sets[i], code, page->html.lang)};
    }
  form_select(page, &choices);
}

/* What came of it, by which route, and how long an agreed time lasts. */
static void write_outcome(struct page *page)
{
  static const enum code_set outcomes[] = {CODES_OFFER, CODES_CONTACT, CODES_DECISION};
  static const enum code_set ways[] = {CODES_ROUTE};

  write_codes(page, outcomes, sizeof outcomes / sizeof outcomes[0],
              &(struct choices){.name = "outcome",
                                .label = TEXT_PAGE_EVENT_RESULT,
                                .hint = TEXT_PAGE_EVENT_RESULT_HINT});
  write_codes(page, ways, 1,
              &(struct choices){.name = "route",
                                .label = TEXT_PAGE_EVENT_ROUTE,
                                .hint = TEXT_PAGE_EVENT_ROUTE_HINT});
  form_day(page, "until", TEXT_PAGE_EVENT_UNTIL, DAY_NONE);
}

static void write_form(struct page *page, const struct adding *adding)
{
  writing_whose(page);
  writing_begin(page, adding->target);
  writing_because(page, &adding->writing);
  write_kinds(page, adding);
  if (adding->is_dated) form_day(page, "since", TEXT_PAGE_EVENT_DAY, DAY_NONE);
  form_input(page,
             &(struct input){.name = "text", .label = adding->text, .hint = adding->text_hint});
  if (adding->is_dated) write_outcome(page);
  writing_said_by(page, adding->said_by);
  form_button(page, adding->button);
  form_end(page);
}

static void show(struct page *page, const struct adding *adding)
{
  if (!page_is_looking(page)) {
    page_go(page, PAGE_RECORD, page->request->args[0], adding->done);
    return;
  }
  if (has_place(page, adding))
    write_form(page, adding);
  else
    part_inset(page, TEXT_PAGE_NO_PLACE);
  write_held(page, adding);
}

void show_note(struct page *page)
{
  show(page, &note);
}

void show_event(struct page *page)
{
  show(page, &event);
}

void show_note_again(struct page *page)
{
  write_form(page, &note);
}

void show_event_again(struct page *page)
{
  write_form(page, &event);
}
