/* Who may ask what; merge and compare. */
#include "tests/unit/custodian_world.h"

Test(custodian_table, forbids_what_the_row_does_not_allow)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct custodian_enrolment enrolment = {0};
  struct protocol_writer writer = question();
  protocol_put_enrolment(&writer, &enrolment);
  cr_expect_eq(ask(world, &writer, CUSTODIAN_ENROL, REGISTER), CUSTODIAN_FORBIDDEN);
  writer = question();
  protocol_put_opening(&writer, &world->opening);
  cr_expect_eq(ask(world, &writer, CUSTODIAN_OPEN, ADMIN), CUSTODIAN_FORBIDDEN);
  struct protocol_frame unknown = {.kind = 77};
  cr_expect_eq(service_answer(&world->service, &unknown, REGISTER | ADMIN), 0);
  end_world(world);
}

/* ---- merge and compare ---- */

static enum custodian_status ask_compare(struct world *world, const char *text, const char *own)
{
  struct custodian_comparison comparison = {.text = {text, strlen(text)}};
  struct protocol_writer writer = question();
  if (own != NULL) {
    comparison.own[0] = (struct personal){own, strlen(own)};
    comparison.own_count = 1;
  }
  protocol_put_comparison(&writer, &comparison);
  return ask(world, &writer, CUSTODIAN_COMPARE, REGISTER);
}

Test(custodian_compare, finds_protected_values_however_they_are_spaced)
{
  static const struct {
    const char *text, *own;
    int hit;
  } rows[] = {
    {"Dear Mrs Evans, we will visit on Tuesday.", NULL, 0},
    {"They live at 4 Heol y Parc, Abertawe, ZZ1 1ZZ.", NULL, 1},
    {"They live at 4 heol  y parc\nAbertawe\nZZ1 1ZZ", NULL, 1},
    {"seen near 4 HEOL Y PARC again", NULL, 1},
    {"seen near 14 Heol y Parc again", NULL, 0},
    {"postcode ZZ11ZZ", NULL, 1},
    {"ring 07700900123 after six", NULL, 1},
    {"ring +44 7700 900 123 after six", NULL, 1},
    {"ring +44 (0)7700 900123", NULL, 1},
    {"ring 07700 900124", NULL, 0},
    {"Mair has grown", NULL, 0}, /* the name is not among the fields to compare */
    {"We write to 4 Heol y Parc, Abertawe, ZZ1 1ZZ", "4 Heol y Parc, Abertawe, ZZ1 1ZZ", 0},
    {"We write to 4 Heol y Parc, ring 07700 900123", "4 Heol y Parc, Abertawe, ZZ1 1ZZ", 1},
  };
  struct world *world = make_world(TICKET_OPEN, "0");
  cr_expect_eq(ask_compare(world, "x", NULL), CUSTODIAN_NOT_READY);
  cr_assert_eq(ask_learn(world, world->blob, true), CUSTODIAN_OK);
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    cr_assert_eq(ask_compare(world, rows[i].text, rows[i].own), CUSTODIAN_OK, "row %zu", i);
    cr_assert_eq(world->answer_n, 1);
    cr_expect_eq(world->answer[0], rows[i].hit, "row %zu: %s", i, rows[i].text);
  }
  end_world(world);
}

/* Learns one address, and asks. */
static int house_hits(const char *address, const char *text)
{
  struct known *known = NULL;
  struct arena *arena = NULL;
  struct custodian_comparison comparison = {.text = {text, strlen(text)}};
  struct shield_writer blob = {.text = (uint8_t[512]){0}, .capacity = 512};
  uint8_t fields[TICKET_FIELD_BYTES], record[ID_BYTES] = {7};
  bool hit = false;

  memset(fields, 0xff, sizeof fields);
  put_entry(&blob, FIELD_ADDRESS, 0, address);
  cr_assert_eq(known_new(&known), OK);
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  known_choose(known, fields);
  cr_assert_eq(known_learn(known, arena, record, blob.text, blob.n), OK);
  cr_assert_eq(known_holds(known, arena, &hit, &comparison), OK);
  arena_free(&arena);
  known_free(&known);
  return hit;
}

Test(custodian_compare, finds_the_name_of_a_house_that_has_no_number)
{
  const char *address = "Tŷ Gwyn, Llanfair-y-Data, ZZ1 1AA";

  cr_expect(house_hits(address, "He was seen at ty gwyn again."));
  cr_expect(house_hits(address, "Maen nhw yn TŶ-GWYN nawr"));
  cr_expect_not(house_hits(address, "Pretty Gwyneth came."));
  cr_expect_not(house_hits(address, "The party Gwyn gave in Llanfair."));
  cr_expect_not(house_hits(address, "Visited Llanfair-y-Data."));
  cr_expect(house_hits("Trem yr Afon, Mockbury", "Near Trem yr Afon, they say."));
}

Test(custodian_compare, holds_back_no_text_for_common_words)
{
  static const struct {
    const char *address, *text;
  } rows[] = {
    {"The Old School, Mockbury", "She liked the old school."},
    {"Tŷ Newydd, Mockbury", "Maen nhw'n symud i ty newydd."},
    {"The Cottage, Mockbury", "They rent the cottage by the sea."},
    {"Y Bwthyn, Mockbury", "Ymweliad a'r bwthyn."},
    {"Llety, Mockbury", "Yn y llety."},
    {"Flat B, Mockbury", "In flat B of the block."},
    {"Morys, Siân", "Mrs Morys came."},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    cr_expect_not(house_hits(rows[i].address, rows[i].text), "%s", rows[i].address);
}

Test(custodian_merge, puts_a_patch_into_the_blob_and_compare_knows_it)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  uint8_t text[512], patch[SHIELD_PATCH_CORE_BYTES], blob[SHIELD_BLOB_TEXT_MAX + 1];
  struct shield_writer patch_text = {.text = text, .capacity = sizeof(text)};
  struct shield_place where = place(world);
  put_entry(&patch_text, FIELD_ADDRESS, 0, "9 Stryd Fawr, Caerdydd, ZZ9 9ZZ");
  where.slot = 2;
  cr_assert_eq(shield_seal_core(patch, SHIELD_PATCH, &world->service.custody.pub.shield, &where,
                                text, patch_text.n, &world->outside),
               OK);
  cr_assert_eq(ask_learn(world, world->blob, true), CUSTODIAN_OK);
  struct custodian_merge merge = {.blob_place = place(world),
                                  .patch_place = where,
                                  .blob_core = world->blob,
                                  .patch_core = patch};
  struct protocol_writer writer = question();
  protocol_put_merge(&writer, &merge);
  cr_assert_eq(ask(world, &writer, CUSTODIAN_MERGE, REGISTER), CUSTODIAN_OK);
  cr_assert_eq(world->answer_n, SHIELD_BLOB_CORE_BYTES);
  size_t n = 0;
  where.slot = 0;
  cr_assert_eq(custody_shield_open(blob, &n, SHIELD_BLOB,
                                   keyring_active(world->service.custody.keyring, KEY_SHIELD, NULL),
                                   &where, world->answer),
               OK);
  cr_expect_eq(ask_compare(world, "at 9 Stryd Fawr now", NULL), CUSTODIAN_OK);
  cr_expect_eq(world->answer[0], 1, "the new address is known");
  cr_expect_eq(ask_compare(world, "at 4 Heol y Parc once", NULL), CUSTODIAN_OK);
  cr_expect_eq(world->answer[0], 0, "the old one is gone");
  end_world(world);
}
