/* SPDX-License-Identifier: MIT */
/* git sparse set: have these directories in the work tree, no others. */
#include "cli/command_list.h"
#include "cli/sparse_change.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_MODE_OPTIONS(sc),
	SPARSE_PROFILE_OPTION(sc, "have the directories of this profile"),
	SPARSE_DIR_OPTIONS(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv)
{
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv))
		return sc.exit_code;
	sc.req.action = PARE_SPARSE_SET;
	if ((error = sparse_change_take_args(&sc)) < 0)
		return sparse_change_end(&sc, error);
	return sparse_change_run(&sc);
}

const struct command cmd_sparse_set = {
	.name = "sparse set",
	.summary = "have these directories in the work tree, no others",
	.synopsis = { "sparse set [<options>] [<dir>...]",
		      "sparse set [<options>] --stdin" },
	.options = options,
	.run = run,
};
