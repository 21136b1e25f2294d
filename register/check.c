/* What a value looks like when it is what its field says. A value that does not is kept as given
 * and shown so: nothing is dropped, mended or guessed here. */
#include "register/field.h"

#include <assert.h>

#include "base/guard.h"

#define SET(id)
static const struct {
  enum code_set set;
  const char *code;
} codes[] = {
#define C(set, code) {CODES_##set, code},
#include "register/codes.def"
#undef C
};
#undef SET

bool check_code(enum code_set set, struct str code)
{
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    if (codes[i].set == set && str_is(code, codes[i].code)) return true;
  return false;
}

bool code_at(enum code_set set, size_t i, struct str *ret_code)
{
  for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++) {
    if (codes[k].set != set || i-- > 0) continue;
    *ret_code = str_from(codes[k].code);
    return true;
  }
  return false;
}

/* Which list a CODE field takes its codes from. */
enum code_set field_codes(enum field field)
{
  static const enum code_set sets[FIELD_COUNT] = {
    [FIELD_sex] = CODES_SEX,
    [FIELD_home_la] = CODES_LA,
    [FIELD_person_standing] = CODES_STANDING,
    [FIELD_person_language] = CODES_LANGUAGE,
    [FIELD_register_basis] = CODES_BASIS,
    [FIELD_circumstances] = CODES_CIRCUMSTANCE,
    [FIELD_provider_type] = CODES_PROVIDER,
    [FIELD_aln_status] = CODES_ALN,
    [FIELD_idp_maintained_by] = CODES_MAINTAINER,
    [FIELD_language_of_provision] = CODES_LANGUAGE,
    [FIELD_ethnicity] = CODES_ETHNICITY,
    [FIELD_child_protection_status] = CODES_CARE,
    [FIELD_child_in_need_status] = CODES_CARE,
    [FIELD_looked_after_status] = CODES_CARE,
    [FIELD_order_stage] = CODES_ORDER,
    [FIELD_correspondence_language] = CODES_LANGUAGE,
    [FIELD_not_asked_safety] = CODES_YES_NO,
  };

  return sets[field];
}

enum code_set event_outcomes(enum field field)
{
  static const enum code_set sets[FIELD_COUNT] = {
    [FIELD_support_attempts] = CODES_OFFER, [FIELD_support_requests] = CODES_OFFER,
    [FIELD_contact_record] = CODES_CONTACT, [FIELD_meeting_record] = CODES_CONTACT,
    [FIELD_idp_decisions] = CODES_DECISION,
  };

  return sets[field];
}

uint8_t code_number(enum code_set set, struct str code)
{
  struct str one;

  for (uint8_t i = 0; code_at(set, i, &one); i++)
    if (str_equal(one, code)) return (uint8_t)(i + 1);
  return 0;
}

struct str code_numbered(enum code_set set, uint8_t number)
{
  struct str code;

  return number > 0 && code_at(set, number - 1u, &code) ? code : STR("");
}

bool event_is_whole(enum field field, const struct value *value)
{
  struct str outcome = code_numbered(event_outcomes(field), value->outcome);
  bool is_contact = event_outcomes(field) == CODES_CONTACT;

  if (!GUARD(NOT_FLATTENED)) return true;
  if (is_contact && str_is(outcome, "declined")) return value->route != 0;
  if (str_is(outcome, "settling_agreed"))
    return day_is_set(value->since) && day_is_set(value->until) &&
           value->until.number >= value->since.number;
  return true;
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool all_digits(struct str text)
{
  for (size_t i = 0; i < text.len; i++)
    if (!is_digit(text.ptr[i])) return false;
  return true;
}

/* UK Government Data Standards Catalogue, UPN 2.0: letter, authority (3), school (4), year (2),
 * serial (3); the last place of a temporary number is a letter. The first letter is the sum of the
 * other places, weighted 2 to 13, modulo 23; a final letter counts as its index. I, O and S are not
 * used. */
static const char upn_letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
enum { UPN_LENGTH = 13, UPN_MODULUS = 23 };

static int upn_value(char c)
{
  if (is_digit(c)) return c - '0';
  for (int i = 0; i < UPN_MODULUS; i++)
    if (upn_letters[i] == c) return i;
  return -1;
}

/* English codes run from 201 to 946 with gaps that move; Welsh ones are 660 to 681. */
static bool upn_authority_is_known(struct str code)
{
  uint64_t number = 0;

  if (check_code(CODES_LA, code)) return true;
  return str_to_u64(code, &number) && number >= 201 && number <= 946 &&
         !(number >= 659 && number < 700);
}

bool check_upn(struct str upn)
{
  int sum = 0;

  if (upn.len != UPN_LENGTH || !all_digits((struct str){upn.ptr + 1, 11})) return false;
  for (int i = 1; i < UPN_LENGTH; i++) {
    int value = upn_value(upn.ptr[i]);
    if (value < 0) return false;
    sum += value * (i + 1);
  }
  if (upn.ptr[0] != upn_letters[sum % UPN_MODULUS]) return false;
  return upn_authority_is_known((struct str){upn.ptr + 1, 3});
}

/* Outward and inward part: A9 9AA, A99 9AA, AA9 9AA, AA99 9AA, A9A 9AA, AA9A 9AA (BS 7666); case
 * and the space are the writer's. Whether it exists is not asked. */
static bool check_postcode(struct str text)
{
  char shape[9];
  size_t n = 0;

  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == ' ' && n >= 2 && i + 4 == text.len) continue;
    if (n == sizeof shape - 1) return false;
    if (is_digit(c))
      shape[n++] = '9';
    else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
      shape[n++] = 'A';
    else
      return false;
  }
  struct str all = {shape, n};
  static const char *const shapes[] = {"A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    if (str_is(all, shapes[i])) return true;
  return false;
}

