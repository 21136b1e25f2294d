/* Ed25519 against RFC 8032, and the text of keys. */
#include "crypto/sign.h"
#include "tests/unit/crypto_support.h"

TestSuite(sign, .init = assert_ready);

/* RFC 8032 7.1, test 2. */
static const char seed_hex[] = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
static const char public_hex[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

static struct signer *known_signer(void)
{
  struct signer *signer = NULL;
  struct key seed;
  unhex(&seed, sizeof seed, seed_hex);
  cr_assert_eq(signer_new(&signer, &seed), OK);
  return signer;
}

Test(sign, is_the_known_vector_of_rfc_8032)
{
  struct signer *signer = known_signer();
  struct signature signature;
  struct verify_key key = signer_public(signer);
  assert_hex(key.bytes, 32, public_hex);
  signer_sign(signer, &signature, "\x72", 1);
  assert_hex(signature.bytes, 64,
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
             "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  cr_assert_eq(verify_signature(&key, &signature, "\x72", 1), OK);
  cr_assert_eq(verify_signature(&key, &signature, "\x73", 1), ERR_REFUSED);
  cr_assert_eq(verify_signature(&key, &signature, "\x72\0", 2), ERR_REFUSED);
  signature.bytes[63] ^= 1;
  cr_assert_eq(verify_signature(&key, &signature, "\x72", 1), ERR_REFUSED);
  signer_free(&signer);
  cr_assert_null(signer);
}

Test(sign, refuses_a_key_of_small_order)
{
  struct verify_key key = {{1}}; /* the neutral element: signs everything */
  struct signature signature = {{1}};
  cr_assert_eq(verify_signature(&key, &signature, "x", 1), ERR_REFUSED);
}

Test(sign, key_text_comes_back_and_has_one_spelling)
{
  struct verify_key key, back;
  char text[VERIFY_KEY_TEXT];
  unhex(key.bytes, 32, public_hex);
  verify_key_write(text, &key);
  cr_assert_eq(
    strncmp(text, "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", VERIFY_KEY_TEXT), 0);
  cr_assert_eq(verify_key_parse(&back, bytes_str(text, sizeof text)), OK);
  cr_assert_arr_eq(back.bytes, key.bytes, 32);
  static const char *const bad[] = {"",
                                    "ed25519:",
                                    "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
                                    "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgx=",
                                    "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw=",
                                    "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0ZgwA",
                                    "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw==",
                                    "ED25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_eq(verify_key_parse(&back, str_from(bad[i])), ERR_INPUT, "%s", bad[i]);
}

Test(sign, fingerprint_is_four_groups_of_four)
{
  struct verify_key key;
  char text[FINGERPRINT_TEXT + 1] = {0};
  unhex(key.bytes, 32, public_hex);
  verify_key_fingerprint(text, &key);
  cr_assert_str_eq(text, "8a02-f73f-466d-ac9e");
}
