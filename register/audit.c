/* Views of an entry: written, committed to, sealed, opened again. Must never take text from a
 * caller. */
#include "register/audit.h"

#include <string.h>

#include "base/json.h"
#include "crypto/note.h"
#include "register/charge.h"
#include "register/row.h"

static const struct {
  const char *name;
  enum act_class class;
} actions[ACTION_COUNT] = {
#define A(id, name, class) {name, class},
#include "register/actions.def"
#undef A
};

const char *action_name(enum action action)
{
  return actions[action].name;
}

enum act_class action_class(enum action action)
{
  return actions[action].class;
}

static struct str class_name(enum act_class class)
{
  static const char *const names[] = {
    [ACT_COLLECTION] = "collection",     [ACT_ALTERATION] = "alteration",
    [ACT_CONSULTATION] = "consultation", [ACT_DISCLOSURE] = "disclosure",
    [ACT_COMBINATION] = "combination",   [ACT_ERASURE] = "erasure",
    [ACT_ADMIN] = "administration",
  };

  return str_from(names[class]);
}

static struct str outcome_name(enum outcome outcome)
{
  static const char *const names[] = {
    [OUTCOME_DONE] = "done",
    [OUTCOME_PARTIAL] = "partial",
    [OUTCOME_PENDING] = "pending",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_GENERIC] = "generic",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_NOT_APPLIED] = "not_applied",
  };

  return str_from(names[outcome]);
}

enum { PURPOSES_MAX = 4 };

struct writing {
  struct json json;
  const struct audit_kit *kit;
  const struct audit_request *request;
  const struct entry_of *entry;
};

static void write_word(struct writing *writing, enum policy_kind kind, uint8_t word)
{
  if (word == POLICY_NO_WORD)
    json_none(&writing->json);
  else
    json_str(&writing->json, policy_word_name(writing->kit->policy, kind, word));
}

static void write_id(struct json *json, struct id id)
{
  static const struct id none;

  if (memcmp(id.b, none.b, ID_BYTES) == 0)
    json_none(json);
  else
    json_hex(json, id.b, ID_BYTES);
}

static void write_core(struct writing *writing)
{
  static const char *const categories[] = {"plain", "locating", "safety", "special"};
  struct json *json = &writing->json;
  const struct entry_of *entry = writing->entry;
  bool is_staff =
    entry->role == POLICY_NO_WORD || policy_role_is_staff(writing->kit->policy, entry->role);

  JSON_KEY(json, "act");
  json_str(json, class_name(action_class(entry->action)));
  JSON_KEY(json, "action");
  json_str(json, str_from(action_name(entry->action)));
  JSON_KEY(json, "outcome");
  json_str(json, outcome_name(entry->outcome));
  JSON_KEY(json, "day");
  json_day(json, instant_day(writing->request->at));
  JSON_KEY(json, "organisation");
  json_str(json, is_staff ? STR("own") : STR("other"));
  JSON_KEY(json, "role");
  write_word(writing, POLICY_ROLE, entry->role);
  JSON_KEY(json, "basis");
  write_word(writing, POLICY_BASIS, entry->basis);
  JSON_KEY(json, "purposes");
  json_array_start(json);
  for (unsigned word = 1, n = 0; word < 64 && n < PURPOSES_MAX; word++)
    if (entry->purposes >> word & 1) {
      write_word(writing, POLICY_PURPOSE, (uint8_t)word);
      n++;
    }
  json_array_end(json);
  JSON_KEY(json, "categories");
  json_array_start(json);
  for (unsigned i = 0; i < sizeof categories / sizeof categories[0]; i++)
    if (entry->categories >> i & 1) json_str(json, str_from(categories[i]));
  json_array_end(json);
  if (entry->activation != NULL) {
    JSON_KEY(json, "policy");
    json_hex(json, entry->activation->version.bytes, HASH_BYTES);
    JSON_KEY(json, "replaces");
    json_hex(json, entry->activation->replaces.bytes, HASH_BYTES);
  }
  if (entry->manifest_key.len == 0) return;
  JSON_KEY(json, "manifest_key");
  json_str(json, entry->manifest_key);
}

