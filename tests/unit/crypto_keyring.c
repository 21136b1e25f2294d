/* Keyring and key files: what a careless administrator or a thief could put there is refused, and
 * memory is as guarded as the header says. */
#define _GNU_SOURCE /* memmem */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/keyring.h"
#include "tests/unit/crypto_support.h"

enum { PATH = 256, FILE_MAX = 65536 };
static char folder[PATH], below[PATH], ring[PATH], root[PATH];
static const uint8_t authority[ID_BYTES] = {0xa0, 0xa1};

static void set_up(void)
{
  cr_assert_eq(crypto_ready(), OK);
  snprintf(folder, sizeof folder, "/tmp/cnis-keyring-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  snprintf(below, sizeof below, "%.100s/register", folder);
  snprintf(ring, sizeof ring, "%.100s/keyring", folder);
  snprintf(root, sizeof root, "%.100s/root", folder);
  cr_assert_eq(mkdir(below, 0700), 0);
}

static void tear_down(void)
{
  char command[PATH + 16];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  cr_assert_eq(system(command), 0);
}

TestSuite(keyring, .init = set_up, .fini = tear_down);

static struct root_source from_file(void)
{
  return (struct root_source){.key_file = root, .refuse_below = below};
}

static struct keyring *made(void)
{
  struct outside outside = outside_real();
  struct root_source source = from_file();
  struct keyring *keyring = NULL;
  cr_assert_eq(key_file_create(root, &outside), OK);
  cr_assert_eq(keyring_create(ring, KEYRING_SERVE, &source, authority, &outside), OK);
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &source), OK);
  return keyring;
}

static enum err load(void)
{
  struct root_source source = from_file();
  struct keyring *keyring = NULL;
  enum err err = keyring_load(&keyring, ring, KEYRING_SERVE, &source);
  keyring_free(&keyring);
  return err;
}

static size_t read_file(const char *path, uint8_t *ret)
{
  FILE *file = fopen(path, "rb");
  cr_assert_not_null(file);
  size_t n = fread(ret, 1, FILE_MAX, file);
  fclose(file);
  return n;
}

static void write_file(const char *path, const uint8_t *bytes, size_t n)
{
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, n, file), n);
  fclose(file);
}

Test(keyring, gives_the_same_keys_after_loading_again)
{
  struct keyring *first = made(), *second = NULL;
  struct root_source source = from_file();
  cr_assert_eq(keyring_load(&second, ring, KEYRING_SERVE, &source), OK);
  cr_assert_arr_eq(keyring_authority(first), authority, ID_BYTES);
  cr_assert_eq(keyring_count(first), 6);
  for (int i = KEY_RECORD; i <= KEY_MANIFEST; i++) {
    const struct key *a = keyring_active(first, (enum key_purpose)i, NULL);
    const struct key *b = keyring_key(second, (enum key_purpose)i, 1);
    cr_assert_not_null(a);
    cr_assert_not_null(b);
    cr_assert_arr_eq(a, b, sizeof *a);
    cr_assert_eq(keyring_active_generation(first, (enum key_purpose)i), 1);
    for (int j = KEY_RECORD; j < i; j++)
      cr_assert_neq(memcmp(a, keyring_active(first, (enum key_purpose)j, NULL), sizeof *a), 0);
  }
  keyring_free(&first);
  keyring_free(&second);
}

Test(keyring, of_serve_holds_no_key_of_the_custodian)
{
  struct keyring *keyring = made();
  for (int i = KEY_SHIELD; i <= KEY_CUSTODY; i++)
    cr_assert_null(keyring_active(keyring, (enum key_purpose)i, NULL));
  keyring_free(&keyring);
  struct root_source source = from_file();
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_CUSTODIAN, &source), ERR_KEY);
}

Test(keyring, of_the_custodian_holds_no_key_of_serve)
{
  struct outside outside = outside_real();
  struct root_source source = from_file();
  struct keyring *keyring = NULL;
  cr_assert_eq(key_file_create(root, &outside), OK);
  cr_assert_eq(keyring_create(ring, KEYRING_CUSTODIAN, &source, authority, &outside), OK);
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_CUSTODIAN, &source), OK);
  cr_assert_eq(keyring_count(keyring), 3);
  for (int i = KEY_RECORD; i <= KEY_MANIFEST; i++)
    cr_assert_null(keyring_active(keyring, (enum key_purpose)i, NULL));
  keyring_free(&keyring);
}

Test(keyring, is_not_made_over_another)
{
  struct keyring *keyring = made();
  struct outside outside = outside_real();
  struct root_source source = from_file();
  cr_assert_eq(keyring_create(ring, KEYRING_SERVE, &source, authority, &outside), ERR_CONFLICT);
  keyring_free(&keyring);
  cr_assert_eq(load(), OK);
}

Test(keyring, says_that_the_root_is_another_one)
{
  struct keyring *keyring = made();
  struct outside outside = outside_real();
  keyring_free(&keyring);
  cr_assert_eq(unlink(root), 0);
  cr_assert_eq(key_file_create(root, &outside), OK);
  cr_assert_eq(load(), ERR_KEY);
}

