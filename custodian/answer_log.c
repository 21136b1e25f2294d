/* Answers about the log: the last head, and the next signature. It must never sign a head that does
 * not grow from the last one, whoever asks and whatever happened to the register's files. */
#include <string.h>

#include "base/guard.h"
#include "custodian/service.h"

enum custodian_status answer_public(struct service *service, struct protocol_reader *in,
                                    struct protocol_writer *out)
{
  struct custodian_public told = {.last = service->last, .able = service->people->able};
  memcpy(told.instance, service->instance, ID_BYTES);
  if (!protocol_is_done(in)) return CUSTODIAN_MALFORMED;
  protocol_put_public(out, &told);
  return CUSTODIAN_OK;
}

enum custodian_status answer_last_head(struct service *service, struct protocol_reader *in,
                                       struct protocol_writer *out)
{
  if (!protocol_is_done(in)) return CUSTODIAN_MALFORMED;
  protocol_put_number(out, service->last.size, 8);
  protocol_put(out, service->last.root.bytes, HASH_BYTES);
  return CUSTODIAN_OK;
}

/* The very first head is taken as it is: old size 0 proves nothing, and there is nothing to keep.
 * The head signed last may be asked for again, since its answer may have been lost. */
static bool grows(const struct custodian_head *last, const struct custodian_growth *growth)
{
  if (growth->size >= TREE_SIZE_MAX) return false;
  if (growth->size == last->size && last->size > 0) return hash_equal(&growth->root, &last->root);
  if (growth->old_size != last->size || growth->size <= last->size) return false;
  if (last->size == 0) return growth->proof.count == 0;
  return tree_verify_consistency(&growth->proof, last->size, &last->root, growth->size,
                                 &growth->root) == OK;
}

enum custodian_status answer_sign(struct service *service, struct protocol_reader *in,
                                  struct protocol_writer *out)
{
  struct custodian_growth growth = {0};
  if (protocol_get_growth(&growth, in) != OK) return CUSTODIAN_MALFORMED;
  if (!grows(&service->last, &growth) && GUARD(LOG_ONLY_GROWS)) return CUSTODIAN_HEAD;

  const struct note_key *key = &service->custody.pub.log;
  struct checkpoint checkpoint = {
    .origin = {key->name, key->name_len}, .size = growth.size, .root = growth.root};
  char body[NOTE_BODY_MAX], note[NOTE_MAX];
  size_t body_n = 0, note_n = 0;
  if (checkpoint_write(body, &body_n, &checkpoint) != OK ||
      note_sign(note, &note_n, (struct str){body, body_n}, key, service->custody.signer) != OK)
    return CUSTODIAN_MALFORMED;

  /* Remembered before it is answered: a head that has left can never be forgotten. */
  struct custodian_head next = {.size = growth.size, .root = growth.root};
  if (memory_head_store(&service->custody, &next) != OK) return CUSTODIAN_STORE;
  service->last = next;
  protocol_put(out, note, note_n);
  return CUSTODIAN_OK;
}
