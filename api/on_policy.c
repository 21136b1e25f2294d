/* The policy in force: what it is, the whole of it, its book, and putting another in its place. The
 * rules are no secret; nothing here is about a child. */
#include "api/handlers.h"
#include "api/state.h"

enum err on_policy_state(struct request *request)
{
  return policy_state(&request->op);
}

enum err on_policy_text(struct request *request)
{
  return policy_text(&request->op);
}

/* The book is written above this layer (console/); a build without pages has none. */
enum err on_policy_book(struct request *request)
{
  struct answer *answer = &request->op.answer;

  if (request->server->config.book == NULL) return ERR_ABSENT;
  TRY(request_lang(request, "lang", &request->op.lang));
  TRY(request->server->config.book(request));
  answer->status = 200;
  answer->type = STR("text/html; charset=utf-8");
  return OK;
}

enum err on_policy_call_off(struct request *request)
{
  return policy_call_off(&request->op, request->args[0]);
}

enum err on_policy_activate(struct request *request)
{
  TRY(request_flag(request, "dry_run", &request->op.dry_run));
  return policy_activate(&request->op, (struct str){request->body, request->body_len});
}
