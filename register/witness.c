/* The custodian as the witness of heads: it signs none that does not grow from the last one it
 * signed. */
#include "custodian/client.h"
#include "register/head.h"

enum { DEADLINE_US = 2000000 };

static enum err last_head(void *self, uint64_t *ret_size, struct hash *ret_root)
{
  struct custodian_head head;
  struct trail trail = {0};

  TRY(custodian_last_head(self, &head, &trail));
  *ret_size = head.size;
  *ret_root = head.root;
  return OK;
}

static enum err sign_head(void *self, char ret_note[static NOTE_MAX], size_t *ret_n,
                          uint64_t old_size, const struct tree_proof *proof, uint64_t new_size,
                          const struct hash *root)
{
  struct custodian_growth growth = {
    .old_size = old_size, .size = new_size, .root = *root, .proof = *proof};
  struct trail trail = {0};

  return custodian_sign(self, ret_note, ret_n, &growth, &trail);
}

enum err head_witness_custodian(struct head_witness *ret_witness, const char *socket_path,
                                const struct outside *outside)
{
  struct custodian *custodian = NULL;

  TRY(custodian_new(&custodian, socket_path, DEADLINE_US, outside));
  *ret_witness = (struct head_witness){last_head, sign_head, custodian};
  return OK;
}

void head_witness_free(struct head_witness *witness)
{
  struct custodian *custodian = witness->sign == sign_head ? witness->self : NULL;

  custodian_free(&custodian);
  *witness = (struct head_witness){0};
}
