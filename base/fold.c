/* Normal forms for matching, on the Unicode tables of utf8proc. All scratch memory is the arena's,
 * so it is wiped with the request; what is returned is never stored or shown. */
#include "base/fold.h"

#include <string.h>
#include <utf8proc.h>

/* Sets of utf8proc's options. IGNORE drops what has no shape, such as a zero-width joiner. */
static const int DECOMPOSE = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
static const int COMPOSE = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
static const int CASELESS = UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* What becomes of one code point after decomposition: itself, another, or DROP. */
enum { DROP = -1 };
typedef int32_t fold_rule(int32_t c);

/* Sends each code point through `rule`, turns runs of spaces into one and trims; how many stay. */
static size_t keep_by_rule(int32_t *points, size_t count, fold_rule *rule)
{
  size_t kept = 0;

  for (size_t i = 0; i < count; i++) {
    int32_t c = rule(points[i]);
    if (c == DROP || (c == ' ' && (kept == 0 || points[kept - 1] == ' '))) continue;
    points[kept++] = c;
  }
  return kept > 0 && points[kept - 1] == ' ' ? kept - 1 : kept;
}

/* And without NUL, which is refused. */
static bool is_ascii(struct personal text)
{
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)(text.ptr[i] - 1) >= 0x7f) return false;
  return true;
}

/* The common case: no letter of ASCII decomposes or composes, and only capitals have another case.
 * Ten times as fast, where each start folds every name. */
static enum err fold_ascii(struct arena *arena, struct personal *ret_folded, struct personal text,
                           bool is_caseless, fold_rule *rule)
{
  int32_t *points = arena_take_array(arena, text.len + 1, sizeof *points);
  char *folded = arena_take(arena, text.len + 1);
  size_t count = text.len;

  if (!points || !folded) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    bool is_capital = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';
    points[i] = is_caseless && is_capital ? text.ptr[i] - 'A' + 'a' : text.ptr[i];
  }
  if (rule) count = keep_by_rule(points, count, rule);
  for (size_t i = 0; i < count; i++)
    folded[i] = (char)points[i];
  *ret_folded = (struct personal){folded, count};
  return OK;
}

/* Decomposes by `options`, applies the rule, then composes. With no rule the text is only
 * normalised. */
static enum err fold(struct arena *arena, struct personal *ret_folded, struct personal text,
                     int more_options, fold_rule *rule)
{
  if (is_ascii(text)) return fold_ascii(arena, ret_folded, text, more_options == CASELESS, rule);
  if (!utf8_is_valid(text.ptr, text.len)) return ERR_INPUT;
  const uint8_t *bytes = (const uint8_t *)text.ptr;
  utf8proc_ssize_t length = (utf8proc_ssize_t)text.len;
  utf8proc_option_t options = (utf8proc_option_t)(DECOMPOSE | more_options);
  utf8proc_ssize_t count = utf8proc_decompose(bytes, length, NULL, 0, options);
  if (count < 0) return ERR_INPUT;
  int32_t *points = arena_take_array(arena, (size_t)count + 1, sizeof(*points));
  if (!points) return ERR_MEMORY;
  count = utf8proc_decompose(bytes, length, points, count, options);
  if (count < 0) return ERR_INPUT;

  if (rule) count = (utf8proc_ssize_t)keep_by_rule(points, (size_t)count, rule);
  utf8proc_ssize_t len = utf8proc_reencode(points, count, (utf8proc_option_t)COMPOSE);
  if (len < 0) return ERR_INPUT;
  *ret_folded = (struct personal){(const char *)points, (size_t)len};
  return OK;
}

static bool is_apostrophe(int32_t c)
{
  static const int32_t apostrophes[] = {'\'',   '`',    0x00b4, 0x02b9, 0x02bb, 0x02bc,
                                        0x02bd, 0x02c8, 0x2018, 0x2019, 0x201b, 0x2032,
                                        0x2035, 0x055a, 0x05f3, 0xa78c, 0xff07};
  for (size_t i = 0; i < sizeof(apostrophes) / sizeof(apostrophes[0]); i++) {
    if (c == apostrophes[i]) return true;
  }
  return false;
}

