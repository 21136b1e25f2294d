/* Text that leaves. It must never tell anybody what was found in it, nor let a text pass that could
 * not be compared. */
#include "register/leaving.h"

#include <string.h>

#include "base/guard.h"
#include "base/skeleton.h"
#include "register/match.h"
#include "register/note.h"

enum {
  NAME_WORDS_MAX = 5, /* of a name that is looked for */
  NAME_BYTES_MAX = 160
};

bool leaving_has_text(const struct op *op, const struct asked *asked)
{
  for (enum field field = 0; field < FIELD_COUNT; field++)
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++)
      if (field_is_free_text(field) && view_grants(op, asked, field, slot)) return true;
  return false;
}

struct fieldset leaving_texts(const struct op *op)
{
  struct fieldset texts = {{0, 0}};

  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (field_is_free_text(field))
      texts = fieldset_with(texts, op->reg->words[field][PERSON_OTHER]);
  return texts;
}

struct fieldset leaving_by_hand(const struct op *op, const struct sharing *sharing)
{
  bool is_free = sharing->means == MEANS_PACKAGE || !GUARD(TEXT_IN_PACKAGES);

  return is_free ? (struct fieldset){{0, 0}}
                 : fieldset_and(leaving_texts(op), sharing->ask.said.asked);
}

/* ---- the parties on the record ---- */

struct parties {
  struct op *op;
  struct leaving *leaving;
  const struct asked *asked;
  struct key key;
  int own;                                            /* slot of the recipient; -1: none */
  uint8_t sealed[FIELD_SLOTS_MAX * ENVELOPE_SIZE(6)]; /* of one field at a time */
};

static void parties_wipe(struct parties *parties)
{
  key_wipe(&parties->key);
  wipe(parties->sealed, sizeof parties->sealed);
}

static bool is_of_person(enum field field)
{
  return field_row(field)->slots == PEOPLE && field_row(field)->type != TYPE_NOTE;
}

/* What a text could tell of somebody: names of the adults, and whatever finds a person or place.
 * The child's own names are no other party's. */
static bool is_telling(enum field field)
{
  const struct field_row *row = field_row(field);

  if (row->home == HOME_BLOB) return false;
  switch (row->type) {
  case TYPE_NAME:
    return is_of_person(field);
  case TYPE_ADDRESS:
  case TYPE_PHONE:
  case TYPE_EMAIL:
  case TYPE_POSTCODE:
  case TYPE_UPN:
  case TYPE_UPRN:
    return true;
  case TYPE_TEXT:
    return row->home == HOME_SHIELDED;
  case TYPE_NOTE:
  case TYPE_EVENT:
  case TYPE_CODE:
  case TYPE_DAY:
  case TYPE_HOURS:
  case TYPE_PROTECTION:
  case TYPE_SECRET:
    return false;
  }
  return false;
}

/* A place that the decision gives anyhow; a name is taken out all the same. */
static bool is_given(const struct parties *parties, enum field field, unsigned slot)
{
  return field_row(field)->type != TYPE_NAME &&
         view_grants(parties->op, parties->asked, field, slot);
}

static enum err keep_value(struct parties *parties, enum field field, unsigned slot,
                           struct personal text)
{
  struct leaving *leaving = parties->leaving;

  if (field == FIELD_person_id) {
    if (text.len == ID_BYTES && memcmp(text.ptr, parties->leaving->recipient.b, ID_BYTES) == 0)
      parties->own = (int)slot;
    return OK;
  }
  if (is_of_person(field) && parties->own == (int)slot) {
    if (leaving->own_count < CUSTODIAN_OWN_MAX) leaving->own[leaving->own_count++] = text;
    return OK;
  }
  if (is_given(parties, field, slot)) return OK;
  return needles_add(parties->op->arena, &leaving->others, field_row(field)->type, text);
}

static enum err read_field(struct parties *parties, enum field field)
{
  struct op *op = parties->op;
  const struct facts *facts = &parties->asked->facts;
  size_t size = field_sealed_bytes(field);
  unsigned slots = field_row(field)->slots;

  TRY(store_row_part(op->reader->store, parties->sealed, facts->id, PART_BODY,
                     field_offset(field, 0), slots * size));
  for (unsigned slot = 0; slot < slots; slot++) {
    uint8_t *plain = arena_take(op->arena, field_bucket(field));
    struct value value;

    if (plain == NULL) return ERR_MEMORY;
    TRY(row_open_field(&op->reg->rows, OPENED_MATCH, &value, plain, &facts->head, &parties->key,
                       field, slot, parties->sealed + slot * size));
    if (value.state != VALUE_ABSENT) TRY(keep_value(parties, field, slot, value.text));
  }
  return OK;
}

static enum err read_parties(struct op *op, struct leaving *leaving, const struct asked *asked)
{
  OWNED(parties_wipe)
  struct parties parties = {.op = op, .leaving = leaving, .asked = asked, .own = -1};

  TRY(keys_unwrap(op->reg->keyring, &parties.key, asked->facts.head.key, asked->facts.wrapped_key));
  TRY(read_field(&parties, FIELD_person_id)); /* before what stands in the slots */
  for (enum field field = 0; field < FIELD_COUNT; field++)
    if (is_telling(field)) TRY(read_field(&parties, field));
  return OK;
}

/* ---- names of protected people ---- */

