/* People who sign in: sessions, accounts, and what each may open. */
#include "api/handlers.h"
#include "api/parse.h"

#define PASSWORD_MAX_BYTES 1024

enum err on_session_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct sign_in, user, parse_str, 64),
    MEMBER_NEEDED(struct sign_in, password, parse_str, PASSWORD_MAX_BYTES),
  };
  struct sign_in in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return session_make(&request->op, &in);
}

enum err on_session_end(struct request *request)
{
  return session_end(&request->op);
}

enum err on_user_add(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct user, user, parse_str, 64),
    MEMBER_NEEDED(struct user, name, parse_personal, 100),
    MEMBER_NEEDED(struct user, password, parse_str, PASSWORD_MAX_BYTES),
    MEMBER_NEEDED(struct user, roles, parse_roles, 16),
    MEMBER(struct user, person, parse_str, 64),
    MEMBER(struct user, unix_uid, parse_str, 10),
  };
  struct user in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return user_add(&request->op, &in);
}

struct second {
  bool approve;
};

/* Without a body it is a yes. */
enum err on_user_confirm(struct request *request)
{
  static const struct member members[] = {MEMBER(struct second, approve, parse_bool, 0)};
  struct second in = {.approve = true};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return in.approve ? user_confirm(&request->op, request->args[0])
                    : user_turn_down(&request->op, request->args[0]);
}

enum err on_user_roles(struct request *request)
{
  static const struct member members[] = {
    MEMBER(struct role_change, add, parse_roles, 16),
    MEMBER(struct role_change, remove, parse_roles, 16),
  };
  struct role_change in = {.user = request->args[0]};

  TRY(PARSE_REQUEST(request, &in, members));
  return user_roles(&request->op, &in);
}

enum err on_user_password(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct password_change, old, parse_str, PASSWORD_MAX_BYTES),
    MEMBER_NEEDED(struct password_change, password, parse_str, PASSWORD_MAX_BYTES),
  };
  struct password_change in = {.user = request->args[0]};

  TRY(PARSE_REQUEST(request, &in, members));
  return user_password(&request->op, &in);
}

enum err on_user_reset(struct request *request)
{
  static const struct member members[] = {
    MEMBER_NEEDED(struct password_reset, password, parse_str, PASSWORD_MAX_BYTES),
  };
  struct password_reset in = {.user = request->args[0]};

  TRY(PARSE_REQUEST(request, &in, members));
  return user_reset(&request->op, &in);
}

enum err on_user_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return user_list(&request->op, cursor);
}

enum err on_user_disable(struct request *request)
{
  return user_disable(&request->op, request->args[0]);
}

enum err on_budget_list(struct request *request)
{
  return budget_list(&request->op);
}

enum err on_budget_raise(struct request *request)
{
  static const struct member members[] = {
    MEMBER(struct raise_budget, user, parse_str, 64),
    MEMBER(struct raise_budget, recipient, parse_id, 0),
    MEMBER_NEEDED(struct raise_budget, purpose, parse_str, 64),
    MEMBER_NEEDED(struct raise_budget, window, parse_str, 16),
    MEMBER_NEEDED(struct raise_budget, more, parse_count, 0),
    MEMBER(struct raise_budget, until, parse_day, 0),
    MEMBER_NEEDED(struct raise_budget, reason, parse_personal, 480),
  };
  struct raise_budget in = {.until = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return budget_raise_make(&request->op, &in);
}

/* ---- deputies ---- */

enum err on_deputy_list(struct request *request)
{
  return deputy_list(&request->op);
}

enum err on_deputy_make(struct request *request)
{
  static const struct member members[] = {
    MEMBER(struct deputy_naming, user, parse_str, 64),
    MEMBER_NEEDED(struct deputy_naming, deputy, parse_str, 64),
    MEMBER(struct deputy_naming, from, parse_day, 0),
    MEMBER_NEEDED(struct deputy_naming, until, parse_day, 0),
  };
  struct deputy_naming in = {.from = DAY_NONE, .until = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return deputy_make(&request->op, &in);
}

enum err on_deputy_approve(struct request *request)
{
  static const struct member members[] = {MEMBER(struct second, approve, parse_bool, 0)};
  struct second in = {.approve = true};

  if (request->body_len > 0) TRY(PARSE_REQUEST(request, &in, members));
  return deputy_approve(&request->op, request_id(request, 0), in.approve);
}

enum err on_deputy_end(struct request *request)
{
  return deputy_end(&request->op, request_id(request, 0));
}
