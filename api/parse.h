/* JSON bodies to typed requests. Each request has a table of members, one row each; what is not in
 * the table is refused. A refusal names its place by a JSON pointer built only from names of these
 * tables, of fields.def, and array indexes: nothing of what was sent comes back. */
#ifndef API_PARSE_H
#define API_PARSE_H

#include <jansson.h>
#include <stddef.h>

#include "api/request.h"

#define PARSE_DEPTH_MAX 6

struct parse {
  struct arena *arena;         /* every text is copied here */
  const struct policy *policy; /* for words; NULL: none is known */
  struct fault fault;          /* filled on ERR_INPUT and ERR_TOO_LARGE */
  char place[PLACE_MAX];
  size_t place_len;
};

struct member;
/* How a member is read: from `value` into its place in `object`. */
#define PARSE_READ(name)                                                                           \
  enum err name(struct parse *parse, const struct member *member, json_t *value, void *object)

/* One member of an object. Offsets are into the request struct; `counted` is where an array's
 * number of members goes. */
struct member {
  const char *name;
  PARSE_READ((*read));
  bool is_required;
  size_t max; /* bytes of a text, or values of an array */
  size_t offset, counted;
};
#define MEMBER(type, name, read, max)                                                              \
  {                                                                                                \
    "" #name, read, false, max, offsetof(type, name), 0                                            \
  }
#define MEMBER_NEEDED(type, name, read, max)                                                       \
  {                                                                                                \
    "" #name, read, true, max, offsetof(type, name), 0                                             \
  }

/* jansson's memory comes from base and is wiped when it goes back. Once, before any other use. */
void parse_setup(void);

/* The whole of a body. `ret_object` must be zeroed; on an error it is in no particular state. */
MUST_USE enum err parse_body(struct parse *parse, void *ret_object, struct str body,
                             const struct member *members, size_t count);
/* An object inside; `members` as above. */
MUST_USE enum err parse_object(struct parse *parse, json_t *value, void *ret_object,
                               const struct member *members, size_t count);

/* Notes the fault at the place where `parse` stands. */
enum err parse_fault(struct parse *parse, enum err err, enum text_id detail, size_t limit);
/* Goes down to a known name or index; returns the length to go back to. */
size_t parse_enter(struct parse *parse, const char *known_name);
size_t parse_enter_index(struct parse *parse, size_t index);
void parse_leave(struct parse *parse, size_t place_len);

/* What a member can be; the target's type in the comment. */
MUST_USE PARSE_READ(parse_str);         /* struct str: no control characters */
MUST_USE PARSE_READ(parse_personal);    /* struct personal: line breaks and tabs are allowed */
MUST_USE PARSE_READ(parse_bool);        /* bool */
MUST_USE PARSE_READ(parse_count);       /* uint64_t */
MUST_USE PARSE_READ(parse_day);         /* struct day: ISO 8601 */
MUST_USE PARSE_READ(parse_instant);     /* struct instant: 2026-11-02T09:30:00Z, after 1970 */
MUST_USE PARSE_READ(parse_id);          /* struct id: 32 hexadecimal digits */
MUST_USE PARSE_READ(parse_ids);         /* const struct id * and a counted size_t */
MUST_USE PARSE_READ(parse_means);       /* enum sharing_means */
MUST_USE PARSE_READ(parse_level);       /* enum level */
MUST_USE PARSE_READ(parse_slots);       /* unsigned [4] and a counted size_t */
MUST_USE PARSE_READ(parse_roles);       /* uint64_t of POLICY_BIT */
MUST_USE PARSE_READ(parse_obligations); /* likewise */
MUST_USE PARSE_READ(parse_values);      /* struct given_list (parse_values.c) */

/* What a caller states about why it asks (parse_ask.c); each fills a part of a struct ask. */
MUST_USE PARSE_READ(parse_purposes);
MUST_USE PARSE_READ(parse_basis);
MUST_USE PARSE_READ(parse_necessity);
MUST_USE PARSE_READ(parse_alternatives);
MUST_USE PARSE_READ(parse_urgency);
MUST_USE PARSE_READ(parse_fields);
#define ASK_MEMBERS(type)                                                                          \
  {"purposes", parse_purposes, false, 8, offsetof(type, ask), 0},                                  \
    {"basis", parse_basis, false, 0, offsetof(type, ask), 0},                                      \
    {"necessity", parse_necessity, false, 2000, offsetof(type, ask), 0},                           \
    {"alternatives", parse_alternatives, false, 8, offsetof(type, ask), 0},                        \
    {"urgency", parse_urgency, false, 0, offsetof(type, ask), 0},                                  \
  {                                                                                                \
    "fields", parse_fields, false, 128, offsetof(type, ask), 0                                     \
  }

/* What was weighed before sharing (parse_weighing.c), into the struct ask. */
MUST_USE PARSE_READ(parse_weighing);

/* A request's body by its table; the fault goes into the request. */
MUST_USE enum err parse_request(struct request *request, void *ret_object,
                                const struct member *members, size_t count);
#define PARSE_REQUEST(request, ret_object, members)                                                \
  parse_request((request), (ret_object), (members), sizeof(members) / sizeof((members)[0]))

#endif
