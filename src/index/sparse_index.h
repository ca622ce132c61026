/* SPDX-License-Identifier: MIT */
/*
 * Sparse directories: a whole tree outside of the cone as one entry of the
 * index, and the way there and back. Only the directories that a change
 * reaches are expanded, one level at a time, so the cost follows the change.
 *
 * What a sparse index needs for a new cone, then the change, then back:
 *
 *	index_expand(&edits, &tree, index, &ops);   ops.place: the new cone
 *	index_apply(&wider, index, &edits, &opts);  opts.tree = tree.buf
 *	… plan on `wider` and make edits as for any index …
 *	index_apply(&changed, wider, &edits, &opts);
 *	index_collapse(&edits, &tree, changed, &ops);
 *	index_write(changed, &edits, &lock, algo, &opts);  opts.sparse = true
 *
 * All of these are as large as the sparse index, not the repository. To leave
 * the sparse index for good, ops.place says INDEX_DIR_IN to everything and
 * the write gets opts.expand.
 */
#ifndef PARE_INDEX_SPARSE_INDEX_H
#define PARE_INDEX_SPARSE_INDEX_H

#include "base/hash.h"
#include "base/strbuf.h"
#include "index/edit.h"
#include "pare/index.h"

enum index_dir_place {
	INDEX_DIR_OUTSIDE, /* may be, or stay, one entry */
	INDEX_DIR_PARENT,  /* its own files are wanted */
	INDEX_DIR_IN,      /* all in it is wanted */
};

struct index_sparse_ops {
	/* Where is the directory (its name ends in a slash)? */
	enum index_dir_place (*place)(void *ctx, const char *dir, size_t len);
	/*
	 * Content of a tree object, for expansion; 0 or a negative code. The
	 * bytes are needed until the next call only.
	 */
	int (*read_tree)(void *ctx, const struct oid *oid, const void **data,
			 size_t *len);
	/* Write one, to collapse what TREE does not know; may be NULL. */
	int (*write_tree)(void *ctx, struct oid *out, const void *data,
			  size_t len);
	void *ctx;
};

/*
 * The edits that replace each sparse directory which is not OUTSIDE by what
 * its tree holds: entries with skip-worktree, and again sparse directories
 * where they are OUTSIDE. `tree` becomes the TREE extension that goes with
 * it; when it is empty give NULL to the write. A broken tree object is
 * GIT_EINVALID.
 */
int index_expand(struct index_edits *edits, struct strbuf *tree,
		 const struct pare_index *index,
		 const struct index_sparse_ops *ops);

/*
 * The edits that make one entry of each topmost directory which is OUTSIDE,
 * whose entries all are skipped, merged and no gitlinks, and whose tree the
 * TREE extension knows; with ops->write_tree those that it does not know are
 * made. Nothing is done while there are unmerged entries, as in git.
 */
int index_collapse(struct index_edits *edits, struct strbuf *tree,
		   const struct pare_index *index,
		   const struct index_sparse_ops *ops);

#endif
