/* SPDX-License-Identifier: MIT */
/* git sparse: the subcommands and their order in the help. */
#include "cli/command_list.h"

static const struct command *const subcommands[] = {
	&cmd_sparse_clone,
	&cmd_sparse_worktree,
	&cmd_sparse_list,
	&cmd_sparse_set,
	&cmd_sparse_add,
	&cmd_sparse_remove,
	&cmd_sparse_reapply,
	&cmd_sparse_disable,
	&cmd_sparse_init,
	&cmd_sparse_check_rules,
	&cmd_sparse_clean,
	&cmd_sparse_status,
	&cmd_sparse_sync,
	&cmd_sparse_undo,
	&cmd_sparse_profiles,
	&cmd_sparse_show,
	&cmd_sparse_why,
	&cmd_sparse_edit,
	&cmd_sparse_save,
	&cmd_sparse_lint,
	&cmd_sparse_doctor,
	NULL,
};

const struct command cmd_sparse = {
	.name = "sparse",
	.summary = "bring directories into the work tree and out of it",
	.synopsis = { "sparse <command> [<options>]" },
	.subcommands = subcommands,
	.run = command_dispatch,
};
