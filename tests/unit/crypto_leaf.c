/* The audit leaf: fixed bytes, four commitments, nothing else. */
#include "crypto/leaf.h"
#include "tests/unit/crypto_support.h"

static void known_leaf(uint8_t ret_leaf[static LEAF_BYTES], struct hash ret[static LEAF_VIEWS])
{
  static const char *const payloads[LEAF_VIEWS] = {"{\"act\":1}", "{}", "", "{\"t\":2}"};
  for (int i = 0; i < LEAF_VIEWS; i++) {
    uint8_t salt[LEAF_SALT_BYTES];
    count_from(salt, (uint8_t)(0x20 * i), sizeof salt);
    leaf_commit(&ret[i], (enum leaf_view)i, salt, payloads[i], strlen(payloads[i]));
  }
  leaf_write(ret_leaf, ret);
}

/* Computed from the written format with another implementation of SHA-256. */
Test(leaf, is_the_known_vector)
{
  uint8_t leaf[LEAF_BYTES];
  struct hash commitments[LEAF_VIEWS], hash;
  known_leaf(leaf, commitments);
  cr_assert_arr_eq(leaf, "cnis-audit-leaf/v1\n\x04", 20);
  assert_hex(commitments[LEAF_CORE].bytes, 32,
             "ea3c4bb78f2accb11933ecbf44c6ceb6ab4c246b4d6bcf7132521f174081d1c2");
  hash_sha256(&hash, leaf, sizeof leaf);
  assert_hex(&hash, 32, "ff31aa1c5e85a21cccaf61340e53638d4d3f27c8ed3079778161959c62f533fe");
}

Test(leaf, comes_back_and_refuses_other_bytes)
{
  uint8_t leaf[LEAF_BYTES + 1];
  struct hash commitments[LEAF_VIEWS], back[LEAF_VIEWS];
  known_leaf(leaf, commitments);
  cr_assert_eq(leaf_parse(back, leaf, LEAF_BYTES), OK);
  cr_assert_arr_eq(back, commitments, sizeof back);
  cr_assert_eq(leaf_parse(back, leaf, LEAF_BYTES - 1), ERR_CORRUPT);
  cr_assert_eq(leaf_parse(back, leaf, LEAF_BYTES + 1), ERR_CORRUPT);
  for (size_t i = 0; i < 20; i++) {
    leaf[i] ^= 1;
    cr_assert_eq(leaf_parse(back, leaf, LEAF_BYTES), ERR_CORRUPT, "byte %zu", i);
    leaf[i] ^= 1;
  }
}

Test(leaf, commitment_depends_on_view_salt_and_payload)
{
  uint8_t salt[LEAF_SALT_BYTES] = {0}, other[LEAF_SALT_BYTES] = {1};
  struct hash hashes[4];
  leaf_commit(&hashes[0], LEAF_CORE, salt, "x", 1);
  leaf_commit(&hashes[1], LEAF_WHO, salt, "x", 1);
  leaf_commit(&hashes[2], LEAF_CORE, other, "x", 1);
  leaf_commit(&hashes[3], LEAF_CORE, salt, "y", 1);
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < i; j++)
      cr_assert(!hash_equal(&hashes[i], &hashes[j]));
}
