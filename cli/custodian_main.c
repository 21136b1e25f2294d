/* cnis-custodian: makes the custodian's secrets, serves, enrols people and withdraws their keys. It
 * is the only program that links what opens shielded data. It must never print a secret, nor, when
 * it enrols, the fingerprint that it asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/version.h"
#include "custodian/client.h"
#include "custodian/harden.h"
#include "custodian/service.h"

enum exit_code {
#define X(id, code, text) id = code,
#include "cli/exits.def"
#undef X
};

#define MAIN_ARENA_BYTES ((size_t)1024 * 1024)
#define ANSWER_DEADLINE_US 5000000
#define LINE_MAX_BYTES 128

/* ---- the command line ---- */

enum option {
  DIR,
  SOCKET,
  ORIGIN,
  ROOT,
  REGISTER_UID,
  PERSON,
  KEY,
  FINGERPRINT,
  LANGUAGE,
  ONCE,
  JSON,
  HELP,
  VERSION,
  OPTION_COUNT
};
static const struct {
  const char *name;
  bool has_value;
} options[OPTION_COUNT] = {
  [DIR] = {"--dir", true},
  [SOCKET] = {"--socket", true},
  [ORIGIN] = {"--origin", true},
  [ROOT] = {"--root", true},
  [REGISTER_UID] = {"--register-uid", true},
  [PERSON] = {"--person", true},
  [KEY] = {"--key", true},
  [FINGERPRINT] = {"--fingerprint", true},
  [LANGUAGE] = {"--lang", true},
  [ONCE] = {"--once", false},
  [JSON] = {"--json", false},
  [HELP] = {"--help", false},
  [VERSION] = {"--version", false},
};

struct call {
  const char *value[OPTION_COUNT]; /* NULL: not given; "" for a flag that was */
  enum lang lang;
  struct arena *arena;
  struct outside outside;
  struct trail trail;
};

static enum lang language(const char *asked)
{
  const char *names[] = {asked, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    if (names[i] != NULL && names[i][0] != '\0')
      return strncmp(names[i], "cy", 2) == 0 ? LANG_CY : LANG_EN;
  return LANG_EN;
}

static bool read_option(struct call *call, int *i, int argc, char **argv)
{
  for (int option = 0; option < OPTION_COUNT; option++) {
    size_t n = strlen(options[option].name);
    if (strncmp(argv[*i], options[option].name, n) != 0) continue;
    const char *after = argv[*i] + n;
    if (after[0] == '=' && options[option].has_value) {
      call->value[option] = after + 1;
    } else if (after[0] != '\0') {
      continue;
    } else if (!options[option].has_value) {
      call->value[option] = "";
    } else if (*i + 1 < argc) {
      call->value[option] = argv[++*i];
    } else {
      return false;
    }
    return true;
  }
  return false;
}

/* ---- what is said ---- */

static void print_to(FILE *stream, struct str text)
{
  (void)fwrite(text.ptr, 1, text.len, stream);
  (void)fputc('\n', stream);
}

static struct str filled(const struct call *call, enum text_id id, struct str slot)
{
  struct str text = text_get(id, call->lang);
  struct str whole = {0};
  return text_fill(call->arena, &whole, id, call->lang, &slot, 1) == OK ? whole : text;
}

static enum exit_code exit_of(enum err err)
{
  if (err == OK) return EXIT_FINE;
  if (err == ERR_INPUT) return EXIT_USAGE;
  if (err == ERR_ABSENT) return EXIT_NO_INPUT;
  if (err == ERR_CUSTODIAN) return EXIT_AWAY;
  if (err == ERR_CONFLICT) return EXIT_EXISTS;
  if (err == ERR_IO || err == ERR_FULL) return EXIT_IO;
  if (err == ERR_LOCKED) return EXIT_TRY_AGAIN;
  if (err == ERR_REFUSED || custodian_has_refused(err)) return EXIT_REFUSED;
  if (err == ERR_KEY || err == ERR_CORRUPT || err == ERR_OPEN || err == ERR_VERSION)
    return EXIT_SET_UP;
  return EXIT_INTERNAL;
}

static enum exit_code complain(const struct call *call, enum err err)
{
  const char *where = call->trail.where == NULL ? "" : call->trail.where;
  if (call->value[JSON] != NULL)
    printf("{\"error\":\"%s\",\"where\":\"%s\",\"a\":%lld}\n", err_name(err), where, call->trail.a);
  print_to(stderr, text_get(err_text(err), call->lang));
  if (where[0] != '\0')
    (void)fprintf(stderr, "%s (%lld, %lld)\n", where, call->trail.a, call->trail.b);
  return exit_of(err);
}

static enum exit_code misuse(const struct call *call, enum text_id id)
{
  print_to(stderr, text_get(id, call->lang));
  print_to(stderr, text_get(TEXT_CUSTODIAN_SEE_HELP, call->lang));
  return EXIT_USAGE;
}

/* ---- init ---- */

static enum exit_code run_init(struct call *call)
{
  if (call->value[DIR] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_DIR);
  const char *origin = call->value[ORIGIN] == NULL ? CUSTODY_ORIGIN : call->value[ORIGIN];
  struct custody_config config = {
    .dir = call->value[DIR], .root_file = call->value[ROOT], .outside = call->outside};
  enum err err = custody_create(&config, str_from(origin), &call->trail);
  struct custody custody = {.lock_fd = -1};
  if (err == OK) err = custody_open(&custody, &config, &call->trail);
  if (err != OK) return complain(call, err);

