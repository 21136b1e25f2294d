/* Openings: what comes out, and every single thing for which nothing does. */
#include "tests/unit/custodian_world.h"

Test(custodian_open, gives_the_tickets_fields_and_no_other)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  cr_assert_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  cr_assert_eq(world->answer[0], 0);
  struct shield_reader reader = {.text = world->answer + 1, .n = world->answer_n - 1};
  struct shield_entry entry;
  cr_assert(shield_next(&entry, &reader));
  cr_expect_eq(entry.field, FIELD_ADDRESS);
  cr_expect_arr_eq((const char *)entry.bytes + CUSTODIAN_VALUE_HEAD, "4 Heol y Parc", 13);
  cr_assert(shield_next(&entry, &reader));
  cr_expect_eq(entry.field, FIELD_PHONE);
  cr_expect_eq(entry.part, 1);
  cr_expect(!shield_next(&entry, &reader));
  cr_expect_eq(reader.err, OK);
  end_world(world);
}

Test(custodian_open, seals_to_the_recipient_whom_the_ticket_names)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct key secret;
  struct shield_public point;
  key_random(&secret, &world->outside);
  custody_shield_public(&point, &secret);
  memcpy(world->opening.ticket.recipient, point.bytes, 32);
  world->opening.signature_count = 0;
  sign(world, &world->opening, TICKET_REQUESTS, world->requester);
  cr_assert_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  cr_assert_eq(world->answer[0], 1);
  cr_assert_arr_eq(world->answer + 1, "age-encryption.org/v1\n-> X25519 ", 32);
  for (size_t i = 0; i + 4 < world->answer_n; i++)
    cr_assert_neq(memcmp(world->answer + i, "Heol", 4), 0, "in clear at %zu", i);
  end_world(world);
}

Test(custodian_open, takes_a_ticket_once_also_after_a_restart)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  struct custody_config config = config_of(world);
  struct trail trail = {0};
  cr_assert_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_SPENT);
  service_close(&world->service);
  cr_assert_eq(service_open(&world->service, &config, getuid(), &trail), OK);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_SPENT);
  end_world(world);
}

static enum custodian_status open_again(struct world *world)
{
  world->outside.random(NULL, world->opening.ticket.nonce, ID_BYTES);
  world->opening.ticket.expiry.us = now_us + HOUR;
  world->opening.signature_count = 0;
  sign(world, &world->opening, TICKET_REQUESTS, world->requester);
  return ask_open(world, &world->opening);
}

Test(custodian_open, keeps_to_an_hourly_budget_for_each_person)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  for (int i = 0; i < CUSTODIAN_BUDGET_AN_HOUR; i++)
    cr_assert_eq(open_again(world), CUSTODIAN_OK, "opening %d", i);
  cr_expect_eq(open_again(world), CUSTODIAN_BUDGET);
  now_us += HOUR;
  cr_expect_eq(open_again(world), CUSTODIAN_OK);
  end_world(world);
}

enum fault {
  NO_SIGNATURE,
  ONLY_AN_APPROVAL,
  BY_A_STRANGER,
  BY_ANOTHER_PERSON,
  TWO_REQUESTS,
  CHANGED_SIGNATURE,
  SELF_APPROVAL,
  CHANGED_TICKET, /* up to here: signatures */
  EXPIRED,
  LIVES_TOO_LONG,
  OTHER_AUTHORITY,
  OTHER_CHILD,
  OTHER_PERSON,
  OTHER_PURPOSE,
  MORE_FIELDS,
  OTHER_INDEX,
  EVIDENCE_INDEX,
  CHANGED_SALT,
  CHANGED_PAYLOAD,
  CHANGED_OPS,
  CHANGED_PROOF,
  LONGER_PROOF,
  CHANGED_HEAD,
  UNSIGNED_HEAD,
  OTHER_BLOB,
  CHANGED_BLOB,
  FAULTS
};

