/* Fields, values and what is checked at the door. */
#include <criterion/criterion.h>
#include <string.h>

#include "register/field.h"

Test(field, places_follow_one_another_without_gap_or_overlap)
{
  size_t at = 0;

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (field_row(field)->home == HOME_BLOB) continue;
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++) {
      cr_expect_eq(field_offset(field, slot), at);
      at += field_sealed_bytes(field);
    }
  }
  cr_expect_eq(at, BODY_BYTES);
}

Test(field, ids_and_names_are_unique_and_fit_the_bitset)
{
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    enum field found = FIELD_COUNT;
    cr_expect(field_by_id(field_row(field)->id, &found) && found == field);
    cr_expect(field_by_name(str_from(field_row(field)->name), &found) && found == field);
    cr_expect_lt(field_row(field)->id, 256);
    cr_expect_gt(strlen(field_row(field)->power), 0);
  }
}

Test(field, every_code_field_has_a_list)
{
  struct str code;

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    bool is_code = field_row(field)->type == TYPE_CODE;
    cr_expect_eq(is_code, field_codes(field) != CODES_NONE, "%s", field_row(field)->name);
    cr_expect(!is_code || code_at(field_codes(field), 0, &code));
  }
}

static const struct {
  enum field field;
  const char *text;
  enum value_state state;
} values[] = {
  {FIELD_upn, "B801200005001", VALUE_CHECKED},
  {FIELD_upn, "A801200005001", VALUE_AS_GIVEN},
  {FIELD_upn, "L660234526001", VALUE_CHECKED},
  {FIELD_upn, "K66023452601A", VALUE_CHECKED},
  {FIELD_upn, "Q207000016049", VALUE_AS_GIVEN},
  {FIELD_upn, "UN1", VALUE_AS_GIVEN},
  {FIELD_upn, "", VALUE_ABSENT},
  {FIELD_date_of_birth, "2014-02-29", VALUE_AS_GIVEN},
  {FIELD_date_of_birth, "2016-02-29", VALUE_CHECKED},
  {FIELD_sex, "female", VALUE_CHECKED},
  {FIELD_sex, "F", VALUE_AS_GIVEN},
  {FIELD_home_postcode, "ZZ19 6SQ", VALUE_CHECKED},
  {FIELD_home_postcode, "zz196sq", VALUE_CHECKED},
  {FIELD_home_postcode, "ZZ19 6S", VALUE_AS_GIVEN},
  {FIELD_home_postcode, "ZZ 196SQ", VALUE_AS_GIVEN},
  {FIELD_home_uprn, "88414659462", VALUE_CHECKED},
  {FIELD_home_uprn, "1234567890123", VALUE_AS_GIVEN},
  {FIELD_person_phone, "07700 900123", VALUE_CHECKED},
  {FIELD_person_phone, "+44 7700 900123", VALUE_CHECKED},
  {FIELD_person_phone, "ask mother", VALUE_AS_GIVEN},
  {FIELD_person_email, "rhiant1@example.org", VALUE_CHECKED},
  {FIELD_person_email, "rhiant@", VALUE_AS_GIVEN},
  {FIELD_person_email, "rhiant@\texample.org", VALUE_AS_GIVEN},
  {FIELD_person_email, "a@b@example.org", VALUE_AS_GIVEN},
  {FIELD_time_with_parents, "27.5", VALUE_CHECKED},
  {FIELD_time_with_parents, "169", VALUE_AS_GIVEN},
  {FIELD_time_with_parents, "ten", VALUE_AS_GIVEN},
  {FIELD_forename, "Llŷr", VALUE_CHECKED},
};

Test(field, what_does_not_check_is_kept_as_given)
{
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    struct value value = value_absent;
    value.text = (struct personal){values[i].text, strlen(values[i].text)};
    cr_expect_eq(field_check(values[i].field, &value), OK);
    cr_expect_eq(value.state, values[i].state, "%s: %s", field_row(values[i].field)->name,
                 values[i].text);
  }
}

