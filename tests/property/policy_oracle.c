/* The engine against another one: what the Cedar engine decided of these requests (tests/oracle,
 * the target `oracle`) is recorded, and replayed here without it. A request and its verdict are
 * text, and the record holds a digest of both, so that neither can change unseen.
 *
 *   property_policy_oracle           the engine's verdicts are those recorded
 *   property_policy_oracle requests  writes the requests, a JSON object a line, for the oracle
 *   property_policy_oracle verdicts  writes the engine's verdicts, a line each, to compare
 *   property_policy_oracle speed N   nanoseconds of a decision, over the first N requests: as they
 *                                    ask, and over all fields
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/property/policy_requests.h"

#define RECORD "tests/oracle/verdicts.txt"
#define DIGEST_CHARS 8
#define TEXT_BYTES 16384
#define FAULTS_SHOWN 5

struct text {
  char bytes[TEXT_BYTES];
  size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
  size_t room = sizeof(text->bytes) - text->len;
  va_list list;
  int written;

  va_start(list, format);
  written = vsnprintf(text->bytes + text->len, room, format, list);
  va_end(list);
  if (written < 0 || (size_t)written >= room) {
    (void)fprintf(stderr, "a text is longer than was thought\n");
    exit(1);
  }
  text->len += (size_t)written;
}

/* ---- The request, in words --------------------------------------------------------------------
 */

static const char *const truths[] = {"unknown", "no", "yes"};
static const char *const levels[] = {"unknown", "none", "contact_protected", "hidden"};
static const char *const statuses[] = {"unknown", "none", "confirmed", "claimed",
                                       "expired_unreviewed"};

static void add_word(struct text *text, const struct policy *policy, enum policy_kind kind,
                     unsigned word)
{
  struct str name = policy_word_name(policy, kind, (uint8_t)word);

  if (word == POLICY_NO_WORD)
    add(text, "null");
  else
    add(text, "\"%.*s\"", (int)name.len, name.ptr);
}

static void add_words(struct text *text, const struct policy *policy, enum policy_kind kind,
                      uint64_t set)
{
  add(text, "[");
  for (const char *comma = ""; set != 0; set &= set - 1, comma = ",") {
    add(text, "%s", comma);
    add_word(text, policy, kind, (unsigned)__builtin_ctzll(set));
  }
  add(text, "]");
}

static void add_fields(struct text *text, const struct policy *policy, struct fieldset set)
{
  if (fieldset_equal(set, policy_all_fields(policy))) {
    add(text, "\"all\"");
    return;
  }
  add(text, "[");
  for (const char *comma = ""; !fieldset_is_empty(set); comma = ",") {
    add(text, "%s", comma);
    add_word(text, policy, POLICY_FIELD, fieldset_take(&set));
  }
  add(text, "]");
}

static void add_approvals(struct text *text, const struct world *world)
{
  static const char *const outcomes[] = {"not_decided", "refused", "approved"};

  add(text, ",\"approvals\":[");
  for (size_t i = 0; i < world->request.approval_count; i++) {
    const struct policy_approval *approval = &world->request.approvals[i];

    add(text, "%s{\"role\":", i > 0 ? "," : "");
    add_word(text, world->policy, POLICY_ROLE, approval->role);
    add(text, ",\"outcome\":\"%s\",\"by_another\":%s,\"in_time\":%s}", outcomes[approval->outcome],
        approval->by_another ? "true" : "false", approval->in_time ? "true" : "false");
  }
  add(text, "]");
}

static void add_child(struct text *text, const struct policy_facts *child)
{
  const struct policy_gate *gate = &child->gate;

  add(text,
      ",\"child\":{\"on_register\":\"%s\",\"shield\":\"%s\",\"status\":\"%s\",\"against\":\"%s\""
      ",\"household\":\"%s\",\"first\":\"%s\",\"worker\":\"%s\",\"agrees\":\"%s\"",
      truths[child->on_register], levels[child->shield], statuses[child->shield_status],
      truths[child->against_requester], levels[child->household],
      truths[child->first_decision_made], truths[child->named_worker], truths[child->child_agrees]);
  add(text,
      ",\"gate\":{\"support_offered\":\"%s\",\"aln_checked\":\"%s\",\"health_checked\":\"%s\""
      ",\"child_view_sought\":\"%s\",\"circumstances_reviewed\":\"%s\""
      ",\"less_intrusive_tried\":\"%s\",\"provision_in_place\":\"%s\"}}",
      truths[gate->support_offered], truths[gate->aln_checked], truths[gate->health_checked],
      truths[gate->child_view_sought], truths[gate->circumstances_reviewed],
      truths[gate->less_intrusive_tried], truths[gate->provision_in_place]);
}

