/* The open register: put together in order, taken apart in reverse. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "register/errands.h"
#include "register/openings.h"

enum {
  PUBLISH_EVERY_US = 10000000
}; /* the demonstration's; a regime's schedule comes with settings */

static enum err reg_new(struct reg **ret_reg, const struct reg_config *config)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct reg)));
  struct reg *reg = block;
  reg->outside = config->outside;
  reg->log = config->log;
  reg->tick_us = config->tick_us;
  reg->lock_fd = -1;
  *ret_reg = reg;
  if (pthread_mutex_init(&reg->active.mutex, NULL) != 0) return ERR_MEMORY;
  int n = snprintf(reg->dir, sizeof reg->dir, "%s", config->register_dir);
  int m = snprintf(reg->custodian_socket, sizeof reg->custodian_socket, "%s",
                   config->custodian_socket ? config->custodian_socket : "");
  return n > 0 && (size_t)n < sizeof reg->dir && (size_t)m < sizeof reg->custodian_socket
           ? OK
           : ERR_INPUT;
}

static enum err start_threads(struct reg *reg, struct writer_deps *deps, const char *socket_path,
                              const struct reg_seams *seams)
{
  deps->store = reg->store;
  deps->keys = reg->keys;
  deps->index = reg->index;
  deps->keyring = reg->keyring;
  deps->rows = &reg->rows;
  deps->audit = &reg->audit;
  deps->log = &reg->log;
  deps->meta = reg->meta;
  deps->tail = reg->tail;
  if (seams) {
    deps->fatal = seams->fatal;
    deps->between = seams->between;
    deps->self = seams->self;
  }
  TRY(openings_start(&reg->openings, reg, socket_path));
  TRY(writer_start(&reg->writer, deps));
  TRY(errands_start(&reg->errands, reg, socket_path));
  if (!reg->witness.sign) return OK;
  return heads_start(&reg->heads, reg->dir, reg->writer, &reg->witness, &reg->log,
                     PUBLISH_EVERY_US);
}

static enum err find_witness(struct reg *reg, const struct reg_config *config,
                             const struct reg_seams *seams)
{
  if (seams) reg->whose = seams->whose;
  if (seams && seams->witness) {
    reg->witness = *seams->witness;
    return OK;
  }
  if (!config->custodian_socket) return OK;
  return head_witness_custodian(&reg->witness, config->custodian_socket, &reg->outside);
}

static enum err open_all(struct reg *reg, const struct reg_config *config,
                         const struct reg_seams *seams, struct trail *trail)
{
  struct writer_deps *deps;

  enum err err = store_lock(&reg->lock_fd, reg->dir);
  if (err != OK) return FAIL(trail, err, "another process holds the register");
  TRY(reg_load(reg, config, trail));
  deps = arena_take(reg->arena, sizeof *deps);
  if (!deps) return ERR_MEMORY;
  TRY(find_witness(reg, config, seams));
  TRY(store_open(&reg->store, reg->dir, STORE_OWNER, trail));
  bool without = config->start_without_custodian || !reg->witness.sign;
  TRY(start_verify(reg, without, deps, trail));
  return start_threads(reg, deps, config->custodian_socket, seams);
}

enum err reg_open_with(struct reg **ret_reg, const struct reg_config *config,
                       const struct reg_seams *seams, struct trail *trail)
{
  OWNED(reg_close) struct reg *reg = NULL;

  TRY(reg_new(&reg, config));
  TRY(open_all(reg, config, seams, trail));
  *ret_reg = reg;
  reg = NULL;
  return OK;
}

enum err reg_open(struct reg **ret_reg, const struct reg_config *config, struct trail *trail)
{
  return reg_open_with(ret_reg, config, NULL, trail);
}

void reg_close(struct reg **reg)
{
  if (!reg || !*reg) return;
  struct reg *old = *reg;
  void *block = old;
  size_t one = 1;

  writer_finish(old->writer); /* hands nothing over from here on, and the heads thread sees it */
  errands_stop(&old->errands);
  openings_stop(&old->openings);
  heads_stop(&old->heads);
  writer_stop(&old->writer);
  head_witness_free(&old->witness);
  people_free(&old->people);
  keys_close(&old->keys);
  budget_free(&old->budget);
  repeated_free(&old->repeated);
  index_free(&old->index);
  store_close(&old->store);
  policy_free(&old->policy);
  keyring_free(&old->keyring);
  arena_free(&old->arena);
  if (old->lock_fd >= 0) close(old->lock_fd);
  block_free(&block, &one, sizeof(struct reg));
  *reg = NULL;
}

/* ---- readers ---- */

enum { SCRATCH_BYTES = 4 << 20 };

enum err reader_new(struct reader **ret_reader, struct reg *reg)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct reader)));
  OWNED(reader_free) struct reader *reader = block;
  reader->reg = reg;
  TRY(arena_new(&reader->scratch, SCRATCH_BYTES));
  TRY(store_open(&reader->store, reg->dir, STORE_READER, &(struct trail){0}));
  *ret_reader = reader;
  reader = NULL;
  return OK;
}

void reader_free(struct reader **reader)
{
  if (!reader || !*reader) return;
  void *block = *reader;
  size_t one = 1;

  store_close(&(*reader)->store);
  arena_free(&(*reader)->scratch);
  block_free(&block, &one, sizeof(struct reader));
  *reader = NULL;
}

/* ---- what needs no decision ---- */

bool reg_is_synthetic(const struct reg *reg)
{
  return reg->meta.synthetic;
}

const struct policy *reg_policy(const struct reg *reg)
{
  return reg->policy;
}

const uint8_t *reg_policy_version(const struct reg *reg)
{
  return reg->policy_version;
}

const struct regime *reg_regime(const struct reg *reg)
{
  return reg->regime;
}

struct str reg_authority_name(const struct reg *reg)
{
  return str_from(reg->meta.name);
}
