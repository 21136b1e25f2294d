/* What leaves, put to the custodian. The questions are made from the texts before the first is
 * asked: none may depend on what another one found, or the time would tell. */
#include <string.h>

#include "base/guard.h"
#include "register/leaving.h"

enum {
  QUESTIONS_MAX = 128, /* for one disclosure */
  PIECES_MAX = 8       /* of one redacted text */
};

/* Between two values: nothing of the one can run on into the other. */
static const char gap[] = "\nx\n";
#define GAP_BYTES (sizeof gap - 1)

/* Full values of one word, `from` to before `to`; or a piece of the redacted one at `from`. */
struct question {
  size_t from, to;
  struct personal piece;
  bool is_piece, is_hit;
};

struct asking {
  struct leaving *leaving;
  struct custodian *custodian;
  struct op *op;
  struct question *questions;
  size_t count;
  unsigned rests; /* redacted texts that are asked about once more, as what is left of them */
  char *text;     /* CUSTODIAN_TEXT_MAX */
};

/* ---- which questions ---- */

static bool ends_sentence(struct personal text, size_t at)
{
  char c = text.ptr[at];

  if (c == '\n') return true;
  return (c == '.' || c == '!' || c == '?') && (at + 1 == text.len || text.ptr[at + 1] == ' ');
}

static enum err add(struct asking *asking, const struct question *question)
{
  if (asking->count == QUESTIONS_MAX) return ERR_CUSTODY_BUDGET;
  asking->questions[asking->count++] = *question;
  return OK;
}

/* Whole sentences, in pieces about as long as each other. */
static enum err add_pieces(struct asking *asking, size_t at)
{
  struct personal text = asking->leaving->view.opened.at[at].value.text;
  struct question question = {.from = at, .to = at + 1, .is_piece = true};
  size_t begin = 0, pieces = 0;

  if (text.len > CUSTODIAN_TEXT_MAX) { /* what cannot be compared does not leave */
    asking->leaving->view.given[at] = (struct form_given){.result = FORM_TEXTLESS};
    asking->leaving->view.opened.at[at].value.text = (struct personal){"", 0};
    return OK;
  }
  for (size_t i = 0; i < text.len; i++) {
    bool is_long_enough = (i + 1) * PIECES_MAX >= (pieces + 1) * text.len;

    if (i + 1 < text.len && !(is_long_enough && ends_sentence(text, i))) continue;
    question.piece = (struct personal){text.ptr + begin, i + 1 - begin};
    TRY(add(asking, &question));
    begin = i + 1;
    pieces++;
  }
  if (pieces > 1) asking->rests++;
  return OK;
}

/* Values of one word, as many as one question takes: they leave together or not at all. */
static enum err add_values(struct asking *asking, size_t *at)
{
  const struct opened *opened = &asking->leaving->view.opened;
  struct question question = {.from = *at};
  uint8_t word = opened->at[*at].word;
  size_t n = 0;

  for (; *at < opened->count; ++*at) {
    const struct opened_value *value = &opened->at[*at];

    if (value->word != word || !field_is_free_text(value->field)) break;
    if (n + value->value.text.len + GAP_BYTES > CUSTODIAN_TEXT_MAX) break;
    n += value->value.text.len + GAP_BYTES;
  }
  question.to = *at;
  if (question.to > question.from) return add(asking, &question);
  ++*at; /* too long for any question */
  return leaving_hold_back(asking->leaving, asking->op->arena, word);
}

static enum err plan(struct asking *asking)
{
  const struct view *view = &asking->leaving->view;
  enum err err = OK;

  for (size_t at = 0; err == OK && at < view->opened.count;) {
    bool is_text = field_is_free_text(view->opened.at[at].field);

    if (is_text && view->given[at].result != FORM_REDACTED) {
      err = add_values(asking, &at);
      continue;
    }
    if (is_text) err = add_pieces(asking, at);
    at++;
  }
  return err;
}

/* ---- asking ---- */

static enum err ask(struct asking *asking, bool *ret_hit, size_t n)
{
  struct leaving *leaving = asking->leaving;
  struct custodian_comparison comparison = {.text = {asking->text, n},
                                            .own_count = leaving->own_count};

