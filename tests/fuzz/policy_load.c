/* The built-in policy with one file changed to any bytes, or with one more: refused with a place,
 * or loaded; never a crash. The first line is the file's name, the rest its text. */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "tests/fuzz/policy_edit.h"

enum { FILES_MAX = 512, NAME_BYTES = 64 };

static void must(bool holds)
{
  if (!holds) abort();
}

/* The file comes first, so that what is wrong with it is seen before the rest is read. */
static size_t replace(struct policy_file *files, struct policy_file file)
{
  size_t count = 0;

  files[count++] = file;
  for (size_t i = 0; i < policy_builtin_count; i++)
    if (strcmp(policy_builtin_files[i].name, file.name) != 0)
      files[count++] = policy_builtin_files[i];
  return count;
}

static void load(struct policy_file file)
{
  struct policy_file files[FILES_MAX];
  struct policy *policy = NULL;
  struct trail trail = {0};

  must(policy_builtin_count < FILES_MAX);
  enum err err = policy_load(&policy, files, replace(files, file), &trail);
  must(err == OK || err == ERR_POLICY || err == ERR_MEMORY);
  must((err == OK) == (policy != NULL));
  must(err != ERR_POLICY || (trail.where != NULL && trail.a >= 0 && trail.b >= 0));
  policy_free(&policy);
}

static void load_text(const uint8_t *data, size_t size)
{
  const uint8_t *end = memchr(data, '\n', size);
  char name[NAME_BYTES];

  if (!end || end - data >= NAME_BYTES) return;
  memcpy(name, data, (size_t)(end - data));
  name[end - data] = '\0';
  load((struct policy_file){name, (const char *)end + 1, size - (size_t)(end + 1 - data)});
}

static void load_changed(const uint8_t *data, size_t size)
{
  const struct policy_file *file =
    &policy_builtin_files[(data[0] + 0x20u * data[1]) % policy_builtin_count];
  char *text = malloc(EDIT_ROOM);
  size_t n = edit_text(text, file->text, file->len, data + 2, size - 2);

  load((struct policy_file){file->name, text, n});
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 2) return 0;
  if (data[0] < 0x20)
    load_changed(data, size);
  else
    load_text(data, size);
  return 0;
}
