/* A note, and what was offered, asked for or said on a day: words that are added to a record beside
 * those that stand there. What is written goes into a free place; nothing is written over. */
#include "console/writing.h"

#include "base/json.h"
#include "console/values.h"
#include "console/words.h"

static const enum field notes[] = {FIELD_case_notes, FIELD_child_view, FIELD_family_statement,
                                   FIELD_third_party_statements};
static const enum field events[] = {FIELD_support_attempts, FIELD_support_requests,
                                    FIELD_contact_record,   FIELD_meeting_record,
                                    FIELD_consent_case,     FIELD_notice_history};

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

/* What was done, and below it what came of it. */
static struct str event_text(struct page *page)
{
  struct str what = str_trim(form_get(&page->form, "text"));
  struct str result = str_trim(form_get(&page->form, "result")), filled = {"", 0};
  const struct str slots[] = {what, result};

  if (result.len == 0) return what;
  if (text_fill(page->request->op.arena, &filled, TEXT_PAGE_EVENT_AND_RESULT,
                page->request->op.lang, slots, 2) != OK)
    page->html.err = ERR_MEMORY;
  return filled;
}

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
  put(page, json, &event, event_text(page));
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

static void write_form(struct page *page, const struct adding *adding)
{
  writing_whose(page);
  writing_begin(page, adding->target);
  writing_because(page, &adding->writing);
  write_kinds(page, adding);
  if (adding->is_dated) form_day(page, "since", TEXT_PAGE_EVENT_DAY, DAY_NONE);
  form_input(page,
             &(struct input){.name = "text", .label = adding->text, .hint = adding->text_hint});
  if (adding->is_dated)
    form_input(page, &(struct input){.name = "result",
                                     .label = TEXT_PAGE_EVENT_RESULT,
                                     .hint = TEXT_PAGE_EVENT_RESULT_HINT,
                                     .type = "text"});
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
