/* The log's own routes: what other people's verifiers read, and nothing beyond what the caller may
 * have. */
#include "crypto/text.h"
#include "tests/unit/disclosure_office.h"

static struct held held;

static void begin(void)
{
  held_begin(&held);
}

static void end(void)
{
  held_end(&held);
}

TestSuite(disclosure_log, .init = begin, .fini = end, .timeout = 120);

static const struct actor nobody = {0};

static struct actor officer(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static uint64_t log_size(void)
{
  struct tree_edge edge;

  writer_edge(held.office.reg->writer, &edge);
  return edge.size;
}

/* The head that this person gets; waits until it covers `size`. */
static struct checkpoint head_of(struct actor actor, uint64_t size)
{
  struct checkpoint head = {0};

  for (int i = 0; i < 1500 && head.size < size; i++) {
    struct op *op = office_op(&held.office, actor);
    enum err err = log_checkpoint(op, 0);

    usleep(10000);
    if (err == ERR_ABSENT) continue;
    cr_assert_eq(err, OK, "%s", err_name(err));
    cr_assert_eq(note_open_checkpoint(&head, op->answer.body, &held.log), OK);
  }
  cr_assert_geq(head.size, size);
  return head;
}

Test(disclosure_log, gives_outsiders_published_heads_and_staff_the_newest)
{
  struct checkpoint published = head_of(nobody, 1), newest;

  (void)office_sion(&held.office, officer());
  held_settle(&held); /* the register adds no entry of its own meanwhile */
  newest = head_of(officer(), log_size());
  cr_expect_gt(newest.size, published.size);
  struct op *op = office_op(&held.office, nobody);
  cr_expect_eq(log_checkpoint(op, newest.size), ERR_ABSENT, "not published");
  op = office_op(&held.office, officer());
  cr_expect_eq(log_checkpoint(op, newest.size), OK);
}

Test(disclosure_log, proves_an_entry_in_a_text_that_holds_its_leaf)
{
  struct note_proof proof;
  struct checkpoint head;
  uint8_t leaf[LEAF_BYTES];
  uint64_t size;

  (void)office_sion(&held.office, officer());
  held_settle(&held); /* the register adds no entry of its own meanwhile */
  size = head_of(officer(), log_size()).size;
  for (uint64_t index = 0; index < size; index++) {
    struct op *op = office_op(&held.office, officer());

    cr_assert_eq(log_inclusion(op, index, size), OK);
    cr_assert_eq(note_proof_parse(&proof, op->answer.body), OK);
    cr_assert_eq(proof.index, index);
    cr_assert(base64_get(leaf, sizeof leaf, proof.extra));
    cr_expect_eq(note_proof_verify(&head, &proof, &held.log, leaf, sizeof leaf), OK);
  }
  cr_expect_eq(log_inclusion(office_op(&held.office, officer()), size, size), ERR_ABSENT);
  cr_expect_eq(log_inclusion(office_op(&held.office, nobody), 0, size), ERR_ABSENT);
}

Test(disclosure_log, proves_that_it_only_grew)
{
  struct checkpoint old = head_of(officer(), 1), new;
  struct hash old_root = old.root, new_root;
  struct tree_proof proof = {0};
  struct str rest, line;

  (void)office_sion(&held.office, officer());
  held_settle(&held); /* the register adds no entry of its own meanwhile */
  new = head_of(officer(), log_size());
  new_root = new.root;
  struct op *op = office_op(&held.office, officer());
  cr_assert_eq(log_consistency(op, old.size, new.size), OK);
  rest = op->answer.body;
  cr_assert(text_line(&line, &rest) && text_starts(line, STR("old ")));
  while (text_line(&line, &rest) && line.len > 0)
    cr_assert(base64_get(proof.hashes[proof.count++].bytes, HASH_BYTES, line));
  cr_assert_eq(note_open_checkpoint(&new, rest, &held.log), OK);
  cr_expect_eq(tree_verify_consistency(&proof, old.size, &old_root, new.size, &new_root), OK);
}

Test(disclosure_log, gives_tiles_as_far_as_the_head_reaches)
{
  held_settle(&held);
  uint64_t size = head_of(officer(), log_size()).size;
  struct op *op = office_op(&held.office, officer());

  cr_assert_lt(size, 256);
  cr_assert_eq(log_tile(op, 0, 0, (unsigned)size), OK);
  cr_expect_eq(op->answer.body.len, size * HASH_BYTES);
  cr_expect_eq(log_tile(office_op(&held.office, officer()), 0, 0, (unsigned)size + 1), ERR_ABSENT);
  cr_expect_eq(log_tile(office_op(&held.office, officer()), 0, 1, 1), ERR_ABSENT);
  cr_expect_eq(log_tile(office_op(&held.office, officer()), 1, 0, 1), ERR_ABSENT);
}
