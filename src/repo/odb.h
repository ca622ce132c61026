/* SPDX-License-Identifier: MIT */
/*
 * The object database: libgit2's reader and writer behind a door of our own.
 *
 * libgit2 is started here and nowhere else, at the first odb_open: that costs
 * 10 ms, which commands that need no object do not pay. Nothing outside
 * src/repo includes <git2.h> (git_merge_file is reached by merge_file.h).
 *
 * A struct odb belongs to one thread; a thread that wants to read opens its
 * own with odb_open (a shared one would serialise, libgit2-notes section 4).
 * The main thread's is repo_odb().
 */
#ifndef PARE_REPO_ODB_H
#define PARE_REPO_ODB_H

#include "base/hash.h"
#include "pare/progress.h"
#include "repo/repo.h"

enum object_type { OBJ_COMMIT = 1, OBJ_TREE = 2, OBJ_BLOB = 3, OBJ_TAG = 4 };

struct odb;

struct odb_object {
	enum object_type type;
	const void *data; /* NUL-terminated behind `len` */
	size_t len;
	void *owner;      /* libgit2's */
};

int odb_open(struct odb **out, const struct pare_repo *repo);
void odb_free(struct odb *odb);

/* The repository's own, opened at first use; it belongs to the repo. */
int repo_odb(struct odb **out, struct pare_repo *repo);

/*
 * Read an object. GIT_ENOTFOUND `object <hex> is missing` when it is not in
 * this repository (in a partial clone it may still be fetched, see
 * odb_fetch). Release it with odb_object_release, which accepts a zeroed one.
 */
int odb_read(struct odb_object *out, struct odb *odb, const struct oid *oid);
/* As odb_read; an object of another type is GIT_EINVALID. */
int odb_read_type(struct odb_object *out, struct odb *odb,
		  const struct oid *oid, enum object_type type);
void odb_object_release(struct odb_object *obj);

/* Type and size without the content. */
int odb_read_header(enum object_type *type, size_t *size_bytes,
		    struct odb *odb, const struct oid *oid);

/* Is it a file of its own, here or in an alternate? */
bool odb_is_loose(struct odb *odb, const struct oid *oid);

/* Is it here? Packs that came since the odb was opened are not looked for. */
bool odb_has(struct odb *odb, const struct oid *oid);
/* Look for packs that came since (after a fetch). */
int odb_refresh(struct odb *odb);

/* Write an object unless it is there; its name goes to *out. */
int odb_write(struct oid *out, struct odb *odb, enum object_type type,
	      const void *data, size_t len);

/* Has the repository a promisor remote (is it a partial clone)? */
bool repo_has_promisor(struct pare_repo *repo);

/*
 * Fetch the objects that are missing here from the promisor remotes, all in
 * one `git fetch`; with a tree come the trees below it. Objects that are here
 * already are left out. GIT_ERROR with the remote's name and git's message
 * when it cannot be reached, or when GIT_NO_LAZY_FETCH forbids it.
 */
int repo_fetch_missing(struct pare_repo *repo, const struct oid *oid,
		       size_t nr, const struct pare_progress *progress);

/*
 * The trees of a clone that has not even those (`--filter=tree:0`), level by
 * level from the `nr` that are given: a fetch for each level of what is only
 * passed through, and one for all that is wanted whole. Does nothing in other
 * clones.
 */
enum tree_need {
	TREE_NEED_NONE,
	TREE_NEED_LEVEL, /* the tree, and to be asked about those in it */
	TREE_NEED_ALL,   /* with all trees below */
};

struct tree_root {
	const char *path; /* "" or with a slash at its end */
	struct oid oid;
};

int repo_fetch_trees(struct pare_repo *repo, const struct tree_root *root,
		     size_t nr,
		     enum tree_need (*need)(void *ctx, const char *path,
					    size_t len),
		     void *ctx, const struct pare_progress *progress);

/*
 * Name to object: any revision expression, by `git rev-parse --verify`;
 * `want` is "commit", "tree" or "object" (peeled). GIT_ENOTFOUND when it
 * names nothing.
 */
int repo_resolve(struct oid *out, struct pare_repo *repo, const char *rev,
		 const char *want);

/* HEAD's tree. GIT_EUNBORNBRANCH on an unborn branch. */
int repo_head_tree(struct oid *out, struct pare_repo *repo);

#endif
