/* cnis-verify proof: that an entry is in a signed log (c2sp.org/tlog-proof), or that a disclosure
 * package is whole and its decision is in the log. */
#include <string.h>

#include "base/json.h"
#include "base/scan.h"
#include "cli/verify.h"
#include "crypto/package.h"
#include "crypto/text.h"

enum err verify_head(const struct verify *verify, struct checkpoint *ret_head,
                     const struct note_key **ret_key, struct str note)
{
  enum err err = ERR_REFUSED;
  for (size_t i = 0; i < verify->key_count; i++) {
    enum err here = note_open_checkpoint(ret_head, note, &verify->keys[i]);
    *ret_key = &verify->keys[i];
    if (here == OK) return OK;
    if (here == ERR_INPUT) err = ERR_INPUT;
  }
  return err;
}

/* Says what was proven; the leaf's hash names the entry. */
static enum verdict say_proven(struct verify *verify, const char *name,
                               const struct note_proof *proof, const struct checkpoint *head)
{
  if (head->size < verify->at_least) return verify_fails(verify, name, VERDICT_STALE);
  if (!verify->json) {
    VERIFY_SAY(verify, TEXT_VERIFY_PROOF_HOLDS, str_from(name), verify_number(verify, proof->index),
               verify_number(verify, head->size), head->origin);
    return VERDICT_HOLDS;
  }
  struct json json;
  struct str line = {0};
  json_start(&json, verify->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "input");
  json_str(&json, str_from(name));
  JSON_KEY(&json, "verdict");
  json_int(&json, VERDICT_HOLDS);
  JSON_KEY(&json, "origin");
  json_str(&json, head->origin);
  JSON_KEY(&json, "index");
  json_int(&json, (int64_t)proof->index);
  JSON_KEY(&json, "size");
  json_int(&json, (int64_t)head->size);
  JSON_KEY(&json, "root");
  json_base64(&json, head->root.bytes, HASH_BYTES);
  json_object_end(&json);
  if (json_done(&json, &line) != OK) return VERDICT_INTERNAL;
  VERIFY_SAY(verify, TEXT_VERIFY_LINE, line);
  return VERDICT_HOLDS;
}

/* The leaf whose place is proven: given apart, or the proof's own extra line, which nobody signed
 * but which the proof itself then authenticates. */
static enum err leaf_of(struct verify *verify, struct str *ret_leaf, const struct note_proof *proof)
{
  if (verify->leaf.ptr != NULL) {
    *ret_leaf = verify->leaf;
    return OK;
  }
  if (proof->extra.len == 0) return ERR_INPUT;
  char *bytes = arena_take(verify->arena, proof->extra.len);
  size_t n = 0;
  if (bytes == NULL) return ERR_MEMORY;
  if (!base64_get_some(bytes, proof->extra.len, &n, proof->extra)) return ERR_INPUT;
  *ret_leaf = (struct str){bytes, n};
  return OK;
}

static enum verdict take_proof(void *self, struct verify *verify, const char *name, struct str text)
{
  (void)self;
  struct note_proof proof = {0};
  struct checkpoint head = {0};
  struct str leaf = {0};
  const struct note_key *key = NULL;
  enum err err = note_proof_parse(&proof, text);
  if (err == OK) err = leaf_of(verify, &leaf, &proof);
  if (err == OK) err = verify_head(verify, &head, &key, proof.checkpoint);
  if (err == OK) err = note_proof_verify(&head, &proof, key, leaf.ptr, leaf.len);
  if (err != OK) return verify_fails(verify, name, verdict_of(err));
  return say_proven(verify, name, &proof, &head);
}

/* ---- the terms of a package: from its content, whose hash the signed manifest holds ---- */

static const struct {
  const char *member;
  enum text_id says;
} terms[] = {
  {"purposes", TEXT_VERIFY_PURPOSES},   {"basis", TEXT_VERIFY_BASIS},
  {"recipient", TEXT_VERIFY_RECIPIENT}, {"rules", TEXT_VERIFY_RULES},
  {"policy", TEXT_VERIFY_POLICY},       {"obligations", TEXT_VERIFY_OBLIGATIONS},
};
enum { TERMS = sizeof terms / sizeof terms[0] };

