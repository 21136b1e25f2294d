/* The heads thread, and the log as a tree that proofs are read from. It never signs: it asks the
 * witness. */
#include "register/head.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { RECEIPT_EVERY_US = 200000, RETRY_US = 1000000 };

/* ---- the tree, as stored ---- */

/* Hashes of leaves that no full tile holds yet. */
struct leaf_hashes {
  struct hash *to;
  unsigned wanted, have;
  uint64_t next;
};

static enum err take_leaf(void *self, uint64_t index, const uint8_t *commitments)
{
  struct leaf_hashes *leaves = self;

  if (leaves->have == leaves->wanted) return ERR_STALE; /* enough: ends the walk */
  if (index != leaves->next++) return ERR_CORRUPT;
  audit_hash(&leaves->to[leaves->have++], commitments);
  return OK;
}

static enum err read_leaves(struct store *store, struct hash *ret_hashes, uint64_t first,
                            unsigned count)
{
  struct leaf_hashes leaves = {ret_hashes, count, 0, first};
  enum err err = store_leaf_each(store, first, take_leaf, &leaves);

  if (err != OK && err != ERR_STALE) return err;
  return leaves.have == count ? OK : ERR_CORRUPT;
}

/* Of full tile `n`, from memory if it was worked out before; `tile` is room to work in. */
static enum err tile_root(struct log_reader *reader, struct hash *ret_root,
                          struct hash tile[static TREE_TILE_WIDTH], unsigned level, uint64_t n)
{
  size_t place = (level + n) % TILE_ROOTS;

  if (reader->roots && reader->roots->at[place].level == level &&
      reader->roots->at[place].n1 == n + 1) {
    *ret_root = reader->roots->at[place].root;
    return OK;
  }
  TRY(store_tile(reader->store, tile, level, n));
  tree_perfect_root(ret_root, tile, TREE_TILE_WIDTH);
  if (!reader->roots) return OK;
  reader->roots->at[place].level = level;
  reader->roots->at[place].n1 = n + 1;
  reader->roots->at[place].root = *ret_root;
  return OK;
}

static enum err read_hashes(void *self, struct hash *ret_hashes, unsigned level, uint64_t n,
                            unsigned offset, unsigned count)
{
  struct log_reader *reader = self;
  struct hash tile[TREE_TILE_WIDTH];
  enum err err = store_tile(reader->store, tile, level, n);

  if (err == OK) memcpy(ret_hashes, tile + offset, count * sizeof *tile);
  if (err != ERR_ABSENT) return err;
  if (level == 0)
    return read_leaves(reader->store, ret_hashes, n * TREE_TILE_WIDTH + offset, count);
  /* A hash of a part-full tile is the root of a full one below. */
  for (unsigned i = 0; i < count; i++)
    TRY(tile_root(reader, &ret_hashes[i], tile, level - 1, n * TREE_TILE_WIDTH + offset + i));
  return OK;
}

struct tree_reader log_reader_tree(struct log_reader *reader)
{
  return (struct tree_reader){read_hashes, reader};
}

static enum err size_known(struct store *store, uint64_t size)
{
  struct log_state state;

  TRY(store_log_state(store, &state));
  return size <= state.edge.size ? OK : ERR_INPUT;
}

enum err log_prove_inclusion(struct store *store, struct tree_proof *ret_proof, uint64_t index,
                             uint64_t size)
{
  struct log_reader reader = {.store = store, .size = size};
  struct tree_reader tree = log_reader_tree(&reader);

  TRY(size_known(store, size));
  return tree_prove_inclusion(ret_proof, &tree, index, size);
}

enum err log_prove_consistency(struct store *store, struct tree_proof *ret_proof, uint64_t from,
                               uint64_t to)
{
  struct log_reader reader = {.store = store, .size = to};
  struct tree_reader tree = log_reader_tree(&reader);

  TRY(size_known(store, to));
  return tree_prove_consistency(ret_proof, &tree, from, to);
}

/* ---- the thread ---- */

