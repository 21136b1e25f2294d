/* Entries: create, view, change, search, list, and who looked. */
#include "api/handlers.h"
#include "api/parse.h"

#define NAME_MAX_BYTES 200

enum err on_entry_create(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct entry_new),
    MEMBER_NEEDED(struct entry_new, values, parse_values, 0),
    MEMBER(struct entry_new, officer, parse_str, 64),
    MEMBER(struct entry_new, source, parse_personal, 100),
    MEMBER(struct entry_new, ref, parse_personal, 100),
    MEMBER(struct entry_new, on, parse_day, 0),
  };
  struct entry_new in = {.on = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return entry_create(&request->op, &in);
}

enum err on_entry_view(struct request *request)
{
  static const struct member members[] = {ASK_MEMBERS(struct entry_ask)};
  struct entry_ask in = {.id = request_id(request, 0)};

  TRY(PARSE_REQUEST(request, &in, members));
  return entry_view(&request->op, &in);
}

enum err on_entry_get(struct request *request)
{
  return entry_get(&request->op, request_id(request, 0));
}

enum err on_entry_change(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct entry_change),
    MEMBER_NEEDED(struct entry_change, values, parse_values, 0),
  };
  struct entry_change in = {.id = request_id(request, 0)};

  TRY(PARSE_REQUEST(request, &in, members));
  return entry_patch(&request->op, &in);
}

enum err on_entry_search(struct request *request)
{
  static const struct member members[] = {
    ASK_MEMBERS(struct search),
    MEMBER(struct search, name, parse_personal, NAME_MAX_BYTES),
    MEMBER(struct search, forename, parse_personal, NAME_MAX_BYTES),
    MEMBER(struct search, surname, parse_personal, NAME_MAX_BYTES),
    MEMBER(struct search, upn, parse_personal, 32),
    MEMBER(struct search, postcode, parse_personal, 16),
    MEMBER(struct search, phone, parse_personal, 32),
    MEMBER(struct search, email, parse_personal, 254),
    MEMBER(struct search, date_of_birth, parse_day, 0),
    MEMBER(struct search, cursor, parse_str, 512),
  };
  struct search in = {.date_of_birth = DAY_NONE};

  TRY(PARSE_REQUEST(request, &in, members));
  return entry_search(&request->op, &in);
}

enum err on_entry_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return entry_list_assigned(&request->op, cursor);
}

enum err on_entry_access_log(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return entry_access_log(&request->op, request_id(request, 0), cursor);
}

enum err on_entry_safety_review(struct request *request)
{
  return entry_safety_review(&request->op, request_id(request, 0));
}

enum err on_quarantine_list(struct request *request)
{
  struct str cursor;

  TRY(request_query(request, "cursor", &cursor));
  return quarantine_list(&request->op, cursor);
}