static void write_request(struct text *text, const struct world *world)
{
  const struct policy *policy = world->policy;
  const struct policy_request *request = &world->request;

  add(text, "{\"role\":");
  add_word(text, policy, POLICY_ROLE, request->role);
  add(text, ",\"relation\":");
  add_word(text, policy, POLICY_RELATION, request->relation);
  add(text, ",\"purposes\":");
  add_words(text, policy, POLICY_PURPOSE, request->purposes);
  add(text, ",\"basis\":");
  add_word(text, policy, POLICY_BASIS, request->basis);
  add(text, ",\"urgency\":");
  add_word(text, policy, POLICY_URGENCY, request->urgency);
  add(text, ",\"identity\":\"%s\",\"conflict\":\"%s\",\"protected_person\":\"%s\"",
      truths[request->identity_verified], truths[request->conflict],
      truths[request->protected_person]);
  add(text, ",\"necessity\":%s,\"alternative\":%s,\"condition\":%s,\"subjects\":%" PRIu32,
      request->has_necessity ? "true" : "false", request->has_alternative ? "true" : "false",
      request->has_special_condition ? "true" : "false", request->subjects);
  add(text, ",\"asked\":");
  add_fields(text, policy, request->asked);
  add(text, ",\"order_fields\":");
  add_fields(text, policy, request->order_fields);
  add(text, ",\"cannot\":");
  add_words(text, policy, POLICY_OBLIGATION, request->channel_cannot);
  add_approvals(text, world);
  add_child(text, &world->child);
  add(text, "}");
}

/* Beside every fourth request stands an act to ask for. Acts are not recorded: the agreed matrix
 * holds them (tests/golden), and a new one is no reason to ask the oracle everything again. */
static bool asks_act(uint64_t number)
{
  return number % 4 == 0;
}

static void write_act(struct text *text, const struct policy *policy, struct act_asked asked)
{
  add(text, "\t{\"role\":");
  add_word(text, policy, POLICY_ROLE, asked.role);
  add(text, ",\"relation\":");
  add_word(text, policy, POLICY_RELATION, asked.relation);
  add(text, ",\"purpose\":");
  add_word(text, policy, POLICY_PURPOSE, asked.purpose);
  add(text, ",\"act\":");
  add_word(text, policy, POLICY_ACT, asked.act);
  add(text, "}");
}

static void write_asked(struct text *text, const struct policy *policy, uint64_t number)
{
  struct world world;

  requests_make(policy, &world, number);
  write_request(text, &world);
  if (asks_act(number)) write_act(text, policy, requests_act(policy, number));
}

/* ---- The verdict, in words --------------------------------------------------------------------
 */

static void add_rule(struct text *text, const struct policy *policy, uint16_t rule)
{
  struct str id = policy_rule_id(policy, rule);

  add(text, "%.*s", (int)id.len, id.ptr);
}

static void add_field(struct text *text, const struct policy *policy,
                      const struct decision *decision, unsigned field)
{
  struct str name = policy_word_name(policy, POLICY_FIELD, (uint8_t)field);
  struct str form = policy_word_name(policy, POLICY_FORM, decision->form[field]);

  add(text, " %.*s=", (int)name.len, name.ptr);
  if (fieldset_has(decision->denied, field)) {
    add(text, "!");
    add_rule(text, policy, decision->withheld_by[field]);
    return;
  }
  add(text, "%s%.*s:", fieldset_has(decision->pending, field) ? "?" : "", (int)form.len, form.ptr);
  add_rule(text, policy, decision->granted_by[field]);
}

static void add_duties(struct text *text, const struct policy *policy, const char *what,
                       uint64_t duties)
{
  if (duties != 0) add(text, " %s", what);
  for (; duties != 0; duties &= duties - 1) {
    struct str name = policy_word_name(policy, POLICY_OBLIGATION, (uint8_t)__builtin_ctzll(duties));

    add(text, " %.*s", (int)name.len, name.ptr);
  }
}

static void write_verdict(struct text *text, const struct world *world)
{
  static const char *const outcomes[] = {
    [POLICY_DENY] = "deny",
    [POLICY_NEEDS_SECOND_PERSON] = "needs_second_person",
    [POLICY_PARTIAL] = "partial",
    [POLICY_PERMIT] = "permit",
  };
  const struct policy *policy = world->policy;
  struct decision decision;

  policy_decide(policy, &decision, &world->request, &world->child);
  add(text, "%s %s", outcomes[decision.outcome],
      decision.answer == POLICY_GENERIC ? "generic" : "specific");
  if (decision.rule != POLICY_NO_RULE) {
    add(text, " ");
    add_rule(text, policy, decision.rule);
  } else {
    for (struct fieldset left = world->request.asked; !fieldset_is_empty(left);)
      add_field(text, policy, &decision, fieldset_take(&left));
  }
  if (decision.pending_count > 0) add(text, " waits");
  for (uint16_t rule = 1; rule <= policy_rule_count(policy); rule++)
    for (size_t i = 0; i < decision.pending_count; i++)
      if (decision.pending_rules[i] == rule) {
        add(text, " ");
        add_rule(text, policy, rule);
      }
  add_duties(text, policy, "owes", decision.obligations);
  add_duties(text, policy, "first", decision.missing_steps);
}

static void write_permission(struct text *text, const struct policy *policy, struct act_asked asked)
{
  struct policy_permission permission =
    policy_may_act(policy, asked.role, asked.relation, asked.purpose, asked.act);

  add(text, "\tact ");
  if (permission.allowed)
    add_rule(text, policy, permission.rule);
  else
    add(text, "no");
  if (permission.needs_second_person) add(text, " second");
}

