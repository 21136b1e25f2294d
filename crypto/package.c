/* Disclosure packages: the manifest's text, the JSON around it, and the check of all parts against
 * the log's key. Nothing of a package is believed before everything of it has been checked. */
#include "crypto/package.h"

#include <string.h>

#include "base/json.h"
#include "base/scan.h"
#include "crypto/text.h"

#define INSTANT_TEXT 20

/* ---- the manifest ---- */

enum err package_manifest_write(char ret_text[static PACKAGE_MANIFEST_MAX], size_t *ret_n,
                                const struct package_manifest *manifest)
{
  struct text_out out = {.ptr = ret_text, .capacity = PACKAGE_MANIFEST_MAX};
  char expiry[INSTANT_TEXT];
  if (manifest->origin.len == 0 || memchr(manifest->origin.ptr, '\n', manifest->origin.len) != NULL)
    return ERR_INPUT;
  instant_write(expiry, manifest->expiry);
  text_put(&out, STR("cnis-package/v1\norigin "));
  text_put(&out, manifest->origin);
  text_put(&out, STR("\nentry "));
  text_put_u64(&out, manifest->entry);
  text_put(&out, STR("\ncontent "));
  text_put_base64(&out, manifest->content.bytes, HASH_BYTES);
  text_put(&out, STR("\nexpiry "));
  text_put(&out, (struct str){expiry, sizeof(expiry)});
  text_put(&out, STR("\n"));
  if (out.overflow) return ERR_INPUT;
  *ret_n = out.n;
  return OK;
}

/* What follows `label` on the next line. */
static bool labelled(struct str *ret_value, struct str *rest, struct str label)
{
  struct str line = {0};
  if (!text_line(&line, rest) || !text_starts(line, label)) return false;
  *ret_value = (struct str){line.ptr + label.len, line.len - label.len};
  return true;
}

enum err package_manifest_parse(struct package_manifest *ret_manifest, struct str text)
{
  struct package_manifest manifest = {0};
  struct str rest = text, version = {0}, entry = {0}, content = {0}, expiry = {0};
  if (!labelled(&version, &rest, STR("cnis-package/v1")) ||
      !labelled(&manifest.origin, &rest, STR("origin ")) ||
      !labelled(&entry, &rest, STR("entry ")) || !str_to_u64(entry, &manifest.entry) ||
      !labelled(&content, &rest, STR("content ")) ||
      !base64_get(manifest.content.bytes, HASH_BYTES, content) ||
      !labelled(&expiry, &rest, STR("expiry ")) || !instant_parse(expiry, &manifest.expiry))
    return ERR_INPUT;
  char again[PACKAGE_MANIFEST_MAX];
  size_t n = 0;
  TRY(package_manifest_write(again, &n, &manifest));
  if (n != text.len || memcmp(again, text.ptr, n) != 0) return ERR_INPUT;
  *ret_manifest = manifest;
  return OK;
}

enum err package_key(struct note_key *ret_key, struct str origin, const struct verify_key *key)
{
  char name[NOTE_NAME_MAX];
  size_t suffix = sizeof(PACKAGE_KEY_SUFFIX) - 1;
  if (origin.len + suffix > sizeof(name)) return ERR_INPUT;
  memcpy(name, origin.ptr, origin.len);
  memcpy(name + origin.len, PACKAGE_KEY_SUFFIX, suffix);
  return note_key_make(ret_key, (struct str){name, origin.len + suffix}, key);
}

/* ---- JSON ---- */

static void write_entry(struct json *json, const struct package_entry *entry)
{
  json_object_start(json);
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++) {
    const struct package_view *from = &entry->views[view];
    json_key(json, leaf_view_name(view));
    json_object_start(json);
    if (from->is_open) {
      JSON_KEY(json, "salt");
      json_base64(json, from->salt, LEAF_SALT_BYTES);
      JSON_KEY(json, "payload");
      json_str(json, from->payload);
    } else {
      JSON_KEY(json, "commitment");
      json_base64(json, from->commitment.bytes, HASH_BYTES);
    }
    json_object_end(json);
  }
  JSON_KEY(json, "proof");
  json_str(json, entry->proof);
  json_object_end(json);
}

enum err package_write(struct arena *arena, struct str *ret_text, const struct package *package)
{
  struct json json;
  json_start(&json, arena, package->content.len + 16384);
  json_object_start(&json);
  JSON_KEY(&json, "manifest");
  json_str(&json, package->manifest);
  JSON_KEY(&json, "content");
  json_splice(&json, package->content);
  JSON_KEY(&json, "decision");
  write_entry(&json, &package->decision);
  JSON_KEY(&json, "key");
  write_entry(&json, &package->key);
  json_object_end(&json);
  return json_done(&json, ret_text);
}

