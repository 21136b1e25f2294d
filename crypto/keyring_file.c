/* The keyring's one encoding (keyring_file.h). Reads what a thief could have written, so every
 * number is checked before it is used. */
#include "crypto/keyring_file.h"

#include "crypto/bytes.h"

static const uint8_t magic[8] = {'C', 'N', 'I', 'S', 'K', 'E', 'Y', 'S'};
enum { FILE_VERSION = 1 };

static void file_mac(struct hash *ret_mac, const struct key *root, const uint8_t *bytes, size_t n)
{
  key_mac(ret_mac, root, "cnis/keyring/1", bytes, n);
}

static void write_entry(uint8_t *at, const struct keyring_entry *entry)
{
  le16_put(at, (uint16_t)entry->row.purpose);
  le16_put(at + 2, (uint16_t)entry->row.state);
  le32_put(at + 4, entry->row.generation);
  le64_put(at + 8, (uint64_t)entry->row.created.us);
  memcpy(at + 16, entry->row.id, KEY_ID_BYTES);
  memcpy(at + 32, entry->wrapped, WRAPPED_KEY_BYTES);
}

size_t keyring_file_write(uint8_t ret_bytes[static KEYRING_FILE_MAX],
                          const struct keyring_file *file, const struct key *root)
{
  uint8_t *at = ret_bytes;
  memcpy(at, magic, sizeof magic);
  le16_put(at + 8, FILE_VERSION);
  at[10] = (uint8_t)file->owner;
  at[11] = (uint8_t)file->root_kind;
  le64_put(at + 12, file->passes);
  le64_put(at + 20, file->memory_bytes);
  memcpy(at + 28, file->salt, KEYRING_SALT_BYTES);
  memcpy(at + 44, file->authority, ID_BYTES);
  memcpy(at + 60, file->root_id, KEY_ID_BYTES);
  le32_put(at + 76, file->count);
  at += KEYRING_HEADER_BYTES;
  for (uint32_t i = 0; i < file->count; i++, at += KEYRING_ROW_BYTES)
    write_entry(at, &file->entries[i]);
  struct hash mac;
  file_mac(&mac, root, ret_bytes, (size_t)(at - ret_bytes));
  memcpy(at, mac.bytes, HASH_BYTES);
  return (size_t)(at - ret_bytes) + HASH_BYTES;
}

static bool parse_entry(struct keyring_entry *ret_entry, const uint8_t *at)
{
  unsigned purpose = le16_get(at), state = le16_get(at + 2);
  if (purpose < KEY_RECORD || purpose > KEY_PURPOSE_MAX) return false;
  if (state < KEY_PRE_ACTIVE || state > KEY_DESTROYED) return false;
  ret_entry->row.purpose = (enum key_purpose)purpose;
  ret_entry->row.state = (enum key_state)state;
  ret_entry->row.generation = le32_get(at + 4);
  ret_entry->row.created.us = (int64_t)le64_get(at + 8);
  memcpy(ret_entry->row.id, at + 16, KEY_ID_BYTES);
  memcpy(ret_entry->wrapped, at + 32, WRAPPED_KEY_BYTES);
  return ret_entry->row.generation > 0;
}

/* Costs that a changed file could name to stop us or to weaken the passphrase. RFC 9106: 3 passes
 * and 64 MiB is the floor. */
static bool is_cost_sane(const struct keyring_file *file)
{
  if (file->root_kind == ROOT_KEY_FILE) return file->passes == 0 && file->memory_bytes == 0;
  return file->passes >= 3 && file->passes <= 16 && file->memory_bytes >= (uint64_t)64 << 20 &&
         file->memory_bytes <= (uint64_t)1 << 30;
}

enum err keyring_file_parse(struct keyring_file *ret_file, const uint8_t *bytes, size_t n)
{
  if (n < KEYRING_HEADER_BYTES + HASH_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
    return ERR_CORRUPT;
  if (le16_get(bytes + 8) != FILE_VERSION) return ERR_VERSION;
  unsigned owner = bytes[10], root_kind = bytes[11];
  if (owner != KEYRING_SERVE && owner != KEYRING_CUSTODIAN) return ERR_CORRUPT;
  if (root_kind != ROOT_KEY_FILE && root_kind != ROOT_PASSPHRASE) return ERR_CORRUPT;
  ret_file->owner = (enum keyring_owner)owner;
  ret_file->root_kind = (enum root_kind)root_kind;
  ret_file->passes = le64_get(bytes + 12);
  ret_file->memory_bytes = le64_get(bytes + 20);
  memcpy(ret_file->salt, bytes + 28, KEYRING_SALT_BYTES);
  memcpy(ret_file->authority, bytes + 44, ID_BYTES);
  memcpy(ret_file->root_id, bytes + 60, KEY_ID_BYTES);
  ret_file->count = le32_get(bytes + 76);
  if (!is_cost_sane(ret_file) || ret_file->count > KEYRING_ROWS_MAX) return ERR_CORRUPT;
  if (n != KEYRING_HEADER_BYTES + ret_file->count * KEYRING_ROW_BYTES + HASH_BYTES)
    return ERR_CORRUPT;
  const uint8_t *at = bytes + KEYRING_HEADER_BYTES;
  for (uint32_t i = 0; i < ret_file->count; i++, at += KEYRING_ROW_BYTES)
    if (!parse_entry(&ret_file->entries[i], at)) return ERR_CORRUPT;
  return OK;
}

enum err keyring_file_check(const struct keyring_file *file, const struct key *root,
                            const uint8_t *bytes, size_t n)
{
  uint8_t id[KEY_ID_BYTES];
  struct hash mac;
  key_id(id, root);
  if (!bytes_equal(id, file->root_id, KEY_ID_BYTES)) return ERR_KEY;
  file_mac(&mac, root, bytes, n - HASH_BYTES);
  return bytes_equal(mac.bytes, bytes + n - HASH_BYTES, HASH_BYTES) ? OK : ERR_CORRUPT;
}
