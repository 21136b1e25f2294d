/* cnis-verify as a program, held against the reference tree of RFC 6962's first implementation (its
 * published leaves, roots and proofs), and against packages. Each row spoils one thing and names
 * the exit code that must follow. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/package.h"
#include "crypto/text.h"

#define ORIGIN "cnis.example/audit/1"

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

struct bench {
  char dir[64];
  struct signer *log, *manifest;
  struct note_key log_key, manifest_key;
  struct arena *arena;
  struct outside outside;
};

static struct hash hash_of(const char *hex)
{
  struct hash hash;
  cr_assert(hex_read(hash.bytes, HASH_BYTES, str_from(hex)));
  return hash;
}

static struct str copy(struct bench *bench, const char *text, size_t n)
{
  char *to = arena_take(bench->arena, n + 1);
  memcpy(to, text, n);
  return (struct str){to, n};
}

static void save(struct bench *bench, const char *name, struct str text)
{
  char path[128];
  snprintf(path, sizeof(path), "%s/%s", bench->dir, name);
  FILE *file = fopen(path, "w");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(text.ptr, 1, text.len, file), text.len);
  fclose(file);
}

static int verify(struct bench *bench, const char *arguments)
{
  char command[512];
  const char *bin = getenv("BIN_DIR");
  snprintf(command, sizeof(command), "cd %s && %s/cnis-verify %s >said 2>&1", bench->dir,
           bin == NULL ? "./bin" : bin, arguments);
  return WEXITSTATUS(system(command));
}

static struct signer *new_signer(struct bench *bench)
{
  struct key seed;
  struct signer *signer = NULL;
  key_random(&seed, &bench->outside);
  cr_assert_eq(signer_new(&signer, &seed), OK);
  return signer;
}

static struct bench set_up(void)
{
  struct bench bench = {.dir = "/tmp/cnis-verify-XXXXXX", .outside = outside_real()};
  char vkey[NOTE_VKEY_MAX];
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_not_null(mkdtemp(bench.dir));
  cr_assert_eq(arena_new(&bench.arena, 1 << 22), OK);
  bench.log = new_signer(&bench);
  bench.manifest = new_signer(&bench);
  struct verify_key key = signer_public(bench.log);
  cr_assert_eq(note_key_make(&bench.log_key, STR(ORIGIN), &key), OK);
  key = signer_public(bench.manifest);
  cr_assert_eq(package_key(&bench.manifest_key, STR(ORIGIN), &key), OK);
  size_t n = note_vkey_write(vkey, &bench.log_key);
  save(&bench, "key", (struct str){vkey, n});
  return bench;
}

static void tear_down(struct bench *bench)
{
  char command[128];
  snprintf(command, sizeof(command), "rm -r %s", bench->dir);
  cr_assert_eq(system(command), 0);
  signer_free(&bench->log);
  signer_free(&bench->manifest);
  arena_free(&bench->arena);
}

static struct str head_note(struct bench *bench, uint64_t size, struct hash root,
                            const struct signer *signer)
{
  struct checkpoint head = {.origin = STR(ORIGIN), .size = size, .root = root};
  char body[NOTE_BODY_MAX], note[NOTE_MAX];
  size_t body_n = 0, n = 0;
  cr_assert_eq(checkpoint_write(body, &body_n, &head), OK);
  cr_assert_eq(note_sign(note, &n, (struct str){body, body_n}, &bench->log_key, signer), OK);
  return copy(bench, note, n);
}

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

static struct str proof_text(struct bench *bench, const struct note_proof *proof)
{
  char text[NOTE_PROOF_MAX];
  size_t n = 0;
  cr_assert_eq(note_proof_write(text, sizeof(text), &n, proof), OK);
  return copy(bench, text, n);
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

/* ---- packages ---- */

static void open_view(struct package_view *view, const char *payload)
{
  view->is_open = true;
  view->payload = str_from(payload);
}

static void entry_hash(struct hash *ret_hash, const struct package_entry *entry)
{
  struct hash commitments[LEAF_VIEWS];
  uint8_t leaf[LEAF_BYTES];
  for (enum leaf_view view = LEAF_CORE; view < LEAF_VIEWS; view++) {
    const struct package_view *from = &entry->views[view];
    commitments[view] = from->commitment;
    if (from->is_open)
      leaf_commit(&commitments[view], view, from->salt, from->payload.ptr, from->payload.len);
  }
  leaf_write(leaf, commitments);
  tree_leaf_hash(ret_hash, leaf, sizeof(leaf));
}

