/* SPDX-License-Identifier: MIT */
/* git sparse undo: the selection before the last change, and its files. */
#include <stdlib.h>
#include <string.h>

#include "cli/command_list.h"
#include "cli/sparse_change.h"
#include "cli/sparse_report.h"
#include "cli/sparse_selection.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	SPARSE_STRICT_OPTION(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

/* The selection as it was recorded; one of no profile is no text. */
static int restore_selection(const char *text)
{
	struct pare_selection before;
	int fd = sc.selection.lock_fd, error;

	error = pare_selection_parse(&before, text ? text : "",
				     text ? strlen(text) : 0);
	if (error < 0)
		return error;
	sc.selection.lock_fd = 0;
	pare_selection_release(&sc.selection);
	sc.selection = before;
	sc.selection.lock_fd = fd;
	sc.selection_changes = text || sc.selection_before;
	return sparse_selection_finish(&sc);
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	char *caller_state = NULL;
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	error = sparse_selection_lock(&sc);
	if (!error) {
		sparse_selection_settings(&sc);
		error = pare_sparse_undo(&sc.report, &caller_state, sc.repo,
					 &sc.req);
	}
	if (!error)
		error = restore_selection(caller_state);
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
