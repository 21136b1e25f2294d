/* Folded protected values in fixed slots of one locked arena. A value is kept in up to three forms,
 * so that spacing and punctuation do not hide it. It must never say which value was found. */
#include "custodian/known.h"

#include <string.h>

#include "base/fold.h"

#define KNOWN_SLOTS 16384
#define KNOWN_FORM_MAX 254
#define WORDS_MIN 3  /* bytes; shorter names would hit everywhere */
#define PACKED_MIN 6 /* letters and digits */
#define DIGITS_MIN 7
#define HOUSE_MIN 6 /* letters of the name of a house */

enum form { FORM_FREE, FORM_WORDS, FORM_PACKED, FORM_DIGITS };

struct slot {
  uint8_t record[ID_BYTES];
  uint8_t form, n;
  char text[KNOWN_FORM_MAX];
};

struct known {
  struct arena *arena;
  uint8_t fields[TICKET_FIELD_BYTES];
  struct slot *slots;
  size_t used; /* slots at or above this are free */
};

/* A text in the three forms; each points into the arena. */
struct forms {
  struct personal words;  /* folded like an address */
  struct personal packed; /* letters and digits of it */
  struct personal digits; /* digits of the text, +44 and 0044 as 0 */
};

enum err known_new(struct known **ret_known)
{
  struct arena *arena = NULL;
  TRY(arena_new(&arena, sizeof(struct slot) * KNOWN_SLOTS + 65536));
  struct known *known = arena_take(arena, sizeof(*known));
  struct slot *slots = arena_take_array(arena, KNOWN_SLOTS, sizeof(*slots));
  if (known == NULL || slots == NULL) {
    arena_free(&arena);
    return ERR_MEMORY;
  }
  known->arena = arena;
  known->slots = slots;
  *ret_known = known;
  return OK;
}

void known_free(struct known **known)
{
  if (known == NULL || *known == NULL) return;
  struct arena *arena = (*known)->arena;
  arena_free(&arena);
  *known = NULL;
}

void known_choose(struct known *known, const uint8_t fields[static TICKET_FIELD_BYTES])
{
  memcpy(known->fields, fields, TICKET_FIELD_BYTES);
}

/* ---- forms ---- */

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* Letters and digits; every byte of a letter outside ASCII counts as one. */
static bool is_word(char c)
{
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         ((unsigned char)c & 0x80) != 0;
}

static enum err pack(struct arena *arena, struct personal *ret, struct personal words)
{
  char *packed = arena_take(arena, words.len + 1);
  if (packed == NULL) return ERR_MEMORY;
  size_t n = 0;
  for (size_t i = 0; i < words.len; i++)
    if (is_word(words.ptr[i])) packed[n++] = words.ptr[i];
  *ret = (struct personal){packed, n};
  return OK;
}

/* How many bytes at this place mean "0" of a United Kingdom number: "+44", "+44 (0)", "0044". */
static size_t country_code(struct personal text, size_t at)
{
  size_t start = at;
  if (text.len - at >= 3 && memcmp(text.ptr + at, "+44", 3) == 0)
    at += 3;
  else if (text.len - at >= 4 && memcmp(text.ptr + at, "0044", 4) == 0)
    at += 4;
  else
    return 0;
  size_t after = at;
  while (after < text.len && text.ptr[after] == ' ')
    after++;
  if (text.len - after >= 3 && memcmp(text.ptr + after, "(0)", 3) == 0) at = after + 3;
  return at - start;
}

static enum err keep_digits(struct arena *arena, struct personal *ret, struct personal text)
{
  char *digits = arena_take(arena, text.len + 1);
  if (digits == NULL) return ERR_MEMORY;
  size_t n = 0;
  for (size_t i = 0; i < text.len;) {
    size_t code = country_code(text, i);
    if (code > 0) {
      digits[n++] = '0';
      i += code;
    } else {
      if (is_digit(text.ptr[i])) digits[n++] = text.ptr[i];
      i++;
    }
  }
  *ret = (struct personal){digits, n};
  return OK;
}