Test(keyring, refuses_every_changed_byte_and_length)
{
  static uint8_t bytes[FILE_MAX];
  struct keyring *keyring = made();
  keyring_free(&keyring);
  size_t n = read_file(ring, bytes);
  for (size_t i = 0; i < n; i++) {
    bytes[i] ^= 0x10;
    write_file(ring, bytes, n);
    cr_assert_neq(load(), OK, "byte %zu", i);
    bytes[i] ^= 0x10;
  }
  for (size_t length = 0; length < n; length += 13) {
    write_file(ring, bytes, length);
    cr_assert_eq(load(), ERR_CORRUPT, "%zu bytes", length);
  }
  write_file(ring, bytes, n);
  cr_assert_eq(load(), OK);
}

Test(keyring, shows_no_key_in_its_file)
{
  static uint8_t bytes[FILE_MAX];
  struct keyring *keyring = made();
  size_t n = read_file(ring, bytes);
  for (int i = KEY_RECORD; i <= KEY_MANIFEST; i++)
    cr_assert_null(memmem(bytes, n, keyring_active(keyring, (enum key_purpose)i, NULL), 8));
  keyring_free(&keyring);
}

Test(keyring, rotates_and_still_has_the_old_key)
{
  struct keyring *keyring = made();
  struct outside outside = outside_real();
  struct key old = *keyring_active(keyring, KEY_RECORD, NULL);
  cr_assert_eq(keyring_rotate(keyring, KEY_RECORD, &outside), OK);
  keyring_free(&keyring);
  struct root_source source = from_file();
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &source), OK);
  cr_assert_eq(keyring_active_generation(keyring, KEY_RECORD), 2);
  cr_assert_arr_eq(keyring_key(keyring, KEY_RECORD, 1), &old, sizeof old);
  cr_assert_neq(memcmp(keyring_key(keyring, KEY_RECORD, 2), &old, sizeof old), 0);
  cr_assert_eq(keyring_row(keyring, 0).state, KEY_DECRYPT_ONLY);
  keyring_free(&keyring);
}

Test(keyring, forgets_a_destroyed_key_at_every_position)
{
  for (uint32_t position = 1; position <= 3; position++) {
    struct keyring *keyring = made();
    struct outside outside = outside_real();
    for (int i = 0; i < 3; i++)
      cr_assert_eq(keyring_rotate(keyring, KEY_AUDIT, &outside), OK);
    cr_assert_eq(keyring_destroy(keyring, KEY_AUDIT, 4), ERR_CONFLICT, "the active one");
    cr_assert_eq(keyring_destroy(keyring, KEY_AUDIT, position), OK);
    cr_assert_eq(keyring_destroy(keyring, KEY_AUDIT, position), ERR_CONFLICT);
    for (int again = 0; again < 2; again++) {
      for (uint32_t i = 1; i <= 4; i++)
        cr_assert_eq(keyring_key(keyring, KEY_AUDIT, i) == NULL, i == position, "%u of %u", i,
                     position);
      keyring_free(&keyring);
      struct root_source source = from_file();
      cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &source), OK);
    }
    keyring_free(&keyring);
    cr_assert_eq(unlink(ring) | unlink(root), 0);
  }
}

Test(keyring, leaves_nothing_of_a_destroyed_key)
{
  static uint8_t before[FILE_MAX], after[FILE_MAX];
  struct keyring *keyring = made();
  struct outside outside = outside_real();
  const struct key *old = keyring_active(keyring, KEY_RECORD, NULL);
  static const struct key zero;
  cr_assert_eq(keyring_rotate(keyring, KEY_RECORD, &outside), OK);
  cr_assert_eq(read_file(ring, before), read_file(ring, after));
  cr_assert_eq(keyring_destroy(keyring, KEY_RECORD, 1), OK);
  cr_assert_arr_eq(old, &zero, sizeof zero, "in memory");
  size_t n = read_file(ring, after),
         wrapped = 80 + 32 + 8; /* the file's, the row's, its own head */
  for (size_t i = wrapped; i < wrapped + 104; i += 8)
    cr_assert_null(memmem(after, n, before + i, 8), "in the file, byte %zu", i);
  keyring_free(&keyring);
}

Test(keyring, opens_with_the_passphrase_and_with_no_other)
{
  struct outside outside = outside_real();
  struct root_source source = {.passphrase = {"llwybr cudd", 11}};
  struct root_source other = {.passphrase = {"llwybr cudD", 11}}, none = {0}, file = from_file();
  struct keyring *keyring = NULL;
  cr_assert_eq(keyring_create(ring, KEYRING_SERVE, &none, authority, &outside), ERR_KEY);
  cr_assert_eq(keyring_create(ring, KEYRING_SERVE, &source, authority, &outside), OK);
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &other), ERR_KEY);
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &file), ERR_KEY);
  cr_assert_eq(keyring_load(&keyring, ring, KEYRING_SERVE, &source), OK);
  keyring_free(&keyring);
}

