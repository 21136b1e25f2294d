/* How far long work is. */
#include "cli/progress.h"

#include <unistd.h>

#include "cli/say.h"

#define TERMINAL_EVERY_US UINT64_C(200000)
#define PIPE_EVERY_US UINT64_C(5000000)
#define SECOND_US UINT64_C(1000000)

void progress_start(struct progress *progress, struct cli *cli)
{
  uint64_t now = cli->outside.mono_us(cli->outside.self);
  bool is_terminal = isatty(STDERR_FILENO) == 1;

  *progress = (struct progress){.cli = cli, .is_terminal = is_terminal, .started_us = now};
  progress->next_us = now + (is_terminal ? TERMINAL_EVERY_US : PIPE_EVERY_US);
}

static void line_show(struct progress *progress, uint64_t now, uint64_t done, uint64_t total)
{
  struct cli *cli = progress->cli;
  uint64_t spent_us = now - progress->started_us + 1;
  uint64_t rate = done * SECOND_US / spent_us;
  uint64_t left_s = done == 0 || total <= done ? 0 : (total - done) * (spent_us / done) / SECOND_US;
  struct str line = total == 0 ? SENTENCE(cli, TEXT_CLI_PROGRESS_OPEN, number(cli, (int64_t)done),
                                          number(cli, (int64_t)rate))
                               : SENTENCE(cli, TEXT_CLI_PROGRESS, number(cli, (int64_t)done),
                                          number(cli, (int64_t)total), number(cli, (int64_t)rate),
                                          number(cli, (int64_t)left_s));

  (void)fprintf(stderr, "%s%.*s%s", progress->is_terminal ? "\r\033[K" : "", (int)line.len,
                line.ptr, progress->is_terminal ? "" : "\n");
  progress->is_shown = true;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
  uint64_t now = progress->cli->outside.mono_us(progress->cli->outside.self);

  if (now < progress->next_us) return;
  progress->next_us = now + (progress->is_terminal ? TERMINAL_EVERY_US : PIPE_EVERY_US);
  line_show(progress, now, done, total);
}

void progress_end(struct progress *progress, uint64_t done, uint64_t total)
{
  uint64_t now = progress->cli->outside.mono_us(progress->cli->outside.self);

  if (!progress->is_shown && !progress->is_terminal) return;
  line_show(progress, now, done, total);
  if (progress->is_terminal) (void)fputc('\n', stderr);
}
