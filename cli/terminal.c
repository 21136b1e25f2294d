/* Asks at the terminal of the process (/dev/tty), so that input and output may be pipes. */
#include "cli/terminal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static enum err line_keep(struct cli *cli, struct str *ret_line, const char *bytes, size_t n)
{
  if (n == 0 || n > PASSWORD_MAX || !utf8_is_valid(bytes, n)) return ERR_INPUT;
  return arena_copy(cli->arena, ret_line, (struct str){bytes, n});
}

/* Reads up to the end of the line; the rest of a longer line counts as too long. */
static enum err line_read(struct cli *cli, struct str *ret_line, int fd)
{
  char line[PASSWORD_MAX + 2];
  size_t n = 0;

  while (n < sizeof line) {
    ssize_t got = read(fd, line + n, 1);

    if (got < 0) return ERR_IO;
    if (got == 0 || line[n] == '\n') break;
    n++;
  }
  if (n > 0 && line[n - 1] == '\r') n--;
  enum err err = line_keep(cli, ret_line, line, n);
  wipe(line, sizeof line);
  return err;
}

static enum err ask(struct cli *cli, struct str *ret_line, struct str prompt)
{
  struct termios usual, quiet;
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

  if (fd < 0) return ERR_UNAUTHENTICATED;
  enum err err = ERR_IO;
  if (tcgetattr(fd, &usual) != 0 || write(fd, prompt.ptr, prompt.len) < 0) goto out;
  quiet = usual;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0) goto out;
  err = line_read(cli, ret_line, fd);
  if (tcsetattr(fd, TCSAFLUSH, &usual) != 0 || write(fd, "\n", 1) < 0) err = ERR_IO;
out:
  close(fd);
  return err;
}

static enum err password_file_read(struct cli *cli, struct str *ret_password, const char *path)
{
  struct stat found;
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) return ERR_ABSENT;
  enum err err;
  if (fstat(fd, &found) != 0)
    err = ERR_IO;
  else if (S_ISREG(found.st_mode) && (found.st_mode & 077) != 0)
    err = FAIL(&cli->trail, ERR_INPUT, "the password file can be read by others (chmod 600)");
  else
    err = line_read(cli, ret_password, fd);
  close(fd);
  return err;
}

enum err password_get(struct cli *cli, struct str *ret_password, enum option_id file,
                      struct str prompt)
{
  if (cli_has(cli, file)) return password_file_read(cli, ret_password, cli->value[file]);
  return ask(cli, ret_password, prompt);
}

enum err password_get_new(struct cli *cli, struct str *ret_password, enum option_id file,
                          struct str prompt)
{
  struct str first = {0}, again = {0};

  TRY(password_get(cli, &first, file, prompt));
  if (!cli_has(cli, file)) {
    TRY(ask(cli, &again, text_get(TEXT_CLI_ASK_AGAIN, cli->lang)));
    if (!str_equal(first, again)) return FAIL(&cli->trail, ERR_INPUT, "the two passwords differ");
  }
  *ret_password = first;
  return OK;
}
