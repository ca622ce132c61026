/* SPDX-License-Identifier: MIT */
/*
 * The objects are there, and nobody sees them. Under the locks of the refs
 * come the work tree, if its tree changes, ORIG_HEAD and the undo record; then
 * the refs, all at once.
 */
#include "history/finish.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "base/run.h"
#include "history/notes.h"
#include "repo/commit.h"
#include "repo/hooks.h"
#include "repo/ident.h"
#include "repo/refs.h"
#include "repo/repo.h"

static int same_tree(bool *same, struct pare_repo *repo, const struct oid *a,
		     const struct oid *b)
{
	struct commit one, other;
	int error = commit_read(&one, repo, a);

	if (error < 0)
		return error;
	error = commit_read(&other, repo, b);
	if (!error) {
		*same = oid_equal(&one.tree, &other.tree);
		commit_release(&other);
	}
	commit_release(&one);
	return error;
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
			      "the plan changes files that have changes of "
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

int follow_tree(struct pare_repo *repo, const struct oid *from,
		const struct oid *to, const struct pare_progress *progress)
{
	struct strbuf said = STRBUF_INIT;
	bool same = true;
	int result = same_tree(&same, repo, from, to);

	if (result < 0 || same || repo->is_bare || !repo->worktree)
		return result;
	result = refresh_index(repo);
	if (result < 0)
		return result;
	result = read_trees(&said, repo, from, to, progress);
	if (result > 0)
		result = refused(&said);
	strbuf_release(&said);
	return result;
}

int follow_tree_back(struct pare_repo *repo, const struct oid *from,
		     const struct oid *to, int error)
{
	struct kept_error first;

	/* Refused was it before anything was touched. */
	if (error == GIT_EUNCOMMITTED)
		return error;
	error_keep(&first, error);
	follow_tree(repo, to, from, NULL);
	return error_again(&first);
}

static int write_orig_head(struct pare_rewrite *face)
{
	char *path = repo_git_path(face->repo, "ORIG_HEAD");
	struct strbuf line = STRBUF_INIT;
	int error;

	strbuf_addf(&line, "%s\n", oid_hex(&face->tip, face->repo->algo));
	error = lockfile_replace(path, line.buf, line.len);
	strbuf_release(&line);
	free(path);
	return error;
}

static int prepare_record(struct pare_rewrite *face, const char *what,
			  const struct moved_ref *refs, size_t nr)
{
	struct moved_ref *all = xcalloc(nr + 1, sizeof(*all));
	int error;

	all[0] = (struct moved_ref){
		.ref = face->branch ? face->branch : "HEAD",
		.before = face->tip,
		.after = face->new_tip,
	};
	for (size_t i = 0; i < nr; i++)
		all[i + 1] = refs[i];
	error = record_prepare(face->repo, all, nr + 1, what);
	free(all);
	return error;
}

/*
 * The locks hold the commits; here HEAD must still be on the branch, and
 * nobody have begun a rebase meanwhile.
 */
static int check_again(const struct pare_rewrite *face)
{
	const char *operation = repo_operation(face->repo, false);
	struct oid oid;
	char *ref;
	int error;

	if (operation)
		return error_set(GIT_ELOCKED, "%s has begun meanwhile",
				 operation);
	error = repo_head(&ref, &oid, face->repo);
	if (!error && strcmp(ref ? ref : "", face->branch ? face->branch : ""))
		error = error_set(GIT_EMODIFIED, "HEAD has gone to %s "
				  "meanwhile", ref ? quoted(ref) : "no branch");
	free(ref);
	return error;
}

static int move_refs(struct pare_rewrite *face, const char *what,
		     const struct moved_ref *refs, size_t nr,
		     const struct pare_progress *progress)
{
	struct ref_transaction tx;
	bool follows = false;
	int error;

	ref_transaction_init(&tx, face->repo, what);
	ref_transaction_update(&tx, "HEAD", &face->new_tip, &face->tip);
	for (size_t i = 0; i < nr; i++)
		ref_transaction_update(&tx, refs[i].ref, &refs[i].after,
				       &refs[i].before);
	error = ref_transaction_prepare(&tx);
	if (!error)
		error = check_again(face);
	follows = !error;
	if (!error)
		error = follow_tree(face->repo, &face->tip, &face->new_tip,
				    progress);
	if (!error)
		error = write_orig_head(face);
	if (!error)
		error = prepare_record(face, what, refs, nr);
	if (!error)
		error = ref_transaction_commit(&tx);
	if (!error)
		record_settle(face->repo);
	if (error < 0 && follows)
		error = follow_tree_back(face->repo, &face->tip,
					 &face->new_tip, error);
	ref_transaction_release(&tx);
	return error;
}

/* Its exit code is nobody's business any more: the refs have moved. */
static void run_post_rewrite(struct pare_rewrite *face)
{
	static const char *const args[] = { "rebase", NULL };
	const struct hash_algo *algo = face->repo->algo;
	struct strbuf lines = STRBUF_INIT;

	for (size_t i = 0; i < face->nr; i++)
		strbuf_addf(&lines, "%s %s\n",
			    oid_hex(&face->map[i].before, algo),
			    oid_hex(&face->map[i].after, algo));
	if (face->nr)
		hook_run(face->repo, "post-rewrite",
			 &(struct hook_options){ .args = args,
						 .in = lines.buf,
						 .in_len = lines.len });
	strbuf_release(&lines);
}

int rewrite_finish(struct pare_rewrite *face, const char *what,
		   const struct moved_ref *refs, size_t nr,
		   const struct pare_progress *progress)
{
	struct notes_moves notes = NOTES_MOVES_INIT;
	int error = notes_rewrite(&notes, face);
	struct moved_ref *all = xcalloc(nr + notes.nr + 1, sizeof(*all));

	for (size_t i = 0; i < nr; i++)
		all[i] = refs[i];
	for (size_t i = 0; i < notes.nr; i++)
		all[nr + i] = notes.ref[i];
	if (!error)
		error = move_refs(face, what, all, nr + notes.nr, progress);
	if (!error)
		run_post_rewrite(face);
	free(all);
	notes_moves_release(&notes);
	return error;
}
