/* cnis init: makes an empty register for one authority, and its first administrator, who can then
 * add others. A register for real data is refused until everything that it takes is there. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/file.h"
#include "cli/init.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "crypto/custodian_pub.h"

#define REQUEST_ARENA_BYTES ((size_t)4 << 20)

/* ---- the first administrator ---- */

struct waiting {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool is_done;
  enum err err;
};

static void waiting_done(void *context, enum err err)
{
  struct waiting *waiting = context;

  pthread_mutex_lock(&waiting->lock);
  waiting->err = err;
  waiting->is_done = true;
  pthread_cond_signal(&waiting->changed);
  pthread_mutex_unlock(&waiting->lock);
}

static enum err submit_and_wait(struct op *op)
{
  struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

  reg_submit(op, waiting_done, &waiting);
  pthread_mutex_lock(&waiting.lock);
  while (!waiting.is_done)
    pthread_cond_wait(&waiting.changed, &waiting.lock);
  pthread_mutex_unlock(&waiting.lock);
  return waiting.err;
}

/* Nobody can be signed in yet, so this one act comes to the register by no route. */
static enum err administrator_add(struct cli *cli, struct reg *reg, const struct init_order *order)
{
  OWNED(arena_free) struct arena *arena = NULL;
  OWNED(reader_free) struct reader *reader = NULL;
  uint8_t role = policy_word(reg_policy(reg), POLICY_ROLE, STR("administrator"));

  TRY(arena_new(&arena, REQUEST_ARENA_BYTES));
  TRY(reader_new(&reader, reg));
  struct op op = {.reg = reg, .reader = reader, .arena = arena, .lang = cli->lang};
  struct user first = {.user = order->admin,
                       .name = {order->admin.ptr, order->admin.len},
                       .password = order->password,
                       .unix_uid = order->unix_uid,
                       .roles = POLICY_BIT(role)};
  enum err err = user_first(&op, &first);
  if (err == OK) err = submit_and_wait(&op);
  if (err != OK && op.trail.where != NULL) cli->trail = op.trail;
  return err;
}

enum err init_make(struct cli *cli, const struct place *place, const struct settings *settings,
                   const struct init_order *order)
{
  OWNED(reg_close) struct reg *reg = NULL;
  struct reg_config config = place_register(cli, place, settings);

  config.start_without_custodian = true; /* it has signed nothing yet, and need not run */
  config.custodian_socket = NULL;
  TRY(folder_make(place->dir));
  TRY(folder_make(place->register_dir));
  TRY(folder_make(place->root_dir));
  TRY(reg_create(&config, &order->reg, &cli->trail));
  TRY(reg_open(&reg, &config, &cli->trail));
  return administrator_add(cli, reg, order);
}

/* ---- the verb ---- */

static bool code_is_valid(const char *code)
{
  return strlen(code) == 3 && strspn(code, "0123456789") == 3;
}

static const char *option_or(const struct cli *cli, enum option_id option, const char *otherwise)
{
  return cli_has(cli, option) ? cli->value[option] : otherwise;
}

/* A log has one name: the custodian's. --origin only makes sure that it is the one expected. */
static enum err origin_read(struct cli *cli, struct str *ret_origin, struct str custodian_pub)
{
  struct custodian_pub pub;
  struct str origin;

  if (custodian_pub_parse(&pub, custodian_pub) != OK)
    return FAIL(&cli->trail, ERR_INPUT, "the custodian's file is not a custodian.pub");
  TRY(arena_copy(cli->arena, &origin, (struct str){pub.log.name, pub.log.name_len}));
  if (cli_has(cli, OPTION_ORIGIN) && !str_is(origin, cli->value[OPTION_ORIGIN]))
    return FAIL(&cli->trail, ERR_INPUT, "the custodian signs for another origin");
  *ret_origin = origin;
  return OK;
}

/* The policy is not loaded for this: reg_create refuses a regime that it does not know. */
static enum err order_read(struct cli *cli, struct init_order *ret_order)
{
  struct init_order order = {.admin = str_from(option_or(cli, OPTION_ADMIN, "administrator")),
                             .unix_uid = number(cli, geteuid())};

  order.reg = (struct reg_init){
    .authority_name = str_from(cli->value[OPTION_AUTHORITY]),
    .authority_code = str_from(cli->value[OPTION_CODE]),
    .regime = str_from(option_or(cli, OPTION_REGIME, INIT_REGIME_USUAL)),
    .synthetic = true,
  };
  TRY(file_read(cli, &order.reg.custodian_pub, cli->value[OPTION_CUSTODIAN], CUSTODIAN_PUB_MAX));
  TRY(origin_read(cli, &order.reg.origin, order.reg.custodian_pub));
  *ret_order = order;
  return OK;
}

static enum exit_code made_say(struct cli *cli, const struct place *place,
                               const struct init_order *order)
{
  struct json json;

  if (!cli->json) {
    SAY(cli, cli_has(cli, OPTION_DRY_RUN) ? TEXT_INIT_WOULD : TEXT_INIT_MADE,
        order->reg.authority_name, str_from(place->dir), order->reg.regime, order->admin);
    return EXIT_FINE;
  }
  json_start(&json, cli->arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "authority");
  json_str(&json, order->reg.authority_name);
  JSON_KEY(&json, "regime");
  json_str(&json, order->reg.regime);
  JSON_KEY(&json, "origin");
  json_str(&json, order->reg.origin);
  JSON_KEY(&json, "administrator");
  json_str(&json, order->admin);
  JSON_KEY(&json, "synthetic");
  json_bool(&json, true);
  JSON_KEY(&json, "made");
  json_bool(&json, !cli_has(cli, OPTION_DRY_RUN));
  json_object_end(&json);
  return say_json(cli, &json, EXIT_FINE);
}

enum exit_code verb_init(struct cli *cli)
{
  struct settings settings;
  struct place place;
  struct init_order order;
  enum err err;

  if (cli_has(cli, OPTION_LIVE)) return doctor_refuse_live(cli);
  if (!code_is_valid(cli->value[OPTION_CODE]))
    return misuse(cli, SENTENCE(cli, TEXT_CLI_OPTION_WRONG, STR("code")));
  err = settings_read(cli, &settings, cli->value[OPTION_DIR]);
  if (err == OK) err = place_of(cli, &place, &settings);
  if (err == OK) err = order_read(cli, &order);
  if (err == OK && path_exists(path_join(cli, place.register_dir, "register.db")))
    err = ERR_CONFLICT;
  if (err == OK && !cli_has(cli, OPTION_DRY_RUN))
    err = password_get_new(cli, &order.password, OPTION_PASSWORD_FILE,
                           SENTENCE(cli, TEXT_CLI_ASK_NEW_PASSWORD, order.admin));
  if (err == OK && !cli_has(cli, OPTION_DRY_RUN)) err = init_make(cli, &place, &settings, &order);
  return err == OK ? made_say(cli, &place, &order) : complain(cli, err);
}
