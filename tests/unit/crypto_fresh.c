/* The multiset sum: order does not matter, everything else does. */
#include "crypto/fresh.h"
#include "tests/unit/crypto_support.h"

static struct hash term_of(uint8_t record, uint64_t version, uint8_t ret_record[static ID_BYTES])
{
  struct key key = key_from(0);
  struct row_place place = {.version = version, .crypto_revision = 1};
  struct hash seal, term;
  memset(place.record, record, ID_BYTES);
  memset(&seal, record, sizeof seal);
  memcpy(ret_record, place.record, ID_BYTES);
  fresh_term(&term, &key, &place, &seal);
  return term;
}

static void add(struct fresh *fresh, uint8_t record, uint64_t version)
{
  uint8_t id[ID_BYTES];
  struct hash term = term_of(record, version, id);
  fresh_add(fresh, id, &term);
}

static void subtract(struct fresh *fresh, uint8_t record, uint64_t version)
{
  uint8_t id[ID_BYTES];
  struct hash term = term_of(record, version, id);
  fresh_subtract(fresh, id, &term);
}

Test(fresh, does_not_depend_on_order)
{
  struct fresh up = {0}, down = {0};
  for (int i = 0; i < 200; i++)
    add(&up, (uint8_t)i, 1);
  for (int i = 199; i >= 0; i--)
    add(&down, (uint8_t)i, 1);
  cr_assert(fresh_equal(&up, &down));
}

Test(fresh, follows_an_update_as_if_the_old_row_had_never_been)
{
  struct fresh updated = {0}, anew = {0};
  for (int i = 0; i < 40; i++)
    add(&updated, (uint8_t)i, 1);
  subtract(&updated, 9, 1);
  add(&updated, 9, 2);
  for (int i = 0; i < 40; i++)
    add(&anew, (uint8_t)i, i == 9 ? 2 : 1);
  cr_assert(fresh_equal(&updated, &anew));
}

Test(fresh, tells_an_old_row_a_missing_row_and_a_doubled_row)
{
  struct fresh now = {0}, other = {0};
  for (int i = 0; i < 40; i++)
    add(&now, (uint8_t)i, 2);
  for (int i = 0; i < 40; i++)
    add(&other, (uint8_t)i, i == 9 ? 1 : 2);
  cr_assert(!fresh_equal(&now, &other), "put back");
  subtract(&other, 9, 1);
  cr_assert(!fresh_equal(&now, &other), "taken away");
  add(&other, 9, 2);
  cr_assert(fresh_equal(&now, &other));
  subtract(&other, 25, 2);
  add(&other, 9, 2);
  cr_assert(!fresh_equal(&now, &other), "one for another in the same bucket");
}

Test(fresh, may_be_summed_in_parts)
{
  struct fresh whole = {0}, parts[2] = {{.rows = 0}};
  for (int i = 0; i < 40; i++) {
    add(&whole, (uint8_t)i, 2);
    add(&parts[i % 3 == 0], (uint8_t)i, 2);
  }
  cr_assert(!fresh_equal(&whole, &parts[0]));
  fresh_join(&parts[0], &parts[1]);
  cr_assert(fresh_equal(&whole, &parts[0]));
  cr_assert_eq(whole.rows, parts[0].rows);
}

Test(fresh, adds_modulo_two_to_the_256)
{
  struct fresh fresh = {0};
  struct hash all, one = {{1}};
  uint8_t record[ID_BYTES] = {3}, zeros[HASH_BYTES] = {0};
  memset(&all, 0xff, sizeof all);
  fresh_add(&fresh, record, &all);
  fresh_add(&fresh, record, &one);
  cr_assert_arr_eq(fresh.sums[3], zeros, HASH_BYTES);
}

Test(fresh, opens_what_it_sealed_and_nothing_else)
{
  struct key key = key_from(0), other = key_from(1);
  struct nonce nonce = {{1}};
  struct fresh fresh = {.sequence = 12}, back;
  uint8_t authority[ID_BYTES] = {1}, elsewhere[ID_BYTES] = {2}, sealed[FRESH_SEALED_BYTES];
  for (int i = 0; i < 40; i++)
    add(&fresh, (uint8_t)i, 2);
  cr_assert_eq(fresh_seal(sealed, &key, authority, 1, &nonce, &fresh), OK);
  cr_assert_eq(fresh_open(&back, &key, authority, 1, sealed), OK);
  cr_assert(fresh_equal(&back, &fresh));
  cr_assert_eq(back.rows, 40);
  cr_assert_eq(back.sequence, 12);
  cr_assert_eq(fresh_open(&back, &other, authority, 1, sealed), ERR_OPEN);
  cr_assert_eq(fresh_open(&back, &key, elsewhere, 1, sealed), ERR_OPEN);
  cr_assert_eq(fresh_open(&back, &key, authority, 2, sealed), ERR_OPEN, "below the floor");
}