static bool is_among(const char *word, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

/* The next string of a JSON value, as its bytes stand there; a quote within one is escaped. */
static bool next_string(struct str *rest, struct str *ret_string)
{
  const char *begin = memchr(rest->ptr, '"', rest->len);
  size_t n = 0;

  if (begin == NULL) return false;
  *rest = (struct str){begin + 1, rest->len - (size_t)(begin + 1 - rest->ptr)};
  while (n < rest->len && rest->ptr[n] != '"')
    n += rest->ptr[n] == '\\' ? 2 : 1;
  if (n >= rest->len) return false;
  *ret_string = (struct str){rest->ptr, n};
  *rest = (struct str){rest->ptr + n + 1, rest->len - n - 1};
  return true;
}

/* Of an array of words, the words; of objects, the values of the members that name them. */
static struct str plain(struct verify *verify, struct str value)
{
  static const char *const names[] = {"name", "organisation", "role", "obligation", NULL};
  char *to = arena_take(verify->arena, 2 * value.len + 1), member[16];
  bool has_members = memchr(value.ptr, '{', value.len) != NULL;
  struct str rest = value, string;
  size_t n = 0;

  if (to == NULL) return STR("?");
  while (next_string(&rest, &string)) {
    if (rest.len > 0 && rest.ptr[0] == ':') {
      size_t size = string.len < sizeof member - 1 ? string.len : sizeof member - 1;

      memcpy(member, string.ptr, size);
      member[size] = '\0';
      if (!is_among(member, names) || !next_string(&rest, &string)) continue;
    } else if (has_members) {
      continue; /* the value of another member */
    }
    if (n > 0) memcpy(to + n, ", ", 2);
    n += n > 0 ? 2 : 0;
    memcpy(to + n, string.ptr, string.len);
    n += string.len;
  }
  return (struct str){to, n};
}

static void say_terms(struct verify *verify, struct str content)
{
  for (size_t i = 0; i < TERMS; i++) {
    struct str value;

    if (scan_member(&value, content, str_from(terms[i].member)) != OK) continue;
    VERIFY_SAY(verify, terms[i].says, plain(verify, value));
  }
}

static enum verdict package_verdict(const struct verify *verify,
                                    const struct package_proven *proven)
{
  if (proven->head.size < verify->at_least) return VERDICT_STALE;
  return proven->manifest.expiry.us <= verify->on.us ? VERDICT_EXPIRED : VERDICT_HOLDS;
}

static enum verdict write_package(struct verify *verify, const char *name,
                                  const struct package_proven *proven, struct str content)
{
  enum verdict verdict = package_verdict(verify, proven);
  struct json json;
  struct str line = {0}, value;

  json_start(&json, verify->arena, 2048);
  json_object_start(&json);
  JSON_KEY(&json, "input");
  json_str(&json, str_from(name));
  JSON_KEY(&json, "verdict");
  json_int(&json, verdict);
  JSON_KEY(&json, "origin");
  json_str(&json, proven->manifest.origin);
  JSON_KEY(&json, "entry");
  json_int(&json, (int64_t)proven->manifest.entry);
  JSON_KEY(&json, "size");
  json_int(&json, (int64_t)proven->head.size);
  JSON_KEY(&json, "expiry");
  json_instant(&json, proven->manifest.expiry);
  for (size_t i = 0; i < TERMS; i++) {
    if (scan_member(&value, content, str_from(terms[i].member)) != OK) continue;
    json_key(&json, str_from(terms[i].member));
    json_splice(&json, value);
  }
  json_object_end(&json);
  if (json_done(&json, &line) != OK) return VERDICT_INTERNAL;
  VERIFY_SAY(verify, TEXT_VERIFY_LINE, line);
  return verdict;
}

static enum verdict say_package(struct verify *verify, const char *name,
                                const struct package_proven *proven, struct str content)
{
  enum verdict verdict = package_verdict(verify, proven);
  char expiry[20];

  if (verify->json && verdict != VERDICT_STALE) return write_package(verify, name, proven, content);
  if (verdict == VERDICT_STALE) return verify_fails(verify, name, verdict);
  instant_write(expiry, proven->manifest.expiry);
  VERIFY_SAY(verify, TEXT_VERIFY_PACKAGE_HOLDS, str_from(name),
             verify_number(verify, proven->manifest.entry), proven->manifest.origin,
             (struct str){expiry, sizeof(expiry)});
  say_terms(verify, content);
  return verdict == VERDICT_HOLDS ? verdict : verify_fails(verify, name, verdict);
}

static enum verdict take_package(void *self, struct verify *verify, const char *name,
                                 struct str text)
{
  (void)self;
  struct package package = {0};
  struct package_proven proven = {0};
  enum err err = package_read(verify->arena, &package, text);
  if (err != OK) return verify_fails(verify, name, verdict_of(err));
  enum err refused = ERR_REFUSED;
  for (size_t i = 0; i < verify->key_count; i++) {
    err = package_verify(&proven, &package, &verify->keys[i]);
    if (err == OK) return say_package(verify, name, &proven, package.content);
    if (err != ERR_REFUSED) refused = err;
  }
  return verify_fails(verify, name, verdict_of(refused));
}

enum verdict verify_proof(struct verify *verify, char **paths, int count)
{
  struct verify_sink sink = {.take = verify->is_package ? take_package : take_proof};
  return verify_each(verify, paths, count, &sink);
}
