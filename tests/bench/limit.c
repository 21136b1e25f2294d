/* What the building blocks allow at this project's record size: the same bytes opened, sealed and
 * made durable as for one read or one write, or read and hashed as for one child at start, in a
 * bare loop over SQLite and libsodium - no HTTP, no sign-in, no decision, no thread. Nothing that
 * serves can be faster on these blocks. Not the service, and it must never grow into one: it shares
 * the table of fields and the envelope with it, and no SQL, no writer, no store.
 *
 * usage: limit DIR read|write|start TOGETHER MILLISECONDS
 * TOGETHER: requests that share one commit, as connections that wait together do; rows of one pass
 * at start. */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/json.h"
#include "crypto/envelope.h"
#include "crypto/leaf.h"
#include "crypto/tree.h"
#include "register/field.h"
#include "register/store.h"

enum { ROWS = 500, NOTE_CLASS = 6, VIEW_TEXT = 300 };

/* Every stored field behind the words that rule G-01 grants to the officer who keeps an entry. */
static const enum field granted[] = {
  FIELD_registered,
  FIELD_forename,
  FIELD_middle_names,
  FIELD_surname,
  FIELD_known_as,
  FIELD_date_of_birth,
  FIELD_sex,
  FIELD_upn,
  FIELD_home_address,
  FIELD_home_postcode,
  FIELD_home_uprn,
  FIELD_previous_address,
  FIELD_additional_address,
  FIELD_child_contact,
  FIELD_home_la,
  FIELD_person_name,
  FIELD_person_relation,
  FIELD_person_standing,
  FIELD_person_address,
  FIELD_person_phone,
  FIELD_person_email,
  FIELD_circumstances,
  FIELD_circumstances_narrative,
  FIELD_time_with_parents,
  FIELD_time_with_others,
  FIELD_provider_name,
  FIELD_provider_type,
  FIELD_provider_address,
  FIELD_provider_hours,
  FIELD_provider_hours_alone,
  FIELD_school_name,
  FIELD_last_school,
  FIELD_start_date,
  FIELD_left_school_on,
  FIELD_aln_status,
  FIELD_eotas,
  FIELD_safe_contact_route,
};

struct limit {
  sqlite3 *records, *log;
  sqlite3_stmt *get, *each, *put, *begin, *commit;
  sqlite3_stmt *leaf, *views, *state, *log_begin, *log_commit;
  sqlite3_blob *part;
  struct key key;
  struct arena *arena;
  uint64_t entries;
  struct tree_edge edge;
};

static void must(int holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "limit: %s\n", what);
  exit(1);
}

