/* SPDX-License-Identifier: MIT */
#include "history/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "history/obstacles.h"
#include "repo/refs.h"

int range_start(struct pare_rewrite *rw, struct pare_repo *repo)
{
	int error;

	rw->repo = repo;
	error = repo_check_format(repo);
	if (error < 0)
		error_hint("nothing was changed; `git rebase -i` does it "
			   "there");
	else
		error = check_obstacles(repo);
	if (error < 0)
		return error;
	error = repo_head(&rw->branch, &rw->tip, repo);
	return error == GIT_EUNBORNBRANCH ?
		       error_set(error, "there are no commits yet") : error;
}

void range_release(struct range *range)
{
	for (size_t i = 0; i < range->nr; i++)
		commit_release(&range->commit[i]);
	free(range->commit);
	*range = (struct range){ 0 };
}

/* Commits were found from the tip downwards. */
static void oldest_first(struct range *range)
{
	for (size_t i = 0, j = range->nr; i + 1 < j; i++) {
		struct commit spare = range->commit[i];

		range->commit[i] = range->commit[--j];
		range->commit[j] = spare;
	}
}

static int add(struct range *range, struct pare_repo *repo,
	       const struct oid *id)
{
	int error;

	ALLOC_GROW(range->commit, range->nr + 1, range->alloc);
	memset(&range->commit[range->nr], 0, sizeof(*range->commit));
	error = commit_read(&range->commit[range->nr], repo, id);
	if (!error)
		range->nr++;
	return error;
}

/*
 * What is made in place of a commit at the end of a shallow history would
 * have parents that nobody said may be missing.
 */
static int check_shallow(const struct range *range, struct pare_repo *repo)
{
	struct strbuf shallow = STRBUF_INIT;
	int error = 0;

	if (repo->is_shallow)
		error = strbuf_read_file(&shallow, repo->shallow_path,
					 SIZE_MAX);
	for (size_t i = 0; i < range->nr && shallow.len && !error; i++) {
		const char *hex = oid_hex(&range->commit[i].id, repo->algo);

		if (!strstr(shallow.buf, hex))
			continue;
		error = error_set(GIT_EINVALID, "the history of this shallow "
				  "clone ends at %.12s", hex);
		error_hint("get what is before it: git fetch --deepen=100");
	}
	strbuf_release(&shallow);
	return error;
}

/*
 * Go down the first parents until `enough` of them are there, or `stop` comes
 * (NULL: down to the root); *reached says whether `stop` did.
 */
static int walk(struct range *range, struct pare_rewrite *rw, size_t enough,
		const struct oid *stop, bool *reached)
{
	struct oid id = rw->tip;

	*reached = false;
	for (;;) {
		const struct commit *last;
		int error;

		*reached = stop && oid_equal(&id, stop);
		if (*reached || range->nr == enough)
			break;
		error = add(range, rw->repo, &id);
		if (error == GIT_ENOTFOUND && rw->repo->is_shallow)
			return check_shallow(range, rw->repo);
		if (error < 0)
			return error;
		last = &range->commit[range->nr - 1];
		if (!last->nr_parents)
			break;
		id = last->parent[0];
	}
	oldest_first(range);
	return 0;
}

static int merge_base(struct oid *out, struct pare_rewrite *rw,
		      const char *since)
{
	struct strbuf text = STRBUF_INIT;
	struct oid other;
	int error = repo_resolve(&other, rw->repo, since, "commit");

	if (error < 0)
		return error;
	error = run_git_capture(&text, "merge-base",
				oid_hex(&rw->tip, rw->repo->algo),
				oid_hex(&other, rw->repo->algo), NULL);
	if (error < 0)
		error = error_set(GIT_ENOTFOUND,
				  "HEAD and %s have no commit in common",
				  quoted(since));
	else if (text.len < rw->repo->algo->hex_size ||
		 oid_parse(out, text.buf, rw->repo->algo) < 0)
		error = error_set(GIT_ERROR, "git merge-base said '%s'",
				  quoted(text.buf));
	strbuf_release(&text);
	return error;
}

