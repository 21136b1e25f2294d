/* The office of the tests of operations, with a real custodian in a process of its own: heads are
 * signed, and what is shielded can be opened by a ticket. */
#ifndef TESTS_UNIT_DISCLOSURE_OFFICE_H
#define TESTS_UNIT_DISCLOSURE_OFFICE_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "crypto/age.h"
#include "crypto/package.h"
#include "custodian/client.h"
#include "custodian/service.h"
#include "register/sharing.h"
#include "register/view.h"
#include "tests/unit/register_office.h"

struct held {
  struct office office;
  char custodian_dir[96], socket[112], identity[112];
  char age_key[AGE_RECIPIENT_TEXT + 1];
  pid_t custodian;
  struct note_key log;
};

static inline void held_ready(void *self)
{
  const int *out = self;

  cr_assert_eq(write(*out, "", 1), 1);
}

/* The child process: serves until it is told to end, or its test has ended without telling it. */
static inline void held_serve(const struct held *held, int out)
{
  (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct custody_config config = {.dir = held->custodian_dir,
                                  .outside = held->office.config.outside};
  const struct log log = {.fd = -1};
  struct service_listen listen = {
    .path = held->socket, .log = &log, .ready = held_ready, .self = &out};
  struct service *service = calloc(1, sizeof *service);
  struct trail trail = {0};

  enum err err = service_open(service, &config, getuid(), &trail);
  if (err == OK) err = service_run(service, &listen, &trail);
  if (err != OK)
    fprintf(stderr, "custodian: %s: %s\n", err_name(err), trail.where ? trail.where : "");
  service_close(service);
  _exit(err == OK ? 0 : 1);
}

static inline void held_start_custodian(struct held *held)
{
  int ends[2];
  char byte;

  cr_assert_eq(pipe(ends), 0);
  held->custodian = fork();
  cr_assert_geq(held->custodian, 0);
  if (held->custodian == 0) held_serve(held, ends[1]);
  close(ends[1]);
  cr_assert_eq(read(ends[0], &byte, 1), 1, "the custodian did not start");
  close(ends[0]);
}

static inline void held_stop_custodian(struct held *held)
{
  int status;

  cr_assert_eq(kill(held->custodian, SIGTERM), 0);
  cr_assert_eq(waitpid(held->custodian, &status, 0), held->custodian);
  held->custodian = 0;
}

static inline size_t held_read(const char *path, char *ret, size_t capacity)
{
  FILE *file = fopen(path, "r");
  size_t n;

  cr_assert_not_null(file, "%s", path);
  n = fread(ret, 1, capacity, file);
  cr_assert_lt(n, capacity);
  fclose(file);
  return n;
}

/* An identity of the real age-keygen; its recipient is the key of whoever is served. */
static inline void held_make_identity(struct held *held)
{
  char command[320], text[1024];
  const char *key;
  size_t n;

  snprintf(held->identity, sizeof held->identity, "%s/identity", held->office.dir);
  snprintf(command, sizeof command, "age-keygen -o %s 2>/dev/null", held->identity);
  cr_assert_eq(system(command), 0);
  n = held_read(held->identity, text, sizeof text - 1);
  text[n] = '\0';
  key = strstr(text, "age1");
  cr_assert_not_null(key);
  memcpy(held->age_key, key, AGE_RECIPIENT_TEXT);
}

static inline void held_open(struct held *held)
{
  const struct reg_seams seams = {0};
  struct trail trail = {0};
  enum err err = reg_open_with(&held->office.reg, &held->office.config, &seams, &trail);

  cr_assert_eq(err, OK, "%s: %s", err_name(err), trail.where ? trail.where : "");
  cr_assert_eq(reader_new(&held->office.reader, held->office.reg), OK);
}

static inline void held_begin(struct held *held)
{
  struct office *office = &held->office;
  struct trail trail = {0};
  struct custodian_pub pub;
  char path[128], text[CUSTODIAN_PUB_MAX + 1];

  *held = (struct held){.office = {.dir = "/tmp/cnis-held-XXXXXX"}};
  cr_assert_eq(crypto_ready(), OK);
  cr_assert_not_null(mkdtemp(office->dir));
  snprintf(office->reg_dir, sizeof office->reg_dir, "%s/register", office->dir);
  snprintf(office->root_dir, sizeof office->root_dir, "%s/root", office->dir);
  snprintf(held->custodian_dir, sizeof held->custodian_dir, "%s/custodian", office->dir);
  snprintf(held->socket, sizeof held->socket, "%s/socket", office->dir);
  office->config = (struct reg_config){.register_dir = office->reg_dir,
                                       .root_dir = office->root_dir,
                                       .custodian_socket = held->socket,
                                       .outside = outside_real(),
                                       .log = {.fd = -1, .outside = outside_real()},
                                       .tick_us = 50000};
  office->config.outside.now = office_now;
  struct custody_config custody = {.dir = held->custodian_dir, .outside = office->config.outside};
  enum err err = custody_create(&custody, STR("cnis.example/audit/1"), &trail);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), trail.where ? trail.where : "");
  snprintf(path, sizeof path, "%s/custodian.pub", held->custodian_dir);
  struct str said = {text, held_read(path, text, sizeof text)};
  cr_assert_eq(custodian_pub_parse(&pub, said), OK);
  held->log = pub.log;
  const struct reg_init init = {.authority_name = STR("Sir Enghraifft"),
                                .authority_code = STR("672"),
                                .origin = STR("cnis.example/audit/1"),
                                .regime = STR("illustration-2026-09"),
                                .custodian_pub = said,
                                .synthetic = true};
  err = reg_create(&office->config, &init, &trail);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), trail.where ? trail.where : "");
  held_start_custodian(held);
  held_open(held);
  cr_assert_eq(arena_new(&office->arena, (size_t)64 << 20), OK);
  held_make_identity(held);
}