/* The custodian reads some of these by name (custodian/protocol.h, struct custodian_evidence). */
static void write_who(struct writing *writing)
{
  struct json *json = &writing->json;
  static const struct id none;
  bool is_anyone = memcmp(writing->request->account.b, none.b, ID_BYTES) != 0;

  JSON_KEY(json, "staff");
  write_id(json, writing->request->account);
  JSON_KEY(json, "delegated_for");
  write_id(json, writing->entry->deputy_for);
  JSON_KEY(json, "authentication");
  json_str(json, is_anyone ? STR("password") : STR("none"));
}

static void write_what(struct writing *writing)
{
  struct json *json = &writing->json;
  const struct entry_of *entry = writing->entry;

  JSON_KEY(json, "stream");
  if (entry->child)
    json_hex(json, entry->child->stream, ID_BYTES);
  else
    json_none(json);
  JSON_KEY(json, "child");
  write_id(json, entry->child ? entry->record : (struct id){{0}});
  JSON_KEY(json, "version");
  json_int(json, (int64_t)entry->version);
  JSON_KEY(json, "released");
  json_base64(json, entry->released, sizeof entry->released);
  JSON_KEY(json, "denied");
  json_base64(json, entry->denied, sizeof entry->denied);
  JSON_KEY(json, "recipients");
  json_array_start(json);
  for (unsigned i = 0; i < 2; i++)
    write_id(json, entry->recipients[i]);
  json_array_end(json);
  JSON_KEY(json, "approvals");
  json_int(json, entry->approvals);
  JSON_KEY(json, "rows");
  json_int(json, entry->rows);
  JSON_KEY(json, "request");
  json_hex(json, writing->request->id.b, ID_BYTES);
  JSON_KEY(json, "reason");
  json_hex(json, entry->reason.bytes, HASH_BYTES);
}

static void write_ops(struct writing *writing)
{
  struct json *json = &writing->json;
  const struct entry_of *entry = writing->entry;
  const struct policy *policy = writing->kit->policy;

  JSON_KEY(json, "stream");
  if (entry->child)
    json_hex(json, entry->child->stream, ID_BYTES);
  else
    json_none(json);
  JSON_KEY(json, "at");
  json_int(json, writing->request->at.us);
  JSON_KEY(json, "request");
  json_hex(json, writing->request->id.b, ID_BYTES);
  JSON_KEY(json, "session");
  write_id(json, writing->request->session);
  JSON_KEY(json, "policy");
  json_hex(json, writing->kit->policy_version, 16);
  JSON_KEY(json, "rules");
  json_array_start(json);
  for (size_t i = 0; i < entry->rule_count && i < AUDIT_RULES_MAX; i++)
    json_str(json, policy_rule_id(policy, entry->rules[i]));
  json_array_end(json);
  JSON_KEY(json, "build");
  json_str(json, writing->kit->build);
}

/* ---- sealing ---- */

static const struct {
  void (*write)(struct writing *writing);
  unsigned pad_class;
  size_t offset; /* in the sealed views */
} views[LEAF_VIEWS] = {
  [LEAF_CORE] = {write_core, VIEW_CLASS_CORE, 0},
  [LEAF_WHO] = {write_who, VIEW_CLASS_WHO, ENVELOPE_SIZE(VIEW_CLASS_CORE)},
  [LEAF_WHAT] = {write_what, VIEW_CLASS_WHAT,
                 ENVELOPE_SIZE(VIEW_CLASS_CORE) + ENVELOPE_SIZE(VIEW_CLASS_WHO)},
  [LEAF_OPS] = {write_ops, VIEW_CLASS_OPS,
                ENVELOPE_SIZE(VIEW_CLASS_CORE) + ENVELOPE_SIZE(VIEW_CLASS_WHO) +
                  ENVELOPE_SIZE(VIEW_CLASS_WHAT)},
};

