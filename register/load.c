/* What the register works with besides its rows: keys, and the policy word of every field. */
#include <string.h>

#include "register/reg.h"

enum { ARENA_BYTES = 4 << 20 };

static const char *const relation_names[RELATION_CODES] = {
#define L(id, number) [number] = #id,
#include "register/relations.def"
#undef L
};

/* "PERSON_name" is "resident_parent_name" or "other_parent_name", as the view goes. */
static uint8_t person_word(const struct policy *policy, const char *word, enum person_view view)
{
  static const char *const starts[PERSON_VIEWS] = {
    [PERSON_OTHER] = "other_parent", [PERSON_RESIDENT] = "resident_parent"};
  static const char prefix[] = "PERSON";
  char name[64];
  size_t start = strlen(starts[view]), rest = strlen(word) - (sizeof prefix - 1);

  if (start + rest > sizeof name) return POLICY_NO_WORD;
  memcpy(name, starts[view], start);
  memcpy(name + start, word + sizeof prefix - 1, rest);
  return policy_word(policy, POLICY_FIELD, (struct str){name, start + rest});
}

static enum err find_words(struct reg *reg, struct trail *trail)
{
  for (enum field field = 0; field < FIELD_COUNT; field++) {
    const char *word = field_row(field)->word;
    for (enum person_view view = 0; view < PERSON_VIEWS && *word; view++) {
      bool is_person = strncmp(word, "PERSON_", 7) == 0;
      uint8_t found = is_person ? person_word(reg->policy, word, view)
                                : policy_word(reg->policy, POLICY_FIELD, str_from(word));
      if (found == POLICY_NO_WORD)
        return FAIL_AT(trail, ERR_POLICY, "a field's word is not in the vocabulary: its id",
                       field_row(field)->id, 0);
      reg->words[field][view] = found;
    }
  }
  return OK;
}

/* A relation that the vocabulary does not have grants nothing: it stays without a word. */
static void find_relations(struct reg *reg)
{
  char name[64];

  for (unsigned code = 1; code < RELATION_CODES; code++) {
    const char *id = relation_names[code];
    size_t n = id ? strlen(id) : 0;
    if (n == 0 || n > sizeof name) continue;
    for (size_t i = 0; i < n; i++)
      name[i] = (char)(id[i] >= 'A' && id[i] <= 'Z' ? id[i] - 'A' + 'a' : id[i]);
    reg->relations[code] = policy_word(reg->policy, POLICY_RELATION, (struct str){name, n});
  }
}

static void digest(uint8_t ret_digest[static 32], const void *bytes, size_t n)
{
  struct hash hash;

  hash_sha256(&hash, bytes, n);
  memcpy(ret_digest, hash.bytes, 32);
}

struct policy_hash reg_policy_hash(void)
{
  return (struct policy_hash){digest};
}

enum err reg_find_words(struct reg *reg, struct trail *trail)
{
  find_relations(reg);
  return find_words(reg, trail);
}

const struct key *reg_item_key(const struct reg *reg)
{
  return keyring_active(reg->keyring, KEY_ITEM, NULL);
}

static void make_kits(struct reg *reg)
{
  const struct key *serve = keyring_active(reg->keyring, KEY_SERVE, NULL);

  key_derive(&reg->secrets, serve, "cnis/serve/1", NULL, 0);
  key_tag(reg->decoy.b, serve, "cnis/decoy/1", keyring_authority(reg->keyring), ID_BYTES);
  reg->rows = (struct row_kit){
    .authority = keyring_authority(reg->keyring),
    .fresh = keyring_active(reg->keyring, KEY_FRESH, NULL),
    .outside = &reg->outside,
    .counts = &reg->counts,
    .generation = keyring_active_generation(reg->keyring, KEY_RECORD),
  };
  reg->audit = (struct audit_kit){
    .authority = keyring_authority(reg->keyring),
    .outside = &reg->outside,
    .build = STR("0.1.0"),
  };
}

enum err reg_load(struct reg *reg, const struct reg_config *config, struct trail *trail)
{
  TRY(crypto_ready());
  TRY(arena_new(&reg->arena, ARENA_BYTES));
  TRY(root_load(&reg->keyring, config, reg->arena, trail));
  arena_reset(reg->arena); /* the passphrase */
  make_kits(reg);
  return OK;
}