/* Entry 0 announces the key, entry 1 is the decision. */
static struct package good_package(struct bench *bench, struct package_manifest *manifest)
{
  struct package package = {.content = STR("{\"child_name\":[\"Mair\",\"\\u00e9\"]}")};
  char vkey[NOTE_VKEY_MAX], announces[256], body[PACKAGE_MANIFEST_MAX], note[NOTE_MAX];
  size_t n = note_vkey_write(vkey, &bench->manifest_key);
  snprintf(announces, sizeof(announces), "{\"manifest_key\":\"%.*s\"}", (int)n, vkey);
  open_view(&package.key.views[LEAF_CORE], copy(bench, announces, strlen(announces) + 1).ptr);
  open_view(&package.decision.views[LEAF_CORE], "{\"act\":\"disclosure\"}");
  open_view(&package.decision.views[LEAF_WHAT], "{\"released\":\"AAAA\"}");
  struct hash leaf[2], root;
  entry_hash(&leaf[0], &package.key);
  entry_hash(&leaf[1], &package.decision);
  tree_node_hash(&root, &leaf[0], &leaf[1]);
  struct note_proof proof = {.proof = {.count = 1},
                             .checkpoint = head_note(bench, 2, root, bench->log)};
  proof.proof.hashes[0] = leaf[1];
  package.key.proof = proof_text(bench, &proof);
  proof.index = 1;
  proof.proof.hashes[0] = leaf[0];
  package.decision.proof = proof_text(bench, &proof);
  hash_sha256(&manifest->content, package.content.ptr, package.content.len);
  manifest->origin = STR(ORIGIN);
  manifest->entry = 1;
  manifest->expiry.us = bench->outside.now(bench->outside.self).us / 1000000 * 1000000 + 3600000000;
  cr_assert_eq(package_manifest_write(body, &n, manifest), OK);
  size_t note_n = 0;
  cr_assert_eq(
    note_sign(note, &note_n, (struct str){body, n}, &bench->manifest_key, bench->manifest), OK);
  package.manifest = copy(bench, note, note_n);
  return package;
}

static void sign_again(struct bench *bench, struct package *package,
                       const struct package_manifest *manifest, const struct signer *signer)
{
  char body[PACKAGE_MANIFEST_MAX], note[NOTE_MAX];
  size_t n = 0, note_n = 0;
  cr_assert_eq(package_manifest_write(body, &n, manifest), OK);
  cr_assert_eq(note_sign(note, &note_n, (struct str){body, n}, &bench->manifest_key, signer), OK);
  package->manifest = copy(bench, note, note_n);
}

enum package_fault {
  WHOLE,
  CONTENT,
  DECISION_VIEW,
  DECISION_SALT,
  DECISION_CLOSED,
  KEY_VIEW,
  KEY_NOT_ANNOUNCED,
  SWAPPED_PROOFS,
  OTHER_ENTRY,
  OTHER_ORIGIN,
  OTHER_HAND,
  EXPIRED,
  PACKAGE_FAULTS
};

static int spoilt_package(struct bench *bench, enum package_fault fault)
{
  struct package_manifest manifest = {0};
  struct package package = good_package(bench, &manifest);
  struct str swap = package.key.proof, text = {0};
  int expected = 1;
  switch (fault) {
  case WHOLE:
    expected = 0;
    break;
  case CONTENT:
    package.content = STR("{\"child_name\":[\"Mair\",\"\\u00ea\"]}");
    break;
  case DECISION_VIEW:
    open_view(&package.decision.views[LEAF_WHAT], "{\"released\":\"AAAB\"}");
    break;
  case DECISION_SALT:
    package.decision.views[LEAF_CORE].salt[31] = 1;
    break;
  case DECISION_CLOSED:
    package.decision.views[LEAF_OPS].commitment.bytes[0] = 1;
    break;
  case KEY_VIEW:
    open_view(&package.key.views[LEAF_CORE], "{\"manifest_key\":\"x\"}");
    break;
  case KEY_NOT_ANNOUNCED:
    package.key = package.decision;
    expected = 3;
    break;
  case SWAPPED_PROOFS:
    package.key.proof = package.decision.proof;
    package.decision.proof = swap;
    break;
  case OTHER_ENTRY:
    manifest.entry = 0;
    sign_again(bench, &package, &manifest, bench->manifest);
    break;
  case OTHER_ORIGIN:
    manifest.origin = STR("other.example/audit/1");
    sign_again(bench, &package, &manifest, bench->manifest);
    expected = 3;
    break;
  case OTHER_HAND:
    sign_again(bench, &package, &manifest, bench->log);
    expected = 3;
    break;
  case EXPIRED:
    manifest.expiry.us = 1000000;
    sign_again(bench, &package, &manifest, bench->manifest);
    expected = 4;
    break;
  case PACKAGE_FAULTS:
    break;
  }
  cr_assert_eq(package_write(bench->arena, &text, &package), OK);
  save(bench, "package", text);
  return expected;
}

Test(verify_program, holds_a_whole_package_and_names_what_is_wrong_with_others)
{
  struct bench bench = set_up();
  for (enum package_fault fault = WHOLE; fault < PACKAGE_FAULTS; fault++) {
    int expected = spoilt_package(&bench, fault);
    cr_expect_eq(verify(&bench, "proof --key key --package package"), expected, "fault %d",
                 (int)fault);
  }
  save(&bench, "package", STR("{\"manifest\":\"x\"}"));
  cr_expect_eq(verify(&bench, "proof --key key --package <package"), 2);
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
