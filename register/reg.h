/* The inside of struct reg: what the files of this folder share. Operations use op.h and leave this
 * alone but for reading. */
#ifndef REGISTER_REG_H
#define REGISTER_REG_H

#include "crypto/custodian_pub.h"
#include "policy/regime.h"
#include "register/activation.h"
#include "register/budget.h"
#include "register/head.h"
#include "register/people.h"
#include "register/repeated.h"

/* Whose words a person slot has in one view. For somebody who is in a slot, that slot has the words
 * of their own standing, and every other adult has the other words, however many live with the
 * child. */
enum person_view { PERSON_OTHER, PERSON_RESIDENT };
#define PERSON_VIEWS 2

/* Stable numbers of relations as they stand in items (relations.def); policy words are looked up at
 * start. */
enum relation_code {
  RELATION_NONE,
#define L(id, number) RELATION_##id = number,
#include "register/relations.def"
#undef L
  RELATION_CODES
};

/* As whose key the custodian knows one; tests bring their own. `ask` NULL: the custodian is asked.
 */
struct key_owner {
  enum err (*ask)(void *self, uint8_t ret_account[static ID_BYTES], const struct verify_key *key);
  void *self;
};

struct reg {
  struct outside outside;
  struct log log;
  uint64_t tick_us;
  int lock_fd;
  char dir[256];
  struct custodian_pub custodian;
  struct arena *arena;    /* for start; kept for what lives as long as the register */
  struct tree_tail *tail; /* as start found it; in the arena */
  struct meta meta;
  struct policy *policy;
  uint8_t policy_version[POLICY_VERSION_BYTES];
  struct active active; /* where it came from (active.h) */
  struct key_owner whose;
  char custodian_socket[108]; /* empty: there is none */
  const struct regime *regime;
  uint8_t words[FIELD_COUNT][PERSON_VIEWS]; /* policy word of each field; 0: the register's own */
  uint8_t relations[RELATION_CODES];        /* policy word of each relation code */
  struct keyring *keyring;
  struct key secrets; /* from KEY_SERVE: tags, ETags, idempotency */
  struct opening_counts counts;
  struct row_kit rows;
  struct audit_kit audit;
  struct store *store; /* the writer's */
  struct keys *keys;
  struct index *index;
  struct people *people;
  struct budget *budget;     /* budget.h */
  struct repeated *repeated; /* repeated.h */
  struct writer *writer;
  struct head_witness witness;
  struct heads *heads;
  struct openings *openings;    /* openings.h */
  struct errands *errands;      /* errands.h */
  atomic_uint_fast64_t unasked; /* entries that no request brought about, since start */
  struct id decoy;              /* a sealed record of nobody: what absent ids read (adr 0006) */
};

struct reader {
  struct reg *reg;
  struct store *store;
  struct arena *scratch; /* for folding and the like; reset by op_begin */
};

/* Tests and the verbs that bring their own: before the writer runs. */
struct reg_seams {
  void (*fatal)(void *self);
  void (*between)(void *self);
  void *self;
  const struct head_witness *witness; /* NULL: the custodian of the config */
  struct key_owner whose;
};
MUST_USE enum err reg_open_with(struct reg **ret_reg, const struct reg_config *config,
                                const struct reg_seams *seams, struct trail *trail);

/* start.c: everything that is verified before the first request; fills index, people, keys, and
 * what the writer needs. */
MUST_USE enum err start_verify(struct reg *reg, bool without_witness, struct writer_deps *ret_deps,
                               struct trail *trail);
/* load.c: the keyring and what is worked out from it; the policy comes after it (active.h). */
MUST_USE enum err reg_load(struct reg *reg, const struct reg_config *config, struct trail *trail);
/* The policy words of fields and relations, from reg->policy. ERR_POLICY. */
MUST_USE enum err reg_find_words(struct reg *reg, struct trail *trail);
MUST_USE enum err root_load(struct keyring **ret_keyring, const struct reg_config *config,
                            struct arena *arena, struct trail *trail);
MUST_USE enum err root_create(const struct reg_config *config,
                              const uint8_t authority[static ID_BYTES], struct arena *arena,
                              struct trail *trail);
const struct key *reg_item_key(const struct reg *reg);

#endif
