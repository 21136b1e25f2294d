/* Entries and proofs: what they say, to whom they open, and that all are alike from outside. */
#include "tests/unit/register_world.h"

static void read_entry(struct world *world, uint64_t index, struct sealed_entry *ret_entry)
{
  cr_assert_eq(store_leaf(world->reader->store, ret_entry->commitments, index), OK);
  cr_assert_eq(store_views(world->reader->store, ret_entry->views, index), OK);
}

Test(audit, opens_for_the_childs_key_and_no_other)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  struct audit_secret other = {{0}, {{0}}};
  struct sealed_entry entry, first;
  struct opened_view view;
  struct facts facts;
  struct id nobody = {{0}};
  char stream[ID_BYTES * 2];

  cr_assert_eq(world_facts(world, &facts, id), OK);
  read_entry(world, 0, &first);
  read_entry(world, 1, &entry);
  cr_assert_eq(
    audit_open(world->arena, &world->reg->audit, &view, LEAF_WHAT, &entry, &facts.child, nobody),
    OK);
  hex_write(stream, facts.child.stream, ID_BYTES);
  cr_expect_not_null(memmem(view.payload.ptr, view.payload.len, stream, sizeof stream));
  cr_assert_eq(
    audit_open(world->arena, &world->reg->audit, &view, LEAF_CORE, &entry, &facts.child, nobody),
    OK);
  cr_expect_not_null(memmem(view.payload.ptr, view.payload.len, "\"act\":\"collection\"", 18));
  cr_expect_eq(audit_open(world->arena, &world->reg->audit, &view, LEAF_WHO, &entry, NULL, nobody),
               OK);
  cr_expect_eq(audit_open(world->arena, &world->reg->audit, &view, LEAF_OPS, &entry, NULL, nobody),
               OK);
  cr_expect_eq(
    audit_open(world->arena, &world->reg->audit, &view, LEAF_WHAT, &entry, &other, nobody),
    ERR_OPEN);
  cr_expect_eq(audit_open(world->arena, &world->reg->audit, &view, LEAF_WHAT, &entry, NULL, nobody),
               ERR_OPEN);
  memcpy(entry.commitments, first.commitments, COMMITMENTS_BYTES); /* under another leaf */
  cr_expect_eq(audit_open(world->arena, &world->reg->audit, &view, LEAF_OPS, &entry, NULL, nobody),
               ERR_OPEN);
  world_free(world);
}

Test(audit, the_fullest_entry_fits_its_views)
{
  struct world *world = world_new();
  struct id id = world_add(world, "Siôn", "Prawf", "2014-03-02");
  uint16_t rules[AUDIT_RULES_MAX];
  struct facts facts;

  cr_assert_eq(world_facts(world, &facts, id), OK);
  for (unsigned i = 0; i < AUDIT_RULES_MAX; i++)
    rules[i] = (uint16_t)(i % policy_rule_count(reg_policy(world->reg)) + 1);
  for (uint8_t role = 1; role <= policy_word_count(reg_policy(world->reg), POLICY_ROLE); role++) {
    struct entry_of entry = {.action = ACTION_DISCLOSURE_APPROVAL,
                             .outcome = OUTCOME_NOT_APPLIED,
                             .child = &facts.child,
                             .record = id,
                             .version = UINT32_MAX,
                             .approvals = 99,
                             .recipients = {{{1}}, {{2}}},
                             .rows = UINT32_MAX,
                             .purposes = ~UINT64_C(1),
                             .role = role,
                             .basis =
                               (uint8_t)policy_word_count(reg_policy(world->reg), POLICY_BASIS),
                             .rules = rules,
                             .rule_count = AUDIT_RULES_MAX,
                             .categories = 15,
                             .deputy_for = {{3}}};
    enum err err = op_entry(&world->op, &entry);
    cr_expect_eq(err, OK, "%s", err_name(err));
  }
  world_free(world);
}

Test(proof, inclusion_and_consistency_hold_at_every_size_over_two_tiles, .timeout = 120)
{
  struct world *world = world_new();
  struct op *op = &world->op;
  struct entry_of entry = {.action = ACTION_SEARCH};
  struct tree_edge edge;
  struct hash root, half_root, leaf;
  struct tree_proof proof;
  struct log_reader reader = {.store = world->reader->store, .size = 0};
  struct tree_reader tree = log_reader_tree(&reader);
  uint8_t commitments[COMMITMENTS_BYTES];

  for (int i = 0; i < 10; i++) {
    arena_reset(op->arena);
    cr_assert_eq(op_begin(op), OK);
    for (int k = 0; k < 60; k++)
      cr_assert_eq(op_entry(op, &entry), OK);
    cr_assert_eq(world_submit(op), OK);
    cr_expect_eq(op->commit->first_index, 1 + (uint64_t)i * 60);
  }
  writer_edge(world->reg->writer, &edge);
  tree_root(&root, &edge);
  cr_assert_eq(edge.size, 601);
  for (uint64_t index = 0; index < edge.size; index += 7) {
    cr_assert_eq(store_leaf(world->reader->store, commitments, index), OK);
    audit_hash(&leaf, commitments);
    cr_assert_eq(log_prove_inclusion(world->reader->store, &proof, index, edge.size), OK);
    cr_expect_eq(tree_verify_inclusion(&proof, &leaf, index, edge.size, &root), OK);
  }
  for (uint64_t size = 1; size <= edge.size; size += 13) {
    struct tree_edge half;
    cr_assert_eq(tree_edge_read(&half, &tree, size), OK);
    tree_root(&half_root, &half);
    cr_assert_eq(log_prove_consistency(world->reader->store, &proof, size, edge.size), OK);
    cr_expect_eq(tree_verify_consistency(&proof, size, &half_root, edge.size, &root), OK);
  }
  cr_expect_eq(log_prove_inclusion(world->reader->store, &proof, 0, 602), ERR_INPUT);
  world_close(world);
  cr_expect_eq(world_open(world), OK);
  world_free(world);
}
