/* What the register keeps in memory: which records and items there are, and tokens to find them by
 * (adr 0004). Tokens are keyed hashes under a key made at start, worthless elsewhere; nothing here
 * is ever stored. Hidden children are in it: whether a hit may be shown is the operation's
 * decision.
 *
 * Readers take index_read/index_done around every use, for a short time and never one within
 * another (a writer that waits between the two would stop both); the writer alone changes it. */
#ifndef REGISTER_INDEX_H
#define REGISTER_INDEX_H

#include "register/item.h"

struct index;

enum token_kind {
#define K(id, source, field, how, visible) TOKEN_##id,
#include "register/tokens.def"
#undef K
  TOKEN_KINDS
};
enum token_source { TOKEN_OF_FIELD, TOKEN_OF_FORENAME_AND_SURNAME, TOKEN_OF_NAME_AND_BIRTH };
enum token_how {
  FOLD_NAME,
  FOLD_PARTS,
  FOLD_PREFIX,
  FOLD_POSTCODE,
  FOLD_PHONE,
  FOLD_EMAIL,
  FOLD_ADDRESS,
  FOLD_EXACT
};
struct token_row {
  const char *name;
  enum token_source source;
  enum field
    field; /* whose policy word a search by this kind needs; of a pair, the more guarded one */
  enum token_how how;
  bool
    visible_only; /* the value leaves casework when the record is shielded, and its token with it */
};
const struct token_row *token_row(enum token_kind kind);

/* A record as memory knows it. Valid until index_done. */
struct entry {
  struct id id;
  uint64_t version;
  struct id key;
  enum level level;
  bool first_decided, ever_protected, asked_for, in_transit;
  bool has_guarded_adult; /* an adult on it has a level of their own */
  uint8_t stream[ID_BYTES];
  uint8_t household[ID_BYTES]; /* zero: none */
  uint64_t blob; /* index_blobs when its shielded blob was last written anew; 0: not since start */
  uint64_t compared; /* protection version at which the custodian compared this version of the row
                        with what is protected; 0: it has not */
  bool has_hit;      /* and found something */
};

/* `secret` keys the tokens; the index keeps its own copy. */
MUST_USE enum err index_new(struct index **ret_index, const struct key *secret);
void index_free(struct index **index);
const struct key *index_secret(const struct index *index); /* of this process only */

void index_read(struct index *index);
void index_write(struct index *index); /* the writer thread, and start */
void index_done(struct index *index);

/* ---- under index_read or index_write ---- */

const struct entry *index_entry(const struct index *index, struct id id);
size_t index_count(const struct index *index);
/* The i-th record in an order that means nothing and holds until a record is taken away; for walks.
 */
const struct entry *index_at(const struct index *index, size_t i);
/* How many blobs were written anew since start: whoever follows them remembers it. */
uint64_t index_blobs(const struct index *index);
bool index_key_in_use(const struct index *index, struct id key);
/* The highest level among the other records of the same household; LEVEL_NONE when there is none.
 */
enum level index_household(const struct index *index, const struct entry *entry);

/* Token of a text as this kind folds it; 0: nothing to look for. `scratch` is for folding. */
uint64_t index_token(const struct index *index, struct arena *scratch, enum token_kind kind,
                     struct personal text);
/* The same for a name and a birth date. */
uint64_t index_token_pair(const struct index *index, struct arena *scratch, enum token_kind kind,
                          struct personal a, struct personal b);
/* Records with this token: start with *cursor = 0; NULL at the end. */
const struct entry *index_find(const struct index *index, uint64_t token, size_t *cursor);

/* Items: of a record, of a subject, of a kind (zero ids: any). Start with *cursor = 0; NULL at the
 * end. */
const struct item *index_item(const struct index *index, struct id id);
const struct item *index_item_of_record(const struct index *index, struct id record,
                                        enum item_kind kind, size_t *cursor);
const struct item *index_item_of_subject(const struct index *index, struct id subject,
                                         enum item_kind kind, size_t *cursor);
const struct item *index_item_of_kind(const struct index *index, enum item_kind kind,
                                      size_t *cursor);

/* ---- under no lock: it takes index_read ---- */

struct items {
  struct item *at; /* copies, in the arena */
  size_t count;
};
enum items_by { ITEMS_ALL, ITEMS_BY_RECORD, ITEMS_BY_SUBJECT };
struct items_want {
  enum item_kind kind;
  enum items_by by;
  struct id id; /* the record's, or the subject's */
};
/* All of them, as they are now. */
MUST_USE enum err index_items(struct index *index, struct arena *arena, struct items *ret_items,
                              const struct items_want *want);

/* ---- under index_write ---- */

/* What a record brings, made from its opened values by index_prepare in the worker's thread. */
struct index_change {
  struct entry entry;
  const uint64_t *tokens;
  size_t token_count;
  bool has_new_blob; /* a new core, not only a new outer layer */
};
MUST_USE enum err index_put(struct index *index, const struct index_change *change);
void index_remove(struct index *index, struct id id);
/* What the custodian said of a row (compare.c). Of another version of the row it says nothing, and
 * with the next version it is forgotten. */
struct index_comparison {
  struct id id;
  uint64_t version;
  bool has_hit;
};
void index_compared(struct index *index, const struct index_comparison *comparison,
                    uint64_t protection_version);
MUST_USE enum err index_item_put(struct index *index, const struct item *item);
void index_item_remove(struct index *index, struct id id);

/* Everything the index needs from a record's values (any thread). */
MUST_USE enum err index_prepare(struct arena *arena, const struct index *index,
                                struct index_change *ret_change, const struct record *record);

#endif