/* The key from which a view's own is made: the child's, the staff-month's, or the month's. */
static enum err base_key(struct key *ret_key, const struct audit_kit *kit, enum leaf_view view,
                         const struct audit_secret *child, struct id account, int32_t month)
{
  switch (view) {
  case LEAF_CORE:
  case LEAF_WHAT:
    if (!child) return keys_month(kit->keys, ret_key, MONTH_CHILDLESS, month);
    *ret_key = child->seed;
    return OK;
  case LEAF_WHO: {
    OWNED(key_wipe) struct key of_month = {0};
    TRY(keys_month(kit->keys, &of_month, MONTH_WHO, month));
    key_derive(ret_key, &of_month, "cnis/staff/1", account.b, ID_BYTES);
    return OK;
  }
  case LEAF_OPS:
    return keys_month(kit->keys, ret_key, MONTH_OPS, month);
  }
  return ERR_INTERNAL;
}

/* Binds a seal to tag, view, the four commitments and the log's origin: the view opens with its own
 * leaf or not at all. */
static enum err view_key(struct key *ret_key, const struct audit_kit *kit, enum leaf_view view,
                         const uint8_t commitments[static COMMITMENTS_BYTES],
                         const struct key *base)
{
  static const char tag[] = "cnis-audit-leaf/v1\n";
  uint8_t bound[sizeof tag + 1 + COMMITMENTS_BYTES + NOTE_NAME_MAX];
  size_t n = sizeof tag - 1;

  if (kit->origin.len > NOTE_NAME_MAX) return ERR_INPUT;
  memcpy(bound, tag, n);
  bound[n++] = (uint8_t)view;
  memcpy(bound + n, commitments, COMMITMENTS_BYTES);
  n += COMMITMENTS_BYTES;
  memcpy(bound + n, kit->origin.ptr, kit->origin.len);
  key_derive(ret_key, base, "cnis/view/1", bound, n + kit->origin.len);
  return OK;
}

static struct envelope_context context_of(const struct audit_kit *kit, enum leaf_view view,
                                          uint32_t month)
{
  struct envelope_context context = {
    .table = TABLE_VIEW,
    .field = (uint16_t)view,
    .codec = 1,
    .compartment = COMPARTMENT_AUDIT,
    .pad_class = views[view].pad_class,
    .generation = month, /* says which month's key opens it; the month of an entry is no secret in
                            its own file */
  };

  memcpy(context.authority, kit->authority, ID_BYTES);
  return context;
}

static enum err write_view(struct arena *arena, struct writing *writing, enum leaf_view view,
                           struct str *ret_payload)
{
  json_start(&writing->json, arena, ENVELOPE_BUCKET(views[view].pad_class));
  json_object_start(&writing->json);
  views[view].write(writing);
  json_object_end(&writing->json);
  TRY(json_done(&writing->json, ret_payload));
  return LEAF_SALT_BYTES + ret_payload->len < ENVELOPE_BUCKET(views[view].pad_class)
           ? OK
           : ERR_TOO_LARGE;
}

static enum err seal_view(const struct audit_kit *kit, struct sealed_entry *sealed,
                          enum leaf_view view, const struct nonce *nonce, const uint8_t *salt,
                          struct str payload, const struct writing *writing)
{
  OWNED(key_wipe) struct key base = {0};
  OWNED(key_wipe) struct key key = {0};
  uint8_t plain[ENVELOPE_BUCKET(VIEW_CLASS_CORE)];
  int32_t month = instant_month(writing->request->at);
  struct envelope_context context = context_of(kit, view, (uint32_t)month);

