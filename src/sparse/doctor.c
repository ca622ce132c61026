/* SPDX-License-Identifier: MIT */
/*
 * What is not as it should be in a sparse work tree. What the selection would
 * change is asked of the change itself, a reapply that is only tried.
 */
#include "sparse/doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/holder.h"
#include "base/path.h"
#include "base/quote.h"
#include "checkout/checkout.h"
#include "checkout/journal.h"
#include "checkout/trash.h"
#include "repo/config.h"
#include "sparse/locks.h"
#include "sparse/undo.h"

enum { NAMED = 3, KEEP_DAYS = 14 };

static const char reapply[] = "git sparse reapply";

struct pare_finding *pare_findings_add(struct pare_findings *findings,
				       const char *kind, const char *path,
				       const char *command, const char *fmt,
				       ...)
{
	struct strbuf text = STRBUF_INIT;
	struct pare_finding *f;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	ALLOC_GROW(findings->item, findings->nr + 1, findings->alloc);
	f = &findings->item[findings->nr++];
	*f = (struct pare_finding){
		.kind = kind,
		.text = strbuf_detach(&text, NULL),
		.path = path ? xstrdup(path) : NULL,
		.command = command ? xstrdup(command) : NULL,
	};
	return f;
}

void pare_findings_release(struct pare_findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++) {
		struct pare_finding *f = &findings->item[i];

		free(f->text);
		free(f->path);
		free(f->command);
		free(f->outcome);
	}
	free(findings->item);
	*findings = (struct pare_findings){ 0 };
}

struct pare_finding *doctor_add_cut_off(struct pare_findings *out, long pid)
{
	struct pare_finding *f = pare_findings_add(
		out, "journal", NULL, "git sparse doctor --fix",
		"a change was cut off (process %ld); files may be half "
		"written", pid);

	f->fix = PARE_FIX_RECOVER;
	return f;
}

/* "a, b, c, ..." */
static char *named(const struct strvec *paths)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < paths->nr && i < NAMED; i++)
		strbuf_addf(&text, "%s%s", i ? ", " : "", quoted(paths->v[i]));
	if (paths->nr > NAMED)
		strbuf_addstr(&text, ", ...");
	return strbuf_detach(&text, NULL);
}

static void add_paths(struct pare_findings *out, const char *kind,
		      enum pare_fix fix, const char *command,
		      const struct strvec *paths, const char *meaning)
{
	struct pare_finding *f;
	char *names;

	if (!paths->nr)
		return;
	names = named(paths);
	f = pare_findings_add(out, kind, paths->v[0], command, "%s: %s",
			      names, meaning);
	f->fix = fix;
	free(names);
}

static void count_absent(struct doctor *d, struct checkout *co,
			 const struct pare_index *index)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;

	pare_index_iter_init(&iter, index);
	while (pare_index_next(&e, &iter) > 0)
		if (pare_index_skipped(&e))
			d->nr_absent += !checkout_is_present(co, e.name,
							     e.name_len);
	pare_index_iter_release(&iter);
}

static void look_at_bits(struct doctor *d, const struct pare_index *index)
{
	struct checkout_options opts = { 0 };
	struct checkout *co = NULL;

	d->nr_skipped = pare_index_facts(index)->nr_skipped;
	if (pare_index_facts(index)->nr_sparse_dirs)
		pare_findings_add(d->out, "sparse-index", NULL,
				  "git sparse reapply --no-sparse-index",
				  "the index has sparse directories: libgit2, "
				  "JGit and what is built on them cannot read "
				  "it")
			->is_note = true;
	if (d->state.enabled || !d->nr_skipped ||
	    checkout_open(&co, d->repo, index, &opts) < 0)
		return;
	count_absent(d, co, index);
	checkout_close(co);
}

/* False: nothing more can be said of the index. */
static bool look_at_index(struct doctor *d)
{
	struct pare_index *index = NULL;
	const char *path = pare_repo_index_path(d->repo);
	int error = pare_index_open(&index, path, d->repo->algo);

	if (!error)
		error = pare_index_verify(index);
	if (!error)
		look_at_bits(d, index);
	else if (error == PARE_EHANDOVER)
		pare_findings_add(d->out, "handover", path, NULL,
				  "files were not looked at: %s",
				  error_message())->is_note = true;
	else if (error != GIT_ENOTFOUND)
		pare_findings_add(d->out, "index", path, NULL,
				  "the index cannot be read: %s",
				  error_message());
	pare_index_close(index);
	error_clear();
	return !error;
}

static void look_at_full(struct doctor *d)
{
	struct pare_finding *f;

	if (!d->nr_absent)
		return;
	f = pare_findings_add(d->out, "absent", NULL, "git sparse disable",
			      "left out although this work tree is not "
			      "sparse: %zu file%s", d->nr_absent,
			      d->nr_absent == 1 ? "" : "s");
	/* Bits on files that are there may have been set by hand. */
	if (d->nr_absent == d->nr_skipped)
		f->fix = PARE_FIX_DISABLE;
}

