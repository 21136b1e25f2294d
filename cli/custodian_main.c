/* cnis-custodian: makes the custodian's secrets, serves, enrols people. It is the only program that
 * links what opens shielded data. It must never print a secret, nor the fingerprint that it asks
 * for. */
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
#define ENROL_DEADLINE_US 5000000
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
  if (err == ERR_REFUSED) return EXIT_REFUSED;
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

/* ---- enrol ---- */

/* Typed by whoever heard it from the person; never shown, or typing it would prove nothing. */
static bool fingerprint_is_typed(const struct call *call, const struct verify_key *key)
{
  char wanted[FINGERPRINT_TEXT], line[LINE_MAX_BYTES];
  struct str typed = str_from(call->value[FINGERPRINT]);
  verify_key_fingerprint(wanted, key);
  if (call->value[FINGERPRINT] == NULL) {
    print_to(stderr, text_get(TEXT_CUSTODIAN_TYPE_FINGERPRINT, call->lang));
    if (fgets(line, sizeof(line), stdin) == NULL) return false;
    typed = (struct str){line, strcspn(line, "\r\n ")};
  }
  return str_equal(typed, (struct str){wanted, sizeof(wanted)});
}

static enum err enrol_status(struct trail *trail, enum custodian_status status)
{
  if (status == CUSTODIAN_OK) return OK;
  return trail_fail(trail, ERR_REFUSED, custodian_status_text(status), status, 0);
}

/* The files themselves; while the custodian serves, the question goes to it. */
static enum err enrol(struct call *call, const struct custodian_enrolment *enrolment)
{
  struct custody_config config = {
    .dir = call->value[DIR], .root_file = call->value[ROOT], .outside = call->outside};
  struct service service = {0};
  enum err err = service_open(&service, &config, geteuid(), &call->trail);
  if (err == OK) {
    err = enrol_status(&call->trail, memory_enrol(&service.custody, service.people, enrolment));
    service_close(&service);
    return err;
  }
  if (err != ERR_LOCKED) return err;
  char beside[CUSTODY_PATH_MAX];
  OWNED(custodian_free) struct custodian *custodian = NULL;
  TRY(custody_path(beside, call->value[DIR], "custodian.sock"));
  const char *socket = call->value[SOCKET] == NULL ? beside : call->value[SOCKET];
  call->trail = (struct trail){0};
  TRY(custodian_new(&custodian, socket, ENROL_DEADLINE_US, &call->outside));
  return custodian_enrol(custodian, enrolment, &call->trail);
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
  if (err != OK) return complain(call, err);
  if (call->value[JSON] != NULL)
    printf("{\"enrolled\":\"%s\"}\n", call->value[PERSON]);
  else
    print_to(stdout, filled(call, TEXT_CUSTODIAN_ENROLLED, str_from(call->value[PERSON])));
  return EXIT_FINE;
}

/* ---- main ---- */

static const struct {
  const char *name;
  enum exit_code (*run)(struct call *);
} verbs[] = {{"init", run_init}, {"serve", run_serve}, {"enrol", run_enrol}};

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