static double now_us(clockid_t clock)
{
  struct timespec at;

  clock_gettime(clock, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* ---- the files ---- */

static sqlite3 *open_file(const char *dir, const char *name, const char *page, const char *tables)
{
  char path[512];
  sqlite3 *db = NULL;

  must(snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path, "path");
  remove(path);
  must(sqlite3_open(path, &db) == SQLITE_OK, "open");
  must(sqlite3_exec(db, page, NULL, NULL, NULL) == SQLITE_OK, "page size");
  must(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", NULL, NULL,
                    NULL) == SQLITE_OK,
       "WAL");
  must(sqlite3_exec(db, tables, NULL, NULL, NULL) == SQLITE_OK, "tables");
  return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
  sqlite3_stmt *statement = NULL;

  must(sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK, text);
  return statement;
}

static void step(sqlite3_stmt *statement)
{
  must(sqlite3_step(statement) == SQLITE_DONE, "step");
  sqlite3_reset(statement);
}

static void bind(sqlite3_stmt *statement, int at, const void *bytes, size_t n)
{
  must(sqlite3_bind_blob64(statement, at, bytes, n, SQLITE_STATIC) == SQLITE_OK, "bind");
}

static void put_row(struct limit *limit, sqlite3_int64 at, const struct row *row)
{
  sqlite3_bind_int64(limit->put, 1, at);
  bind(limit->put, 2, row->body, sizeof row->body);
  bind(limit->put, 3, row->shielded, sizeof row->shielded);
  bind(limit->put, 4, row->patches, sizeof row->patches);
  step(limit->put);
}

/* ---- envelopes ---- */

static struct envelope_context context_of(enum field field, unsigned slot)
{
  return (struct envelope_context){.table = 1,
                                   .field = field_row(field)->id,
                                   .codec = 1,
                                   .part = (uint16_t)slot,
                                   .version = 1,
                                   .compartment = COMPARTMENT_CASEWORK,
                                   .pad_class = field_row(field)->pad,
                                   .generation = 1};
}

static void open_slot(struct limit *limit, uint8_t *text, size_t *n, enum field field,
                      unsigned slot, const uint8_t *sealed)
{
  struct envelope_context context = context_of(field, slot);

  must(envelope_open(text, n, &limit->key, &context, sealed, field_sealed_bytes(field)) == OK,
       "an envelope does not open");
}

static void seal_slot(struct limit *limit, uint8_t *sealed, enum field field, unsigned slot,
                      const struct nonce *nonce, const uint8_t *text, size_t n)
{
  struct envelope_context context = context_of(field, slot);

  must(envelope_seal(sealed, &limit->key, &context, nonce, text, n) == OK, "seal");
}

/* All slots of the body, from the same text each. */
static void seal_body(struct limit *limit, struct row *row, const uint8_t *text, size_t n)
{
  struct nonce nonces[FIELD_COUNT];

  for (enum field field = 0; field < FIELD_COUNT; field++) {
    if (field_row(field)->home == HOME_BLOB) continue;
    randombytes_buf(nonces, sizeof nonces[0] * field_row(field)->slots);
    for (unsigned slot = 0; slot < field_row(field)->slots; slot++)
      seal_slot(limit, row->body + field_offset(field, slot), field, slot, &nonces[slot], text, n);
  }
}

/* ---- the log ---- */

/* One entry: four commitments, four sealed views, the leaf and the tree. */
static void add_entry(struct limit *limit)
{
  static const uint8_t payload[VIEW_TEXT];
  static const unsigned classes[LEAF_VIEWS] = {VIEW_CLASS_CORE, VIEW_CLASS_WHO, VIEW_CLASS_WHAT,
                                               VIEW_CLASS_OPS};
  struct {
    uint8_t salts[LEAF_VIEWS][LEAF_SALT_BYTES];
    struct nonce nonces[LEAF_VIEWS];
  } fresh;
  uint8_t sealed[VIEWS_BYTES], leaf[LEAF_BYTES];
  struct hash parts[LEAF_VIEWS], hash;
  size_t at = 0;

  randombytes_buf(&fresh, sizeof fresh);
  for (enum leaf_view view = 0; view < LEAF_VIEWS; view++) {
    struct envelope_context context = {.table = 2,
                                       .field = (uint16_t)view,
                                       .codec = 1,
                                       .compartment = COMPARTMENT_AUDIT,
                                       .pad_class = classes[view],
                                       .generation = 1};
    size_t n = VIEW_TEXT < ENVELOPE_BUCKET(classes[view]) ? VIEW_TEXT : 200;

    leaf_commit(&parts[view], view, fresh.salts[view], payload, n);
    must(envelope_seal(sealed + at, &limit->key, &context, &fresh.nonces[view], payload, n) == OK,
         "seal a view");
    at += ENVELOPE_SIZE(classes[view]);
  }
  leaf_write(leaf, parts);
  tree_leaf_hash(&hash, leaf, sizeof leaf);
  must(tree_append(&limit->edge, &hash) == OK, "tree");
  sqlite3_bind_int64(limit->leaf, 1, (sqlite3_int64)limit->entries);
  bind(limit->leaf, 2, parts, sizeof parts);
  step(limit->leaf);
  sqlite3_bind_int64(limit->views, 1, (sqlite3_int64)limit->entries++);
  bind(limit->views, 2, sealed, sizeof sealed);
  step(limit->views);
}

static void commit_log(struct limit *limit)
{
  struct hash root;

  tree_root(&root, &limit->edge);
  bind(limit->state, 1, root.bytes, sizeof root.bytes);
  step(limit->state);
  step(limit->log_commit);
}

/* ---- one of each ---- */

static sqlite3_int64 any_row(void)
{
  return (sqlite3_int64)randombytes_uniform(ROWS) + 1;
}

static void read_one(struct limit *limit)
{
  uint8_t sealed[FIELD_SLOTS_MAX * ENVELOPE_SIZE(NOTE_CLASS)], text[VALUE_BYTES_MAX];
  struct json json;
  size_t n;

  must(sqlite3_blob_reopen(limit->part, any_row()) == SQLITE_OK, "find a row");
  json_start(&json, limit->arena, 8192);
  json_object_start(&json);
  for (size_t i = 0; i < sizeof granted / sizeof granted[0]; i++) {
    const struct field_row *row = field_row(granted[i]);
    size_t size = field_sealed_bytes(granted[i]);

    must(sqlite3_blob_read(limit->part, sealed, (int)(size * row->slots), (int)row->offset) ==
           SQLITE_OK,
         "read a part");
    for (unsigned slot = 0; slot < row->slots; slot++)
      open_slot(limit, text, &n, granted[i], slot, sealed + slot * size);
    json_key(&json, str_from(row->name));
    json_str(&json, (struct str){(const char *)text, n});
  }
  json_object_end(&json);
  arena_reset(limit->arena);
}

static void write_one(struct limit *limit)
{
  static struct row row;
  crypto_generichash_state seal;
  uint8_t text[VALUE_BYTES_MAX], hash[HASH_BYTES];
  sqlite3_int64 at = any_row();
  size_t n = 0;

  sqlite3_bind_int64(limit->get, 1, at);
  must(sqlite3_step(limit->get) == SQLITE_ROW, "find a row");
  memcpy(row.body, sqlite3_column_blob(limit->get, 0), sizeof row.body);
  memcpy(row.shielded, sqlite3_column_blob(limit->get, 1), sizeof row.shielded);
  memcpy(row.patches, sqlite3_column_blob(limit->get, 2), sizeof row.patches);
  sqlite3_reset(limit->get);
  for (enum field field = 0; field < FIELD_COUNT; field++)
    for (unsigned slot = 0; field_row(field)->home != HOME_BLOB && slot < field_row(field)->slots;
         slot++)
      open_slot(limit, text, &n, field, slot, row.body + field_offset(field, slot));
  for (int times = 0; times < 2; times++) { /* the old seal is checked, the new one made */
    crypto_generichash_init(&seal, limit->key.secret_, KEY_BYTES, sizeof hash);
    crypto_generichash_update(&seal, (const uint8_t *)&row, sizeof row);
    crypto_generichash_final(&seal, hash, sizeof hash);
    if (times == 0) seal_body(limit, &row, text, n);
  }
  put_row(limit, at, &row);
}

/* ---- together ---- */

static void run_read(struct limit *limit, unsigned together)
{
  for (unsigned i = 0; i < together; i++)
    read_one(limit);
  step(limit->log_begin);
  for (unsigned i = 0; i < together; i++)
    add_entry(limit);
  commit_log(limit);
}

static void run_write(struct limit *limit, unsigned together)
{
  step(limit->log_begin);
  for (unsigned i = 0; i < together; i++)
    add_entry(limit);
  commit_log(limit);
  step(limit->begin);
  for (unsigned i = 0; i < together; i++)
    write_one(limit);
  step(limit->commit);
}

/* A seal over every byte of a row; the next pass begins where this one ended. */
static void run_start(struct limit *limit, unsigned together)
{
  crypto_generichash_state seal;
  uint8_t hash[HASH_BYTES];

  for (unsigned i = 0; i < together; i++) {
    while (sqlite3_step(limit->each) != SQLITE_ROW)
      sqlite3_reset(limit->each);
    crypto_generichash_init(&seal, limit->key.secret_, KEY_BYTES, sizeof hash);
    for (int column = 0; column < 3; column++)
      crypto_generichash_update(&seal, sqlite3_column_blob(limit->each, column),
                                (size_t)sqlite3_column_bytes(limit->each, column));
    crypto_generichash_final(&seal, hash, sizeof hash);
  }
}

static const struct {
  const char *name;
  void (*run)(struct limit *limit, unsigned together);
} operations[] = {{"read", run_read}, {"write", run_write}, {"start", run_start}};

static void set_up(struct limit *limit, const char *dir)
{
  static struct row row;
  uint8_t text[] = "0123456789ab hyd arferol gwerth";

  must(sodium_init() >= 0 && arena_new(&limit->arena, 1 << 20) == OK, "memory");
  randombytes_buf(limit->key.secret_, KEY_BYTES);
  limit->records = open_file(dir, "limit.db", "PRAGMA page_size = 16384",
                             "CREATE TABLE entry(row INTEGER PRIMARY KEY, body BLOB, shielded BLOB,"
                             " patches BLOB)");
  limit->log = open_file(dir, "limit-log.db", "PRAGMA page_size = 4096",
                         "CREATE TABLE leaf(idx INTEGER PRIMARY KEY, parts BLOB);"
                         "CREATE TABLE views(idx INTEGER PRIMARY KEY, sealed BLOB);"
                         "CREATE TABLE state(one INTEGER PRIMARY KEY, root BLOB)");
  limit->get = prepare(limit->records, "SELECT body, shielded, patches FROM entry WHERE row = ?");
  limit->each = prepare(limit->records, "SELECT body, shielded, patches FROM entry ORDER BY row");
  limit->put = prepare(limit->records, "INSERT OR REPLACE INTO entry VALUES(?, ?, ?, ?)");
  limit->begin = prepare(limit->records, "BEGIN IMMEDIATE");
  limit->commit = prepare(limit->records, "COMMIT");
  limit->leaf = prepare(limit->log, "INSERT INTO leaf VALUES(?, ?)");
  limit->views = prepare(limit->log, "INSERT INTO views VALUES(?, ?)");
  limit->state = prepare(limit->log, "INSERT OR REPLACE INTO state VALUES(1, ?)");
  limit->log_begin = prepare(limit->log, "BEGIN IMMEDIATE");
  limit->log_commit = prepare(limit->log, "COMMIT");
  seal_body(limit, &row, text, 20);
  step(limit->begin);
  for (sqlite3_int64 at = 1; at <= ROWS; at++)
    put_row(limit, at, &row);
  step(limit->commit);
  must(sqlite3_wal_checkpoint_v2(limit->records, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
         SQLITE_OK,
       "checkpoint");
}

int main(int argc, char **argv)
{
  static struct limit limit;
  void (*run)(struct limit *, unsigned) = NULL;
  size_t done = 0;

  for (size_t i = 0; argc == 5 && i < sizeof operations / sizeof operations[0]; i++)
    if (strcmp(argv[2], operations[i].name) == 0) run = operations[i].run;
  if (!run) {
    fprintf(stderr, "usage: limit DIR read|write|start TOGETHER MILLISECONDS\n");
    return 64;
  }
  unsigned together = (unsigned)strtoul(argv[3], NULL, 10);

  set_up(&limit, argv[1]);
  must(sqlite3_blob_open(limit.records, "main", "entry", "body", 1, 0, &limit.part) == SQLITE_OK,
       "open a part");
  double start = now_us(CLOCK_MONOTONIC), cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
  double until = start + strtod(argv[4], NULL) * 1e3, end;
  for (; (end = now_us(CLOCK_MONOTONIC)) < until; done += together)
    run(&limit, together);
  printf("{\"requests\":%zu,\"seconds\":%.4f,\"cpu_us\":%.2f}\n", done, (end - start) / 1e6,
         (now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)done);
  return 0;
}
