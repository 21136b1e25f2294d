/* The story's document: one HTML file with its style in it and nothing from elsewhere, so that it
 * reads and prints on any machine, for years. It shows what came; it must never show a sign-in, and
 * never put a text from an answer into it unescaped. */
#include <string.h>

#include "cli/say.h"
#include "cli/story.h"
#include "cli/version.h"

static const char style[] =
  ":root{color-scheme:light}*{box-sizing:border-box}"
  "body{font:1rem/1.5 'Source Sans 3','Noto Sans',Carlito,Arial,sans-serif;color:#16202a;"
  "background:#fff;max-width:74rem;margin:0 auto;padding:1.5rem}"
  "h1{font-size:1.9rem;line-height:1.2}h2{border-top:3px solid #0b5c63;padding-top:.8rem;"
  "margin-top:3rem}h3{margin:0 0 .6rem}h4{margin:1rem 0 .3rem}"
  "pre{background:#f3f5f6;border:1px solid #c9d1d6;padding:.6rem;margin:.3rem 0;"
  "white-space:pre-wrap;overflow-wrap:anywhere;font:.82rem/1.4 'DejaVu Sans Mono',monospace}"
  "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:700}"
  "dd{margin:0;overflow-wrap:anywhere}.two{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem}"
  ".two>div{border-left:6px solid #0b5c63;padding-left:.9rem;min-width:0}"
  ".two>.off{border-left:6px double #9b1c31}.status{font-weight:700}"
  ".cite{font-family:'DejaVu Sans Mono',monospace}"
  ".notice{border:2px solid #9b1c31;padding:.6rem 1rem}"
  "@media (max-width:50rem){.two,dl{grid-template-columns:1fr}}"
  "@media print{body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}"
  "pre{font-size:7.5pt}.notice{break-inside:avoid}a{color:inherit}}";

/* ---- writing ---- */

static void raw(FILE *to, const char *markup)
{
  (void)fputs(markup, to); /* document_write asks the stream at the end */
}

static int put_escaped(const char *bytes, size_t n, void *self)
{
  FILE *to = self;

  for (size_t i = 0; i < n; i++) {
    switch (bytes[i]) {
    case '&':
      raw(to, "&amp;");
      break;
    case '<':
      raw(to, "&lt;");
      break;
    case '>':
      raw(to, "&gt;");
      break;
    case '"':
      raw(to, "&quot;");
      break;
    default:
      (void)fputc(bytes[i], to);
    }
  }
  return 0;
}

static void text(FILE *to, struct str words)
{
  (void)put_escaped(words.ptr, words.len, to);
}

struct page {
  struct story *story;
  struct cli *cli;
  FILE *to;
};

static void element(const struct page *page, const char *name, struct str words)
{
  (void)fprintf(page->to, "<%s>", name);
  text(page->to, words);
  (void)fprintf(page->to, "</%.*s>\n", (int)strcspn(name, " "), name);
}

static struct str words_of(const struct page *page, enum text_id id)
{
  return text_get(id, page->cli->lang);
}

static void row(const struct page *page, enum text_id name, struct str value)
{
  element(page, "dt", words_of(page, name));
  element(page, "dd", value);
}

/* JSON is laid out for reading; nothing in it is changed. */
static void block(const struct page *page, struct str content)
{
  json_t *json = json_loadb(content.ptr, content.len, JSON_DECODE_ANY, NULL);

  raw(page->to, "<pre>");
  if (!json_is_object(json) || json_dump_callback(json, put_escaped, page->to, JSON_INDENT(2)) != 0)
    text(page->to, content);
  raw(page->to, "</pre>\n");
  json_decref(json);
}

/* ---- what a scene rests on ---- */

static void rule(const struct page *page, const char *id)
{
  const struct policy *policy = page->story->policy;
  uint16_t number = policy_rule_named(policy, str_from(id));

  if (number == POLICY_NO_RULE) return;
  row(page, TEXT_STORY_RULE,
      formatted(page->cli, "%s: %.*s", id,
                (int)policy_rule_why(policy, number, page->cli->lang).len,
                policy_rule_why(policy, number, page->cli->lang).ptr));
}

static void guard(const struct page *page, const struct story_scene *scene)
{
  row(page, TEXT_STORY_GUARD,
      scene->guard == GUARD_COUNT ? words_of(page, TEXT_STORY_NOT_SWITCHABLE)
                                  : str_from(guard_name(scene->guard)));
}

/* ---- one side ---- */

/* A request, or a text that the person signed with their own key. */
static void said(const struct page *page, const struct story_said *said)
{
  const struct demo_account_row *who = &demo_accounts[said->ask->who];
  bool is_request = said->status != 0;
  enum text_id says = is_request ? TEXT_STORY_ASKED : TEXT_STORY_SIGNS;
  const char *how = is_request ? said->ask->method : "cnis sign";

  element(page, "h4", SENTENCE(page->cli, says, str_from(who->name), str_from(who->role)));
  element(page, "pre", formatted(page->cli, "%s %.*s", how, (int)said->path.len, said->path.ptr));
  if (said->body.len > 0) block(page, said->body);
  if (is_request)
    element(page, "p class=\"status\"",
            SENTENCE(page->cli, TEXT_STORY_ANSWER, number(page->cli, said->status)));
  block(page, said->answer);
}