static void write_decided(struct text *text, const struct policy *policy, uint64_t number)
{
  struct world world;

  requests_make(policy, &world, number);
  write_verdict(text, &world);
  if (asks_act(number)) write_permission(text, policy, requests_act(policy, number));
}

/* ---- The record -------------------------------------------------------------------------------
 */

static void write_digest(char ret_digest[static DIGEST_CHARS + 1], const struct text *request,
                         const struct text *verdict)
{
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, (const unsigned char *)request->bytes, request->len);
  crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
  crypto_hash_sha256_update(&state, (const unsigned char *)verdict->bytes, verdict->len);
  crypto_hash_sha256_final(&state, hash);
  sodium_bin2hex(ret_digest, DIGEST_CHARS + 1, hash, DIGEST_CHARS / 2);
}

struct record {
  FILE *file;
  char line[256];
  const char *at; /* what of the line is left */
};

/* The next digest; lines that begin with # are for the reader. False: the end of the record. */
static bool next_digest(struct record *record, char ret_digest[static DIGEST_CHARS + 1])
{
  while (strspn(record->at, "0123456789abcdef") < DIGEST_CHARS) {
    if (fgets(record->line, sizeof(record->line), record->file) == NULL) return false;
    record->at = record->line[0] == '#' ? "" : record->line;
  }
  memcpy(ret_digest, record->at, DIGEST_CHARS);
  ret_digest[DIGEST_CHARS] = '\0';
  record->at += DIGEST_CHARS;
  record->at += strspn(record->at, " \n");
  return true;
}

static int replay(const struct policy *policy)
{
  struct record record = {.file = fopen(RECORD, "r"), .at = ""};
  char recorded[DIGEST_CHARS + 1], digest[DIGEST_CHARS + 1];
  unsigned faults = 0;
  uint64_t count = 0;

  if (record.file == NULL) {
    perror(RECORD);
    return 1;
  }
  for (; next_digest(&record, recorded); count++) {
    static struct text request, verdict;

    struct world world;

    request.len = verdict.len = 0;
    requests_make(policy, &world, count);
    write_request(&request, &world);
    write_verdict(&verdict, &world);
    write_digest(digest, &request, &verdict);
    if (strcmp(recorded, digest) == 0 || ++faults > FAULTS_SHOWN) continue;
    printf("request %" PRIu64 " was decided otherwise by the oracle:\n%s\nthe engine: %s\n", count,
           request.bytes, verdict.bytes);
  }
  (void)fclose(record.file);
  printf("%" PRIu64 " verdicts of the oracle, %u not those of the engine\n", count, faults);
  if (faults > 0) printf("a rule or a word was changed? run the target `oracle`\n");
  return faults == 0 && count == REQUESTS_RECORDED ? 0 : 1;
}

/* ---- Speed ------------------------------------------------------------------------------------
 */

#define SPEED_WORLDS 1000
#define SPEED_DECISIONS 400000

static double speed_of(const struct world *worlds, uint64_t count)
{
  struct timespec began, ended;
  struct decision decision;

  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
  for (uint64_t i = 0; i < SPEED_DECISIONS; i++) {
    const struct world *world = &worlds[i % count];

    policy_decide(world->policy, &decision, &world->request, &world->child);
  }
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
  return ((double)(ended.tv_sec - began.tv_sec) * 1e9 + (double)(ended.tv_nsec - began.tv_nsec)) /
         SPEED_DECISIONS;
}

static int say_speed(const struct policy *policy, uint64_t count)
{
  static struct world worlds[SPEED_WORLDS];
  double as_asked;

  if (count == 0 || count > SPEED_WORLDS) return 1;
  for (uint64_t number = 0; number < count; number++)
    requests_make(policy, &worlds[number], number);
  as_asked = speed_of(worlds, count);
  for (uint64_t number = 0; number < count; number++)
    worlds[number].request.asked = policy_all_fields(policy);
  printf("{\"as_asked_ns\": %.1f, \"all_fields_ns\": %.1f}\n", as_asked, speed_of(worlds, count));
  return 0;
}

static void say_all(const struct policy *policy, bool are_requests)
{
  static struct text text;

  for (uint64_t number = 0; number < REQUESTS_RECORDED; number++) {
    text.len = 0;
    if (are_requests)
      write_asked(&text, policy, number);
    else
      write_decided(&text, policy, number);
    puts(text.bytes);
  }
}

int main(int argc, char **argv)
{
  struct policy *policy = NULL;
  struct trail trail = {0};
  int failed = 0;

  if (sodium_init() < 0) return 1;
  if (policy_load(&policy, policy_builtin_files, policy_builtin_count, &trail) != OK) return 1;
  if (argc == 1)
    failed = replay(policy);
  else if (argc == 3 && strcmp(argv[1], "speed") == 0)
    failed = say_speed(policy, strtoull(argv[2], NULL, 10));
  else
    say_all(policy, strcmp(argv[1], "requests") == 0);
  policy_free(&policy);
  return failed;
}
