/* Another program of ours, run by a verb. */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_RUN 127

/* In the child: a process group of its own, so that an interrupt at the terminal reaches the parent
 * first and the two stop in order. */
static _Noreturn void become(const char *const argv[], pid_t parent, const char *output,
                             bool is_quiet)
{
  union {
    const char *const *given;
    char *const *wanted; /* execv's prototype is older than const */
  } words = {argv};
  sigset_t none;
  int nowhere = open("/dev/null", O_WRONLY);
  int out = output == NULL ? nowhere : open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  sigemptyset(&none);
  if (nowhere < 0 || out < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      (is_quiet && dup2(nowhere, STDERR_FILENO) < 0) || setpgid(0, 0) != 0 ||
      prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent ||
      pthread_sigmask(SIG_SETMASK, &none, NULL) != 0)
    _exit(CANNOT_RUN);
  execvp(argv[0], words.wanted);
  _exit(CANNOT_RUN);
}

static enum err start(struct cli *cli, pid_t *ret_pid, const char *const argv[], const char *output,
                      bool is_quiet)
{
  pid_t parent = getpid(), pid;

  if (argv[0] == NULL)
    return FAIL(&cli->trail, ERR_ABSENT, "a program of ours is not beside this one");
  (void)fflush(NULL);
  pid = fork();
  if (pid < 0) return ERR_IO;
  if (pid == 0) become(argv, parent, output, is_quiet);
  *ret_pid = pid;
  return OK;
}

enum err child_start(struct cli *cli, pid_t *ret_pid, const char *const argv[])
{
  return start(cli, ret_pid, argv, NULL, false);
}

enum err child_start_telling(struct cli *cli, pid_t *ret_pid, const char *const argv[],
                             const char *output)
{
  return start(cli, ret_pid, argv, output, true);
}

static int child_wait(pid_t pid)
{
  int status = 0;

  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : CANNOT_RUN;
}

enum err child_run(struct cli *cli, const char *const argv[], bool is_quiet)
{
  pid_t pid = -1;

  TRY(start(cli, &pid, argv, NULL, is_quiet));
  int code = child_wait(pid);
  if (code == CANNOT_RUN) return FAIL(&cli->trail, ERR_ABSENT, "another program cannot be run");
  if (code != 0)
    return FAIL_AT(&cli->trail, ERR_INTERNAL, "another program failed; a is its exit code", code,
                   0);
  return OK;
}

enum err child_ask(struct cli *cli, int *ret_code, const char *const argv[], const char *output)
{
  pid_t pid = -1;

  TRY(start(cli, &pid, argv, output, true));
  *ret_code = child_wait(pid);
  return *ret_code == CANNOT_RUN ? FAIL(&cli->trail, ERR_ABSENT, "another program cannot be run")
                                 : OK;
}

bool child_has_ended(pid_t *pid)
{
  if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) != 0) *pid = 0;
  return *pid <= 0;
}

void child_stop(pid_t *pid)
{
  if (*pid <= 0) return;
  kill(*pid, SIGTERM);
  (void)child_wait(*pid);
  *pid = 0;
}
