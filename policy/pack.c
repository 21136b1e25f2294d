/* See pack.h. Bytes in, bytes out: what comes in is hostile until it has been compared with the one
 * spelling that its content has. */
#include "policy/pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "cnis-policy/v1\n"
#define DIGITS (2 * POLICY_VERSION_BYTES)

/* ---- names ------------------------------------------------------------------------------------
 */

static bool is_plain(struct str name)
{
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];

    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-')
      return false;
  }
  return name.len > 0;
}

static bool is_between(struct str name, struct str start, struct str end)
{
  size_t around = start.len + end.len;

  return name.len > around && memcmp(name.ptr, start.ptr, start.len) == 0 &&
         memcmp(name.ptr + name.len - end.len, end.ptr, end.len) == 0 &&
         is_plain((struct str){name.ptr + start.len, name.len - around});
}

bool policy_pack_names(struct str name)
{
  if (name.len > POLICY_PACK_NAME_MAX) return false;
  return str_is(name, "vocabulary.json") || str_is(name, "budgets.json") ||
         is_between(name, STR("rules/"), STR(".json")) ||
         is_between(name, STR("regimes/"), STR(".json"));
}

static int by_name(const void *a, const void *b)
{
  const struct policy_file *one = a, *other = b;

  return strcmp(one->name, other->name);
}

/* A copy in order of names; each name possible and there once. */
static enum err sorted(struct arena *arena, struct policy_pack *pack,
                       const struct policy_file *files, size_t count, struct trail *trail)
{
  struct policy_file *copy;

  if (count == 0 || count > POLICY_PACK_FILES)
    return FAIL_AT(trail, ERR_POLICY, "no files, or too many of them", (long long)count, 0);
  copy = arena_take_array(arena, count, sizeof *copy);
  if (copy == NULL) return ERR_MEMORY;
  memcpy(copy, files, count * sizeof *copy);
  qsort(copy, count, sizeof *copy, by_name);
  pack->files = copy;
  pack->count = count;
  for (size_t i = 0; i < count; i++) {
    if (!policy_pack_names(str_from(copy[i].name)))
      return FAIL_AT(trail, ERR_POLICY, "not a file of a policy", (long long)i, 0);
    if (copy[i].len > POLICY_PACK_FILE_MAX)
      return FAIL_AT(trail, ERR_POLICY, "a file is too large", (long long)i, 0);
    if (i > 0 && strcmp(copy[i].name, copy[i - 1].name) == 0)
      return FAIL_AT(trail, ERR_POLICY, "a file is there twice", (long long)i, 0);
  }
  return OK;
}

/* ---- the manifest -----------------------------------------------------------------------------
 */

static size_t line_bytes(const struct policy_file *file)
{
  return DIGITS + 2 + strlen(file->name) + 1;
}

static size_t put_line(char *to, const struct policy_file *file, struct policy_hash hash)
{
  uint8_t digest[POLICY_VERSION_BYTES];
  size_t name = strlen(file->name);

  hash.digest(digest, file->text, file->len);
  hex_write(to, digest, sizeof digest);
  memcpy(to + DIGITS, "  ", 2);
  memcpy(to + DIGITS + 2, file->name, name);
  to[DIGITS + 2 + name] = '\n';
  return line_bytes(file);
}

enum err policy_pack_make(struct arena *arena, struct policy_pack *ret_pack,
                          const struct policy_file *files, size_t count, struct policy_hash hash,
                          struct trail *trail)
{
  struct policy_pack pack = {.signatures = STR("")};
  size_t bytes = 0, at = 0;
  char *text;

  enum err err = sorted(arena, &pack, files, count, trail);
  *ret_pack = pack;
  if (err != OK) return err;
  assert(pack.files != NULL);
  for (size_t i = 0; i < count; i++)
    bytes += line_bytes(&pack.files[i]);
  text = arena_take(arena, bytes);
  if (text == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++)
    at += put_line(text + at, &pack.files[i], hash);
  pack.manifest = (struct str){text, bytes};
  hash.digest(pack.version, text, bytes);
  *ret_pack = pack;
  return OK;
}

/* Line by line against what it should be, so that a refusal can name the place. */
static enum err compare(const struct policy_pack *pack, struct str manifest, struct trail *trail)
{
  struct str rest = manifest, right = pack->manifest;

  for (size_t i = 0; i < pack->count; i++) {
    size_t n = line_bytes(&pack->files[i]);
    bool is_named = rest.len >= n && memcmp(rest.ptr + DIGITS, right.ptr + DIGITS, n - DIGITS) == 0;

    if (!is_named)
      return FAIL_AT(trail, ERR_POLICY,
                     "the manifest and the files do not name the same, each once and in order",
                     (long long)pack->count, (long long)i + 1);
    if (memcmp(rest.ptr, right.ptr, DIGITS) != 0)
      return FAIL_AT(trail, ERR_POLICY, "a file is not the one that the manifest names",
                     (long long)i, 0);
    rest = (struct str){rest.ptr + n, rest.len - n};
    right = (struct str){right.ptr + n, right.len - n};
  }
  if (rest.len > 0)
    return FAIL_AT(trail, ERR_POLICY, "the manifest names more than there is",
                   (long long)pack->count, (long long)pack->count + 1);
  return OK;
}

enum err policy_pack_check(struct arena *arena, struct policy_pack *ret_pack,
                           const struct policy_file *files, size_t count, struct str manifest,
                           struct policy_hash hash, struct trail *trail)
{
  TRY(policy_pack_make(arena, ret_pack, files, count, hash, trail));
  return compare(ret_pack, manifest, trail);
}