/* Of a child or adult on another record that is protected, or of which nobody has decided. */
static bool is_protected_name(struct op *op, struct personal name, struct id own)
{
  static const enum token_kind kinds[] = {TOKEN_FULL_NAME, TOKEN_PERSON_NAME};
  struct index *index = op->reg->index;
  bool found = false;

  arena_reset(op->reader->scratch); /* a fold that found no room would find nothing */
  index_read(index);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    uint64_t token = index_token(index, op->reader->scratch, kinds[i], name);
    const struct entry *entry;
    size_t cursor = 0;

    while (token != 0 && (entry = index_find(index, token, &cursor)) != NULL)
      if (!id_equal(entry->id, own) &&
          (match_is_guarded(entry) || entry->level == LEVEL_UNKNOWN || entry->has_guarded_adult))
        found = true;
  }
  index_done(index);
  return found;
}

/* The words with one space between them, but for hyphens and apostrophes, which belong to a name.
 */
static size_t write_name(char name[static NAME_BYTES_MAX], struct personal text)
{
  size_t n = 0;

  for (size_t i = 0; i < text.len && n < NAME_BYTES_MAX; i++) {
    char c = text.ptr[i];
    bool is_mark = c > ' ' && c < 'A' && c != '-' && c != '\'' && !(c >= '0' && c <= '9');

    name[n++] = is_mark ? ' ' : c;
  }
  return n;
}

struct naming {
  struct op *op;
  struct needles *names;
  struct id own; /* record; its own people are looked for by read_parties */
};

static enum err find_names_at(const struct naming *naming, struct personal text,
                              const struct skeleton *all, size_t from)
{
  char name[NAME_BYTES_MAX];
  unsigned words = 0;

  for (size_t to = from + 1; to <= all->len && words < NAME_WORDS_MAX; to++) {
    size_t begin = all->from[from], end = all->to[to - 1];

    if (!skeleton_begins_word(all, to)) continue;
    if (++words < 2 || end - begin > NAME_BYTES_MAX) continue;
    struct personal said = {.ptr = name};
    said.len = write_name(name, (struct personal){text.ptr + begin, end - begin});
    if (is_protected_name(naming->op, said, naming->own))
      TRY(needles_add(naming->op->arena, naming->names, TYPE_NAME,
                      (struct personal){text.ptr + begin, end - begin}));
  }
  wipe(name, sizeof name);
  return OK;
}

static enum err find_names(const struct naming *naming, struct personal text)
{
  struct skeleton all;

  TRY(skeleton_make(naming->op->arena, &all, text));
  for (size_t from = 0; from < all.len; from++)
    if (skeleton_begins_word(&all, from)) TRY(find_names_at(naming, text, &all, from));
  return OK;
}

/* ---- opening ---- */

/* Of as many bytes in JSON as the text had: what could not leave is not told by the length of what
 * does, to the officer whose own words it may be. */
static enum err fill(struct arena *arena, struct personal *text)
{
  static const char filler[] = "[heb ei ryddhau / not released] ";
  size_t n = json_text_bytes(*text);
  char *to = arena_take(arena, n + 1);

  if (to == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < n; i++)
    to[i] = filler[i % (sizeof filler - 1)];
  *text = (struct personal){to, n};
  return OK;
}

enum err leaving_hold_back(struct leaving *leaving, struct arena *arena, uint8_t word)
{
  struct opened *opened = &leaving->view.opened;

  leaving->held_back = fieldset_with(leaving->held_back, word);
  for (size_t i = 0; i < opened->count; i++)
    if (opened->at[i].word == word) TRY(fill(arena, &opened->at[i].value.text));
  return OK;
}

static bool is_redacted(const struct op *op, uint8_t form)
{
  enum form found;

  return form_named(policy_word_name(reg_policy(op->reg), POLICY_FORM, form), &found) &&
         found == FORM_REDACTED_TEXT;
}

/* Names in texts that may be redacted come to the others; a full one that has any is held back. */
static enum err look_for_names(struct op *op, struct leaving *leaving, struct fieldset *ret_named)
{
  const struct opened *opened = &leaving->view.opened;

  for (size_t i = 0; i < opened->count; i++) {
    const struct opened_value *at = &opened->at[i];
    struct needles names = {0};
    struct naming naming = {op, &names, leaving->view.asked->facts.id};

    if (!field_is_free_text(at->field)) continue;
    if (is_redacted(op, at->form)) naming.names = &leaving->others;
    TRY(find_names(&naming, at->value.text));
    if (names.count > 0) *ret_named = fieldset_with(*ret_named, at->word);
  }
  return OK;
}

enum err leaving_open(struct op *op, struct leaving *ret_leaving, const struct asked *asked,
                      struct id recipient)
{
  struct leaving *leaving = ret_leaving;
  struct granted granted = asked_granted(asked);
  struct fieldset named = {{0, 0}};

  *leaving = (struct leaving){.recipient = recipient};
  view_custody(op, &leaving->view, asked);
  TRY(fields_open(op, &leaving->view.opened, &asked->facts, &granted));
  if (!leaving_has_text(op, asked)) return view_reduce(op, &leaving->view, recipient, NULL);
  TRY(read_parties(op, leaving, asked));
  TRY(look_for_names(op, leaving, &named));
  TRY(view_reduce(op, &leaving->view, recipient, &leaving->others));
  while (!fieldset_is_empty(named) && GUARD(TEXT_COMPARED))
    TRY(leaving_hold_back(leaving, op->arena, (uint8_t)fieldset_take(&named)));
  return OK;
}

void leaving_settle(const struct op *op, struct leaving *leaving, const struct asked *asked)
{
  uint8_t ids[TICKET_FIELD_BYTES] = {0};

  view_field_ids(ids, op, asked, leaving->held_back);
  for (size_t i = 0; i < sizeof ids; i++)
    leaving->view.opened.released[i] &= (uint8_t)~ids[i];
}
