/* What binds the register's own row: nobody without the key turns a synthetic register into a live
 * one, or takes the log position back. */
#include <string.h>

#include "register/bytes.h"
#include "register/store.h"

void meta_mac(const struct meta *meta, struct hash *ret_mac, const struct key *fresh)
{
  uint8_t bytes[ID_BYTES + sizeof meta->name + sizeof meta->code + sizeof meta->origin +
                sizeof meta->regime + sizeof meta->custodian_pub + 1 + 8 + 8 + sizeof meta->policy];
  uint8_t *to = bytes;
  const struct {
    const void *from;
    size_t n;
  } parts[] = {
    {meta->authority, ID_BYTES},         {meta->name, sizeof meta->name},
    {meta->code, sizeof meta->code},     {meta->origin, sizeof meta->origin},
    {meta->regime, sizeof meta->regime}, {meta->custodian_pub, sizeof meta->custodian_pub},
    {meta->policy, sizeof meta->policy},
  };

  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    memcpy(to, parts[i].from, parts[i].n);
    to += parts[i].n;
  }
  *to++ = meta->synthetic ? 1 : 0;
  put_u64(to, meta->applied);
  put_u64(to + 8, meta->protection_version);
  key_mac(ret_mac, fresh, "cnis/meta/1", bytes, sizeof bytes);
}
