/* Heads: signed when they grow, remembered, refused otherwise. */
#include "tests/unit/custodian_world.h"

Test(custodian_sign, signs_a_head_that_grows_and_remembers_it_across_a_restart)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct custody_config config = config_of(world);
  struct trail trail = {0};
  service_close(&world->service);
  cr_assert_eq(service_open(&world->service, &config, getuid(), &trail), OK);
  cr_assert_eq(world->service.last.size, 2);

  struct custodian_growth growth = {.old_size = 2, .size = 3, .proof = {.count = 1}};
  hash_sha256(&growth.proof.hashes[0], "third", 5);
  tree_node_hash(&growth.root, &world->service.last.root, &growth.proof.hashes[0]);
  cr_assert_eq(ask_sign(world, &growth), CUSTODIAN_OK);
  struct checkpoint head;
  struct str note = {(const char *)world->answer, world->answer_n};
  cr_assert_eq(note_open_checkpoint(&head, note, &world->service.custody.pub.log), OK);
  cr_assert_eq(head.size, 3);
  end_world(world);
}

Test(custodian_sign, gives_the_same_note_for_the_same_head_again)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct custodian_growth growth = {.size = 2, .root = world->service.last.root};
  cr_assert_eq(ask_sign(world, &growth), CUSTODIAN_OK);
  cr_assert_eq(world->answer_n, world->opening.evidence.head.len);
  cr_assert_arr_eq(world->answer, world->head, world->answer_n);
  end_world(world);
}

enum head_fault { SMALLER, OTHER_ROOT, NO_PROOF, WRONG_OLD, FIRST_AGAIN, HUGE, HEAD_FAULTS };

static struct custodian_growth spoilt_growth(const struct world *world, enum head_fault fault)
{
  struct custodian_growth growth = {.old_size = 2, .size = 3, .proof = {.count = 1}};
  tree_node_hash(&growth.root, &world->service.last.root, &growth.proof.hashes[0]);
  switch (fault) {
  case SMALLER:
    growth.size = 1;
    break;
  case OTHER_ROOT:
    growth.size = 2;
    growth.root.bytes[0] ^= 1;
    break;
  case NO_PROOF:
    growth.proof.count = 0;
    break;
  case WRONG_OLD:
    growth.old_size = 1;
    break;
  case FIRST_AGAIN:
    growth.old_size = 0;
    growth.proof.count = 0;
    break;
  case HUGE:
    growth.size = TREE_SIZE_MAX;
    break;
  case HEAD_FAULTS:
    break;
  }
  return growth;
}

Test(custodian_sign, refuses_every_head_that_does_not_grow_from_the_last)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  for (enum head_fault fault = SMALLER; fault < HEAD_FAULTS; fault++) {
    struct custodian_growth growth = spoilt_growth(world, fault);
    cr_expect_eq(ask_sign(world, &growth), CUSTODIAN_HEAD, "fault %d", (int)fault);
  }
  cr_expect_eq(world->service.last.size, 2);
  end_world(world);
}

Test(custodian_sign, never_takes_a_damaged_memory_for_an_empty_one)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  char path[128];
  struct custody_config config = config_of(world);
  struct trail trail = {0};
  service_close(&world->service);
  snprintf(path, sizeof(path), "%s/head", world->dir);
  FILE *file = fopen(path, "r+");
  fseek(file, 90, SEEK_SET);
  fputc('x', file);
  fclose(file);
  cr_assert_eq(service_open(&world->service, &config, getuid(), &trail), ERR_OPEN);
  memset(&world->service, 0, sizeof(world->service));
  world->service.custody.lock_fd = world->service.journal.fd = -1;
  end_world(world);
}
