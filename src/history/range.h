/* SPDX-License-Identifier: MIT */
/* Which commits a rewrite is about, and whether it may be. */
#ifndef PARE_HISTORY_RANGE_H
#define PARE_HISTORY_RANGE_H

#include "pare/history.h"
#include "repo/commit.h"

/* Commits along the first parents, oldest first. */
struct range {
	struct commit *commit;
	size_t nr, alloc;
};

/* HEAD's branch and commit, no operation in progress; fills `rw`. */
int range_start(struct pare_rewrite *rw, struct pare_repo *repo);

int range_for_fold(struct range *out, struct pare_rewrite *rw,
		   const struct pare_fold_request *req);
/* One commit is enough, and it may be a merge. */
int range_for_plan(struct range *out, struct pare_rewrite *rw,
		   const struct pare_fold_request *req);
/* `rev`, then all between it and HEAD, parents before children. */
int range_for_reword(struct range *out, struct pare_rewrite *rw,
		     const char *rev);
void range_release(struct range *range);

#endif
