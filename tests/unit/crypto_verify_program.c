/* cnis-verify as a program, held against the reference tree of RFC 6962's first implementation (its
 * published leaves, roots and proofs). Each row spoils one thing and names the exit code that must
 * follow. */
#include "tests/unit/crypto_verify_bench.h"

static const char *const leaves[8] = {"",
                                      "00",
                                      "10",
                                      "2021",
                                      "3031",
                                      "40414243",
                                      "5051525354555657",
                                      "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[9] = {
  "",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
static const char *const inclusion_5_of_8[] = {
  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
static const char *const consistency_6_to_8[] = {
  "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};

/* ---- proof ---- */

static struct note_proof good_proof(struct bench *bench)
{
  struct note_proof proof = {.index = 5, .proof = {.count = 3}};
  for (int i = 0; i < 3; i++)
    proof.proof.hashes[i] = hash_of(inclusion_5_of_8[i]);
  proof.checkpoint = head_note(bench, 8, hash_of(roots[8]), bench->log);
  proof.extra = STR("QEFCQw=="); /* 40414243 */
  return proof;
}

enum proof_fault {
  NOTHING,
  LEAF,
  INDEX,
  ONE_HASH,
  HASH_MISSING,
  HASH_OVER,
  ROOT,
  SIZE,
  SIGNATURE,
  OTHER_SIGNER,
  NO_LEAF,
  CUT,
  NOT_A_PROOF,
  TRAILING,
  PROOF_FAULTS
};

static int spoilt_proof(struct bench *bench, enum proof_fault fault)
{
  struct note_proof proof = good_proof(bench);
  struct str text = {0};
  int expected = 1;
  switch (fault) {
  case NOTHING:
    expected = 0;
    break;
  case LEAF:
    proof.extra = STR("QEFCRA==");
    break;
  case INDEX:
    proof.index = 4;
    break;
  case ONE_HASH:
    proof.proof.hashes[1].bytes[7] ^= 4;
    break;
  case HASH_MISSING:
    proof.proof.count = 2;
    break;
  case HASH_OVER:
    proof.proof.count = 4;
    break;
  case ROOT:
    proof.checkpoint = head_note(bench, 8, hash_of(roots[7]), bench->log);
    break;
  case SIZE:
    proof.checkpoint = head_note(bench, 5, hash_of(roots[8]), bench->log);
    break;
  case OTHER_SIGNER:
    proof.checkpoint = head_note(bench, 8, hash_of(roots[8]), bench->manifest);
    expected = 3;
    break;
  case NO_LEAF:
    proof.extra = (struct str){0};
    expected = 2;
    break;
  case SIGNATURE:
  case CUT:
  case NOT_A_PROOF:
  case TRAILING:
  case PROOF_FAULTS:
    break;
  }
  text = proof_text(bench, &proof);
  char *bytes = arena_take(bench->arena, text.len + 2);
  memcpy(bytes, text.ptr, text.len);
  if (fault == SIGNATURE) {
    bytes[text.len - 10] = bytes[text.len - 10] == 'A' ? 'B' : 'A';
    expected = 3;
  }
  if (fault == CUT) text.len -= 1;
  if (fault == NOT_A_PROOF) bytes[0] ^= 1;
  if (fault == TRAILING) bytes[text.len++] = '\n';
  if (fault == CUT || fault == NOT_A_PROOF || fault == TRAILING) expected = 2;
  save(bench, "proof", (struct str){bytes, text.len});
  return expected;
}

Test(verify_program, holds_the_reference_proof_and_names_what_is_wrong_with_others)
{
  struct bench bench = set_up();
  for (enum proof_fault fault = NOTHING; fault < PROOF_FAULTS; fault++) {
    int expected = spoilt_proof(&bench, fault);
    cr_expect_eq(verify(&bench, "proof --key key proof"), expected, "fault %d", (int)fault);
    cr_expect_eq(verify(&bench, "proof --key key --json - <proof"), expected, "fault %d, piped",
                 (int)fault);
  }
  tear_down(&bench);
}

Test(verify_program, takes_the_leaf_apart_and_tells_a_head_that_is_too_small)
{
  struct bench bench = set_up();
  struct note_proof proof = good_proof(&bench);
  proof.extra = (struct str){0};
  save(&bench, "proof", proof_text(&bench, &proof));
  save(&bench, "leaf", STR("@ABC"));
  cr_expect_eq(verify(&bench, "proof --key key --leaf leaf proof"), 0);
  cr_expect_eq(verify(&bench, "proof --key key --leaf leaf --at-least 8 proof"), 0);
  cr_expect_eq(verify(&bench, "proof --key key --leaf leaf --at-least 9 proof"), 4);
  cr_expect_eq(verify(&bench, "proof --key key --leaf leaf nothing"), 66);
  cr_expect_eq(verify(&bench, "proof --leaf leaf proof"), 64);
  save(&bench, "policy", STR("log x\nquorum 2\n"));
  cr_expect_eq(verify(&bench, "proof --key policy --leaf leaf proof"), 2);
  tear_down(&bench);
}

/* ---- consistency ---- */

static struct str hashes_text(struct bench *bench, const char *const *hashes, int count, int spoil)
{
  char text[4096];
  size_t n = 0;
  for (int i = 0; i < count; i++) {
    struct hash hash = hash_of(hashes[i]);
    if (i == spoil) hash.bytes[0] ^= 1;
    base64_put(text + n, hash.bytes, HASH_BYTES);
    n += TEXT_BASE64(HASH_BYTES);
    text[n++] = '\n';
  }
  return copy(bench, text, n);
}

static struct str request_text(struct bench *bench, const char *old, int spoil)
{
  char text[8192];
  struct str hashes = hashes_text(bench, consistency_6_to_8, 3, spoil);
  struct str head = head_note(bench, 8, hash_of(roots[8]), bench->log);
  int n = snprintf(text, sizeof(text), "old %s\n%.*s\n%.*s", old, (int)hashes.len, hashes.ptr,
                   (int)head.len, head.ptr);
  return copy(bench, text, (size_t)n);
}

Test(verify_program, joins_heads_of_the_reference_tree_and_refuses_all_else)
{
  struct bench bench = set_up();
  save(&bench, "h6", head_note(&bench, 6, hash_of(roots[6]), bench.log));
  save(&bench, "h7", head_note(&bench, 7, hash_of(roots[7]), bench.log));
  save(&bench, "h8", head_note(&bench, 8, hash_of(roots[8]), bench.log));
  save(&bench, "fork", head_note(&bench, 8, hash_of(roots[7]), bench.log));
  save(&bench, "stranger", head_note(&bench, 8, hash_of(roots[8]), bench.manifest));
  save(&bench, "hashes", hashes_text(&bench, consistency_6_to_8, 3, -1));
  save(&bench, "bad", hashes_text(&bench, consistency_6_to_8, 3, 1));
  save(&bench, "short", hashes_text(&bench, consistency_6_to_8, 2, -1));
  save(&bench, "request", request_text(&bench, "6", -1));
  save(&bench, "request-bad", request_text(&bench, "6", 0));
  save(&bench, "request-7", request_text(&bench, "7", -1));
  save(&bench, "request-zero", request_text(&bench, "06", -1));
  static const struct {
    const char *inputs;
    int expected;
  } rows[] = {
    {"h6 h8 hashes", 0},
    {"hashes h8 h6", 0},
    {"h6 request", 0},
    {"h6 h8 request", 0},
    {"h8", 0},
    {"h6 h8", 1},
    {"h6 h8 bad", 1},
    {"h6 h8 short", 1},
    {"h6 request-bad", 1},
    {"request", 1},
    {"h7 request-7", 1},
    {"h6 h7 request", 1},
    {"h6 h7 h8 hashes", 2},
    {"h6 request-zero", 2},
    {"key", 2},
    {"hashes", 2},
    {"h8 fork", 5},
    {"h6 fork hashes h8", 5},
    {"h6 stranger hashes", 3},
    {"--at-least 9 h8", 4},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    char arguments[128];
    snprintf(arguments, sizeof(arguments), "consistency --key key %s", rows[i].inputs);
    cr_expect_eq(verify(&bench, arguments), rows[i].expected, "%s", rows[i].inputs);
  }
  tear_down(&bench);
}

Test(verify_program, builds_on_a_tree_whose_roots_are_the_published_ones)
{
  struct tree_edge edge = {0};
  for (unsigned i = 0; i < 8; i++) {
    uint8_t bytes[16];
    size_t n = strlen(leaves[i]) / 2;
    struct hash leaf, root, expected = hash_of(roots[i + 1]);
    cr_assert(hex_read(bytes, n, str_from(leaves[i])));
    tree_leaf_hash(&leaf, bytes, n);
    cr_assert_eq(tree_append(&edge, &leaf), OK);
    tree_root(&root, &edge);
    cr_expect(hash_equal(&root, &expected), "size %u", i + 1);
  }
}
