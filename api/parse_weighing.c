/* What was weighed: {"aim", "aim_text", "connection": [{"field", "question"}], "balance":
 * {"interference", "affected": [..], "child_view", "child_view_why", "harm_if_shared",
 * "harm_if_not_shared", "more_harm_by_sharing", "safeguards": [..]}, "review_by", "judgement"}.
 * Here words and lengths are checked; what is lacking is the register's to say. */
#include "api/parse.h"
#include "register/weighing.h"

#define WORD_MAX 64
#define TEXT_MAX 1000

static enum err take_word(struct parse *parse, enum weighing_set set, json_t *value,
                          uint8_t *ret_word)
{
  const struct member text = {"", parse_str, true, WORD_MAX, 0, 0};
  struct str code = {0};

  TRY(parse_str(parse, &text, value, &code));
  *ret_word = weighing_word(set, code);
  if (*ret_word != WEIGHING_NOT_SAID || code.len == 0) return OK;
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

static enum err take_words(struct parse *parse, enum weighing_set set, json_t *value,
                           unsigned *ret_words)
{
  unsigned words = 0;

  if (!json_is_array(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (json_array_size(value) > weighing_word_count(set))
    return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_MANY, weighing_word_count(set));
  for (size_t i = 0; i < json_array_size(value); i++) {
    size_t before = parse_enter_index(parse, i);
    uint8_t word;

    TRY(take_word(parse, set, json_array_get(value, i), &word));
    if (word != WEIGHING_NOT_SAID) words |= WEIGHING_BIT(word);
    parse_leave(parse, before);
  }
  *ret_words = words;
  return OK;
}

/* One reader a set: the member's table says which. */
#define READS_WORD(name, set, field)                                                               \
  static PARSE_READ(name)                                                                          \
  {                                                                                                \
    struct weighing *weighing = object;                                                            \
                                                                                                   \
    (void)member;                                                                                  \
    return take_word(parse, set, value, &weighing->field);                                         \
  }
#define READS_WORDS(name, set, field)                                                              \
  static PARSE_READ(name)                                                                          \
  {                                                                                                \
    struct weighing *weighing = object;                                                            \
                                                                                                   \
    (void)member;                                                                                  \
    return take_words(parse, set, value, &weighing->field);                                        \
  }

READS_WORD(read_aim, WEIGHING_AIM, aim)
READS_WORD(read_interference, WEIGHING_INTERFERENCE, interference)
READS_WORD(read_child_view, WEIGHING_CHILD_VIEW, child_view)
READS_WORD(read_more_harm, WEIGHING_MORE_HARM, more_harm)
READS_WORDS(read_affected, WEIGHING_AFFECTED, affected)
READS_WORDS(read_safeguards, WEIGHING_SAFEGUARD, safeguards)

static PARSE_READ(read_field)
{
  const struct member text = {"", parse_str, true, member->max, 0, 0};
  struct weighing_question *question = object;
  struct str name = {0};

  TRY(parse_str(parse, &text, value, &name));
  question->field = policy_word(parse->policy, POLICY_FIELD, name);
  if (question->field != POLICY_NO_WORD) return OK;
  return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_FORM, 0);
}

static PARSE_READ(read_connection)
{
  static const struct member members[] = {
    {"field", read_field, true, WORD_MAX, 0, 0},
    MEMBER_NEEDED(struct weighing_question, question, parse_personal, TEXT_MAX),
  };
  struct weighing *weighing = object;
  struct weighing_question *questions;
  size_t count = json_array_size(value);

  if (!json_is_array(value)) return parse_fault(parse, ERR_INPUT, TEXT_API_MEMBER_TYPE, 0);
  if (count > member->max)
    return parse_fault(parse, ERR_TOO_LARGE, TEXT_API_MEMBER_MANY, member->max);
  questions = arena_take_array(parse->arena, count + 1, sizeof *questions);
  if (questions == NULL) return ERR_MEMORY;
  for (size_t i = 0; i < count; i++) {
    size_t before = parse_enter_index(parse, i);

    questions[i] = (struct weighing_question){0};
    TRY(parse_object(parse, json_array_get(value, i), &questions[i], members,
                     sizeof members / sizeof members[0]));
    parse_leave(parse, before);
  }
  weighing->connection = questions;
  weighing->connection_count = count;
  return OK;
}

static PARSE_READ(read_balance)
{
  static const struct member members[] = {
    {"interference", read_interference, false, 0, 0, 0},
    {"affected", read_affected, false, 0, 0, 0},
    {"child_view", read_child_view, false, 0, 0, 0},
    MEMBER(struct weighing, child_view_why, parse_personal, TEXT_MAX),
    MEMBER(struct weighing, harm_if_shared, parse_personal, TEXT_MAX),
    MEMBER(struct weighing, harm_if_not_shared, parse_personal, TEXT_MAX),
    {"more_harm_by_sharing", read_more_harm, false, 0, 0, 0},
    {"safeguards", read_safeguards, false, 0, 0, 0},
  };

  (void)member;
  return parse_object(parse, value, object, members, sizeof members / sizeof members[0]);
}

PARSE_READ(parse_weighing)
{
  static const struct member members[] = {
    {"aim", read_aim, false, 0, 0, 0},
    MEMBER(struct weighing, aim_text, parse_personal, TEXT_MAX),
    {"connection", read_connection, false, FIELDSET_MAX, 0, 0},
    {"balance", read_balance, false, 0, 0, 0},
    MEMBER(struct weighing, review_by, parse_day, 0),
    MEMBER(struct weighing, judgement, parse_personal, 2000),
  };
  struct ask *ask = (void *)((char *)object + member->offset);
  struct weighing *weighing = arena_take(parse->arena, sizeof *weighing);

  if (weighing == NULL) return ERR_MEMORY;
  *weighing = (struct weighing){.review_by = DAY_NONE};
  ask->weighing = weighing;
  return parse_object(parse, value, weighing, members, sizeof members / sizeof members[0]);
}
