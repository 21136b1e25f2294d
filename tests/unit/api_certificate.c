/* What certificate and key must be before anything listens with them, and what is said if not. */
#include "api/certificate.h"

#include <string.h>

#include "tests/unit/api_certificates.h"

TestSuite(certificate, .init = made_begin, .fini = made_end, .timeout = 60);

static enum err read_made(struct certificate_refusal *ret_why)
{
  struct certificate_files files = made_files();
  struct certificate certificate = {0};
  struct outside outside = outside_real();
  enum err err = certificate_read(&certificate, &files, outside.now(NULL), ret_why);

  cr_expect_eq(err == OK, certificate.count == 1);
  certificate_free(&certificate);
  return err;
}

static void expect_refused(enum text_id says, const char *what)
{
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};

  cr_expect_eq(read_made(&why), ERR_CERTIFICATE, "%s", what);
  cr_expect_eq(why.says, says, "%s: %s", what, text_name(why.says));
}

Test(certificate, is_taken_with_its_key_and_its_last_day)
{
  struct certificate_files files = made_files();
  struct certificate certificate = {0};
  struct certificate_refusal why;
  struct outside outside = outside_real();

  made_pair(&(struct wanted){.from_days = -1, .until_days = 9});
  cr_assert_eq(certificate_read(&certificate, &files, outside.now(NULL), &why), OK);
  cr_expect_eq(instant_day(certificate.until).number - instant_day(outside.now(NULL)).number, 9);
  certificate_free(&certificate);
  made_pair(&(struct wanted){.kind = GNUTLS_PK_EDDSA_ED25519,
                             .bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519)});
  cr_expect_eq(read_made(&why), OK, "Ed25519: %s", text_name(why.says));
  made_pair(&(struct wanted){.kind = GNUTLS_PK_RSA, .bits = 2048});
  cr_expect_eq(read_made(&why), OK, "RSA: %s", text_name(why.says));
}

Test(certificate, is_refused_for_each_reason_with_its_own_words)
{
  static const struct {
    struct wanted want;
    enum text_id says;
  } cases[] = {
    {{.from_days = -9, .until_days = -1}, TEXT_TLS_EXPIRED},
    {{.from_days = 1, .until_days = 9}, TEXT_TLS_NOT_YET},
    {{.purpose = GNUTLS_KP_TLS_WWW_CLIENT}, TEXT_TLS_NOT_FOR_A_SERVER},
    {{.has_no_name = true}, TEXT_TLS_NO_NAME},
    {{.kind = GNUTLS_PK_RSA, .bits = 1024}, TEXT_TLS_KEY_WEAK},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    made_pair(&cases[i].want);
    expect_refused(cases[i].says, text_name(cases[i].says));
  }
}

Test(certificate, names_the_day_on_which_it_ended)
{
  struct certificate_refusal why = {TEXT_NONE, NULL, DAY_NONE};
  struct outside outside = outside_real();

  made_pair(&(struct wanted){.from_days = -9, .until_days = -3});
  cr_assert_eq(read_made(&why), ERR_CERTIFICATE);
  cr_expect_eq(why.day.number, instant_day(outside.now(NULL)).number - 3);
  cr_expect_eq(why.file, made_certificate);
}

Test(certificate, is_refused_with_the_key_of_another)
{
  char kept[sizeof made_key + 8];

  made_pair(&(struct wanted){0});
  (void)snprintf(kept, sizeof kept, "%s.kept", made_key);
  cr_assert_eq(rename(made_key, kept), 0);
  made_pair(&(struct wanted){0});
  cr_assert_eq(rename(kept, made_key), 0);
  expect_refused(TEXT_TLS_NOT_A_PAIR, "another's key");
}

Test(certificate, key_is_refused_when_others_can_read_it)
{
  static const mode_t modes[] = {0640, 0604, 0660, 0644, 0610};
  struct certificate_refusal why;

  made_pair(&(struct wanted){0});
  if (geteuid() == 0) cr_assert_eq(chown(made_key, 65534, 65534), 0); /* not root's: strict */
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    cr_assert_eq(chmod(made_key, modes[i]), 0);
    expect_refused(TEXT_TLS_KEY_NOT_PRIVATE, "mode");
  }
  if (geteuid() == 0) cr_assert_eq(chown(made_key, 0, 0), 0);
  cr_assert_eq(chmod(made_key, 0400), 0);
  cr_expect_eq(read_made(&why), OK);
}

Test(certificate, files_that_hold_something_else_are_refused)
{
  static const char text[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  static char large[100 * 1024];

  made_pair(&(struct wanted){0});
  made_write(made_certificate, text, sizeof text - 1, 0644);
  expect_refused(TEXT_TLS_NO_CERTIFICATE, "no certificate");
  made_write(made_certificate, "", 0, 0644);
  expect_refused(TEXT_TLS_NO_CERTIFICATE, "empty");
  made_write(made_certificate, large, sizeof large, 0644);
  expect_refused(TEXT_TLS_UNREADABLE, "large");
  (void)unlink(made_certificate);
  expect_refused(TEXT_TLS_UNREADABLE, "absent");
  cr_assert_eq(mkfifo(made_certificate, 0600), 0);
  expect_refused(TEXT_TLS_UNREADABLE, "a pipe");
  made_pair(&(struct wanted){0});
  made_write(made_key, text, sizeof text - 1, 0600);
  expect_refused(TEXT_TLS_NO_KEY, "no key");
}
