/* A disclosure: refused in words that say why, or a package that the recipient's own age opens and that
 * holds what was granted and nothing else. */
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

TestSuite(disclosure_release, .init = begin, .fini = end, .timeout = 120);

#define PACKAGE_FIELDS "child_name date_of_birth home_address circumstances case_notes"

static struct actor handler(void)
{
  return office_actor(&held.office, "case_officer", 1);
}

static struct disclosure asking(struct id child, struct id recipient, const char *purpose,
                                const char *fields)
{
  struct disclosure in = {.id = child, .recipient = recipient};

  in.ask = office_ask(&held.office, purpose, fields);
  return in;
}

/* Asks, and gives the disclosure's id when there is one. */
static struct id ask_for(struct actor actor, const struct disclosure *in)
{
  struct office *office = &held.office;
  struct id id = {{0}};

  OFFICE_RUN(office, disclosure_make(office_op(office, actor), in));
  (void)id_parse(str_from(office_text(office->json, "disclosure")), &id);
  return id;
}

static struct id transfer(struct id child, struct id recipient)
{
  struct disclosure in = asking(child, recipient, "transfer_between_las", PACKAGE_FIELDS);

  return ask_for(handler(), &in);
}

static const struct answer *answered(void)
{
  return &held.office.op.answer;
}

static struct id receiving_officer(struct id child)
{
  struct id recipient = held_recipient(&held, "other_la_officer", true);

  held_relate(&held, child, recipient, RELATION_RECEIVING);
  return recipient;
}

/* Fetches the package into DIR/package.age and opens it with the real age. */
static size_t fetch(struct id disclosure, char *ret_text, size_t capacity)
{
  struct office *office = &held.office;
  char command[512], path[128];
  FILE *file;

  enum err err = disclosure_package(office_op(office, handler()), disclosure);
  cr_assert_eq(err, OK, "%s", err_name(err));
  err = held_submit_bytes(&held);
  cr_assert_eq(err, OK, "%s", err_name(err));
  cr_assert_eq(answered()->status, 200, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_assert(str_is(answered()->type, "application/age"));
  snprintf(path, sizeof path, "%s/package.age", office->dir);
  file = fopen(path, "w");
  cr_assert_eq(fwrite(answered()->body.ptr, 1, answered()->body.len, file), answered()->body.len);
  fclose(file);
  snprintf(command, sizeof command, "age -d -i %s -o %s/package.json %s", held.identity, office->dir,
           path);
  cr_assert_eq(system(command), 0);
  snprintf(path, sizeof path, "%s/package.json", office->dir);
  return held_read(path, ret_text, capacity);
}

Test(disclosure_release, gives_a_package_that_age_opens_with_the_granted_words_alone)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  char text[1 << 16];
  struct id disclosure;
  json_t *package, *fields, *content;
  size_t n;

  office_set_level(&held.office, child, LEVEL_NONE);
  disclosure = transfer(child, recipient);
  cr_assert_eq(answered()->status, 201, "%.*s", (int)answered()->body.len, answered()->body.ptr);
  cr_expect_str_eq(office_text(held.office.json, "state"), "released");
  cr_expect_str_eq(office_withheld(&held.office, "case_notes"), "F-02");
  n = fetch(disclosure, text, sizeof text);
  cr_expect_eq(n, 16384, "padded to a size class");
  package = json_loadb(text, n, 0, NULL);
  cr_assert_not_null(package);
  content = json_object_get(package, "content");
  fields = json_object_get(content, "fields");
  cr_expect_eq(json_object_size(fields), 4);
  cr_expect_str_eq(office_text(json_object_get(fields, "home_address"), "rule"), "G-09");
  cr_expect_str_eq(office_text(json_object_get(fields, "home_address"), "form"), "full");
  cr_expect_null(json_object_get(fields, "case_notes"));
  cr_expect_null(json_object_get(content, "withheld"));
  cr_expect_gt(json_array_size(json_object_get(content, "obligations")), 0);
  cr_expect_eq(strlen(office_text(content, "policy")), 64);
  cr_expect_str_eq(json_string_value(json_array_get(json_object_get(content, "rules"), 0)), "G-09");
  cr_expect_not_null(strstr(text, "Stryd yr Enghraifft"));
  json_decref(package);
}

Test(disclosure_release, makes_packages_that_anybody_can_check_without_the_service)
{
  struct id child = office_sion(&held.office, handler()), recipient = receiving_officer(child);
  struct package_proven proven;
  struct package package;
  struct arena *arena;
  char text[1 << 16];
  size_t n;

  office_set_level(&held.office, child, LEVEL_NONE);
  n = fetch(transfer(child, recipient), text, sizeof text);
  cr_assert_eq(arena_new(&arena, 1 << 20), OK);
  cr_assert_eq(package_read(arena, &package, (struct str){text, n}), OK);
  enum err err = package_verify(&proven, &package, &held.log);
  cr_expect_eq(err, OK, "%s", err_name(err));
  cr_expect_gt(proven.head.size, proven.manifest.entry);
  char *place = strstr(text, "full");
  cr_assert_not_null(place);
  *place = 'F';
  cr_assert_eq(package_read(arena, &package, (struct str){text, n}), OK);
  cr_expect_eq(package_verify(&proven, &package, &held.log), ERR_CORRUPT);
  arena_free(&arena);
}
