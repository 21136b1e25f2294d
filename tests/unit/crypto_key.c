/* Keys: the project's own vectors (docs/design.md) and those of the hash functions. */
#include <signal.h>

#include "tests/unit/crypto_support.h"

Test(key, library_is_ready)
{
  cr_assert_eq(crypto_ready(), OK);
}

Test(key, is_named_by_the_known_vector)
{
  struct key key = key_from(0);
  uint8_t id[KEY_ID_BYTES];
  key_id(id, &key);
  assert_hex(id, sizeof id, "57987f657b4ca187e3d32327e68f7210");
}

Test(key, derives_the_seal_key_of_the_known_vector)
{
  struct key key = key_from(0), seal;
  key_derive(&seal, &key, "cnis/seal/1", NULL, 0);
  assert_hex(&seal, sizeof seal,
             "f434929f128ff6823a3c80740fcc27e44a0fcc9c930d7b014e36d6d7af729a60");
}

Test(key, makes_the_search_token_of_the_known_vector)
{
  static const uint8_t index[] = {3, 0, 1, 0}; /* u16 index, u16 normaliser */
  static const char parts[] = "\x03\0\0\0SM0\x0a\0\0\0"
                              "2012-03-09"; /* u32 length, bytes */
  struct key key = key_from(0x40), of_index;
  uint8_t tag[KEY_TAG_BYTES];
  key_derive(&of_index, &key, "cnis/idx/1", index, sizeof index);
  key_tag(tag, &of_index, "cnis/tok/1", parts, sizeof parts - 1);
  assert_hex(tag, sizeof tag, "337960ea2dc192e12205ea05a21c7842");
  cr_assert_eq(tag[0] << 3 | tag[1] >> 5, 411, "top 11 bits");
}

Test(key, label_context_and_key_each_change_what_is_derived)
{
  struct key key = key_from(0), other = key_from(1), made[4];
  key_derive(&made[0], &key, "cnis/a/1", "x", 1);
  key_derive(&made[1], &key, "cnis/b/1", "x", 1);
  key_derive(&made[2], &key, "cnis/a/1", "y", 1);
  key_derive(&made[3], &other, "cnis/a/1", "x", 1);
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < i; j++)
      cr_assert_neq(memcmp(&made[i], &made[j], KEY_BYTES), 0, "%d %d", i, j);
}

Test(key, is_gone_after_wiping)
{
  struct key key = key_from(1), zero;
  memset(&zero, 0, sizeof zero);
  key_wipe(&key);
  cr_assert_arr_eq(&key, &zero, sizeof key);
}

Test(key, hashes_abc_as_the_standards_say)
{
  struct hash hash;
  hash_sha256(&hash, "abc", 3); /* FIPS 180-4 */
  assert_hex(&hash, sizeof hash,
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hash_blake2b(&hash, "abc", 3); /* RFC 7693, 32 bytes */
  assert_hex(&hash, sizeof hash,
             "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

Test(key, a_label_beyond_sixteen_bytes_is_a_bug, .signal = SIGABRT)
{
  struct key key = key_from(0), made;
  key_derive(&made, &key, "cnis/seventeen/10", NULL, 0);
}
