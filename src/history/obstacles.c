/* SPDX-License-Identifier: MIT */
#include "history/obstacles.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/quote.h"
#include "pare/index.h"
#include "repo/ident.h"
#include "repo/refs.h"

static int check_operation(const struct pare_repo *repo)
{
	const char *operation = repo_operation(repo, false);
	int error;

	if (!operation)
		return 0;
	error = error_set(GIT_ELOCKED, "%s is in progress", operation);
	error_hint("finish or abort it first; `git status` says how");
	return error;
}

/*
 * A rewrite does not need the index, so a large one is not gone through for
 * this: only when AUTO_MERGE says that a merge has stopped. (When files are to
 * change, git looks at all of it.)
 */
static bool looks_unmerged(const struct pare_repo *repo)
{
	enum { CHEAP = 4 << 20 };
	char *sign = repo_git_path(repo, "AUTO_MERGE");
	struct stat st;
	bool worth_it = !stat(repo->index_path, &st) &&
			(st.st_size < CHEAP || fs_exists(sign));

	free(sign);
	return worth_it;
}

static int check_unmerged(struct pare_repo *repo)
{
	struct pare_index *index;
	bool unmerged;
	int error;

	if (repo->is_bare || !looks_unmerged(repo))
		return 0;
	error = pare_index_open(&index, repo->index_path, repo->algo);
	if (error < 0) { /* what is wrong with it is none of our business */
		error_clear();
		return 0;
	}
	unmerged = pare_index_facts(index)->nr_unmerged;
	pare_index_close(index);
	if (!unmerged)
		return 0;
	error = error_set(GIT_ELOCKED, "the index has unmerged paths");
	error_hint("resolve them first; `git status` names them");
	return error;
}

static int check_grafts(const struct pare_repo *repo)
{
	char *path = repo_common_path(repo, "info/grafts");
	struct stat st;
	bool has = !stat(path, &st) && st.st_size;
	int error;

	free(path);
	if (!has)
		return 0;
	error = error_set(GIT_EINVALID, "there are grafts here (info/grafts)");
	error_hint("`git replace --convert-graft-file` makes replacements of "
		   "them");
	return error;
}

int check_obstacles(struct pare_repo *repo)
{
	int error = check_operation(repo);

	if (!error)
		error = check_grafts(repo);
	return error ? error : check_unmerged(repo);
}

struct replacements {
	const struct range *range;
	const struct hash_algo *algo;
	bool any;
};

static bool is_in_range(const struct range *range, const struct oid *oid)
{
	for (size_t i = 0; i < range->nr; i++)
		if (oid_equal(&range->commit[i].id, oid))
			return true;
	return false;
}

static int see_replacement(const char *ref, const struct oid *with, void *ctx)
{
	const struct replacements *r = ctx;
	const char *hex = strrchr(ref, '/') + 1;
	struct oid oid;

	(void)with;
	if (strlen(hex) != r->algo->hex_size || oid_parse(&oid, hex, r->algo))
		return 0;
	if (!r->any && !is_in_range(r->range, &oid))
		return 0;
	error_set(GIT_EINVALID, "%s is replaced here (%s)",
		  r->any ? "an object" : "one of the commits", quoted(ref));
	error_hint("`git replace -d` takes a replacement back");
	return GIT_EINVALID;
}

int check_replaced(const struct range *range, struct pare_repo *repo, bool any)
{
	struct replacements r = { .range = range, .algo = repo->algo,
				  .any = any };

	return repo_each_ref(repo, "refs/replace/", see_replacement, &r);
}
