/* The two sides over a real socket: a served custodian in a process of its own, and peers that do
 * not answer, answer too little, or are not there. */
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "custodian/client.h"
#include "tests/unit/custodian_world.h"

#define PATIENCE_US 2000000

static void say_ready(void *self)
{
  const int *fd = self;
  cr_assert_eq(write(*fd, "!", 1), 1);
}

/* Serves this world in a child process; returns once it listens. */
static pid_t serve(struct world *world, const char *path)
{
  int ready[2];
  char byte;
  cr_assert_eq(pipe(ready), 0);
  pid_t pid = fork();
  if (pid == 0) {
    struct trail trail = {0};
    struct service_listen listen = {.path = path, .ready = say_ready, .self = &ready[1]};
    _exit(service_run(&world->service, &listen, &trail) == OK ? 0 : 1);
  }
  cr_assert_eq(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  return pid;
}

static struct custodian *connect_to(const char *path, uint64_t deadline_us)
{
  struct outside outside = outside_real();
  struct custodian *custodian = NULL;
  cr_assert_eq(custodian_new(&custodian, path, deadline_us, &outside), OK);
  return custodian;
}

Test(custodian_client, asks_over_the_socket_what_the_table_answers)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  char path[96], note[NOTE_MAX];
  size_t n = 0;
  snprintf(path, sizeof(path), "%s/s", world->dir);
  pid_t pid = serve(world, path);
  struct custodian *custodian = connect_to(path, PATIENCE_US);
  struct trail trail = {0};
  struct custodian_head head = {0};
  struct custodian_public told = {0};
  struct custodian_value value = {0};
  OWNED(arena_free) struct arena *arena = NULL;
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);

  cr_assert_eq(custodian_last_head(custodian, &head, &trail), OK);
  cr_expect_eq(head.size, 2);
  cr_assert_eq(custodian_public(custodian, &told, &trail), OK);
  cr_expect_eq(told.last.size, 2);
  struct custodian_growth growth = {.size = 2, .root = head.root};
  cr_assert_eq(custodian_sign(custodian, note, &n, &growth, &trail), OK);
  cr_expect_eq(n, world->opening.evidence.head.len);
  cr_assert_eq(custodian_open(custodian, arena, &value, &world->opening, &trail), OK);
  cr_expect(!value.is_age);
  cr_expect_gt(value.n, 20);

  /* A refusal says why, and the connection goes on. */
  cr_assert_eq(custodian_open(custodian, arena, &value, &world->opening, &trail),
               ERR_CUSTODY_SPENT);
  cr_expect_eq(trail.a, CUSTODIAN_SPENT);
  cr_assert_eq(custodian_last_head(custodian, &head, &trail), OK);
  custodian_free(&custodian);
  int status = 0;
  kill(pid, SIGTERM);
  cr_assert_eq(waitpid(pid, &status, 0), pid);
  cr_expect_eq(status, 0, "it ends in order");
  end_world(world);
}

Test(custodian_client, finds_a_custodian_that_comes_back)
{
  struct world *world = make_world(TICKET_OPEN, "0");
  char path[96];
  snprintf(path, sizeof(path), "%s/s", world->dir);
  struct custodian *custodian = connect_to(path, PATIENCE_US);
  struct custodian_head head = {0};
  struct trail trail = {0};
  cr_expect_eq(custodian_last_head(custodian, &head, &trail), ERR_CUSTODIAN, "nobody is there");
  for (int round = 0; round < 2; round++) {
    pid_t pid = serve(world, path);
    cr_expect_eq(custodian_last_head(custodian, &head, &trail), OK, "round %d", round);
    kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_expect_eq(custodian_last_head(custodian, &head, &trail), ERR_CUSTODIAN, "it was killed");
  }
  custodian_free(&custodian);
  end_world(world);
}

/* No refusal may be taken for silence, which is tried again and told to nobody. */
Test(custodian_client, tells_every_refusal_from_silence)
{
  cr_expect_eq(custodian_status_err(CUSTODIAN_OK), OK);
  for (unsigned status = CUSTODIAN_OK + 1; status <= CUSTODIAN_STATUS_MAX; status++) {
    enum err err = custodian_status_err(status);

    cr_expect_neq(err, ERR_CUSTODIAN, "%s", custodian_status_text(status));
    cr_expect(custodian_has_refused(err));
    cr_expect(err_status(err) != 404 && err_status(err) >= 400, "%s", err_name(err));
  }
  cr_expect_not(custodian_has_refused(ERR_CUSTODIAN));
  cr_expect_not(custodian_has_refused(OK));
}

/* What peers send for an answer to `enrol`, whose body is empty. */
static const struct {
  const char *bytes;
  size_t n;
  enum err expected;
} answers[] = {
  {"\x04\x00\x00\x00\x01\x09\x00\x00", 8, OK},
  {"\x04\x00\x00\x00\x01\x09\x04\x00", 8, ERR_CUSTODY_SIGNATURE},
  {"\x04\x00\x00\x00\x01\x09\x08\x00", 8, ERR_CUSTODY_BUDGET},
  {"\x04\x00\x00\x00\x01\x09\x0c\x00", 8, ERR_CUSTODY_REFUSED}, /* no room */
  {"", 0, ERR_CUSTODIAN},                                       /* silence */
  {"\x05\x00\x00\x00\x01\x09\x00\x00x", 9, ERR_CUSTODIAN},      /* with a body */
  {"\x04\x00\x00\x00\x01\x07\x00\x00", 8, ERR_CUSTODIAN},       /* to another question */
  {"\x04\x00\x00\x00\x02\x09\x00\x00", 8, ERR_CUSTODIAN},       /* of another version */
  {"\x04\x00\x00\x00\x01\x09\x63\x00", 8, ERR_CUSTODIAN},       /* a status that is none */
  {"\x03\x00\x00\x00\x01\x09\x00", 7, ERR_CUSTODIAN},           /* shorter than a head */
  {"\xff\xff\xff\xff\x01\x09\x00\x00", 8, ERR_CUSTODIAN},       /* longer than a frame */
  {"\x05\x00\x00\x00\x01\x09\x00\x00", 8, ERR_CUSTODIAN},       /* cut off */
};

static pid_t pretend(const char *path, size_t row)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
  cr_assert_eq(listen(fd, 1), 0);
  pid_t pid = fork();
  if (pid == 0) {
    char question[128];
    int peer = accept(fd, NULL, NULL);
    if (read(peer, question, sizeof(question)) > 0 && answers[row].n > 0)
      (void)!write(peer, answers[row].bytes, answers[row].n);
    pause();
  }
  close(fd);
  return pid;
}

Test(custodian_client, takes_nothing_but_a_whole_right_answer_within_its_time)
{
  for (size_t row = 0; row < sizeof(answers) / sizeof(answers[0]); row++) {
    char path[] = "/tmp/cnis-client-XXXXXX";
    int fd = mkstemp(path);
    close(fd);
    unlink(path);
    pid_t pid = pretend(path, row);
    struct custodian *custodian = connect_to(path, 200000);
    struct custodian_enrolment enrolment = {0};
    struct trail trail = {0};
    cr_expect_eq(custodian_enrol(custodian, &enrolment, &trail), answers[row].expected, "row %zu",
                 row);
    custodian_free(&custodian);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    unlink(path);
  }
}
