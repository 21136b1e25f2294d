/* People's keys: who may give and take them, what they open, what stays said about them. */
#include "tests/unit/custodian_world.h"

Test(custodian_enrol, takes_two_keys_a_person_and_a_key_for_one_person)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct signer *second = NULL, *third = NULL;
  uint8_t nobody[ID_BYTES];
  person(world, &second, nobody);
  person(world, &third, nobody);
  cr_expect_eq(ask_enrol(world, world->requester_id, world->requester), CUSTODIAN_OK, "again");
  cr_expect_eq(ask_enrol(world, world->requester_id, world->approver), CUSTODIAN_FORBIDDEN);
  cr_expect_eq(ask_enrol(world, world->requester_id, second), CUSTODIAN_OK);
  cr_expect_eq(ask_enrol(world, world->requester_id, third), CUSTODIAN_FULL);
  signer_free(&second);
  signer_free(&third);
  end_world(world);
}

/* ---- withdrawing ---- */

static struct custodian_withdrawal withdrawal_of(const uint8_t id[static ID_BYTES],
                                                 const struct signer *signer)
{
  struct custodian_withdrawal withdrawal = {0};
  struct verify_key key = signer_public(signer);
  memcpy(withdrawal.person, id, ID_BYTES);
  verify_key_fingerprint(withdrawal.fingerprint, &key);
  return withdrawal;
}

static enum custodian_status ask_withdraw(struct world *world, const uint8_t id[static ID_BYTES],
                                          const struct signer *signer, unsigned callers)
{
  struct custodian_withdrawal withdrawal = withdrawal_of(id, signer);
  struct protocol_writer writer = question();
  protocol_put_withdrawal(&writer, &withdrawal);
  return ask(world, &writer, CUSTODIAN_WITHDRAW, callers);
}

static struct custodian_keys ask_keys(struct world *world, uint32_t from)
{
  struct custodian_keys keys = {0};
  struct protocol_writer writer = question();
  protocol_put_number(&writer, from, 4);
  cr_assert_eq(ask(world, &writer, CUSTODIAN_KEYS, ADMIN), CUSTODIAN_OK);
  struct protocol_reader reader = {.bytes = world->answer, .n = world->answer_n};
  cr_assert_eq(protocol_get_keys(&keys, &reader), OK);
  return keys;
}

static void start_again(struct world *world)
{
  struct custody_config config = config_of(world);
  struct trail trail = {0};
  service_close(&world->service);
  cr_assert_eq(service_open(&world->service, &config, getuid(), &trail), OK, "%s", trail.where);
}

Test(custodian_withdraw, leaves_a_key_that_opens_nothing_also_after_a_restart)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  cr_assert_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_WITHDRAWN);
  cr_expect_eq(world->answer_n, 0);
  start_again(world);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_WITHDRAWN, "signed while it counted");
  end_world(world);
}

Test(custodian_withdraw, counts_no_approval_by_a_key_that_was_withdrawn)
{
  struct world *world = make_world(TICKET_LOWER, "0");
  sign(world, &world->opening, TICKET_APPROVES, world->approver);
  cr_assert_eq(ask_withdraw(world, world->approver_id, world->approver, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_WITHDRAWN);
  end_world(world);
}

Test(custodian_withdraw, makes_room_for_another_key_but_not_for_the_same)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct signer *second = NULL, *third = NULL;
  uint8_t nobody[ID_BYTES];
  person(world, &second, nobody);
  person(world, &third, nobody);
  cr_assert_eq(ask_enrol(world, world->requester_id, second), CUSTODIAN_OK);
  cr_assert_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(ask_enrol(world, world->requester_id, world->requester), CUSTODIAN_WITHDRAWN);
  cr_expect_eq(ask_enrol(world, world->approver_id, world->requester), CUSTODIAN_WITHDRAWN,
               "nor for somebody else");
  cr_expect_eq(ask_enrol(world, world->requester_id, third), CUSTODIAN_OK);
  world->opening.signature_count = 0;
  sign(world, &world->opening, TICKET_REQUESTS, third);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  signer_free(&second);
  signer_free(&third);
  end_world(world);
}

Test(custodian_withdraw, takes_only_a_key_of_that_person_from_its_own_user)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  cr_expect_eq(ask_withdraw(world, world->requester_id, world->requester, REGISTER),
               CUSTODIAN_FORBIDDEN);
  cr_expect_eq(ask_withdraw(world, world->requester_id, world->approver, ADMIN), CUSTODIAN_NO_KEY);
  cr_expect_eq(ask_withdraw(world, world->requester_id, world->stranger, ADMIN), CUSTODIAN_NO_KEY);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  end_world(world);
}

