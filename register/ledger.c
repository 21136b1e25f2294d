/* The log read back from its leaves. A flipped bit, a missing row, a tile or a state that does not
 * follow from the leaves: the start ends here, since a log that goes on from a wrong edge is of no
 * use for good. */
#include <string.h>

#include "base/guard.h"
#include "register/batch.h"

struct verify {
  struct store *store;
  struct tree_tail *tail;
  struct tree_edge edge;
  struct trail *trail;
};

static enum err compare_tile(void *self, unsigned level, uint64_t n,
                             const struct hash hashes[static TREE_TILE_WIDTH])
{
  struct verify *verify = self;
  struct hash stored[TREE_TILE_WIDTH];
  enum err err = store_tile(verify->store, stored, level, n);

  if (err == ERR_ABSENT || (err == OK && memcmp(stored, hashes, sizeof stored) != 0))
    return FAIL_AT(verify->trail, ERR_CORRUPT, "a tile of the log does not hold: level and number",
                   level, (long long)n);
  return err;
}

static enum err take_leaf(void *self, uint64_t index, const uint8_t *commitments)
{
  struct verify *verify = self;
  struct tree_sink sink = {compare_tile, verify};
  struct hash hash;

  if (index != verify->edge.size)
    return FAIL_AT(verify->trail, ERR_CORRUPT, "a leaf of the log is missing: its index",
                   (long long)verify->edge.size, (long long)index);
  audit_hash(&hash, commitments);
  TRY(tree_tail_append(verify->tail, &hash, &sink));
  return tree_append(&verify->edge, &hash);
}

enum err ledger_verify(struct store *store, const struct log_state *state,
                       struct tree_tail *ret_tail, struct trail *trail)
{
  struct verify verify = {.store = store, .tail = ret_tail, .trail = trail};
  struct hash root;

  memset(ret_tail, 0, sizeof *ret_tail);
  TRY(store_leaf_each(store, 0, take_leaf, &verify));
  if (verify.edge.size != state->edge.size)
    return FAIL_AT(trail, ERR_CORRUPT, "the log has not the length that it says: leaves, length",
                   (long long)verify.edge.size, (long long)state->edge.size);
  tree_root(&root, &verify.edge);
  size_t edge_bytes = tree_edge_count(state->edge.size) * sizeof(struct hash);
  bool is_whole = hash_equal(&root, &state->root) &&
                  memcmp(verify.edge.hashes, state->edge.hashes, edge_bytes) == 0;
  if (!is_whole && GUARD(LOG_WHOLE))
    return FAIL_AT(trail, ERR_CORRUPT, "the log's root does not follow from its leaves",
                   (long long)state->edge.size, 0);
  return OK;
}
