/* The story's document: one HTML file with its style in it and nothing from elsewhere, so that it
 * reads and prints on any machine, for years. It shows what came; it must never show a sign-in, and
 * never put a text from an answer into it unescaped. */
#include <string.h>

#include "cli/say.h"
#include "cli/story.h"
#include "cli/version.h"
#include "crypto/text.h"

static const char style[] =
  ":root{color-scheme:light}*{box-sizing:border-box}"
  "body{font:1rem/1.5 'Source Sans 3','Noto Sans',Carlito,Arial,sans-serif;color:#16202a;"
  "background:#fff;max-width:78rem;margin:0 auto;padding:1.5rem}"
  "p{max-width:46rem}a{color:#0b5c63}"
  "h1{font-size:2rem;line-height:1.2;margin:0 0 1rem}"
  "h2{font-size:1.4rem;line-height:1.25;border-top:3px solid #0b5c63;padding-top:.8rem;"
  "margin:3rem 0 .6rem}"
  "h3{margin:0 0 .6rem}h4{margin:1.2rem 0 .2rem}h4+p{margin-top:.2rem}"
  "pre{background:#f3f5f6;border:1px solid #c9d1d6;padding:.6rem;margin:.3rem 0;"
  "white-space:pre-wrap;overflow-wrap:anywhere;font:.8rem/1.4 'DejaVu Sans Mono',monospace}"
  "ul{margin:.2rem 0;padding-left:1.2rem}"
  "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:700}"
  "dd{margin:0;overflow-wrap:anywhere;max-width:46rem}"
  ".two{display:grid;grid-template-columns:1fr 1fr;gap:1.6rem;margin-top:1.4rem}"
  ".two>div{border-left:6px solid #0b5c63;padding-left:.9rem;min-width:0}"
  ".two>.off{border-left:6px double #9b1c31}"
  ".outcome{border:1px solid #c9d1d6;background:#e6f2f3;padding:.6rem .9rem}"
  ".off .outcome{background:#fbeaed}"
  ".outcome h4{margin:0}.steps{border-left:2px dotted #6b7780;padding-left:.8rem;font-size:.92rem}"
  ".status{font-weight:700}.cite{font:.8rem/1.4 'DejaVu Sans Mono',monospace;font-weight:400;"
  "display:block}"
  ".notice{border:2px solid #9b1c31;padding:.6rem 1rem}"
  "table{border-collapse:collapse;width:100%}"
  "th,td{border-bottom:1px solid #c9d1d6;padding:.5rem .8rem .5rem 0;text-align:left;"
  "vertical-align:top;overflow-wrap:anywhere}thead th{border-bottom:2px solid #16202a}"
  "tbody th{width:26%}td{width:37%}td p{margin:0}"
  "@media (max-width:50rem){.two,dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}"
  "table,thead,tbody,tr,th,td{display:block;width:auto}thead{display:none}}"
  "@page{size:A4;margin:14mm}"
  "@media print{html{font-size:9.5pt}body{max-width:none;padding:0}"
  "p,dd{max-width:none}p{margin:.3rem 0}h2,h3,h4{break-after:avoid}h2{margin-top:1.5rem}"
  "pre{font-size:7pt;padding:.3rem}.two{gap:.8rem}"
  "tr,.outcome,.notice{break-inside:avoid}a{color:inherit}}";

/* ---- writing ---- */

static void raw(FILE *to, const char *markup)
{
  (void)fputs(markup, to); /* document_write asks the stream at the end */
}

