/* SPDX-License-Identifier: MIT */
/*
 * The first checkout of a work tree that git made without one, by `git clone
 * --no-checkout` or `git worktree add --no-checkout`.
 *
 * Two steps: the selection is written down, then its files come, fetched at
 * once. Whatever stops the second, `git sparse reapply` does it again.
 */
#ifndef PARE_CLI_FIRST_CHECKOUT_H
#define PARE_CLI_FIRST_CHECKOUT_H

#include "cli/sparse_change.h"

struct first_checkout {
	const char *dir;  /* of the work tree, as one types it */
	bool as_it_is;    /* git has copied a selection: leave it */
	bool no_files;    /* leave it at the selection */
	bool is_named;    /* what to have: who named nothing is told the rest */
	/*
	 * What there is stays after a failure, and how to go on is said; with
	 * a profile that cannot be had the files in the root come. False: the
	 * caller takes the work tree away.
	 */
	bool stays;
};

/*
 * Forget what the environment says of another repository (GIT_DIR …): what
 * follows is about the one in the current directory.
 */
void first_checkout_clean_environment(void);

/*
 * In the work tree's root, with sc->args (directories) and sc->profile_names:
 * do it, tell, release; returns the exit code.
 */
int first_checkout_run(struct sparse_change *sc,
		       const struct first_checkout *fc);

#endif