Test(field, refuses_what_is_too_long_or_no_text)
{
  char text[NOTE_TEXT_MAX + 1];
  struct value value = value_absent;

  memset(text, 'a', sizeof text);
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (field_row(field)->type == TYPE_SECRET || field_row(field)->type == TYPE_PROTECTION)
      continue;
    value.text = (struct personal){text, field_text_max(field)};
    cr_expect_eq(field_check(field, &value), OK);
    value.text.len++;
    cr_expect_eq(field_check(field, &value), ERR_TOO_LARGE);
  }
  value.text = (struct personal){"\xff", 1};
  cr_expect_eq(field_check(FIELD_forename, &value), ERR_INPUT);
  value.text = (struct personal){"a\x01", 2};
  cr_expect_eq(field_check(FIELD_forename, &value), ERR_INPUT);
}

Test(value, of_a_declined_contact_says_by_which_route_it_was_offered)
{
  struct value value = value_absent;

  value.text = (struct personal){"a visit was offered", 19};
  value.outcome = code_number(CODES_CONTACT, STR("declined"));
  cr_expect_eq(field_check(FIELD_contact_record, &value), ERR_INPUT);
  value.route = code_number(CODES_ROUTE, STR("letter"));
  cr_expect_eq(field_check(FIELD_contact_record, &value), OK);
  value.outcome = code_number(CODES_CONTACT, STR("settling_agreed"));
  cr_expect_eq(field_check(FIELD_contact_record, &value), ERR_INPUT, "until when");
  value.since = (struct day){20000};
  value.until = (struct day){20028};
  cr_expect_eq(field_check(FIELD_contact_record, &value), OK);
  value.until = (struct day){19999};
  cr_expect_eq(field_check(FIELD_contact_record, &value), ERR_INPUT, "it ends before it begins");
}

Test(value, comes_back_as_it_went_in)
{
  uint8_t bytes[VALUE_BYTES_MAX];
  struct value value = {.state = VALUE_AS_GIVEN,
                        .said_by = SAID_CHILD,
                        .source = SOURCE_SHEET,
                        .contested = true,
                        .outcome = 3,
                        .route = 2,
                        .since = {19000},
                        .until = {19028},
                        .recorded = {20500},
                        .text = {"Dw i'n hapus", 12}},
               back;
  size_t n = value_encode(bytes, &value);

  cr_assert_eq(value_decode(&back, bytes, n), OK);
  cr_expect(back.state == VALUE_AS_GIVEN && back.said_by == SAID_CHILD &&
            back.source == SOURCE_SHEET);
  cr_expect(back.contested && back.since.number == 19000 && back.recorded.number == 20500);
  cr_expect(back.outcome == 3 && back.route == 2 && back.until.number == 19028);
  cr_expect(personal_equal(back.text, value.text));
  cr_expect_eq(value_decode(&back, bytes, VALUE_HEAD_BYTES - 1), ERR_CORRUPT);
  cr_expect_eq(value_decode(&back, bytes, VALUE_HEAD_BYTES),
               ERR_CORRUPT); /* a state without its text */
  bytes[0] = 3;
  cr_expect_eq(value_decode(&back, bytes, n), ERR_CORRUPT);
}

Test(safety, comes_back_as_it_went_in_and_zero_is_unknown)
{
  uint8_t bytes[SAFETY_BYTES] = {0}, again[SAFETY_BYTES];
  struct safety safety = {.level = LEVEL_HIDDEN,
                          .ever_protected = true,
                          .against = 2,
                          .protects = 1,
                          .person = {LEVEL_NONE, LEVEL_HIDDEN},
                          .household = {7},
                          .raised = {1},
                          .review = {2}},
                back;

  cr_assert_eq(safety_decode(&back, bytes, sizeof bytes), OK);
  cr_expect(back.level == LEVEL_UNKNOWN && !back.first_decided);
  safety_encode(bytes, &safety);
  cr_assert_eq(safety_decode(&back, bytes, sizeof bytes), OK);
  safety_encode(again, &back); /* not the structs: they have padding */
  cr_expect_eq(memcmp(again, bytes, sizeof bytes), 0);
  cr_expect(back.level == LEVEL_HIDDEN && back.ever_protected && !back.asked_for);
  cr_expect(back.against == 2 && back.protects == 1 && back.person[1] == LEVEL_HIDDEN);
  cr_expect(back.household[0] == 7 && back.raised.number == 1 && back.review.number == 2);
  bytes[0] = 9;
  cr_expect_eq(safety_decode(&back, bytes, sizeof bytes), ERR_CORRUPT);
}
