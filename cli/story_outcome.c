/* What an answer of the story says, in sentences: read from the answer itself, so that the document
 * cannot say anything else than what came. It must never look at what a scene is meant to show. */
#include <string.h>

#include "cli/say.h"
#include "cli/story.h"

#define GENERIC 404 /* says nothing about a record, and so names no rule */

struct outcome {
  const struct story *story;
  struct cli *cli;
  struct story_lines *lines;
};

static struct outcome outcome_of(const struct story *story, struct story_lines *ret_lines)
{
  *ret_lines = (struct story_lines){0};
  return (struct outcome){story, story->demo->cli, ret_lines};
}

/* Once each, kept; what has no room is left to the answer itself, which stands beside. */
static void line(const struct outcome *to, struct str text)
{
  struct story_lines *lines = to->lines;
  struct str kept;

  for (unsigned i = 0; i < lines->count; i++)
    if (str_equal(lines->line[i], text)) return;
  if (text.len == 0 || lines->count == STORY_LINES) return;
  if (arena_copy(to->cli->arena, &kept, text) == OK) lines->line[lines->count++] = kept;
}

static void line_text(const struct outcome *to, enum text_id id)
{
  line(to, text_get(id, to->cli->lang));
}

static struct str member(const json_t *json, const char *name)
{
  return str_from(json_string_value(json_object_get(json, name)));
}

static json_t *parsed(struct str text)
{
  return json_loadb(text.ptr, text.len, 0, NULL);
}

/* ---- what was given and withheld ---- */

static struct str field_name(const struct outcome *to, struct str field)
{
  const struct policy *policy = to->story->policy;
  uint8_t word = policy_word(policy, POLICY_FIELD, field);

  return word == POLICY_NO_WORD ? field
                                : policy_word_text(policy, POLICY_FIELD, word, to->cli->lang);
}

static struct str values_of(const struct outcome *to, const json_t *field)
{
  const json_t *value;
  struct str all = STR("");
  size_t i;

  json_array_foreach(json_object_get(field, "values"), i, value)
  {
    struct str one = member(value, "value");

    all = formatted(to->cli, "%.*s%s%.*s", (int)all.len, all.ptr, i > 0 ? " " : "", (int)one.len,
                    one.ptr);
  }
  return all;
}

static void fields(const struct outcome *to, const json_t *answer)
{
  const char *name;
  json_t *field;

  json_object_foreach(json_object_get(answer, "fields"), name, field)
  {
    struct str label = field_name(to, str_from(name));
    bool is_kept = json_array_size(json_object_get(field, "in_custody")) > 0;

    line(to, is_kept ? SENTENCE(to->cli, TEXT_STORY_KEPT, label)
                     : SENTENCE(to->cli, TEXT_STORY_GIVEN, label, values_of(to, field)));
  }
}

static void withheld(const struct outcome *to, const json_t *answer)
{
  const json_t *field;
  size_t i;

  json_array_foreach(json_object_get(answer, "withheld"), i, field)
  {
    line(to, SENTENCE(to->cli, TEXT_STORY_WITHHELD, field_name(to, member(field, "field")),
                      member(field, "rule")));
  }
}

/* ---- the outcome ---- */

static const struct story_said *last(const struct story_played *played)
{
  return &played->said[played->said_count - 1];
}

static void started(const struct outcome *to, const struct story_played *played)
{
  json_t *said = parsed(played->start_said);

  line_text(to, played->is_started ? TEXT_STORY_STARTED : TEXT_STORY_START_REFUSED);
  line(to, member(said, "detail"));
  json_decref(said);
}

static bool is_as_before(const struct story_played *played)
{
  const struct story_said *now = last(played);

  return played->said_count > 1 && now[-1].status == now->status &&
         str_equal(now[-1].answer, now->answer);
}

static void answered(const struct outcome *to, const struct story_played *played)
{
  const struct story_said *said = last(played);
  json_t *answer = parsed(said->answer);
  struct str title = member(answer, "title");

  if (title.len > 0)
    line(to, SENTENCE(to->cli, TEXT_STORY_PROBLEM, number(to->cli, said->status), title));
  if (!str_equal(member(answer, "detail"), title)) line(to, member(answer, "detail"));
  fields(to, answer);
  withheld(to, answer);
  json_decref(answer);
  if (is_as_before(played)) line_text(to, TEXT_STORY_SAME);
}

void story_outcome(const struct story *story, struct story_lines *ret_lines,
                   const struct story_scene *scene, const struct story_played *played)
{
  struct outcome to = outcome_of(story, ret_lines);

  if (scene->tamper == STORY_NOTHING)
    answered(&to, played);
  else
    started(&to, played);
}

/* ---- the rules ---- */

struct str story_rule(const struct story *story, struct str id)
{
  uint16_t number = policy_rule_named(story->policy, id);
  struct cli *cli = story->demo->cli;
  struct str why;

  if (id.len == 0 || number == POLICY_NO_RULE) return id;
  why = policy_rule_why(story->policy, number, cli->lang);
  return formatted(cli, "%.*s: %.*s", (int)id.len, id.ptr, (int)why.len, why.ptr);
}

static void rule_of(const struct outcome *to, const json_t *json)
{
  line(to, story_rule(to->story, member(json, "rule")));
}

void story_rules(const struct story *story, struct story_lines *ret_lines,
                 const struct story_played *played)
{
  static const char *const lists[] = {"withheld", "approvals"};
  struct outcome to = outcome_of(story, ret_lines);
  json_t *answer = parsed(last(played)->answer), *one;
  const char *name;
  size_t at;

  rule_of(&to, answer);
  json_object_foreach(json_object_get(answer, "fields"), name, one)
  {
    rule_of(&to, one);
  }
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    json_array_foreach(json_object_get(answer, lists[i]), at, one)
    {
      rule_of(&to, one);
    }
  json_decref(answer);
  if (ret_lines->count == 0)
    line_text(&to, last(played)->status == GENERIC ? TEXT_STORY_RULE_UNTOLD : TEXT_STORY_RULE_NONE);
}