/* Is there a file that can be reapplied? */
static bool look_at_patterns(struct doctor *d)
{
	char *path = repo_git_path(d->repo, "info/sparse-checkout");
	struct pare_finding *f;
	bool good = false;

	if (!d->state.has_file) {
		f = pare_findings_add(
			d->out, "pattern-file", path,
			d->nr_skipped ? "git sparse set <dir>..." :
					"git sparse disable",
			"the work tree is said to be sparse, but there is no "
			"pattern file: a reapply would take everything away");
		if (!d->nr_skipped)
			f->fix = PARE_FIX_DISABLE;
	} else if (d->state.warnings.nr) {
		pare_findings_add(d->out, "pattern-file", path,
				  "git sparse set <dir>...",
				  "the patterns are not the cone that "
				  "core.sparseCheckoutCone says they are: %s",
				  d->state.warnings.v[0]);
	} else {
		good = true;
	}
	free(path);
	return good;
}

/* Taking them into the selection ends the disagreement, too. */
static char *add_command(const struct strvec *dirs)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "git sparse add");
	for (size_t i = 0; i < dirs->nr && i < NAMED; i++) {
		strbuf_addch(&text, ' ');
		quote_sh(&text, dirs->v[i]);
	}
	return strbuf_detach(&text, NULL);
}

static void add_dirs(struct doctor *d, const struct strvec *dirs,
		     const char *meaning)
{
	char *command = add_command(dirs);

	add_paths(d->out, "directory", PARE_FIX_NONE, command, dirs, meaning);
	free(command);
}

/* Git leaves them, and so do we: whose they are, they wanted them. */
static void add_submodules(struct doctor *d, const struct strvec *paths)
{
	struct strvec dirs = STRVEC_INIT;
	char *names, *command;

	if (!paths->nr)
		return;
	for (size_t i = 0; i < paths->nr; i++)
		strvec_pushn(&dirs, paths->v[i],
			     path_dir_len(paths->v[i], strlen(paths->v[i])));
	names = named(paths);
	command = add_command(&dirs);
	pare_findings_add(d->out, "submodule", paths->v[0], command,
			  "%s: a populated submodule that is not selected; "
			  "`git submodule deinit` empties it while it is",
			  names)->is_note = true;
	free(command);
	free(names);
	strvec_clear(&dirs);
}

static void add_counts(struct doctor *d, const struct pare_sparse_report *r)
{
	if (r->files_written)
		pare_findings_add(d->out, "absent", NULL, reapply,
				  "selected, but not in the work tree: %ju "
				  "file%s",
				  (uintmax_t)r->files_written,
				  r->files_written == 1 ? "" : "s")
			->fix = PARE_FIX_REAPPLY;
	if (r->files_removed)
		pare_findings_add(d->out, "outside", NULL, reapply,
				  "in the work tree, but not selected, and "
				  "unmodified: %ju file%s",
				  (uintmax_t)r->files_removed,
				  r->files_removed == 1 ? "" : "s")
			->fix = PARE_FIX_REAPPLY;
	if (r->changed && !r->files_written && !r->files_removed &&
	    !r->not_up_to_date.nr && !r->present.nr && !r->submodules.nr)
		pare_findings_add(d->out, "bits", NULL, reapply,
				  "the skip-worktree bits of some files do not "
				  "say what the patterns say")
			->fix = PARE_FIX_REAPPLY;
}

void doctor_add_modified(struct pare_findings *out, const struct strvec *paths)
{
	add_paths(out, "modified", PARE_FIX_NONE, reapply, paths,
		  "not selected, but there, and modified: commit or stash, "
		  "then reapply");
}

static void add_report(struct doctor *d, const struct pare_sparse_report *r)
{
	add_counts(d, r);
	doctor_add_modified(d->out, &r->not_up_to_date);
	add_paths(d->out, "unmerged", PARE_FIX_NONE, "git mergetool",
		  &r->unmerged, "in conflict, so that it stays");
	add_paths(d->out, "in-the-way", PARE_FIX_NONE, "git diff", &r->present,
		  "selected, but something else stands there");
	add_dirs(d, &r->untracked_dirs, "not selected, but holds untracked "
		 "files: select it, or move them away");
	add_dirs(d, &r->nested_dirs, "not selected, but holds a repository of "
		 "its own: select it, or move that away");
	add_submodules(d, &r->submodules);
	add_paths(d->out, "directory", PARE_FIX_REAPPLY, reapply, &r->trashed,
		  "ignored files in directories that are not selected; they "
		  "can be moved aside");
}

static void make_reapply(struct pare_sparse_request *req,
			 const struct pare_progress *progress, bool dry_run)
{
	req->action = PARE_SPARSE_REAPPLY;
	req->dry_run = dry_run;
	req->progress = progress;
	/* Whatever the settings say: nothing is deleted here. */
	req->keep_days = KEEP_DAYS;
}

