/* cnis policy explain: what a rule means, or why a made-up situation is decided as it is. Of a
 * generic answer it gives that answer and nothing else, as the service does. Never touches a
 * register. */
#include <string.h>

#include "cli/file.h"
#include "cli/say.h"
#include "policy/check.h"
#include "policy/tell.h"

#define CASE_FILE_MAX ((size_t)64 << 20)
#define CASE_ARENA_BYTES ((size_t)1 << 20)

struct explaining {
  struct cli *cli;
  const struct policy *policy;
  struct json json;
  struct arena *scratch;
};

static struct str field_name(const struct explaining *by, uint8_t field)
{
  return field == POLICY_NO_WORD ? STR("?") : policy_word_name(by->policy, POLICY_FIELD, field);
}

/* ---- A rule ---- */

static void explain_rule(struct explaining *by, uint16_t rule)
{
  struct json *json = &by->json;

  json_object_start(json);
  JSON_KEY(json, "rule");
  json_str(json, policy_rule_id(by->policy, rule));
  JSON_KEY(json, "cy");
  json_str(json, policy_rule_why(by->policy, rule, LANG_CY));
  JSON_KEY(json, "en");
  json_str(json, policy_rule_why(by->policy, rule, LANG_EN));
  JSON_KEY(json, "owner");
  json_str(json, policy_rule_owner(by->policy, rule));
  JSON_KEY(json, "law");
  json_str(json, policy_rule_law(by->policy, rule));
  json_object_end(json);
  if (!by->cli->json)
    SAY(by->cli, TEXT_CLI_RULE, policy_rule_id(by->policy, rule),
        policy_rule_why(by->policy, rule, by->cli->lang),
        policy_rule_owner_text(by->policy, rule, by->cli->lang));
}

/* ---- A decision ---- */

static void explain_given(struct explaining *by, const struct decision *decision, uint8_t field,
                          bool is_pending)
{
  struct str form = policy_word_name(by->policy, POLICY_FORM, decision->form[field]);
  struct str rule = policy_rule_id(by->policy, decision->granted_by[field]);

  json_object_start(&by->json);
  JSON_KEY(&by->json, "field");
  json_str(&by->json, field_name(by, field));
  JSON_KEY(&by->json, "is");
  json_str(&by->json, is_pending ? STR("pending") : STR("granted"));
  JSON_KEY(&by->json, "form");
  json_str(&by->json, form);
  JSON_KEY(&by->json, "rule");
  json_str(&by->json, rule);
  json_object_end(&by->json);
  if (!by->cli->json)
    SAY(by->cli, is_pending ? TEXT_CLI_EXPLAIN_PENDING : TEXT_CLI_EXPLAIN_GRANTED,
        field_name(by, field), form, rule);
}

static void explain_unmet(struct explaining *by, unsigned unmet)
{
  JSON_KEY(&by->json, "unmet");
  json_array_start(&by->json);
  for (unsigned i = 0; i < POLICY_UNMET_COUNT; i++) {
    if ((unmet >> i & 1) == 0) continue;
    json_str(&by->json, policy_unmet_name((enum policy_unmet)i));
    if (!by->cli->json)
      SAY(by->cli, TEXT_CLI_EXPLAIN_UNMET,
          text_get((enum text_id)(TEXT_UNMET_RELATION + i), by->cli->lang));
  }
  json_array_end(&by->json);
}

static void explain_denied(struct explaining *by, const struct check_decided *decided,
                           uint8_t field)
{
  const struct decision *decision = &decided->decision;
  uint16_t by_rule =
    decision->rule != POLICY_NO_RULE ? decision->rule : decision->withheld_by[field];
  /* When the whole is refused, no other grant would help. */
  uint16_t nearest = decision->rule != POLICY_NO_RULE
                       ? POLICY_NO_RULE
                       : policy_nearest_grant(by->policy, &decided->request, field);
  struct str rule = policy_rule_id(by->policy, by_rule);
  struct str why = policy_rule_why(by->policy, by_rule, by->cli->lang);

  json_object_start(&by->json);
  JSON_KEY(&by->json, "field");
  json_str(&by->json, field_name(by, field));
  JSON_KEY(&by->json, "is");
  json_str(&by->json, STR("denied"));
  JSON_KEY(&by->json, "rule");
  json_str(&by->json, rule);
  JSON_KEY(&by->json, "why");
  json_str(&by->json, why);
  if (!by->cli->json) SAY(by->cli, TEXT_CLI_EXPLAIN_DENIED, field_name(by, field), rule, why);
  if (nearest != POLICY_NO_RULE) {
    JSON_KEY(&by->json, "nearest");
    json_str(&by->json, policy_rule_id(by->policy, nearest));
    if (!by->cli->json) SAY(by->cli, TEXT_CLI_EXPLAIN_NEAREST, policy_rule_id(by->policy, nearest));
  }
  explain_unmet(by, policy_unmet_of(by->policy, &decided->request, decision, field));
  json_object_end(&by->json);
}