  struct str fingerprint = {custody.pub.fingerprint, FINGERPRINT_TEXT};
  if (call->value[JSON] != NULL) {
    printf("{\"origin\":\"%s\",\"fingerprint\":\"%.*s\"}\n", origin, FINGERPRINT_TEXT,
           fingerprint.ptr);
  } else {
    print_to(stdout, filled(call, TEXT_CUSTODIAN_MADE, str_from(call->value[DIR])));
    print_to(stdout, filled(call, TEXT_CUSTODIAN_FINGERPRINT, fingerprint));
  }
  custody_close(&custody);
  return EXIT_FINE;
}

/* ---- serve ---- */

struct greeting {
  const struct call *call;
  const char *socket;
  bool is_separated;
};

static void greet(void *self)
{
  const struct greeting *greeting = self;
  if (greeting->call->value[JSON] != NULL) {
    printf("{\"socket\":\"%s\",\"separated\":%s}\n", greeting->socket,
           greeting->is_separated ? "true" : "false");
  } else {
    print_to(stdout, filled(greeting->call, TEXT_CUSTODIAN_LISTENS, str_from(greeting->socket)));
    if (!greeting->is_separated)
      print_to(stdout, text_get(TEXT_CUSTODIAN_NOT_SEPARATED, greeting->call->lang));
  }
  (void)fflush(stdout);
}

static enum exit_code run_serve(struct call *call)
{
  if (call->value[DIR] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_DIR);
  if (call->value[SOCKET] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_SOCKET);
  uint64_t uid = geteuid();
  if (call->value[REGISTER_UID] != NULL &&
      (!str_to_u64(str_from(call->value[REGISTER_UID]), &uid) || uid >= UINT32_MAX))
    return misuse(call, TEXT_CUSTODIAN_BAD_UID);

