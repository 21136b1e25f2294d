/* Entries of the log, found again. Must never open a view: that is audit_open's. */
#include "register/evidence.h"

#include <string.h>

#include "crypto/text.h"

void evidence_place(const struct op *op, struct log_place *ret_place)
{
  const struct commit *commit = op->commit;
  struct tree_edge edge;

  writer_edge(op->reg->writer, &edge);
  ret_place->from = edge.size;
  audit_hash(&ret_place->leaf, commit->entries[commit->entry_count - 1]->commitments);
}

struct looking {
  const struct hash *leaf;
  uint64_t index;
};

static enum err compare(void *self, uint64_t index, const uint8_t *commitments)
{
  struct looking *looking = self;
  struct hash leaf;

  audit_hash(&leaf, commitments);
  looking->index = index;
  return hash_equal(&leaf, looking->leaf) ? ERR_STALE : OK; /* found: ends the walk */
}

enum err evidence_find(struct store *store, uint64_t *ret_index, const struct log_place *place)
{
  struct looking looking = {.leaf = &place->leaf};
  enum err err = store_leaf_each(store, place->from, compare, &looking);

  if (err == OK) return ERR_ABSENT;
  if (err != ERR_STALE) return err;
  *ret_index = looking.index;
  return OK;
}

enum err evidence_entry(struct store *store, struct sealed_entry *ret_entry, uint64_t index)
{
  TRY(store_leaf(store, ret_entry->commitments, index));
  return store_views(store, ret_entry->views, index);
}

enum err evidence_head(struct store *store, struct signed_head *ret_head, uint64_t size,
                       bool is_outward)
{
  uint64_t published = 0;
  enum err err =
    store_head(store, ret_head->note, sizeof ret_head->note, &ret_head->n, &published, size, true);

  if (err != OK && err != ERR_ABSENT) return err;
  ret_head->size = published;
  if (is_outward) return err;
  struct signed_head receipt;
  enum err newer =
    store_head(store, receipt.note, sizeof receipt.note, &receipt.n, &receipt.size, size, false);
  if (newer == OK && (err != OK || receipt.size > published)) {
    *ret_head = receipt;
    return OK;
  }
  return newer == OK || newer == ERR_ABSENT ? err : newer;
}

enum err evidence_proof(struct arena *arena, struct store *store, struct str *ret_text,
                        uint64_t index, struct str head, uint64_t size)
{
  char *text = arena_take(arena, NOTE_PROOF_MAX + TEXT_BASE64(LEAF_BYTES)),
       extra[TEXT_BASE64(LEAF_BYTES)];
  struct note_proof proof = {.index = index, .checkpoint = head, .extra = {extra, sizeof extra}};
  uint8_t stored[COMMITMENTS_BYTES], leaf[LEAF_BYTES];
  struct hash commitments[LEAF_VIEWS];

  if (text == NULL) return ERR_MEMORY;
  TRY(store_leaf(store, stored, index));
  memcpy(commitments, stored, sizeof stored);
  leaf_write(leaf, commitments);
  base64_put(extra, leaf, sizeof leaf);
  TRY(log_prove_inclusion(store, &proof.proof, index, size));
  ret_text->ptr = text;
  return note_proof_write(text, NOTE_PROOF_MAX + TEXT_BASE64(LEAF_BYTES), &ret_text->len, &proof);
}
