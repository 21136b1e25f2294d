/* The register: the only folder that knows tables, rows and SQL, and the only door to what they
 * hold.
 *
 * A caller (api/) fills a request, calls ONE operation, and hands the op to reg_submit. The
 * operation reads on this thread's own connection, decides, opens what was granted, writes the
 * answer into the arena and seals its audit entries. Nothing may be sent before `done` says that
 * the entries are durable: reg_submit queues the op for the writer thread, which commits the log
 * first, the record after, and then calls `done`.
 *
 *   handler            worker thread                    writer thread
 *   -------            -------------                    -------------
 *   entry_view(op, &in)  facts, decide, open, answer
 *   reg_submit(op)                                      entries -> audit.db COMMIT; change ->
 * register.db COMMIT done(op, OK | ERR_MOVED | ERR_FULL | ...) answer goes out, arena wiped; on
 * ERR_MOVED the operation is run again, at most three times in all. */
#ifndef REGISTER_REGISTER_H
#define REGISTER_REGISTER_H

#include "base/arena.h"
#include "base/day.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "policy/policy.h"

struct reg;    /* the open register: keys, policy, in-memory index, writer thread */
struct reader; /* one worker thread's read connections and prepared statements */

#define ID_BYTES 16 /* every public id: random, written as 32 hexadecimal digits */
struct id {
  uint8_t b[ID_BYTES];
};

struct reg_config {
  const char *register_dir;     /* register.db, audit.db, keys.db, lock, admin.sock */
  const char *root_dir;         /* keyring and root secret; never below register_dir */
  const char *custodian_socket; /* NULL: there is none; heads and openings wait */
  const char *passphrase_file;  /* NULL: the root secret is a key file in root_dir */
  struct outside outside;
  struct log log;
  uint64_t tick_us; /* grid for generic answers; 50,000 in service */
  bool
    start_without_custodian; /* only tests and `fsck`: start does not need its word on the head */
};

/* Makes an empty register for one authority (its synthetic-data mark set), with the built-in policy
 * and the named regime. Refuses a directory that holds one. */
struct reg_init {
  struct str authority_name; /* shown to people */
  struct str authority_code; /* three-digit code, for instance 672 */
  struct str origin;         /* name of the log: cnis.example/audit/1 */
  struct str regime;         /* a name in policy/regimes */
  struct str custodian_pub;  /* text of custodian.pub */
  bool synthetic;
};
MUST_USE enum err reg_create(const struct reg_config *config, const struct reg_init *init,
                             struct trail *trail);

/* Opens and verifies everything: lock, keys, every row's seal, the sums, the tree, the custodian's
 * word on the head. ERR_LOCKED, ERR_KEY, ERR_CORRUPT (trail names the place), ERR_ROLLED_BACK,
 * ERR_VERSION. */
MUST_USE enum err reg_open(struct reg **ret_reg, const struct reg_config *config,
                           struct trail *trail);
void reg_close(struct reg **reg); /* finishes the queue, checkpoints, wipes */

MUST_USE enum err reader_new(struct reader **ret_reader, struct reg *reg);
void reader_free(struct reader **reader);

/* ---- who is asking ---- */

#define SESSION_IDLE_SECONDS (15 * 60) /* a session without a request ends after this time */

/* A signed-in person. Roles are policy words; the purpose of a request picks one of them. */
struct actor {
  struct id account; /* random id of the person (issuer and subject live behind it) */
  uint32_t handle;   /* index into the in-memory table of accounts */
  uint64_t roles;    /* set of policy role words */
  struct id session; /* random; its hash stands in the log */
  bool must_change;  /* somebody else set the password: op_begin refuses until it is changed */
  struct id browser; /* keyed tag of the browser that they signed in with; zero: none was told */
};

/* What the caller states, resolved to policy words by api/. Free text is kept as the person gave it
 * and is sealed with the decision. `said` holds only what a request may say; facts about the child
 * are never taken from it. */
struct ask_alternative {
  struct personal option, why_not;
  bool tried;
};
struct weighing; /* register/weighing.h */
struct ask {
  struct policy_request said;
  struct personal basis_text, necessity;
  struct ask_alternative alternatives[8];
  size_t alternative_count;
  const struct weighing *weighing; /* of a disclosure; NULL: not weighed */
};

/* ---- one request ---- */

struct commit; /* entries and changes waiting for the writer (register/writer.h) */

struct answer {
  int status;         /* HTTP status */
  struct str body;    /* JSON made by base/json.h, in the op's arena */
  struct str type;    /* media type; empty: application/json */
  char etag[33];      /* hexadecimal; empty: none */
  char location[160]; /* path; empty: none */
  bool on_tick;       /* a generic answer: leaves at the next tick after its commit */
  unsigned retry_s;   /* of 429 and 503: when to come again; 0: in a second */
};

struct op {
  struct reg *reg;
  struct reader *reader;
  struct arena *arena; /* wiped by the caller after the answer has gone */
  struct trail trail;
  enum lang lang;
  struct actor actor;
  struct str source;     /* where the request comes from, to slow down guessing; empty: unknown */
  struct id browser;     /* random number that a browser keeps, to sign in with; zero: none */
  struct str if_match;   /* empty when the caller sent none */
  struct id idempotency; /* all zero: none */
  bool has_idempotency;
  bool dry_run;
  int attempt;    /* 0, then 1 and 2 when the state moved */
  bool has_moved; /* op_refuse: reg_submit says ERR_MOVED */
  struct answer answer;
  struct commit *commit; /* made by the operation */
};

/* Queues the op and returns at once. `done` runs on the writer thread (or on the custodian thread
 * for openings) and must not block: it resumes the connection. Err is OK, ERR_MOVED (run again),
 * ERR_FULL, ERR_BUSY (queue full, deadline, or moved three times), ERR_UNKNOWN_OUTCOME. */
void reg_submit(struct op *op, void (*done)(void *context, enum err err), void *context);

/* For a request that failed before or inside an operation (bad input, no such route, not allowed):
 * the problem answer in the caller's language, and its entry. Never fails: at worst ERR_BUSY is
 * answered. ERR_MOVED is no refusal until the last attempt: reg_submit then says ERR_MOVED, as when
 * the state moves later. */
void op_refuse(struct op *op, enum err err);

/* ---- facts of the running register that need no decision (published or about the service itself)
 * ---- */
bool reg_is_synthetic(const struct reg *reg);
const struct policy *reg_policy(const struct reg *reg);
const uint8_t *reg_policy_version(const struct reg *reg); /* POLICY_VERSION_BYTES */
struct policy_hash reg_policy_hash(void); /* what versions of policies are made with */
const struct regime *reg_regime(const struct reg *reg); /* policy/regime.h */
struct str reg_authority_name(const struct reg *reg);
void reg_health(const struct reg *reg, struct json *json); /* for /readyz on admin.sock */

#endif
