/* Packages: minimised content, signed and proven, for one key. It writes what view_write_fields
 * gives and nothing else about a child; what was withheld never gets into a package, not even that
 * it was. */
#include "register/package.h"

#include <string.h>

#include "register/bytes.h"
#include "register/openings.h"

enum { PLACE_BYTES = 8 + HASH_BYTES, CLASS_MIN = 16 * 1024, PUBLISHED_WAIT_US = 15000000 };

/* ---- content ---- */

static void write_both(struct json *json, struct str cy, struct str en)
{
  json_object_start(json);
  JSON_KEY(json, "cy");
  json_str(json, cy);
  JSON_KEY(json, "en");
  json_str(json, en);
  json_object_end(json);
}

static void write_obligations(struct json *json, const struct policy *policy, uint64_t obligations)
{
  JSON_KEY(json, "obligations");
  json_array_start(json);
  for (; obligations != 0; obligations &= obligations - 1) {
    uint8_t word = (uint8_t)__builtin_ctzll(obligations);

    json_object_start(json);
    JSON_KEY(json, "obligation");
    json_str(json, policy_word_name(policy, POLICY_OBLIGATION, word));
    JSON_KEY(json, "what");
    write_both(json, policy_word_text(policy, POLICY_OBLIGATION, word, LANG_CY),
               policy_word_text(policy, POLICY_OBLIGATION, word, LANG_EN));
    JSON_KEY(json, "who");
    write_both(json, policy_obligation_who(policy, word, LANG_CY),
               policy_obligation_who(policy, word, LANG_EN));
    JSON_KEY(json, "proof");
    write_both(json, policy_obligation_proof(policy, word, LANG_CY),
               policy_obligation_proof(policy, word, LANG_EN));
    json_object_end(json);
  }
  json_array_end(json);
}

void package_write_recipient(struct json *json, const struct policy *policy,
                             const struct recipient_row *recipient)
{
  JSON_KEY(json, "recipient");
  json_object_start(json);
  JSON_KEY(json, "id");
  json_hex(json, recipient->id.b, ID_BYTES);
  JSON_KEY(json, "name");
  json_str(json, recipient->name);
  JSON_KEY(json, "organisation");
  json_str(json, recipient->organisation);
  JSON_KEY(json, "role");
  json_str(json, policy_word_name(policy, POLICY_ROLE, recipient->role));
  json_object_end(json);
}

/* Each rule once: at the first word that it granted. */
static void write_rules(struct json *json, const struct policy *policy,
                        const struct decision *decision)
{
  JSON_KEY(json, "rules");
  json_array_start(json);
  for (struct fieldset left = decision->granted; !fieldset_is_empty(left);) {
    unsigned word = fieldset_take(&left);
    bool is_first = true;

    for (unsigned before = 0; before < word; before++)
      if (fieldset_has(decision->granted, before) &&
          decision->granted_by[before] == decision->granted_by[word])
        is_first = false;
    if (is_first) json_str(json, policy_rule_id(policy, decision->granted_by[word]));
  }
  json_array_end(json);
}

enum err package_content(struct op *op, struct str *ret_content, const struct sharing *sharing,
                         const struct view *view, const struct recipient_row *recipient)
{
  const struct policy *policy = reg_policy(op->reg);
  struct json json;

  json_start(&json, op->arena, CLASS_MIN);
  json_object_start(&json);
  JSON_KEY(&json, "authority");
  json_str(&json, reg_authority_name(op->reg));
  JSON_KEY(&json, "origin");
  json_str(&json, op->reg->audit.origin);
  JSON_KEY(&json, "policy");
  json_hex(&json, op->reg->policy_version, POLICY_VERSION_BYTES);
  JSON_KEY(&json, "made");
  json_instant(&json, op->commit->request.at);
  JSON_KEY(&json, "expiry");
  json_instant(&json, sharing->expiry);
  package_write_recipient(&json, policy, recipient);
  view_write_grounds(&json, op, &view->asked->request);
  write_rules(&json, policy, &view->asked->decision);
  view_write_fields(&json, op, view);
  write_obligations(&json, policy, view->asked->decision.obligations);
  json_object_end(&json);
  return json_done(&json, ret_content);
}

