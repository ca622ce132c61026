/* SPDX-License-Identifier: MIT */
/* The programs, in the order of the help; each has a file of its own. */
#include "cli/command_list.h"

const struct command *const programs[] = {
	&cmd_sparse,
	&cmd_squash_last,
	&cmd_reword,
	&cmd_complete,
	NULL,
};
