/* SPDX-License-Identifier: MIT */
/* What `git merge-tree` merges for us, and when that has to be. */
#ifndef PARE_HISTORY_MERGE_BY_GIT_H
#define PARE_HISTORY_MERGE_BY_GIT_H

#include "history/tree_merge.h"

/*
 * Does anything outside the trees (configuration, the attribute files of the
 * user, the system and the repository) say how contents are merged?
 */
bool merge_is_configured(struct pare_repo *repo);

/* 1: this .gitattributes may say so; 0: it does not; negative on error. */
int merge_attributes_matter(struct tree_merge *m, const struct oid *oid);

/*
 * Merge as tree_merge does, with the attributes of our side that are listed in
 * `m`, as they would lie in the work tree. Where git cannot, the path that was
 * not decided is the one in conflict.
 */
int merge_by_git(struct oid *out, struct strvec *conflicts,
		 struct tree_merge *m, const struct oid *base,
		 const struct oid *ours, const struct oid *theirs);

#endif