/* A string member without its escapes, in the arena. */
static enum err read_text(struct arena *arena, struct str *ret_text, struct str object,
                          struct str name)
{
  struct str value = {0};
  TRY(scan_member(&value, object, name));
  char *text = arena_take(arena, value.len + 1);
  if (text == NULL) return ERR_MEMORY;
  *ret_text = (struct str){text, 0};
  return scan_text(text, value.len, &ret_text->len, value);
}

static enum err read_view(struct arena *arena, struct package_view *ret_view, struct str object)
{
  struct package_view view = {0};
  struct str salt = {0}, commitment = {0};
  enum err err = scan_word(&commitment, object, STR("commitment"));
  if (err == OK)
    err = base64_get(view.commitment.bytes, HASH_BYTES, commitment) ? OK : ERR_INPUT;
  else if (err == ERR_ABSENT) {
    view.is_open = true;
    TRY(scan_word(&salt, object, STR("salt")));
    if (!base64_get(view.salt, LEAF_SALT_BYTES, salt)) return ERR_INPUT;
    err = read_text(arena, &view.payload, object, STR("payload"));
  }
  TRY(err);
  *ret_view = view;
  return OK;
}

static enum err read_entry(struct arena *arena, struct package_entry *ret_entry, struct str package,
                           struct str name)
{
  struct str object = {0};
  TRY(scan_member(&object, package, name));
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++) {
    struct str inner = {0};
    TRY(scan_member(&inner, object, leaf_view_name(view)));
    TRY(read_view(arena, &ret_entry->views[view], inner));
  }
  return read_text(arena, &ret_entry->proof, object, STR("proof"));
}

enum err package_read(struct arena *arena, struct package *ret_package, struct str text)
{
  struct package package = {0};
  enum err err = read_text(arena, &package.manifest, text, STR("manifest"));
  if (err == OK) err = scan_member(&package.content, text, STR("content"));
  if (err == OK) err = read_entry(arena, &package.decision, text, STR("decision"));
  if (err == OK) err = read_entry(arena, &package.key, text, STR("key"));
  if (err != OK) return err == ERR_MEMORY ? ERR_MEMORY : ERR_INPUT;
  *ret_package = package;
  return OK;
}

/* ---- the check ---- */

/* The entry is in the log that this key signs. */
static enum err verify_entry(struct checkpoint *ret_head, uint64_t *ret_index,
                             const struct package_entry *entry, const struct note_key *log_key)
{
  struct hash commitments[LEAF_VIEWS];
  uint8_t leaf[LEAF_BYTES];
  struct note_proof proof = {0};
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++) {
    const struct package_view *from = &entry->views[view];
    commitments[view] = from->commitment;
    if (from->is_open)
      leaf_commit(&commitments[view], view, from->salt, from->payload.ptr, from->payload.len);
  }
  leaf_write(leaf, commitments);
  TRY(note_proof_parse(&proof, entry->proof));
  TRY(note_proof_verify(ret_head, &proof, log_key, leaf, sizeof(leaf)));
  *ret_index = proof.index;
  return OK;
}

/* The key that an opened view of the entry announces. */
static enum err announced_key(struct note_key *ret_key, const struct package_entry *entry)
{
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++) {
    struct str vkey = {0};
    if (!entry->views[view].is_open ||
        scan_word(&vkey, entry->views[view].payload, STR("manifest_key")) != OK)
      continue;
    return note_vkey_parse(ret_key, vkey);
  }
  return ERR_REFUSED;
}

/* The manifest was signed by the announced key, under the name that belongs to this log. */
static enum err verify_manifest(struct package_manifest *ret_manifest,
                                const struct package *package, const struct note_key *log_key)
{
  struct checkpoint head;
  uint64_t index = 0;
  struct note_key announced = {0}, key = {0};
  struct str body = {0}, origin = {log_key->name, log_key->name_len};
  TRY(verify_entry(&head, &index, &package->key, log_key));
  TRY(announced_key(&announced, &package->key));
  TRY(package_key(&key, origin, &announced.key));
  if (memcmp(key.id, announced.id, sizeof(key.id)) != 0) return ERR_REFUSED;
  TRY(note_open(&body, NULL, package->manifest, &key, 1));
  TRY(package_manifest_parse(ret_manifest, body));
  return str_equal(ret_manifest->origin, origin) ? OK : ERR_REFUSED;
}

enum err package_verify(struct package_proven *ret_proven, const struct package *package,
                        const struct note_key *log_key)
{
  struct package_proven proven = {0};
  struct hash content;
  uint64_t index = 0;
  TRY(verify_manifest(&proven.manifest, package, log_key));
  hash_sha256(&content, package->content.ptr, package->content.len);
  if (!hash_equal(&content, &proven.manifest.content)) return ERR_CORRUPT;
  TRY(verify_entry(&proven.head, &index, &package->decision, log_key));
  if (index != proven.manifest.entry) return ERR_CORRUPT;
  *ret_proven = proven;
  return OK;
}
