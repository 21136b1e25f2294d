/* Signed notes, checkpoints, proofs and tile paths: notes that other programs wrote are read, and
 * every text that another reader could take otherwise is refused. */
#include "crypto/note.h"
#include "tests/unit/crypto_support.h"

TestSuite(note, .init = assert_ready);

/* The example of golang.org/x/mod/sumdb/note. */
static const char go_vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char go_note[] =
  "If you think cryptography is the answer to your problem,\n"
  "then you don't know what your problem is.\n"
  "\n"
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
  "KvqfqdngotpRZb6KE6RyyBwJnAM=\n";

Test(note, opens_one_that_another_program_signed)
{
  struct note_key key;
  struct str body;
  uint64_t signed_by = 0;
  cr_assert_eq(note_vkey_parse(&key, str_from(go_vkey)), OK);
  cr_assert_eq(note_open(&body, &signed_by, str_from(go_note), &key, 1), OK);
  cr_assert_eq(signed_by, 1);
  cr_assert_eq(body.len, strlen("If you think cryptography is the answer to your problem,\n"
                                "then you don't know what your problem is.\n"));
}

Test(note, writes_and_reads_the_key_of_the_go_checksum_database)
{
  static const char vkey[] = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  struct note_key key;
  char text[NOTE_VKEY_MAX];
  cr_assert_eq(note_vkey_parse(&key, str_from(vkey)), OK);
  size_t n = note_vkey_write(text, &key);
  cr_assert(str_equal(bytes_str(text, n), str_from(vkey)));
}

Test(note, refuses_a_key_text_that_is_not_the_one_spelling)
{
  static const char *const bad[] = {
    "",
    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+AhpcWQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=",
    "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"};
  struct note_key key;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_eq(note_vkey_parse(&key, str_from(bad[i])), ERR_INPUT, "%s", bad[i]);
}

static const char origin[] = "cnis.council.example/audit/1";

struct log_key {
  struct signer *signer;
  struct note_key key;
};

static struct log_key log_key_from(uint8_t first, const char *name)
{
  struct log_key made = {0};
  struct key seed = key_from(first);
  cr_assert_eq(signer_new(&made.signer, &seed), OK);
  struct verify_key public = signer_public(made.signer);
  cr_assert_eq(note_key_make(&made.key, str_from(name), &public), OK);
  return made;
}

static struct checkpoint known_checkpoint(void)
{
  struct checkpoint checkpoint = {.origin = str_from(origin), .size = 8};
  unhex(&checkpoint.root, 32, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  return checkpoint;
}

static size_t known_note(char note[static NOTE_MAX], const struct log_key *log)
{
  struct checkpoint checkpoint = known_checkpoint();
  char body[NOTE_BODY_MAX];
  size_t n = 0, note_n = 0;
  cr_assert_eq(checkpoint_write(body, &n, &checkpoint), OK);
  cr_assert_eq(note_sign(note, &note_n, bytes_str(body, n), &log->key, log->signer), OK);
  return note_n;
}

Test(note, checkpoint_comes_back)
{
  struct log_key log = log_key_from(1, origin);
  struct checkpoint checkpoint;
  char note[NOTE_MAX];
  size_t n = known_note(note, &log);
  static const char head[] =
    "cnis.council.example/audit/1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n— ";
  cr_assert_eq(strncmp(note, head, strlen(head)), 0);
  cr_assert_eq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), OK);
  cr_assert_eq(checkpoint.size, 8);
  cr_assert(str_is(checkpoint.origin, origin));
  signer_free(&log.signer);
}

Test(note, refuses_every_changed_byte)
{
  struct log_key log = log_key_from(1, origin);
  struct checkpoint checkpoint;
  char note[NOTE_MAX];
  size_t n = known_note(note, &log);
  for (size_t i = 0; i < n; i++) {
    for (int bit = 0; bit < 8; bit++) {
      note[i] ^= (char)(1 << bit);
      cr_assert_neq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), OK, "byte %zu",
                    i);
      note[i] ^= (char)(1 << bit);
    }
    cr_assert_neq(note_open_checkpoint(&checkpoint, bytes_str(note, i), &log.key), OK, "cut at %zu",
                  i);
  }
  signer_free(&log.signer);
}

