/* SPDX-License-Identifier: MIT */
/* What else is going on in a repository, and forbids a rewrite. */
#ifndef PARE_HISTORY_OBSTACLES_H
#define PARE_HISTORY_OBSTACLES_H

#include "history/range.h"

/* A rebase or the like in progress, unmerged paths, grafts. */
int check_obstacles(struct pare_repo *repo);

/*
 * Commits of the range that refs/replace/ shows as others; with `any` object
 * that is replaced, for rewrites that look at contents.
 */
int check_replaced(const struct range *range, struct pare_repo *repo,
		   bool any);

#endif
