/* Password hashes: the usual text form, never below the floor. */
#include "crypto/password.h"

#include <sodium.h>

#include "tests/unit/crypto_support.h"

static const struct personal password = {"gair cyfrinachol", 16};

Test(password, verifies_and_is_in_the_usual_form)
{
  char text[PASSWORD_TEXT_MAX];
  uint8_t next = 0;
  struct outside outside = counting(&next);
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_eq(password_hash(text, password, &outside), OK);
  cr_assert_eq(strncmp(text, "$argon2id$v=19$m=65536,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$", 54), 0);
  cr_assert_eq(strlen(text), 97);
  cr_assert_eq(crypto_pwhash_str_verify(text, password.ptr, password.len), 0, "by the library");
  cr_assert_eq(password_verify(text, password), OK);
  cr_assert_eq(password_verify(text, (struct personal){password.ptr, 15}), ERR_UNAUTHENTICATED);
}

Test(password, of_nobody_has_the_usual_form_and_matches_none)
{
  char text[PASSWORD_TEXT_MAX], one[PASSWORD_TEXT_MAX];
  uint8_t next = 0;
  struct outside outside = counting(&next);
  cr_assert_eq(crypto_ready(), OK);
  password_of_nobody(text, &outside);
  cr_assert_eq(password_hash(one, password, &outside), OK);
  cr_assert_eq(strlen(text), strlen(one));
  cr_assert_eq(strncmp(text, "$argon2id$v=19$m=65536,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$", 54), 0);
  cr_assert_eq(crypto_pwhash_str_needs_rehash(text, 3, (size_t)64 << 20), 0,
               "the library reads it");
  cr_assert_eq(password_verify(text, password), ERR_UNAUTHENTICATED);
}

Test(password, refuses_a_hash_below_the_floor)
{
  char text[PASSWORD_TEXT_MAX] = {0};
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_eq(crypto_pwhash_str(text, password.ptr, password.len, 1, 8192), 0);
  cr_assert_eq(password_verify(text, password), ERR_CORRUPT);
  memset(text, '$', sizeof text);
  cr_assert_eq(password_verify(text, password), ERR_CORRUPT, "no end");
}
