/* SPDX-License-Identifier: MIT */
/* git sparse reapply: make the work tree follow the pattern file. */
#include "base/fs.h"
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
	sc.req.action = PARE_SPARSE_REAPPLY;
	/* A clone that was cut off has no index yet. */
	sc.req.is_first = !fs_exists(pare_repo_index_path(sc.repo));
	return sparse_change_run(&sc);
}

const struct command cmd_sparse_reapply = {
	.name = "sparse reapply",
	.summary = "make the work tree follow the pattern file",
	.synopsis = { "sparse reapply [<options>]" },
	.options = options,
	.run = run,
};
