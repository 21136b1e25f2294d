/* A register in a temporary folder, with real files and keys, and one reader. For the tests of
 * register/. */
#ifndef TESTS_UNIT_REGISTER_WORLD_H
#define TESTS_UNIT_REGISTER_WORLD_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "register/op.h"

struct world {
  char dir[64], register_dir[80], root_dir[80];
  struct reg_config config;
  struct reg_seams seams;
  struct reg *reg;
  struct reader *reader;
  struct arena *arena;
  struct op op;
  struct trail trail;
};

struct world_wait {
  pthread_mutex_t mutex;
  pthread_cond_t ended;
  bool has_ended;
  enum err err;
};

static inline void world_ended(void *self, enum err err)
{
  struct world_wait *wait = self;

  pthread_mutex_lock(&wait->mutex);
  wait->err = err;
  wait->has_ended = true;
  pthread_cond_signal(&wait->ended);
  pthread_mutex_unlock(&wait->mutex);
}

static inline enum err world_submit(struct op *op)
{
  struct world_wait wait = {.mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

  reg_submit(op, world_ended, &wait);
  pthread_mutex_lock(&wait.mutex);
  while (!wait.has_ended)
    pthread_cond_wait(&wait.ended, &wait.mutex);
  pthread_mutex_unlock(&wait.mutex);
  return wait.err;
}

static inline size_t world_custodian(char text[static CUSTODIAN_PUB_MAX])
{
  struct custodian_pub pub = {0};
  struct verify_key key;
  uint8_t secret[64], x_secret[32];

  randombytes_buf(pub.authority, ID_BYTES);
  crypto_sign_keypair(key.bytes, secret);
  crypto_box_keypair(pub.shield.bytes, x_secret);
  cr_assert_eq(note_key_make(&pub.log, STR("cnis.example/audit/1"), &key), OK);
  return custodian_pub_write(text, &pub);
}

static inline enum err world_open(struct world *world)
{
  enum err err = reg_open_with(&world->reg, &world->config, &world->seams, &world->trail);

  if (err != OK) return err;
  cr_assert_eq(reader_new(&world->reader, world->reg), OK);
  world->op = (struct op){.reg = world->reg, .reader = world->reader, .arena = world->arena};
  return OK;
}

static inline void world_close(struct world *world)
{
  reader_free(&world->reader);
  reg_close(&world->reg);
  world->trail = (struct trail){0};
}

static inline struct world *world_new(void)
{
  struct world *world = calloc(1, sizeof *world);
  char pub[CUSTODIAN_PUB_MAX];

  cr_assert_eq(crypto_ready(), OK);
  snprintf(world->dir, sizeof world->dir, "/tmp/cnis-test-XXXXXX");
  cr_assert_not_null(mkdtemp(world->dir));
  snprintf(world->register_dir, sizeof world->register_dir, "%s/register", world->dir);
  snprintf(world->root_dir, sizeof world->root_dir, "%s/root", world->dir);
  world->config = (struct reg_config){
    .register_dir = world->register_dir,
    .root_dir = world->root_dir,
    .outside = outside_real(),
    .log = {.fd = -1, .outside = outside_real()},
    .tick_us = 50000,
    .start_without_custodian = true,
  };
  struct reg_init init = {
    .authority_name = STR("Awdurdod Enghreifftiol"),
    .authority_code = STR("672"),
    .regime = STR("pre-cnis-wales"),
    .custodian_pub = {pub, world_custodian(pub)},
    .synthetic = true,
  };
  cr_assert_eq(arena_new(&world->arena, 64 << 20), OK);
  enum err err = reg_create(&world->config, &init, &world->trail);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), world->trail.where ? world->trail.where : "-");
  err = world_open(world);
  cr_assert_eq(err, OK, "%s: %s", err_name(err), world->trail.where ? world->trail.where : "-");
  return world;
}

static inline void world_free(struct world *world)
{
  char command[128];

  world_close(world);
  arena_free(&world->arena);
  snprintf(command, sizeof command, "rm -rf %s", world->dir);
  cr_assert_eq(system(command), 0);
  free(world);
}

static inline struct value world_value(const char *text)
{
  struct value value = value_absent;

  value.text = (struct personal){text, strlen(text)};
  value.state = VALUE_CHECKED;
  value.said_by = SAID_PARENT;
  return value;
}

/* A child with a name and a birth date, and one entry about it. */
static inline enum err world_child(struct op *op, struct id *ret_id, const char *forename,
                                   const char *surname, const char *born)
{
  struct entry_of entry = {.action = ACTION_ENTRY_CREATE};
  struct record *record = NULL;
  struct audit_secret secret;

  arena_reset(op->arena);
  cr_assert_eq(op_begin(op), OK);
  cr_assert_eq(op_record_new(op, &record), OK);
  record_set(record, FIELD_forename, 0, world_value(forename));
  record_set(record, FIELD_surname, 0, world_value(surname));
  record_set(record, FIELD_date_of_birth, 0, world_value(born));
  record_set(record, FIELD_home_address, 0, world_value("1 Stryd y Prawf"));
  record_set(record, FIELD_home_postcode, 0, world_value("ZZ1 1AA"));
  record_set(record, FIELD_person_name, 0, world_value("Rhiant Prawf"));
  record_set(record, FIELD_person_phone, 0, world_value("07700 900123"));
  cr_assert_eq(record_audit(record, &secret), OK);
  entry.child = &secret;
  entry.record = record->id;
  enum err err = op_put(op, record, NULL);
  if (err != OK) return err; /* ERR_BUSY: the pool of keys is being refilled */
  cr_assert_eq(op_entry(op, &entry), OK);
  *ret_id = record->id;
  return world_submit(op);
}

static inline struct id world_add(struct world *world, const char *forename, const char *surname,
                                  const char *born)
{
  struct id id;
  enum err err;

  while ((err = world_child(&world->op, &id, forename, surname, born)) == ERR_BUSY)
    usleep(1000);
  cr_assert_eq(err, OK, "%s", err_name(err));
  return id;
}

static inline enum err world_facts(struct world *world, struct facts *ret_facts, struct id id)
{
  struct facts_want want = {.id = id};

  arena_reset(world->arena);
  cr_assert_eq(op_begin(&world->op), OK);
  want.today = op_today(&world->op);
  return facts_read(&world->op, ret_facts, &want);
}

/* Runs SQL on a file of a closed register, as a thief with the disk would. */
static inline void world_sql(const struct world *world, const char *file, const char *sql)
{
  char path[128];
  sqlite3 *db = NULL;
  char *why = NULL;

  snprintf(path, sizeof path, "%s/%s", world->register_dir, file);
  cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
  cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK, "%s", why);
  sqlite3_close(db);
}

static inline void world_copy(const struct world *world, const char *from, const char *to)
{
  char command[300];

  snprintf(command, sizeof command, "cp %s/%s %s/%s", world->register_dir, from,
           world->register_dir, to);
  cr_assert_eq(system(command), 0);
}

#endif
