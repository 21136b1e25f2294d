/* The whole service in one process, as it runs: worker threads, slow threads, the tick, the writer,
 * the heads thread. Eight people work at the same time, one of them raises protections, some hang
 * up before their answer, and the service is stopped while they are at it. What is looked for is
 * data races; what is also seen is that the register holds afterwards. */
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "api/client.h"
#include "api/server.h"
#include "tests/threads/place.h"

enum {
  PEOPLE_COUNT = 8,
  ROUNDS = 6,
  BODY_MAX = 4096,
  SHEET_ROWS = 150,
  SHEET_MAX = 16384,
  ARENA_BYTES = 32 << 20
};
#define PASSWORD "cyfrinair-gwneud-7"
#define FIRST_PASSWORD "cyfrinair cyntaf 1"
#define ABOUT                                                                                      \
  "\"basis\":{\"kind\":\"statutory_duty\",\"text\":\"436B\"},\"necessity\":\"gwaith achos\""
#define CASEWORK "\"purposes\":[\"register_maintenance\"]," ABOUT
#define ENQUIRY "\"purposes\":[\"safeguarding_enquiry\"]," ABOUT

struct counts {
  atomic_uint asked, done, refused, busy, absent, cut, imports;
};

struct worker {
  struct place *place;
  struct counts *counts;
  struct arena *arena;
  atomic_bool *is_stopping;
  char user[24], token[64], entry[40], etag[48];
  int number, round;
  bool is_lead;
};

/* ---- asking ---- */

struct asking {
  const char *method, *path, *if_match;
  const char *body;
};

static void count_status(struct worker *worker, int status)
{
  struct counts *counts = worker->counts;

  if (status < 300)
    counts->done++;
  else if (status == 503 || status == 429)
    counts->busy++;
  else if (status == 404)
    counts->absent++;
  else
    counts->refused++;
}

/* 0: cut off, which may only happen while the service stops. */
static int call(struct worker *worker, struct client_answer *ret_answer,
                const struct asking *asking)
{
  static atomic_uint keys;
  char key[40];
  struct client_request request = {
    .method = asking->method, .path = str_from(asking->path), .body = str_from(asking->body)};

  snprintf(key, sizeof key, "%032x", ++keys);
  if (strcmp(asking->method, "POST") == 0) request.idempotency = str_from(key);
  if (asking->if_match) request.if_match = str_from(asking->if_match);
  request.token = str_from(worker->token);
  arena_reset(worker->arena);
  worker->counts->asked++;
  enum err err = client_call(worker->arena, ret_answer, worker->place->socket, &request);
  if (err != OK) {
    worker->counts->cut++;
    MUST(atomic_load(worker->is_stopping));
    return 0;
  }
  if (ret_answer->status >= 500 && ret_answer->status != 503)
    fprintf(stderr, "%s %s: %d %.*s\n", asking->method, asking->path, ret_answer->status,
            (int)ret_answer->body.len, ret_answer->body.ptr);
  MUST(ret_answer->status < 500 || ret_answer->status == 503);
  count_status(worker, ret_answer->status);
  return ret_answer->status;
}

/* The text of a member whose value is a string without escapes. */
static bool member(const struct client_answer *answer, const char *name, char *ret, size_t size)
{
  char key[40];
  int n = snprintf(key, sizeof key, "\"%s\":\"", name);
  const char *from = memmem(answer->body.ptr, answer->body.len, key, (size_t)n), *to;

  if (!from) return false;
  from += n;
  to = memchr(from, '"', (size_t)(answer->body.ptr + answer->body.len - from));
  if (!to || (size_t)(to - from) >= size) return false;
  memcpy(ret, from, (size_t)(to - from));
  ret[to - from] = '\0';
  return true;
}

