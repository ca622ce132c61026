/* SPDX-License-Identifier: MIT */
/*
 * What the commands that change the selection share: options, the request,
 * handing over to git, and telling what was done.
 *
 *	static struct sparse_change sc = SPARSE_CHANGE_INIT;
 *	static const struct option options[] = {
 *		SPARSE_CHANGE_OPTIONS(sc),
 *		OPT_END,
 *	};
 *
 *	if (!sparse_change_begin(&sc, cmd, argc, argv))
 *		return sc.exit_code;
 *	sc.req.action = PARE_SPARSE_ADD;
 *	if (sparse_change_take_args(&sc) < 0)
 *		return sparse_change_end(&sc, error);
 *	return sparse_change_run(&sc);
 */
#ifndef PARE_CLI_SPARSE_CHANGE_H
#define PARE_CLI_SPARSE_CHANGE_H

#include <jansson.h>

#include "cli/command.h"
#include "cli/output.h"
#include "pare/profile.h"
#include "pare/sparse.h"

/* In the environment of what runs while the selection is being changed. */
#define SPARSE_CHANGING "PARE_CHANGING"

struct sparse_change {
	/* Options. */
	bool dry_run, json, quiet, from_stdin, skip_checks, strict;
	int verbose, progress, cone, sparse_index;
	struct strvec profile_names;
	bool anyway;

	const struct command *cmd;
	struct strvec args;
	struct pare_repo *repo;
	struct pare_sparse_request req;
	struct pare_sparse_report report;
	/* Filled by sparse_selection_begin, see there. */
	struct pare_selection selection;
	struct pare_profiles *profiles;
	struct pare_kept kept;
	struct strvec new_dirs; /* the words as directories */
	char *selection_before;
	bool selection_changes, announced;
	json_t *more; /* keys of the command's own, for --json; or NULL */
	int exit_code;
};

#define SPARSE_CHANGE_INIT                                                    \
	{ .progress = -1, .cone = -1, .sparse_index = -1,                     \
	  .args = STRVEC_INIT, .req = PARE_SPARSE_REQUEST_INIT,               \
	  .profile_names = STRVEC_INIT, .selection = PARE_SELECTION_INIT,     \
	  .kept = PARE_KEPT_INIT, .new_dirs = STRVEC_INIT }

/* clang-format off */
#define SPARSE_CHANGE_OPTIONS(sc)                                             \
	OPT_BOOL('n', "dry-run", &(sc).dry_run,                               \
		 "say what would be done, change nothing"),                   \
	OPT_JSON((sc).json),                                                  \
	OPT_BOOL('q', "quiet", &(sc).quiet, "say only what is wrong"),        \
	OPT_COUNT('v', "verbose", &(sc).verbose, "say what was done"),        \
	OPT_TRISTATE(0, "progress", &(sc).progress, "show how far it is")

#define SPARSE_STRICT_OPTION(sc)                                              \
	OPT_BOOL(0, "strict", &(sc).strict, "exit with 1 if anything is kept")

#define SPARSE_MODE_OPTIONS(sc)                                               \
	OPT_TRISTATE(0, "cone", &(sc).cone,                                   \
		     "directories (cone mode), or patterns"),                 \
	OPT_TRISTATE(0, "sparse-index", &(sc).sparse_index,                   \
		     "keep directories outside as one index entry")

#define SPARSE_PROFILE_OPTION(sc, text)                                       \
	OPT_LIST(0, "profile", &(sc).profile_names, "<profile>", text)

#define SPARSE_DIR_OPTIONS(sc)                                                \
	OPT_BOOL(0, "skip-checks", &(sc).skip_checks,                         \
		 "take names that look like files or patterns"),              \
	OPT_BOOL(0, "stdin", &(sc).from_stdin,                                \
		 "read directories from stdin, one a line"),                  \
	OPT_BOOL(0, "strict", &(sc).strict,                                   \
		 "refuse unknown directories, 1 if anything is kept")
/* clang-format on */

/* Parse and open the repository; false: return sc->exit_code. */
bool sparse_change_begin(struct sparse_change *sc, const struct command *cmd,
			 int argc, const char **argv);

/* The second half of that; sparse_change_end also after an error. */
int sparse_change_open(struct sparse_change *sc);

/* Have git do what PARE_EHANDOVER was answered for; returns the exit code. */
int sparse_change_hand_over(struct sparse_change *sc);

/* Will the arguments be directories, not patterns? */
bool sparse_change_takes_cone(const struct sparse_change *sc);

/* The words, or the lines of stdin, to sc->req.dirs. */
int sparse_change_take_args(struct sparse_change *sc);

/* Do it, tell, release; returns the exit code. */
int sparse_change_run(struct sparse_change *sc);

/* Tell what pare_sparse_change or _undo answered, release. */
int sparse_change_end(struct sparse_change *sc, int error);

/* Words that the command does not take: git's usage error. */
bool sparse_change_no_args(struct sparse_change *sc);

#endif
