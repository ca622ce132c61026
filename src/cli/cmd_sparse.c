/* SPDX-License-Identifier: MIT */
/* git sparse: the subcommands and their order in the help. */
#include "cli/command_list.h"

static const struct command *const subcommands[] = {
	NULL,
};

const struct command cmd_sparse = {
	.name = "sparse",
	.summary = "bring directories into the work tree and out of it",
	.synopsis = { "sparse <command> [<options>]" },
	.subcommands = subcommands,
	.run = command_dispatch,
};
