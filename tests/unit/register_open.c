/* Facts, granted fields, search tokens, shielding: what is opened, and what is not. */
#include "tests/unit/register_world.h"

static uint64_t opened(const struct world *world, enum opening_kind kind)
{
  return atomic_load(&world->reg->counts.of[kind]);
}

static size_t found(struct world *world, enum token_kind kind, const char *text)
{
  const struct index *index = world->reg->index;
  size_t cursor = 0, n = 0;

  index_read(world->reg->index);
  uint64_t token =
    index_token(index, world->reader->scratch, kind, (struct personal){text, strlen(text)});
  while (index_find(index, token, &cursor))
    n++;
  index_done(world->reg->index);
  return n;
}

static const struct {
  enum token_kind kind;
  const char *text;
  size_t n;
} searches[] = {
  {TOKEN_FORENAME, "llyr", 1},
  {TOKEN_FORENAME, "LLŶR", 1},
  {TOKEN_FORENAME, "Mair", 1},
  {TOKEN_FORENAME, "Nobody", 0},
  {TOKEN_SURNAME, "ap-owain", 1},
  {TOKEN_SURNAME, "owain", 1},
  {TOKEN_SURNAME, "O'Brien", 1},
  {TOKEN_SURNAME, "obrien", 1},
  {TOKEN_SURNAME, "O’BRIEN", 1},
  {TOKEN_SURNAME_START, "owa", 1},
  {TOKEN_SURNAME_START, "Owain", 1},
  {TOKEN_FULL_NAME, "mair o'brien", 1},
  {TOKEN_POSTCODE, "zz11aa", 2},
  {TOKEN_PHONE, "+447700900123", 2},
  {TOKEN_DATE_OF_BIRTH, "2014-03-02", 2},
  {TOKEN_PERSON_NAME, "RHIANT PRAWF", 2},
  {TOKEN_FORENAME, "", 0},
};

Test(index, finds_names_as_typed_before_and_after_a_start)
{
  struct world *world = world_new();

  world_add(world, "Llŷr", "ap Owain", "2014-03-02");
  world_add(world, "Mair", "O'Brien", "2014-03-02");
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++)
      cr_expect_eq(found(world, searches[i].kind, searches[i].text), searches[i].n, "%s",
                   searches[i].text);
    world_close(world);
    cr_assert_eq(world_open(world), OK);
  }
  world_free(world);
}

Test(facts, opens_as_much_for_an_absent_id_as_for_a_child)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct facts facts;
  uint64_t before, held, absent;

  before = opened(world, OPENED_FACTS);
  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_expect(facts.is_held && facts.policy.on_register == POLICY_YES);
  cr_expect_eq(facts.policy.shield, POLICY_LEVEL_CONTACT); /* unknown is protected */
  cr_expect_eq(facts.policy.shield_status, POLICY_STATUS_EXPIRED_UNREVIEWED);
  cr_expect_eq(facts.policy.first_decision_made, POLICY_NO);
  held = opened(world, OPENED_FACTS) - before;
  id.b[0] ^= 1;
  cr_assert_eq(world_facts(world, &facts, id), OK);
  absent = opened(world, OPENED_FACTS) - before - held;
  cr_expect_not(facts.is_held);
  cr_expect_eq(held, absent);
  cr_expect_eq(opened(world, OPENED_GRANTED), 0);
  world_free(world);
}

Test(fields_open, opens_what_is_granted_and_counts_nothing_else)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct decision decision = {0};
  struct granted granted = {.decision = &decision};
  struct opened opened_fields;
  struct facts facts;
  uint8_t name = policy_word(reg_policy(world->reg), POLICY_FIELD, STR("child_name"));

  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_assert_eq(fields_open(&world->op, &opened_fields, &facts, &granted), OK);
  cr_expect_eq(opened_fields.count, 0);
  cr_expect_eq(opened(world, OPENED_GRANTED), 0);
  decision.granted = fieldset_with(decision.granted, name);
  cr_assert_eq(fields_open(&world->op, &opened_fields, &facts, &granted), OK);
  cr_expect_eq(opened(world, OPENED_GRANTED), 4); /* forename, middle names, surname, known as */
  cr_expect_eq(opened_fields.count, 2);
  cr_expect_eq(opened_fields.at[0].field, FIELD_forename);
  cr_expect(personal_equal(opened_fields.at[0].value.text, (struct personal){"Siôn", 5}));
  cr_expect(opened_fields.released[10 / 8] & 1 << 10 % 8);
  world_free(world);
}