static int sign_in_with(struct worker *worker, const char *user, const char *password)
{
  struct client_answer answer;
  char body[200];
  int status;

  snprintf(body, sizeof body, "{\"user\":\"%s\",\"password\":\"%s\"}", user, password);
  worker->token[0] = '\0';
  status = call(worker, &answer, &(struct asking){"POST", "/v1/sessions", NULL, body});
  if (status == 201) MUST(member(&answer, "token", worker->token, sizeof worker->token));
  return status;
}

static int sign_in(struct worker *worker, const char *user)
{
  return sign_in_with(worker, user, PASSWORD);
}

/* ---- a round of work ---- */

static void create(struct worker *worker)
{
  struct client_answer answer;
  char body[BODY_MAX];

  snprintf(body, sizeof body,
           "{" CASEWORK ",\"values\":{\"forename\":\"Nia%d\",\"surname\":\"Prawf%d\","
           "\"date_of_birth\":\"2014-03-%02d\",\"home_address\":\"%d Heol Prawf\","
           "\"home_postcode\":\"ZZ1 1AA\"}}",
           worker->round, worker->number, 1 + worker->number, worker->round);
  int status = call(worker, &answer, &(struct asking){"POST", "/v1/entries", NULL, body});
  if (status == 201) MUST(member(&answer, "entry", worker->entry, sizeof worker->entry));
}

static void view(struct worker *worker)
{
  struct client_answer answer;
  char path[128];

  snprintf(path, sizeof path, "/v1/entries/%s/views", worker->entry);
  int status = call(worker, &answer,
                    &(struct asking){"POST", path, NULL,
                                     "{" CASEWORK ",\"fields\":[\"child_name\",\"date_of_birth\","
                                     "\"home_address\",\"case_notes\"]}"});
  worker->etag[0] = '\0';
  if (status == 200 && answer.etag.len > 0 && answer.etag.len < sizeof worker->etag) {
    memcpy(worker->etag, answer.etag.ptr, answer.etag.len);
    worker->etag[answer.etag.len] = '\0';
  }
}

static void note(struct worker *worker)
{
  struct client_answer answer;
  char path[128], body[BODY_MAX];

  if (worker->etag[0] == '\0') return;
  snprintf(path, sizeof path, "/v1/entries/%s", worker->entry);
  snprintf(body, sizeof body, "{" CASEWORK ",\"values\":{\"case_notes\":[\"Nodyn %d.\"]}}",
           worker->round);
  (void)call(worker, &answer, &(struct asking){"PATCH", path, worker->etag, body});
}

static void search(struct worker *worker)
{
  struct client_answer answer;
  char body[BODY_MAX];

  snprintf(body, sizeof body, "{" CASEWORK ",\"surname\":\"Prawf%d\"}",
           (worker->number + worker->round) % PEOPLE_COUNT);
  (void)call(worker, &answer, &(struct asking){"POST", "/v1/searches", NULL, body});
}

static void raise_protection(struct worker *worker)
{
  struct client_answer answer;
  char path[128];

  snprintf(path, sizeof path, "/v1/entries/%s/protection", worker->entry);
  (void)call(worker, &answer,
             &(struct asking){"POST", path, NULL, "{" ENQUIRY ",\"level\":\"contact_protected\"}"});
}

static void look_at_the_log(struct worker *worker)
{
  struct client_answer answer;

  (void)call(worker, &answer, &(struct asking){"GET", "/v1/audit/checkpoint", NULL, ""});
  (void)call(worker, &answer, &(struct asking){"GET", "/v1/entries", NULL, ""});
  (void)call(worker, &answer,
             &(struct asking){"GET", "/readyz", NULL, ""}); /* not on this socket */
}

