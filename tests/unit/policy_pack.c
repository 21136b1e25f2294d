/* A policy as files, manifest and one text: what holds together is taken, and nothing else. */
#include <criterion/criterion.h>
#include <string.h>

#include "policy/pack.h"

static struct arena *arena;
static struct trail trail;
static struct policy_file files[POLICY_PACK_FILES + 1];
static size_t count;

static void digest(uint8_t ret_digest[static 32], const void *bytes, size_t n)
{
  const uint8_t *byte = bytes;
  uint64_t mixed[4] = {1, 2, 3, 4};

  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < 4; j++)
      mixed[j] = (mixed[j] ^ byte[i]) * (UINT64_C(1099511628211) + 2 * j);
  memcpy(ret_digest, mixed, 32);
}
static const struct policy_hash hash = {digest};

static void begin(void)
{
  cr_assert_eq(arena_new(&arena, 8u << 20), OK);
  memcpy(files, policy_builtin_files, policy_builtin_count * sizeof files[0]);
  count = policy_builtin_count;
  trail = (struct trail){0};
}
static void end(void)
{
  arena_free(&arena);
}
TestSuite(pack, .init = begin, .fini = end);

static struct policy_pack made(void)
{
  struct policy_pack pack;

  cr_assert_eq(policy_pack_make(arena, &pack, files, count, hash, &trail), OK, "%s", trail.where);
  return pack;
}

static enum err check(struct policy_pack *ret_pack, struct str manifest)
{
  trail = (struct trail){0};
  return policy_pack_check(arena, ret_pack, files, count, manifest, hash, &trail);
}

Test(pack, is_written_and_read_again_as_it_was)
{
  struct policy_pack pack = made(), again;
  struct str text, twice;

  pack.signatures = STR("somebody\n");
  cr_assert_eq(policy_pack_write(arena, &text, &pack), OK);
  cr_assert_eq(policy_pack_read(arena, &again, text, hash, &trail), OK, "%s", trail.where);
  cr_expect_eq(again.count, count);
  cr_expect(str_is(again.signatures, "somebody\n"));
  cr_expect_arr_eq(again.version, pack.version, sizeof pack.version);
  cr_assert_eq(policy_pack_write(arena, &twice, &again), OK);
  cr_expect(str_equal(text, twice));
}

Test(pack, has_the_digest_of_its_manifest_as_version)
{
  struct policy_pack pack = made();
  uint8_t of_manifest[32], of_files[32];

  digest(of_manifest, pack.manifest.ptr, pack.manifest.len);
  cr_expect_arr_eq(pack.version, of_manifest, 32);
  cr_assert_eq(policy_version(of_files, files, count, hash), OK);
  cr_expect_arr_eq(pack.version, of_files, 32);
}

Test(pack, takes_no_name_that_leads_elsewhere)
{
  static const char *const names[] = {
    "manifest",       "rules/../x.json",   "/rules/x.json", "rules/.json",      "rules/x.txt",
    "rules/a/b.json", "rules/x.json.json", "rules/ x.json", "vocabulary.json/", "",
    "Vocabulary.json"};

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    cr_expect_not(policy_pack_names(str_from(names[i])), "%s", names[i]);
  cr_expect(policy_pack_names(STR("rules/G-36a.json")));
  cr_expect(policy_pack_names(STR("regimes/pre-cnis-wales.json")));
}

Test(pack, names_the_file_that_is_not_the_one_of_the_manifest)
{
  struct policy_pack pack = made();
  const char *name = pack.files[7].name;

  for (size_t i = 0; i < count; i++)
    if (strcmp(files[i].name, name) == 0) files[i].len--;
  cr_assert_eq(check(&pack, pack.manifest), ERR_POLICY);
  cr_expect(str_is(policy_pack_place(&pack, &trail), name));
}

Test(pack, names_the_line_of_a_file_too_few_or_too_many)
{
  struct policy_pack pack = made(), other;
  struct str manifest = pack.manifest;

  count--;
  cr_assert_eq(check(&other, manifest), ERR_POLICY);
  cr_expect(str_is(policy_pack_place(&other, &trail), "manifest"));
  count++;
  files[count++] = (struct policy_file){"rules/zz.json", "{}", 2};
  cr_assert_eq(check(&other, manifest), ERR_POLICY);
  cr_expect(str_is(policy_pack_place(&other, &trail), "manifest"));
  count--;
  cr_assert_eq(check(&other, (struct str){manifest.ptr, manifest.len - 1}), ERR_POLICY);
  cr_assert_eq(check(&other, STR("")), ERR_POLICY);
  cr_assert_eq(check(&other, manifest), OK);
}

Test(pack, takes_no_file_twice_and_no_more_than_it_may)
{
  struct policy_pack pack;

  files[count] = files[0];
  cr_expect_eq(policy_pack_make(arena, &pack, files, count + 1, hash, &trail), ERR_POLICY);
  files[0].len = POLICY_PACK_FILE_MAX + 1;
  cr_expect_eq(policy_pack_make(arena, &pack, files, count, hash, &trail), ERR_POLICY);
  cr_expect_eq(policy_pack_make(arena, &pack, files, POLICY_PACK_FILES + 1, hash, &trail),
               ERR_POLICY);
  cr_expect_eq(policy_pack_make(arena, &pack, files, 0, hash, &trail), ERR_POLICY);
}

/* Whatever byte is changed, or wherever it is cut, it is another text. */
Test(pack, has_one_spelling)
{
  struct policy_pack pack = made(), other;
  struct str text, changed;

  cr_assert_eq(policy_pack_write(arena, &text, &pack), OK);
  for (size_t at = 0; at < text.len; at += 997) {
    cr_assert_eq(arena_copy(arena, &changed, text), OK);
    ((char *)(uintptr_t)changed.ptr)[at] ^= 1;
    trail = (struct trail){0};
    enum err err = policy_pack_read(arena, &other, changed, hash, &trail);
    cr_assert(err == ERR_POLICY, "a changed byte %zu", at);
    cr_assert_eq(policy_pack_read(arena, &other, (struct str){text.ptr, at}, hash, &trail),
                 ERR_POLICY, "cut at %zu", at);
    arena_reset(arena);
    pack = made();
    cr_assert_eq(policy_pack_write(arena, &text, &pack), OK);
  }
}
