/* `cnis demo --story`: a document that shows each safeguard at work and the same call without it.
 * Every request in it was made and every answer came, from programs of this build running on a copy
 * of the demonstration; nothing is written by hand but the scenes' titles and requests. */
#ifndef CLI_STORY_H
#define CLI_STORY_H

#include "base/guard.h"
#include "cli/demo.h"
#include "crypto/key.h"
#include "policy/policy.h"

#define STORY_ASKS 8 /* of one scene, at most */

/* What is done to the files of a register while nothing runs. */
enum story_tamper {
  STORY_NOTHING,
  STORY_RECORD_BYTE, /* one byte of one record */
  STORY_LOG_BYTE,    /* one byte of the entry that was just proven */
  STORY_PUT_BACK,    /* records, keys and log as they were before the scene */
};

enum story_scene_name {
#define SCENE(name, id, guard, tamper, rule, instead) STORY_SCENE_##name,
#include "cli/story_scenes.def"
  STORY_SCENES
};

struct story_ask {
  enum story_scene_name scene;
  enum demo_account who;
  const char *method, *path, *body, *keep;
};
struct story_scene {
  const char *id;
  enum guard guard; /* GUARD_COUNT: no switch */
  enum story_tamper tamper;
  const char *rule;
  const char *instead; /* body of the last request in the second column; NULL: the same */
  enum text_id title, look;
};
extern const struct story_scene story_scenes[STORY_SCENES];
extern const struct story_ask story_asks[]; /* a scene's own in order */
extern const unsigned story_ask_count;

/* One request as it was made, and its answer. */
struct story_said {
  const struct story_ask *ask;
  struct str path, body;
  int status; /* 0: no request; a text that was signed, or nothing */
  struct str answer;
};
/* What became of a scene, with its safeguard or without. */
struct story_played {
  bool is_made; /* false: there is no program that could play it */
  struct story_said said[STORY_ASKS];
  unsigned said_count;
  uint64_t entries_before, entries_after; /* of the log, around the last request */
  bool is_alone;                          /* only the request wrote into it in between */
  struct str proof, verdict;              /* empty: no entry */
  bool is_started;                        /* after the files were touched */
  struct str start_said;
};

struct story {
  struct demo *demo;
  struct policy *policy;
  char version[2 * POLICY_VERSION_BYTES];
  const char *work; /* a folder below DIR for the copies */
  struct str custodian_pub;
  bool has_switch; /* the guarded programs stand beside this one */
};

/* Plays one scene on a fresh copy; `is_off`: without its guard (story_play.c). */
MUST_USE enum err story_play(struct story *story, struct story_played *ret_played,
                             const struct story_scene *scene, bool is_off);
/* Does it to the copy, with `original` at hand; `proof` is the one of the entry (story_touch.c). */
MUST_USE enum err story_touch(struct cli *cli, enum story_tamper tamper, const struct place *copy,
                              const struct place *original, struct str proof);
/* "S-01-" and eight hexadecimal digits that follow from scene, policy and register: the same build
 * and the same kind of register give the same. */
struct str story_citation(const struct story *story, const struct story_scene *scene);
/* Whether there is a second column of this scene. */
bool story_has_second(const struct story *story, const struct story_scene *scene);

/* Sentences that follow from an answer (story_outcome.c). */
#define STORY_LINES 12
struct story_lines {
  struct str line[STORY_LINES];
  unsigned count;
};
/* What came of a scene: what was given, withheld or refused, or how the start went. */
void story_outcome(const struct story *story, struct story_lines *ret_lines,
                   const struct story_scene *scene, const struct story_played *played);
/* The rules that its last answer names, each with its sentence, or that it names none. */
void story_rules(const struct story *story, struct story_lines *ret_lines,
                 const struct story_played *played);
/* "F-05: This could show where a person is." */
struct str story_rule(const struct story *story, struct str id);

/* Writes the document; [0] of each pair is with the safeguard, [1] without (story_page.c). */
MUST_USE enum err story_page(struct story *story, FILE *to, const struct story_played (*played)[2]);
/* Plays all and writes the file (story.c). The demonstration is made, and nothing of it runs. */
MUST_USE enum err story_write(struct demo *demo, const char **ret_path);
/* Where it will be written; ERR_CONFLICT: something is there. */
MUST_USE enum err story_place(struct cli *cli, const char **ret_path);

#endif
