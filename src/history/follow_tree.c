/* SPDX-License-Identifier: MIT */
#include "history/follow_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "repo/commit.h"

static int tree_of(struct oid *tree, struct pare_repo *repo,
		   const struct oid *oid)
{
	struct commit commit;
	int error = commit_read(&commit, repo, oid);

	if (error < 0)
		return error;
	*tree = commit.tree;
	commit_release(&commit);
	return 0;
}

/* "Updating files:  40% (12/30)" */
struct updating {
	const struct pare_progress *progress;
	bool started;
};

/* Of what git says, the last number of files and how many there are. */
static void show_updated(void *ctx, const struct strbuf *said)
{
	struct updating *u = ctx;
	const char *at = strrchr(said->buf, '(');
	char *end;
	uint64_t done, total;

	if (!at)
		return;
	done = strtoull(at + 1, &end, 10);
	if (end == at + 1 || *end != '/')
		return;
	total = strtoull(end + 1, &end, 10);
	if (*end != ')')
		return; /* the rest is yet to come */
	if (!u->started)
		pare_progress_start(u->progress, "Updating files", total);
	u->started = true;
	pare_progress_update(u->progress, done);
}

/* Two-way: it verifies all before it touches anything. */
static int read_trees(struct strbuf *said, struct pare_repo *repo,
		      const struct oid *from, const struct oid *to,
		      const struct pare_progress *progress)
{
	struct updating updating = { .progress = progress };
	struct run run = RUN_INIT;
	int result;

	strvec_pushl(&run.args, "read-tree", "-m", "-u", NULL);
	if (progress) {
		strvec_push(&run.args, "-v");
		/* When to show it is not git's to decide. */
		strvec_push(&run.env, "GIT_PROGRESS_DELAY=0");
		run.on_err = show_updated;
		run.on_err_ctx = &updating;
	}
	strvec_pushl(&run.args, oid_hex(from, repo->algo),
		     oid_hex(to, repo->algo), NULL);
	run.dir = repo->worktree;
	run.err = said;
	result = run_git(&run);
	if (updating.started)
		pare_progress_stop(progress, !result);
	return result;
}

/* Behind the last line that was drawn again and again. */
static const char *behind_progress(const struct strbuf *said)
{
	const char *cr = strrchr(said->buf, '\r');

	return cr ? cr + strcspn(cr, "\n") + (strchr(cr, '\n') != NULL) :
		    said->buf;
}

/* What git complains of, in one line and a hint with the files. */
static int refused(const struct strbuf *said)
{
	const char *line = behind_progress(said);
	int error = error_set(GIT_EUNCOMMITTED,
			      "files that are to change have changes of "
			      "their own, or are in the way");

	for (int lines = 0; *line && lines < 5; lines++) {
		size_t len = strcspn(line, "\n");

		error_hint("%.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	error_hint("nothing was changed; commit them or `git stash` first");
	return error;
}

/* What was only touched, or copied, is no change. */
static int refresh_index(struct pare_repo *repo)
{
	struct run run = RUN_INIT;
	int result;

	strvec_pushl(&run.args, "update-index", "-q", "--refresh", NULL);
	run.dir = repo->worktree;
	run.discard_out = true;
	result = run_git(&run);
	return result < 0 ? result : 0;
}

/* What follow_begin leaves to git. */
static int follow_by_git(struct pare_repo *repo, const struct oid *from,
			 const struct oid *to,
			 const struct pare_progress *progress)
{
	struct strbuf said = STRBUF_INIT;
	int result = refresh_index(repo);

	if (!result)
		result = read_trees(&said, repo, from, to, progress);
	if (result > 0)
		result = refused(&said);
	strbuf_release(&said);
	return result;
}

int follow_tree(struct followed *out, struct pare_repo *repo,
		const struct oid *from, const struct oid *to,
		const struct follow_options *how)
{
	int error;

	*out = (struct followed){ .repo = repo };
	if ((error = tree_of(&out->from, repo, from)) < 0 ||
	    (error = tree_of(&out->to, repo, to)) < 0 || repo->is_bare ||
	    !repo->worktree || oid_equal(&out->from, &out->to))
		return error;
	error = follow_begin(&out->own, repo, &out->from, &out->to, how);
	if (error != PARE_EHANDOVER)
		return error;
	error_clear();
	error = follow_by_git(repo, &out->from, &out->to, how->progress);
	/* Refused was it before anything was touched. */
	out->by_git = error != GIT_EUNCOMMITTED;
	return error;
}

int follow_tree_back(struct followed *f, int error)
{
	struct kept_error first;

	if (!f->own && !f->by_git)
		return error;
	error_keep(&first, error);
	/* Under another index than ours git sees to it that nothing is lost. */
	if (f->by_git || follow_back(f->own) == GIT_EMODIFIED)
		follow_by_git(f->repo, &f->to, &f->from, NULL);
	else
		refresh_index(f->repo);
	return error_again(&first);
}

void follow_tree_end(struct followed *f)
{
	follow_end(f->own);
	f->own = NULL;
}