static enum err make_forms(struct arena *arena, struct forms *ret_forms, struct personal text)
{
  struct forms forms = {0};
  TRY(fold_address(arena, &forms.words, text));
  TRY(pack(arena, &forms.packed, forms.words));
  TRY(keep_digits(arena, &forms.digits, text));
  *ret_forms = forms;
  return OK;
}

/* A telephone number: hardly anything but digits. */
static bool is_number(const struct forms *forms)
{
  return forms->digits.len >= DIGITS_MIN && forms->packed.len <= forms->digits.len + 2;
}

/* A line of an address that finds a house: letters and a number. */
static bool is_place(const struct forms *forms)
{
  bool has_digit = false, has_letter = false;
  for (size_t i = 0; i < forms->packed.len; i++) {
    has_digit = has_digit || is_digit(forms->packed.ptr[i]);
    has_letter = has_letter || !is_digit(forms->packed.ptr[i]);
  }
  return has_digit && has_letter;
}

/* Whether this is a word that stands in the names of houses and in any other text. */
static bool is_common(struct personal word)
{
  static const char *const common[] = {
    "the",    "old",     "new",    "house", "cottage", "farm",   "lodge",    "flat",    "barn",
    "mill",   "hall",    "school", "villa", "church",  "chapel", "bungalow", "rectory", "vicarage",
    "y",      "yr",      "hen",    "ty",    "fferm",   "capel",  "ysgol",    "bwthyn",  "newydd",
    "eglwys", "ficerdy", "neuadd", "melin", "ysgubor", "upper",  "lower",    "uchaf",   "isaf",
  };

  for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
    if (word.len == strlen(common[i]) && memcmp(word.ptr, common[i], word.len) == 0) return true;
  return false;
}

/* The name of a house without a number: two words or more, not all of them common. */
static bool is_house(const struct forms *forms)
{
  struct personal words = forms->words;
  size_t count = 0, own = 0, from = 0;

  for (size_t i = 0; i <= words.len; i++) {
    if (i < words.len && words.ptr[i] != ' ') continue;
    if (i > from) {
      count++;
      own += !is_common((struct personal){words.ptr + from, i - from});
    }
    from = i + 1;
  }
  return forms->packed.len >= HOUSE_MIN && count >= 2 && own > 0;
}

/* ---- learning ---- */

static void forget(struct known *known, const uint8_t record[static ID_BYTES])
{
  size_t kept = 0;
  for (size_t i = 0; i < known->used; i++)
    if (!bytes_equal(known->slots[i].record, record, ID_BYTES))
      known->slots[kept++] = known->slots[i];
  wipe(known->slots + kept, (known->used - kept) * sizeof(*known->slots));
  known->used = kept;
}

static enum err keep(struct known *known, const uint8_t record[static ID_BYTES], enum form form,
                     struct personal text, size_t min)
{
  if (text.len < min) return OK;
  if (known->used == KNOWN_SLOTS) return ERR_FULL;
  struct slot *slot = &known->slots[known->used++];
  memcpy(slot->record, record, ID_BYTES);
  slot->form = (uint8_t)form;
  slot->n = (uint8_t)(text.len < KNOWN_FORM_MAX ? text.len : KNOWN_FORM_MAX);
  memcpy(slot->text, text.ptr, slot->n);
  return OK;
}

static enum err keep_text(struct known *known, struct arena *arena,
                          const uint8_t record[static ID_BYTES], struct personal text, bool is_part)
{
  struct forms forms = {0};
  TRY(make_forms(arena, &forms, text));
  if (is_part && !is_place(&forms)) return OK;
  if (is_number(&forms)) return keep(known, record, FORM_DIGITS, forms.digits, DIGITS_MIN);
  TRY(keep(known, record, FORM_WORDS, forms.words, is_part ? PACKED_MIN : WORDS_MIN));
  return is_place(&forms) ? keep(known, record, FORM_PACKED, forms.packed, PACKED_MIN) : OK;
}

/* The first line of an address is the name of the house where it has no number. */
static enum err keep_house(struct known *known, struct arena *arena,
                           const uint8_t record[static ID_BYTES], struct personal line)
{
  struct forms forms = {0};

  TRY(make_forms(arena, &forms, line));
  if (is_place(&forms) || !is_house(&forms)) return OK;
  return keep(known, record, FORM_WORDS, forms.words, HOUSE_MIN);
}

