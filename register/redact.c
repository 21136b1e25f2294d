/* Finding and taking out. Both sides are skeletons (base/skeleton.h), so that spelling, spacing and
 * what stands around it make no difference. It must never keep a value that it was told to find. */
#include "register/redact.h"

#include <string.h>

#include "base/skeleton.h"

enum {
  PART_MIN = 3,   /* letters; shorter parts of names stand in every text ("ap", "de") */
  INSIDE_MIN = 5, /* letters that are looked for inside words too */
  LINE_MIN = 4,
  NUMBER_MIN = 7 /* digits */
};

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
  return !is_digit(c); /* a skeleton has nothing else */
}

/* ---- needles ---- */

static enum err keep(struct arena *arena, struct needles *needles, const char *ptr, size_t len)
{
  if (needles->count == needles->held) {
    size_t held = needles->held == 0 ? 32 : needles->held * 2;
    struct needle *at = arena_take_array(arena, held, sizeof *at);

    if (at == NULL) return ERR_MEMORY;
    if (needles->count > 0) memcpy(at, needles->at, needles->count * sizeof *at);
    needles->at = at;
    needles->held = held;
  }
  needles->at[needles->count++] = (struct needle){ptr, len, len < INSIDE_MIN};
  return OK;
}

static enum err keep_whole(struct arena *arena, struct needles *needles, struct personal text,
                           size_t min)
{
  struct skeleton skeleton;

  TRY(skeleton_make(arena, &skeleton, text));
  return skeleton.len < min ? OK : keep(arena, needles, skeleton.ptr, skeleton.len);
}

/* Each word of a skeleton of at least `min` letters, as its own needle. */
static enum err keep_words(struct arena *arena, struct needles *needles, struct personal text,
                           size_t min)
{
  struct skeleton all;
  size_t from = 0;

  TRY(skeleton_make(arena, &all, text));
  for (size_t i = 1; i <= all.len; i++) {
    if (!skeleton_begins_word(&all, i)) continue;
    if (i - from >= min) TRY(keep(arena, needles, all.ptr + from, i - from));
    from = i;
  }
  return OK;
}

/* A telephone number in whatever stands around it: from the digit after the country code or the
 * leading zeroes. */
static enum err keep_numbers(struct arena *arena, struct needles *needles, struct personal text)
{
  struct skeleton all;

  TRY(skeleton_make(arena, &all, text));
  for (size_t from = 0; from < all.len;) {
    size_t to = from;

    while (to < all.len && is_digit(all.ptr[to]))
      to++;
    size_t n = to - from, skip = 0;
    while (skip < n && all.ptr[from + skip] == '0')
      skip++;
    if (n - skip > 10 && memcmp(all.ptr + from + skip, "44", 2) == 0) skip += 2;
    while (skip < n && all.ptr[from + skip] == '0')
      skip++;
    if (n - skip >= NUMBER_MIN) TRY(keep(arena, needles, all.ptr + from + skip, n - skip));
    from = to + 1;
  }
  return OK;
}

/* Letter, two to four in all, then digit, letter, letter. */
static bool is_postcode(const char *text, size_t n)
{
  bool has_digit = false;

  if (n < 5 || n > 7 || !is_letter(text[0])) return false;
  for (size_t i = 1; i < n - 3; i++)
    has_digit = has_digit || is_digit(text[i]);
  return has_digit && is_digit(text[n - 3]) && is_letter(text[n - 2]) && is_letter(text[n - 1]);
}

/* How much of a line stands before a postcode at its end, where people write it behind the town. */
static size_t before_postcode(const struct skeleton *line)
{
  for (size_t n = 7; n >= 5; n--) {
    if (line->len < n || !skeleton_begins_word(line, line->len - n)) continue;
    if (is_postcode(line->ptr + line->len - n, n)) return line->len - n;
  }
  return line->len;
}

/* A street is written with and without the word for it, and that word in many ways. */
static size_t without_kind(const struct skeleton *line, size_t len)
{
  static const char *const kinds[] = {"street",   "str",    "st", "road",    "rd",    "avenue",
                                      "ave",      "lane",   "ln", "close",   "cl",    "cres",
                                      "crescent", "drive",  "dr", "terrace", "terr",  "court",
                                      "ct",       "place",  "pl", "gardens", "gdns",  "grove",
                                      "way",      "square", "sq", "park",    "house", "cottage"};

  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    size_t n = strlen(kinds[i]);

    if (len < n + INSIDE_MIN || memcmp(line->ptr + len - n, kinds[i], n) != 0) continue;
    if (skeleton_begins_word(line, len - n)) return len - n;
  }
  return len;
}

static enum err keep_line(struct arena *arena, struct needles *needles, struct personal text)
{
  struct skeleton line;
  size_t len, kept;

  TRY(skeleton_make(arena, &line, text));
  len = before_postcode(&line);
  if (len < line.len) TRY(keep(arena, needles, line.ptr + len, line.len - len));
  if (len < LINE_MIN) return OK;
  TRY(keep(arena, needles, line.ptr, len));
  kept = without_kind(&line, len);
  return kept < len ? keep(arena, needles, line.ptr, kept) : OK;
}

static enum err keep_lines(struct arena *arena, struct needles *needles, struct personal text)
{
  size_t from = 0;

