/* SPDX-License-Identifier: MIT */
/* The end of every rewrite: refs, undo record, hooks, and the work tree. */
#ifndef PARE_HISTORY_FINISH_H
#define PARE_HISTORY_FINISH_H

#include "history/record.h"
#include "pare/progress.h"

/*
 * Move HEAD's branch from face->tip to face->new_tip, and `refs`, others, with
 * it, and the notes that notes.rewriteRef names, all or none, with `what` for
 * the reflogs; then run post-rewrite with face->map.
 * When the tree of HEAD changes, index and work tree follow, under the locks
 * of the refs: GIT_EUNCOMMITTED, and nothing moves, when a file that must
 * change has changes of its own.
 */
int rewrite_finish(struct pare_rewrite *face, const char *what,
		   const struct moved_ref *refs, size_t nr,
		   const struct pare_progress *progress);

/*
 * Let index and work tree go from one commit to another, if their trees
 * differ. Files that must not change stay as they are; GIT_EUNCOMMITTED
 * when another one must, with nothing done. `progress` may be NULL.
 */
int follow_tree(struct pare_repo *repo, const struct oid *from,
		const struct oid *to, const struct pare_progress *progress);

/*
 * After an error of that or of what came after it: back again, also where git
 * had gone there and was not heard. The error stays, and is returned.
 */
int follow_tree_back(struct pare_repo *repo, const struct oid *from,
		     const struct oid *to, int error);

#endif
