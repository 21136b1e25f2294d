/* Help, made from verbs.def, options.def and exits.def. */
#include "cli/help.h"

#include "cli/options.h"
#include "cli/say.h"

#define MARGIN 26 /* columns before the sentence about an option or verb */

struct exit_row {
  int code;
  enum text_id says;
};
static const struct exit_row exits[] = {
#define X(id, code, text) {code, text},
#include "cli/exits.def"
#undef X
};

static void row(const struct cli *cli, struct str head, enum text_id says)
{
  struct str text = text_get(says, cli->lang);

  printf("  %-*.*s %.*s\n", MARGIN, (int)head.len, head.ptr, (int)text.len, text.ptr);
}

static struct str option_shown(struct cli *cli, const struct option_row *option)
{
  if (option->argument == NULL) return formatted(cli, "--%s", option->name);
  return formatted(cli, "--%s %s", option->name, option->argument);
}

static void exits_say(struct cli *cli)
{
  printf("\n");
  say(cli, TEXT_CLI_EXITS);
  for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
    row(cli, number(cli, exits[i].code), exits[i].says);
}

enum exit_code help_all(struct cli *cli)
{
  say(cli, TEXT_CLI_USAGE);
  printf("\n");
  for (unsigned i = 0; i < cli_verb_count; i++)
    row(cli, str_from(cli_verbs[i].name), cli_verbs[i].says);
  printf("\n");
  say(cli, TEXT_CLI_ALWAYS);
  for (int i = 0; i < OPTION_COUNT; i++) {
    if ((OPTIONS_ALWAYS >> i & 1) != 0)
      row(cli, option_shown(cli, &cli_options[i]), cli_options[i].says);
  }
  exits_say(cli);
  return EXIT_FINE;
}

static void usage_say(struct cli *cli)
{
  const struct verb *verb = cli->verb;

  printf("cnis %s", verb->name);
  for (int i = 0; i < OPTION_COUNT; i++) {
    struct str shown = option_shown(cli, &cli_options[i]);

    if ((verb->needs >> i & 1) != 0)
      printf(" %.*s", (int)shown.len, shown.ptr);
    else if ((verb->takes >> i & 1) != 0)
      printf(" [%.*s]", (int)shown.len, shown.ptr);
  }
  if (verb->operands[0] != '\0') printf(verb->operands_min == 0 ? " [%s]" : " %s", verb->operands);
  printf("\n");
}

enum exit_code help_verb(struct cli *cli)
{
  const struct verb *verb = cli->verb;
  uint64_t accepted = verb->needs | verb->takes | OPTIONS_ALWAYS;

  usage_say(cli);
  printf("\n");
  say(cli, verb->help);
  printf("\n");
  say(cli, TEXT_CLI_OPTIONS);
  for (int i = 0; i < OPTION_COUNT; i++) {
    if ((accepted >> i & 1) != 0) row(cli, option_shown(cli, &cli_options[i]), cli_options[i].says);
  }
  exits_say(cli);
  return EXIT_FINE;
}

static void completion_of(const struct verb *verb)
{
  uint64_t accepted = verb->needs | verb->takes | OPTIONS_ALWAYS;

  printf("  '%s'*) words='", verb->name);
  for (int i = 0; i < OPTION_COUNT; i++) {
    if ((accepted >> i & 1) != 0) printf("--%s ", cli_options[i].name);
  }
  printf("';;\n");
}

enum exit_code help_completion(void)
{
  printf("_cnis() {\n  local words\n  case \"${COMP_WORDS[*]:1}\" in\n");
  for (unsigned i = 0; i < cli_verb_count; i++)
    completion_of(&cli_verbs[i]);
  printf("  *) words='");
  for (unsigned i = 0; i < cli_verb_count; i++)
    printf("%s ", cli_verbs[i].name);
  printf("--help --version --completion';;\n  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "  [[ ${COMPREPLY[*]} ]] || COMPREPLY=($(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\ncomplete -F _cnis cnis\n");
  return EXIT_FINE;
}
