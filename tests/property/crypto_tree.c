/* Laws of the tree at every index of many sizes up to 300: tiles, edge and proofs agree with the
 * definition of RFC 6962 2.1 written down word for word, and no changed proof is taken. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/tree.h"

enum { SIZES = 300, BIG = 70000 };

static void must(bool holds, const char *what, uint64_t a, uint64_t b)
{
  if (holds) return;
  fprintf(stderr, "%s (%llu, %llu)\n", what, (unsigned long long)a, (unsigned long long)b);
  exit(1);
}

struct log {
  struct hash *leaves;
  struct hash tiles[TREE_TILE_LEVELS][BIG / TREE_TILE_WIDTH + 1][TREE_TILE_WIDTH];
  struct tree_tail tail;
};

static enum err keep_tile(void *self, unsigned level, uint64_t n,
                          const struct hash hashes[static TREE_TILE_WIDTH])
{
  struct log *log = self;
  memcpy(log->tiles[level][n], hashes, sizeof log->tiles[level][n]);
  return OK;
}

/* As the register will: full tiles from the store, the rest from the tail. */
static enum err read_hashes(void *self, struct hash *ret_hashes, unsigned level, uint64_t n,
                            unsigned offset, unsigned count)
{
  struct log *log = self;
  uint64_t have = tree_tile_hashes(log->tail.size, level);
  must(n * TREE_TILE_WIDTH + offset + count <= have, "asked for what is not there", level, n);
  bool is_full = have / TREE_TILE_WIDTH > n;
  const struct hash *tile = is_full ? log->tiles[level][n] : log->tail.hashes[level];
  memcpy(ret_hashes, tile + offset, count * sizeof *ret_hashes);
  return OK;
}

/* "MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))" */
static struct hash define(const struct hash *leaves, uint64_t size)
{
  struct hash hash;
  if (size == 1) return leaves[0];
  uint64_t split = 1;
  while (split * 2 < size)
    split *= 2;
  struct hash left = define(leaves, split), right = define(leaves + split, size - split);
  tree_node_hash(&hash, &left, &right);
  return hash;
}

static void refuse_changed(const struct tree_proof *proof, const struct hash *leaf, uint64_t index,
                           uint64_t size, const struct hash *root)
{
  struct tree_proof other = *proof;
  for (unsigned i = 0; i < proof->count; i++) {
    other.hashes[i].bytes[i % 32] ^= 1;
    must(tree_verify_inclusion(&other, leaf, index, size, root) != OK, "changed hash", index, size);
    other.hashes[i] = proof->hashes[i];
  }
  other.count = proof->count + 1;
  other.hashes[proof->count] = *root;
  must(tree_verify_inclusion(&other, leaf, index, size, root) != OK, "one too many", index, size);
  if (proof->count == 0) return;
  other.count = proof->count - 1;
  must(tree_verify_inclusion(&other, leaf, index, size, root) != OK, "one too few", index, size);
  must(tree_verify_inclusion(proof, leaf, index ^ 1, size, root) != OK, "its sibling", index, size);
}

static void check_inclusion(struct log *log, const struct tree_reader *reader, uint64_t size,
                            const struct hash *root)
{
  struct tree_proof proof;
  for (uint64_t index = 0; index < size; index++) {
    must(tree_prove_inclusion(&proof, reader, index, size) == OK, "prove inclusion", index, size);
    must(tree_verify_inclusion(&proof, &log->leaves[index], index, size, root) == OK, "inclusion",
         index, size);
    refuse_changed(&proof, &log->leaves[index], index, size, root);
  }
}

static void check_consistency(const struct tree_reader *reader, const struct hash *roots,
                              uint64_t size)
{
  struct tree_proof proof;
  for (uint64_t old = 1; old <= size; old++) {
    must(tree_prove_consistency(&proof, reader, old, size) == OK, "prove consistency", old, size);
    must(tree_verify_consistency(&proof, old, &roots[old], size, &roots[size]) == OK, "consistency",
         old, size);
    must(old == size ||
           tree_verify_consistency(&proof, old, &roots[old - 1], size, &roots[size]) != OK,
         "another old root", old, size);
    for (unsigned i = 0; i < proof.count; i++) {
      proof.hashes[i].bytes[0] ^= 1;
      must(tree_verify_consistency(&proof, old, &roots[old], size, &roots[size]) != OK, "changed",
           old, size);
      proof.hashes[i].bytes[0] ^= 1;
    }
    if (proof.count == 0) continue;
    proof.count--;
    must(tree_verify_consistency(&proof, old, &roots[old], size, &roots[size]) != OK, "too few",
         old, size);
    proof.count++;
    proof.hashes[proof.count++] = roots[old];
    must(tree_verify_consistency(&proof, old, &roots[old], size, &roots[size]) != OK, "too many",
         old, size);
  }
}

static void append(struct log *log, struct tree_edge *edge, uint64_t index)
{
  struct tree_sink sink = {.tile = keep_tile, .self = log};
  tree_leaf_hash(&log->leaves[index], &index, sizeof index);
  must(tree_append(edge, &log->leaves[index]) == OK, "append", index, 0);
  must(tree_tail_append(&log->tail, &log->leaves[index], &sink) == OK, "tail", index, 0);
}

/* Past a tile of the second level: random places only. */
static void check_big(struct log *log, const struct tree_reader *reader,
                      const struct tree_edge *edge)
{
  struct tree_edge again;
  struct tree_proof proof;
  struct hash root, root_again, old_root;
  tree_root(&root, edge);
  must(tree_edge_read(&again, reader, edge->size) == OK, "edge", edge->size, 0);
  tree_root(&root_again, &again);
  must(hash_equal(&root, &root_again), "edge from tiles", edge->size, 0);
  for (uint64_t i = 0; i < 20; i++) {
    uint64_t at = (i * 2654435761U + 65530) % edge->size;
    must(tree_prove_inclusion(&proof, reader, at, edge->size) == OK, "prove", at, edge->size);
    must(tree_verify_inclusion(&proof, &log->leaves[at], at, edge->size, &root) == OK, "big", at,
         0);
    old_root = define(log->leaves, at + 1);
    must(tree_prove_consistency(&proof, reader, at + 1, edge->size) == OK, "prove", at, edge->size);
    must(tree_verify_consistency(&proof, at + 1, &old_root, edge->size, &root) == OK, "big", at, 1);
  }
}

int main(void)
{
  struct log *log = calloc(1, sizeof *log);
  struct tree_reader reader = {.hashes = read_hashes, .self = log};
  struct tree_edge edge = {0};
  struct hash roots[SIZES + 1] = {0};
  if (crypto_ready() != OK) return 1;
  log->leaves = calloc(BIG, sizeof *log->leaves);
  for (uint64_t size = 1; size <= SIZES; size++) {
    append(log, &edge, size - 1);
    tree_root(&roots[size], &edge);
    struct hash defined = define(log->leaves, size);
    must(hash_equal(&roots[size], &defined), "root", size, 0);
    bool is_checked = size <= 33 || (size >= 254 && size <= 258) || size % 75 == 0;
    if (!is_checked) continue;
    check_inclusion(log, &reader, size, &roots[size]);
    check_consistency(&reader, roots, size);
  }
  while (edge.size < BIG)
    append(log, &edge, edge.size);
  check_big(log, &reader, &edge);
  free(log->leaves);
  free(log);
  return 0;
}