static void explain_fields(struct explaining *by, const struct check_decided *decided)
{
  const struct decision *decision = &decided->decision;

  JSON_KEY(&by->json, "fields");
  json_array_start(&by->json);
  for (struct fieldset left = decided->request.asked; !fieldset_is_empty(left);) {
    uint8_t field = (uint8_t)fieldset_take(&left);

    if (fieldset_has(decision->denied, field))
      explain_denied(by, decided, field);
    else
      explain_given(by, decision, field, fieldset_has(decision->pending, field));
  }
  json_array_end(&by->json);
}

static void explain_decision(struct explaining *by, const struct check_decided *decided)
{
  static const char *const outcomes[] = {[POLICY_DENY] = "deny",
                                         [POLICY_NEEDS_SECOND_PERSON] = "needs_second_person",
                                         [POLICY_PARTIAL] = "partial",
                                         [POLICY_PERMIT] = "permit"};
  uint16_t generic = policy_rule_named(by->policy, STR("R-00"));
  bool is_generic = decided->decision.answer == POLICY_GENERIC;
  struct str said = is_generic ? policy_rule_why(by->policy, generic, by->cli->lang)
                               : str_from(outcomes[decided->decision.outcome]);

  json_object_start(&by->json);
  JSON_KEY(&by->json, "case");
  json_str(&by->json, decided->id);
  json_key(&by->json, is_generic ? STR("answer") : STR("decision"));
  json_str(&by->json, said);
  if (!by->cli->json) SAY(by->cli, TEXT_CLI_EXPLAIN_CASE, decided->id, said);
  if (!is_generic) explain_fields(by, decided);
  json_object_end(&by->json);
}

/* A case of another kind is not passed over in silence. */
static void explain_skipped(struct explaining *by, const struct check_decided *decided)
{
  json_object_start(&by->json);
  JSON_KEY(&by->json, "case");
  json_str(&by->json, decided->id);
  JSON_KEY(&by->json, "skipped");
  json_str(&by->json, decided->kind);
  json_object_end(&by->json);
  if (!by->cli->json) SAY(by->cli, TEXT_CLI_EXPLAIN_SKIPPED, decided->id, decided->kind);
}

static enum err explain_file(struct explaining *by, const char *path)
{
  struct str text;
  unsigned number = 0;

  TRY(file_read(by->cli, &text, path, CASE_FILE_MAX));
  while (text.len > 0) {
    struct str line = check_next_line(&text);
    struct check_decided decided;
    enum err err;

    number++;
    if (line.len == 0) continue;
    arena_reset(by->scratch);
    err = policy_decide_line(by->policy, &decided, line, by->scratch, &by->cli->trail);
    if (err == ERR_INPUT) by->cli->trail.a = number;
    TRY(err);
    if (decided.is_decision)
      explain_decision(by, &decided);
    else
      explain_skipped(by, &decided);
  }
  return OK;
}

/* ---- The verb ---- */

static bool is_file(const char *operand)
{
  return strchr(operand, '.') != NULL || strchr(operand, '/') != NULL;
}

/* All or nothing: an unknown rule is told before anything is explained. */
static const char *unknown_rule(const struct cli *cli, const struct policy *policy)
{
  for (unsigned i = 0; i < cli->operand_count; i++)
    if (!is_file(cli->operands[i]) &&
        policy_rule_named(policy, str_from(cli->operands[i])) == POLICY_NO_RULE)
      return cli->operands[i];
  return NULL;
}

static enum err explain_list(struct explaining *by, const char *key, bool files)
{
  json_key(&by->json, str_from(key));
  json_array_start(&by->json);
  for (unsigned i = 0; i < by->cli->operand_count; i++) {
    const char *operand = by->cli->operands[i];

    if (is_file(operand) != files) continue;
    if (files)
      TRY(explain_file(by, operand));
    else
      explain_rule(by, policy_rule_named(by->policy, str_from(operand)));
  }
  json_array_end(&by->json);
  return OK;
}

static enum err explain_all(struct explaining *by)
{
  json_start(&by->json, by->cli->arena, 4096);
  json_object_start(&by->json);
  TRY(explain_list(by, "rules", false));
  TRY(explain_list(by, "cases", true));
  json_object_end(&by->json);
  return OK;
}

enum exit_code verb_policy_explain(struct cli *cli)
{
  OWNED(policy_free) struct policy *policy = NULL;
  OWNED(arena_free) struct arena *scratch = NULL;
  struct explaining by = {.cli = cli};
  enum err err = policy_load(&policy, policy_builtin_files, policy_builtin_count, &cli->trail);

  if (err == OK) err = arena_new(&scratch, CASE_ARENA_BYTES);
  if (err != OK) return complain(cli, err);
  const char *unknown = unknown_rule(cli, policy);
  if (unknown != NULL) return misuse(cli, SENTENCE(cli, TEXT_CLI_NO_SUCH_RULE, str_from(unknown)));
  by.policy = policy;
  by.scratch = scratch;
  err = explain_all(&by);
  if (err != OK) return complain(cli, err);
  return cli->json ? say_json(cli, &by.json, EXIT_FINE) : EXIT_FINE;
}
