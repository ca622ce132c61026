/* SPDX-License-Identifier: MIT */
/* git sparse disable: have the whole work tree again. */
#include "cli/command_list.h"
#include "cli/sparse_change.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_STRICT_OPTION(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv)
{
	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	sc.req.action = PARE_SPARSE_DISABLE;
	return sparse_change_run(&sc);
}

const struct command cmd_sparse_disable = {
	.name = "sparse disable",
	.summary = "have the whole work tree again",
	.synopsis = { "sparse disable [<options>]" },
	.options = options,
	.run = run,
};
