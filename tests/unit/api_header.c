/* Request headers that mean something, in the forms in which they come. */
#include <criterion/criterion.h>

#include "api/header.h"

Test(header, chooses_the_language_with_the_greater_weight)
{
  static const struct {
    const char *header;
    enum lang lang;
  } cases[] = {
    {"", LANG_EN},
    {"cy", LANG_CY},
    {"cy-GB", LANG_CY},
    {"en", LANG_EN},
    {"CY", LANG_CY},
    {"en, cy", LANG_EN},
    {"en;q=0.5, cy", LANG_CY},
    {"cy;q=0.9, en;q=0.8", LANG_CY},
    {"cy;q=0.1, en;q=0.11", LANG_EN},
    {"fr, cy;q=0.2", LANG_CY},
    {"fr", LANG_EN},
    {"cy;q=0", LANG_EN},
    {"cy;q=x", LANG_EN},
    {"cymric", LANG_EN},
    {"*", LANG_EN},
    {",,;q=,cy ; q=1", LANG_CY},
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    cr_expect_eq(header_language(str_from(cases[i].header), LANG_EN), cases[i].lang, "%s",
                 cases[i].header);
  }
}

Test(header, takes_a_bearer_token_and_nothing_else)
{
  struct str token;

  cr_assert(header_bearer(STR("Bearer abc"), &token));
  cr_expect(str_is(token, "abc"));
  cr_assert(header_bearer(STR("bearer  abc "), &token));
  cr_expect(str_is(token, "abc"));
  cr_expect_not(header_bearer(STR("Basic abc"), &token));
  cr_expect_not(header_bearer(STR("Bearer "), &token));
  cr_expect_not(header_bearer(STR(""), &token));
}

Test(header, takes_an_idempotency_key_as_uuid_or_digits)
{
  struct id a, b;

  cr_assert(header_idempotency(STR("0F1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"), &a));
  cr_assert(header_idempotency(STR("\"0f1e2d3c4b5a69788796a5b4c3d2e1f0\""), &b));
  cr_expect_arr_eq(a.b, b.b, ID_BYTES);
  cr_expect_not(header_idempotency(STR("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1"), &a));
  cr_expect_not(header_idempotency(STR("0f1e2d3c4b5a69788796a5b4c3d2e1f0ff"), &a));
  cr_expect_not(header_idempotency(STR("once"), &a));
}

Test(header, takes_one_strong_entity_tag)
{
  struct str tag;

  cr_assert(header_etag(STR("\"0f1e2d3c4b5a69788796a5b4c3d2e1f0\""), &tag));
  cr_expect(str_is(tag, "0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
  cr_expect_not(header_etag(STR("W/\"0f1e2d3c4b5a69788796a5b4c3d2e1f0\""), &tag));
  cr_expect_not(header_etag(STR("*"), &tag));
  cr_expect_not(header_etag(STR("0f1e2d3c4b5a69788796a5b4c3d2e1f0"), &tag));
}