/* ---- the key that signs manifests ---- */

static struct id announced_id(const struct op *op, uint32_t generation)
{
  uint8_t number[4];
  struct id id = {{0}};

  put_u32(number, generation);
  key_tag(id.b, &op->reg->secrets, "cnis/announced/1", number, sizeof number);
  return id;
}

static enum err key_text(const struct op *op, char ret_text[static NOTE_VKEY_MAX], size_t *ret_n,
                         struct note_key *ret_key, uint32_t generation, struct signer **ret_signer)
{
  const struct key *seed = keyring_key(op->reg->keyring, KEY_MANIFEST, generation);
  struct verify_key public;

  if (seed == NULL) return ERR_KEY;
  TRY(signer_new(ret_signer, seed));
  public = signer_public(*ret_signer);
  TRY(package_key(ret_key, op->reg->audit.origin, &public));
  *ret_n = note_vkey_write(ret_text, ret_key);
  return OK;
}

enum err package_announce(struct op *op, uint32_t *ret_generation)
{
  OWNED(signer_free) struct signer *signer = NULL;
  uint32_t generation = keyring_active_generation(op->reg->keyring, KEY_MANIFEST);
  struct item item = {
    .id = announced_id(op, generation), .kind = ITEM_ANNOUNCED_KEY, .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_KEYS};
  char vkey[NOTE_VKEY_MAX];
  uint8_t text[PLACE_BYTES];
  struct log_place place;
  struct note_key key;
  bool is_announced;

  *ret_generation = generation;
  index_read(op->reg->index);
  is_announced = index_item(op->reg->index, item.id) != NULL;
  index_done(op->reg->index);
  if (is_announced) return OK;
  TRY(key_text(op, vkey, &entry.manifest_key.len, &key, generation, &signer));
  entry.manifest_key.ptr = vkey;
  TRY(op_entry(op, &entry));
  evidence_place(op, &place);
  put_u64(text, place.from);
  memcpy(text + 8, place.leaf.bytes, HASH_BYTES);
  return op_item_put(op, &item, NULL, (struct personal){(const char *)text, sizeof text});
}

static enum err find_announcement(struct op *op, uint64_t *ret_index, uint32_t generation)
{
  struct log_place place;
  struct personal text;
  struct item item;

  TRY(op_item_text(op, &text, &item, announced_id(op, generation), NULL));
  if (text.len != PLACE_BYTES) return ERR_CORRUPT;
  place.from = get_u64((const uint8_t *)text.ptr);
  memcpy(place.leaf.bytes, text.ptr + 8, HASH_BYTES);
  return evidence_find(op->reader->store, ret_index, &place);
}

/* ---- what is shown of an entry ---- */

/* The core alone: what kind of act, on what day, on what ground. The other views would tell who
 * works here, and let two recipients find out that their pseudonyms are one child. */
static enum err show_entry(struct op *op, struct package_entry *ret_entry, uint64_t index,
                           const struct audit_secret *child)
{
  struct sealed_entry *sealed = arena_take(op->arena, sizeof *sealed);
  struct opened_view core;

  if (sealed == NULL) return ERR_MEMORY;
  TRY(evidence_entry(op->reader->store, sealed, index));
  TRY(audit_open(op->arena, &op->reg->audit, &core, LEAF_CORE, sealed, child, (struct id){{0}}));
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++)
    memcpy(ret_entry->views[view].commitment.bytes, sealed->commitments + view * HASH_BYTES,
           HASH_BYTES);
  ret_entry->views[LEAF_CORE].is_open = true;
  ret_entry->views[LEAF_CORE].payload = core.payload;
  memcpy(ret_entry->views[LEAF_CORE].salt, core.salt, LEAF_SALT_BYTES);
  return OK;
}

