/* SPDX-License-Identifier: MIT */
/*
 * Three-way merge of trees: git's own result or none. Only what differs is
 * read. What only git can decide (renames, merge drivers, hunks close to each
 * other) goes to `git merge-tree`; where the git at hand has it not, it is a
 * conflict.
 *
 *	struct tree_merge merge;
 *
 *	if ((error = tree_merge_init(&merge, repo)) < 0)
 *		…
 *	result = tree_merge(&tree, &paths, &merge, &base, &ours, &theirs);
 *	tree_merge_release(&merge);
 */
#ifndef PARE_HISTORY_TREE_MERGE_H
#define PARE_HISTORY_TREE_MERGE_H

#include "base/strvec.h"
#include "repo/odb.h"
#include "repo/repo.h"

struct tree_merge {
	struct pare_repo *repo;
	struct odb *odb;
	bool text_by_git; /* every merge of contents is git's to do */
	size_t by_git;    /* so many merges went to git */
	char *scratch;    /* an empty work tree for git, made when needed */
	/* Of the merge that is under way: */
	struct tree_merge_attributes {
		char *path;
		struct oid oid;
	} *attributes;    /* our .gitattributes in the directories read */
	size_t nr_attributes, alloc_attributes;
	struct strbuf undecided; /* the first path that is git's to decide */
};

int tree_merge_init(struct tree_merge *m, struct pare_repo *repo);
void tree_merge_release(struct tree_merge *m);

/*
 * Merge what `theirs` changed since `base` into `ours`. 0 with the new tree,
 * 1 with the paths in conflict appended, negative on error.
 */
int tree_merge(struct oid *out, struct strvec *conflicts, struct tree_merge *m,
	       const struct oid *base, const struct oid *ours,
	       const struct oid *theirs);

/* The tree without entries, which git knows without having it. */
void empty_tree_oid(struct oid *out, const struct hash_algo *algo);

#endif
