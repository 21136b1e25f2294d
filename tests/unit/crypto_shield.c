/* Both sides of the shield: what serve seals only the custodian opens, and all records look alike.
 */
#include <sodium.h>

#include "crypto/custody_shield.h"
#include "crypto/shield.h"
#include "tests/unit/crypto_support.h"

static struct shield_place place_of(uint64_t version)
{
  struct shield_place place = {.version = version, .generation = 1};
  count_from(place.authority, 0xa0, ID_BYTES);
  count_from(place.record, 0xc0, ID_BYTES);
  return place;
}

static struct shield_public public_of(const struct key *secret)
{
  struct shield_public public;
  custody_shield_public(&public, secret);
  return public;
}

static uint8_t whole[SHIELD_BLOB_BYTES], core[SHIELD_BLOB_CORE_BYTES],
  text[SHIELD_BLOB_TEXT_MAX + 1];

static void seal(enum shield_kind kind, const void *plain, size_t n)
{
  struct key secret = key_from(0), record = key_from(0x20);
  struct shield_public to = public_of(&secret);
  struct shield_place place = place_of(7);
  struct outside outside = outside_real();
  cr_assert_eq(shield_seal(whole, kind, &to, &record, &place, plain, n, &outside), OK);
}

static enum err open_whole(enum shield_kind kind, size_t *ret_n)
{
  struct key secret = key_from(0), record = key_from(0x20);
  struct shield_place place = place_of(7);
  TRY(shield_strip(core, kind, &record, &place, whole));
  return custody_shield_open(text, ret_n, kind, &secret, &place, core);
}

Test(shield, opens_in_the_custodian_to_what_serve_sealed)
{
  static uint8_t full[SHIELD_BLOB_TEXT_MAX];
  memset(full, 0x80, sizeof full);
  for (int kind = SHIELD_BLOB; kind <= SHIELD_PATCH; kind++) {
    size_t lengths[] = {1, 100, shield_text_max((enum shield_kind)kind)};
    for (int i = 0; i < 3; i++) {
      size_t n = 0;
      seal((enum shield_kind)kind, full, lengths[i]);
      cr_assert_eq(open_whole((enum shield_kind)kind, &n), OK);
      cr_assert_eq(n, lengths[i]);
      cr_assert_arr_eq(text, full, n);
    }
  }
}

Test(shield, tells_nothing_held_from_damage)
{
  struct key secret = key_from(0), record = key_from(0x20);
  struct shield_public to = public_of(&secret);
  struct shield_place place = place_of(7);
  struct outside outside = outside_real();
  size_t n = 77;
  cr_assert_eq(shield_nothing(whole, SHIELD_BLOB, &to, &record, &place, &outside), OK);
  cr_assert_eq(open_whole(SHIELD_BLOB, &n), OK);
  cr_assert_eq(n, 0);
  core[200] ^= 1;
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_BLOB, &secret, &place, core), ERR_OPEN);
}

Test(shield, is_refused_when_it_does_not_fit)
{
  struct key secret = key_from(0), record = key_from(0x20);
  struct shield_public to = public_of(&secret);
  struct shield_place place = place_of(7);
  struct outside outside = outside_real();
  static uint8_t full[SHIELD_BLOB_TEXT_MAX + 1];
  cr_assert_eq(shield_seal(whole, SHIELD_BLOB, &to, &record, &place, full, sizeof full, &outside),
               ERR_TOO_LARGE);
  cr_assert_eq(shield_seal(whole, SHIELD_PATCH, &to, &record, &place, full,
                           SHIELD_PATCH_TEXT_MAX + 1, &outside),
               ERR_TOO_LARGE);
}

Test(shield, core_opens_with_no_other_secret_place_kind_or_slot)
{
  struct key secret = key_from(0), other = key_from(1);
  struct shield_place place = place_of(7), moved;
  size_t n;
  seal(SHIELD_PATCH, "x", 1);
  cr_assert_eq(open_whole(SHIELD_PATCH, &n), OK);
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &other, &place, core), ERR_OPEN);
  moved = place, moved.record[0] ^= 1;
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &moved, core), ERR_OPEN,
               "record");
  moved = place, moved.authority[0] ^= 1;
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &moved, core), ERR_OPEN,
               "authority");
  moved = place, moved.slot = 1;
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &moved, core), ERR_OPEN,
               "slot");
  moved = place, moved.version = 8;
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &moved, core), OK,
               "version is outer");
}

