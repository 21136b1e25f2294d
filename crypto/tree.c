/* The growing tree of RFC 6962 section 2.1 (tree.h): hashes, right edge, tail of tiles. Proofs are
 * in tree_proof.c. Must never take a size or an index from a proof. */
#include "crypto/tree.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static void hash_prefixed(struct hash *ret_hash, uint8_t prefix, const void *a, size_t a_n,
                          const void *b, size_t b_n)
{
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, &prefix, 1);
  crypto_hash_sha256_update(&state, a, a_n);
  crypto_hash_sha256_update(&state, b, b_n);
  crypto_hash_sha256_final(&state, ret_hash->bytes);
}

void tree_leaf_hash(struct hash *ret_hash, const void *leaf, size_t n)
{
  hash_prefixed(ret_hash, 0x00, leaf, n, "", 0);
}

void tree_node_hash(struct hash *ret_hash, const struct hash *left, const struct hash *right)
{
  hash_prefixed(ret_hash, 0x01, left->bytes, HASH_BYTES, right->bytes, HASH_BYTES);
}

unsigned tree_edge_count(uint64_t size)
{
  return (unsigned)__builtin_popcountll(size);
}

enum err tree_append(struct tree_edge *edge, const struct hash *leaf_hash)
{
  if (edge->size >= TREE_SIZE_MAX) return ERR_FULL;
  unsigned count = tree_edge_count(edge->size);
  struct hash hash = *leaf_hash;
  /* Each set bit at the end of the old size is a subtree of the same height as ours: join them. */
  for (uint64_t size = edge->size; size & 1; size >>= 1)
    tree_node_hash(&hash, &edge->hashes[--count], &hash);
  edge->hashes[count] = hash;
  edge->size++;
  return OK;
}

void tree_root(struct hash *ret_root, const struct tree_edge *edge)
{
  unsigned count = tree_edge_count(edge->size);
  if (count == 0) {
    hash_sha256(ret_root, "", 0);
    return;
  }
  struct hash root = edge->hashes[--count];
  while (count > 0)
    tree_node_hash(&root, &edge->hashes[--count], &root);
  *ret_root = root;
}

uint64_t tree_tile_hashes(uint64_t size, unsigned level)
{
  return level < 8 ? size >> (8 * level) : 0;
}

void tree_perfect_root(struct hash *ret_root, const struct hash *hashes, unsigned count)
{
  struct hash work[TREE_TILE_WIDTH];
  assert(count > 0 && count <= TREE_TILE_WIDTH && (count & (count - 1)) == 0);
  memcpy(work, hashes, count * sizeof *work);
  for (; count > 1; count /= 2)
    for (unsigned i = 0; i < count / 2; i++)
      tree_node_hash(&work[i], &work[2 * i], &work[2 * i + 1]);
  *ret_root = work[0];
}

enum err tree_tail_append(struct tree_tail *tail, const struct hash *leaf_hash,
                          const struct tree_sink *sink)
{
  if (tail->size >= TREE_SIZE_MAX) return ERR_FULL;
  struct hash hash = *leaf_hash;
  uint64_t index = tail->size++; /* among the hashes of this level */
  for (unsigned level = 0; level < TREE_TILE_LEVELS; level++, index /= TREE_TILE_WIDTH) {
    unsigned at = (unsigned)(index % TREE_TILE_WIDTH);
    tail->hashes[level][at] = hash;
    if (at + 1 < TREE_TILE_WIDTH) break;
    TRY(sink->tile(sink->self, level, index / TREE_TILE_WIDTH, tail->hashes[level]));
    tree_perfect_root(&hash, tail->hashes[level], TREE_TILE_WIDTH);
  }
  return OK;
}