enum err package_prepare(struct op *op, struct packing *ret_packing, const struct sharing *sharing,
                         const struct recipient_row *recipient, struct str content,
                         const struct audit_secret *child)
{
  struct packing *packing = ret_packing;

  *packing = (struct packing){.content = content, .key_generation = sharing->key_generation};
  TRY(age_recipient_parse(&packing->to, recipient->age_key));
  packing->manifest = (struct package_manifest){
    .origin = op->reg->audit.origin, .content = sharing->content, .expiry = sharing->expiry};
  TRY(evidence_find(op->reader->store, &packing->manifest.entry, &sharing->decision));
  TRY(find_announcement(op, &packing->key_index, sharing->key_generation));
  TRY(show_entry(op, &packing->decision, packing->manifest.entry, child));
  return show_entry(op, &packing->key, packing->key_index, NULL);
}

/* ---- finishing ---- */

static enum err sign_manifest(struct op *op, struct str *ret_note, const struct packing *packing)
{
  OWNED(signer_free) struct signer *signer = NULL;
  char body[PACKAGE_MANIFEST_MAX], vkey[NOTE_VKEY_MAX], *note = arena_take(op->arena, NOTE_MAX);
  struct note_key key;
  size_t n, ignored;

  if (note == NULL) return ERR_MEMORY;
  TRY(key_text(op, vkey, &ignored, &key, packing->key_generation, &signer));
  TRY(package_manifest_write(body, &n, &packing->manifest));
  ret_note->ptr = note;
  return note_sign(note, &ret_note->len, (struct str){body, n}, &key, signer);
}

/* White space behind the object: its length is one of few, and JSON readers pass over it. */
static enum err pad(struct op *op, struct str *text)
{
  size_t size = CLASS_MIN;
  char *padded;

  while (size < text->len)
    size *= 2;
  padded = arena_take(op->arena, size);
  if (padded == NULL) return ERR_MEMORY;
  memcpy(padded, text->ptr, text->len);
  memset(padded + text->len, ' ', size - text->len);
  *text = (struct str){padded, size};
  return OK;
}

enum err package_finish(struct op *op, struct str *ret_file, struct packing *packing,
                        struct store *store, struct str head, uint64_t size)
{
  struct package package = {.content = packing->content};
  struct str text;
  char *file;

  TRY(sign_manifest(op, &package.manifest, packing));
  package.decision = packing->decision;
  package.key = packing->key;
  TRY(
    evidence_proof(op->arena, store, &package.decision.proof, packing->manifest.entry, head, size));
  TRY(evidence_proof(op->arena, store, &package.key.proof, packing->key_index, head, size));
  TRY(package_write(op->arena, &text, &package));
  TRY(pad(op, &text));
  file = arena_take(op->arena, age_size(text.len, 1));
  if (file == NULL) return ERR_MEMORY;
  TRY(age_encrypt(file, &packing->to, 1, text.ptr, text.len, &op->reg->outside));
  *ret_file = (struct str){file, age_size(text.len, 1)};
  return OK;
}

struct sending {
  struct late late;
  struct packing packing;
};

static enum err finish(void *self, struct op *op, const struct opening_context *context)
{
  struct sending *sending = self;
  struct str file;

  TRY(package_finish(op, &file, &sending->packing, context->store, context->head, context->size));
  op->answer = (struct answer){.status = 200, .body = file, .type = STR("application/age")};
  return OK;
}

enum err package_send(struct op *op, const struct packing *packing)
{
  struct sending *sending = arena_take(op->arena, sizeof *sending);

  if (sending == NULL) return ERR_MEMORY;
  sending->packing = *packing;
  sending->late = (struct late){.index = packing->manifest.entry,
                                .is_outward = true,
                                .wait_us = PUBLISHED_WAIT_US,
                                .run = finish,
                                .self = sending};
  openings_after(op, &sending->late);
  op_end(op);
  return OK;
}