Test(shield, core_refuses_every_changed_byte)
{
  struct key secret = key_from(0);
  struct shield_place place = place_of(7);
  size_t n;
  seal(SHIELD_PATCH, "x", 1);
  cr_assert_eq(open_whole(SHIELD_PATCH, &n), OK);
  for (size_t i = 0; i < SHIELD_PATCH_CORE_BYTES; i++) {
    core[i] ^= 1;
    cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &place, core), ERR_OPEN,
                 "byte %zu", i);
    core[i] ^= 1;
  }
}

/* A lock moved to another record together with its inner envelope made anew for it: the key would
 * fit, the hash of the place inside the sealed box does not. */
Test(shield, lock_names_its_place)
{
  struct key secret = key_from(0), record = key_from(0x20);
  struct shield_public to = public_of(&secret);
  struct shield_place place = place_of(7), there = place_of(7);
  uint8_t lock[crypto_box_SEALBYTES + 64], opened[64];
  struct envelope_context inner = {.table = 4,
                                   .field = 1,
                                   .codec = 1,
                                   .compartment = COMPARTMENT_SHIELDED,
                                   .pad_class = SHIELD_PATCH_CLASS};
  struct nonce nonce = {{0}};
  struct key stolen;
  size_t n;
  (void)record;
  seal(SHIELD_PATCH, "x", 1);
  cr_assert_eq(open_whole(SHIELD_PATCH, &n), OK);
  memcpy(lock, core, sizeof lock);
  cr_assert_eq(crypto_box_seal_open(opened, lock, sizeof lock, to.bytes, (const uint8_t *)&secret),
               0, "an ordinary sealed box");
  memcpy(&stolen, opened, sizeof stolen);
  there.record[0] ^= 1;
  memcpy(inner.authority, there.authority, ID_BYTES);
  memcpy(inner.record, there.record, ID_BYTES);
  cr_assert_eq(envelope_seal(core + SHIELD_LOCK_BYTES, &stolen, &inner, &nonce, "y", 1), OK);
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &there, core), ERR_OPEN);
  memcpy(inner.record, place.record, ID_BYTES);
  cr_assert_eq(envelope_seal(core + SHIELD_LOCK_BYTES, &stolen, &inner, &nonce, "y", 1), OK);
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_PATCH, &secret, &place, core), OK,
               "the test's own aim");
}

Test(shield, takes_a_new_outer_layer_over_the_same_core)
{
  struct key secret = key_from(0), old_key = key_from(0x20), new_key = key_from(0x60);
  struct shield_place old_place = place_of(7), new_place = place_of(8);
  static uint8_t before[SHIELD_BLOB_BYTES], old_core[SHIELD_BLOB_CORE_BYTES];
  struct outside outside = outside_real();
  size_t n;
  seal(SHIELD_BLOB, "plan", 4);
  memcpy(before, whole, sizeof before);
  cr_assert_eq(shield_strip(old_core, SHIELD_BLOB, &old_key, &old_place, whole), OK);
  cr_assert_eq(
    shield_reseal_outer(whole, SHIELD_BLOB, &old_key, &old_place, &new_key, &new_place, &outside),
    OK);
  cr_assert_neq(memcmp(whole + 64, before + 64, 64), 0);
  cr_assert_eq(shield_strip(core, SHIELD_BLOB, &old_key, &old_place, whole), ERR_OPEN);
  cr_assert_eq(shield_strip(core, SHIELD_BLOB, &new_key, &old_place, whole), ERR_OPEN,
               "old version");
  cr_assert_eq(shield_strip(core, SHIELD_BLOB, &new_key, &new_place, whole), OK);
  cr_assert_arr_eq(core, old_core, sizeof core);
  cr_assert_eq(custody_shield_open(text, &n, SHIELD_BLOB, &secret, &new_place, core), OK);
  cr_assert_arr_eq(text, "plan", 4);
}

Test(shield, two_seals_of_one_text_share_nothing)
{
  static uint8_t before[SHIELD_BLOB_BYTES];
  seal(SHIELD_BLOB, "plan", 4);
  memcpy(before, whole, sizeof before);
  seal(SHIELD_BLOB, "plan", 4);
  size_t same = 0;
  for (size_t i = 8; i < sizeof before; i++)
    same += before[i] == whole[i];
  cr_assert_lt(same, sizeof before / 256 * 2, "%zu bytes alike", same);
  cr_assert_arr_eq(before, whole, 8, "the header says nothing of what is inside");
}

/* "1.2=value 3.1=" to a text. */
static size_t set_text(uint8_t *to, size_t capacity, const char *entries)
{
  struct shield_writer writer = {.text = to, .capacity = capacity};
  while (*entries != '\0') {
    char *at;
    unsigned long field = strtoul(entries, &at, 10);
    cr_assert_eq(*at, '.');
    unsigned long part = strtoul(at + 1, &at, 10);
    cr_assert_eq(*at, '=');
    size_t n = strcspn(at + 1, " ");
    struct shield_entry entry = {(uint16_t)field, (uint16_t)part, at + 1, n};
    cr_assert_eq(shield_put(&writer, &entry), OK);
    entries = at + 1 + n;
    if (*entries == ' ') entries++;
  }
  return writer.n;
}

