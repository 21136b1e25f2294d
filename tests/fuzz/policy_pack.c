/* Any bytes as the one text of a policy: refused with a place, or written again as they came; never
 * a crash. And any bytes as a manifest beside two small files. */
#include <stdlib.h>
#include <string.h>

#include "policy/pack.h"

static void must(bool holds)
{
  if (!holds) abort();
}

/* Not a hash: short, so that the fuzzer can find the right digits. */
static void digest(uint8_t ret_digest[static 32], const void *bytes, size_t n)
{
  memset(ret_digest, n == 0 ? 0 : *(const uint8_t *)bytes, 32);
}
static const struct policy_hash hash = {digest};

static void read_text(struct arena *arena, struct str text)
{
  struct policy_pack pack;
  struct trail trail = {0};
  struct str again;
  enum err err = policy_pack_read(arena, &pack, text, hash, &trail);

  must(err == OK || err == ERR_POLICY);
  if (err != OK) {
    must(trail.where != NULL && policy_pack_place(&pack, &trail).len > 0);
    return;
  }
  must(policy_pack_write(arena, &again, &pack) == OK && str_equal(again, text));
}

static void read_manifest(struct arena *arena, struct str manifest)
{
  static const struct policy_file files[] = {{"rules/A.json", "a", 1}, {"vocabulary.json", "v", 1}};
  struct policy_pack pack, made;
  struct trail trail = {0};
  enum err err = policy_pack_check(arena, &pack, files, 2, manifest, hash, &trail);

  must(policy_pack_make(arena, &made, files, 2, hash, &trail) == OK);
  must((err == OK) == str_equal(made.manifest, manifest));
  must(err == OK || err == ERR_POLICY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct str text = {(const char *)data, size};
  struct arena *arena = NULL;

  must(arena_new(&arena, (size_t)8 << 20) == OK);
  read_text(arena, text);
  read_manifest(arena, text);
  arena_free(&arena);
  return 0;
}