/* Faults of who signed what; true when it was one of these. */
static bool spoil_signatures(struct world *world, struct custodian_opening *bad, enum fault fault)
{
  if (fault == NO_SIGNATURE || fault == ONLY_AN_APPROVAL || fault == BY_A_STRANGER ||
      fault == BY_ANOTHER_PERSON)
    bad->signature_count = 0;
  if (fault == ONLY_AN_APPROVAL) sign(world, bad, TICKET_APPROVES, world->approver);
  if (fault == BY_A_STRANGER) sign(world, bad, TICKET_REQUESTS, world->stranger);
  if (fault == BY_ANOTHER_PERSON) sign(world, bad, TICKET_REQUESTS, world->approver);
  if (fault == TWO_REQUESTS) sign(world, bad, TICKET_REQUESTS, world->requester);
  if (fault == SELF_APPROVAL) sign(world, bad, TICKET_APPROVES, world->requester);
  if (fault == CHANGED_SIGNATURE) bad->signatures[0].signature.bytes[5] ^= 1;
  if (fault == CHANGED_TICKET) bad->ticket.rules[0][0] ^= 1;
  return fault <= CHANGED_TICKET;
}

/* Faults of the ticket itself, or of what time it is. */
static void spoil_ticket(struct world *world, struct ticket *ticket, enum fault fault)
{
  if (fault == EXPIRED) ticket->expiry.us = now_us;
  if (fault == LIVES_TOO_LONG) ticket->expiry.us = now_us + CUSTODIAN_TICKET_LIFE_US + 1;
  if (fault == OTHER_AUTHORITY) ticket->authority[3] ^= 1;
  if (fault == OTHER_CHILD) ticket->record[3] ^= 1;
  if (fault == OTHER_PERSON) memcpy(ticket->person, world->approver_id, ID_BYTES);
  if (fault == OTHER_PURPOSE)
    snprintf(ticket->purpose, sizeof ticket->purpose, "register_maintenance");
  if (fault == MORE_FIELDS) ticket_field_add(ticket, FIELD_NAME);
  if (fault == OTHER_INDEX) ticket->entry_index = 0;
}

static void spoil_evidence(struct world *world, struct custodian_evidence *evidence,
                           enum fault fault)
{
  if (fault == EVIDENCE_INDEX) evidence->index = 0;
  if (fault == CHANGED_SALT) evidence->what.salt[0] ^= 1;
  if (fault == CHANGED_PAYLOAD) world->what_view[evidence->what.n - 3] ^= 1;
  if (fault == CHANGED_OPS) evidence->ops.bytes[0] ^= 1;
  if (fault == CHANGED_PROOF) evidence->proof.hashes[0].bytes[0] ^= 1;
  if (fault == LONGER_PROOF) evidence->proof.count = 2;
  if (fault == CHANGED_HEAD) world->head[evidence->head.len - 8] ^= 1;
  if (fault == UNSIGNED_HEAD) evidence->head.len = 0;
}

static void spoil_blob(struct world *world, enum fault fault)
{
  struct shield_place where = place(world);
  where.record[0] ^= 1;
  if (fault == CHANGED_BLOB) world->blob[2000] ^= 1;
  if (fault == OTHER_BLOB)
    cr_assert_eq(shield_seal_core(world->blob, SHIELD_BLOB, &world->service.custody.pub.shield,
                                  &where, "", 0, &world->outside),
                 OK);
}

/* Spoils one thing, and signs again unless the signatures are what is spoilt. Returns what must be
 * said. */
static enum custodian_status spoil(struct world *world, struct custodian_opening *bad,
                                   enum fault fault)
{
  if (spoil_signatures(world, bad, fault)) return CUSTODIAN_SIGNATURE;
  spoil_ticket(world, &bad->ticket, fault);
  spoil_evidence(world, &bad->evidence, fault);
  spoil_blob(world, fault);
  bad->signature_count = 0;
  sign(world, bad, TICKET_REQUESTS, fault == OTHER_PERSON ? world->approver : world->requester);
  if (fault == EXPIRED || fault == LIVES_TOO_LONG) return CUSTODIAN_EXPIRED;
  return fault == OTHER_BLOB || fault == CHANGED_BLOB ? CUSTODIAN_CORE : CUSTODIAN_EVIDENCE;
}

