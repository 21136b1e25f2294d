/* The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, the right edge that grows, proofs,
 * and their strict verification. Pure: what is stored is read through a callback. Sizes are below
 * 2^53. A proof without a signed root proves nothing: see note.h. */
#ifndef CRYPTO_TREE_H
#define CRYPTO_TREE_H

#include "crypto/key.h"

#define TREE_SIZE_MAX ((uint64_t)1 << 53)
#define TREE_EDGE_MAX 64
#define TREE_PROOF_MAX 64
#define TREE_TILE_WIDTH 256
#define TREE_TILE_LEVELS 7

void tree_leaf_hash(struct hash *ret_hash, const void *leaf, size_t n); /* SHA-256(0x00 || leaf) */
void tree_node_hash(struct hash *ret_hash, const struct hash *left, const struct hash *right);

/* The roots of the perfect subtrees of a tree of this size, largest first: one for each bit set. */
struct tree_edge {
  uint64_t size;
  struct hash hashes[TREE_EDGE_MAX];
};
unsigned tree_edge_count(uint64_t size);
MUST_USE enum err tree_append(struct tree_edge *edge,
                              const struct hash *leaf_hash); /* ERR_FULL at 2^53 */
void tree_root(struct hash *ret_root,
               const struct tree_edge *edge); /* size 0: SHA-256 of nothing */

/* Tiles of c2sp.org/tlog-tiles: tile (level, n) holds the hashes of the tree's nodes at height
 * 8 * level, from 256 * n on. The tail keeps what no full tile holds yet; it hands over each tile
 * once, when its 256th hash comes. About 57 KB: keep it in an arena or a long-lived struct. */
struct tree_tail {
  uint64_t size;
  struct hash hashes[TREE_TILE_LEVELS][TREE_TILE_WIDTH];
};
struct tree_sink {
  enum err (*tile)(void *self, unsigned level, uint64_t n,
                   const struct hash hashes[static TREE_TILE_WIDTH]);
  void *self;
};
MUST_USE enum err tree_tail_append(struct tree_tail *tail, const struct hash *leaf_hash,
                                   const struct tree_sink *sink);
/* How many hashes of `level` a tree of this size has. */
uint64_t tree_tile_hashes(uint64_t size, unsigned level);

/* Reads `count` consecutive hashes (a power of two) from `offset` of tile (level, n). They all
 * exist in the tree asked about; the tile may still be part full. */
struct tree_reader {
  enum err (*hashes)(void *self, struct hash *ret_hashes, unsigned level, uint64_t n,
                     unsigned offset, unsigned count);
  void *self;
};
/* Root of a full tile, or of any power of two of hashes. */
void tree_perfect_root(struct hash *ret_root, const struct hash *hashes, unsigned count);
/* The edge of a tree of `size` leaves, from stored tiles. */
MUST_USE enum err tree_edge_read(struct tree_edge *ret_edge, const struct tree_reader *reader,
                                 uint64_t size);

struct tree_proof {
  unsigned count;
  struct hash hashes[TREE_PROOF_MAX];
};
/* ERR_INPUT unless index < size. RFC 6962 2.1.1. */
MUST_USE enum err tree_prove_inclusion(struct tree_proof *ret_proof,
                                       const struct tree_reader *reader, uint64_t index,
                                       uint64_t size);
/* ERR_INPUT unless 0 < old_size <= size. RFC 6962 2.1.2. */
MUST_USE enum err tree_prove_consistency(struct tree_proof *ret_proof,
                                         const struct tree_reader *reader, uint64_t old_size,
                                         uint64_t size);

/* Exactly the proof, nothing over, nothing missing; otherwise ERR_CORRUPT. Equal sizes need equal
 * roots and an empty proof; old size 0 proves nothing and is refused. */
MUST_USE enum err tree_verify_inclusion(const struct tree_proof *proof,
                                        const struct hash *leaf_hash, uint64_t index, uint64_t size,
                                        const struct hash *root);
MUST_USE enum err tree_verify_consistency(const struct tree_proof *proof, uint64_t old_size,
                                          const struct hash *old_root, uint64_t size,
                                          const struct hash *root);

#endif
