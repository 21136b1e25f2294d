/* The log as others check it: signed heads, proofs and tiles, in the formats of C2SP (c2sp.org:
 * tlog-checkpoint, tlog-proof, tlog-tiles). Outsiders get published heads and nothing beyond the
 * newest of them; the authority's own people the receipt head too. Published data makes no entry,
 * and nothing here opens one. */
#include "crypto/text.h"
#include "register/evidence.h"
#include "register/operations.h"

#define TEXT_TYPE "text/plain; charset=utf-8"
#define TILE_TYPE "application/octet-stream"

static enum err answer(struct op *op, struct str body, struct str type)
{
  op->answer = (struct answer){.status = 200, .body = body, .type = type};
  return OK;
}

/* The newest head of at most `size` (0: of any) that this caller may have. ERR_ABSENT. */
static enum err find_head(struct op *op, struct signed_head **ret_head, uint64_t size)
{
  struct signed_head *head = arena_take(op->arena, sizeof *head);

  if (head == NULL) return ERR_MEMORY;
  *ret_head = head;
  return evidence_head(op->reader->store, head, size, id_is_zero(op->actor.account));
}

/* The head of exactly this size. */
static enum err exact_head(struct op *op, struct signed_head **ret_head, uint64_t size)
{
  TRY(find_head(op, ret_head, size));
  return size == 0 || (*ret_head)->size == size ? OK : ERR_ABSENT;
}

enum err log_checkpoint(struct op *op, uint64_t size)
{
  struct signed_head *head;

  TRY(exact_head(op, &head, size));
  return answer(op, (struct str){head->note, head->n}, STR(TEXT_TYPE));
}

enum err log_inclusion(struct op *op, uint64_t index, uint64_t size)
{
  struct signed_head *head;
  struct str proof;

  TRY(exact_head(op, &head, size));
  TRY(evidence_proof(op->arena, op->reader->store, &proof, index, (struct str){head->note, head->n},
                     head->size));
  return answer(op, proof, STR(TEXT_TYPE));
}

/* The body of c2sp.org/tlog-witness add-checkpoint: "old <size>", the hashes, an empty line, the
 * newer head. */
static enum err write_consistency(struct arena *arena, struct str *ret_text, uint64_t from,
                                  const struct tree_proof *proof, const struct signed_head *head)
{
  struct text_out out = {.capacity =
                           32 + proof->count * (TEXT_BASE64(HASH_BYTES) + 1) + 1 + head->n};

  out.ptr = arena_take(arena, out.capacity);
  if (out.ptr == NULL) return ERR_MEMORY;
  text_put(&out, STR("old "));
  text_put_u64(&out, from);
  text_put(&out, STR("\n"));
  for (unsigned i = 0; i < proof->count; i++) {
    text_put_base64(&out, proof->hashes[i].bytes, HASH_BYTES);
    text_put(&out, STR("\n"));
  }
  text_put(&out, STR("\n"));
  text_put(&out, (struct str){head->note, head->n});
  *ret_text = (struct str){out.ptr, out.n};
  return out.overflow ? ERR_INTERNAL : OK;
}

enum err log_consistency(struct op *op, uint64_t from, uint64_t to)
{
  struct signed_head *head;
  struct tree_proof proof;
  struct str text;

  TRY(exact_head(op, &head, to));
  TRY(log_prove_consistency(op->reader->store, &proof, from, head->size));
  TRY(write_consistency(op->arena, &text, from, &proof, head));
  return answer(op, text, STR(TEXT_TYPE));
}

/* No hash that the head does not cover: what came later is not published. */
enum err log_tile(struct op *op, unsigned level, uint64_t n, unsigned width)
{
  struct signed_head *head;
  struct hash *hashes = arena_take_array(op->arena, TREE_TILE_WIDTH, sizeof *hashes);
  uint64_t known;

  if (hashes == NULL) return ERR_MEMORY;
  TRY(find_head(op, &head, 0));
  known = tree_tile_hashes(head->size, level);
  if (width == 0 || width > TREE_TILE_WIDTH || n > known / TREE_TILE_WIDTH ||
      n * TREE_TILE_WIDTH + width > known)
    return ERR_ABSENT;
  struct log_reader reader = {.store = op->reader->store, .size = head->size};
  struct tree_reader tree = log_reader_tree(&reader);
  TRY(tree.hashes(tree.self, hashes, level, n, 0, width));
  return answer(op, (struct str){(const char *)hashes, width * sizeof *hashes}, STR(TILE_TYPE));
}