  struct custody_config config = {
    .dir = call->value[DIR], .root_file = call->value[ROOT], .outside = call->outside};
  struct greeting greeting = {call, call->value[SOCKET], uid != geteuid()};
  struct service_listen listen = {.path = call->value[SOCKET],
                                  .once = call->value[ONCE] != NULL,
                                  .ready = greet,
                                  .self = &greeting};
  struct service service = {0};
  enum err err = service_open(&service, &config, (uid_t)uid, &call->trail);
  if (err != OK) return complain(call, err);
  err = service_run(&service, &listen, &call->trail);
  service_close(&service);
  return err == OK ? EXIT_FINE : complain(call, err);
}

/* ---- people's keys ---- */

/* The custodian of --dir: its files; or, while it serves, itself. */
struct reach {
  struct service at_rest;
  struct custodian *serving; /* NULL: at_rest is open */
};

static void reach_close(struct reach *reach)
{
  if (reach->serving == NULL) service_close(&reach->at_rest);
  custodian_free(&reach->serving);
}

/* What is opened is closed by reach_close. */
static enum err reach_open(struct call *call, struct reach *ret_reach)
{
  struct custody_config config = {
    .dir = call->value[DIR], .root_file = call->value[ROOT], .outside = call->outside};
  char beside[CUSTODY_PATH_MAX];
  *ret_reach = (struct reach){0};
  enum err err = service_open(&ret_reach->at_rest, &config, geteuid(), &call->trail);
  if (err != ERR_LOCKED) return err;
  TRY(custody_path(beside, call->value[DIR], "custodian.sock"));
  const char *socket = call->value[SOCKET] == NULL ? beside : call->value[SOCKET];
  call->trail = (struct trail){0};
  return custodian_new(&ret_reach->serving, socket, ANSWER_DEADLINE_US, &call->outside);
}

static enum err status_err(struct trail *trail, enum custodian_status status)
{
  if (status == CUSTODIAN_OK) return OK;
  return trail_fail(trail, custodian_status_err(status), custodian_status_text(status), status, 0);
}

/* What was given for the option, or, when nothing was, a line of standard input after `question`;
 * empty at its end. */
static struct str given_or_typed(const struct call *call, enum option option, enum text_id question,
                                 char line[static LINE_MAX_BYTES])
{
  if (call->value[option] != NULL) return str_from(call->value[option]);
  print_to(stderr, text_get(question, call->lang));
  if (fgets(line, LINE_MAX_BYTES, stdin) == NULL) return (struct str){0};
  return (struct str){line, strcspn(line, "\r\n ")};
}

/* Typed by whoever heard it from the person; never shown, or typing it would prove nothing. */
static bool fingerprint_is_typed(const struct call *call, const struct verify_key *key)
{
  char wanted[FINGERPRINT_TEXT], line[LINE_MAX_BYTES];
  struct str typed = given_or_typed(call, FINGERPRINT, TEXT_CUSTODIAN_TYPE_FINGERPRINT, line);
  verify_key_fingerprint(wanted, key);
  return str_equal(typed, (struct str){wanted, sizeof(wanted)});
}

static enum err enrol(struct call *call, const struct custodian_enrolment *enrolment)
{
  struct reach reach;
  TRY(reach_open(call, &reach));
  enum err err = reach.serving != NULL
                   ? custodian_enrol(reach.serving, enrolment, &call->trail)
                   : status_err(&call->trail, service_enrol(&reach.at_rest, enrolment));
  reach_close(&reach);
  return err;
}

/* Says that it was done to --person. */
static enum exit_code say_done(const struct call *call, const char *what, enum text_id id)
{
  if (call->value[JSON] != NULL)
    printf("{\"%s\":\"%s\"}\n", what, call->value[PERSON]);
  else
    print_to(stdout, filled(call, id, str_from(call->value[PERSON])));
  return EXIT_FINE;
}

static enum exit_code run_enrol(struct call *call)
{
  struct custodian_enrolment enrolment = {0};
  if (call->value[DIR] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_DIR);
  if (!hex_read(enrolment.person, ID_BYTES, str_from(call->value[PERSON])))
    return misuse(call, TEXT_CUSTODIAN_NEEDS_PERSON);
  if (verify_key_parse(&enrolment.key, str_from(call->value[KEY])) != OK)
    return misuse(call, TEXT_CUSTODIAN_NEEDS_KEY);
  if (!fingerprint_is_typed(call, &enrolment.key)) {
    print_to(stderr, text_get(TEXT_CUSTODIAN_WRONG_FINGERPRINT, call->lang));
    return EXIT_REFUSED;
  }
  enum err err = enrol(call, &enrolment);
  return err == OK ? say_done(call, "enrolled", TEXT_CUSTODIAN_ENROLLED) : complain(call, err);
}

static enum err withdraw(struct call *call, const struct custodian_withdrawal *withdrawal)
{
  struct reach reach;
  TRY(reach_open(call, &reach));
  enum err err = reach.serving != NULL
                   ? custodian_withdraw(reach.serving, withdrawal, &call->trail)
                   : status_err(&call->trail, service_withdraw(&reach.at_rest, withdrawal));
  reach_close(&reach);
  return err;
}

static enum exit_code run_withdraw(struct call *call)
{
  struct custodian_withdrawal withdrawal = {0};
  char line[LINE_MAX_BYTES];
  if (call->value[DIR] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_DIR);
  if (!hex_read(withdrawal.person, ID_BYTES, str_from(call->value[PERSON])))
    return misuse(call, TEXT_CUSTODIAN_NEEDS_PERSON);
  struct str typed = given_or_typed(call, KEY, TEXT_CUSTODIAN_TYPE_WITHDRAWN, line);
  if (typed.len != FINGERPRINT_TEXT) return misuse(call, TEXT_CUSTODIAN_NEEDS_FINGERPRINT);
  memcpy(withdrawal.fingerprint, typed.ptr, FINGERPRINT_TEXT);
  enum err err = withdraw(call, &withdrawal);
  if (call->trail.a == CUSTODIAN_NO_KEY)
    print_to(stderr, text_get(TEXT_CUSTODIAN_NO_SUCH_KEY, call->lang));
  return err == OK ? say_done(call, "withdrawn", TEXT_CUSTODIAN_WITHDRAWN) : complain(call, err);
}

/* One key: in words, or as a JSON object. */
static void say_key(struct call *call, const struct custodian_key *key, bool is_first)
{
  char person[2 * ID_BYTES], fingerprint[FINGERPRINT_TEXT], since[20], withdrawn[20];
  bool counts = key->withdrawn.us == 0;
  hex_write(person, key->of.person, ID_BYTES);
  verify_key_fingerprint(fingerprint, &key->of.key);
  instant_write(since, key->since);
  instant_write(withdrawn, key->withdrawn);
  if (call->value[JSON] != NULL) {
    printf("%s{\"person\":\"%.*s\",\"fingerprint\":\"%.*s\",\"since\":\"%.20s\",\"withdrawn\":",
           is_first ? "" : ",", (int)sizeof(person), person, FINGERPRINT_TEXT, fingerprint, since);
    if (counts)
      printf("null}");
    else
      printf("\"%.20s\"}", withdrawn);
    return;
  }
  struct str whole = {0};
  struct str slots[] = {{person, sizeof(person)},
                        {fingerprint, sizeof(fingerprint)},
                        {since, sizeof(since)},
                        {withdrawn, sizeof(withdrawn)}};
  arena_reset(call->arena);
  if (text_fill(call->arena, &whole, counts ? TEXT_CUSTODIAN_KEY : TEXT_CUSTODIAN_KEY_WITHDRAWN,
                call->lang, slots, counts ? 3 : 4) == OK)
    print_to(stdout, whole);
}

static enum err say_keys(struct call *call, struct reach *reach)
{
  struct custodian_keys keys = {.count = CUSTODIAN_KEYS_A_PAGE};
  for (size_t from = 0; keys.count == CUSTODIAN_KEYS_A_PAGE; from += keys.count) {
    if (reach->serving != NULL)
      TRY(custodian_keys(reach->serving, &keys, from, &call->trail));
    else
      service_keys(&reach->at_rest, &keys, from);
    if (from == 0 && call->value[JSON] != NULL) printf("{\"keys\":[");
    for (size_t i = 0; i < keys.count; i++)
      say_key(call, &keys.at[i], from + i == 0);
  }
  return OK;
}

static enum exit_code run_keys(struct call *call)
{
  struct reach reach;
  if (call->value[DIR] == NULL) return misuse(call, TEXT_CUSTODIAN_NEEDS_DIR);
  enum err err = reach_open(call, &reach);
  if (err != OK) return complain(call, err);
  err = say_keys(call, &reach);
  if (call->value[JSON] != NULL && err == OK) puts("]}");
  reach_close(&reach);
  return err == OK ? EXIT_FINE : complain(call, err);
}

/* ---- main ---- */

static const struct {
  const char *name;
  enum exit_code (*run)(struct call *);
} verbs[] = {{"init", run_init},
             {"serve", run_serve},
             {"enrol", run_enrol},
             {"keys", run_keys},
             {"withdraw", run_withdraw}};

static enum exit_code run(struct call *call, int argc, char **argv)
{
  enum exit_code (*verb)(struct call *) = NULL;
  bool understood = true;
  for (int i = 1; i < argc; i++) {
    bool is_verb = false;
    for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]) && verb == NULL; v++) {
      is_verb = strcmp(argv[i], verbs[v].name) == 0;
      if (is_verb) verb = verbs[v].run;
    }
    if (!is_verb && !read_option(call, &i, argc, argv)) understood = false;
  }
  call->lang = language(call->value[LANGUAGE]);
  if (call->value[HELP] != NULL) {
    print_to(stdout, text_get(TEXT_CUSTODIAN_HELP, call->lang));
    return EXIT_FINE;
  }
  if (call->value[VERSION] != NULL) {
    puts("cnis-custodian " CNIS_VERSION);
    return EXIT_FINE;
  }
  if (!understood || verb == NULL) return misuse(call, TEXT_CUSTODIAN_NOT_UNDERSTOOD);
  return verb(call);
}

int main(int argc, char **argv)
{
  OWNED(arena_free) struct arena *arena = NULL;
  struct call call = {.outside = outside_real()};
  if (harden() != OK || crypto_ready() != OK || arena_new(&arena, MAIN_ARENA_BYTES) != OK)
    return EXIT_INTERNAL;
  call.arena = arena;
  enum exit_code code = run(&call, argc, argv);
  return fflush(stdout) == 0 && !ferror(stdout) ? (int)code : (int)EXIT_IO;
}
