/* cnis-verify proof: that an entry is in a signed log (c2sp.org/tlog-proof), or that a disclosure
 * package is whole and its decision is in the log. */
#include "base/json.h"
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

static enum verdict say_package(struct verify *verify, const char *name,
                                const struct package_proven *proven)
{
  struct instant now = verify->outside.now(verify->outside.self);
  if (proven->head.size < verify->at_least || proven->manifest.expiry.us <= now.us)
    return verify_fails(verify, name, VERDICT_STALE);
  if (!verify->json) {
    char expiry[20];
    instant_write(expiry, proven->manifest.expiry);
    VERIFY_SAY(verify, TEXT_VERIFY_PACKAGE_HOLDS, str_from(name),
               verify_number(verify, proven->manifest.entry), proven->manifest.origin,
               (struct str){expiry, sizeof(expiry)});
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
  json_str(&json, proven->manifest.origin);
  JSON_KEY(&json, "entry");
  json_int(&json, (int64_t)proven->manifest.entry);
  JSON_KEY(&json, "size");
  json_int(&json, (int64_t)proven->head.size);
  JSON_KEY(&json, "expiry");
  json_instant(&json, proven->manifest.expiry);
  json_object_end(&json);
  if (json_done(&json, &line) != OK) return VERDICT_INTERNAL;
  VERIFY_SAY(verify, TEXT_VERIFY_LINE, line);
  return VERDICT_HOLDS;
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
    if (err == OK) return say_package(verify, name, &proven);
    if (err != ERR_REFUSED) refused = err;
  }
  return verify_fails(verify, name, verdict_of(refused));
}

enum verdict verify_proof(struct verify *verify, char **paths, int count)
{
  struct verify_sink sink = {.take = verify->is_package ? take_package : take_proof};
  return verify_each(verify, paths, count, &sink);
}
