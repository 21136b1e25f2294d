/* A small authority for the tests of operations: a real register in a temporary folder, real keys,
 * a real writer; people who are signed in, and a clock that stands still until it is moved. */
#ifndef TESTS_UNIT_REGISTER_OFFICE_H
#define TESTS_UNIT_REGISTER_OFFICE_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "register/op.h"
#include "register/operations.h"
#include "register/weighing.h"

#define OFFICE_NOW_US (INT64_C(1793620800) * 1000000) /* 2026-11-02T12:00:00Z */

static int64_t office_clock_us = OFFICE_NOW_US;

struct office {
  char dir[64], reg_dir[96], root_dir[96];
  struct reg_config config;
  struct reg *reg;
  struct reader *reader;
  struct arena *arena;
  struct op op; /* of the last request; its answer stays until the next */
  json_t *json; /* the last answer, parsed */
  struct id first_id;
};

static inline struct instant office_now(void *self)
{
  (void)self;
  return (struct instant){office_clock_us};
}

static inline size_t office_pub(char text[static CUSTODIAN_PUB_MAX], const struct outside *outside)
{
  struct custodian_pub pub = {0};
  struct verify_key verify;
  struct signer *signer = NULL;
  struct key seed;

  outside->random(outside->self, pub.authority, ID_BYTES);
  outside->random(outside->self, &pub.shield, sizeof pub.shield);
  pub.shield.bytes[31] &= 0x7f;
  key_random(&seed, outside);
  cr_assert_eq(signer_new(&signer, &seed), OK);
  verify = signer_public(signer);
  cr_assert_eq(note_key_make(&pub.log, STR("cnis.example/audit/1"), &verify), OK);
  signer_free(&signer);
  return custodian_pub_write(text, &pub);
}

static inline void office_open(struct office *office)
{
  const struct reg_seams seams = {0};
  struct trail trail = {0};

  enum err err = reg_open_with(&office->reg, &office->config, &seams, &trail);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), trail.where ? trail.where : "");
  cr_assert_eq(reader_new(&office->reader, office->reg), OK);
}

static inline void office_close(struct office *office)
{
  reader_free(&office->reader);
  reg_close(&office->reg);
}

static inline void office_begin(struct office *office)
{
  char pub[CUSTODIAN_PUB_MAX];
  struct trail trail = {0};

  *office = (struct office){.dir = "/tmp/cnis-office-XXXXXX"};
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_not_null(mkdtemp(office->dir));
  snprintf(office->reg_dir, sizeof office->reg_dir, "%s/register", office->dir);
  snprintf(office->root_dir, sizeof office->root_dir, "%s/root", office->dir);
  office->config = (struct reg_config){
    .register_dir = office->reg_dir,
    .root_dir = office->root_dir,
    .outside = outside_real(),
    .log = {.fd = -1},
    .tick_us = 50000,
    .start_without_custodian = true,
  };
  office->config.outside.now = office_now;
  const struct reg_init init = {
    .authority_name = STR("Sir Enghraifft"),
    .authority_code = STR("672"),
    .origin = STR("cnis.example/audit/1"),
    .regime = STR("illustration-2026-09"),
    .custodian_pub = {pub, office_pub(pub, &office->config.outside)},
    .synthetic = true,
  };
  enum err err = reg_create(&office->config, &init, &trail);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), trail.where ? trail.where : "");
  office_open(office);
  cr_assert_eq(arena_new(&office->arena, (size_t)64 << 20), OK);
}

static inline void office_end(struct office *office)
{
  char command[128];

  json_decref(office->json);
  office_close(office);
  arena_free(&office->arena);
  snprintf(command, sizeof command, "rm -rf %s", office->dir);
  cr_expect_eq(system(command), 0);
}

/* ---- words ---- */

static inline uint8_t office_word(const struct office *office, enum policy_kind kind,
                                  const char *name)
{
  uint8_t word = policy_word(reg_policy(office->reg), kind, str_from(name));

  cr_assert_neq(word, POLICY_NO_WORD, "no such word: %s", name);
  return word;
}

/* Purpose and fields by name; fields with spaces between, NULL: none. */
/* A whole weighing, with a question for every field there is. */
static inline const struct weighing *office_weighing(const struct office *office)
{
  static struct weighing_question questions[FIELDSET_MAX];
  static struct weighing weighing;
  static const struct personal text = {"so that help can be offered", 27};
  size_t count = policy_word_count(reg_policy(office->reg), POLICY_FIELD);

  for (size_t i = 0; i < count; i++)
    questions[i] = (struct weighing_question){.field = (uint8_t)(i + 1), .question = text};
  weighing = (struct weighing){.aim = 1,
                               .aim_text = text,
                               .connection = questions,
                               .connection_count = count,
                               .interference = 1,
                               .affected = WEIGHING_BIT(1),
                               .child_view = 1,
                               .harm_if_shared = text,
                               .harm_if_not_shared = text,
                               .more_harm = 1,
                               .review_by = day_from_ymd(2099, 1, 1)};
  return &weighing;
}

