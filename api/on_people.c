/* People who sign in: sessions and accounts. */
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
    MEMBER(struct user, unix_uid, parse_str, 10),
  };
  struct user in = {0};

  TRY(PARSE_REQUEST(request, &in, members));
  return user_add(&request->op, &in);
}

enum err on_user_confirm(struct request *request)
{
  return user_confirm(&request->op, request->args[0]);
}

enum err on_user_disable(struct request *request)
{
  return user_disable(&request->op, request->args[0]);
}
