/* Any bytes as a disclosure package or its manifest: refused, or read into parts that, written
 * again, are read as the same. */
#include <stdlib.h>
#include <string.h>

#include "crypto/package.h"

static void must(bool holds)
{
  if (!holds) abort();
}

static void same_entry(const struct package_entry *a, const struct package_entry *b)
{
  must(str_equal(a->proof, b->proof));
  for (unsigned i = 0; i < LEAF_VIEWS; i++) {
    must(a->views[i].is_open == b->views[i].is_open);
    if (a->views[i].is_open)
      must(str_equal(a->views[i].payload, b->views[i].payload) &&
           memcmp(a->views[i].salt, b->views[i].salt, LEAF_SALT_BYTES) == 0);
    else
      must(hash_equal(&a->views[i].commitment, &b->views[i].commitment));
  }
}

static void as_package(struct arena *arena, struct str text)
{
  static const char vkey[] = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  struct package package, again;
  struct package_proven proven;
  struct str written;
  struct note_key key;

  if (package_read(arena, &package, text) != OK) return;
  must(note_vkey_parse(&key, str_from(vkey)) == OK);
  must(package_verify(&proven, &package, &key) != OK);
  if (package_write(arena, &written, &package) != OK) return; /* content that is no finished JSON */
  must(package_read(arena, &again, written) == OK);
  must(str_equal(package.manifest, again.manifest) && str_equal(package.content, again.content));
  same_entry(&package.decision, &again.decision);
  same_entry(&package.key, &again.key);
}

static void as_manifest(struct str text)
{
  struct package_manifest manifest;
  char again[PACKAGE_MANIFEST_MAX];
  size_t n = 0;

  if (package_manifest_parse(&manifest, text) != OK) return;
  must(package_manifest_write(again, &n, &manifest) == OK);
  must(str_equal(text, (struct str){again, n}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct str text = {(const char *)data, size};
  struct arena *arena = NULL;

  must(crypto_ready() == OK);
  must(arena_new(&arena, 16 << 20) == OK);
  as_package(arena, text);
  as_manifest(text);
  arena_free(&arena);
  return 0;
}
