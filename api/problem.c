/* See problem.h. */
#include "api/problem.h"

#include "base/json.h"

#define REFERENCE_BYTES 16

size_t problem_name(char ret_name[static 32], enum err err)
{
  const char *name = err_name(err) + 4; /* after "ERR_" */
  size_t len = 0;

  for (; len < 31 && name[len] != '\0'; len++) {
    char c = name[len];

    ret_name[len] = c == '_' ? '-' : (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  ret_name[len] = '\0';
  return len;
}

static void write_type(struct json *json, enum err err)
{
  char type[48] = "/problems/";
  size_t len = sizeof "/problems/" - 1;

  len += problem_name(type + len, err);
  json_str(json, (struct str){type, len});
}

static void write_reference(struct json *json, struct outside outside)
{
  uint8_t random[REFERENCE_BYTES];
  char reference[9 + 2 * REFERENCE_BYTES] = "urn:cnis:";

  outside.random(outside.self, random, sizeof random);
  hex_write(reference + 9, random, sizeof random);
  json_str(json, (struct str){reference, sizeof reference});
}

enum err problem_write(struct arena *arena, struct str *ret_body, enum lang lang, enum err err,
                       const struct fault *fault, struct outside outside)
{
  struct json json;
  struct str detail = text_get(err_text(err), lang);

  if (fault->detail != TEXT_NONE) {
    TRY(text_fill(arena, &detail, fault->detail, lang, fault->slots, 2));
  }
  json_start(&json, arena, 512);
  json_object_start(&json);
  JSON_KEY(&json, "type");
  write_type(&json, err);
  JSON_KEY(&json, "title");
  json_str(&json, text_get(err_text(err), lang));
  JSON_KEY(&json, "status");
  json_int(&json, err_status(err));
  JSON_KEY(&json, "detail");
  json_str(&json, detail);
  JSON_KEY(&json, "instance");
  write_reference(&json, outside);
  if (fault->has_pointer) {
    JSON_KEY(&json, "pointer");
    json_str(&json, str_from(fault->pointer));
  }
  json_object_end(&json);
  return json_done(&json, ret_body);
}

void problem_answer(struct request *request, enum err err)
{
  struct answer answer = {.status = err_status(err), .type = STR(PROBLEM_TYPE)};

  if (problem_write(request->op.arena, &answer.body, request->op.lang, err, &request->fault,
                    request_outside(request)) != OK) {
    answer.body = (struct str){"", 0};
  }
  request->op.answer = answer;
}
