/* Any bytes as a signed note, a checkpoint, a proof, a key text or a tile's path: refused, or the
 * one spelling of what they say. */
#include <stdlib.h>
#include <string.h>

#include "crypto/note.h"

static void must(bool holds)
{
  if (!holds) abort();
}

/* The key of the go checksum database's example, and of the corpus. */
static const char *const keys[] = {
  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"};

static bool is_inside(struct str part, struct str whole)
{
  return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void as_note(struct str text)
{
  struct note_key known[2];
  struct checkpoint checkpoint;
  struct str body = {0};
  uint64_t signed_by = 0;

  must(note_vkey_parse(&known[0], str_from(keys[0])) == OK);
  must(note_vkey_parse(&known[1], str_from(keys[1])) == OK);
  if (note_open(&body, &signed_by, text, known, 2) == OK) {
    must(is_inside(body, text) && body.len > 0 && body.ptr[body.len - 1] == '\n');
    must(signed_by != 0 && signed_by < 4);
  }
  (void)!note_open_checkpoint(&checkpoint, text, &known[1]);
}

static void as_checkpoint(struct str text)
{
  struct checkpoint checkpoint;
  char again[NOTE_BODY_MAX];
  size_t n = 0;

  if (checkpoint_parse(&checkpoint, text) != OK) return;
  must(is_inside(checkpoint.origin, text));
  must(checkpoint_write(again, &n, &checkpoint) == OK);
  must(str_equal(text, (struct str){again, n}));
}

static void as_proof(struct str text)
{
  static char again[NOTE_PROOF_MAX];
  struct note_proof proof;
  struct checkpoint checkpoint;
  struct note_key key;
  size_t n = 0;

  if (note_proof_parse(&proof, text) != OK) return;
  must(proof.proof.count <= TREE_PROOF_MAX && is_inside(proof.checkpoint, text));
  enum err err = note_proof_write(again, sizeof again, &n, &proof);
  must(err == ERR_TOO_LARGE || (err == OK && str_equal(text, (struct str){again, n})));
  must(note_vkey_parse(&key, str_from(keys[1])) == OK);
  must(note_proof_verify(&checkpoint, &proof, &key, "leaf", 4) != OK);
}

static void as_names(struct str text)
{
  char vkey[NOTE_VKEY_MAX], path[NOTE_PATH_MAX];
  struct note_tile tile;
  struct note_key key;

  if (note_vkey_parse(&key, text) == OK) {
    size_t n = note_vkey_write(vkey, &key);
    must(str_equal(text, (struct str){vkey, n}));
  }
  if (note_tile_parse(&tile, text) == OK) {
    size_t n = note_tile_path(path, tile);
    must(str_equal(text, (struct str){path, n}));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct str text = {(const char *)data, size};

  must(crypto_ready() == OK);
  as_note(text);
  as_checkpoint(text);
  as_proof(text);
  as_names(text);
  return 0;
}
