/* What we encrypt, Debian's own `age` decrypts. Skipped (77) only where age is missing. */
#include <criterion/options.h>
#include <unistd.h>

#include "crypto/age.h"
#include "tests/unit/crypto_support.h"

enum { IDENTITIES = 2 };
static char folder[128];
static struct age_recipient recipients[IDENTITIES];

/* Runs a line of shell in the folder, with $i set. */
static void run(const char *line, int i)
{
  char command[512];
  snprintf(command, sizeof command, "cd %s && i=%d && { %s; }", folder, i, line);
  cr_assert_eq(system(command), 0, "%s", command);
}

static void set_up(void)
{
  cr_assert_eq(crypto_ready(), OK);
  snprintf(folder, sizeof folder, "/tmp/cnis-age-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  for (int i = 0; i < IDENTITIES; i++) {
    char path[256], text[128] = {0};
    run("age-keygen -o key$i 2>/dev/null && age-keygen -y -o public$i key$i", i);
    snprintf(path, sizeof path, "%s/public%d", folder, i);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(text, sizeof text, file));
    fclose(file);
    text[strcspn(text, "\n")] = '\0';
    cr_assert_eq(age_recipient_parse(&recipients[i], str_from(text)), OK, "%s", text);
    char again[AGE_RECIPIENT_TEXT];
    age_recipient_write(again, &recipients[i]);
    cr_assert(str_is(bytes_str(again, sizeof again), text));
  }
}

static void tear_down(void)
{
  run("rm -rf \"$PWD\"", 0);
}

TestSuite(age, .init = set_up, .fini = tear_down);

static void write_file(const char *name, const void *bytes, size_t n)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, n, file), n);
  fclose(file);
}

static void encrypt_and_compare(size_t n, size_t count)
{
  struct outside outside = outside_real();
  uint8_t *content = malloc(n + 1), *file = malloc(age_size(n, count));
  for (size_t i = 0; i < n; i++)
    content[i] = (uint8_t)(i * 7 + i / 251);
  cr_assert_eq(age_encrypt(file, recipients, count, content, n, &outside), OK);
  write_file("content", content, n);
  write_file("file.age", file, age_size(n, count));
  for (int i = 0; i < (int)count; i++)
    run("age -d -i key$i file.age >back && cmp back content", i);
  free(content);
  free(file);
}

Test(age, opens_at_every_border_of_a_chunk)
{
  static const size_t lengths[] = {0, 1, 100, 65535, 65536, 65537, 131072, 200000};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    encrypt_and_compare(lengths[i], 1);
}

Test(age, opens_for_each_of_several_recipients)
{
  encrypt_and_compare(1000, 2);
}

Test(age, is_refused_by_age_when_a_byte_is_changed)
{
  struct outside outside = outside_real();
  uint8_t file[1024];
  size_t n = age_size(10, 1);
  cr_assert_leq(n, sizeof file);
  cr_assert_eq(age_encrypt(file, recipients, 1, "0123456789", 10, &outside), OK);
  static const size_t places[] = {3, 40, 100, 150, 190, 205};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    cr_assert_lt(places[i], n);
    file[places[i]] ^= 1;
    write_file("file.age", file, n);
    run("! age -d -i key$i -o /dev/null file.age 2>/dev/null", 0);
    file[places[i]] ^= 1;
  }
}

Test(age, takes_no_empty_and_no_endless_list)
{
  struct outside outside = outside_real();
  uint8_t file[4096];
  struct age_recipient small_order = {{0}};
  cr_assert_eq(age_encrypt(file, recipients, 0, "x", 1, &outside), ERR_INPUT);
  cr_assert_eq(age_encrypt(file, recipients, AGE_RECIPIENTS_MAX + 1, "x", 1, &outside), ERR_INPUT);
  cr_assert_eq(age_encrypt(file, &small_order, 1, "x", 1, &outside), ERR_INPUT);
}

Test(age, recipient_has_one_spelling)
{
  static const char good[] = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  struct age_recipient recipient, small_order = {{1}};
  char text[AGE_RECIPIENT_TEXT + 1] = {0};
  cr_assert_eq(age_recipient_parse(&recipient, str_from(good)), OK,
               "the example of age's own manual");
  for (size_t i = 0; i < AGE_RECIPIENT_TEXT; i++) {
    memcpy(text, good, sizeof good);
    text[i] = text[i] == 'q' ? 'p' : 'q';
    cr_assert_eq(age_recipient_parse(&recipient, str_from(text)), ERR_INPUT, "%s", text);
    text[i] = good[i] == '1' ? 'I' : (char)(good[i] - 32);
    cr_assert_eq(age_recipient_parse(&recipient, str_from(text)), ERR_INPUT, "%s", text);
  }
  cr_assert_eq(age_recipient_parse(&recipient, bytes_str(good, 61)), ERR_INPUT);
  age_recipient_write(text, &small_order);
  cr_assert_eq(age_recipient_parse(&recipient, bytes_str(text, 62)), ERR_INPUT, "small order");
}

int main(int argc, char *argv[])
{
  if (system("command -v age >/dev/null && command -v age-keygen >/dev/null") != 0) return 77;
  struct criterion_test_set *tests = criterion_initialize();
  int result = 0;
  if (criterion_handle_args(argc, argv, true)) result = !criterion_run_all_tests(tests);
  criterion_finalize(tests);
  return result;
}
