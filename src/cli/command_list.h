/* SPDX-License-Identifier: MIT */
/* All commands: dispatch, help, completion and the manual check read this. */
#ifndef PARE_CLI_COMMAND_LIST_H
#define PARE_CLI_COMMAND_LIST_H

#include "cli/command.h"

/* The programs: git-pare, and the links git-sparse, git-squash-last, … */
extern const struct command *const programs[];

#endif