static void set_show(char *to, size_t size, const uint8_t *from, size_t n)
{
  struct shield_reader reader = {.text = from, .n = n};
  struct shield_entry entry;
  size_t at = 0;
  *to = '\0';
  while (shield_next(&entry, &reader)) {
    at += (size_t)snprintf(to + at, size - at, "%s%u.%u=%.*s", at > 0 ? " " : "", entry.field,
                           entry.part, (int)entry.n, (const char *)entry.bytes);
    cr_assert_lt(at, size);
  }
  cr_assert_eq(reader.err, OK);
}

Test(shield, merge_puts_the_patch_over_the_blob)
{
  static const struct {
    const char *old, *patch, *merged;
  } rows[] = {{"", "", ""},
              {"1.0=a", "", "1.0=a"},
              {"", "1.0=a", "1.0=a"},
              {"1.0=a 3.0=c", "2.0=b", "1.0=a 2.0=b 3.0=c"},
              {"1.0=a 2.0=b", "1.0=x", "1.0=x 2.0=b"},
              {"1.0=a 2.0=b 2.1=c", "2.0=", "1.0=a 2.1=c"},
              {"1.0=a", "1.0=", ""},
              {"1.0=a", "0.9=x 9.0=y", "0.9=x 1.0=a 9.0=y"},
              {"1.0=a", "5.0=", "1.0=a"}};
  static uint8_t blob_core[SHIELD_BLOB_CORE_BYTES], patch_core[SHIELD_PATCH_CORE_BYTES];
  static uint8_t scratch[CUSTODY_MERGE_SCRATCH], set[SHIELD_PATCH_TEXT_MAX];
  struct key secret = key_from(0);
  struct shield_public to = public_of(&secret);
  struct custody_merge in = {place_of(7), place_of(7), blob_core, patch_core};
  struct outside outside = outside_real();
  char shown[256];
  in.patch_place.slot = 2;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t n = set_text(set, sizeof set, rows[i].old);
    cr_assert_eq(shield_seal_core(blob_core, SHIELD_BLOB, &to, &in.blob_place, set, n, &outside),
                 OK);
    n = set_text(set, sizeof set, rows[i].patch);
    cr_assert_eq(shield_seal_core(patch_core, SHIELD_PATCH, &to, &in.patch_place, set, n, &outside),
                 OK);
    cr_assert_eq(custody_shield_merge(core, &secret, &in, scratch, &outside), OK);
    cr_assert_eq(custody_shield_open(text, &n, SHIELD_BLOB, &secret, &in.blob_place, core), OK);
    set_show(shown, sizeof shown, text, n);
    cr_assert_str_eq(shown, rows[i].merged);
    for (size_t j = 0; j < sizeof scratch; j++)
      cr_assert_eq(scratch[j], 0, "scratch is wiped");
  }
}

Test(shield, text_in_another_form_is_corrupt)
{
  static const struct {
    const char *what, *hex;
  } rows[] = {{"cut head", "01000000000000"},
              {"cut value", "010000000200000061"},
              {"huge length", "01000000ffffffff61"},
              {"out of order", "02000000000000000100000000000000"},
              {"doubled", "01000000000000000100000000000000"},
              {"beyond the last", "ffffffff00000000"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint8_t bytes[32];
    size_t n = strlen(rows[i].hex) / 2;
    unhex(bytes, n, rows[i].hex);
    struct shield_reader reader = {.text = bytes, .n = n};
    struct shield_entry entry;
    while (shield_next(&entry, &reader)) {
    }
    cr_assert_eq(reader.err, ERR_CORRUPT, "%s", rows[i].what);
  }
}

Test(shield, writer_keeps_order_and_room)
{
  uint8_t bytes[20];
  struct shield_writer writer = {.text = bytes, .capacity = sizeof bytes};
  struct shield_entry entry = {2, 0, "abcd", 4}, before = {1, 9, "", 0}, after = {2, 1, "abcd", 4};
  cr_assert_eq(shield_put(&writer, &entry), OK);
  cr_assert_eq(shield_put(&writer, &entry), ERR_INPUT);
  cr_assert_eq(shield_put(&writer, &before), ERR_INPUT);
  cr_assert_eq(shield_put(&writer, &after), ERR_TOO_LARGE);
  after.n = 0;
  cr_assert_eq(shield_put(&writer, &after), OK);
  cr_assert_eq(writer.n, 20);
}
