/* Signed heads of the log, and proofs from it. A thread of its own asks the witness (in service:
 * the custodian) to sign; nobody else waits for it. Receipt heads follow within a second of the
 * last entry; published ones on a schedule. */
#ifndef REGISTER_HEAD_H
#define REGISTER_HEAD_H

#include "crypto/note.h"
#include "register/writer.h"

/* Who signs heads, and never backwards. */
struct head_witness {
  /* The last head it signed; size 0 when none. ERR_CUSTODIAN. */
  enum err (*last)(void *self, uint64_t *ret_size, struct hash *ret_root);
  /* Signs a larger head, given the consistency proof from old_size (none when old_size is 0).
   * ERR_CUSTODIAN. */
  enum err (*sign)(void *self, char ret_note[static NOTE_MAX], size_t *ret_n, uint64_t old_size,
                   const struct tree_proof *proof, uint64_t new_size, const struct hash *root);
  void *self;
};
/* The custodian behind `socket_path`. The witness is wiped with head_witness_free. */
MUST_USE enum err head_witness_custodian(struct head_witness *ret_witness, const char *socket_path,
                                         const struct outside *outside);
void head_witness_free(struct head_witness *witness);

struct heads;
MUST_USE enum err heads_start(struct heads **ret_heads, const char *dir, struct writer *writer,
                              const struct head_witness *witness, const struct log *log,
                              uint64_t publish_every_us);
void heads_stop(struct heads **heads);
bool heads_signing(const struct heads *heads); /* the witness answered the last time */

/* Roots of full tiles, which never change: whoever reads again and again hashes each tile once. */
#define TILE_ROOTS 256
struct tile_roots {
  struct {
    unsigned level;
    uint64_t n1; /* number of the tile and 1; 0: nothing here */
    struct hash root;
  } at[TILE_ROOTS];
};
/* Reads any power of two of hashes of the log, full tiles from the store, the rest from leaves. */
struct log_reader {
  struct store *store;
  uint64_t size;            /* of the tree asked about */
  struct tile_roots *roots; /* may be NULL */
};
struct tree_reader log_reader_tree(struct log_reader *reader);
/* ERR_INPUT for an index or size beyond the log. */
MUST_USE enum err log_prove_inclusion(struct store *store, struct tree_proof *ret_proof,
                                      uint64_t index, uint64_t size);
MUST_USE enum err log_prove_consistency(struct store *store, struct tree_proof *ret_proof,
                                        uint64_t from, uint64_t to);

#endif