Test(custodian_open, refuses_whatever_single_thing_is_wrong)
{
  for (enum fault fault = NO_SIGNATURE; fault < FAULTS; fault++) {
    struct world *world = make_world(TICKET_OPEN, "0");
    struct custodian_opening bad = world->opening;
    enum custodian_status expected = spoil(world, &bad, fault);
    cr_expect_eq(ask_open(world, &bad), expected, "fault %d", (int)fault);
    cr_expect_eq(world->answer_n, 0, "fault %d leaves nothing in the answer", (int)fault);
    end_world(world);
  }
}

Test(custodian_open, needs_as_many_approvals_as_the_entry_says)
{
  struct world *world = make_world(TICKET_OPEN, "1");
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_SIGNATURE);
  struct custodian_opening twice = world->opening;
  sign(world, &twice, TICKET_APPROVES, world->requester);
  cr_expect_eq(ask_open(world, &twice), CUSTODIAN_SIGNATURE, "one's own approval does not count");
  sign(world, &world->opening, TICKET_APPROVES, world->approver);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  end_world(world);
}

/* Writes `row` with the requester's id for each '#'. */
static void say_who(struct world *world, const char *row)
{
  char *to = world->who_view;
  for (; *row != '\0'; row++) {
    if (*row != '#') {
      *to++ = *row;
    } else {
      hex_write(to, world->requester_id, ID_BYTES);
      to += 2 * ID_BYTES;
    }
  }
  *to = '\0';
}

Test(custodian_open, refuses_an_entry_that_says_a_thing_twice_or_not_at_all)
{
  static const struct {
    const char *who;
    enum custodian_status expected;
  } rows[] = {
    {"{\"staff\":\"#\"}", CUSTODIAN_OK},
    {"{\"staff\":\"#\"} \n", CUSTODIAN_OK},
    {"{}", CUSTODIAN_EVIDENCE},
    {"{\"staff\":\"#\",\"staff\":\"#\"}", CUSTODIAN_EVIDENCE},
    {"{\"staff\":\"#\",\"child\":\"#\"}", CUSTODIAN_EVIDENCE},
    {"{\"inner\":{\"staff\":\"#\"}}", CUSTODIAN_EVIDENCE},
    {"{\"staff\":\"#\"}{}", CUSTODIAN_EVIDENCE},
    {"#", CUSTODIAN_EVIDENCE},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct world *world = make_world(TICKET_OPEN, "0");
    say_who(world, rows[i].who);
    world->service.last = (struct custodian_head){0}; /* a new log, with this entry in it */
    commit_entry(world);
    cr_expect_eq(ask_open(world, &world->opening), rows[i].expected, "row %zu", i);
    end_world(world);
  }
}

Test(custodian_open, counts_a_person_who_approves_twice_as_one)
{
  struct world *world = make_world(TICKET_OPEN, "2");
  sign(world, &world->opening, TICKET_APPROVES, world->approver);
  sign(world, &world->opening, TICKET_APPROVES, world->approver);
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_SIGNATURE);
  end_world(world);
}

Test(custodian_lower, takes_two_persons_even_when_the_entry_asks_for_none)
{
  struct world *world = make_world(TICKET_LOWER, "0");
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_SIGNATURE);
  sign(world, &world->opening, TICKET_APPROVES, world->approver);
  struct protocol_writer writer = question();
  protocol_put_opening(&writer, &world->opening);
  cr_expect_eq(ask(world, &writer, CUSTODIAN_OPEN, REGISTER), CUSTODIAN_MALFORMED,
               "not as an opening");
  cr_expect_eq(ask_open(world, &world->opening), CUSTODIAN_OK);
  end_world(world);
}
