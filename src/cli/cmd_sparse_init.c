/* SPDX-License-Identifier: MIT */
/* git sparse init: begin with the files in the root (use set instead). */
#include "cli/command_list.h"
#include "cli/sparse_change.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_MODE_OPTIONS(sc),
	SPARSE_STRICT_OPTION(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv)
{
	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	sc.req.action = PARE_SPARSE_INIT;
	return sparse_change_run(&sc);
}

const struct command cmd_sparse_init = {
	.name = "sparse init",
	.summary = "begin with the files in the root (use set instead)",
	.synopsis = { "sparse init [<options>]" },
	.options = options,
	.run = run,
};