  TRY(base_key(&base, kit, view, writing->entry->child, writing->request->account, month));
  TRY(view_key(&key, kit, view, sealed->commitments, &base));
  memcpy(plain, salt, LEAF_SALT_BYTES);
  memcpy(plain + LEAF_SALT_BYTES, payload.ptr, payload.len);
  enum err err = envelope_seal(sealed->views + views[view].offset, &key, &context, nonce, plain,
                               LEAF_SALT_BYTES + payload.len);
  wipe(plain, sizeof plain);
  return err;
}

enum err audit_seal(struct arena *arena, const struct audit_kit *kit,
                    struct sealed_entry *ret_sealed, const struct audit_request *request,
                    const struct entry_of *entry)
{
  struct writing writing = {.kit = kit, .request = request, .entry = entry};
  struct {
    uint8_t salts[LEAF_VIEWS][LEAF_SALT_BYTES];
    struct nonce nonces[LEAF_VIEWS];
  } fresh;
  struct str payloads[LEAF_VIEWS];
  struct hash commitment;
  enum err err = OK;

  kit->outside->random(kit->outside->self, &fresh, sizeof fresh);
  for (enum leaf_view view = 0; view < LEAF_VIEWS; view++) {
    TRY(write_view(arena, &writing, view, &payloads[view]));
    leaf_commit(&commitment, view, fresh.salts[view], payloads[view].ptr, payloads[view].len);
    memcpy(ret_sealed->commitments + view * HASH_BYTES, commitment.bytes, HASH_BYTES);
  }
  for (enum leaf_view view = 0; view < LEAF_VIEWS && err == OK; view++)
    err = seal_view(kit, ret_sealed, view, &fresh.nonces[view], fresh.salts[view], payloads[view],
                    &writing);
  wipe(&fresh, sizeof fresh);
  return err == OK ? charge_seal(kit, ret_sealed, request->at, entry->charge) : err;
}

/* ---- opening ---- */

enum err audit_open(struct arena *arena, const struct audit_kit *kit, struct opened_view *ret_view,
                    enum leaf_view view, const struct sealed_entry *sealed,
                    const struct audit_secret *child, struct id account)
{
  OWNED(key_wipe) struct key base = {0};
  OWNED(key_wipe) struct key key = {0};
  const uint8_t *envelope = sealed->views + views[view].offset;
  size_t size = ENVELOPE_SIZE(views[view].pad_class), n = 0;
  struct hash commitment;
  uint32_t month = 0;

  TRY(envelope_generation(&month, envelope, size));
  enum err err = base_key(&base, kit, view, child, account, (int32_t)month);
  if (err != OK) return err == ERR_BUSY ? ERR_OPEN : err;
  TRY(view_key(&key, kit, view, sealed->commitments, &base));
  struct envelope_context context = context_of(kit, view, month);
  uint8_t *plain = arena_take(arena, size);
  if (!plain) return ERR_MEMORY;
  TRY(envelope_open(plain, &n, &key, &context, envelope, size));
  if (n < LEAF_SALT_BYTES) return ERR_CORRUPT;
  leaf_commit(&commitment, view, plain, plain + LEAF_SALT_BYTES, n - LEAF_SALT_BYTES);
  if (!bytes_equal(commitment.bytes, sealed->commitments + view * HASH_BYTES, HASH_BYTES))
    return ERR_CORRUPT;
  memcpy(ret_view->salt, plain, LEAF_SALT_BYTES);
  ret_view->payload = (struct str){(const char *)plain + LEAF_SALT_BYTES, n - LEAF_SALT_BYTES};
  return OK;
}

void audit_hash(struct hash *ret_hash, const uint8_t commitments[static COMMITMENTS_BYTES])
{
  struct hash parts[LEAF_VIEWS];
  uint8_t leaf[LEAF_BYTES];

  memcpy(parts, commitments, COMMITMENTS_BYTES);
  leaf_write(leaf, parts);
  tree_leaf_hash(ret_hash, leaf, sizeof leaf);
}
