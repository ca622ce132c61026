/* SPDX-License-Identifier: MIT */
/* Other branches that point to commits that are rewritten. */
#ifndef PARE_HISTORY_BRANCHES_H
#define PARE_HISTORY_BRANCHES_H

#include "history/record.h"
#include "history/rewrite.h"
#include "repo/worktrees.h"

/* Do they follow? */
bool wants_branches(const struct pare_terms *terms, struct pare_repo *repo);

/*
 * Find them, those of one commit in git's order (names backwards), and say
 * which of them move.
 */
int branches_find(struct rewrite *rw, const struct pare_terms *terms,
		  const struct checked_out *all);

/*
 * The branches that move, each to what the map says of its commit; free(3)
 * *refs, which borrows the names.
 */
void branches_moved(struct moved_ref **refs, size_t *nr,
		    struct pare_rewrite *face);

void branches_release(struct pare_rewrite *face);

#endif