static int too_few(const struct range *range, size_t wanted)
{
	int error;

	if (range->nr >= 2 || wanted > 2) {
		error = error_set(GIT_EINVALID,
				  "cannot fold %zu commits: there %s only %zu",
				  wanted, range->nr == 1 ? "is" : "are",
				  range->nr);
		if (range->nr >= 2)
			error_hint("`git squash-last --root` folds them all "
				   "into one");
		return error;
	}
	return error_set(GIT_EINVALID, "nothing to fold: there %s",
			 range->nr ? "is only one commit" :
				     "are no commits in the range");
}

/* The commits that `req` names, at least `least` of them. */
static int find_range(struct range *out, struct pare_rewrite *rw,
		      const struct pare_fold_request *req, size_t least)
{
	struct oid stop;
	bool reached;
	int error;

	if (req->since) {
		error = merge_base(&stop, rw, req->since);
		if (error < 0)
			return error;
		error = walk(out, rw, SIZE_MAX, &stop, &reached);
		if (!error && !reached)
			error = error_set(GIT_EINVALID,
					  "the merge base with %s is not on "
					  "HEAD's first-parent line",
					  quoted(req->since));
	} else {
		error = walk(out, rw, req->root ? SIZE_MAX : req->count, NULL,
			     &reached);
	}
	if (error < 0)
		return error;
	error = check_shallow(out, rw->repo);
	if (error < 0)
		return error;
	if (out->nr < least ||
	    (!req->since && !req->root && out->nr < req->count))
		return too_few(out, req->count);
	return 0;
}

int range_for_fold(struct range *out, struct pare_rewrite *rw,
		   const struct pare_fold_request *req)
{
	int error = find_range(out, rw, req, 2);

	return error ? error : check_replaced(out, rw->repo, false);
}

int range_for_plan(struct range *out, struct pare_rewrite *rw,
		   const struct pare_fold_request *req)
{
	int error = find_range(out, rw, req, 1);

	return error ? error : check_replaced(out, rw->repo, true);
}

static bool is_linear(const struct range *range)
{
	for (size_t i = 0; i < range->nr; i++)
		if (range->commit[i].nr_parents > 1)
			return false;
	return true;
}

/* Every commit between, on whatever way, parents before children. */
static int walk_all_ways(struct range *out, struct pare_rewrite *rw,
			 const struct oid *id, const char *rev)
{
	const struct hash_algo *algo = rw->repo->algo;
	struct strbuf text = STRBUF_INIT, span = STRBUF_INIT;
	int error;

	range_release(out);
	strbuf_addf(&span, "%s..%s", oid_hex(id, algo),
		    oid_hex(&rw->tip, algo));
	error = run_git_capture(&text, "rev-list", "--topo-order", "--reverse",
				"--ancestry-path", span.buf, NULL);
	for (const char *p = text.buf; !error && *p;
	     p += algo->hex_size + 1) {
		struct oid next;

		if (strlen(p) <= algo->hex_size ||
		    oid_parse(&next, p, algo) < 0)
			error = error_set(GIT_ERROR, "git rev-list said '%s'",
					  quoted(p));
		else
			error = add(out, rw->repo, &next);
	}
	if (!error && !out->nr)
		error = error_set(GIT_EINVALID,
				  "%s is not an ancestor of HEAD",
				  quoted(rev));
	strbuf_release(&span);
	strbuf_release(&text);
	return error;
}

int range_for_reword(struct range *out, struct pare_rewrite *rw,
		     const char *rev)
{
	struct commit target;
	struct oid id;
	bool reached;
	int error = repo_resolve(&id, rw->repo, rev, "commit");

	if (!error)
		error = walk(out, rw, SIZE_MAX, &id, &reached);
	if (!error && (!reached || !is_linear(out)))
		error = walk_all_ways(out, rw, &id, rev);
	if (!error)
		error = add(out, rw->repo, &id);
	if (error < 0)
		return error;
	target = out->commit[out->nr - 1];
	memmove(out->commit + 1, out->commit,
		(out->nr - 1) * sizeof(*out->commit));
	out->commit[0] = target;
	error = check_shallow(out, rw->repo);
	return error ? error : check_replaced(out, rw->repo, false);
}
