/* Proofs as text (c2sp.org/tlog-proof) and tile paths (c2sp.org/tlog-tiles); see note.h. One proof,
 * one spelling. */
#include <string.h>

#include "crypto/note.h"
#include "crypto/text.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"
enum { HASH_TEXT = TEXT_BASE64(HASH_BYTES) };

enum err note_proof_write(char *ret_text, size_t capacity, size_t *ret_n,
                          const struct note_proof *proof)
{
  struct text_out out = {.ptr = ret_text, .capacity = capacity};
  text_put(&out, STR(FIRST_LINE "\n"));
  if (proof->extra.len > 0) {
    text_put(&out, STR("extra "));
    text_put(&out, proof->extra);
    text_put(&out, STR("\n"));
  }
  text_put(&out, STR("index "));
  text_put_u64(&out, proof->index);
  text_put(&out, STR("\n"));
  for (unsigned i = 0; i < proof->proof.count; i++) {
    text_put_base64(&out, proof->proof.hashes[i].bytes, HASH_BYTES);
    text_put(&out, STR("\n"));
  }
  text_put(&out, STR("\n"));
  text_put(&out, proof->checkpoint);
  if (out.overflow) return ERR_TOO_LARGE;
  *ret_n = out.n;
  return OK;
}

static bool is_base64(struct str text)
{
  if (text.len == 0 || text.len % 4 != 0) return false;
  for (size_t i = 0; i < text.len; i += 4) {
    uint8_t group[3];
    size_t n;
    if (!base64_get_some(group, sizeof group, &n, (struct str){text.ptr + i, 4})) return false;
    if (n < 3 && i + 4 < text.len) return false;
  }
  return true;
}

/* "word value": the value, when the line begins so. */
static bool value_of(struct str *ret_value, struct str line, struct str word)
{
  if (!text_starts(line, word)) return false;
  *ret_value = (struct str){line.ptr + word.len, line.len - word.len};
  return true;
}

static bool parse_hashes(struct tree_proof *ret_proof, struct str *rest)
{
  struct str line;
  ret_proof->count = 0;
  while (text_line(&line, rest)) {
    if (line.len == 0) return true;
    if (line.len != HASH_TEXT || ret_proof->count == TREE_PROOF_MAX) return false;
    if (!base64_get(ret_proof->hashes[ret_proof->count++].bytes, HASH_BYTES, line)) return false;
  }
  return false;
}

enum err note_proof_parse(struct note_proof *ret_proof, struct str text)
{
  struct note_proof proof = {0};
  struct str line, value;
  if (!text_line(&line, &text) || !str_equal(line, STR(FIRST_LINE))) return ERR_INPUT;
  if (!text_line(&line, &text)) return ERR_INPUT;
  if (value_of(&proof.extra, line, STR("extra ")))
    if (!is_base64(proof.extra) || !text_line(&line, &text)) return ERR_INPUT;
  if (!value_of(&value, line, STR("index ")) || !str_to_u64(value, &proof.index)) return ERR_INPUT;
  if (proof.index >= TREE_SIZE_MAX || !parse_hashes(&proof.proof, &text)) return ERR_INPUT;
  if (text.len == 0 || text.len > NOTE_MAX) return ERR_INPUT;
  proof.checkpoint = text;
  *ret_proof = proof;
  return OK;
}

enum err note_proof_verify(struct checkpoint *ret_checkpoint, const struct note_proof *proof,
                           const struct note_key *log_key, const void *leaf, size_t n)
{
  struct checkpoint checkpoint;
  struct hash hash;
  TRY(note_open_checkpoint(&checkpoint, proof->checkpoint, log_key));
  tree_leaf_hash(&hash, leaf, n);
  TRY(tree_verify_inclusion(&proof->proof, &hash, proof->index, checkpoint.size, &checkpoint.root));
  *ret_checkpoint = checkpoint;
  return OK;
}

/* Groups of three digits, all but the last with an x: 1234067 is "x001/x234/067". */
static void put_tile_number(struct text_out *out, uint64_t n)
{
  uint64_t groups[7];
  unsigned count = 0;
  do {
    groups[count++] = n % 1000;
    n /= 1000;
  } while (n > 0);
  while (count-- > 0) {
    char digits[3];
    for (unsigned i = 0, power = 100; i < 3; i++, power /= 10)
      digits[i] = (char)('0' + groups[count] / power % 10);
    text_put(out, count > 0 ? STR("/x") : STR("/"));
    text_put(out, (struct str){digits, sizeof digits});
  }
}

size_t note_tile_path(char ret_path[static NOTE_PATH_MAX], struct note_tile tile)
{
  struct text_out out = {.ptr = ret_path, .capacity = NOTE_PATH_MAX};
  text_put(&out, STR("tile/"));
  if (tile.level == NOTE_TILE_ENTRIES)
    text_put(&out, STR("entries"));
  else
    text_put_u64(&out, tile.level);
  put_tile_number(&out, tile.n);
  if (tile.width < TREE_TILE_WIDTH) {
    text_put(&out, STR(".p/"));
    text_put_u64(&out, tile.width);
  }
  return out.n;
}

/* What stands between slashes; the last piece has no slash after it. */
static struct str take_piece(struct str *rest)
{
  const char *slash = rest->len > 0 ? memchr(rest->ptr, '/', rest->len) : NULL;
  size_t n = slash != NULL ? (size_t)(slash - rest->ptr) : rest->len;
  size_t skip = slash != NULL ? n + 1 : n;
  struct str piece = {rest->ptr, n};
  *rest = (struct str){rest->ptr + skip, rest->len - skip};
  return piece;
}

static bool take_group(uint64_t *n, struct str piece)
{
  if (piece.len != 3 || *n > TREE_SIZE_MAX / 1000) return false;
  for (size_t i = 0; i < 3; i++) {
    if (piece.ptr[i] < '0' || piece.ptr[i] > '9') return false;
    *n = *n * 10 + (uint64_t)(piece.ptr[i] - '0');
  }
  return true;
}

/* Lenient about nothing: after parsing, the path is written again and must come out the same. */
static bool parse_tile(struct note_tile *tile, struct str rest)
{
  uint64_t number;
  if (!str_equal(take_piece(&rest), STR("tile"))) return false;
  struct str piece = take_piece(&rest);
  if (str_equal(piece, STR("entries")))
    tile->level = NOTE_TILE_ENTRIES;
  else if (str_to_u64(piece, &number) && number < 64)
    tile->level = (uint32_t)number;
  else
    return false;
  piece = take_piece(&rest);
  for (; text_starts(piece, STR("x")); piece = take_piece(&rest))
    if (!take_group(&tile->n, (struct str){piece.ptr + 1, piece.len - 1})) return false;
  if (piece.len == 5 && memcmp(piece.ptr + 3, ".p", 2) == 0) {
    if (!str_to_u64(take_piece(&rest), &number) || number == 0 || number >= TREE_TILE_WIDTH)
      return false;
    tile->width = (unsigned)number;
    piece.len = 3;
  }
  return take_group(&tile->n, piece) && rest.len == 0;
}

enum err note_tile_parse(struct note_tile *ret_tile, struct str path)
{
  struct note_tile tile = {.width = TREE_TILE_WIDTH};
  char again[NOTE_PATH_MAX] = {0};
  if (path.len > NOTE_PATH_MAX || !parse_tile(&tile, path)) return ERR_INPUT;
  size_t n = note_tile_path(again, tile);
  if (!str_equal(path, (struct str){again, n})) return ERR_INPUT;
  *ret_tile = tile;
  return OK;
}
