/* A custodian with a small real log, a real blob, people and a good opening, for the tests of its
 * answers. Every question goes through the real table. */
#ifndef TESTS_UNIT_CUSTODIAN_WORLD_H
#define TESTS_UNIT_CUSTODIAN_WORLD_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/custody_shield.h"
#include "crypto/text.h"
#include "crypto/tree.h"
#include "custodian/service.h"

#define HOUR ((int64_t)3600 * 1000000)
#define FIELD_ADDRESS 20
#define FIELD_PHONE 34
#define FIELD_NAME 10

static int64_t now_us = (int64_t)1800000000 * 1000000;

static inline struct instant test_now(void *self)
{
  (void)self;
  return (struct instant){now_us};
}

struct world {
  char dir[64];
  struct service service;
  struct outside outside;
  struct arena *arena;
  struct signer *requester, *approver, *stranger;
  uint8_t requester_id[ID_BYTES], approver_id[ID_BYTES], child[ID_BYTES];
  struct tree_edge edge;
  struct hash leaf_hash[8]; /* of the log */
  char head[NOTE_MAX];
  size_t head_n;
  struct custodian_opening opening; /* a good one */
  char core_view[256], who_view[256], what_view[512];
  uint8_t blob[SHIELD_BLOB_CORE_BYTES];
  uint8_t answer[PROTOCOL_BODY_MAX];
  size_t answer_n;
};

static inline void person(struct world *world, struct signer **ret_signer,
                          uint8_t id[static ID_BYTES])
{
  struct key seed;
  key_random(&seed, &world->outside);
  world->outside.random(world->outside.self, id, ID_BYTES);
  cr_assert_eq(signer_new(ret_signer, &seed), OK);
}

/* One frame through the real table; the answer's body is kept. */
static inline enum custodian_status ask(struct world *world, struct protocol_writer *writer,
                                        enum custodian_kind kind, unsigned callers)
{
  size_t n = protocol_frame_finish(writer, kind, 0);
  cr_assert_gt(n, 0, "the question fits");
  struct protocol_frame frame = {.kind = kind, .body = writer->bytes + 8, .n = n - 8};
  size_t out = service_answer(&world->service, &frame, callers);
  cr_assert_geq(out, 8);
  world->answer_n = out - 8;
  memcpy(world->answer, world->service.frame_out + 8, world->answer_n);
  unsigned status = world->service.frame_out[6];
  arena_reset(world->service.arena);
  return (enum custodian_status)status;
}

static inline struct protocol_writer question(void)
{
  static uint8_t frame[PROTOCOL_FRAME_MAX];
  return protocol_frame_begin(frame, sizeof(frame));
}

static inline enum custodian_status ask_sign(struct world *world,
                                             const struct custodian_growth *growth)
{
  struct protocol_writer writer = question();
  protocol_put_growth(&writer, growth);
  return ask(world, &writer, CUSTODIAN_SIGN, REGISTER);
}

static inline enum custodian_status ask_open(struct world *world,
                                             const struct custodian_opening *opening)
{
  struct protocol_writer writer = question();
  protocol_put_opening(&writer, opening);
  return ask(world, &writer, opening->ticket.act == TICKET_LOWER ? CUSTODIAN_LOWER : CUSTODIAN_OPEN,
             REGISTER);
}

static inline enum custodian_status ask_learn(struct world *world, const void *core, bool is_last)
{
  struct custodian_learning learning = {.core = core, .is_last = is_last};
  struct protocol_writer writer = question();
  memcpy(learning.record, world->child, ID_BYTES);
  learning.fields[FIELD_ADDRESS / 8] |= 1 << FIELD_ADDRESS % 8;
  learning.fields[FIELD_PHONE / 8] |= 1 << FIELD_PHONE % 8;
  protocol_put_learning(&writer, &learning);
  return ask(world, &writer, CUSTODIAN_LEARN, REGISTER);
}

