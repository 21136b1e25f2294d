/* From a decision that refuses nothing as a whole to what leaves: it waits for people whom a rule
 * names, or for the custodian to compare the text in it, or its content is made at once. What is
 * made is kept under the record; nothing leaves from here (on_package.c). */
#ifndef REGISTER_RELEASING_H
#define REGISTER_RELEASING_H

#include "register/matter.h"

/* Adds the entries and puts the disclosure with its state. Where text has to be compared, the
 * answer written after this (told_answer) is given only when the custodian has spoken, and is then
 * the one of the release; where it does not speak in time, the disclosure stays in comparison, and
 * nothing has left. */
MUST_USE enum err releasing_settle(struct op *op, struct matter *matter, enum action action);

/* One that is still in comparison is taken up again, and the answer written after this is then the
 * one of the release. Does nothing to any other. As the operation's last step but its answer. */
MUST_USE enum err releasing_resume(struct op *op, struct matter *matter);

#endif
