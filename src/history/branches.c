/* SPDX-License-Identifier: MIT */
#include "history/branches.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/refs.h"

struct finder {
	struct pare_rewrite *face;
	const struct checked_out *all;
	bool update;
	struct oid *oid; /* of the range, sorted */
	size_t nr, alloc;
};

static int cmp_oid(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct oid));
}

static bool is_in_range(const struct finder *f, const struct oid *oid)
{
	return bsearch(oid, f->oid, f->nr, sizeof(*f->oid), cmp_oid);
}

static int see_branch(const char *ref, const struct oid *oid, void *ctx)
{
	struct finder *f = ctx;
	struct pare_rewrite *face = f->face;
	const char *path;

	if (!is_in_range(f, oid) ||
	    (face->branch && !strcmp(face->branch, ref)))
		return 0;
	ALLOC_GROW(face->branches, face->nr_branches + 1, f->alloc);
	path = checked_out_at(f->all, ref);
	face->branches[face->nr_branches++] = (struct pare_branch){
		.ref = xstrdup(ref),
		.before = *oid,
		.elsewhere = path ? xstrdup(path) : NULL,
		.moves = f->update && !path,
	};
	return 0;
}

static int backwards(const void *a, const void *b)
{
	return strcmp(((const struct pare_branch *)b)->ref,
		      ((const struct pare_branch *)a)->ref);
}

bool wants_branches(const struct pare_terms *terms, struct pare_repo *repo)
{
	return terms->update_refs >= 0 ? terms->update_refs :
		pare_repo_config_bool(repo, "rebase.updaterefs", false);
}

int branches_find(struct rewrite *rw, const struct pare_terms *terms,
		  const struct checked_out *all)
{
	struct pare_rewrite *face = &rw->face;
	struct finder f = { .face = face, .all = all, .nr = rw->range.nr };
	int error;

	f.update = wants_branches(terms, face->repo);
	f.oid = xcalloc(f.nr, sizeof(*f.oid));
	for (size_t i = 0; i < f.nr; i++)
		f.oid[i] = rw->range.commit[i].id;
	qsort(f.oid, f.nr, sizeof(*f.oid), cmp_oid);
	error = repo_each_branch(face->repo, see_branch, &f);
	if (face->nr_branches)
		qsort(face->branches, face->nr_branches,
		      sizeof(*face->branches), backwards);
	free(f.oid);
	return error;
}

void branches_moved(struct moved_ref **refs, size_t *nr,
		    struct pare_rewrite *face)
{
	*nr = 0;
	*refs = xcalloc(face->nr_branches, sizeof(**refs));
	for (size_t i = 0; i < face->nr_branches; i++) {
		struct pare_branch *branch = &face->branches[i];

		if (!branch->moves)
			continue;
		branch->after = branch->before;
		for (size_t k = 0; k < face->nr; k++)
			if (oid_equal(&face->map[k].before, &branch->before))
				branch->after = face->map[k].after;
		(*refs)[(*nr)++] = (struct moved_ref){
			.ref = branch->ref,
			.before = branch->before,
			.after = branch->after,
		};
	}
}

void branches_release(struct pare_rewrite *face)
{
	for (size_t i = 0; i < face->nr_branches; i++) {
		free(face->branches[i].ref);
		free(face->branches[i].elsewhere);
	}
	free(face->branches);
	face->branches = NULL;
	face->nr_branches = 0;
}
