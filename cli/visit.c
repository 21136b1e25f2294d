/* What most verbs begin and end with. */
#include "cli/visit.h"

void visit_end(struct visit *visit)
{
  if (visit->service != NULL) sign_out(visit->cli, visit->service, &visit->signed_in);
  service_stop(&visit->service);
}

enum err visit_reach(struct visit *visit)
{
  struct cli *cli = visit->cli;

  TRY(settings_read(cli, &visit->settings, cli->value[OPTION_DIR]));
  TRY(place_of(cli, &visit->place, &visit->settings));
  return service_reach(&visit->service, cli, &visit->place, &visit->settings);
}

enum err visit_begin(struct visit *visit)
{
  TRY(visit_reach(visit));
  return sign_in(visit->cli, &visit->signed_in, visit->service);
}
