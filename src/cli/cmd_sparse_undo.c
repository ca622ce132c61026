/* SPDX-License-Identifier: MIT */
/* git sparse undo: the selection before the last change, and its files. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
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
	return 0;
}

/* Git's files change first; who is killed then has it done by the next. */
static int announce(void)
{
	struct pare_sparse_before before;
	struct pare_selection sel = PARE_SELECTION_INIT;
	int error = pare_sparse_before_read(&before, sc.repo);

	if (!error && before.caller_state)
		error = pare_selection_parse(&sel, before.caller_state,
					     strlen(before.caller_state));
	else
		sel.patterns = !before.cone;
	sc.announced = !error && before.enabled &&
		       (before.caller_state || sc.selection_before);
	if (sc.announced) {
		sel.lock_fd = sc.selection.lock_fd;
		pare_selection_announce(&sel, &before.dirs, sc.repo);
		sel.lock_fd = 0;
	}
	pare_selection_release(&sel);
	pare_sparse_before_release(&before);
	return error;
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	char *caller_state = NULL;
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	error = sparse_selection_lock(&sc);
	if (!error && !sc.dry_run)
		error = announce();
	if (!error) {
		sparse_selection_settings(&sc);
		error = pare_sparse_undo(&sc.report, &caller_state, sc.repo,
					 &sc.req);
	}
	if (!error || error == PARE_EHANDOVER) {
		int second = restore_selection(caller_state);

		error = second < 0 ? second : error;
	}
	if (!error)
		error = sparse_selection_finish(&sc);
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
