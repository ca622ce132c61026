/* SPDX-License-Identifier: MIT */
#include "history/prefetch.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/tree_changes.h"
#include "repo/odb.h"
#include "repo/tree.h"

enum { DEPTH_MAX = 1024 };

struct oids {
	struct oid *v;
	size_t nr, alloc;
};

struct prefetch {
	struct pare_repo *repo;
	struct odb *odb;
	struct oids trees, blobs; /* that are missing */
};

static void want(struct oids *oids, struct prefetch *p, const struct oid *oid)
{
	if (oid_is_zero(oid) || odb_has(p->odb, oid))
		return;
	ALLOC_GROW(oids->v, oids->nr + 1, oids->alloc);
	oids->v[oids->nr++] = *oid;
}

static void entry_oid(struct oid *out, const struct tree_entry *entry,
		      const struct prefetch *p)
{
	*out = (struct oid){ { 0 } };
	if (entry_is_there(entry) && !mode_is_gitlink(entry->mode))
		oid_read(out, entry->oid, p->repo->algo);
}

static int see_trees(struct prefetch *p, const struct oid *before,
		     const struct oid *after, int depth);

static int see_change(struct prefetch *p, const struct tree_change *change,
		      int depth)
{
	const struct tree_entry *entry = tree_change_any(change);
	struct oid before, after;

	entry_oid(&before, &change->side[BASE], p);
	entry_oid(&after, &change->side[OURS], p);
	if (mode_is_tree(entry->mode))
		return see_trees(p, &before, &after, depth + 1);
	want(&p->blobs, p, &before);
	want(&p->blobs, p, &after);
	return 0;
}

static int read_tree(struct odb_object *out, struct prefetch *p,
		     const struct oid *oid)
{
	int error = 0;

	if (oid_is_zero(oid))
		return 0;
	error = odb_read_type(out, p->odb, oid, OBJ_TREE);
	if (error != GIT_ENOTFOUND)
		return error;
	error_clear();
	want(&p->trees, p, oid);
	return 0;
}

/* A zero name is for a directory that is not there. */
static int see_trees(struct prefetch *p, const struct oid *before,
		     const struct oid *after, int depth)
{
	struct odb_object tree[NR_SIDES] = { 0 };
	struct tree_changes changes = { .item = NULL };
	int result = depth > DEPTH_MAX ? 1 : 0;

	if (oid_equal(before, after))
		return 0;
	if (!result)
		result = read_tree(&tree[BASE], p, before);
	if (!result)
		result = read_tree(&tree[OURS], p, after);
	tree[THEIRS] = tree[OURS];
	if (!result && (tree[BASE].data || oid_is_zero(before)) &&
	    (tree[OURS].data || oid_is_zero(after)))
		result = tree_changes_find(&changes, tree, p->repo->algo);
	want(&p->blobs, p, &changes.attributes[BASE]);
	want(&p->blobs, p, &changes.attributes[OURS]);
	for (size_t i = 0; i < changes.nr && !result; i++)
		result = see_change(p, &changes.item[i], depth);
	odb_object_release(&tree[BASE]);
	odb_object_release(&tree[OURS]);
	free(changes.item);
	return result;
}

static int see_commit(struct prefetch *p, const struct commit *commit)
{
	struct oid before = { { 0 } };
	struct commit parent;
	int error = 0;

	if (commit->nr_parents) {
		error = commit_read(&parent, p->repo, &commit->parent[0]);
		if (error < 0)
			return error;
		before = parent.tree;
		commit_release(&parent);
	}
	/* A tree as git would not write it is git's to merge and to fetch. */
	error = see_trees(p, &before, &commit->tree, 0);
	return error < 0 ? error : 0;
}

static int see_range(struct prefetch *p, const struct range *range)
{
	int error = 0;

	p->trees.nr = p->blobs.nr = 0;
	for (size_t i = 0; i < range->nr && !error; i++)
		error = see_commit(p, &range->commit[i]);
	return error;
}

int prefetch_range(const struct range *range, struct pare_repo *repo)
{
	struct prefetch p = { .repo = repo };
	int error;

	if (!repo_has_promisor(repo))
		return 0;
	error = repo_odb(&p.odb, repo);
	if (!error)
		error = see_range(&p, range);
	while (!error && p.trees.nr) {
		error = repo_fetch_missing(repo, p.trees.v, p.trees.nr, NULL);
		if (!error)
			error = see_range(&p, range);
	}
	if (!error && p.blobs.nr)
		error = repo_fetch_missing(repo, p.blobs.v, p.blobs.nr, NULL);
	free(p.trees.v);
	free(p.blobs.v);
	return error;
}