/* A number that a person could ring: 9 to 15 digits (E.164), one plus in front, spaces and brackets
 * between. */
static bool check_phone(struct str text)
{
  size_t digits = 0;

  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (is_digit(c))
      digits++;
    else if (c == '+' ? i > 0 : c != ' ' && c != '(' && c != ')' && c != '-')
      return false;
  }
  return digits >= 9 && digits <= 15;
}

/* One at-sign with something on both sides, a dot in the domain, no white space: whether it
 * arrives, only a letter tells. */
static bool check_email(struct str text)
{
  size_t at = 0, dot = 0;

  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if ((unsigned char)c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>') return false;
    if (c == '@') {
      if (at > 0 || i == 0) return false;
      at = i;
    }
    if (c == '.') dot = i;
  }
  return at > 0 && dot > at + 1 && dot + 1 < text.len;
}

/* Hours a week: 0 to 168, at most two decimal places. */
static bool check_hours(struct str text)
{
  size_t whole = 0;
  uint64_t hours = 0;

  while (whole < text.len && is_digit(text.ptr[whole]))
    whole++;
  if (!str_to_u64((struct str){text.ptr, whole}, &hours) || hours > 168) return false;
  if (whole == text.len) return true;
  struct str rest = {text.ptr + whole + 1, text.len - whole - 1};
  return text.ptr[whole] == '.' && rest.len >= 1 && rest.len <= 2 && all_digits(rest) &&
         hours < 168;
}

static bool check_type(enum field field, struct str text)
{
  struct day day;

  switch (field_row(field)->type) {
  case TYPE_PROTECTION:
  case TYPE_SECRET:
    return false;
  case TYPE_TEXT:
  case TYPE_NAME:
  case TYPE_ADDRESS:
  case TYPE_NOTE:
  case TYPE_EVENT:
    return true;
  case TYPE_DAY:
    return day_parse(text, &day);
  case TYPE_CODE:
    return check_code(field_codes(field), text);
  case TYPE_UPN:
    return check_upn(text);
  case TYPE_UPRN:
    return text.len >= 1 && text.len <= 12 && all_digits(text);
  case TYPE_POSTCODE:
    return check_postcode(text);
  case TYPE_PHONE:
    return check_phone(text);
  case TYPE_EMAIL:
    return check_email(text);
  case TYPE_HOURS:
    return check_hours(text);
  }
  return false;
}

enum err field_check(enum field field, struct value *value)
{
  struct str text = {value->text.ptr, value->text.len}; /* checked here, shown nowhere */
  enum field_type type = field_row(field)->type;

  assert(type != TYPE_PROTECTION && type != TYPE_SECRET);
  if (text.len > field_text_max(field)) return ERR_TOO_LARGE;
  if (!utf8_is_valid(text.ptr, text.len)) return ERR_INPUT;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) return ERR_INPUT;
  }
  if (!event_is_whole(field, value)) return ERR_INPUT;
  if (text.len == 0)
    value->state = VALUE_ABSENT;
  else
    value->state = check_type(field, text) ? VALUE_CHECKED : VALUE_AS_GIVEN;
  return OK;
}
