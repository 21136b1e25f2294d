/* Without a key: printed, or told by telephone. Nothing goes that way that its officer may not see,
 * and nobody is called on a number that is not in the register. */
#include "tests/unit/disclosure_office.h"

static struct held held;
static struct id child;

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static void begin(void)
{
  held_begin(&held);
  child = office_sion(&held.office, handler());
  office_set_level(&held.office, child, LEVEL_NONE);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_paper, .init = begin, .fini = end, .timeout = 120);

static int status(void)
{
  return held.office.op.answer.status;
}

static bool says(enum text_id text)
{
  return str_is(text_get(text, held.office.op.lang), office_text(held.office.json, "detail"));
}

static struct id receiving(const char *key, const char *phone)
{
  struct office *office = &held.office;
  const struct recipient in = {.name = STR("A. Derbynnydd"),
                               .role = STR("other_la_officer"),
                               .organisation = STR("Sir Arall"),
                               .age_key = str_from(key),
                               .phone = str_from(phone)};
  struct id id;

  OFFICE_RUN(
    office,
    recipient_make(office_op(office, office_actor(office, "data_protection_officer", 31)), &in));
  cr_assert(id_parse(str_from(office_text(office->json, "recipient")), &id));
  OFFICE_RUN(office, recipient_approve(
                       office_op(office, office_actor(office, "data_protection_officer", 32)), id));
  held_relate(&held, child, id, RELATION_RECEIVING);
  return id;
}

/* The disclosure's id, when there is one. */
static struct id share(struct id recipient, enum sharing_means means, const char *fields)
{
  struct disclosure in = {.id = child, .recipient = recipient, .means = means};
  struct id id = {{0}};

  in.ask = office_ask(&held.office, "transfer_between_las", fields);
  OFFICE_RUN(&held.office, disclosure_make(office_op(&held.office, handler()), &in));
  (void)id_parse(str_from(office_text(held.office.json, "disclosure")), &id);
  return id;
}

static void print(struct id disclosure)
{
  OFFICE_RUN(&held.office, disclosure_paper(office_op(&held.office, handler()), disclosure));
}

static int tell(struct id disclosure, const char *fields, bool read)
{
  struct disclosure_telling in = {.to = {"Mari Mockbury", 13}, .obligations_read = read};

  in.ask = office_ask(&held.office, "transfer_between_las", fields);
  OFFICE_RUN(&held.office, disclosure_tell(office_op(&held.office, handler()), disclosure, &in));
  return status();
}

Test(disclosure_paper, serves_a_recipient_without_a_key)
{
  struct id recipient = receiving("", ""), disclosure;
  json_t *content;

  (void)share(recipient, MEANS_PACKAGE, "child_name home_address");
  cr_expect(status() == 409 && says(TEXT_SAFETY_NO_KEY));
  disclosure = share(recipient, MEANS_PAPER, "child_name home_address");
  cr_assert_eq(status(), 201, "%s", office_text(held.office.json, "detail"));
  print(disclosure);
  cr_assert_eq(status(), 200);
  content = json_object_get(held.office.json, "content");
  cr_expect_eq(json_object_size(json_object_get(content, "fields")), 2);
  cr_expect_eq(strlen(office_text(held.office.json, "digest")), 64);
  cr_expect_gt(json_integer_value(json_object_get(held.office.json, "index")), 0);
  cr_expect_gt(json_array_size(json_object_get(content, "obligations")), 0);
}

Test(disclosure_paper, is_not_for_who_has_a_key)
{
  (void)share(receiving(held.age_key, ""), MEANS_PAPER, "child_name");
  cr_expect(status() == 409 && says(TEXT_MEANS_HAS_KEY));
}

Test(disclosure_paper, holds_nothing_that_its_officer_may_not_see)
{
  (void)share(receiving("", ""), MEANS_PAPER, "child_name order_stage");
  cr_expect(status() == 409 && says(TEXT_MEANS_UNSEEN), "%d %s", status(),
            office_text(held.office.json, "detail"));
}

/* Held, made up, in full, redacted or waiting for somebody: one answer, from the request alone. */
Test(disclosure_paper, holds_no_free_text_whoever_the_child_is)
{
  static const char *const asked[] = {"child_name circumstances_narrative", "case_notes",
                                      "support_attempts", "communication_needs"};
  struct id with_phone = receiving(held.age_key, "07700 900123"), without = receiving("", "");
  struct id held_child = child, made_up;
  char *said[2];

  memset(made_up.b, 0x5c, ID_BYTES);
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
    for (int by_phone = 0; by_phone < 2; by_phone++) {
      for (int is_held = 0; is_held < 2; is_held++) {
        child = is_held ? held_child : made_up;
        (void)share(by_phone ? with_phone : without, by_phone ? MEANS_SPOKEN : MEANS_PAPER,
                    asked[i]);
        cr_expect_eq(status(), 409, "%s: %d", asked[i], status());
        cr_expect_not_null(strstr(office_text(held.office.json, "detail"), "Free text never goes"));
        said[is_held] = strdup(office_text(held.office.json, "detail"));
      }
      cr_expect_str_eq(said[0], said[1]);
      free(said[0]);
      free(said[1]);
    }
}

Test(disclosure_paper, leaves_by_its_own_means_alone)
{
  struct id packed = share(receiving(held.age_key, ""), MEANS_PACKAGE, "child_name");

  print(packed);
  cr_expect(status() == 409 && says(TEXT_MEANS_OTHER));
  cr_expect_eq(tell(packed, "child_name", true), 409);
  cr_expect(says(TEXT_MEANS_OTHER));
}

Test(disclosure_paper, ends_like_any_other)
{
  struct id disclosure = share(receiving("", ""), MEANS_PAPER, "child_name");

  OFFICE_RUN(&held.office, disclosure_recall(office_op(&held.office, handler()), disclosure,
                                             STR("sent_in_error")));
  cr_assert_eq(status(), 200);
  print(disclosure);
  cr_expect(status() == 409 && says(TEXT_SAFETY_DISCLOSURE_RECALLED));
}

Test(disclosure_paper, calls_back_on_the_registers_number_alone)
{
  struct id disclosure;

  (void)share(receiving("", ""), MEANS_SPOKEN, "child_name");
  cr_expect(status() == 409 && says(TEXT_MEANS_NO_PHONE));
  disclosure = share(receiving("", "07700 900123"), MEANS_SPOKEN, "child_name home_address");
  cr_assert_eq(status(), 201);
  print(disclosure);
  cr_expect_str_eq(office_text(held.office.json, "phone"), "07700 900123");
}

Test(disclosure_paper, records_who_was_told_what_once_the_obligations_were_read)
{
  struct id disclosure =
    share(receiving("", "07700 900123"), MEANS_SPOKEN, "child_name home_address");
  json_t *told;

  cr_expect_eq(tell(disclosure, "child_name", false), 409);
  cr_expect(says(TEXT_TELLING_READ_OUT));
  cr_expect_eq(tell(disclosure, "child_name case_notes", true), 409);
  cr_expect(says(TEXT_TELLING_BEYOND));
  cr_assert_eq(tell(disclosure, "child_name", true), 201);
  OFFICE_RUN(&held.office, disclosure_get(office_op(&held.office, handler()), disclosure));
  told = json_object_get(held.office.json, "told");
  cr_assert_eq(json_array_size(told), 1);
  cr_expect_str_eq(office_text(json_array_get(told, 0), "to"), "Mari Mockbury");
  cr_expect_eq(json_array_size(json_object_get(json_array_get(told, 0), "fields")), 1);
}