static int try_reapply(struct doctor *d)
{
	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct pare_sparse_report report;
	int error;

	make_reapply(&req, d->progress, true);
	error = pare_sparse_change(&report, d->repo, &req);
	if (!error)
		add_report(d, &report);
	else if (error == PARE_EHANDOVER)
		pare_findings_add(d->out, "handover", NULL, NULL,
				  "files were not looked at: %s",
				  error_message())->is_note = true;
	pare_sparse_report_release(&report);
	pare_sparse_request_release(&req);
	if (error != PARE_EHANDOVER)
		return error;
	error_clear();
	return 0;
}

static void add_lock(struct doctor *d, const char *path)
{
	struct strbuf text = STRBUF_INIT, command = STRBUF_INIT;
	struct lock_answer answer;
	struct pare_finding *f;

	if (lock_judge(&answer, d->repo, path) < 0) {
		error_clear(); /* it is gone: well */
		return;
	}
	strbuf_addf(&text, "%s was made ", quoted(path));
	holder_add_age(&text, answer.age_seconds < 0 ? 0 : answer.age_seconds);
	strbuf_addstr(&text, " ago; ");
	if (answer.holder == LOCK_HELD)
		strbuf_addf(&text, "process %ld may be at work", answer.pid);
	else
		strbuf_addstr(&text, answer.holder == LOCK_STALE ?
				     "no process has it any more" :
				     "who made it is not known");
	strbuf_addstr(&command, "rm -f ");
	quote_sh(&command, path);
	f = pare_findings_add(d->out, "lock", path, command.buf, "%s",
			      text.buf);
	if (answer.holder == LOCK_STALE)
		f->fix = PARE_FIX_UNLINK;
	strbuf_release(&text);
	strbuf_release(&command);
}

static void look_at_journal(struct doctor *d, const struct journal *journal)
{
	if (journal->is_running)
		pare_findings_add(d->out, "journal", NULL, NULL,
				  "process %ld is changing this work tree",
				  journal->pid)
			->is_note = true;
	else if (journal->rest)
		doctor_add_cut_off(d->out, journal->pid);
}

/* Those of a change that was cut off go with what else it left. */
static void look_at_locks(struct doctor *d)
{
	struct strvec locks = STRVEC_INIT;
	struct journal journal;

	if (journal_read(&journal, d->repo) < 0)
		error_clear();
	look_at_journal(d, &journal);
	locks_find(&locks, d->repo);
	for (size_t i = 0; i < locks.nr; i++)
		if (journal.is_running ||
		    !journal_has_lock(&journal, locks.v[i]))
			add_lock(d, locks.v[i]);
	strvec_clear(&locks);
	strbuf_release(&journal.text);
}

static void look_at_undo(struct doctor *d)
{
	struct undo_record record = UNDO_RECORD_INIT;
	char *path = NULL, *command;

	if (undo_read(&record, d->repo) == GIT_EINVALID &&
	    !repo_pare_path(&path, d->repo, "undo", false)) {
		command = xstrfmt("rm -f '%s'", path);
		pare_findings_add(d->out, "undo", path, command,
				  "the last change cannot be undone: its "
				  "record cannot be read")
			->fix = PARE_FIX_UNLINK;
		free(command);
	}
	error_clear();
	undo_release(&record);
	free(path);
}

static void look_at_leftovers(struct doctor *d)
{
	size_t leftovers, trashed;

	trash_count_old(&leftovers, &trashed, d->repo, KEEP_DAYS);
	if (leftovers)
		pare_findings_add(d->out, "leftover", NULL, reapply,
				  "temporary files of commands that were "
				  "killed: %zu", leftovers)
			->fix = PARE_FIX_LEFTOVER;
	if (trashed)
		pare_findings_add(d->out, "leftover", NULL, NULL,
				  "ignored files that were moved aside more "
				  "than %d days ago are in %s/pare/trash",
				  KEEP_DAYS, pare_repo_git_dir(d->repo))
			->is_note = true;
}

/* A link there is followed by git, not by us. */
static bool is_link(struct doctor *d)
{
	char *path = repo_git_path(d->repo, "info/sparse-checkout");
	struct stat st;
	bool odd = !lstat(path, &st) && !S_ISREG(st.st_mode);

	if (odd)
		pare_findings_add(d->out, "pattern-file", path, NULL,
				  "the pattern file is no regular file: git "
				  "sparse cannot work with it");
	free(path);
	return odd;
}

static int look(struct doctor *d)
{
	bool readable;
	int error = repo_config_load(d->repo);

	if (error < 0)
		return error;
	doctor_config(d);
	look_at_locks(d);
	look_at_undo(d);
	look_at_leftovers(d);
	if (is_link(d))
		return 0;
	if ((error = pare_sparse_read(&d->state, d->repo)) < 0)
		return error;
	readable = look_at_index(d);
	if (!d->state.enabled)
		look_at_full(d);
	else if (look_at_patterns(d) && readable)
		error = try_reapply(d);
	return error;
}

int pare_sparse_doctor(struct pare_findings *out, struct pare_repo *repo,
		       const struct pare_progress *progress)
{
	struct doctor d = { .repo = repo, .out = out, .progress = progress };
	int error = look(&d);

	pare_sparse_state_release(&d.state);
	return error;
}
