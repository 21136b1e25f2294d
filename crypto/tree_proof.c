/* Inclusion and consistency proofs (tree.h): made from stored tiles as RFC 6962 2.1.1 and 2.1.2
 * say, verified as RFC 9162 2.1.3.2 and 2.1.4.2 say, with nothing taken on trust. */
#include <assert.h>

#include "crypto/tree.h"

/* Root of the perfect subtree of 2^height leaves that is number `index` at its height. */
static enum err read_node(struct hash *ret_hash, const struct tree_reader *reader, unsigned height,
                          uint64_t index)
{
  struct hash hashes[TREE_TILE_WIDTH];
  unsigned level = height / 8, count = 1U << height % 8;
  uint64_t first = index << height % 8;
  TRY(reader->hashes(reader->self, hashes, level, first / TREE_TILE_WIDTH,
                     (unsigned)(first % TREE_TILE_WIDTH), count));
  tree_perfect_root(ret_hash, hashes, count);
  return OK;
}

static unsigned height_of(uint64_t leaves) /* of the largest perfect subtree within */
{
  return 63U - (unsigned)__builtin_clzll(leaves);
}

/* The edge of leaves [first, first + size), where `first` is a multiple of a power of two >= size.
 */
static enum err read_edge(struct tree_edge *ret_edge, const struct tree_reader *reader,
                          uint64_t first, uint64_t size)
{
  unsigned count = 0;
  ret_edge->size = size;
  while (size > 0) {
    unsigned height = height_of(size);
    TRY(read_node(&ret_edge->hashes[count++], reader, height, first >> height));
    first += (uint64_t)1 << height;
    size -= (uint64_t)1 << height;
  }
  return OK;
}

enum err tree_edge_read(struct tree_edge *ret_edge, const struct tree_reader *reader, uint64_t size)
{
  if (size > TREE_SIZE_MAX) return ERR_INPUT;
  return read_edge(ret_edge, reader, 0, size);
}

static enum err add_subtree(struct tree_proof *proof, const struct tree_reader *reader,
                            uint64_t first, uint64_t size)
{
  struct tree_edge edge;
  assert(proof->count < TREE_PROOF_MAX);
  TRY(read_edge(&edge, reader, first, size));
  tree_root(&proof->hashes[proof->count++], &edge);
  return OK;
}

static void reverse(struct tree_proof *proof)
{
  for (unsigned i = 0, j = proof->count; i + 1 < j; i++) {
    struct hash hash = proof->hashes[i];
    proof->hashes[i] = proof->hashes[--j];
    proof->hashes[j] = hash;
  }
}

/* The largest power of two below size (size > 1): where RFC 6962 splits a tree. */
static uint64_t split_of(uint64_t size)
{
  return (uint64_t)1 << height_of(size - 1);
}

/* Both proofs walk from the root down to a leaf or subtree and note the sibling at each step; the
 * proof lists them from below, hence the turn at the end. */
enum err tree_prove_inclusion(struct tree_proof *ret_proof, const struct tree_reader *reader,
                              uint64_t index, uint64_t size)
{
  struct tree_proof proof = {0};
  uint64_t first = 0;
  if (index >= size || size > TREE_SIZE_MAX) return ERR_INPUT;
  while (size > 1) {
    uint64_t split = split_of(size);
    if (index < split) {
      TRY(add_subtree(&proof, reader, first + split, size - split));
      size = split;
    } else {
      TRY(add_subtree(&proof, reader, first, split));
      first += split;
      index -= split;
      size -= split;
    }
  }
  reverse(&proof);
  *ret_proof = proof;
  return OK;
}

