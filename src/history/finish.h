/* SPDX-License-Identifier: MIT */
/* The end of every rewrite: refs, undo record, hooks, and the work tree. */
#ifndef PARE_HISTORY_FINISH_H
#define PARE_HISTORY_FINISH_H

#include "checkout/follow.h"
#include "history/record.h"

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
		   const struct follow_options *how);

#endif
