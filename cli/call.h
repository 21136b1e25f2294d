/* One request to the service and its answer, as every verb makes them. */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include <jansson.h>

#include "base/json.h"
#include "cli/service.h"

struct call {
  const char *method;
  struct str path;  /* with its query */
  struct str token; /* empty: nobody is signed in */
  struct str type;  /* of the body; empty: application/json */
  struct str body;  /* empty: none */
  bool is_once;     /* "busy" is an answer like any other, and not asked again */
};
struct reply {
  int status;
  struct str body; /* in the arena */
  json_t *json;    /* NULL: the body is no JSON object */
};
void reply_free(struct reply *reply); /* wipes nothing: the arena does */

/* OK when an answer came, whatever its status. ERR_BUSY: nobody serves; ERR_IO: cut short. */
MUST_USE enum err call_make(struct cli *cli, struct reply *ret_reply, const struct service *service,
                            const struct call *call);
/* OK only for a status of 200 to 299. Else the error of that status, and the problem's own sentence
 * is noted on standard error. */
MUST_USE enum err call_must(struct cli *cli, struct reply *ret_reply, const struct service *service,
                            const struct call *call);

/* A text member; empty when there is none. Points into the reply. */
struct str reply_text(const struct reply *reply, const char *member);

/* A sign-in for the length of a verb. With --as USER the password is asked (terminal, or
 * --password-file); with --as TOKEN nothing is; without --as it is the account that is bound to
 * this Unix user, if there is one. */
struct signed_in {
  struct str token;
  bool is_ours; /* made here, to be ended here */
};
MUST_USE enum err sign_in(struct cli *cli, struct signed_in *ret_signed_in,
                          const struct service *service);
MUST_USE enum err sign_in_as(struct cli *cli, struct str *ret_token, const struct service *service,
                             struct str user, struct str password);
void sign_out(struct cli *cli, const struct service *service, const struct signed_in *signed_in);

#endif