static void started(const struct page *page, const struct story_scene *scene,
                    const struct story_played *played)
{
  static const enum text_id done[] = {
    [STORY_NOTHING] = TEXT_NONE,
    [STORY_RECORD_BYTE] = TEXT_STORY_RECORD_TOUCHED,
    [STORY_LOG_BYTE] = TEXT_STORY_LOG_TOUCHED,
    [STORY_PUT_BACK] = TEXT_STORY_LOG_WAS_BACK,
  };

  if (scene->tamper == STORY_NOTHING) return;
  element(page, "h4", words_of(page, done[scene->tamper]));
  element(page, "p class=\"status\"",
          words_of(page, played->is_started ? TEXT_STORY_STARTED : TEXT_STORY_START_REFUSED));
  block(page, played->start_said);
}

static void log_entry(const struct page *page, const struct story_played *played)
{
  element(page, "h4", words_of(page, TEXT_STORY_PROOF));
  element(page, "p",
          SENTENCE(page->cli, TEXT_STORY_LOG_GREW,
                   number(page->cli, (int64_t)played->entries_before),
                   number(page->cli, (int64_t)played->entries_after)));
  if (played->proof.len == 0) return;
  element(page, "pre", played->proof);
  element(page, "p class=\"status\"", played->verdict);
}

static void side(const struct page *page, const struct story_scene *scene,
                 const struct story_played *played, bool is_off)
{
  raw(page->to, is_off ? "<div class=\"off\">\n" : "<div>\n");
  element(page, "h3", words_of(page, is_off ? TEXT_STORY_WITHOUT : TEXT_STORY_WITH));
  for (unsigned i = 0; i < played->said_count; i++)
    said(page, &played->said[i]);
  if (played->is_made) {
    log_entry(page, played);
    started(page, scene, played);
  } else {
    element(page, "p class=\"notice\"",
            words_of(page, scene->guard == GUARD_COUNT ? TEXT_STORY_NOT_SWITCHABLE_LONG
                                                       : TEXT_STORY_NOT_MADE));
  }
  raw(page->to, "</div>\n");
}

static void scene_write(const struct page *page, const struct story_scene *scene,
                        const struct story_played played[2])
{
  (void)fprintf(page->to, "<section id=\"%s\">\n", scene->id);
  element(page, "h2",
          formatted(page->cli, "%s. %.*s", scene->id, (int)words_of(page, scene->title).len,
                    words_of(page, scene->title).ptr));
  element(page, "p", words_of(page, scene->look));
  raw(page->to, "<dl>\n");
  row(page, TEXT_STORY_CITE, story_citation(page->story, scene));
  rule(page, scene->rule);
  guard(page, scene);
  raw(page->to, "</dl>\n<div class=\"two\">\n");
  side(page, scene, &played[0], false);
  side(page, scene, &played[1], true);
  raw(page->to, "</div>\n</section>\n");
}

/* ---- the whole ---- */

static void about(const struct page *page)
{
  const struct cli *cli = page->cli;
  char at[20];

  instant_write(at, cli->outside.now(cli->outside.self));
  element(page, "h1", words_of(page, TEXT_STORY_TITLE));
  element(page, "p", words_of(page, TEXT_STORY_INTRO));
  element(page, "p", words_of(page, TEXT_STORY_SYNTHETIC));
  if (!page->story->has_switch)
    element(page, "p class=\"notice\"", words_of(page, TEXT_STORY_NO_SWITCH));
  raw(page->to, "<dl>\n");
  row(page, TEXT_STORY_MADE_AT, (struct str){at, sizeof at});
  row(page, TEXT_STORY_PROGRAMS, STR("cnis " CNIS_VERSION));
  row(page, TEXT_STORY_REGISTER, STR(DEMO_AUTHORITY ", " DEMO_ORIGIN));
  row(page, TEXT_STORY_POLICY, (struct str){page->story->version, sizeof page->story->version});
  raw(page->to, "</dl>\n");
}

static void contents(const struct page *page)
{
  element(page, "h2", words_of(page, TEXT_STORY_CONTENTS));
  raw(page->to, "<ol>\n");
  for (unsigned i = 0; i < STORY_SCENES; i++) {
    (void)fprintf(page->to, "<li><a href=\"#%s\">", story_scenes[i].id);
    text(page->to, words_of(page, story_scenes[i].title));
    raw(page->to, "</a> <span class=\"cite\">");
    text(page->to, story_citation(page->story, &story_scenes[i]));
    raw(page->to, "</span></li>\n");
  }
  raw(page->to, "</ol>\n");
}

static void how_to_check(const struct page *page)
{
  raw(page->to, "<section id=\"check\">\n");
  element(page, "h2", words_of(page, TEXT_STORY_CHECK));
  element(page, "p", words_of(page, TEXT_STORY_CHECK_HOW));
  element(page, "pre", STR("cnis-verify proof --key custodian.pub S-01.proof"));
  element(page, "p", words_of(page, TEXT_STORY_CHECK_KEY));
  element(page, "pre", page->story->custodian_pub);
  element(page, "p", words_of(page, TEXT_STORY_CHECK_AGAIN));
  raw(page->to, "</section>\n");
}

enum err story_page(struct story *story, FILE *to, const struct story_played (*played)[2])
{
  struct page page = {story, story->demo->cli, to};

  (void)fprintf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                page.cli->lang == LANG_CY ? "cy" : "en");
  raw(to, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  element(&page, "title", words_of(&page, TEXT_STORY_TITLE));
  (void)fprintf(to, "<style>%s</style>\n</head>\n<body>\n<main>\n", style);
  about(&page);
  contents(&page);
  for (unsigned i = 0; i < STORY_SCENES; i++)
    scene_write(&page, &story_scenes[i], played[i]);
  how_to_check(&page);
  raw(to, "</main>\n</body>\n</html>\n");
  return ferror(to) ? ERR_IO : OK;
}
