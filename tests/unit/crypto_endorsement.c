/* A person's word for a policy: for this manifest, in this place, in this role, by this key. */
#include <string.h>

#include "crypto/endorsement.h"
#include "tests/unit/crypto_support.h"

TestSuite(endorsement, .init = assert_ready);
TestSuite(endorsements, .init = assert_ready);

static struct signer *signer_of(uint8_t first)
{
  struct signer *signer = NULL;
  struct key seed = {{first}};

  cr_assert_eq(signer_new(&signer, &seed), OK);
  return signer;
}

static struct endorsement signed_by(uint8_t first, const char *role)
{
  struct signer *signer = signer_of(first);
  struct endorsed endorsed = {.number = 1, .replaces = {{1}}, .version = {{2}}};
  struct endorsement endorsement;

  cr_assert_eq(endorsement_sign(&endorsement, str_from(role), &endorsed, signer), OK);
  signer_free(&signer);
  return endorsement;
}

Test(endorsement, holds_for_what_was_signed_and_for_nothing_else)
{
  struct endorsement good = signed_by(7, "safeguarding_lead"), other;
  struct hash version = {{2}}, another = {{3}};

  cr_expect_eq(endorsement_verify(&good, &version), OK);
  cr_expect_eq(endorsement_verify(&good, &another), ERR_REFUSED, "another manifest");
  other = good;
  other.replaces.bytes[0] ^= 1;
  cr_expect_eq(endorsement_verify(&other, &version), ERR_REFUSED, "in the place of another");
  other = good;
  other.number++;
  cr_expect_eq(endorsement_verify(&other, &version), ERR_REFUSED, "another time");
  other = good;
  memset(other.role, 0, sizeof other.role);
  memcpy(other.role, "data_protection_officer", strlen("data_protection_officer"));
  cr_expect_eq(endorsement_verify(&other, &version), ERR_REFUSED, "in another role");
  other = good;
  other.key = signed_by(8, "safeguarding_lead").key;
  cr_expect_eq(endorsement_verify(&other, &version), ERR_REFUSED, "with another key");
}

Test(endorsement, is_in_a_role_that_is_a_word)
{
  static const char *const roles[] = {"", "Lead", "two words", "a\nb", "x1"};
  struct signer *signer = signer_of(7);
  struct endorsed endorsed = {.number = 1, .replaces = {{1}}, .version = {{2}}};
  struct endorsement endorsement;

  for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
    cr_expect_eq(endorsement_sign(&endorsement, str_from(roles[i]), &endorsed, signer), ERR_INPUT);
  signer_free(&signer);
}

Test(endorsements, are_read_as_they_are_written_and_in_no_other_spelling)
{
  struct endorsements two = {2, {signed_by(7, "safeguarding_lead"), signed_by(8, "lead")}}, again;
  char text[ENDORSEMENTS_TEXT_MAX], changed[ENDORSEMENTS_TEXT_MAX];
  size_t n = endorsements_write(text, &two);
  struct trail trail = {0};

  cr_assert_eq(endorsements_parse(&again, (struct str){text, n}, &trail), OK, "%s", trail.where);
  cr_expect_eq(memcmp(&two, &again, sizeof two), 0);
  for (size_t at = 0; at < n; at++)
    cr_expect_eq(endorsements_parse(&again, (struct str){text, at}, &trail) == OK,
                 at == 0 || text[at - 1] == '\n', "cut at %zu", at);
  for (size_t at = 0; at < n; at++) {
    memcpy(changed, text, n);
    changed[at] = ' ';
    if (text[at] != ' ')
      cr_expect_eq(endorsements_parse(&again, (struct str){changed, n}, &trail), ERR_INPUT);
  }
}