Test(record, shielding_leaves_nothing_of_the_set_and_no_token)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct decision decision = {.granted = policy_all_fields(reg_policy(world->reg))};
  struct granted granted = {.decision = &decision};
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE};
  struct shielding shielding;
  struct opened after;
  struct facts facts;
  struct safety safety;
  struct record *record;
  uint8_t reason[VALUE_BYTES_MAX];
  struct value why = world_value("court order of the day");

  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_assert_eq(op_record(op, &record, &facts), OK);
  safety = facts.safety;
  safety.level = LEVEL_HIDDEN;
  safety.first_decided = safety.ever_protected = true;
  safety.against = 1;
  cr_assert_eq(record_set_safety(op->arena, record, &safety), OK);
  struct shield_entry more = {field_row(FIELD_shield_reason)->id, 0, reason,
                              value_encode(reason, &why)};
  cr_assert_eq(record_shield(op->arena, record, &shielding, &more, 1), OK);
  cr_expect_eq(shielding.count, 4); /* address, postcode, phone, reason */
  for (size_t i = 1; i < shielding.count; i++)
    cr_expect_lt(shielding.entries[i - 1].field, shielding.entries[i].field);
  cr_assert_eq(op_put(op, record, &shielding), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  op_moves_protection(op);
  cr_assert_eq(world_submit(op), OK);
  cr_expect_eq(found(world, TOKEN_POSTCODE, "ZZ1 1AA"), 0);
  cr_expect_eq(found(world, TOKEN_PHONE, "07700 900123"), 0);
  cr_expect_eq(found(world, TOKEN_SURNAME, "Prawf"), 1);
  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_expect_eq(facts.policy.shield, POLICY_LEVEL_HIDDEN);
  cr_assert_eq(fields_open(op, &after, &facts, &granted), OK);
  for (size_t i = 0; i < after.count; i++)
    cr_expect_eq(field_row(after.at[i].field)->home, HOME_CASEWORK, "%s",
                 field_row(after.at[i].field)->name);
  op_end(op);
  world_close(world);
  cr_expect_eq(world_open(world), OK);
  world_free(world);
}

Test(item, keeps_its_text_for_its_record_alone)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct item item = {.kind = ITEM_ASSIGNMENT,
                      .flags = RELATION_ASSIGNED,
                      .record = id,
                      .subject = {{5}},
                      .until = DAY_NONE};
  struct item back;
  struct facts facts;
  struct personal text;
  struct audit_secret other = {{0}, {{0}}};
  struct entry_of entry = {.action = ACTION_ASSIGNMENT};
  struct facts_want want = {.id = id, .requester = {{5}}};

  cr_assert_eq(world_facts(world, &facts, id), OK);
  cr_assert_eq(op_item_put(op, &item, &facts.child, (struct personal){"since the move", 14}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(world_submit(op), OK);
  world_close(world);
  cr_assert_eq(world_open(world), OK);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_expect_eq(facts.relation, RELATION_ASSIGNED);
  cr_expect_eq(facts.relation_word,
               policy_word(reg_policy(world->reg), POLICY_RELATION, STR("assigned")));
  cr_assert_eq(op_item_text(op, &text, &back, item.id, &facts.child), OK);
  cr_expect(personal_equal(text, (struct personal){"since the move", 14}));
  cr_expect_eq(op_item_text(op, &text, &back, item.id, &other), ERR_OPEN);
  want.requester.b[0] = 6;
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_expect_eq(facts.relation, RELATION_NONE);
  world_free(world);
}
