/* The seal of a row: every way in which a row can be changed gives another seal. */
#include "crypto/envelope.h"
#include "tests/unit/crypto_support.h"

struct column {
  uint16_t id;
  const char *bytes;
};

static struct row_place place(void)
{
  struct row_place place = {.version = 7, .crypto_revision = 1};
  count_from(place.authority, 0xa0, ID_BYTES);
  count_from(place.record, 0xc0, ID_BYTES);
  return place;
}

static struct hash seal(const struct key *key, const struct row_place *at,
                        const struct column *columns, size_t count)
{
  struct row_seal seal;
  struct hash hash;
  row_seal_begin(&seal, key, at);
  for (size_t i = 0; i < count; i++)
    row_seal_column(&seal, columns[i].id, columns[i].bytes,
                    columns[i].bytes != NULL ? strlen(columns[i].bytes) : 0);
  row_seal_finish(&seal, &hash);
  return hash;
}

static const struct column whole[] = {{1, "body"}, {2, "shielded"}};

Test(row_seal, is_the_same_for_the_same_row)
{
  struct key key = key_from(0);
  struct row_place at = place();
  struct hash a = seal(&key, &at, whole, 2), b = seal(&key, &at, whole, 2);
  cr_assert(hash_equal(&a, &b));
}

Test(row_seal, is_what_the_written_format_says)
{
  /* BLAKE2b-256(seal key, authority || record || u64 7 || u32 1 || u16 1, u32 4, "body" || u16 2,
   * NULL) */
  static const struct column columns[] = {{1, "body"}, {2, NULL}};
  struct key key = key_from(0);
  struct row_place at = place();
  struct hash hash = seal(&key, &at, columns, 2);
  assert_hex(&hash, sizeof hash,
             "0c1c0fc9f89149a78132bdc36dc3051630c68c7933590bcd134698600eec034a");
}

Test(row_seal, changes_with_every_change_of_the_columns)
{
  static const struct {
    const char *what;
    struct column columns[3];
    size_t count;
  } rows[] = {{"another byte", {{1, "bodz"}, {2, "shielded"}}, 2},
              {"a column dropped", {{1, "body"}}, 1},
              {"a column doubled", {{1, "body"}, {2, "shielded"}, {2, "shielded"}}, 3},
              {"columns in another order", {{2, "shielded"}, {1, "body"}}, 2},
              {"ids exchanged", {{2, "body"}, {1, "shielded"}}, 2},
              {"a byte moved over the border", {{1, "bodys"}, {2, "hielded"}}, 2},
              {"empty", {{1, "body"}, {2, ""}}, 2},
              {"NULL", {{1, "body"}, {2, NULL}}, 2}};
  struct key key = key_from(0);
  struct row_place at = place();
  struct hash seen[9] = {seal(&key, &at, whole, 2)};
  for (size_t i = 0; i < 8; i++) {
    seen[i + 1] = seal(&key, &at, rows[i].columns, rows[i].count);
    for (size_t j = 0; j <= i; j++)
      cr_assert(!hash_equal(&seen[i + 1], &seen[j]), "%s", rows[i].what);
  }
}

Test(row_seal, changes_with_key_and_place)
{
  struct key key = key_from(0), other = key_from(1);
  struct row_place at = place();
  struct hash first = seal(&key, &at, whole, 2), hash = seal(&other, &at, whole, 2);
  cr_assert(!hash_equal(&first, &hash), "key");
  at.version++, hash = seal(&key, &at, whole, 2), at = place();
  cr_assert(!hash_equal(&first, &hash), "version");
  at.crypto_revision++, hash = seal(&key, &at, whole, 2), at = place();
  cr_assert(!hash_equal(&first, &hash), "crypto revision");
  at.record[3] ^= 1, hash = seal(&key, &at, whole, 2), at = place();
  cr_assert(!hash_equal(&first, &hash), "record");
  at.authority[3] ^= 1, hash = seal(&key, &at, whole, 2);
  cr_assert(!hash_equal(&first, &hash), "authority");
}
