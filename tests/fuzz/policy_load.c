/* The built-in policy with one file changed to any bytes, or with one more: refused with a place,
 * or loaded; never a crash. The first line is the file's name, the rest its text. */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

enum { FILES_MAX = 512, NAME_BYTES = 64 };

static void must(bool holds)
{
  if (!holds) abort();
}

/* Room for a file of this name: the built-in one's, or a new one's. */
static struct policy_file *place_for(struct policy_file *files, size_t *count, const char *name)
{
  for (size_t i = 0; i < *count; i++)
    if (strcmp(files[i].name, name) == 0) return &files[i];
  return &files[(*count)++];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct policy_file files[FILES_MAX];
  struct policy *policy = NULL;
  struct trail trail = {0};
  size_t count = policy_builtin_count;
  const uint8_t *end = memchr(data, '\n', size);
  char name[NAME_BYTES];

  if (!end || end - data >= NAME_BYTES) return 0;
  memcpy(name, data, (size_t)(end - data));
  name[end - data] = '\0';
  must(count < FILES_MAX);
  memcpy(files, policy_builtin_files, count * sizeof files[0]);
  *place_for(files, &count, name) =
    (struct policy_file){name, (const char *)end + 1, size - (size_t)(end + 1 - data)};
  enum err err = policy_load(&policy, files, count, &trail);
  must(err == OK || err == ERR_POLICY || err == ERR_MEMORY);
  must((err == OK) == (policy != NULL));
  must(err != ERR_POLICY || (trail.where != NULL && trail.a >= 0 && trail.b >= 0));
  policy_free(&policy);
  return 0;
}
