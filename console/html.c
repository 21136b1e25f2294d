/* See html.h. */
#include "console/html.h"

#include <stdio.h>
#include <string.h>

#define FIRST_BYTES (16 * 1024)

void html_start(struct html *html, struct arena *arena, enum lang lang)
{
  *html = (struct html){.arena = arena, .lang = lang};
}

enum err html_done(const struct html *html, struct str *ret_text)
{
  TRY(html->err);
  *ret_text = (struct str){html->ptr, html->len};
  return OK;
}

static bool has_room(struct html *html, size_t more)
{
  size_t held = html->held == 0 ? FIRST_BYTES : html->held;
  char *ptr;

  if (html->err != OK) return false;
  if (html->len + more <= html->held) return true;
  while (held < html->len + more)
    held *= 2;
  ptr = arena_take(html->arena, held);
  if (ptr == NULL) {
    html->err = ERR_MEMORY;
    return false;
  }
  if (html->len > 0) memcpy(ptr, html->ptr, html->len);
  html->ptr = ptr;
  html->held = held;
  return true;
}

void html_literal(struct html *html, struct str markup)
{
  if (markup.len == 0 || !has_room(html, markup.len)) return;
  memcpy(html->ptr + html->len, markup.ptr, markup.len);
  html->len += markup.len;
}

void html_append(struct html *html, const struct html *part)
{
  if (html->err == OK) html->err = part->err;
  if (html->err == OK) html_literal(html, (struct str){part->ptr, part->len});
}

/* NULL: it stands for itself. */
static const char *entity(char c)
{
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

void html_text(struct html *html, struct str text)
{
  size_t from = 0;

  for (size_t i = 0; i < text.len; i++) {
    const char *name = entity(text.ptr[i]);

    if (name == NULL) continue;
    html_literal(html, (struct str){text.ptr + from, i - from});
    html_literal(html, str_from(name));
    from = i + 1;
  }
  html_literal(html, (struct str){text.ptr + from, text.len - from});
}

void html_personal(struct html *html, struct personal text)
{
  html_text(html, (struct str){text.ptr, text.len});
}

void html_number(struct html *html, uint64_t number)
{
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);

  html_literal(html, (struct str){digits, (size_t)len});
}

void html_hidden(struct html *html, struct str name, struct str value)
{
  H(html, "<input type=\"hidden\" name=\"");
  html_text(html, name);
  H(html, "\" value=\"");
  html_text(html, value);
  H(html, "\">");
}

void html_say(struct html *html, enum text_id id)
{
  html_text(html, text_get(id, html->lang));
}

void html_say_with(struct html *html, enum text_id id, struct str slot)
{
  struct str text = {0};

  if (html->err != OK) return;
  html->err = text_fill(html->arena, &text, id, html->lang, &slot, 1);
  if (html->err == OK) html_text(html, text);
}
