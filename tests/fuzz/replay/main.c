/* Runs a fuzz target once over each file of the folders named, so that what a long run has found is
 * tried by every ordinary test run, with any compiler. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

/* False when the file cannot be read. */
static bool replay(const char *folder, const char *name)
{
  char path[4096];
  int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
  if (len < 0 || (size_t)len >= sizeof(path)) return false;
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  static uint8_t bytes[INPUT_MAX];
  size_t size = fread(bytes, 1, sizeof(bytes), file);
  bool whole = feof(file) && !ferror(file);
  fclose(file);
  /* In a block of its own size, so that a read beyond its end is seen. */
  uint8_t *exact = malloc(size + (size == 0));
  if (!exact) return false;
  memcpy(exact, bytes, size);
  if (whole) (void)LLVMFuzzerTestOneInput(exact, size);
  free(exact);
  return whole;
}

int main(int count, char **folders)
{
  size_t replayed = 0;
  for (int i = 1; i < count; i++) {
    DIR *folder = opendir(folders[i]);
    if (!folder) return 1;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
      if (entry->d_name[0] == '.') continue;
      if (!replay(folders[i], entry->d_name)) return 1;
      replayed++;
    }
    closedir(folder);
  }
  printf("%zu inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
}
