/* Whether a register stands on safe ground (doctor.def). */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/verb.h"

/* Says which of the rows for real data are not shown, and refuses. */
enum exit_code doctor_refuse_live(struct cli *cli);

#endif
