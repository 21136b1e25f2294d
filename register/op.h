/* What every operation is made of, from begin to commit:
 *
 *   TRY(op_begin(op));                              arena, commit, protection version, read view
 *   TRY(facts_read(op, &facts, &want));             opens level, relations, gate; nothing else
 *   policy_decide(reg_policy(op->reg), &decision, &request, &facts.policy);
 *   TRY(fields_open(op, &opened, &facts, &granted)); opens what was granted, in no other way
 *   ... answer by base/json.h into op->arena ...
 *   TRY(op_entry(op, &entry));                      sealed now, committed before anything leaves
 *   op_end(op);                                     ends the read view
 *
 * op_end may be called twice; op_refuse and reg_submit call it too. */
#ifndef REGISTER_OP_H
#define REGISTER_OP_H

#include "register/reg.h"

#define ATTEMPT_LAST 2 /* what still moves then is answered ERR_BUSY */

/* ERR_MUST_CHANGE, ERR_MEMORY, ERR_IO. */
MUST_USE enum err op_begin(struct op *op);
/* For what a person may do before they have a password of their own: change it, sign in and out,
 * be refused. */
MUST_USE enum err op_begin_anyway(struct op *op);
void op_end(struct op *op);
struct day op_today(const struct op *op);

/* ---- facts: opened without a decision, and no plaintext goes up ---- */

struct facts_want {
  struct id id; /* as asked; may be held or not */
  struct id
    requester;    /* account or recipient whose relation, conflict and adversity are looked up */
  bool with_gate; /* the steps before an order (F-11); decided by the request alone */
  struct day today;
};
struct facts {
  bool is_held; /* false: everything below is the decoy's, after the same work */
  struct id id;
  struct row_head head;
  uint8_t wrapped_key[WRAPPED_KEY_BYTES]; /* head.key as it is kept; nothing opens it up here */
  struct safety safety;
  struct audit_secret child; /* for entries and items; of the decoy when not held */
  struct day registered;
  enum relation_code relation; /* strongest in force of this requester to this child */
  uint8_t relation_word;       /* its policy word; the word of "none" when there is none */
  bool has_conflict;
  bool is_named_worker;
  enum person_view persons[PEOPLE]; /* whose words each slot has: enum person_view */
  struct policy_facts policy;
};
/* ERR_MOVED when the row is not of the version that memory knows (GUARD(ROW_VERSION)). */
MUST_USE enum err facts_read(struct op *op, struct facts *ret_facts, const struct facts_want *want);

/* ---- granted fields ---- */

struct opened_value {
  enum field field;
  unsigned slot;
  uint8_t word; /* policy word it was granted by */
  uint8_t form; /* form granted */
  struct value value;
};
struct opened {
  struct opened_value *at; /* in the arena; only fields and slots with a value */
  size_t count;
  uint8_t released[TICKET_FIELD_BYTES]; /* field ids that the decision let open, held or not */
};
/* The one function that opens register data for anybody: of each field, only when the decision
 * grants its word (GUARD(DECISION_BEFORE_OPEN)). For people slots with a level of their own,
 * `person` has a second decision, or NULL. SHIELDED values of a shielded record are simply absent
 * here: they lie in the blob. */
struct granted {
  const struct decision *decision;
  const struct decision *person[PEOPLE];
};
MUST_USE enum err fields_open(struct op *op, struct opened *ret_opened, const struct facts *facts,
                              const struct granted *granted);
/* Policy word of a field in this view; 0 for the register's own fields. */
uint8_t field_word(const struct reg *reg, enum field field, unsigned slot,
                   const enum person_view persons[PEOPLE]);

/* ---- changing ---- */

/* The whole record, opened for re-sealing; the operation sees it only through record_set and
 * friends. */
MUST_USE enum err op_record(struct op *op, struct record **ret_record, const struct facts *facts);
MUST_USE enum err op_record_new(struct op *op, struct record **ret_record);
/* Seals the record anew and adds it to the commit; index tokens are made here. */
MUST_USE enum err op_put(struct op *op, const struct record *record,
                         const struct shielding *shielding);
MUST_USE enum err op_erase(struct op *op, const struct record *record);

/* Items: `secret` is the record's, NULL without one. item->id zero: a new one (random id, set on
 * return). */
MUST_USE enum err op_item_put(struct op *op, struct item *item, const struct audit_secret *secret,
                              struct personal text);
MUST_USE enum err op_item_text(struct op *op, struct personal *ret_text, struct item *ret_item,
                               struct id id, const struct audit_secret *secret);
MUST_USE enum err op_item_remove(struct op *op, struct id id);
/* The work of an item put, and nothing is left of it: where putting one would tell something. */
MUST_USE enum err op_item_decoy(struct op *op);
/* Runs in the writer's thread once the commit is durable, before `done` (accounts in memory, and
 * the like). */
void op_applied(struct op *op, void (*applied)(void *self), void *self);
void op_moves_protection(struct op *op);

/* ---- the log ---- */

/* Seals one entry of this request and adds it. ERR_TOO_LARGE past COMMIT_ENTRIES_MAX. */
MUST_USE enum err op_entry(struct op *op, const struct entry_of *entry);
/* A keyed hash of text that stands sealed elsewhere, for entry_of.reason. */
void op_hash(const struct op *op, struct hash *ret_hash, struct personal text);

/* ---- ids ---- */

struct id op_random_id(const struct op *op);
bool id_is_zero(struct id id);
bool id_equal(struct id a, struct id b);
/* 32 hexadecimal digits, lower case. */
bool id_parse(struct str text, struct id *ret_id);

#endif
