/* Process-wide limits. They hold for good: nothing here can be undone by what runs later. */
#include "custodian/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum err harden(void)
{
  const struct rlimit none = {0, 0};
  umask(077);
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return ERR_INTERNAL;
  return OK;
}