Test(note, ignores_lines_of_unknown_keys)
{
  struct log_key log = log_key_from(1, origin), stranger = log_key_from(2, "stranger.example/w");
  struct log_key namesake = log_key_from(3, origin);
  struct checkpoint checkpoint;
  char note[NOTE_MAX];
  size_t n = known_note(note, &stranger);
  cr_assert_eq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), ERR_REFUSED,
               "alone");
  cr_assert_eq(note_cosign(note, &n, &namesake.key, namesake.signer), OK);
  cr_assert_eq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), ERR_REFUSED,
               "a namesake");
  cr_assert_eq(note_cosign(note, &n, &log.key, log.signer), OK);
  cr_assert_eq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), OK);
  signer_free(&log.signer);
  signer_free(&stranger.signer);
  signer_free(&namesake.signer);
}

Test(note, a_wrong_line_of_a_known_key_rejects_the_whole)
{
  struct log_key log = log_key_from(1, origin), witness = log_key_from(2, "witness.example/w");
  struct note_key keys[2] = {log.key, witness.key};
  char note[NOTE_MAX];
  struct str body;
  uint64_t signed_by = 0;
  size_t n = known_note(note, &log);
  cr_assert_eq(note_cosign(note, &n, &witness.key, witness.signer), OK);
  cr_assert_eq(note_open(&body, &signed_by, bytes_str(note, n), keys, 2), OK);
  cr_assert_eq(signed_by, 3);
  char *last = note + n - 10;
  *last = *last == 'A' ? 'B' : 'A';
  cr_assert_eq(note_open(&body, &signed_by, bytes_str(note, n), keys, 2), ERR_REFUSED);
  cr_assert_eq(note_open(&body, &signed_by, bytes_str(note, n), keys, 1), OK,
               "nobody knows the witness");
  signer_free(&log.signer);
  signer_free(&witness.signer);
}

Test(note, origin_must_be_the_name_of_the_key)
{
  struct log_key log = log_key_from(1, "cnis.council.example/audit/2");
  struct checkpoint checkpoint;
  char note[NOTE_MAX];
  size_t n = known_note(note, &log);
  cr_assert_eq(note_open_checkpoint(&checkpoint, bytes_str(note, n), &log.key), ERR_REFUSED);
  signer_free(&log.signer);
}

#define ROOT64 "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="

Test(note, checkpoint_has_one_spelling)
{
  static const struct {
    const char *body;
    enum err err;
  } rows[] = {{"a/b\n8\n" ROOT64 "\n", OK},
              {"a/b\n0\n" ROOT64 "\n", OK},
              {"a/b\n9007199254740992\n" ROOT64 "\n", OK},
              {"a/b\n9007199254740993\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n08\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n+8\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n 8\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n8 \n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n-8\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n\n" ROOT64 "\n", ERR_INPUT},
              {"\n8\n" ROOT64 "\n", ERR_INPUT},
              {"a b\n8\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n8\n" ROOT64, ERR_INPUT},
              {"a/b\n8\n" ROOT64 "\nextension\n", ERR_INPUT},
              {"a/b\n8\n" ROOT64 "\n\n", ERR_INPUT},
              {"a/b\r\n8\n" ROOT64 "\n", ERR_INPUT},
              {"a/b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n", ERR_INPUT},
              {"a/b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n", ERR_INPUT},
              {"a/b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz-Nw7_RgQyg=\n", ERR_INPUT}};
  struct checkpoint checkpoint;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_assert_eq(checkpoint_parse(&checkpoint, str_from(rows[i].body)), rows[i].err, "%s",
                 rows[i].body);
}

Test(note, writes_no_checkpoint_that_would_read_as_another)
{
  static const char *const names[] = {"", "a b", "a\nb", "evil\n999", "a+b", "a\x7f"};
  struct checkpoint checkpoint = known_checkpoint();
  char text[NOTE_BODY_MAX];
  size_t n = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    checkpoint.origin = str_from(names[i]);
    cr_assert_eq(checkpoint_write(text, &n, &checkpoint), ERR_INPUT, "%s", names[i]);
  }
}

/* A proof of leaf 1 in a tree of two. */
static struct note_proof known_proof(char note[static NOTE_MAX], const struct log_key *log,
                                     const char *leaf)
{
  struct note_proof proof = {.index = 1, .proof.count = 1};
  struct checkpoint checkpoint = {.origin = str_from(origin), .size = 2};
  struct hash right;
  char body[NOTE_BODY_MAX];
  size_t body_n = 0, n = 0;
  tree_leaf_hash(&proof.proof.hashes[0], "other", 5);
  tree_leaf_hash(&right, leaf, strlen(leaf));
  tree_node_hash(&checkpoint.root, &proof.proof.hashes[0], &right);
  cr_assert_eq(checkpoint_write(body, &body_n, &checkpoint), OK);
  cr_assert_eq(note_sign(note, &n, bytes_str(body, body_n), &log->key, log->signer), OK);
  proof.checkpoint = bytes_str(note, n);
  return proof;
}