/* ---- what stays said ---- */

static bool is_of(const struct custodian_key *key, const uint8_t id[static ID_BYTES],
                  const struct signer *signer)
{
  struct verify_key public = signer_public(signer);
  return bytes_equal(key->of.person, id, ID_BYTES) &&
         bytes_equal(key->of.key.bytes, public.bytes, sizeof(public.bytes));
}

Test(custodian_keys, names_every_key_with_its_times_also_one_withdrawn)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  int64_t enrolled = now_us;
  now_us += HOUR;
  cr_assert_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  const struct memory_journal *journal = &world->service.journal;
  const struct memory_deed *deed = &journal->recent[journal->count - 1];
  cr_expect_eq(deed->kind, CUSTODIAN_WITHDRAW);
  cr_expect_eq(deed->at.us, now_us, "the journal says when");
  cr_expect(bytes_equal(deed->person, world->requester_id, ID_BYTES));
  now_us += HOUR;
  cr_expect_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  start_again(world);

  struct custodian_keys keys = ask_keys(world, 0);
  cr_assert_eq(keys.count, 2);
  cr_expect(is_of(&keys.at[0], world->requester_id, world->requester));
  cr_expect(is_of(&keys.at[1], world->approver_id, world->approver));
  cr_expect_eq(keys.at[0].since.us, enrolled);
  cr_expect_eq(keys.at[0].withdrawn.us, enrolled + HOUR, "since the first time it was withdrawn");
  cr_expect_eq(keys.at[1].withdrawn.us, 0);
  cr_expect_eq(ask_keys(world, 1).count, 1);
  cr_expect_eq(ask_keys(world, UINT32_MAX).count, 0);
  now_us -= 2 * HOUR;
  end_world(world);
}

Test(custodian_keys, come_in_pages)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct custodian_key *rows = world->service.people->at;
  for (uint32_t i = 2; i < CUSTODIAN_KEYS_A_PAGE + 3; i++)
    memcpy(rows[i].of.person, &i, sizeof(i));
  world->service.people->count = CUSTODIAN_KEYS_A_PAGE + 3;
  cr_expect_eq(ask_keys(world, 0).count, CUSTODIAN_KEYS_A_PAGE);
  struct custodian_keys rest = ask_keys(world, CUSTODIAN_KEYS_A_PAGE);
  cr_assert_eq(rest.count, 3);
  cr_expect_eq(rest.at[2].of.person[0], CUSTODIAN_KEYS_A_PAGE + 2);
  end_world(world);
}

static uint32_t able(struct world *world)
{
  struct custodian_public told = {0};
  struct protocol_writer writer = question();
  cr_assert_eq(ask(world, &writer, CUSTODIAN_PUBLIC, REGISTER), CUSTODIAN_OK);
  struct protocol_reader reader = {.bytes = world->answer, .n = world->answer_n};
  cr_assert_eq(protocol_get_public(&told, &reader), OK);
  return told.able;
}

Test(custodian_public, counts_people_and_not_keys)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  cr_expect_eq(able(world), 2);
  cr_assert_eq(ask_enrol(world, world->requester_id, world->stranger), CUSTODIAN_OK);
  cr_expect_eq(able(world), 2, "a second key is no second person");
  cr_assert_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(able(world), 2, "one key left");
  cr_assert_eq(ask_withdraw(world, world->requester_id, world->stranger, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(able(world), 1);
  start_again(world);
  cr_expect_eq(able(world), 1);
  end_world(world);
}

/* ---- whose ---- */

static enum custodian_status ask_whose(struct world *world, const struct signer *signer)
{
  struct verify_key key = signer_public(signer);
  struct protocol_writer writer = question();
  protocol_put(&writer, key.bytes, sizeof key.bytes);
  return ask(world, &writer, CUSTODIAN_WHOSE, REGISTER);
}

Test(custodian_whose, names_the_person_of_a_key_that_counts_and_of_no_other)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct signer *stranger = NULL;
  uint8_t nobody[ID_BYTES];
  person(world, &stranger, nobody);
  cr_expect_eq(ask_whose(world, world->requester), CUSTODIAN_OK);
  cr_expect_eq(world->answer_n, ID_BYTES);
  cr_expect_arr_eq(world->answer, world->requester_id, ID_BYTES);
  cr_expect_eq(ask_whose(world, stranger), CUSTODIAN_SIGNATURE);
  cr_expect_eq(ask_withdraw(world, world->requester_id, world->requester, ADMIN), CUSTODIAN_OK);
  cr_expect_eq(ask_whose(world, world->requester), CUSTODIAN_WITHDRAWN);
  signer_free(&stranger);
  end_world(world);
}
