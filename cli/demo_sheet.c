/* Makes the demonstration's sheet, family by family, so that there are siblings, parents who live
 * apart and children with three adults. Protected and undecided children are only children: nobody
 * else's record then follows from theirs, and the numbers stay what they are said to be. */
#include "cli/demo_sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX 192
#define SHEET_BYTES ((size_t)1024 * DEMO_CHILDREN)
#define FAMILY_CHILDREN_MAX 3
#define LEVEL_EVERY 11 /* one family of so many is no ordinary one, until all levels are given */

const unsigned demo_level_count[DEMO_LEVELS] = {
  [DEMO_NONE] = 478, [DEMO_CONTACT_PROTECTED] = 12, [DEMO_HIDDEN] = 5, [DEMO_UNDECIDED] = 5};

enum list { FORENAME, SURNAME, STREET, TOWN, PROVIDER, SCHOOL, STATUS, CIRCUMSTANCE, REASON, NOTE };
struct word {
  enum list list;
  const char *text, *about;
};
static const struct word words[] = {
#define N(list, text, about) {list, text, about},
#include "cli/demo_names.def"
#undef N
};
#define WORD_COUNT (sizeof words / sizeof words[0])

enum column {
#define C(name) COLUMN_##name,
#include "cli/demo_columns.def"
#undef C
  COLUMN_COUNT
};
static const char *const column_names[COLUMN_COUNT] = {
#define C(name) #name,
#include "cli/demo_columns.def"
#undef C
};

struct maker {
  uint64_t state; /* of the generator */
  struct arena *arena;
  struct demo_sheet *sheet;
  char *text;
  size_t len;
  unsigned children, families;
  unsigned left[DEMO_LEVELS];
  struct day on;
  char cell[COLUMN_COUNT][CELL_MAX];
};

