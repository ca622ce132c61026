/* SPDX-License-Identifier: MIT */
/* git sparse undo: the selection before the last change, and its files. */
#include <stdlib.h>

#include "cli/command_list.h"
#include "cli/sparse_change.h"
#include "cli/sparse_report.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv)
{
	char *caller_state = NULL;
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	error = pare_sparse_undo(&sc.report, &caller_state, sc.repo, NULL,
				 sc.dry_run, sc.req.progress);
	free(caller_state);
	if (error >= 0)
		sc.exit_code = sparse_report_print(&sc);
	return sparse_change_end(&sc, error);
}

const struct command cmd_sparse_undo = {
	.name = "sparse undo",
	.summary = "go back to the selection before the last change",
	.synopsis = { "sparse undo [<options>]" },
	.options = options,
	.run = run,
};