static inline enum custodian_status
ask_enrol(struct world *world, const uint8_t id[static ID_BYTES], const struct signer *signer)
{
  struct custodian_enrolment enrolment = {.key = signer_public(signer)};
  struct protocol_writer writer = question();
  memcpy(enrolment.person, id, ID_BYTES);
  protocol_put_enrolment(&writer, &enrolment);
  return ask(world, &writer, CUSTODIAN_ENROL, ADMIN);
}

static inline struct str value(char *ret, const char *text)
{
  memset(ret, 1, CUSTODIAN_VALUE_HEAD);
  memcpy(ret + CUSTODIAN_VALUE_HEAD, text, strlen(text));
  return (struct str){ret, CUSTODIAN_VALUE_HEAD + strlen(text)};
}

static inline struct shield_place place(const struct world *world)
{
  struct shield_place where = {0};
  memcpy(where.authority, world->service.custody.pub.authority, ID_BYTES);
  memcpy(where.record, world->child, ID_BYTES);
  return where;
}

static inline void put_entry(struct shield_writer *writer, uint16_t field, uint16_t part,
                             const char *text)
{
  char bytes[300];
  struct str whole = value(bytes, text);
  struct shield_entry entry = {.field = field, .part = part, .bytes = whole.ptr, .n = whole.len};
  cr_assert_eq(shield_put(writer, &entry), OK);
}

static inline void make_blob(struct world *world)
{
  static uint8_t text[4096];
  struct shield_writer writer = {.text = text, .capacity = sizeof(text)};
  struct shield_place where = place(world);
  put_entry(&writer, FIELD_NAME, 0, "Mair");
  put_entry(&writer, FIELD_ADDRESS, 0, "4 Heol y Parc, Abertawe, ZZ1 1ZZ");
  put_entry(&writer, FIELD_PHONE, 1, "07700 900123");
  cr_assert_eq(shield_seal_core(world->blob, SHIELD_BLOB, &world->service.custody.pub.shield,
                                &where, text, writer.n, &world->outside),
               OK);
}

static inline void hex(char *ret, const void *bytes, size_t n)
{
  hex_write(ret, bytes, n);
  ret[2 * n] = '\0';
}

static inline void make_views(struct world *world, const char *approvals)
{
  char requester[33], child[33], fields[TEXT_BASE64(TICKET_FIELD_BYTES) + 1] = {0};
  hex(requester, world->opening.ticket.person, ID_BYTES);
  hex(child, world->child, ID_BYTES);
  base64_put(fields, world->opening.ticket.fields, TICKET_FIELD_BYTES);
  snprintf(
    world->core_view, sizeof(world->core_view),
    "{\"act\":\"consultation\",\"purposes\":[\"support_provision\",\"safeguarding_enquiry\"],"
    "\"approvals\":%s}",
    approvals);
  snprintf(world->who_view, sizeof(world->who_view), "{\"staff\":\"%s\"}", requester);
  snprintf(world->what_view, sizeof(world->what_view), "{\"child\":\"%s\",\"released\":\"%s\"}",
           child, fields);
}

static inline void open_view(struct custodian_view *view, const char *payload, uint8_t salt)
{
  memset(view->salt, salt, sizeof(view->salt));
  view->payload = payload;
  view->n = strlen(payload);
}

/* The entry becomes leaf 1 of a log of two, whose head the custodian signs; all of it anew each
 * time. */
