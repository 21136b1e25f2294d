/* Any bytes as a proof: it holds for a tree of up to 256 leaves exactly when it is the proof that
 * the tree itself gives. The first byte is the size, the second the older size or the index, the
 * third says which kind; hashes follow. A byte less than a hash stands for the true hash with that
 * number, so that a proof can come near. */
#include <stdlib.h>
#include <string.h>

#include "crypto/tree.h"

enum { LEAVES = 256 };

static void must(bool holds)
{
  if (!holds) abort();
}

static enum err read_hashes(void *self, struct hash *ret_hashes, unsigned level, uint64_t n,
                            unsigned offset, unsigned count)
{
  const struct hash *leaves = self;

  must(level == 0 && n == 0 && offset + count <= LEAVES);
  memcpy(ret_hashes, leaves + offset, count * sizeof *leaves);
  return OK;
}

static void root_of(struct hash *ret_root, const struct hash *leaves, uint64_t size)
{
  struct tree_edge edge = {0};

  for (uint64_t i = 0; i < size; i++)
    must(tree_append(&edge, &leaves[i]) == OK);
  tree_root(ret_root, &edge);
}

/* The proof that the bytes make: whole hashes, or of the true one what is left. */
static void read_proof(struct tree_proof *proof, const struct tree_proof *is, const uint8_t *data,
                       size_t size)
{
  proof->count = 0;
  while (size > 0 && proof->count < TREE_PROOF_MAX) {
    struct hash *to = &proof->hashes[proof->count++];
    if (data[0] < is->count) {
      *to = is->hashes[data[0]];
      data++, size--;
      continue;
    }
    size_t n = size < sizeof *to ? size : sizeof *to;
    memset(to, 0, sizeof *to);
    memcpy(to, data, n);
    data += n;
    size -= n;
  }
}

static bool same(const struct tree_proof *a, const struct tree_proof *b)
{
  return a->count == b->count && memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct hash leaves[LEAVES];
  struct tree_reader reader = {read_hashes, leaves};
  struct tree_proof is = {0}, said = {0};
  struct hash root, old_root;

  must(crypto_ready() == OK);
  if (size < 3) return 0;
  for (unsigned i = 0; i < LEAVES; i++)
    tree_leaf_hash(&leaves[i], &i, 1);
  uint64_t whole = data[0] + (uint64_t)1, part = data[1];
  root_of(&root, leaves, whole);
  if (data[2] % 2 == 0) {
    enum err made = tree_prove_inclusion(&is, &reader, part, whole);
    must((made == OK) == (part < whole));
    read_proof(&said, &is, data + 3, size - 3);
    enum err err = tree_verify_inclusion(&said, &leaves[part], part, whole, &root);
    must((err == OK) == (made == OK && same(&is, &said)));
    return 0;
  }
  enum err made = tree_prove_consistency(&is, &reader, part, whole);
  must((made == OK) == (part > 0 && part <= whole));
  root_of(&old_root, leaves, part <= whole ? part : whole);
  read_proof(&said, &is, data + 3, size - 3);
  enum err err = tree_verify_consistency(&said, part, &old_root, whole, &root);
  must((err == OK) == (made == OK && same(&is, &said)));
  return 0;
}
