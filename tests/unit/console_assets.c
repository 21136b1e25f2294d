/* The built-in files are found by the names that the pages give them, and by no other. */
#include <criterion/criterion.h>
#include <string.h>

#include "console/assets.h"

static const struct {
  const char *name;
  const char *type;
  const char *begins;
  const char *ends;
} expected[] = {
  {asset_css, "text/css; charset=utf-8", "console-", ".css"},
  {asset_js, "text/javascript; charset=utf-8", "console-", ".js"},
  {asset_icon, "image/svg+xml", "icon-", ".svg"},
};

Test(assets, each_is_found_under_a_name_with_a_hash)
{
  cr_assert_eq(asset_count, sizeof(expected) / sizeof(expected[0]));
  for (size_t i = 0; i < asset_count; i++) {
    const char *name = expected[i].name;
    const struct asset *asset = asset_find(str_from(name));
    cr_assert_not_null(asset);
    cr_assert_str_eq(asset->name, name);
    cr_assert_str_eq(asset->type, expected[i].type);
    size_t begins = strlen(expected[i].begins), ends = strlen(expected[i].ends);
    cr_assert_eq(strlen(name), begins + 16 + ends);
    cr_assert_eq(memcmp(name, expected[i].begins, begins), 0);
    cr_assert_str_eq(name + begins + 16, expected[i].ends);
  }
}

Test(assets, the_gzipped_form_is_gzip_and_smaller)
{
  for (size_t i = 0; i < asset_count; i++) {
    const struct asset *asset = &asset_table[i];
    cr_assert_gt(asset->plain.len, 0);
    cr_assert_lt(asset->gzipped.len, asset->plain.len);
    /* RFC 1952 2.3: two fixed bytes, deflate, and no name or time, so that builds are alike. */
    cr_assert_eq(memcmp(asset->gzipped.ptr, "\x1f\x8b\x08\x00\x00\x00\x00\x00", 8), 0);
  }
}

Test(assets, nothing_else_is_found)
{
  cr_assert_null(asset_find(STR("")));
  cr_assert_null(asset_find(STR("console.css")));
  cr_assert_null(asset_find(STR("console-0000000000000000.css")));
  cr_assert_null(asset_find(STR("../assets.h")));
  struct str name = str_from(asset_css);
  name.len--;
  cr_assert_null(asset_find(name));
}
