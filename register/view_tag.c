/* The ETag of a view, and what a view says of itself in the log. The tag is a keyed MAC of what was
 * released and of nothing else: a change to what the caller may not see never shows in it. */
#include <string.h>

#include "register/bytes.h"
#include "register/reply.h"
#include "register/view.h"

#define TAG_LABEL "cnis/etag/1"
enum { WHOLE_BYTES = 4, WORD_BITS_MAX = 16, SHARED_BITS = 8 * (VIEW_ETAG_BYTES - WHOLE_BYTES) };
enum { PLACE_BYTES = 6, WORDS_MAX = 128 };

/* Text to be tagged. When it is full its tag takes its place: it takes any number of values. */
struct chain {
  const struct key *key;
  size_t n;
  uint8_t bytes[2048];
};

static void chain_close(struct chain *chain)
{
  key_tag(chain->bytes, chain->key, TAG_LABEL, chain->bytes, chain->n);
  chain->n = KEY_TAG_BYTES;
}

/* Field, slot, length, head and text: no two lists of values read the same. For the text of a long
 * note stands its keyed tag. */
static void chain_value(struct chain *chain, const struct opened_value *at)
{
  uint8_t long_tag[KEY_TAG_BYTES];
  struct value value = at->value;

  if (value.text.len > VALUE_BYTES_MAX - VALUE_HEAD_BYTES) {
    key_tag(long_tag, chain->key, TAG_LABEL, value.text.ptr, value.text.len);
    value.text = (struct personal){(const char *)long_tag, sizeof long_tag};
  }
  if (sizeof chain->bytes - chain->n < PLACE_BYTES + VALUE_BYTES_MAX) chain_close(chain);
  uint8_t *to = chain->bytes + chain->n;
  size_t n = value_encode(to + PLACE_BYTES, &value);
  put_u16(to, field_row(at->field)->id);
  put_u16(to + 2, (uint16_t)at->slot);
  put_u16(to + 4, (uint16_t)n);
  chain->n += PLACE_BYTES + n;
}

static void word_tag(uint8_t ret_tag[static KEY_TAG_BYTES], const struct op *op,
                     const struct view *view, uint8_t word)
{
  const struct decision *decision = &view->asked->decision;
  struct chain chain;

  chain.key = &op->reg->secrets;
  memcpy(chain.bytes, view->asked->facts.id.b, ID_BYTES);
  chain.bytes[ID_BYTES] = word;
  chain.bytes[ID_BYTES + 1] = decision->form[word];
  chain.n = ID_BYTES + 2;
  for (size_t i = 0; i < view->opened.count; i++)
    if (view->opened.at[i].word == word) chain_value(&chain, &view->opened.at[i]);
  key_tag(ret_tag, chain.key, TAG_LABEL, chain.bytes, chain.n);
  wipe(chain.bytes, chain.n);
}

static unsigned bits_a_word(struct fieldset granted)
{
  unsigned words =
    (unsigned)(__builtin_popcountll(granted.bits[0]) + __builtin_popcountll(granted.bits[1]));
  unsigned bits = words == 0 ? 0 : SHARED_BITS / words;

  return bits < WORD_BITS_MAX ? bits : WORD_BITS_MAX;
}

/* `bits` bits of a tag from bit `at` of the shared part on. */
static void put_bits(uint8_t *shared, unsigned at, unsigned bits, const uint8_t *tag)
{
  for (unsigned i = 0; i < bits; i++)
    shared[(at + i) / 8] |= (uint8_t)((tag[i / 8] >> i % 8 & 1) << (at + i) % 8);
}

static bool bits_differ(const uint8_t *a, const uint8_t *b, unsigned at, unsigned bits)
{
  for (unsigned i = at; i < at + bits; i++)
    if (((a[i / 8] ^ b[i / 8]) >> i % 8 & 1) != 0) return true;
  return false;
}

void view_etag(uint8_t ret_etag[static VIEW_ETAG_BYTES], const struct op *op,
               const struct view *view)
{
  struct fieldset left = view->asked->decision.granted;
  unsigned bits = bits_a_word(left), at = 0;
  uint8_t tags[WORDS_MAX][KEY_TAG_BYTES], whole[KEY_TAG_BYTES];
  size_t words = 0;

  memset(ret_etag, 0, VIEW_ETAG_BYTES);
  while (!fieldset_is_empty(left)) {
    word_tag(tags[words], op, view, (uint8_t)fieldset_take(&left));
    put_bits(ret_etag + WHOLE_BYTES, at, bits, tags[words++]);
    at += bits;
  }
  key_tag(whole, &op->reg->secrets, TAG_LABEL, tags, words * KEY_TAG_BYTES);
  memcpy(ret_etag, whole, WHOLE_BYTES);
}

struct fieldset view_changed(const struct view *view, const uint8_t a[static VIEW_ETAG_BYTES],
                             const uint8_t b[static VIEW_ETAG_BYTES])
{
  struct fieldset left = view->asked->decision.granted, changed = {{0, 0}};
  unsigned bits = bits_a_word(left), at = 0;

  while (!fieldset_is_empty(left)) {
    unsigned word = fieldset_take(&left);

    if (bits_differ(a + WHOLE_BYTES, b + WHOLE_BYTES, at, bits))
      changed = fieldset_with(changed, word);
    at += bits;
  }
  return changed;
}

/* ---- in the log ---- */

static void add_rule(struct entry_of *entry, uint16_t rules[static AUDIT_RULES_MAX], uint16_t rule)
{
  for (size_t i = 0; i < entry->rule_count; i++)
    if (rules[i] == rule) return;
  if (rule != POLICY_NO_RULE && entry->rule_count < AUDIT_RULES_MAX)
    rules[entry->rule_count++] = rule;
}

void view_field_ids(uint8_t ret_ids[static TICKET_FIELD_BYTES], const struct op *op,
                    const struct asked *asked, struct fieldset words)
{
  for (unsigned i = 0; i < FIELD_COUNT; i++) {
    const struct field_row *row = field_row((enum field)i);

    for (unsigned slot = 0; slot < row->slots; slot++) {
      uint8_t word = field_word(op->reg, (enum field)i, slot, asked->facts.persons);

      if (word == POLICY_NO_WORD || !fieldset_has(words, word)) continue;
      ret_ids[row->id / 8] |= (uint8_t)(1u << row->id % 8);
    }
  }
}

void view_entry(struct entry_of *entry, const struct op *op, const struct view *view,
                uint16_t rules[static AUDIT_RULES_MAX])
{
  const struct asked *asked = view->asked;
  const struct decision *decision = &asked->decision;

  entry->child = &asked->facts.child;
  entry->record = asked->facts.id;
  entry->version = asked->facts.head.version;
  entry->outcome = reply_outcome(decision);
  for (size_t i = 0; i < TICKET_FIELD_BYTES; i++)
    entry->released[i] = view->opened.released[i] | view->custody[i];
  view_field_ids(entry->denied, op, asked, decision->denied);
  entry->rules = rules;
  for (struct fieldset left = decision->granted; !fieldset_is_empty(left);) {
    unsigned word = fieldset_take(&left);

    add_rule(entry, rules, decision->granted_by[word]);
    entry->categories |= 1u << policy_field_category(reg_policy(op->reg), (uint8_t)word);
  }
  for (struct fieldset left = decision->denied; !fieldset_is_empty(left);)
    add_rule(entry, rules, decision->withheld_by[fieldset_take(&left)]);
  for (size_t i = 0; i < decision->pending_count; i++)
    add_rule(entry, rules, decision->pending_rules[i]);
  entry->approvals = (uint32_t)decision->pending_count;
}
