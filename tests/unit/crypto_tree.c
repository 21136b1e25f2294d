/* The tree against the shared vectors of RFC 6962 implementations; laws over all sizes are in
 * tests/property/crypto_tree.c. */
#include "crypto/tree.h"
#include "tests/unit/crypto_support.h"

/* The eight leaves and their roots, as certificate-transparency and its successors test them. */
static const char *const leaves[] = {"",
                                     "00",
                                     "10",
                                     "2021",
                                     "3031",
                                     "40414243",
                                     "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[] = {
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void leaf_hash_of(struct hash *ret_hash, size_t i)
{
  uint8_t leaf[16];
  size_t n = strlen(leaves[i]) / 2;
  unhex(leaf, n, leaves[i]);
  tree_leaf_hash(ret_hash, leaf, n);
}

/* Eight leaf hashes as the one, part full, tile of the tree. */
static enum err read_eight(void *self, struct hash *ret_hashes, unsigned level, uint64_t n,
                           unsigned offset, unsigned count)
{
  (void)self;
  cr_assert(level == 0 && n == 0 && offset + count <= 8, "%u/%lu %u %u", level, (unsigned long)n,
            offset, count);
  for (unsigned i = 0; i < count; i++)
    leaf_hash_of(&ret_hashes[i], offset + i);
  return OK;
}

static const struct tree_reader eight = {.hashes = read_eight};

Test(tree, has_the_known_root_at_every_size)
{
  struct tree_edge edge = {0}, from_tiles;
  struct hash root, leaf;
  for (size_t size = 0; size <= 8; size++) {
    tree_root(&root, &edge);
    assert_hex(&root, 32, roots[size]);
    cr_assert_eq(tree_edge_read(&from_tiles, &eight, size), OK);
    tree_root(&root, &from_tiles);
    assert_hex(&root, 32, roots[size]);
    if (size == 8) break;
    leaf_hash_of(&leaf, size);
    cr_assert_eq(tree_append(&edge, &leaf), OK);
    cr_assert_eq(edge.size, size + 1);
  }
}

Test(tree, proves_inclusion_with_the_known_path)
{
  /* leaf 5 of 8: siblings from below */
  static const char *const path[] = {
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
  struct tree_proof proof;
  struct hash leaf, root;
  cr_assert_eq(tree_prove_inclusion(&proof, &eight, 5, 8), OK);
  cr_assert_eq(proof.count, 2 + 1);
  leaf_hash_of(&leaf, 4);
  assert_hex(&leaf, 32, path[0]);
  for (unsigned i = 0; i < proof.count; i++)
    assert_hex(&proof.hashes[i], 32, path[i]);
  leaf_hash_of(&leaf, 5);
  unhex(&root, 32, roots[8]);
  cr_assert_eq(tree_verify_inclusion(&proof, &leaf, 5, 8, &root), OK);
}

Test(tree, takes_no_node_for_a_leaf)
{
  struct hash a, b, node, as_leaf;
  uint8_t both[64];
  leaf_hash_of(&a, 0);
  leaf_hash_of(&b, 1);
  tree_node_hash(&node, &a, &b);
  memcpy(both, a.bytes, 32);
  memcpy(both + 32, b.bytes, 32);
  tree_leaf_hash(&as_leaf, both, sizeof both);
  cr_assert(!hash_equal(&node, &as_leaf));
}

Test(tree, refuses_to_prove_what_cannot_be)
{
  struct tree_proof proof;
  cr_assert_eq(tree_prove_inclusion(&proof, &eight, 8, 8), ERR_INPUT);
  cr_assert_eq(tree_prove_inclusion(&proof, &eight, 0, 0), ERR_INPUT);
  cr_assert_eq(tree_prove_inclusion(&proof, &eight, 0, TREE_SIZE_MAX + 1), ERR_INPUT);
  cr_assert_eq(tree_prove_consistency(&proof, &eight, 0, 8), ERR_INPUT);
  cr_assert_eq(tree_prove_consistency(&proof, &eight, 8, 7), ERR_INPUT);
}

Test(tree, verification_is_strict)
{
  struct tree_proof proof, empty = {0}, crowded = {.count = TREE_PROOF_MAX + 1};
  struct hash leaf, root, old_root;
  unhex(&root, 32, roots[8]);
  unhex(&old_root, 32, roots[5]);
  leaf_hash_of(&leaf, 5);
  cr_assert_eq(tree_prove_inclusion(&proof, &eight, 5, 8), OK);
  cr_assert_eq(tree_verify_inclusion(&proof, &leaf, 8, 8, &root), ERR_CORRUPT, "index = size");
  cr_assert_eq(tree_verify_inclusion(&proof, &leaf, 13, 8, &root), ERR_CORRUPT, "index beyond");
  cr_assert_eq(tree_verify_inclusion(&proof, &leaf, 5, 16, &root), ERR_CORRUPT, "another size");
  cr_assert_eq(tree_verify_inclusion(&crowded, &leaf, 5, 8, &root), ERR_CORRUPT, "count too large");
  cr_assert_eq(tree_verify_inclusion(&empty, &root, 0, 1, &root), OK, "a tree of one leaf");

  cr_assert_eq(tree_prove_consistency(&proof, &eight, 5, 8), OK);
  cr_assert_eq(tree_verify_consistency(&proof, 5, &old_root, 8, &root), OK);
  cr_assert_eq(tree_verify_consistency(&proof, 5, &old_root, 8, &old_root), ERR_CORRUPT);
  cr_assert_eq(tree_verify_consistency(&proof, 5, &root, 8, &root), ERR_CORRUPT);
  cr_assert_eq(tree_verify_consistency(&proof, 8, &root, 8, &root), ERR_CORRUPT,
               "equal sizes, a proof");
  cr_assert_eq(tree_verify_consistency(&empty, 8, &root, 8, &root), OK);
  cr_assert_eq(tree_verify_consistency(&empty, 8, &old_root, 8, &root), ERR_CORRUPT,
               "equal sizes, other roots");
  cr_assert_eq(tree_verify_consistency(&empty, 0, &root, 8, &root), ERR_CORRUPT, "old size 0");
  cr_assert_eq(tree_verify_consistency(&empty, 4, &root, 8, &root), ERR_CORRUPT, "no proof");
  cr_assert_eq(tree_verify_consistency(&proof, 8, &root, 5, &old_root), ERR_CORRUPT, "backwards");
}

static enum err count_tile(void *self, unsigned level, uint64_t n,
                           const struct hash hashes[static TREE_TILE_WIDTH])
{
  unsigned *seen = self;
  cr_assert_eq(n, seen[level], "in order, once each");
  cr_assert_not_null(hashes);
  seen[level]++;
  return OK;
}

Test(tree, hands_over_each_tile_once_when_it_is_full)
{
  unsigned seen[TREE_TILE_LEVELS] = {0};
  struct tree_sink sink = {.tile = count_tile, .self = seen};
  struct tree_tail *tail = calloc(1, sizeof *tail);
  struct hash hash = {{0}};
  for (unsigned size = 1; size <= 66000; size++) {
    cr_assert_eq(tree_tail_append(tail, &hash, &sink), OK);
    if (size == 255) cr_assert_eq(seen[0], 0);
    if (size == 256) cr_assert_eq(seen[0], 1);
    if (size == 65535) cr_assert_eq(seen[1], 0);
  }
  cr_assert_eq(seen[0], 66000 / 256);
  cr_assert_eq(seen[1], 1);
  cr_assert_eq(tree_tile_hashes(66000, 0), 66000);
  cr_assert_eq(tree_tile_hashes(66000, 1), 257);
  cr_assert_eq(tree_tile_hashes(66000, 2), 1);
  free(tail);
}

Test(tree, stops_at_its_largest_size)
{
  struct tree_edge edge = {.size = TREE_SIZE_MAX};
  struct hash leaf = {{0}};
  cr_assert_eq(tree_append(&edge, &leaf), ERR_FULL);
}
