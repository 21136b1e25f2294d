/* Pairs of worlds: for every role and purpose, a hidden child and an id that nobody has get the
 * same bytes. */
#include "tests/unit/register_office.h"

static struct office office;

static void begin(void)
{
  office_begin(&office);
}

static void end(void)
{
  office_end(&office);
}

TestSuite(register_on_hidden, .init = begin, .fini = end, .timeout = 120);

/* All of an answer that its reader could see, but the id asked for. */
struct seen {
  int status;
  bool on_tick;
  size_t entries, len;
  char etag[33], location[160], body[4096];
};

static void look(struct seen *seen, enum err err)
{
  *seen = (struct seen){.status = err_status(err)};
  if (err != OK) return;
  seen->status = office.op.answer.status;
  seen->on_tick = office.op.answer.on_tick;
  seen->entries = office.op.commit->entry_count;
  seen->len = office.op.answer.body.len;
  cr_assert_lt(seen->len, sizeof seen->body);
  memcpy(seen->body, office.op.answer.body.ptr, seen->len);
  memcpy(seen->etag, office.op.answer.etag, sizeof seen->etag);
  memcpy(seen->location, office.op.answer.location, sizeof seen->location);
  op_end(&office.op);
}

enum way { WAY_VIEW, WAY_GET, WAY_PATCH, WAY_ACCESS_LOG, WAY_REVIEW, WAYS };

static enum err go(enum way way, struct actor actor, struct id id, uint8_t purpose)
{
  struct given values[] = {GIVEN(known_as, 0, "Jo")};
  struct entry_ask view = {
    .id = id, .ask = office_ask(&office, "register_maintenance", "child_name home_address")};
  struct entry_change change = {.id = id, .values = {values, 1}};
  struct op *op = office_op(&office, actor);

  view.ask.said.purposes = POLICY_BIT(purpose);
  change.ask = view.ask;
  op->if_match = STR("00112233445566778899aabbccddeeff");
  switch (way) {
  case WAY_VIEW:
    return entry_view(op, &view);
  case WAY_GET:
    return entry_get(op, id);
  case WAY_PATCH:
    return entry_patch(op, &change);
  case WAY_ACCESS_LOG:
    return entry_access_log(op, id, STR(""));
  case WAY_REVIEW:
    return entry_safety_review(op, id);
  case WAYS:
    break;
  }
  return ERR_INTERNAL;
}

static bool is_in_circle(const struct office *at, uint8_t role)
{
  static const char *const circle[] = {"safeguarding_lead", "data_protection_officer"};

  for (size_t i = 0; i < sizeof circle / sizeof circle[0]; i++)
    if (role == office_word(at, POLICY_ROLE, circle[i])) return true;
  return false;
}

Test(register_on_hidden, is_no_record_to_any_role_outside_the_circle_for_any_purpose)
{
  const struct policy *policy = reg_policy(office.reg);
  struct actor officer = office_actor(&office, "case_officer", 1);
  struct id hidden = office_sion(&office, officer), nobody;
  static struct seen with, without;
  size_t pairs = 0;

  office_set_level(&office, hidden, LEVEL_HIDDEN);
  memset(nobody.b, 0x5c, ID_BYTES);
  for (unsigned role = 1; role <= policy_word_count(policy, POLICY_ROLE); role++) {
    /* The officer who took the child in stands among them: assigned, and outside the circle all the
     * same. */
    struct actor actor = {.account = officer.account, .roles = POLICY_BIT(role)};

    if (is_in_circle(&office, (uint8_t)role)) continue;
    for (unsigned purpose = 1; purpose <= policy_word_count(policy, POLICY_PURPOSE); purpose++) {
      for (enum way way = 0; way < WAYS; way++) {
        look(&with, go(way, actor, hidden, (uint8_t)purpose));
        look(&without, go(way, actor, nobody, (uint8_t)purpose));
        cr_assert_eq(memcmp(&with, &without, sizeof with), 0,
                     "role %u, purpose %u, way %u: %d %s, %d %s", role, purpose, (unsigned)way,
                     with.status, with.body, without.status, without.body);
        pairs++;
      }
    }
  }
  cr_expect_gt(pairs, 500);
}