struct heads {
  pthread_t thread;
  struct store *store;
  struct writer *writer;
  struct head_witness witness;
  const struct log *log;
  uint64_t publish_every_us, published_us, signed_us, signed_size;
  struct tile_roots roots;
  atomic_bool is_signing;
};

static enum err sign_head(struct heads *heads, const struct tree_edge *edge, bool publish)
{
  char note[NOTE_MAX];
  size_t n = 0;
  uint64_t old_size = 0;
  struct hash root, old_root;
  struct tree_proof proof = {0};
  struct log_reader reader = {heads->store, edge->size, &heads->roots};
  struct tree_reader tree = log_reader_tree(&reader);

  TRY(heads->witness.last(heads->witness.self, &old_size, &old_root));
  if (old_size > edge->size) return ERR_ROLLED_BACK;
  if (old_size > 0) TRY(tree_prove_consistency(&proof, &tree, old_size, edge->size));
  tree_root(&root, edge);
  TRY(heads->witness.sign(heads->witness.self, note, &n, old_size, &proof, edge->size, &root));
  writer_keep_head(heads->writer, edge->size, publish, (struct str){note, n});
  heads->signed_size = edge->size;
  return OK;
}

static void say_change(struct heads *heads, enum err err)
{
  bool was = atomic_exchange(&heads->is_signing, err == OK);

  if (was && err != OK)
    log_event(heads->log, err == ERR_CUSTODIAN ? EVENT_CUSTODIAN_AWAY : EVENT_HEAD_REFUSED, err, 0,
              0);
  if (!was && err == OK) log_event(heads->log, EVENT_CUSTODIAN_BACK, OK, 0, 0);
}

/* Until there is something to sign, but never so soon that heads compete with entries for the disk:
 * each costs a commit here and one at the witness. */
static bool wait_for_more(struct heads *heads, enum err last)
{
  const struct outside *outside = &heads->log->outside;

  if (last != OK) return writer_wait(heads->writer, UINT64_MAX, RETRY_US);
  if (!writer_wait(heads->writer, heads->signed_size, RECEIPT_EVERY_US)) return false;
  uint64_t since = outside->mono_us(outside->self) - heads->signed_us;
  return since >= RECEIPT_EVERY_US ||
         writer_wait(heads->writer, UINT64_MAX, RECEIPT_EVERY_US - since);
}

static void *heads_run(void *self)
{
  struct heads *heads = self;
  const struct outside *outside = &heads->log->outside;
  enum err err = OK;

  while (wait_for_more(heads, err)) {
    struct tree_edge edge;
    uint64_t now = outside->mono_us(outside->self);
    bool publish = heads->published_us == 0 || now - heads->published_us >= heads->publish_every_us;
    writer_edge(heads->writer, &edge);
    if (edge.size == 0 || (edge.size == heads->signed_size && !publish)) continue;
    err = sign_head(heads, &edge, publish);
    heads->signed_us = now;
    if (err == OK && publish) heads->published_us = now;
    say_change(heads, err);
  }
  return NULL;
}

bool heads_signing(const struct heads *heads)
{
  return atomic_load(&heads->is_signing);
}

static void heads_free(struct heads **heads)
{
  void *block = *heads;
  size_t one = 1;

  if (!block) return;
  store_close(&(*heads)->store);
  block_free(&block, &one, sizeof(struct heads));
  *heads = NULL;
}

enum err heads_start(struct heads **ret_heads, const char *dir, struct writer *writer,
                     const struct head_witness *witness, const struct log *log,
                     uint64_t publish_every_us)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct heads)));
  OWNED(heads_free) struct heads *heads = block;
  heads->writer = writer;
  heads->witness = *witness;
  heads->log = log;
  heads->publish_every_us = publish_every_us;
  atomic_store(&heads->is_signing, true);
  TRY(store_open(&heads->store, dir, STORE_READER, &(struct trail){0}));
  if (pthread_create(&heads->thread, NULL, heads_run, heads) != 0) return ERR_MEMORY;
  *ret_heads = heads;
  heads = NULL;
  return OK;
}

void heads_stop(struct heads **heads)
{
  if (!heads || !*heads) return;
  pthread_join((*heads)->thread, NULL);
  heads_free(heads);
}