static bool is_space(utf8proc_category_t category)
{
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC;
}

static bool is_hyphen(int32_t c, utf8proc_category_t category)
{
  return category == UTF8PROC_CATEGORY_PD || c == 0x2212; /* the minus sign */
}

/* Marks with a combining class are what a writer may leave off: accents, and the vowel points of
 * Arabic and Hebrew. The vowel signs of Indic scripts have none and stay. */
static int32_t rule_name(int32_t c)
{
  const utf8proc_property_t *property = utf8proc_get_property(c);
  utf8proc_category_t category = (utf8proc_category_t)property->category;
  if (property->combining_class != 0 || is_apostrophe(c)) return DROP;
  return is_space(category) || is_hyphen(c, category) ? ' ' : c;
}

static int32_t rule_address(int32_t c)
{
  int32_t folded = rule_name(c);
  if (folded == DROP || folded == ' ') return folded;
  utf8proc_category_t category = utf8proc_category(c);
  bool is_punctuation = category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
  return is_punctuation ? ' ' : folded;
}

static int32_t rule_email(int32_t c)
{
  return is_space(utf8proc_category(c)) ? ' ' : c;
}

enum err fold_name(struct arena *arena, struct personal *ret_folded, struct personal name)
{
  return fold(arena, ret_folded, name, CASELESS, rule_name);
}

enum err fold_address(struct arena *arena, struct personal *ret_folded, struct personal address)
{
  return fold(arena, ret_folded, address, CASELESS, rule_address);
}

enum err fold_email(struct arena *arena, struct personal *ret_folded, struct personal email)
{
  return fold(arena, ret_folded, email, CASELESS, rule_email);
}

enum err fold_nfc(struct arena *arena, struct personal *ret_text, struct personal text)
{
  return fold(arena, ret_text, text, 0, NULL);
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
  return c >= 'a' && c <= 'z';
}

/* Lower case without spaces: a letter, then two to four in all before digit, letter, letter.
 * Looser than the Post Office's own list, which changes. */
static bool is_postcode(const char *text, size_t len)
{
  if (len < 5 || len > 7 || !is_lower(text[0])) return false;
  bool has_digit = false;
  for (size_t i = 1; i < len - 3; i++) {
    if (!is_lower(text[i]) && !is_digit(text[i])) return false;
    has_digit = has_digit || is_digit(text[i]);
  }
  return has_digit && is_digit(text[len - 3]) && is_lower(text[len - 2]) && is_lower(text[len - 1]);
}

enum err fold_postcode(struct arena *arena, struct personal *ret_folded, struct personal postcode)
{
  struct personal name = {0};
  TRY(fold_name(arena, &name, postcode));
  char *text = arena_take(arena, name.len + 1);
  if (!text) return ERR_MEMORY;
  size_t len = 0;
  for (size_t i = 0; i < name.len; i++) {
    if (name.ptr[i] != ' ') text[len++] = name.ptr[i];
  }
  if (!is_postcode(text, len)) {
    *ret_folded = name;
    return OK;
  }
  memmove(text + len - 2, text + len - 3, 3);
  text[len - 3] = ' ';
  len++;
  for (size_t i = 0; i < len; i++) {
    if (is_lower(text[i])) text[i] = (char)(text[i] - 'a' + 'A');
  }
  *ret_folded = (struct personal){text, len};
  return OK;
}

/* Skips the country code and the trunk zeroes that some write after it, as in +44 (0)7700. */
static size_t national_part(const char *digits, size_t len, bool has_plus)
{
  size_t at = 0;
  if (has_plus && len >= 2 && memcmp(digits, "44", 2) == 0) at = 2;
  if (len >= 4 && memcmp(digits, "0044", 4) == 0) at = 4;
  if (at == 0) return 0;
  while (at < len && digits[at] == '0')
    at++;
  return at;
}

