/* cnis-verify and disclosure packages: one that is whole, and each thing that can be wrong with it.
 */
#include "tests/unit/crypto_verify_bench.h"

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
static struct package package_announcing(struct bench *bench, struct package_manifest *manifest,
                                         const struct note_key *announced)
{
  struct package package = {
    .content =
      STR("{\"purposes\":[\"audit\",\"research\"],\"basis\":\"statutory_duty\","
          "\"recipient\":{\"id\":\"00\",\"name\":\"A \\\"B\\\"\",\"role\":\"court\"},"
          "\"rules\":[\"G-01\"],\"child_name\":[\"Mair\",\"\\u00e9\"],"
          "\"obligations\":[{\"obligation\":\"receipt_required\",\"what\":{\"cy\":\"x\"}}]}")};
  char vkey[NOTE_VKEY_MAX], announces[256], body[PACKAGE_MANIFEST_MAX], note[NOTE_MAX];
  size_t n = note_vkey_write(vkey, announced);
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

static struct package good_package(struct bench *bench, struct package_manifest *manifest)
{
  return package_announcing(bench, manifest, &bench->manifest_key);
}

/* The log announced this key, but for another use. */
static struct package other_name_package(struct bench *bench, struct package_manifest *manifest)
{
  struct note_key announced;
  struct verify_key key = signer_public(bench->manifest);
  cr_assert_eq(note_key_make(&announced, STR(ORIGIN "/other"), &key), OK);
  return package_announcing(bench, manifest, &announced);
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
  KEY_OF_ANOTHER_NAME,
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
  case KEY_OF_ANOTHER_NAME:
    package = other_name_package(bench, &manifest);
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
    expected = 6;
    break;
  case PACKAGE_FAULTS:
    break;
  }
  cr_assert_eq(package_write(bench->arena, &text, &package), OK);
  save(bench, "package", text);
  return expected;
}

static bool said(const struct bench *bench, const char *line)
{
  char command[256];

  snprintf(command, sizeof command, "grep -qxF '%s' %s/said", line, bench->dir);
  return system(command) == 0;
}

Test(verify_program, says_the_terms_of_a_package_and_no_value)
{
  struct bench bench = set_up();

  (void)spoilt_package(&bench, WHOLE);
  cr_expect_eq(verify(&bench, "proof --lang en --key key --package package"), 0);
  cr_expect(said(&bench, "  purpose: audit, research"));
  cr_expect(said(&bench, "  basis: statutory_duty"));
  cr_expect(said(&bench, "  recipient: A \\\"B\\\", court"));
  cr_expect(said(&bench, "  rules: G-01"));
  cr_expect(said(&bench, "  obligations: receipt_required"));
  cr_expect_eq(verify(&bench, "proof --json --key key --package package | grep -c Mair"), 1);
  tear_down(&bench);
}

Test(verify_program, holds_a_whole_package_and_names_what_is_wrong_with_others)
{
  struct bench bench = set_up();
  for (enum package_fault fault = WHOLE; fault < PACKAGE_FAULTS; fault++) {
    int expected = spoilt_package(&bench, fault);
    cr_expect_eq(verify(&bench, "proof --key key --package package"), expected, "fault %d",
                 (int)fault);
  }
  cr_expect_eq(spoilt_package(&bench, EXPIRED), 6);
  cr_expect_eq(verify(&bench, "proof --key key --on 1970-01-01 --package package"), 0);
  cr_expect_eq(verify(&bench, "proof --key key --on 1970-01-02 --package package"), 6);
  cr_expect_eq(verify(&bench, "proof --key key --on tomorrow --package package"), 64);
  save(&bench, "package", STR("{\"manifest\":\"x\"}"));
  cr_expect_eq(verify(&bench, "proof --key key --package <package"), 2);
  tear_down(&bench);
}
