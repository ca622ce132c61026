/* SPDX-License-Identifier: MIT */
/*
 * Trees of a treeless clone. Names of trees stand in the trees above them, so
 * what is missing is found a level at a time, and each level is one fetch; a
 * tree that is wanted whole brings all below it, so those of all levels wait
 * for one last fetch.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "repo/config.h"
#include "repo/fetch.h"
#include "repo/tree.h"

enum { LEVELS_MAX = 2048 };

struct level {
	struct tree_found {
		char *path;
		struct oid oid;
		enum tree_need need;
	} *tree;
	size_t nr, alloc;
};

struct oids {
	struct oid *oid;
	size_t nr, alloc;
};

struct descent {
	struct pare_repo *repo;
	struct odb *odb;
	enum tree_need (*need)(void *ctx, const char *path, size_t len);
	void *ctx;
	struct oids whole;
};

static void oids_add(struct oids *list, const struct oid *oid)
{
	ALLOC_GROW(list->oid, list->nr + 1, list->alloc);
	list->oid[list->nr++] = *oid;
}

static void level_add(struct level *level, struct descent *d, const char *path,
		      const struct oid *oid)
{
	enum tree_need need = d->need(d->ctx, path, strlen(path));

	if (need == TREE_NEED_NONE)
		return;
	ALLOC_GROW(level->tree, level->nr + 1, level->alloc);
	level->tree[level->nr++] = (struct tree_found){
		.path = xstrdup(path), .oid = *oid, .need = need,
	};
}

static void level_release(struct level *level)
{
	for (size_t i = 0; i < level->nr; i++)
		free(level->tree[i].path);
	free(level->tree);
	*level = (struct level){ 0 };
}

/* The trees in one tree; of one that is still to come nothing is known. */
static int add_children(struct level *next, struct descent *d,
			const struct tree_found *found)
{
	struct strbuf path = STRBUF_INIT;
	struct odb_object tree;
	struct tree_entry e;
	struct tree_iter iter;
	struct oid oid;
	int error;

	if (!odb_has(d->odb, &found->oid))
		return 0;
	error = odb_read_type(&tree, d->odb, &found->oid, OBJ_TREE);
	if (error < 0)
		return error;
	tree_iter_init(&iter, tree.data, tree.len, d->repo->algo);
	while ((error = tree_iter_next(&e, &iter)) > 0) {
		if (!mode_is_tree(e.mode))
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "%s%s/", found->path, e.name);
		oid_read(&oid, e.oid, d->repo->algo);
		level_add(next, d, path.buf, &oid);
	}
	odb_object_release(&tree);
	strbuf_release(&path);
	return error;
}

/* Fetch this level, list the next. */
static int descend(struct level *next, struct descent *d,
		   const struct level *level,
		   const struct pare_progress *progress)
{
	struct oids passed = { 0 };
	int error = 0;

	for (size_t i = 0; i < level->nr; i++) {
		const struct tree_found *found = &level->tree[i];

		if (!odb_has(d->odb, &found->oid))
			oids_add(found->need == TREE_NEED_ALL ? &d->whole :
								&passed,
				 &found->oid);
	}
	if (passed.nr)
		error = fetch_missing_as(d->repo, "tree:0", passed.oid,
					 passed.nr, progress);
	for (size_t i = 0; i < level->nr && !error; i++)
		error = add_children(next, d, &level->tree[i]);
	free(passed.oid);
	return error;
}

static bool has_treeless_promisor(struct pare_repo *repo)
{
	struct strvec remotes = STRVEC_INIT;
	bool found = false;

	if (promisor_remotes(&remotes, repo) < 0)
		error_clear();
	for (size_t i = 0; i < remotes.nr && !found; i++) {
		char *key = xstrfmt("remote.%s.partialclonefilter",
				    remotes.v[i]);
		const char *filter = pare_repo_config_get(repo, key);

		found = filter && strstr(filter, "tree:");
		free(key);
	}
	strvec_clear(&remotes);
	return found;
}

int repo_fetch_trees(struct pare_repo *repo, const struct tree_root *root,
		     size_t nr,
		     enum tree_need (*need)(void *ctx, const char *path,
					    size_t len),
		     void *ctx, const struct pare_progress *progress)
{
	struct descent d = { .repo = repo, .need = need, .ctx = ctx };
	struct level level = { 0 }, next;
	int error, depth = 0;

	if (!has_treeless_promisor(repo))
		return 0;
	if ((error = repo_odb(&d.odb, repo)) < 0)
		return error;
	for (size_t i = 0; i < nr; i++)
		level_add(&level, &d, root[i].path, &root[i].oid);
	while (level.nr && !error && depth++ < LEVELS_MAX) {
		next = (struct level){ 0 };
		error = descend(&next, &d, &level, progress);
		level_release(&level);
		level = next;
	}
	if (!error && d.whole.nr)
		error = repo_fetch_missing(repo, d.whole.oid, d.whole.nr,
					   progress);
	level_release(&level);
	free(d.whole.oid);
	return error;
}