enum err fold_phone(struct arena *arena, struct personal *ret_folded, struct personal phone)
{
  if (!utf8_is_valid(phone.ptr, phone.len)) return ERR_INPUT;
  char *digits = arena_take(arena, phone.len + 1);
  if (!digits) return ERR_MEMORY;
  size_t len = 0;
  bool has_plus = false;
  for (size_t i = 0; i < phone.len; i++) {
    if (is_digit(phone.ptr[i])) digits[len++] = phone.ptr[i];
    if (phone.ptr[i] == '+' && len == 0) has_plus = true;
  }
  size_t from = national_part(digits, len, has_plus);
  if (from > 0) digits[--from] = '0';
  *ret_folded = (struct personal){digits + from, len - from};
  return OK;
}

/* The Welsh alphabet, with the letters of other alphabets where Welsh dictionaries put them. A
 * program cannot tell the letter ng (Angharad) from n and g (Bangor); it reads ng. */
static const char welsh_letters[][3] = {
  "a", "b", "c", "ch", "d",  "dd", "e", "f",  "ff", "g", "ng", "h", "i", "j", "k", "l", "ll",
  "m", "n", "o", "p",  "ph", "q",  "r", "rh", "s",  "t", "th", "u", "v", "w", "x", "y", "z",
};

/* A reader of folded code points, one ahead. */
enum { POINTS_MAX = 18 }; /* that one character can decompose to (Unicode: U+FDFA) */
struct walk {
  const char *ptr;
  size_t len;
  int32_t held[POINTS_MAX]; /* what one character folds to, read from `at` */
  int count, at;
};

static int32_t walk_peek(struct walk *walk)
{
  while (walk->at == walk->count) {
    if (walk->len == 0) return 0;
    int32_t c = 0;
    const uint8_t *bytes = (const uint8_t *)walk->ptr;
    utf8proc_ssize_t read = utf8proc_iterate(bytes, (utf8proc_ssize_t)walk->len, &c);
    if (read <= 0) { /* not text: the byte stands for itself, so that the order stays total */
      read = 1;
      c = bytes[0];
    }
    walk->ptr += read;
    walk->len -= (size_t)read;
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
      c, walk->held, POINTS_MAX, (utf8proc_option_t)(DECOMPOSE | CASELESS), &boundary);
    walk->at = 0;
    walk->count = 0;
    for (utf8proc_ssize_t i = 0; i < n && i < POINTS_MAX; i++) {
      int32_t folded = rule_name(walk->held[i]);
      if (folded != DROP) walk->held[walk->count++] = folded;
    }
  }
  return walk->held[walk->at];
}

/* The place of the next letter in the alphabet: 0 at the end, then space, digits, letters, others.
 */
static int32_t walk_weight(struct walk *walk)
{
  int32_t first = walk_peek(walk);
  if (first == 0) return 0;
  walk->at++;
  if (first < 'a') return first;
  if (first > 'z') return 0x100 + first;
  int32_t second = walk_peek(walk);
  int32_t weight = 0;
  for (int32_t i = 0; i < (int32_t)(sizeof(welsh_letters) / sizeof(welsh_letters[0])); i++) {
    const char *letter = welsh_letters[i];
    if (letter[0] != first) continue;
    if (letter[1] == '\0') weight = 0x80 + i;
    if (letter[1] != '\0' && letter[1] == second) {
      walk->at++;
      return 0x80 + i;
    }
  }
  return weight;
}

int fold_compare_welsh(struct personal a, struct personal b)
{
  struct walk walk_a = {.ptr = a.ptr, .len = a.len};
  struct walk walk_b = {.ptr = b.ptr, .len = b.len};
  int32_t weight_a = 0, weight_b = 0;
  do {
    weight_a = walk_weight(&walk_a);
    weight_b = walk_weight(&walk_b);
  } while (weight_a == weight_b && weight_a != 0);
  wipe(&walk_a, sizeof(walk_a));
  wipe(&walk_b, sizeof(walk_b));
  if (weight_a != weight_b) return weight_a < weight_b ? -1 : 1;
  /* The same letters: the one with fewer marks first, as bytes have it. */
  size_t shorter = a.len < b.len ? a.len : b.len;
  int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
  if (order != 0) return order;
  return (a.len > b.len) - (a.len < b.len);
}
