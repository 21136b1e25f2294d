/* Answers about blobs that give no value out: merge, learn, compare. They must never say more than
 * a sealed blob of the usual size, one bit, or nothing. */
#include <string.h>

#include "crypto/custody_shield.h"
#include "custodian/service.h"

/* Opens a blob and keeps what compare has to know of it. */
static enum custodian_status learn(struct service *service, const uint8_t record[static ID_BYTES],
                                   const void *core)
{
  const struct custody *custody = &service->custody;
  struct shield_place place = {.version = 0};
  size_t n = 0;
  uint8_t *text = arena_take(service->arena, SHIELD_BLOB_TEXT_MAX + 1);
  if (text == NULL) return CUSTODIAN_FULL;
  memcpy(place.authority, custody->pub.authority, ID_BYTES);
  memcpy(place.record, record, ID_BYTES);
  if (custody_shield_open(text, &n, SHIELD_BLOB, keyring_active(custody->keyring, KEY_SHIELD, NULL),
                          &place, core) != OK)
    return CUSTODIAN_CORE;
  enum err err = known_learn(service->known, service->arena, record, text, n);
  if (err == ERR_FULL || err == ERR_MEMORY) {
    service->all_known = false; /* a comparison would now miss something: none is answered */
    return CUSTODIAN_FULL;
  }
  return err == OK ? CUSTODIAN_OK : CUSTODIAN_CORE;
}

enum custodian_status answer_merge(struct service *service, struct protocol_reader *in,
                                   struct protocol_writer *out)
{
  const struct custody *custody = &service->custody;
  struct custodian_merge merge = {0};
  if (protocol_get_merge(&merge, in, custody->pub.authority) != OK) return CUSTODIAN_MALFORMED;
  struct custody_merge parts = {.blob_place = merge.blob_place,
                                .patch_place = merge.patch_place,
                                .blob_core = merge.blob_core,
                                .patch_core = merge.patch_core};
  void *core = arena_take(service->arena, SHIELD_BLOB_CORE_BYTES);
  void *scratch = arena_take(service->arena, CUSTODY_MERGE_SCRATCH);
  if (core == NULL || scratch == NULL) return CUSTODIAN_FULL;
  enum err err = custody_shield_merge(core, keyring_active(custody->keyring, KEY_SHIELD, NULL),
                                      &parts, scratch, &custody->outside);
  if (err == ERR_TOO_LARGE) return CUSTODIAN_TOO_LARGE;
  if (err != OK) return CUSTODIAN_CORE;
  /* The blob passes by: compare knows the new values from now on. */
  enum custodian_status learnt = learn(service, merge.blob_place.record, core);
  if (learnt == CUSTODIAN_CORE) return learnt;
  protocol_put(out, core, SHIELD_BLOB_CORE_BYTES);
  return CUSTODIAN_OK;
}

enum custodian_status answer_learn(struct service *service, struct protocol_reader *in,
                                   struct protocol_writer *out)
{
  (void)out;
  struct custodian_learning learning = {0};
  if (protocol_get_learning(&learning, in) != OK) return CUSTODIAN_MALFORMED;
  known_choose(service->known, learning.fields);
  enum custodian_status status = learn(service, learning.record, learning.core);
  if (status == CUSTODIAN_OK && learning.is_last) service->all_known = true;
  return status;
}

enum custodian_status answer_compare(struct service *service, struct protocol_reader *in,
                                     struct protocol_writer *out)
{
  const struct custody *custody = &service->custody;
  struct custodian_comparison comparison = {0};
  if (protocol_get_comparison(&comparison, in) != OK) return CUSTODIAN_MALFORMED;
  if (!service->all_known) return CUSTODIAN_NOT_READY;
  struct memory_deed deed = {.at = custody->outside.now(custody->outside.self),
                             .kind = CUSTODIAN_COMPARE};
  if (memory_in_hour(&service->journal, CUSTODIAN_COMPARE, NULL, deed.at) >=
      CUSTODIAN_COMPARES_AN_HOUR)
    return CUSTODIAN_BUDGET;
  bool hit = true;
  if (memory_note(custody, &service->journal, &deed, false) != OK) return CUSTODIAN_STORE;
  enum err err = known_holds(service->known, service->arena, &hit, &comparison);
  if (err != OK) return err == ERR_INPUT ? CUSTODIAN_MALFORMED : CUSTODIAN_FULL;
  protocol_put_number(out, hit, 1);
  return CUSTODIAN_OK;
}