  for (size_t i = 0; i <= text.len; i++) {
    if (i < text.len && text.ptr[i] != ',' && text.ptr[i] != ';' && text.ptr[i] != '\n') continue;
    TRY(keep_line(arena, needles, (struct personal){text.ptr + from, i - from}));
    from = i + 1;
  }
  return OK;
}

/* As it is spoken: "sian dot evans at example dot org". */
static enum err keep_spoken(struct arena *arena, struct needles *needles, struct personal email)
{
  char *spoken = arena_take(arena, email.len * 5 + 1);
  size_t n = 0;

  if (spoken == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < email.len; i++) {
    const char *word = email.ptr[i] == '@' ? " at " : email.ptr[i] == '.' ? " dot " : NULL;
    size_t bytes = word != NULL ? strlen(word) : 1;

    memcpy(spoken + n, word != NULL ? word : email.ptr + i, bytes);
    n += bytes;
  }
  return keep_whole(arena, needles, (struct personal){spoken, n}, PART_MIN);
}

static enum err keep_email(struct arena *arena, struct needles *needles, struct personal email)
{
  const char *at = memchr(email.ptr, '@', email.len);

  TRY(keep_whole(arena, needles, email, PART_MIN));
  TRY(keep_spoken(arena, needles, email));
  if (at == NULL) return OK;
  return keep_whole(arena, needles, (struct personal){email.ptr, (size_t)(at - email.ptr)},
                    INSIDE_MIN);
}

static enum err keep_name(struct arena *arena, struct needles *needles, struct personal name)
{
  TRY(keep_whole(arena, needles, name, PART_MIN));
  return keep_words(arena, needles, name, PART_MIN);
}

static enum err keep_place(struct arena *arena, struct needles *needles, struct personal place)
{
  TRY(keep_whole(arena, needles, place, LINE_MIN));
  TRY(keep_lines(arena, needles, place));
  return keep_numbers(arena, needles, place);
}

enum err needles_add(struct arena *arena, struct needles *needles, enum field_type type,
                     struct personal value)
{
  switch (type) {
  case TYPE_NAME:
    return keep_name(arena, needles, value);
  case TYPE_PHONE:
    return keep_numbers(arena, needles, value);
  case TYPE_EMAIL:
    return keep_email(arena, needles, value);
  case TYPE_TEXT:
  case TYPE_ADDRESS:
    return keep_place(arena, needles, value);
  case TYPE_POSTCODE:
  case TYPE_UPN:
  case TYPE_UPRN:
    return keep_whole(arena, needles, value, LINE_MIN);
  case TYPE_NOTE:
  case TYPE_EVENT:
  case TYPE_CODE:
  case TYPE_DAY:
  case TYPE_HOURS:
  case TYPE_PROTECTION:
  case TYPE_SECRET:
    return OK; /* told by no text */
  }
  return OK;
}

/* ---- taking out ---- */

/* Marks each byte of the skeleton that belongs to something found. */
static void find(bool *found, const struct skeleton *text, const struct needle *needle)
{
  for (size_t at = 0; at + needle->len <= text->len; at++) {
    size_t end = at + needle->len;

    if (memcmp(text->ptr + at, needle->ptr, needle->len) != 0) continue;
    if (needle->is_word && !(skeleton_begins_word(text, at) && skeleton_begins_word(text, end)))
      continue;
    memset(found + at, true, needle->len);
    /* Digits before a number are its area code or its country's. */
    for (size_t i = at; i > 0 && is_digit(text->ptr[at]) && is_digit(text->ptr[i - 1]); i--)
      found[i - 1] = true;
  }
}

struct writing {
  char *ptr;
  size_t len;
  size_t copied; /* of the text */
  size_t count;
};

static void copy(struct writing *writing, struct personal text, size_t to)
{
  if (to > writing->copied) {
    memcpy(writing->ptr + writing->len, text.ptr + writing->copied, to - writing->copied);
    writing->len += to - writing->copied;
  }
  writing->copied = to;
}

/* What is found with nothing but spaces and marks between is one place. */
static void write_all(struct writing *writing, struct personal text, const struct skeleton *all,
                      const bool *found)
{
  for (size_t i = 0; i < all->len; i++) {
    if (!found[i]) continue;
    copy(writing, text, all->from[i] > writing->copied ? all->from[i] : writing->copied);
    while (i + 1 < all->len && found[i + 1])
      i++;
    memcpy(writing->ptr + writing->len, REDACT_MARK, sizeof REDACT_MARK - 1);
    writing->len += sizeof REDACT_MARK - 1;
    writing->copied = all->to[i];
    writing->count++;
  }
  copy(writing, text, text.len);
}

enum err redact_text(struct arena *arena, struct personal *ret_text, size_t *ret_count,
                     struct personal text, const struct needles *needles)
{
  struct writing writing = {.ptr = arena_take(arena, text.len * sizeof REDACT_MARK + 1)};
  struct skeleton all;
  bool *found;

  TRY(skeleton_make(arena, &all, text));
  found = arena_take_array(arena, all.len + 1, sizeof *found);
  if (found == NULL || writing.ptr == NULL) return ERR_MEMORY;
  memset(found, false, all.len + 1);
  for (size_t i = 0; i < needles->count; i++)
    find(found, &all, &needles->at[i]);
  write_all(&writing, text, &all, found);
  *ret_text = writing.count > 0 ? (struct personal){writing.ptr, writing.len} : text;
  *ret_count = writing.count;
  return OK;
}