/* SplitMix64 (Steele, Lea, Flood 2014): for made-up people, not for secrets. */
static uint64_t draw(struct maker *maker, uint64_t below)
{
  uint64_t z = maker->state += UINT64_C(0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (z ^ z >> 31) % below;
}

static bool chance(struct maker *maker, unsigned percent)
{
  return draw(maker, 100) < percent;
}

/* A word of the list; `about` NULL: any, else one that says so of itself. */
static const struct word *pick_about(struct maker *maker, enum list list, const char *about)
{
  const struct word *fitting[WORD_COUNT] = {NULL};
  size_t count = 0;

  for (size_t i = 0; i < WORD_COUNT; i++) {
    if (words[i].list == list && (about == NULL || strcmp(words[i].about, about) == 0))
      fitting[count++] = &words[i];
  }
  return fitting[draw(maker, count)];
}

static const struct word *pick(struct maker *maker, enum list list)
{
  return pick_about(maker, list, NULL);
}

static void put(struct maker *maker, enum column column, const char *format, ...)
  __attribute__((format(printf, 3, 4)));
static void put(struct maker *maker, enum column column, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  (void)vsnprintf(maker->cell[column], CELL_MAX, format, args);
  va_end(args);
}

static void put_day(struct maker *maker, enum column column, struct day day)
{
  char text[10];

  day_write(text, day);
  put(maker, column, "%.10s", text);
}

static void put_days_ago(struct maker *maker, enum column column, uint64_t from, uint64_t to)
{
  put_day(maker, column, (struct day){maker->on.number - (int32_t)(from + draw(maker, to - from))});
}

static void put_word(struct maker *maker, enum column column, enum list list)
{
  put(maker, column, "%s", pick(maker, list)->text);
}

static void put_phone(struct maker *maker, enum column column)
{
  put(maker, column, "07700 900%03u", (unsigned)draw(maker, 1000));
}

static void put_address(struct maker *maker, enum column column)
{
  put(maker, column, "%u %s, %s, ZZ%u %u%c%c", 1 + (unsigned)draw(maker, 120),
      pick(maker, STREET)->text, pick(maker, TOWN)->text, 1 + (unsigned)draw(maker, 20),
      1 + (unsigned)draw(maker, 9), "ABDEFGHJLN"[draw(maker, 10)], "PQRSTUWXYZ"[draw(maker, 10)]);
}

/* One letter, three digits of the authority, four of the school, two of the year, three of the
 * child; the letter follows from the digits (Department for Education, UPN guide: weights 2 to 13,
 * mod 23). */
static void put_upn(struct maker *maker)
{
  uint64_t school = 2000 + draw(maker, 4000), year = 13 + draw(maker, 12);
  uint64_t number = UINT64_C(672000000000) + school * 100000 + year * 1000 + maker->children % 1000;
  unsigned sum = 0;

  for (uint64_t rest = number, weight = 13; weight >= 2; rest /= 10, weight--)
    sum += (unsigned)(rest % 10 * weight);
  put(maker, COLUMN_upn, "%c%012llu", "ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23],
      (unsigned long long)number);
}

static void row_write(struct maker *maker)
{
  for (unsigned i = 0; i < COLUMN_COUNT; i++) {
    const char *cell = maker->cell[i];

    maker->text[maker->len++] = '"';
    for (; *cell != '\0'; cell++) {
      if (*cell == '"') maker->text[maker->len++] = '"';
      maker->text[maker->len++] = *cell;
    }
    maker->text[maker->len++] = '"';
    maker->text[maker->len++] = i + 1 < COLUMN_COUNT ? ',' : '\r';
  }
  maker->text[maker->len++] = '\n';
}
_Static_assert(COLUMN_COUNT * 16 < 1024, "the sheet's room is for cells of 20 bytes on average");

static void parent_make(struct maker *maker, unsigned number, const char *surname, const char *home)
{
  enum column name = number == 1 ? COLUMN_parent_1_name : COLUMN_parent_2_name;
  bool changed_name = chance(maker, 25);

  put(maker, name, "%s %s", pick_about(maker, FORENAME, number == 1 ? "Female" : "Male")->text,
      changed_name ? pick(maker, SURNAME)->text : surname);
  put(maker, name + 1, "%s", number == 1 ? "mother" : "father");
  if (home != NULL)
    put(maker, name + 2, "%s", home);
  else
    put_address(maker, name + 2);
  put_phone(maker, name + 3);
  put(maker, name + 4, "rhiant%u.%u@example.org", maker->families, number);
  put(maker, name + 5, "%s", chance(maker, 40) ? "cy" : "en");
}
_Static_assert(COLUMN_parent_1_language == COLUMN_parent_1_name + 5,
               "a parent's columns stand together");
_Static_assert(COLUMN_parent_2_language == COLUMN_parent_2_name + 5,
               "a parent's columns stand together");

/* Where somebody is protected, it is from parent 2, who lives elsewhere. */
static void family_make(struct maker *maker, enum demo_level level)
{
  bool is_protected = level == DEMO_CONTACT_PROTECTED || level == DEMO_HIDDEN;
  const char *surname = pick(maker, SURNAME)->text, *street = pick(maker, STREET)->text;
  char home[CELL_MAX];

  memset(maker->cell, 0, sizeof maker->cell);
  maker->families++;
  put(maker, COLUMN_surname, "%s", surname);
  put(maker, COLUMN_address_1, "%u %s", 1 + (unsigned)draw(maker, 120), street);
  put_word(maker, COLUMN_town, TOWN);
  put(maker, COLUMN_postcode, "ZZ%u %uAB", 1 + (unsigned)draw(maker, 20),
      1 + (unsigned)draw(maker, 9));
  put_days_ago(maker, COLUMN_lived_here_since, 400, 4000);
  int n = snprintf(home, sizeof home, "%.60s, %.40s, %.10s", maker->cell[COLUMN_address_1],
                   maker->cell[COLUMN_town], maker->cell[COLUMN_postcode]);
  if (n < 0) home[0] = '\0';
  parent_make(maker, 1, surname, home);
  if (is_protected || chance(maker, 80))
    parent_make(maker, 2, surname, is_protected || chance(maker, 35) ? NULL : home);
  if (chance(maker, 8)) {
    put(maker, COLUMN_other_adult_name, "%s %s", pick(maker, FORENAME)->text,
        pick(maker, SURNAME)->text);
    put(maker, COLUMN_other_adult_relation, "%s",
        chance(maker, 50) ? "step-father" : "kinship carer");
    put_address(maker, COLUMN_other_adult_address);
    put_phone(maker, COLUMN_other_adult_phone);
  }
}

static void education_make(struct maker *maker)
{
  const struct word *provider = pick(maker, PROVIDER);

  put_word(maker, COLUMN_status, STATUS);
  put_days_ago(maker, COLUMN_status_since, 5, 1400);
  put(maker, COLUMN_left_school_on, "%.20s", maker->cell[COLUMN_status_since]);
  put_word(maker, COLUMN_reason, REASON);
  put_word(maker, COLUMN_circumstances, CIRCUMSTANCE);
  put(maker, COLUMN_hours_with_parent, "%u", 5 + (unsigned)draw(maker, 25));
  put(maker, COLUMN_hours_with_others, "%u", (unsigned)draw(maker, 15));
  put_word(maker, COLUMN_last_school, SCHOOL);
  put(maker, COLUMN_aln, "%s", chance(maker, 30) ? "yes" : "no");
  put(maker, COLUMN_child_protection_plan, "%s", chance(maker, 2) ? "yes" : "no");
  put(maker, COLUMN_child_in_need, "%s", chance(maker, 5) ? "yes" : "no");
  put(maker, COLUMN_looked_after, "no");
  put_word(maker, COLUMN_notes, NOTE);
  if (chance(maker, 55)) {
    put(maker, COLUMN_provider_1_name, "%s", provider->text);
    put(maker, COLUMN_provider_1_type, "%s", provider->about);
    put_address(maker, COLUMN_provider_1_address);
    put(maker, COLUMN_provider_1_hours, "%u", 1 + (unsigned)draw(maker, 12));
  }
}

/* What the sheet says about safety: evidence for the first decision, never the decision. */
static void safety_make(struct maker *maker, enum demo_level level)
{
  static const char *const said[DEMO_LEVELS][2] = {
    [DEMO_NONE] = {"yes", ""},
    [DEMO_CONTACT_PROTECTED] = {"no", "Write to nobody but parent 1."},
    [DEMO_HIDDEN] = {"no", "Refuge. Do not write. Ring only the worker, Tuesdays."},
    [DEMO_UNDECIDED] = {"?", ""}};

  put(maker, COLUMN_safe_to_contact, "%s", said[level][0]);
  put(maker, COLUMN_contact_note, "%s", said[level][1]);
}

static enum err child_remember(struct maker *maker, struct demo_child *child)
{
  TRY(arena_copy(maker->arena, &child->forename, str_from(maker->cell[COLUMN_forename])));
  TRY(arena_copy(maker->arena, &child->surname, str_from(maker->cell[COLUMN_surname])));
  return arena_copy(maker->arena, &child->upn, str_from(maker->cell[COLUMN_upn]));
}

static enum err child_make(struct maker *maker, enum demo_level level)
{
  struct demo_child *child = &maker->sheet->child[maker->children];
  const struct word *forename = pick(maker, FORENAME);

  if (maker->len + (size_t)COLUMN_COUNT * CELL_MAX > SHEET_BYTES) return ERR_MEMORY;
  child->level = level;
  child->officer = maker->children % DEMO_OFFICERS;
  child->born = (struct day){maker->on.number - (int32_t)(6 * 366 + draw(maker, 9 * 365))};
  put(maker, COLUMN_ref, "SE%06u", ++maker->children);
  put(maker, COLUMN_forename, "%s", forename->text);
  put(maker, COLUMN_sex, "%s", forename->about);
  put(maker, COLUMN_middle_names, "%s", chance(maker, 40) ? pick(maker, FORENAME)->text : "");
  put_day(maker, COLUMN_date_of_birth, child->born);
  put(maker, COLUMN_officer, "officer.%c", "abc"[child->officer]);
  put_upn(maker);
  education_make(maker);
  safety_make(maker, level);
  row_write(maker);
  return child_remember(maker, child);
}

/* The level of the next family's child; ordinary ones fill what is left. */
static enum demo_level level_next(struct maker *maker)
{
  if (maker->families % LEVEL_EVERY == 3) {
    for (enum demo_level level = DEMO_CONTACT_PROTECTED; level < DEMO_LEVELS; level++) {
      if (maker->left[level] > 0) {
        maker->left[level]--;
        return level;
      }
    }
  }
  return DEMO_NONE;
}

/* Siblings name the one before them. */
static enum err siblings_make(struct maker *maker)
{
  uint64_t count = chance(maker, 30) ? 2 + draw(maker, FAMILY_CHILDREN_MAX - 1) : 1;

  while (count-- > 0 && maker->left[DEMO_NONE] > 0) {
    maker->left[DEMO_NONE]--;
    TRY(child_make(maker, DEMO_NONE));
    put(maker, COLUMN_sibling_refs, "SE%06u", maker->children);
  }
  return OK;
}

enum err demo_sheet_make(struct demo_sheet **ret_sheet, struct arena *arena, uint64_t seed,
                         struct day on)
{
  struct maker *maker = arena_take(arena, sizeof *maker);

  if (maker == NULL) return ERR_MEMORY;
  *maker = (struct maker){.state = seed, .arena = arena, .on = on};
  maker->sheet = arena_take(arena, sizeof *maker->sheet);
  maker->text = arena_take(arena, SHEET_BYTES);
  if (maker->sheet == NULL || maker->text == NULL) return ERR_MEMORY;
  memcpy(maker->left, demo_level_count, sizeof maker->left);
  for (unsigned i = 0; i < COLUMN_COUNT; i++)
    put(maker, i, "%s", column_names[i]);
  row_write(maker);
  while (maker->children < DEMO_CHILDREN) {
    enum demo_level level = level_next(maker);

    family_make(maker, level);
    if (level == DEMO_NONE)
      TRY(siblings_make(maker));
    else
      TRY(child_make(maker, level));
  }
  maker->sheet->csv = (struct str){maker->text, maker->len};
  *ret_sheet = maker->sheet;
  return OK;
}