enum err tree_prove_consistency(struct tree_proof *ret_proof, const struct tree_reader *reader,
                                uint64_t old_size, uint64_t size)
{
  struct tree_proof proof = {0};
  uint64_t first = 0;
  bool whole = true; /* the old tree is still this subtree itself, whose root the verifier knows */
  if (old_size == 0 || old_size > size || size > TREE_SIZE_MAX) return ERR_INPUT;
  while (old_size < size) {
    uint64_t split = split_of(size);
    if (old_size <= split) {
      TRY(add_subtree(&proof, reader, first + split, size - split));
      size = split;
    } else {
      TRY(add_subtree(&proof, reader, first, split));
      first += split;
      old_size -= split;
      size -= split;
      whole = false;
    }
  }
  if (!whole) TRY(add_subtree(&proof, reader, first, size));
  reverse(&proof);
  *ret_proof = proof;
  return OK;
}

/* A node on its way to the root: its number at its height, and that of the last node there. */
struct climb {
  uint64_t at, last;
};

static void climb_step(struct climb *climb)
{
  climb->at >>= 1;
  climb->last >>= 1;
}

/* Goes up to where the next sibling stands. A node at the ragged right edge has none at its own
 * height and rises unchanged until it is a right child. True: the sibling is on the left. */
static bool climb_is_right_child(struct climb *climb)
{
  if ((climb->at & 1) == 0 && climb->at != climb->last) return false;
  while ((climb->at & 1) == 0 && climb->at != 0)
    climb_step(climb);
  return true;
}

enum err tree_verify_inclusion(const struct tree_proof *proof, const struct hash *leaf_hash,
                               uint64_t index, uint64_t size, const struct hash *root)
{
  if (index >= size || size > TREE_SIZE_MAX || proof->count > TREE_PROOF_MAX) return ERR_CORRUPT;
  struct climb climb = {index, size - 1};
  struct hash hash = *leaf_hash;
  for (unsigned i = 0; i < proof->count; i++) {
    if (climb.last == 0) return ERR_CORRUPT; /* longer than the way up */
    if (climb_is_right_child(&climb))
      tree_node_hash(&hash, &proof->hashes[i], &hash);
    else
      tree_node_hash(&hash, &hash, &proof->hashes[i]);
    climb_step(&climb);
  }
  return climb.last == 0 && hash_equal(&hash, root) ? OK : ERR_CORRUPT;
}

/* Folds the rest of a consistency proof into both roots at once: what stands left belongs to both
 * trees, what stands right to the new one only. False: too long or too short. */
static bool fold_both(struct climb climb, struct hash *old_hash, struct hash *new_hash,
                      const struct hash *hashes, unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    if (climb.last == 0) return false;
    if (climb_is_right_child(&climb)) {
      tree_node_hash(old_hash, &hashes[i], old_hash);
      tree_node_hash(new_hash, &hashes[i], new_hash);
    } else {
      tree_node_hash(new_hash, new_hash, &hashes[i]);
    }
    climb_step(&climb);
  }
  return climb.last == 0;
}

enum err tree_verify_consistency(const struct tree_proof *proof, uint64_t old_size,
                                 const struct hash *old_root, uint64_t size,
                                 const struct hash *root)
{
  if (old_size == 0 || old_size > size || size > TREE_SIZE_MAX || proof->count > TREE_PROOF_MAX)
    return ERR_CORRUPT;
  if (old_size == size) return proof->count == 0 && hash_equal(old_root, root) ? OK : ERR_CORRUPT;
  if (proof->count == 0) return ERR_CORRUPT;

  struct climb climb = {old_size - 1, size - 1};
  while (climb.at & 1)
    climb_step(&climb);
  /* A tree of a power of two is itself a node of the new one: the proof begins after it. */
  bool is_node = (old_size & (old_size - 1)) == 0;
  unsigned first = is_node ? 0 : 1;
  struct hash old_hash = is_node ? *old_root : proof->hashes[0], new_hash = old_hash;
  bool fits = fold_both(climb, &old_hash, &new_hash, proof->hashes + first, proof->count - first);
  bool holds = fits && hash_equal(&old_hash, old_root) && hash_equal(&new_hash, root);
  return holds ? OK : ERR_CORRUPT;
}
