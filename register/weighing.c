/* What was weighed, from closed words and texts to the checks and back to JSON. It must never judge
 * a text by anything but its presence. */
#include "register/weighing.h"

#include "base/guard.h"
#include "register/op.h"

/* ---- words ---- */

struct word {
  enum weighing_set set;
  const char *code;
  enum text_id text;
};

static const struct word words[] = {
#define W(set, code, text) {WEIGHING_##set, code, TEXT_##text},
#include "register/weighing.def"
#undef W
};
enum { WORDS = sizeof words / sizeof words[0] };

/* Words of a set stand together. */
static size_t first_of(enum weighing_set set)
{
  size_t i = 0;

  while (i < WORDS && words[i].set != set)
    i++;
  return i;
}

unsigned weighing_word_count(enum weighing_set set)
{
  size_t first = first_of(set), i = first;

  while (i < WORDS && words[i].set == set)
    i++;
  return (unsigned)(i - first);
}

uint8_t weighing_word(enum weighing_set set, struct str code)
{
  size_t first = first_of(set);

  for (size_t i = first; i < WORDS && words[i].set == set; i++)
    if (str_is(code, words[i].code)) return (uint8_t)(i - first + 1);
  return WEIGHING_NOT_SAID;
}

static const struct word *word_of(enum weighing_set set, uint8_t word)
{
  bool is_one = word != WEIGHING_NOT_SAID && word <= weighing_word_count(set);

  return is_one ? &words[first_of(set) + word - 1] : NULL;
}

struct str weighing_code(enum weighing_set set, uint8_t word)
{
  const struct word *found = word_of(set, word);

  return found == NULL ? STR("") : str_from(found->code);
}

enum text_id weighing_text(enum weighing_set set, uint8_t word)
{
  const struct word *found = word_of(set, word);

  return found == NULL ? TEXT_NONE : found->text;
}

/* ---- checks ---- */

static bool is_only_purpose(const struct op *op, const struct ask *ask, struct str purpose)
{
  uint8_t word = policy_word(reg_policy(op->reg), POLICY_PURPOSE, purpose);

  return word != POLICY_NO_WORD && ask->said.purposes == POLICY_BIT(word);
}

bool weighing_is_due(const struct op *op, const struct ask *ask)
{
  uint8_t danger = policy_word(reg_policy(op->reg), POLICY_URGENCY, STR("imminent_danger"));
  bool is_break_glass = danger != POLICY_NO_WORD && ask->said.urgency == danger &&
                        is_only_purpose(op, ask, STR("immediate_protection"));

  return !is_break_glass && GUARD(WEIGHED_FIRST);
}

/* Blanks say nothing. */
static bool is_said(struct personal text)
{
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.ptr[i] > ' ') return true;
  return false;
}

/* Asked for, and without a question of its own. */
static struct fieldset unconnected(const struct ask *ask)
{
  const struct weighing *weighing = ask->weighing;
  struct fieldset answered = {{0, 0}};

  for (size_t i = 0; i < weighing->connection_count; i++)
    if (is_said(weighing->connection[i].question))
      answered = fieldset_with(answered, weighing->connection[i].field);
  return fieldset_less(ask->said.asked, answered);
}

static bool alternatives_explained(const struct ask *ask)
{
  for (size_t i = 0; i < ask->alternative_count; i++)
    if (!is_said(ask->alternatives[i].option) || !is_said(ask->alternatives[i].why_not))
      return false;
  return true;
}

static bool child_view_explained(const struct weighing *weighing)
{
  uint8_t not_sought = weighing_word(WEIGHING_CHILD_VIEW, STR("not_sought"));

  return weighing->child_view != not_sought || is_said(weighing->child_view_why);
}

size_t weighing_lacks(const struct op *op, const struct ask *ask, struct str *ret_lacking,
                      struct fieldset *ret_fields)
{
  static const struct weighing nothing;
  struct ask said = *ask;
  size_t count = 0;

  if (said.weighing == NULL) said.weighing = &nothing;
  *ret_fields = unconnected(&said);
  const struct weighing *weighing = said.weighing;
  const struct {
    struct str pointer;
    bool is_there;
  } parts[WEIGHING_LACKS] = {
    {STR("/proportionality/aim"), weighing->aim != WEIGHING_NOT_SAID},
    {STR("/proportionality/aim_text"), is_said(weighing->aim_text)},
    {STR("/proportionality/connection"), fieldset_is_empty(*ret_fields)},
    {STR("/alternatives"), alternatives_explained(ask)},
    {STR("/proportionality/balance/interference"), weighing->interference != WEIGHING_NOT_SAID},
    {STR("/proportionality/balance/affected"), weighing->affected != 0},
    {STR("/proportionality/balance/child_view"), weighing->child_view != WEIGHING_NOT_SAID},
    {STR("/proportionality/balance/child_view_why"), child_view_explained(weighing)},
    {STR("/proportionality/balance/harm_if_not_shared"),
     is_said(weighing->harm_if_shared) && is_said(weighing->harm_if_not_shared)},
    {STR("/proportionality/balance/more_harm_by_sharing"),
     weighing->more_harm != WEIGHING_NOT_SAID},
    {STR("/proportionality/review_by"), weighing->review_by.number > op_today(op).number},
  };