static void import(struct worker *worker)
{
  struct client_request request = {
    .method = "POST", .path = STR("/v1/imports?source=prawf"), .type = STR("text/csv")};
  struct client_answer answer;
  char text[SHEET_MAX], path[64], job[40];
  size_t n = (size_t)snprintf(text, sizeof text, "ref,forename,surname,date_of_birth,postcode\n");

  for (int i = 0; i < SHEET_ROWS; i++)
    n +=
      (size_t)snprintf(text + n, sizeof text - n, "T%d-%d-%d,Elen%d,Prawf%d,2015-02-%02d,ZZ2 2AA\n",
                       worker->number, worker->round, i, i, worker->number, 1 + i % 28);
  request.token = str_from(worker->token);
  request.body = (struct str){text, n};
  arena_reset(worker->arena);
  if (client_call(worker->arena, &answer, worker->place->socket, &request) != OK) return;
  if (answer.status != 202 || !member(&answer, "job", job, sizeof job)) return;
  worker->counts->imports++;
  snprintf(path, sizeof path, "/v1/imports/%s", job);
  for (int i = 0; i < 10; i++)
    (void)call(worker, &answer, &(struct asking){"GET", path, NULL, ""});
}

/* Asks and does not stay for the answer. */
static void hang_up(struct worker *worker)
{
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  char text[BODY_MAX];
  static const char body[] = "{" CASEWORK ",\"surname\":\"Prawf1\"}";
  int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  MUST(socket_fd >= 0);
  memcpy(at.sun_path, worker->place->socket, strlen(worker->place->socket));
  if (connect(socket_fd, (struct sockaddr *)&at, sizeof at) == 0) {
    int n = snprintf(text, sizeof text,
                     "POST /v1/searches HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     worker->token, sizeof body - 1, body);
    (void)send(socket_fd, text, (size_t)n, MSG_NOSIGNAL);
  }
  close(socket_fd);
}

static void *work(void *self)
{
  struct worker *worker = self;

  while (sign_in(worker, worker->user) != 201)
    if (atomic_load(worker->is_stopping)) return NULL;
  for (worker->round = 0; worker->round < ROUNDS; worker->round++) {
    create(worker);
    view(worker);
    note(worker);
    search(worker);
    hang_up(worker);
    if (worker->number == 1 && worker->round % 2 == 0) import(worker);
    if (worker->is_lead || worker->round % 3 == 0) raise_protection(worker);
    view(worker);
    look_at_the_log(worker);
  }
  return NULL;
}

/* Works on and on, until the service is gone. */
static void *work_until_the_end(void *self)
{
  struct worker *worker = self;

  if (worker->number == 1) import(worker); /* cut short by the end */
  while (!atomic_load(worker->is_stopping)) {
    search(worker);
    view(worker);
    hang_up(worker);
  }
  for (int i = 0; i < 20; i++)
    search(worker);
  return NULL;
}

/* ---- beginning and end ---- */

static void add_administrator(struct place *place)
{
  struct reader *reader = NULL;
  struct arena *arena = NULL;
  struct user first = {.user = STR("gweinyddwr"),
                       .name = {"Gweinyddwr", 10},
                       .password = STR(PASSWORD),
                       .unix_uid = STR("")};

  MUST_OK(arena_new(&arena, ARENA_BYTES));
  MUST_OK(reader_new(&reader, place->reg));
  first.roles = POLICY_BIT(policy_word(reg_policy(place->reg), POLICY_ROLE, STR("administrator")));
  struct op op = {.reg = place->reg, .reader = reader, .arena = arena};
  MUST_OK(user_first(&op, &first));
  MUST_OK(place_submit(&op));
  reader_free(&reader);
  arena_free(&arena);
}

static void add_person(struct worker *administrator, const char *user, const char *role)
{
  struct client_answer answer;
  char body[300];

  snprintf(body, sizeof body,
           "{\"user\":\"%s\",\"name\":\"%s\",\"password\":\"" FIRST_PASSWORD
           "\",\"roles\":[\"%s\"]}",
           user, user, role);
  int status = call(administrator, &answer, &(struct asking){"POST", "/v1/users", NULL, body});
  if (status != 201) fprintf(stderr, "%.*s\n", (int)answer.body.len, answer.body.ptr);
  MUST(status == 201);
}

static void confirm_person(struct worker *officer, const char *user)
{
  struct client_answer answer;
  char path[128];

  snprintf(path, sizeof path, "/v1/users/%s/approvals", user);
  MUST(call(officer, &answer, &(struct asking){"POST", path, NULL, "{}"}) == 200);
}

/* The administrator knows the first one, so that nothing works before this. */
static void choose_password(struct worker *worker, const char *user)
{
  struct client_answer answer;
  char path[128];

  MUST(sign_in_with(worker, user, FIRST_PASSWORD) == 201);
  snprintf(path, sizeof path, "/v1/users/%s/password", user);
  MUST(call(worker, &answer,
            &(struct asking){"POST", path, NULL,
                             "{\"old\":\"" FIRST_PASSWORD "\",\"password\":\"" PASSWORD "\"}"}) ==
       200);
}

static void add_people(struct worker *workers)
{
  struct worker *first = &workers[0];

  MUST(sign_in(first, "gweinyddwr") == 201);
  add_person(first, "swyddog.data", "data_protection_officer");
  for (int i = 0; i < PEOPLE_COUNT; i++)
    add_person(first, workers[i].user, workers[i].is_lead ? "safeguarding_lead" : "case_officer");
  choose_password(first, "swyddog.data");
  for (int i = 0; i < PEOPLE_COUNT; i++)
    if (workers[i].is_lead) confirm_person(first, workers[i].user);
  for (int i = 0; i < PEOPLE_COUNT; i++)
    choose_password(&workers[i], workers[i].user);
}

static void run_all(struct worker *workers, void *(*what)(void *), pthread_t *threads)
{
  for (int i = 0; i < PEOPLE_COUNT; i++)
    MUST(pthread_create(&threads[i], NULL, what, &workers[i]) == 0);
}

static void join_all(pthread_t *threads)
{
  for (int i = 0; i < PEOPLE_COUNT; i++)
    MUST(pthread_join(threads[i], NULL) == 0);
}

static struct server *serve(struct place *place)
{
  struct trail trail = {0};
  struct server *server = NULL;
  struct server_config config = {.reg = place->reg,
                                 .outside = place->config.outside,
                                 .log = {.fd = -1, .outside = outside_real()},
                                 .limits = server_limits_usual,
                                 .tick_us = place->config.tick_us,
                                 .socket_path = place->socket};

  MUST_OK(server_start(&server, &config, &trail));
  return server;
}

int main(void)
{
  static struct place place;
  static struct worker workers[PEOPLE_COUNT];
  struct counts counts = {0};
  atomic_bool is_stopping = false;
  pthread_t threads[PEOPLE_COUNT];

  place_begin(&place);
  add_administrator(&place);
  struct server *server = serve(&place);
  for (int i = 0; i < PEOPLE_COUNT; i++) {
    workers[i] = (struct worker){.place = &place, .counts = &counts, .is_stopping = &is_stopping};
    workers[i].number = i;
    workers[i].is_lead = i == 0;
    snprintf(workers[i].user, sizeof workers[i].user, "swyddog.%d", i);
    MUST_OK(arena_new(&workers[i].arena, ARENA_BYTES));
  }
  add_people(workers);
  run_all(workers, work, threads);
  join_all(threads);
  run_all(workers, work_until_the_end, threads);
  usleep(500000);
  atomic_store(&is_stopping, true);
  server_stop(&server);
  join_all(threads);
  for (int i = 0; i < PEOPLE_COUNT; i++)
    arena_free(&workers[i].arena);
  printf("%u asked: %u done, %u absent, %u refused, %u busy, %u cut; %u imports\n", counts.asked,
         counts.done, counts.absent, counts.refused, counts.busy, counts.cut, counts.imports);
  /* How many meet a hidden child or a busy server is the scheduler's; that work was done is not. */
  MUST(counts.done > 20 * PEOPLE_COUNT && counts.imports > 1);
  reg_close(&place.reg);
  MUST(place.witness.size > counts.done); /* while no thread signs */
  place_open(&place); /* every row, every leaf, the sums and the witness's word */
  place_end(&place);
  return 0;
}