Test(note, proof_comes_back_and_verifies_offline)
{
  struct log_key log = log_key_from(1, origin);
  char note[NOTE_MAX], text[NOTE_PROOF_MAX];
  struct note_proof proof = known_proof(note, &log, "ours"), back;
  struct checkpoint checkpoint;
  size_t n = 0;
  proof.extra = STR("YWdl");
  cr_assert_eq(note_proof_write(text, sizeof text, &n, &proof), OK);
  static const char head[] = "c2sp.org/tlog-proof@v1\nextra YWdl\nindex 1\n";
  cr_assert_eq(strncmp(text, head, strlen(head)), 0);
  cr_assert_eq(note_proof_parse(&back, bytes_str(text, n)), OK);
  cr_assert_eq(note_proof_verify(&checkpoint, &back, &log.key, "ours", 4), OK);
  cr_assert_eq(checkpoint.size, 2);
  cr_assert_eq(note_proof_verify(&checkpoint, &back, &log.key, "theirs", 6), ERR_CORRUPT);
  back.index = 0;
  cr_assert_eq(note_proof_verify(&checkpoint, &back, &log.key, "ours", 4), ERR_CORRUPT);
  cr_assert_eq(note_proof_write(text, 40, &n, &proof), ERR_TOO_LARGE);
  signer_free(&log.signer);
}

Test(note, proof_without_a_signed_root_proves_nothing)
{
  struct log_key log = log_key_from(1, origin), other = log_key_from(2, origin);
  char note[NOTE_MAX];
  struct note_proof proof = known_proof(note, &log, "ours");
  struct checkpoint checkpoint;
  cr_assert_eq(note_proof_verify(&checkpoint, &proof, &other.key, "ours", 4), ERR_REFUSED);
  signer_free(&log.signer);
  signer_free(&other.signer);
}

Test(note, proof_text_has_one_spelling)
{
  static const char *const bad[] = {"",
                                    "c2sp.org/tlog-proof@v1\n",
                                    "c2sp.org/tlog-proof@v2\nindex 1\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 01\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex -1\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 9007199254740992\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 1\nextra YWdl\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nextra YWd\nindex 1\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nextra YWd=\nindex 1\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nextra YQ==YWdl\nindex 1\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 1\n" ROOT64 "\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 1\nXcna\n\nnote\n",
                                    "c2sp.org/tlog-proof@v1\nindex 1\n\n"};
  struct note_proof proof;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_eq(note_proof_parse(&proof, str_from(bad[i])), ERR_INPUT, "%s", bad[i]);
  cr_assert_eq(
    note_proof_parse(&proof, STR("c2sp.org/tlog-proof@v1\nindex 1\n" ROOT64 "\n\nnote\n")), OK);
}

Test(note, tile_paths_are_those_of_the_specification)
{
  static const struct {
    struct note_tile tile;
    const char *path;
  } rows[] = {{{0, 0, 256}, "tile/0/000"},
              {{0, 1234067, 256}, "tile/0/x001/x234/067"},
              {{3, 1000, 7}, "tile/3/x001/000.p/7"},
              {{63, 999, 255}, "tile/63/999.p/255"},
              {{NOTE_TILE_ENTRIES, 273, 1}, "tile/entries/273.p/1"}};
  static const char *const bad[] = {"",
                                    "tile",
                                    "tile/0",
                                    "tile/0/",
                                    "tile/0/0",
                                    "tile/00/000",
                                    "tile/64/000",
                                    "tile/0/x000/001",
                                    "tile/0/001/001",
                                    "tile/0/x001",
                                    "tile/0/000/",
                                    "tile/0/000.p/0",
                                    "tile/0/000.p/256",
                                    "tile/0/000.p/01",
                                    "tile/0/000.p",
                                    "tile/0/000.p/1/",
                                    "tile/entries/../000",
                                    "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                    "/tile/0/000"};
  char path[NOTE_PATH_MAX];
  struct note_tile tile;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t n = note_tile_path(path, rows[i].tile);
    cr_assert(str_is(bytes_str(path, n), rows[i].path), "%.*s", (int)n, path);
    cr_assert_eq(note_tile_parse(&tile, str_from(rows[i].path)), OK, "%s", rows[i].path);
    cr_assert_eq(tile.level, rows[i].tile.level);
    cr_assert_eq(tile.n, rows[i].tile.n);
    cr_assert_eq(tile.width, rows[i].tile.width);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_eq(note_tile_parse(&tile, str_from(bad[i])), ERR_INPUT, "%s", bad[i]);
}