struct mapping {
  unsigned long from, to;
  char may[5]; /* "r--p" and NUL */
};

static bool next_mapping(FILE *maps, struct mapping *ret)
{
  char line[512], *at;
  if (fgets(line, sizeof line, maps) == NULL) return false;
  ret->from = strtoul(line, &at, 16);
  ret->to = strtoul(at + 1, &at, 16);
  memcpy(ret->may, at + 1, sizeof ret->may - 1);
  return true;
}

Test(keyring, keys_in_use_can_be_read_and_not_written)
{
  struct keyring *keyring = made();
  unsigned long at = (unsigned long)keyring_active(keyring, KEY_RECORD, NULL);
  FILE *maps = fopen("/proc/self/maps", "r");
  struct mapping mapping = {0};
  bool found = false;
  while (!found && next_mapping(maps, &mapping))
    found = mapping.from <= at && at < mapping.to;
  fclose(maps);
  cr_assert(found);
  cr_assert_eq(strncmp(mapping.may, "r--", 3), 0, "%s", mapping.may);
  keyring_free(&keyring);
}

/* How often the root stands in this page; it is masked here, or the search would find itself. */
static size_t count_in(const uint8_t page[static 4096], const uint8_t masked[static KEY_BYTES])
{
  size_t found = 0;
  for (size_t i = 0; i + KEY_BYTES <= 4096; i++) {
    size_t same = 0;
    while (same < KEY_BYTES && page[i + same] == (masked[same] ^ 0x5a))
      same++;
    found += same == KEY_BYTES;
  }
  return found;
}

/* Every mapped page that can be read is searched. Sanitisers map terabytes of their own; nothing of
 * ours is larger than the limit. */
Test(keyring, root_is_in_no_readable_memory_between_uses)
{
  static uint8_t bytes[FILE_MAX];
  enum { LARGEST = 256 << 20 };
  struct keyring *keyring = made();
  struct mapping mapping;
  size_t found = 0;
  cr_assert_eq(read_file(root, bytes), KEY_BYTES);
  for (int i = 0; i < KEY_BYTES; i++)
    bytes[i] ^= 0x5a;
  FILE *maps = fopen("/proc/self/maps", "r");
  int memory = open("/proc/self/mem", O_RDONLY);
  while (next_mapping(maps, &mapping)) {
    if (mapping.may[0] != 'r' || mapping.to - mapping.from > LARGEST) continue;
    for (unsigned long at = mapping.from; at < mapping.to; at += 4096) {
      uint8_t page[4096];
      if (pread(memory, page, sizeof page, (off_t)at) != sizeof page) break;
      found += count_in(page, bytes);
    }
  }
  fclose(maps);
  close(memory);
  cr_assert_eq(found, 0);
  keyring_free(&keyring);
}

static enum err read_key(const char *path)
{
  struct key key;
  return key_file_read(&key, path, below);
}

Test(keyring, key_file_must_be_private)
{
  static const struct {
    mode_t mode;
    enum err err;
  } rows[] = {{0400, OK},      {0600, OK},      {0440, ERR_KEY}, {0604, ERR_KEY}, {0640, ERR_KEY},
              {0620, ERR_KEY}, {0602, ERR_KEY}, {0700, ERR_KEY}, {0401, ERR_KEY}, {04400, ERR_KEY}};
  struct outside outside = outside_real();
  cr_assert_eq(key_file_create(root, &outside), OK);
  cr_assert_eq(key_file_create(root, &outside), ERR_CONFLICT);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    cr_assert_eq(chmod(root, rows[i].mode), 0);
    cr_assert_eq(read_key(root), rows[i].err, "mode %o", rows[i].mode);
  }
}

Test(keyring, key_file_must_be_a_file_of_its_own_outside_the_register)
{
  char other[PATH];
  struct outside outside = outside_real();
  cr_assert_eq(key_file_create(root, &outside), OK);
  snprintf(other, sizeof other, "%.100s/link", folder);
  cr_assert_eq(symlink(root, other), 0);
  cr_assert_eq(read_key(other), ERR_KEY, "a symbolic link");
  snprintf(other, sizeof other, "%.100s/root", below);
  cr_assert_eq(key_file_create(other, &outside), OK);
  cr_assert_eq(read_key(other), ERR_KEY, "below the register");
  snprintf(other, sizeof other, "%.100s/../register/root", below);
  cr_assert_eq(read_key(other), ERR_KEY, "below the register, by another way");
  snprintf(other, sizeof other, "%.100s/register-root", folder);
  cr_assert_eq(key_file_create(other, &outside), OK);
  cr_assert_eq(read_key(other), OK, "beside it, with a name that begins alike");
  cr_assert_eq(read_key(folder), ERR_KEY, "a folder");
  cr_assert_eq(chmod(root, 0600), 0);
  cr_assert_eq(truncate(root, 33), 0);
  cr_assert_eq(read_key(root), ERR_KEY, "33 bytes");
}
