/* SPDX-License-Identifier: MIT */
/*
 * The tree of a notes ref: a file for each object that has a note, its name
 * the object's in hex, whose first digits may be directories of two each
 * (`ab/cdef…`, `ab/cd/ef…`), in any mixture.
 */
#ifndef PARE_HISTORY_NOTES_TREE_H
#define PARE_HISTORY_NOTES_TREE_H

#include "repo/tree.h"

/* One note that becomes another; a zero `blob` takes it away. */
struct notes_edit {
	char object[HASH_MAX_HEX + 1];
	struct oid blob;
};

/* The note of an object, or GIT_ENOTFOUND. A zero tree has none. */
int notes_tree_find(struct oid *blob, struct odb *odb,
		    const struct hash_algo *algo, const struct oid *tree,
		    const char *object);

/*
 * Write the tree with the edits, which are sorted by object, one for each. A
 * new note goes into a directory where its neighbours are in some; all else
 * in the tree stays as it is.
 */
int notes_tree_write(struct oid *out, struct odb *odb,
		     const struct hash_algo *algo, const struct oid *tree,
		     const struct notes_edit *edit, size_t nr);

#endif
