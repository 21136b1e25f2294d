/* Strict reading of policy files; see read.h. It must never accept what it does not understand. */
#include "policy/read.h"

#include <string.h>

/* The line on which a quoted word first stands, counted from 1; 0 when it does not. */
static long long line_of(const struct policy_file *file, const char *word)
{
  size_t n = word == NULL ? 0 : strlen(word);
  long long line = 1;

  for (size_t i = 0; word != NULL && i + n + 2 <= file->len; i++) {
    if (file->text[i] == '\n') line++;
    if (file->text[i] == '"' && memcmp(file->text + i + 1, word, n) == 0 &&
        file->text[i + 1 + n] == '"')
      return line;
  }
  return 0;
}

enum err source_refuse(const struct source *source, const char *word, const char *literal)
{
  return trail_fail(source->trail, ERR_POLICY, literal, (long long)source->index,
                    line_of(source->file, word));
}

void json_release(json_t **root)
{
  json_decref(*root);
  *root = NULL;
}

enum err read_file(const struct source *source, json_t **ret_root)
{
  json_error_t error;
  json_t *root = json_loadb(source->file->text, source->file->len, JSON_REJECT_DUPLICATES, &error);

  if (root == NULL)
    return trail_fail(source->trail, ERR_POLICY, "not JSON, or a key stands twice",
                      (long long)source->index, error.line);
  if (!json_is_object(root)) {
    json_decref(root);
    return REFUSE(source, NULL, "not an object");
  }
  *ret_root = root;
  return OK;
}

static bool is_listed(const char *name, const char *const *list)
{
  for (; list != NULL && *list != NULL; list++)
    if (strcmp(name, *list) == 0) return true;
  return false;
}

enum err read_keys(const struct source *source, json_t *object, const char *const *needed,
                   const char *const *allowed)
{
  const char *key;
  json_t *value;

  if (!json_is_object(object)) return REFUSE(source, NULL, "an object is wanted");
  json_object_foreach(object, key, value)
  {
    if (!is_listed(key, needed) && !is_listed(key, allowed))
      return REFUSE(source, key, "unknown key");
  }
  for (; needed != NULL && *needed != NULL; needed++)
    if (json_object_get(object, *needed) == NULL) return REFUSE(source, NULL, "a key is missing");
  return OK;
}

static enum err keep(const struct source *source, json_t *value, struct str *ret_text)
{
  struct str text = {json_string_value(value), json_string_length(value)};

  return arena_copy(source->arena, ret_text, text);
}

enum err read_text(const struct source *source, json_t *object, const char *key,
                   struct str *ret_text)
{
  json_t *value = json_object_get(object, key);

  if (!json_is_string(value) || json_string_length(value) == 0)
    return REFUSE(source, key, "a text is wanted");
  return keep(source, value, ret_text);
}

enum err read_bool(const struct source *source, json_t *object, const char *key, bool *ret_value)
{
  json_t *value = json_object_get(object, key);

  if (value != NULL && !json_is_boolean(value))
    return REFUSE(source, key, "true or false is wanted");
  *ret_value = json_is_true(value);
  return OK;
}

enum err read_day(const struct source *source, json_t *object, const char *key, struct day *ret_day)
{
  json_t *value = json_object_get(object, key);
  struct str text = {json_string_value(value), json_string_length(value)};

  if (!json_is_string(value) || !day_parse(text, ret_day))
    return REFUSE(source, key, "a date is wanted");
  return OK;
}

/* Characters, not bytes: jansson has already seen to it that this is UTF-8. */
static size_t characters(struct str text)
{
  size_t count = 0;

  for (size_t i = 0; i < text.len; i++)
    if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) count++;
  return count;
}

static bool is_blank(struct str text)
{
  for (size_t i = 0; i < text.len; i++)
    if (text.ptr[i] != ' ') return false;
  return true;
}

enum err read_both(const struct source *source, json_t *object, const char *key, size_t max,
                   struct str ret_text[static 2])
{
  static const char *const languages[] = {"cy", "en", NULL};
  json_t *both = key == NULL ? object : json_object_get(object, key);

  if (key != NULL) TRY(read_keys(source, both, languages, NULL));
  TRY(read_text(source, both, "cy", &ret_text[LANG_CY]));
  TRY(read_text(source, both, "en", &ret_text[LANG_EN]));
  for (unsigned lang = 0; lang < 2; lang++) {
    if (is_blank(ret_text[lang])) return REFUSE(source, key, "a language is missing");
    if (characters(ret_text[lang]) > max) return REFUSE(source, key, "a sentence is too long");
  }
  if (str_equal(ret_text[LANG_CY], ret_text[LANG_EN]))
    return REFUSE(source, key, "Welsh and English are the same");
  return OK;
}

enum err read_list(const struct source *source, json_t *object, const char *key, json_t **ret_array)
{
  json_t *array = json_object_get(object, key);

  if (!json_is_array(array) || json_array_size(array) == 0)
    return REFUSE(source, key, "a list is wanted");
  for (size_t i = 0; i < json_array_size(array); i++) {
    json_t *value = json_array_get(array, i);

    if (!json_is_string(value)) return REFUSE(source, key, "a list of texts is wanted");
    for (size_t j = 0; j < i; j++)
      if (json_equal(value, json_array_get(array, j)))
        return REFUSE(source, json_string_value(value), "a word stands twice");
  }
  *ret_array = array;
  return OK;
}
