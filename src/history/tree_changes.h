/* SPDX-License-Identifier: MIT */
/* Where three versions of one directory differ. */
#ifndef PARE_HISTORY_TREE_CHANGES_H
#define PARE_HISTORY_TREE_CHANGES_H

#include "repo/tree.h"

enum { BASE, OURS, THEIRS, NR_SIDES };

/* One name of one kind (file or directory) on which the sides differ. */
struct tree_change {
	struct tree_entry side[NR_SIDES]; /* `raw` is NULL: not there */
	const char *at; /* where it is or would be in our tree's bytes */
	bool keep;      /* the result has it, so: */
	uint32_t mode;
	struct oid oid;
};

struct tree_changes {
	struct tree_change *item; /* in the order of trees; free(3) it */
	size_t nr, alloc;
	struct oid attributes[NR_SIDES]; /* of its .gitattributes, or zero */
};

static inline bool entry_is_there(const struct tree_entry *entry)
{
	return entry->raw;
}

static inline bool entry_is_file(const struct tree_entry *entry)
{
	return entry_is_there(entry) && (entry->mode & 0170000) == 0100000;
}

bool entry_same(const struct tree_entry *a, const struct tree_entry *b,
		const struct hash_algo *algo);

/*
 * Find them; names lie in the bytes of `tree`, of which a zeroed one is no
 * directory at all. 1 when git has to decide, because a tree is not as git
 * would write it; negative for a broken one.
 */
int tree_changes_find(struct tree_changes *out,
		      const struct odb_object tree[NR_SIDES],
		      const struct hash_algo *algo);

/* The entry of some side that has it. */
const struct tree_entry *tree_change_any(const struct tree_change *change);

/*
 * One of which there is a file on one side and a directory on another (in
 * git's order they may lie apart), or NULL.
 */
const struct tree_entry *
tree_changes_both_kinds(const struct tree_changes *changes);

#endif
