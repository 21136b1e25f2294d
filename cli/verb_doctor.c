/* cnis doctor: looks at what a register stands on, and says plainly what is missing. It changes
 * nothing and opens no record. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/file.h"
#include "cli/place.h"
#include "cli/say.h"
#include "custodian/client.h"

#define ROOM_BYTES (UINT64_C(1) << 30)
#define LOCKED_BYTES (UINT64_C(8) << 20)
#define CUSTODIAN_PATIENCE_US UINT64_C(2000000)

enum finding { FOUND_RIGHT, FOUND_WRONG, FOUND_NOT_SHOWN };
enum needed { SERVICE, LIVE };

static bool is_private_of_mine(const char *path)
{
  struct stat found;

  return lstat(path, &found) == 0 && found.st_uid == geteuid() && (found.st_mode & 077) == 0;
}

static enum finding folders_are_private(struct cli *cli, const struct place *place)
{
  (void)cli;
  return is_private_of_mine(place->register_dir) && is_private_of_mine(place->root_dir)
           ? FOUND_RIGHT
           : FOUND_WRONG;
}

static enum finding root_is_private(struct cli *cli, const struct place *place)
{
  const char *path = path_join(cli, place->root_dir, "root.key");

  return path != NULL && is_private_of_mine(path) ? FOUND_RIGHT : FOUND_WRONG;
}

static enum finding custodian_answers(struct cli *cli, const struct place *place)
{
  OWNED(custodian_free) struct custodian *custodian = NULL;
  struct custodian_public told;
  struct trail trail = {0};

  if (custodian_new(&custodian, place->custodian_socket, CUSTODIAN_PATIENCE_US, &cli->outside) !=
      OK)
    return FOUND_WRONG;
  return custodian_public(custodian, &told, &trail) == OK ? FOUND_RIGHT : FOUND_WRONG;
}

static enum finding disk_has_room(struct cli *cli, const struct place *place)
{
  struct statvfs disk;

  (void)cli;
  if (statvfs(place->register_dir, &disk) != 0) return FOUND_WRONG;
  return (uint64_t)disk.f_bavail * disk.f_frsize >= ROOM_BYTES ? FOUND_RIGHT : FOUND_WRONG;
}

static enum finding memory_can_be_locked(struct cli *cli, const struct place *place)
{
  struct rlimit limit;

  (void)cli;
  (void)place;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return FOUND_WRONG;
  return limit.rlim_cur >= LOCKED_BYTES ? FOUND_RIGHT : FOUND_WRONG;
}

static enum finding processes_separated(struct cli *cli, const struct place *place)
{
  (void)cli;
  return place_is_separated(place) ? FOUND_RIGHT : FOUND_WRONG;
}

/* The first line of /proc/swaps is a heading. */
static enum finding swap_is_off(struct cli *cli, const struct place *place)
{
  struct str text;

  (void)place;
  if (file_read(cli, &text, "/proc/swaps", 65536) != OK) return FOUND_NOT_SHOWN;
  const char *end = memchr(text.ptr, '\n', text.len);
  return end == NULL || end + 1 == text.ptr + text.len ? FOUND_RIGHT : FOUND_WRONG;
}

static enum finding not_shown(struct cli *cli, const struct place *place)
{
  (void)cli;
  (void)place;
  return FOUND_NOT_SHOWN;
}

struct doctor_row {
  const char *name;
  enum finding (*look)(struct cli *cli, const struct place *place);
  enum needed needed;
  enum text_id says, to_do;
};
static const struct doctor_row rows[] = {
#define D(id, look, needed) {#id, look, needed, TEXT_DOCTOR_##id, TEXT_DOCTOR_##id##_DO},
#include "cli/doctor.def"
#undef D
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static const char *finding_name(enum finding finding)
{
  switch (finding) {
  case FOUND_RIGHT:
    return "right";
  case FOUND_WRONG:
    return "wrong";
  case FOUND_NOT_SHOWN:
    return "not shown";
  }
  return "";
}

static void row_say(struct cli *cli, const struct doctor_row *row, enum finding finding)
{
  struct str says = text_get(row->says, cli->lang), to_do = text_get(row->to_do, cli->lang);

  if (finding == FOUND_RIGHT)
    SAY(cli, TEXT_DOCTOR_RIGHT, says);
  else
    SAY(cli, finding == FOUND_WRONG ? TEXT_DOCTOR_WRONG : TEXT_DOCTOR_NOT_SHOWN, says, to_do);
}

static void row_json(struct cli *cli, struct json *json, const struct doctor_row *row,
                     enum finding finding)
{
  json_object_start(json);
  JSON_KEY(json, "check");
  json_str(json, str_from(row->name));
  JSON_KEY(json, "needed_for");
  json_str(json, row->needed == LIVE ? STR("live") : STR("service"));
  JSON_KEY(json, "found");
  json_str(json, str_from(finding_name(finding)));
  JSON_KEY(json, "says");
  json_str(json, text_get(row->says, cli->lang));
  if (finding != FOUND_RIGHT) {
    JSON_KEY(json, "to_do");
    json_str(json, text_get(row->to_do, cli->lang));
  }
  json_object_end(json);
}

/* Every row, or only those that real data needs; true when each that the service needs is right. */
static bool rows_look(struct cli *cli, struct json *json, const struct place *place)
{
  bool is_well = true;

  for (size_t i = 0; i < ROW_COUNT; i++) {
    enum finding finding = rows[i].look(cli, place);

    if (rows[i].needed == SERVICE && finding != FOUND_RIGHT) is_well = false;
    if (cli->json)
      row_json(cli, json, &rows[i], finding);
    else
      row_say(cli, &rows[i], finding);
  }
  return is_well;
}

static enum exit_code doctor_say(struct cli *cli, bool for_live)
{
  struct settings settings;
  struct place place;
  struct json json;
  enum err err = settings_read(cli, &settings, cli->value[OPTION_DIR]);

  if (err == OK) err = place_of(cli, &place, &settings);
  if (err != OK) return complain(cli, err);
  json_start(&json, cli->arena, 4096);
  json_object_start(&json);
  JSON_KEY(&json, "checks");
  json_array_start(&json);
  bool is_well = rows_look(cli, &json, &place);
  json_array_end(&json);
  JSON_KEY(&json, "live");
  json_bool(&json, false);
  json_object_end(&json);
  enum exit_code code = for_live ? EXIT_REFUSED : is_well ? EXIT_FINE : EXIT_NOT_ALL;
  if (cli->json) return say_json(cli, &json, code);
  say(cli, for_live ? TEXT_DOCTOR_LIVE_REFUSED : TEXT_DOCTOR_SYNTHETIC_ONLY);
  return code;
}

enum exit_code doctor_refuse_live(struct cli *cli)
{
  return doctor_say(cli, true);
}

enum exit_code verb_doctor(struct cli *cli)
{
  return doctor_say(cli, false);
}
