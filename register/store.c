/* The files of one authority: opening, transactions, the lock. Must never see a plaintext, and
 * passes no SQLite type upward. */
#include "register/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "register/sql.h"

enum err store_lock(int *ret_fd, const char *dir)
{
  char path[512];
  int n = snprintf(path, sizeof path, "%s/lock", dir);

  if (n < 0 || (size_t)n >= sizeof path) return ERR_INPUT;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return ERR_IO;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    enum err err = errno == EWOULDBLOCK ? ERR_LOCKED : ERR_IO;
    (void)close(fd);
    return err;
  }
  *ret_fd = fd;
  return OK;
}

static enum err store_new(struct store **ret_store, enum store_use use)
{
  void *block = NULL;
  size_t held = 0;

  TRY(block_grow(&block, &held, 1, sizeof(struct store)));
  *ret_store = block;
  (*ret_store)->use = use;
  return OK;
}

void store_close(struct store **store)
{
  if (!store || !*store) return;
  for (int i = 0; i < SQL_COUNT; i++)
    sqlite3_finalize((*store)->statements[i]);
  for (int file = 0; file < FILE_COUNT; file++)
    sql_disconnect(&(*store)->files[file], (*store)->use);
  void *block = *store;
  size_t held = 1;
  block_free(&block, &held, sizeof(struct store));
  *store = NULL;
}

static bool file_is_there(const char *dir, const char *name)
{
  char path[512];
  struct stat status;
  int n = snprintf(path, sizeof path, "%s/%s", dir, name);

  return n > 0 && (size_t)n < sizeof path && lstat(path, &status) == 0;
}

enum err store_create(const char *dir, struct trail *trail)
{
  static const char *const names[] = {"register.db", "audit.db", "keys.db"};
  OWNED(store_close) struct store *store = NULL;

  for (size_t i = 0; i < 3; i++)
    if (file_is_there(dir, names[i])) return FAIL(trail, ERR_CONFLICT, "there is a register here");
  TRY(store_new(&store, STORE_OWNER));
  for (enum store_file file = 0; file < FILE_COUNT; file++) {
    TRY(sql_connect(&store->files[file], dir, file, STORE_OWNER, true, trail));
    TRY(sql_migrate(&store->files[file], file, true, trail));
  }
  return OK;
}

enum err store_open(struct store **ret_store, const char *dir, enum store_use use,
                    struct trail *trail)
{
  OWNED(store_close) struct store *store = NULL;

  TRY(store_new(&store, use));
  for (enum store_file file = 0; file < FILE_COUNT; file++) {
    TRY(sql_connect(&store->files[file], dir, file, use, false, trail));
    TRY(sql_migrate(&store->files[file], file, use == STORE_OWNER, trail));
  }
  TRY(sql_prepare_all(store, trail));
  *ret_store = store;
  store = NULL;
  return OK;
}

/* ---- transactions ---- */

enum err store_read_begin(struct store *store)
{
  assert(!store->is_reading);
  TRY(sql_step_done(sql_use(store, SQL_REGISTER_BEGIN)));
  store->is_reading = true;
  enum err err = sql_step_done(sql_use(store, SQL_KEYS_BEGIN));
  if (err != OK) store_read_end(store);
  return err;
}

void store_read_end(struct store *store)
{
  struct connection *connection = &store->files[FILE_REGISTER];

  if (!store->is_reading) return;
  for (size_t i = 0; i < 3; i++) {
    sqlite3_blob_close(connection->blobs[i]);
    connection->blobs[i] = NULL;
  }
  sql_step_last(sql_use(store, SQL_REGISTER_COMMIT)); /* nothing was written: cannot be lost */
  sql_step_last(sql_use(store, SQL_KEYS_COMMIT));
  store->is_reading = false;
}

static const struct {
  enum sql begin, commit, rollback;
} transactions[FILE_COUNT] = {
  [FILE_REGISTER] = {SQL_REGISTER_WRITE, SQL_REGISTER_COMMIT, SQL_REGISTER_ROLLBACK},
  [FILE_AUDIT] = {SQL_AUDIT_WRITE, SQL_AUDIT_COMMIT, SQL_AUDIT_ROLLBACK},
  [FILE_KEYS] = {SQL_KEYS_WRITE, SQL_KEYS_COMMIT, SQL_KEYS_ROLLBACK},
};

enum err store_begin(struct store *store, enum store_file file)
{
  assert(store->use == STORE_OWNER);
  return sql_step_done(sql_use(store, transactions[file].begin));
}

enum err store_commit(struct store *store, enum store_file file)
{
  enum err err = sql_step_done(sql_use(store, transactions[file].commit));

  if (err == OK) return OK;
  store_rollback(store, file);
  /* Only "no room" is known to have left nothing: after any other failure the WAL may or may not
   * hold the commit. */
  return err == ERR_FULL ? ERR_FULL : ERR_UNKNOWN_OUTCOME;
}

void store_rollback(struct store *store, enum store_file file)
{
  if (sqlite3_get_autocommit(store->files[file].db)) return;
  sql_step_last(sql_use(store, transactions[file].rollback));
}

enum err store_checkpoint(struct store *store, enum store_file file, int pages)
{
  struct connection *connection = &store->files[file];
  int left = 0, done = 0;

  if (connection->wal_pages <= pages) return OK;
  int code =
    sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &done);
  if (code == SQLITE_OK && left == done) connection->wal_pages = 0;
  return (code & 0xff) == SQLITE_BUSY ? OK : sql_error(code);
}