  for (size_t i = 0; i < WEIGHING_LACKS; i++)
    if (!parts[i].is_there) ret_lacking[count++] = parts[i].pointer;
  return count;
}

bool weighing_forbids(const struct op *op, const struct ask *ask)
{
  uint8_t yes = weighing_word(WEIGHING_MORE_HARM, STR("yes"));
  const struct weighing *weighing = ask->weighing;
  bool is_ordered = is_only_purpose(op, ask, STR("court_order"));

  if (weighing == NULL || weighing->more_harm != yes) return false;
  return !is_ordered || !is_said(weighing->judgement);
}

/* ---- JSON ---- */

static void write_word(struct json *json, struct str key, enum weighing_set set, uint8_t word)
{
  json_key(json, key);
  json_str(json, weighing_code(set, word));
}

static void write_words(struct json *json, struct str key, enum weighing_set set, unsigned said)
{
  json_key(json, key);
  json_array_start(json);
  for (unsigned word = 1; word <= weighing_word_count(set); word++)
    if ((said & WEIGHING_BIT(word)) != 0) json_str(json, weighing_code(set, (uint8_t)word));
  json_array_end(json);
}

static void write_connection(struct json *json, const struct op *op,
                             const struct weighing *weighing)
{
  JSON_KEY(json, "connection");
  json_array_start(json);
  for (size_t i = 0; i < weighing->connection_count; i++) {
    json_object_start(json);
    JSON_KEY(json, "field");
    json_str(json,
             policy_word_name(reg_policy(op->reg), POLICY_FIELD, weighing->connection[i].field));
    JSON_KEY(json, "question");
    json_personal(json, weighing->connection[i].question);
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_balance(struct json *json, const struct weighing *weighing)
{
  JSON_KEY(json, "balance");
  json_object_start(json);
  write_word(json, STR("interference"), WEIGHING_INTERFERENCE, weighing->interference);
  write_words(json, STR("affected"), WEIGHING_AFFECTED, weighing->affected);
  write_word(json, STR("child_view"), WEIGHING_CHILD_VIEW, weighing->child_view);
  JSON_KEY(json, "child_view_why");
  json_personal(json, weighing->child_view_why);
  JSON_KEY(json, "harm_if_shared");
  json_personal(json, weighing->harm_if_shared);
  JSON_KEY(json, "harm_if_not_shared");
  json_personal(json, weighing->harm_if_not_shared);
  write_word(json, STR("more_harm_by_sharing"), WEIGHING_MORE_HARM, weighing->more_harm);
  write_words(json, STR("safeguards"), WEIGHING_SAFEGUARD, weighing->safeguards);
  json_object_end(json);
}

static void write_weighing(struct json *json, const struct op *op, const struct weighing *weighing)
{
  JSON_KEY(json, "proportionality");
  json_object_start(json);
  write_word(json, STR("aim"), WEIGHING_AIM, weighing->aim);
  JSON_KEY(json, "aim_text");
  json_personal(json, weighing->aim_text);
  write_connection(json, op, weighing);
  write_balance(json, weighing);
  JSON_KEY(json, "review_by");
  json_day(json, weighing->review_by);
  JSON_KEY(json, "judgement");
  json_personal(json, weighing->judgement);
  json_object_end(json);
}

static void write_alternatives(struct json *json, const struct ask *ask)
{
  JSON_KEY(json, "alternatives");
  json_array_start(json);
  for (size_t i = 0; i < ask->alternative_count; i++) {
    json_object_start(json);
    JSON_KEY(json, "option");
    json_personal(json, ask->alternatives[i].option);
    JSON_KEY(json, "tried");
    json_bool(json, ask->alternatives[i].tried);
    JSON_KEY(json, "why_not");
    json_personal(json, ask->alternatives[i].why_not);
    json_object_end(json);
  }
  json_array_end(json);
}

void weighing_write(struct json *json, const struct op *op, const struct ask *ask)
{
  JSON_KEY(json, "basis");
  json_personal(json, ask->basis_text);
  JSON_KEY(json, "necessity");
  json_personal(json, ask->necessity);
  write_alternatives(json, ask);
  if (ask->weighing != NULL) write_weighing(json, op, ask->weighing);
}
