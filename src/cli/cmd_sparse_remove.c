/* SPDX-License-Identifier: MIT */
/* git sparse remove: take directories out of the work tree. */
#include "cli/command_list.h"
#include "cli/sparse_change.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_PROFILE_OPTION(sc, "deactivate this profile"),
	OPT_BOOL(0, "anyway", &sc.anyway,
		 "take out what an active profile wants, too"),
	SPARSE_DIR_OPTIONS(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv)
{
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv))
		return sc.exit_code;
	sc.req.action = PARE_SPARSE_REMOVE;
	if ((error = sparse_change_take_args(&sc)) < 0)
		return sparse_change_end(&sc, error);
	return sparse_change_run(&sc);
}

const struct command cmd_sparse_remove = {
	.name = "sparse remove",
	.summary = "take directories out of the work tree",
	.synopsis = { "sparse remove [<options>] [<dir>...]",
		      "sparse remove [<options>] --stdin" },
	.options = options,
	.run = run,
};
