/* SPDX-License-Identifier: MIT */
#include "history/terms.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "history/branches.h"
#include "repo/config.h"
#include "repo/refs.h"

static const char *short_name(const char *ref)
{
	if (!skip_prefix(ref, "refs/heads/", &ref))
		skip_prefix(ref, "refs/remotes/", &ref);
	return ref;
}

static void hint_allow(void)
{
	error_hint("--allow-pushed rewrites it all the same");
}

/* The pattern that protects a branch, or NULL. A `*` goes over slashes too. */
static const char *protected_by(const struct pare_terms *terms,
				const char *branch)
{
	for (size_t i = 0; terms->protect && i < terms->protect->nr; i++) {
		const char *pattern = terms->protect->v[i];

		skip_prefix(pattern, "refs/heads/", &pattern);
		if (!fnmatch(pattern, branch, 0))
			return pattern;
	}
	return NULL;
}

static int check_protected(const struct pare_terms *terms, const char *branch,
			   const char *what)
{
	const char *pattern = protected_by(terms, branch);
	int error;

	if (!pattern || terms->allow_pushed)
		return 0;
	error = error_set(GIT_EINVALID, "%s %s is protected (by %s in "
			  "[squash] protect)", what, quoted(branch),
			  quoted(pattern));
	hint_allow();
	return error;
}

static int check_pushed(const struct rewrite *rw,
			const struct pare_terms *terms,
			const struct tracking *tracking)
{
	struct pare_repo *repo = rw->face.repo;
	const struct oid *oldest = &rw->range.commit[0].id;
	const char *which = NULL;
	int error = 0;

	if (!terms->allow_pushed && !terms->push)
		error = repo_ref_with(&which, repo, oldest, tracking->upstream,
				      tracking->push);
	if (error < 0 || !which)
		return error;
	error = error_set(GIT_EINVALID,
			  "commit %.12s is already in the upstream %s",
			  oid_hex(oldest, repo->algo),
			  quoted(short_name(which)));
	error_hint("others may have built on it; --allow-pushed rewrites it "
		   "all the same");
	return error;
}

static int no_push_target(const struct pare_rewrite *face)
{
	int error;

	if (!face->branch)
		return error_set(GIT_EINVALID, "--push needs a branch, HEAD is "
				 "detached");
	error = error_set(GIT_EINVALID, "there is nowhere to push %s to",
			  quoted(short_name(face->branch)));
	error_hint("give it an upstream: git push -u <remote> %s",
		   short_name(face->branch));
	return error;
}

/* The branch's name over there: what follows the remote's. */
static int check_push_target(struct pare_rewrite *face,
			     const struct pare_terms *terms,
			     struct tracking *tracking)
{
	const char *name;

	if (!terms->push)
		return 0;
	if (!tracking->push || !tracking->push_remote)
		return no_push_target(face);
	face->push_to = tracking->push;
	face->push_remote = tracking->push_remote;
	tracking->push = tracking->push_remote = NULL;
	name = short_name(face->push_to);
	if (skip_prefix(name, face->push_remote, &name) && *name == '/')
		name++;
	return check_protected(terms, name, "the branch pushed to,");
}

static int any(const char *key, const char *value, void *ctx)
{
	(void)key;
	(void)value;
	(void)ctx;
	return 1;
}

/* Is there anything that a branch could have been pushed to? */
static bool has_remotes(struct pare_repo *repo, const char *branch)
{
	char *key = xstrfmt("branch.%s.merge", short_name(branch));
	bool has = pare_repo_config_get(repo, key) ||
		   repo_config_each(repo, "remote.", any, NULL) > 0;

	free(key);
	return has;
}

static int check_upstream(struct rewrite *rw, const struct pare_terms *terms)
{
	struct pare_rewrite *face = &rw->face;
	struct tracking tracking = { .upstream = NULL };
	int error = 0;

	if (face->branch && (terms->push || !terms->allow_pushed) &&
	    has_remotes(face->repo, face->branch))
		error = repo_tracking(&tracking, face->repo, face->branch);
	if (!error)
		error = check_push_target(face, terms, &tracking);
	if (!error)
		error = check_pushed(rw, terms, &tracking);
	tracking_release(&tracking);
	return error;
}

static int check_here_only(const struct pare_rewrite *face,
			   const struct checked_out *all)
{
	const char *path = face->branch ?
			checked_out_elsewhere(all, face->branch) : NULL;

	if (!path)
		return 0;
	return error_set(GIT_EINVALID, "branch %s is checked out at %s too",
			 quoted(short_name(face->branch)), quoted(path));
}

int terms_check(struct rewrite *rw, const struct pare_terms *terms)
{
	struct pare_rewrite *face = &rw->face;
	struct checked_out all = CHECKED_OUT_INIT;
	int error;

	repo_checked_out(&all, face->repo);
	error = check_here_only(face, &all);
	if (!error && face->branch)
		error = check_protected(terms, short_name(face->branch),
					"branch");
	if (!error)
		error = check_upstream(rw, terms);
	if (!error)
		error = branches_find(rw, terms, &all);
	for (size_t i = 0; i < face->nr_branches && !error; i++)
		if (face->branches[i].moves)
			error = check_protected(terms, short_name(
						face->branches[i].ref),
						"branch");
	checked_out_release(&all);
	return error;
}