static inline void held_end(struct held *held)
{
  if (held->custodian != 0) held_stop_custodian(held);
  office_end(&held->office);
}

/* An answer that is no JSON: submits, and leaves the body as it is. */
static inline enum err held_submit_bytes(struct held *held)
{
  struct office_wait wait = {.mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

  reg_submit(&held->office.op, office_done, &wait);
  pthread_mutex_lock(&wait.mutex);
  while (!wait.has_ended)
    pthread_cond_wait(&wait.ended, &wait.mutex);
  pthread_mutex_unlock(&wait.mutex);
  return wait.err;
}

/* ---- tickets ---- */

/* A key of this person, enrolled by the custodian's own user. */
static inline void held_enrol(struct held *held, struct actor person, struct signer **ret_signer)
{
  struct custodian_enrolment enrolment;
  struct custodian *custodian = NULL;
  struct trail trail = {0};
  struct key seed;

  key_random(&seed, &held->office.config.outside);
  cr_assert_eq(signer_new(ret_signer, &seed), OK);
  memcpy(enrolment.person, person.account.b, ID_BYTES);
  enrolment.key = signer_public(*ret_signer);
  cr_assert_eq(custodian_new(&custodian, held->socket, 2000000, &held->office.config.outside), OK);
  enum err err = custodian_enrol(custodian, &enrolment, &trail);
  cr_assert_eq(err, OK, "%s", trail.where ? trail.where : "");
  custodian_free(&custodian);
}

static inline void held_sign(const struct ticket *ticket, enum ticket_role role,
                             const struct signer *signer, char text[static TICKET_SIGNED_TEXT + 1])
{
  struct ticket_signature signature;

  cr_assert_eq(ticket_sign(&signature, ticket, role, signer), OK);
  ticket_signature_write(text, &signature);
  text[TICKET_SIGNED_TEXT] = '\0';
}

/* The ticket of the last answer; its text is kept by the caller. */
static inline struct ticket held_ticket(const struct held *held,
                                        char text[static TICKET_TEXT_MAX + 1])
{
  struct ticket ticket;

  snprintf(text, TICKET_TEXT_MAX + 1, "%s", office_text(held->office.json, "ticket"));
  cr_assert_eq(ticket_text_parse(&ticket, str_from(text)), OK, "%.*s",
               (int)held->office.op.answer.body.len, held->office.op.answer.body.ptr);
  return ticket;
}

/* The error of the commit, which is the custodian's word too. */
static inline enum err held_use(struct held *held, struct actor actor, const char *ticket,
                                const char *signatures)
{
  const struct opening in = {.ticket = str_from(ticket), .signature = str_from(signatures)};
  enum err err = opening_make(office_op(&held->office, actor), &in);

  cr_assert_eq(err, OK, "%s", err_name(err));
  return office_submit(&held->office);
}

/* Until the custodian has compared every row that waits for its first decision: after that no entry
 * comes by itself. */
static inline void held_settle(const struct held *held)
{
  struct index *index = held->office.reg->index;
  uint64_t version = writer_protection_version(held->office.reg->writer);
  bool settled = false;

  for (int i = 0; i < 1000 && !settled; i++) {
    settled = true;
    index_read(index);
    for (size_t at = 0; at < index_count(index); at++)
      if (!index_at(index, at)->first_decided && index_at(index, at)->compared != version &&
          !id_equal(index_at(index, at)->id, held->office.reg->decoy))
        settled = false;
    index_done(index);
    if (!settled) usleep(10000);
  }
  cr_assert(settled, "a row is not compared");
}

/* ---- recipients ---- */

/* A recipient of this role with the key of the identity; two people have agreed. */
static inline struct id held_recipient(struct held *held, const char *role, bool is_approved)
{
  struct office *office = &held->office;
  const struct recipient in = {.name = STR("A. Derbynnydd"),
                               .role = str_from(role),
                               .organisation = STR("Sir Arall"),
                               .age_key = {held->age_key, AGE_RECIPIENT_TEXT}};
  struct actor one = office_actor(office, "data_protection_officer", 31);
  struct actor two = office_actor(office, "data_protection_officer", 32);
  struct id id;

  OFFICE_RUN(office, recipient_make(office_op(office, one), &in));
  cr_assert_eq(office->op.answer.status, 201, "%.*s", (int)office->op.answer.body.len,
               office->op.answer.body.ptr);
  cr_assert(id_parse(str_from(office_text(office->json, "recipient")), &id));
  if (!is_approved) return id;
  OFFICE_RUN(office, recipient_approve(office_op(office, two), id));
  cr_assert_eq(office->op.answer.status, 200);
  return id;
}

/* How a recipient stands to a child, past the operation that sets it. */
static inline void held_relate(struct held *held, struct id child, struct id recipient,
                               enum relation_code relation)
{
  struct office *office = &held->office;
  struct item item = {.kind = ITEM_RELATION,
                      .flags = (uint16_t)relation,
                      .record = child,
                      .subject = recipient,
                      .until = DAY_NONE};
  struct entry_of entry = {.action = ACTION_RELATION};
  struct op *op = office_op(office, (struct actor){0});
  struct facts_want want = {.id = child};
  struct facts facts;

  cr_assert_eq(op_begin(op), OK);
  want.today = op_today(op);
  cr_assert_eq(facts_read(op, &facts, &want), OK);
  cr_assert_eq(op_item_put(op, &item, &facts.child, (struct personal){"", 0}), OK);
  cr_assert_eq(op_entry(op, &entry), OK);
  cr_assert_eq(office_submit(office), OK);
}

#endif