static void text(FILE *to, struct str words)
{
  for (size_t i = 0; i < words.len; i++) {
    switch (words.ptr[i]) {
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
      (void)fputc(words.ptr[i], to);
    }
  }
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

/* ---- JSON ---- */

static bool opens(struct str line)
{
  return line.len > 0 && strchr("{[", line.ptr[line.len - 1]) != NULL;
}

static bool closes(struct str line)
{
  return line.len > 0 && strchr("}]", line.ptr[0]) != NULL;
}

/* Whether what has just been opened ends before anything else opens. */
static bool is_flat(struct str rest)
{
  struct str line;

  while (text_line(&line, &rest)) {
    if (closes(str_trim(line))) return true;
    if (opens(line)) return false;
  }
  return false;
}

/* What holds nothing that opens is put on one line, so that an answer prints on fewer pages. */
static void laid_out(FILE *to, struct str json)
{
  bool is_on_one = false;
  struct str line;

  while (text_line(&line, &json)) {
    text(to, is_on_one ? str_trim(line) : line);
    is_on_one = is_on_one ? !closes(str_trim(line)) : opens(line) && is_flat(json);
    raw(to, is_on_one ? " " : "\n");
  }
  text(to, json);
}

/* JSON is laid out for reading; nothing in it is changed. */
static void content(const struct page *page, struct str told)
{
  json_t *json = json_loadb(told.ptr, told.len, JSON_DECODE_ANY, NULL);
  size_t n = json_is_object(json) ? json_dumpb(json, NULL, 0, JSON_INDENT(2)) : 0;
  char *lines = n > 0 ? arena_take(page->cli->arena, n) : NULL;

  if (lines != NULL && json_dumpb(json, lines, n, JSON_INDENT(2)) == n)
    laid_out(page->to, (struct str){lines, n});
  else
    text(page->to, told);
  json_decref(json);
}

static void block(const struct page *page, struct str told)
{
  raw(page->to, "<pre>");
  content(page, told);
  raw(page->to, "</pre>\n");
}

/* ---- parts ---- */

static void heading(const struct page *page, enum text_id id)
{
  element(page, "h4", words_of(page, id));
}

static void list(const struct page *page, const struct story_lines *lines)
{
  raw(page->to, "<ul>\n");
  for (unsigned i = 0; i < lines->count; i++)
    element(page, "li", lines->line[i]);
  raw(page->to, "</ul>\n");
}

/* ---- what a scene rests on ---- */

static void rests_on(const struct page *page, const struct story_scene *scene)
{
  raw(page->to, "<dl>\n");
  row(page, TEXT_STORY_CITE, story_citation(page->story, scene));
  row(page, TEXT_STORY_RULE,
      scene->rule[0] == '\0' ? words_of(page, TEXT_STORY_RULE_START)
                             : story_rule(page->story, str_from(scene->rule)));
  row(page, TEXT_STORY_GUARD,
      scene->guard == GUARD_COUNT ? words_of(page, TEXT_STORY_NOT_SWITCHABLE)
                                  : str_from(guard_name(scene->guard)));
  raw(page->to, "</dl>\n");
}

/* ---- one side ---- */

static struct str role_of(const struct page *page, const struct demo_account_row *who)
{
  const struct policy *policy = page->story->policy;
  uint8_t word = policy_word(policy, POLICY_ROLE, str_from(who->role));

  return policy_word_text(policy, POLICY_ROLE, word, page->cli->lang);
}

/* A request, or a text that the person signed with their own key. */
static void asked(const struct page *page, const struct story_said *said)
{
  const struct demo_account_row *who = &demo_accounts[said->ask->who];
  bool is_request = said->status != 0;

  element(page, "p",
          SENTENCE(page->cli, is_request ? TEXT_STORY_ASKED : TEXT_STORY_SIGNS, str_from(who->name),
                   role_of(page, who)));
  (void)fprintf(page->to, "<pre>%s ", is_request ? said->ask->method : "cnis sign");
  text(page->to, said->path);
  raw(page->to, "\n");
  content(page, said->body);
  raw(page->to, "</pre>\n");
}

static void answer(const struct page *page, const char *name, const struct story_said *said)
{
  if (said->status != 0)
    element(page, name, SENTENCE(page->cli, TEXT_STORY_ANSWER, number(page->cli, said->status)));
  block(page, said->answer);
}

static void steps(const struct page *page, const struct story_played *played)
{
  if (played->said_count < 2) return;
  heading(page, TEXT_STORY_STEPS);
  raw(page->to, "<div class=\"steps\">\n");
  for (unsigned i = 0; i + 1 < played->said_count; i++) {
    asked(page, &played->said[i]);
    answer(page, "p", &played->said[i]);
  }
  raw(page->to, "</div>\n");
}

static void request(const struct page *page, const struct story_played *played)
{
  const struct story_said *said = &played->said[played->said_count - 1];
  struct story_lines rules;

  heading(page, TEXT_STORY_REQUEST);
  asked(page, said);
  heading(page, TEXT_STORY_RULE);
  story_rules(page->story, &rules, played);
  list(page, &rules);
  answer(page, "h4", said);
}

static void proof(const struct page *page, const struct story_played *played)
{
  heading(page, TEXT_STORY_PROOF);
  element(page, "p",
          SENTENCE(page->cli, TEXT_STORY_LOG_GREW,
                   number(page->cli, (int64_t)played->entries_before),
                   number(page->cli, (int64_t)played->entries_after)));
  if (played->proof.len == 0) return;
  element(page, "pre class=\"proof\"", played->proof);
  element(page, "p class=\"status\"", played->verdict);
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
  heading(page, done[scene->tamper]);
  element(page, "p class=\"status\"",
          words_of(page, played->is_started ? TEXT_STORY_STARTED : TEXT_STORY_START_REFUSED));
  block(page, played->start_said);
}

static void outcome(const struct page *page, const struct story_scene *scene,
                    const struct story_played *played)
{
  struct story_lines lines;

  story_outcome(page->story, &lines, scene, played);
  list(page, &lines);
}

static enum text_id side_name(const struct story_scene *scene, bool is_off)
{
  if (!is_off) return TEXT_STORY_WITH;
  return scene->instead == NULL ? TEXT_STORY_WITHOUT : TEXT_STORY_INSTEAD;
}

static void side(const struct page *page, const struct story_scene *scene,
                 const struct story_played *played, bool is_off)
{
  raw(page->to, is_off ? "<div class=\"off\">\n" : "<div>\n");
  element(page, "h3", words_of(page, side_name(scene, is_off)));
  if (played->is_made) {
    raw(page->to, "<div class=\"outcome\">\n");
    heading(page, TEXT_STORY_OUTCOME);
    outcome(page, scene, played);
    raw(page->to, "</div>\n");
    steps(page, played);
    request(page, played);
    proof(page, played);
    started(page, scene, played);
  } else {
    element(page, "p class=\"notice\"", words_of(page, TEXT_STORY_NOT_MADE));
  }
  raw(page->to, "</div>\n");
}

static struct str scene_name(const struct page *page, const struct story_scene *scene)
{
  struct str title = words_of(page, scene->title);

  return formatted(page->cli, "%s. %.*s", scene->id, (int)title.len, title.ptr);
}

static void scene_write(const struct page *page, const struct story_scene *scene,
                        const struct story_played played[2])
{
  (void)fprintf(page->to, "<section id=\"%s\">\n", scene->id);
  element(page, "h2", scene_name(page, scene));
  element(page, "p class=\"look\"", words_of(page, scene->look));
  rests_on(page, scene);
  raw(page->to, "<div class=\"two\">\n");
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
  element(page, "p", words_of(page, TEXT_STORY_LIMITS));
  if (!page->story->has_switch)
    element(page, "p class=\"notice\"", words_of(page, TEXT_STORY_NO_SWITCH));
  raw(page->to, "<dl>\n");
  row(page, TEXT_STORY_MADE_AT, (struct str){at, sizeof at});
  row(page, TEXT_STORY_PROGRAMS, STR("cnis " CNIS_VERSION));
  row(page, TEXT_STORY_REGISTER, STR(DEMO_AUTHORITY ", " DEMO_ORIGIN));
  row(page, TEXT_STORY_POLICY, (struct str){page->story->version, sizeof page->story->version});
  raw(page->to, "</dl>\n");
}

static void cell(const struct page *page, const struct story_scene *scene,
                 const struct story_played *played, bool is_off)
{
  raw(page->to, "<td>");
  if (is_off && scene->instead != NULL) element(page, "p", words_of(page, TEXT_STORY_INSTEAD));
  if (played->is_made)
    outcome(page, scene, played);
  else
    text(page->to, words_of(page, TEXT_STORY_NOT_MADE));
  raw(page->to, "</td>\n");
}

/* One line a scene: what a reader in a hurry needs. */
static void contents(const struct page *page, const struct story_played (*played)[2])
{
  static const enum text_id heads[] = {TEXT_STORY_SCENE, TEXT_STORY_WITH, TEXT_STORY_WITHOUT};

  element(page, "h2", words_of(page, TEXT_STORY_CONTENTS));
  element(page, "p",
          SENTENCE(page->cli, TEXT_STORY_CITING, story_citation(page->story, &story_scenes[0])));
  raw(page->to, "<table>\n<thead><tr>\n");
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
    element(page, "th scope=\"col\"", words_of(page, heads[i]));
  raw(page->to, "</tr></thead>\n<tbody>\n");
  for (unsigned i = 0; i < STORY_SCENES; i++) {
    (void)fprintf(page->to, "<tr><th scope=\"row\"><a href=\"#%s\">", story_scenes[i].id);
    text(page->to, scene_name(page, &story_scenes[i]));
    raw(page->to, "</a> <span class=\"cite\">");
    text(page->to, story_citation(page->story, &story_scenes[i]));
    raw(page->to, "</span></th>\n");
    cell(page, &story_scenes[i], &played[i][0], false);
    cell(page, &story_scenes[i], &played[i][1], true);
    raw(page->to, "</tr>\n");
  }
  raw(page->to, "</tbody>\n</table>\n");
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
  contents(&page, played);
  for (unsigned i = 0; i < STORY_SCENES; i++)
    scene_write(&page, &story_scenes[i], played[i]);
  how_to_check(&page);
  raw(to, "</main>\n</body>\n</html>\n");
  return ferror(to) ? ERR_IO : OK;
}