static inline struct ask office_ask(const struct office *office, const char *purpose,
                                    const char *fields)
{
  static const char necessity[] = "each field answers a question that has to be answered";
  struct ask ask = {.necessity = {necessity, sizeof necessity - 1},
                    .weighing = office_weighing(office)};

  ask.said.purposes = POLICY_BIT(office_word(office, POLICY_PURPOSE, purpose));
  ask.said.basis = office_word(office, POLICY_BASIS, "statutory_duty");
  ask.said.urgency = office_word(office, POLICY_URGENCY, "routine");
  ask.said.has_necessity = true;
  while (fields != NULL && *fields != '\0') {
    size_t n = strcspn(fields, " ");
    struct str name = {fields, n};

    ask.said.asked =
      fieldset_with(ask.said.asked, policy_word(reg_policy(office->reg), POLICY_FIELD, name));
    fields += n + (fields[n] == ' ');
  }
  return ask;
}

/* ---- people ---- */

/* A person whose id ends in `number`; nobody else has it. */
static inline struct actor office_actor(const struct office *office, const char *role,
                                        uint8_t number)
{
  struct actor actor = {.roles = POLICY_BIT(office_word(office, POLICY_ROLE, role))};

  memset(actor.account.b, 0xa0, ID_BYTES);
  actor.account.b[ID_BYTES - 1] = number;
  actor.session = actor.account;
  return actor;
}

/* ---- requests ---- */

/* A new request of this person; the one before is forgotten. */
static inline struct op *office_op(struct office *office, struct actor actor)
{
  json_decref(office->json);
  office->json = NULL;
  arena_reset(office->arena);
  office->op = (struct op){.reg = office->reg,
                           .reader = office->reader,
                           .arena = office->arena,
                           .actor = actor,
                           .lang = LANG_EN};
  return &office->op;
}

struct office_wait {
  pthread_mutex_t mutex;
  pthread_cond_t ended;
  bool has_ended;
  enum err err;
};

static inline void office_done(void *context, enum err err)
{
  struct office_wait *wait = context;

  pthread_mutex_lock(&wait->mutex);
  wait->err = err;
  wait->has_ended = true;
  pthread_cond_signal(&wait->ended);
  pthread_mutex_unlock(&wait->mutex);
}

/* Submits what the operation made and waits for the writer's word; the answer is parsed. */
static inline enum err office_submit(struct office *office)
{
  struct office_wait wait = {.mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};
  struct answer *answer = &office->op.answer;

  reg_submit(&office->op, office_done, &wait);
  pthread_mutex_lock(&wait.mutex);
  while (!wait.has_ended)
    pthread_cond_wait(&wait.ended, &wait.mutex);
  pthread_mutex_unlock(&wait.mutex);
  if (answer->body.len > 0) {
    json_error_t error;

    office->json = json_loadb(answer->body.ptr, answer->body.len, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(office->json, "%s in %.*s", error.text, (int)answer->body.len,
                       answer->body.ptr);
  }
  return wait.err;
}

/* The operation has to succeed and its entries have to be durable. */
#define OFFICE_RUN(office, call)                                                                   \
  do {                                                                                             \
    enum err run_err = (call);                                                                     \
    cr_assert_eq(run_err, OK, "%s", err_name(run_err));                                            \
    cr_assert_gt((office)->op.commit->entry_count, 0, "no entry");                                 \
    run_err = office_submit(office);                                                               \
    cr_assert_eq(run_err, OK, "commit: %s", err_name(run_err));                                    \
  } while (0)

/* ---- looking at answers ---- */

static inline const char *office_text(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));

  return text != NULL ? text : "";
}

/* The n-th value of a word in a view; "" when there is none. */
static inline const char *office_value(const struct office *office, const char *word, size_t n)
{
  json_t *values =
    json_object_get(json_object_get(json_object_get(office->json, "fields"), word), "values");

  return office_text(json_array_get(values, n), "value");
}

static inline bool office_grants(const struct office *office, const char *word)
{
  return json_object_get(json_object_get(office->json, "fields"), word) != NULL;
}

/* The rule that withholds a word; "" when it is not withheld. */
static inline const char *office_withheld(const struct office *office, const char *word)
{
  json_t *withheld = json_object_get(office->json, "withheld");

  for (size_t i = 0; i < json_array_size(withheld); i++)
    if (strcmp(office_text(json_array_get(withheld, i), "field"), word) == 0)
      return office_text(json_array_get(withheld, i), "rule");
  return "";
}