static inline void commit_entry(struct world *world)
{
  struct custodian_evidence *evidence = &world->opening.evidence;
  struct hash commitments[LEAF_VIEWS], other;
  uint8_t leaf[LEAF_BYTES];
  open_view(&evidence->core, world->core_view, 1);
  open_view(&evidence->who, world->who_view, 2);
  open_view(&evidence->what, world->what_view, 3);
  memset(evidence->ops.bytes, 9, HASH_BYTES);
  leaf_commit(&commitments[0], LEAF_CORE, evidence->core.salt, evidence->core.payload,
              evidence->core.n);
  leaf_commit(&commitments[1], LEAF_WHO, evidence->who.salt, evidence->who.payload,
              evidence->who.n);
  leaf_commit(&commitments[2], LEAF_WHAT, evidence->what.salt, evidence->what.payload,
              evidence->what.n);
  commitments[3] = evidence->ops;
  leaf_write(leaf, commitments);
  hash_sha256(&other, "other", 5);
  world->leaf_hash[0] = other;
  tree_leaf_hash(&world->leaf_hash[1], leaf, sizeof(leaf));
  struct custodian_growth growth = {.size = 2};
  tree_node_hash(&growth.root, &world->leaf_hash[0], &world->leaf_hash[1]);
  cr_assert_eq(ask_sign(world, &growth), CUSTODIAN_OK);
  memcpy(world->head, world->answer, world->answer_n);
  evidence->head = (struct str){world->head, world->answer_n};
  evidence->index = 1;
  evidence->proof.count = 1;
  evidence->proof.hashes[0] = other;
}

static inline void sign(struct world *world, struct custodian_opening *opening,
                        enum ticket_role role, const struct signer *signer)
{
  (void)world;
  cr_assert_eq(
    ticket_sign(&opening->signatures[opening->signature_count++], &opening->ticket, role, signer),
    OK);
}

static inline void make_ticket(struct world *world, enum ticket_act act)
{
  struct ticket *ticket = &world->opening.ticket;
  *ticket = (struct ticket){.act = act,
                            .purpose = "safeguarding_enquiry",
                            .basis = "public_task",
                            .expiry = {now_us + HOUR},
                            .entry_index = 1,
                            .rules = {"G-36a"},
                            .rule_count = 1};
  memcpy(ticket->authority, world->service.custody.pub.authority, ID_BYTES);
  memcpy(ticket->person, world->requester_id, ID_BYTES);
  memcpy(ticket->record, world->child, ID_BYTES);
  ticket_field_add(ticket, FIELD_ADDRESS);
  ticket_field_add(ticket, FIELD_PHONE);
  world->outside.random(NULL, ticket->nonce, ID_BYTES);
}

static inline struct custody_config config_of(const struct world *world)
{
  return (struct custody_config){.dir = world->dir, .outside = world->outside};
}

static inline struct world *make_world(enum ticket_act act, const char *approvals)
{
  struct world *world = calloc(1, sizeof(*world));
  struct trail trail = {0};
  cr_assert_eq(crypto_ready(), OK);
  world->outside = outside_real();
  world->outside.now = test_now;
  snprintf(world->dir, sizeof world->dir, "/tmp/cnis-custodian-XXXXXX");
  cr_assert_not_null(mkdtemp(world->dir));
  struct custody_config config = config_of(world);
  cr_assert_eq(custody_create(&config, STR("cnis.example/audit/1"), &trail), OK, "%s", trail.where);
  cr_assert_eq(service_open(&world->service, &config, getuid(), &trail), OK, "%s", trail.where);
  uint8_t nobody[ID_BYTES];
  person(world, &world->requester, world->requester_id);
  person(world, &world->approver, world->approver_id);
  person(world, &world->stranger, nobody);
  memset(world->child, 0xC1, ID_BYTES);
  cr_assert_eq(ask_enrol(world, world->requester_id, world->requester), CUSTODIAN_OK);
  cr_assert_eq(ask_enrol(world, world->approver_id, world->approver), CUSTODIAN_OK);
  make_ticket(world, act);
  make_views(world, approvals);
  commit_entry(world);
  make_blob(world);
  world->opening.core = world->blob;
  sign(world, &world->opening, TICKET_REQUESTS, world->requester);
  return world;
}

static inline void end_world(struct world *world)
{
  char command[128];
  service_close(&world->service);
  signer_free(&world->requester);
  signer_free(&world->approver);
  signer_free(&world->stranger);
  snprintf(command, sizeof(command), "rm -r %s", world->dir);
  cr_assert_eq(system(command), 0);
  free(world);
}

#endif