enum err policy_version(uint8_t ret_version[static POLICY_VERSION_BYTES],
                        const struct policy_file *files, size_t count, struct policy_hash hash)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct policy_pack pack;
  struct trail trail = {0};

  TRY(arena_new(&arena, 2 * POLICY_PACK_MANIFEST_MAX));
  TRY(policy_pack_make(arena, &pack, files, count, hash, &trail));
  memcpy(ret_version, pack.version, POLICY_VERSION_BYTES);
  return OK;
}

struct str policy_pack_place(const struct policy_pack *pack, const struct trail *trail)
{
  bool is_file = trail->a >= 0 && (size_t)trail->a < pack->count;

  return is_file ? str_from(pack->files[trail->a].name) : STR("manifest");
}

/* ---- one text ---------------------------------------------------------------------------------
 */

struct text {
  char *ptr; /* NULL: only measured */
  size_t len;
};

static void put(struct text *text, struct str part)
{
  if (text->ptr != NULL && part.len > 0) memcpy(text->ptr + text->len, part.ptr, part.len);
  text->len += part.len;
}

static void put_part(struct text *text, struct str name, struct str bytes)
{
  char digits[20];
  size_t at = sizeof digits;
  size_t left = bytes.len;

  do {
    digits[--at] = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  put(text, name);
  put(text, STR(" "));
  put(text, (struct str){digits + at, sizeof digits - at});
  put(text, STR("\n"));
  put(text, bytes);
}

static void put_all(struct text *text, const struct policy_pack *pack)
{
  put(text, STR(FIRST_LINE));
  put_part(text, STR("manifest"), pack->manifest);
  put_part(text, STR("signatures"), pack->signatures);
  for (size_t i = 0; i < pack->count; i++)
    put_part(text, str_from(pack->files[i].name),
             (struct str){pack->files[i].text, pack->files[i].len});
}

enum err policy_pack_write(struct arena *arena, struct str *ret_text,
                           const struct policy_pack *pack)
{
  struct text measured = {NULL, 0}, text = {NULL, 0};

  put_all(&measured, pack);
  text.ptr = arena_take(arena, measured.len);
  if (text.ptr == NULL) return ERR_MEMORY;
  put_all(&text, pack);
  *ret_text = (struct str){text.ptr, text.len};
  return OK;
}

/* Takes "NAME LENGTH\n" and that many bytes off `rest`. */
static bool take_part(struct str *rest, struct str *ret_name, struct str *ret_bytes)
{
  const char *end = memchr(rest->ptr, '\n', rest->len);
  size_t line = end == NULL ? 0 : (size_t)(end - rest->ptr);
  const char *gap = line == 0 ? NULL : memchr(rest->ptr, ' ', line);
  uint64_t bytes;

  if (gap == NULL) return false;
  *ret_name = (struct str){rest->ptr, (size_t)(gap - rest->ptr)};
  if (!str_to_u64((struct str){gap + 1, line - ret_name->len - 1}, &bytes)) return false;
  if (bytes > rest->len - line - 1) return false;
  *ret_bytes = (struct str){end + 1, (size_t)bytes};
  *rest = (struct str){end + 1 + bytes, rest->len - line - 1 - (size_t)bytes};
  return true;
}

static enum err take_files(struct arena *arena, struct policy_file *files, size_t *ret_count,
                           struct str rest, struct trail *trail)
{
  size_t count = 0;

  while (rest.len > 0) {
    struct str name, bytes;

    if (count == POLICY_PACK_FILES || !take_part(&rest, &name, &bytes) || !policy_pack_names(name))
      return FAIL_AT(trail, ERR_POLICY, "not the text of a policy: after file", POLICY_PACK_FILES,
                     (long long)count);
    char *terminated = arena_take(arena, name.len + 1);
    if (terminated == NULL) return ERR_MEMORY;
    memcpy(terminated, name.ptr, name.len);
    files[count++] = (struct policy_file){terminated, bytes.ptr, bytes.len};
  }
  *ret_count = count;
  return OK;
}

static bool is_first_line(struct str *text)
{
  struct str line = STR(FIRST_LINE);

  if (text->len < line.len || memcmp(text->ptr, line.ptr, line.len) != 0) return false;
  *text = (struct str){text->ptr + line.len, text->len - line.len};
  return true;
}

enum err policy_pack_read(struct arena *arena, struct policy_pack *ret_pack, struct str text,
                          struct policy_hash hash, struct trail *trail)
{
  struct policy_file *files = arena_take_array(arena, POLICY_PACK_FILES, sizeof *files);
  struct str rest = text, manifest_name, manifest, signatures_name, signatures, again;
  size_t count = 0;

  *ret_pack = (struct policy_pack){.count = 0};
  if (files == NULL) return ERR_MEMORY;
  if (text.len > POLICY_PACK_MAX || !is_first_line(&rest) ||
      !take_part(&rest, &manifest_name, &manifest) || !str_is(manifest_name, "manifest") ||
      !take_part(&rest, &signatures_name, &signatures) || !str_is(signatures_name, "signatures") ||
      signatures.len > POLICY_PACK_SIGNATURES_MAX)
    return FAIL(trail, ERR_POLICY, "not the text of a policy");
  TRY(take_files(arena, files, &count, rest, trail));
  TRY(policy_pack_check(arena, ret_pack, files, count, manifest, hash, trail));
  ret_pack->signatures = signatures;
  TRY(policy_pack_write(arena, &again, ret_pack));
  return str_equal(again, text) ? OK : FAIL(trail, ERR_POLICY, "not the one spelling of a policy");
}
