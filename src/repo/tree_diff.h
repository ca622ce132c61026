/* SPDX-License-Identifier: MIT */
/* Where two trees differ, without reading what is equal in both. */
#ifndef PARE_REPO_TREE_DIFF_H
#define PARE_REPO_TREE_DIFF_H

#include "repo/tree.h"

/*
 * A name on which they differ, `path` from the root; the side that does not
 * have it is NULL. A directory, whose path ends in a slash, comes before what
 * is in it: the answer 0 goes into it, 1 passes it over. A negative code stops
 * with it. A file and a directory of one name are two names.
 */
typedef int (*tree_diff_fn)(const char *path, size_t len,
			    const struct tree_entry *from,
			    const struct tree_entry *to, void *ctx);

/*
 * Call `fn` for each, in the order of the index. GIT_EINVALID for a tree that
 * is broken, not in order, or too deep.
 */
int tree_diff(struct odb *odb, const struct hash_algo *algo,
	      const struct oid *from, const struct oid *to, tree_diff_fn fn,
	      void *ctx);

#endif
