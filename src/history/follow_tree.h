/* SPDX-License-Identifier: MIT */
/*
 * Index and work tree follow HEAD where its tree changes: by ourselves
 * (checkout/follow.h), and what that leaves to git by `git read-tree -m -u`.
 */
#ifndef PARE_HISTORY_FOLLOW_TREE_H
#define PARE_HISTORY_FOLLOW_TREE_H

#include "checkout/follow.h"
#include "repo/repo.h"

struct followed {
	struct pare_repo *repo;
	struct oid from, to; /* trees */
	struct follow *own;  /* NULL: nothing was done, or by git */
	bool by_git;
};

/*
 * Let them go from one commit to another, if their trees differ. Files that
 * must not change stay as they are; GIT_EUNCOMMITTED when another one must,
 * with nothing done. `how` outlives `out`.
 */
int follow_tree(struct followed *out, struct pare_repo *repo,
		const struct oid *from, const struct oid *to,
		const struct follow_options *how);

/*
 * After an error of that or of what came after it: back again, also where git
 * had gone there and was not heard. The error stays, and is returned.
 */
int follow_tree_back(struct followed *f, int error);

/* What was there before is not needed any more. */
void follow_tree_end(struct followed *f);

#endif
