/* Recipients: a key is hostile until it is checked, in force by two people's word, and out of force
 * by one's. */
#include <string.h>

#include "crypto/age.h"
#include "register/recipient.h"
#include "tests/unit/register_office.h"

/* Made by age-keygen for these tests; nobody has the identities. */
#define KEY_A "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define KEY_B "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"

static struct office office;

static void begin(void)
{
  office_begin(&office);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_recipient, .init = begin, .fini = end, .timeout = 60);

static struct actor officer(unsigned n)
{
  return office_actor(&office, "data_protection_officer", n);
}

static int status(void)
{
  return office.op.answer.status;
}

static struct recipient with_key(const char *key)
{
  return (struct recipient){.name = STR("Mari Mockbury"),
                            .role = STR("other_la_officer"),
                            .organisation = STR("Mockbury Council"),
                            .age_key = str_from(key)};
}

static struct id made(const char *key)
{
  const struct recipient in = with_key(key);
  struct id id;

  OFFICE_RUN(&office, recipient_make(office_op(&office, officer(1)), &in));
  cr_assert_eq(status(), 201, "%.*s", (int)office.op.answer.body.len, office.op.answer.body.ptr);
  cr_assert(id_parse(str_from(office_text(office.json, "recipient")), &id));
  OFFICE_RUN(&office, recipient_approve(office_op(&office, officer(2)), id));
  cr_assert_eq(status(), 200);
  return id;
}

static int change_key(struct id id, const char *key)
{
  OFFICE_RUN(&office, recipient_change_key(office_op(&office, officer(1)), id, str_from(key)));
  return status();
}

static void look(struct id id)
{
  OFFICE_RUN(&office, recipient_get(office_op(&office, officer(1)), id));
  cr_assert_eq(status(), 200);
}

static bool says(enum text_id text)
{
  return str_is(text_get(text, office.op.lang), office_text(office.json, "detail"));
}

Test(register_on_recipient, takes_no_key_that_is_not_a_safe_one_of_age)
{
  static const struct {
    const char *key;
    enum text_id why;
  } bad[] = {
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJtHl7cLUX6zXLFSFTNXzpAxGKOGRzMVC0Vs1HEDZXQq",
     TEXT_KEY_IS_SSH},
    {"AGE-SECRET-KEY-1QQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQSXXXXXX",
     TEXT_KEY_IS_SECRET},
    {"age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", TEXT_KEY_IS_PLUGIN},
    {"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq", TEXT_KEY_IS_NONE},
    {"AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ", TEXT_KEY_IS_NONE},
    {"age1", TEXT_KEY_IS_NONE},
  };

  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const struct recipient in = with_key(bad[i].key);

    OFFICE_RUN(&office, recipient_make(office_op(&office, officer(1)), &in));
    cr_expect_eq(status(), 400, "%s", bad[i].key);
    cr_expect(says(bad[i].why), "%s: %s", bad[i].key, office_text(office.json, "detail"));
  }
}

Test(register_on_recipient, takes_neither_a_point_of_low_order_nor_the_registers_own_key)
{
  struct age_recipient low = {{0}}, own;
  char text[AGE_RECIPIENT_TEXT + 1] = {0};

  memcpy(own.point, office.reg->rows.custodian.bytes, sizeof own.point);
  age_recipient_write(text, &low);
  struct recipient in = with_key(text);
  OFFICE_RUN(&office, recipient_make(office_op(&office, officer(1)), &in));
  cr_expect(status() == 400 && says(TEXT_KEY_IS_NONE));
  age_recipient_write(text, &own);
  in = with_key(text);
  OFFICE_RUN(&office, recipient_make(office_op(&office, officer(1)), &in));
  cr_expect(status() == 400 && says(TEXT_KEY_IS_OURS));
}

Test(register_on_recipient, changes_a_key_by_two_people)
{
  struct id id = made(KEY_A);
  char before[FINGERPRINT_DIGITS + 1] = {0};

  look(id);
  snprintf(before, sizeof before, "%s", office_text(office.json, "fingerprint"));
  cr_assert_eq(change_key(id, KEY_B), 202);
  look(id);
  cr_expect_str_eq(office_text(office.json, "fingerprint"), before);
  OFFICE_RUN(&office, recipient_approve(office_op(&office, officer(1)), id));
  cr_expect_eq(status(), 409);
  OFFICE_RUN(&office, recipient_approve(office_op(&office, officer(2)), id));
  cr_expect_eq(status(), 200);
  cr_expect_str_neq(office_text(office.json, "fingerprint"), before);
  cr_expect_null(json_object_get(office.json, "next"));
}

Test(register_on_recipient, keeps_its_key_when_another_is_turned_down)
{
  struct id id = made(KEY_A);

  cr_assert_eq(change_key(id, KEY_B), 202);
  OFFICE_RUN(&office, recipient_turn_down(office_op(&office, officer(2)), id));
  cr_expect_eq(status(), 200);
  cr_expect_null(json_object_get(office.json, "next"));
  cr_expect(json_is_true(json_object_get(office.json, "has_key")));
  cr_expect_eq(change_key(id, KEY_A), 400);
  cr_expect(says(TEXT_KEY_IS_THE_SAME));
}

Test(register_on_recipient, stops_a_key_at_once_and_for_everybody)
{
  struct id id = made(KEY_A), other = made(KEY_B);

  OFFICE_RUN(&office, recipient_stop_key(office_op(&office, officer(2)), id));
  cr_expect_eq(status(), 200);
  cr_expect(json_is_true(json_object_get(office.json, "key_stopped")));
  cr_expect_not(json_is_true(json_object_get(office.json, "has_key")));
  cr_expect_eq(change_key(id, KEY_A), 400);
  cr_expect(says(TEXT_KEY_WAS_STOPPED));
  cr_expect_eq(change_key(other, KEY_A), 400);
  cr_assert_eq(change_key(id, KEY_B), 202);
  OFFICE_RUN(&office, recipient_approve(office_op(&office, officer(2)), id));
  cr_expect_not(json_is_true(json_object_get(office.json, "key_stopped")));
}

Test(register_on_recipient, says_aloud_whose_key_it_is_too)
{
  (void)made(KEY_A);
  (void)made(KEY_A);
  cr_expect_eq(json_array_size(json_object_get(office.json, "same_key")), 1);
}

Test(register_on_recipient, ends_for_good)
{
  struct id id = made(KEY_A);

  OFFICE_RUN(&office, recipient_end(office_op(&office, officer(2)), id));
  cr_expect(json_is_true(json_object_get(office.json, "ended")));
  cr_expect_eq(change_key(id, KEY_B), 409);
  cr_expect(says(TEXT_RECIPIENT_HAS_ENDED));
}