  memcpy(comparison.own, leaving->own, sizeof comparison.own);
  *ret_hit = true;
  TRY(custodian_compare(asking->custodian, ret_hit, &comparison, &asking->op->trail));
  *ret_hit = *ret_hit && GUARD(TEXT_COMPARED);
  return OK;
}

static size_t append(struct asking *asking, size_t n, struct personal text)
{
  if (text.len > 0) memcpy(asking->text + n, text.ptr, text.len);
  return n + text.len;
}

static enum err ask_one(struct asking *asking, struct question *question)
{
  const struct opened *opened = &asking->leaving->view.opened;
  size_t n = 0;

  if (question->is_piece) n = append(asking, 0, question->piece);
  for (size_t i = question->from; !question->is_piece && i < question->to; i++) {
    n = append(asking, n, opened->at[i].value.text);
    n = append(asking, n, (struct personal){gap, GAP_BYTES});
  }
  return ask(asking, &question->is_hit, n);
}

/* With the guard off the first hit is the last question, as it would be quickest. */
static enum err ask_all(struct asking *asking)
{
  for (size_t i = 0; i < asking->count; i++) {
    TRY(ask_one(asking, &asking->questions[i]));
    if (asking->questions[i].is_hit && !GUARD(COMPARED_ALIKE)) break;
  }
  return OK;
}

/* ---- what is left ---- */

struct leftover {
  char *ptr;
  size_t len, removed;
};

static void put(struct leftover *left, struct personal text)
{
  memcpy(left->ptr + left->len, text.ptr, text.len);
  left->len += text.len;
}

/* The pieces of one redacted text, the first at `from`; and the whole of what is left once more,
 * because a value may stand across two of them. *ret_to: the question behind them. */
static enum err leave_pieces(struct asking *asking, size_t from, size_t *ret_to)
{
  static const struct personal mark = {REDACT_MARK, sizeof REDACT_MARK - 1};
  struct view *view = &asking->leaving->view;
  size_t at = asking->questions[from].from, to = from;
  struct value *value = &view->opened.at[at].value;
  struct leftover left = {.ptr =
                            arena_take(asking->op->arena, value->text.len + PIECES_MAX * mark.len)};
  bool is_hit = false;

  if (left.ptr == NULL) return ERR_MEMORY;
  for (; to < asking->count && asking->questions[to].is_piece && asking->questions[to].from == at;
       to++) {
    left.removed += asking->questions[to].is_hit;
    put(&left, asking->questions[to].is_hit ? mark : asking->questions[to].piece);
  }
  *ret_to = to;
  value->text = (struct personal){left.ptr, left.len};
  view->given[at].removed += left.removed;
  if (to - from == 1) return OK;
  is_hit = left.len > CUSTODIAN_TEXT_MAX;
  if (!is_hit) TRY(ask(asking, &is_hit, append(asking, 0, value->text)));
  if (!is_hit) return OK;
  value->text = (struct personal){"", 0};
  view->given[at] = (struct form_given){.result = FORM_TEXTLESS};
  return OK;
}

static enum err leave_all(struct asking *asking)
{
  for (size_t i = 0; i < asking->count;) {
    const struct question *question = &asking->questions[i];
    uint8_t word = asking->leaving->view.opened.at[question->from].word;

    if (question->is_piece) {
      TRY(leave_pieces(asking, i, &i));
      continue;
    }
    if (question->is_hit) TRY(leaving_hold_back(asking->leaving, asking->op->arena, word));
    i++;
  }
  return OK;
}

enum err leaving_ask(struct leaving *leaving, struct custodian *custodian, struct pace *pace,
                     struct op *op)
{
  const struct outside *outside = &op->reg->outside;
  struct asking asking = {.leaving = leaving,
                          .custodian = custodian,
                          .op = op,
                          .questions =
                            arena_take_array(op->arena, QUESTIONS_MAX, sizeof(struct question)),
                          .text = arena_take(op->arena, CUSTODIAN_TEXT_MAX)};

  if (asking.questions == NULL || asking.text == NULL) return ERR_MEMORY;
  TRY(plan(&asking));
  if (!pace_take(pace, op->actor.account, (unsigned)asking.count + asking.rests,
                 outside->mono_us(outside->self)) &&
      GUARD(COMPARED_PACE))
    return ERR_CUSTODY_BUDGET;
  TRY(ask_all(&asking));
  return leave_all(&asking);
}