static enum err keep_value(struct known *known, struct arena *arena,
                           const uint8_t record[static ID_BYTES], struct personal value)
{
  TRY(keep_text(known, arena, record, value, false));
  size_t from = 0;
  for (size_t i = 0; i <= value.len; i++) {
    if (i < value.len && value.ptr[i] != ',' && value.ptr[i] != '\n') continue;
    struct personal line = {value.ptr + from, i - from};
    if (line.len < value.len) TRY(keep_text(known, arena, record, line, true));
    if (line.len < value.len && from == 0) TRY(keep_house(known, arena, record, line));
    from = i + 1;
  }
  return OK;
}

enum err known_learn(struct known *known, struct arena *arena,
                     const uint8_t record[static ID_BYTES], const void *text, size_t n)
{
  struct shield_entry entry = {0};
  struct shield_reader reader = {.text = text, .n = n};
  forget(known, record);
  while (shield_next(&entry, &reader)) {
    bool chosen =
      entry.field < 256 && (known->fields[entry.field / 8] >> (entry.field % 8) & 1) != 0;
    if (!chosen || entry.n <= CUSTODIAN_VALUE_HEAD) continue;
    struct personal value = {(const char *)entry.bytes + CUSTODIAN_VALUE_HEAD,
                             entry.n - CUSTODIAN_VALUE_HEAD};
    /* A value as given need not be text; it cannot stand in one either. */
    if (utf8_is_valid(value.ptr, value.len)) TRY(keep_value(known, arena, record, value));
  }
  return reader.err;
}

/* ---- comparing ---- */

/* Whether two characters side by side belong together: letters and digits of a word; digits of one
 * house number, where the spaces are gone; nothing, in a row of digits. */
static bool belong(enum form form, char before, char after)
{
  switch (form) {
  case FORM_WORDS:
    return is_word(before) && is_word(after);
  case FORM_PACKED:
    return is_digit(before) && is_digit(after);
  case FORM_FREE:
  case FORM_DIGITS:
    return false;
  }
  return false;
}

/* All of the text is looked at, found or not: the time does not tell. */
static bool stands_in(struct personal text, const struct slot *slot)
{
  enum form form = (enum form)slot->form;
  bool is_found = false;
  for (size_t at = 0; at + slot->n <= text.len; at++) {
    const char *found = text.ptr + at;
    size_t end = at + slot->n;
    if (memcmp(found, slot->text, slot->n) == 0 &&
        (at == 0 || !belong(form, found[-1], found[0])) &&
        (end == text.len || !belong(form, text.ptr[end - 1], text.ptr[end])))
      is_found = true;
  }
  return is_found;
}

static bool slot_hits(const struct slot *slot, const struct forms *text)
{
  switch ((enum form)slot->form) {
  case FORM_FREE:
    return false;
  case FORM_WORDS:
    return stands_in(text->words, slot);
  case FORM_PACKED:
    return stands_in(text->packed, slot);
  case FORM_DIGITS:
    return stands_in(text->digits, slot);
  }
  return false;
}

/* What the recipient told us about themselves holds this value. */
static bool is_own(const struct slot *slot, const struct forms *own, unsigned own_count)
{
  bool is_found = false;
  for (unsigned i = 0; i < own_count; i++)
    is_found = slot_hits(slot, &own[i]) || is_found;
  return is_found;
}

enum err known_holds(const struct known *known, struct arena *arena, bool *ret_hit,
                     const struct custodian_comparison *comparison)
{
  struct forms text = {0}, own[CUSTODIAN_OWN_MAX] = {0};
  TRY(make_forms(arena, &text, comparison->text));
  for (unsigned i = 0; i < comparison->own_count; i++)
    TRY(make_forms(arena, &own[i], comparison->own[i]));
  bool hit = false;
  /* All slots are looked at in both, so that the time does not tell which one hit, or any. */
  for (size_t i = 0; i < known->used; i++) {
    bool is_found = slot_hits(&known->slots[i], &text);
    bool is_theirs = is_own(&known->slots[i], own, comparison->own_count);

    hit = hit || (is_found && !is_theirs);
  }
  *ret_hit = hit;
  return OK;
}
