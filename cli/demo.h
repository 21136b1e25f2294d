/* The demonstration: a synthetic authority, filled through the same operations as any other. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <sys/types.h>

#include "cli/call.h"
#include "cli/demo_sheet.h"

#define DEMO_AUTHORITY "Sir Enghraifft"
#define DEMO_CODE "672"
#define DEMO_REGIME "illustration-2026-09"
#define DEMO_ORIGIN "sir-enghraifft.example/audit/1"
#define DEMO_ADMINISTRATOR "administrator"
#define DEMO_SEED 672
#define DEMO_PASSWORD_MAX 32

enum demo_account {
#define A(id, user, name, role, says) DEMO_##id,
#include "cli/demo_accounts.def"
#undef A
  DEMO_ACCOUNTS
};
struct demo_account_row {
  const char *user, *name, *role;
  enum text_id says;
};
extern const struct demo_account_row demo_accounts[DEMO_ACCOUNTS];

/* Ids that the demonstration points at; 32 hexadecimal digits each. */
enum demo_id {
  DEMO_ID_ASSIGNED,  /* a child of officer.a's, and of the support, attendance and ALN officers' */
  DEMO_ID_HIDDEN,    /* a child whom only the circle can see */
  DEMO_ID_RECIPIENT, /* another authority's officer; empty without age-keygen */
  DEMO_IDS
};

struct demo {
  struct cli *cli;
  struct settings settings;
  struct place place;
  pid_t custodian;
  struct service *service;
  struct str first_password; /* what the administrator sets, while it is made */
  struct str password;       /* of every account, once its holder has chosen it */
  struct str id[DEMO_IDS];
  struct str child_name;             /* of DEMO_ID_ASSIGNED, to search by */
  struct str account[DEMO_ACCOUNTS]; /* their ids, while the demonstration is made */
  struct str token[DEMO_ACCOUNTS];   /* empty: not signed in */
};

/* Fills a register that holds nobody but its administrator (demo_fill.c). */
MUST_USE enum err demo_fill(struct demo *demo);
/* What a later start needs to know: password, ids, name; in DIR/people. */
MUST_USE enum err demo_keep(struct demo *demo);
MUST_USE enum err demo_recall(struct demo *demo);
/* Signs in as one of the accounts, once. */
MUST_USE enum err demo_sign_in(struct demo *demo, enum demo_account account);
/* What the demonstration says when it is ready (demo_say.c). */
enum exit_code demo_say(struct demo *demo);

/* {"purposes": [...], "basis": ..., "necessity": ...} as members of an object that is begun. */
void demo_ask(struct json *json, const char *purpose);

#endif