static inline uint64_t office_opened(const struct office *office, enum opening_kind kind)
{
  return atomic_load(&office->reg->counts.of[kind]);
}

/* ---- children ---- */

#define GIVEN(name, at, words)                                                                     \
  {                                                                                                \
    .field = FIELD_##name, .slot = (at), .value = {                                                \
      .said_by = SAID_PARENT,                                                                      \
      .since = {INT32_MIN},                                                                        \
      .until = {INT32_MIN},                                                                        \
      .recorded = {INT32_MIN},                                                                     \
      .text = {(words), sizeof(words) - 1}                                                         \
    }                                                                                              \
  }
#define GIVEN_LIST(array)                                                                          \
  {                                                                                                \
    (array), sizeof(array) / sizeof *(array)                                                       \
  }

/* Taken in by this officer, who is then assigned to the child. */
static inline struct id office_child_of(struct office *office, struct actor officer,
                                        struct given_list values)
{
  struct entry_new in = {
    .ask = office_ask(office, "register_maintenance", NULL), .values = values, .on = DAY_NONE};
  struct id id;

  OFFICE_RUN(office, entry_create(office_op(office, officer), &in));
  cr_assert_eq(office->op.answer.status, 201, "%.*s", (int)office->op.answer.body.len,
               office->op.answer.body.ptr);
  cr_assert(id_parse(str_from(office_text(office->json, "entry")), &id));
  return id;
}

/* Siôn, 11, at 1 Stryd yr Enghraifft with his mother. */
static inline struct id office_sion(struct office *office, struct actor officer)
{
  struct given values[] = {
    GIVEN(forename, 0, "Siôn"),
    GIVEN(surname, 0, "ap Rhys"),
    GIVEN(date_of_birth, 0, "2015-03-04"),
    GIVEN(home_address, 0, "1 Stryd yr Enghraifft, Tref-y-Data"),
    GIVEN(home_postcode, 0, "ZZ1 1AA"),
    GIVEN(person_name, 0, "Mair ap Rhys"),
    GIVEN(person_relation, 0, "mother"),
    GIVEN(person_standing, 0, "resident"),
    GIVEN(person_address, 0, "1 Stryd yr Enghraifft, Tref-y-Data"),
    GIVEN(person_phone, 0, "07700 900123"),
    GIVEN(circumstances, 0, "thriving_home_education"),
  };

  return office_child_of(office, officer, (struct given_list)GIVEN_LIST(values));
}

/* Puts another level on a child, past every rule: what the safety operations do is not under test
 * here. */
static inline void office_set_level(struct office *office, struct id id, enum level level)
{
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE};
  struct actor nobody = {.roles = 0};
  struct op *op = office_op(office, nobody);
  struct facts_want want = {.id = id};
  struct shielding shielding;
  struct record *record;
  struct safety safety;
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert(facts.is_held);
  cr_assert_eq(op_record(op, &record, &facts), OK);
  cr_assert_eq(record_safety(record, &safety), OK);
  safety.level = level;
  safety.first_decided = level != LEVEL_UNKNOWN;
  safety.blob_in_use = level >= LEVEL_CONTACT_PROTECTED;
  cr_assert_eq(record_set_safety(op->arena, record, &safety), OK);
  if (level >= LEVEL_CONTACT_PROTECTED) {
    cr_assert_eq(record_shield(op->arena, record, &shielding, NULL, 0), OK);
    cr_assert_eq(op_put(op, record, &shielding), OK);
  } else {
    cr_assert_eq(op_put(op, record, NULL), OK);
  }
  op_moves_protection(op);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(office), OK);
}

/* This account or recipient is the adult of the first slot, and what is hidden is hidden from them:
 * past every rule, as above. */
static inline void office_hide_from(struct office *office, struct id child, struct id person)
{
  struct entry_of entry = {.action = ACTION_PROTECTION_RAISE};
  struct op *op = office_op(office, (struct actor){.roles = 0});
  struct facts_want want = {.id = child};
  struct value value = {.state = VALUE_CHECKED, .since = DAY_NONE, .until = DAY_NONE};
  struct record *record;
  struct safety safety;
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_record(op, &record, &facts), OK);
  cr_assert_eq(record_safety(record, &safety), OK);
  safety.against = 1;
  value.text = (struct personal){(const char *)person.b, ID_BYTES};
  record_set(record, FIELD_person_id, 0, value);
  cr_assert_eq(record_set_safety(op->arena, record, &safety), OK);
  cr_assert_eq(op_put(op, record, NULL), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(office), OK);
}

#endif
