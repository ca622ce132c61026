/* SPDX-License-Identifier: MIT */
#include "sparse/act.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "repo/hooks.h"
#include "repo/refs.h"
#include "sparse/sparse_dirs.h"

static void report_written(struct pare_sparse_report *report,
			   const struct checkout_item *item)
{
	if (item->status == PARE_PATH_PRESENT) {
		strvec_push(&report->present, item->path);
	} else if (item->status == PARE_PATH_WRITTEN ||
		   item->status == PARE_PATH_TO_WRITE) {
		report->files_written++;
		if (item->size_bytes == UINT64_MAX)
			report->bytes_known = false;
		else
			report->bytes_written += item->size_bytes;
	}
}

/* What was to be removed and stays is among the warnings. */
static void report_removed(struct operation *op,
			   const struct checkout_item *item)
{
	struct pare_sparse_report *report = op->report;

	if (item->status == PARE_PATH_MODIFIED) {
		strvec_push(&report->not_up_to_date, item->path);
	} else if (item->populated) {
		strvec_push(&report->submodules, item->path);
	} else if (item->status == PARE_PATH_REMOVED ||
		   (item->status == PARE_PATH_TO_REMOVE && op->req->dry_run)) {
		report->files_removed++;
		if (item->size_bytes != UINT64_MAX)
			report->bytes_removed += item->size_bytes;
	}
}

void act_report(struct operation *op)
{
	for (size_t i = 0; i < op->plan.come.nr; i++)
		report_written(op->report, &op->plan.come.item[i]);
	for (size_t i = 0; i < op->plan.gone.nr; i++)
		report_removed(op, &op->plan.gone.item[i]);
}

/* The new index into its lock; *wanted is false if it would be the old one. */
static int write_index(struct operation *op, bool *wanted)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct index_write_options opts = {
		.worktree = op->repo->worktree,
		.skip_hash = pare_repo_config_bool(op->repo, "index.skiphash",
						   false),
		.progress = op->req->progress,
	};
	int error = 0;

	*wanted = false;
	if (op->index) {
		transition_edits(&edits, &op->plan);
		*wanted = !index_edits_empty(&edits) || op->made_index ||
			  sparse_dirs_reshapes(op);
	}
	if (*wanted)
		error = sparse_dirs_write(op, &edits, &opts);
	index_edits_release(&edits);
	return error;
}

/* Is the pattern file as it should be already? */
static bool same_text(const struct operation *op)
{
	return op->before.exists && op->text.len == op->before.text.len &&
	       !memcmp(op->text.buf, op->before.text.buf, op->text.len);
}

static int commit_patterns(struct operation *op)
{
	int error;

	if (!op->write_patterns || same_text(op)) {
		lockfile_rollback(&op->pattern_lock);
		return 0;
	}
	error = lockfile_write(&op->pattern_lock, op->text.buf, op->text.len);
	return error < 0 ? error : lockfile_commit(&op->pattern_lock);
}

static void put_patterns_back(struct operation *op)
{
	struct lockfile lock = LOCKFILE_INIT;

	if (!op->write_patterns || same_text(op))
		return;
	if (!op->before.exists)
		unlink(op->pattern_path);
	else if (!lockfile_hold(&lock, op->pattern_path) &&
		 !lockfile_write(&lock, op->before.text.buf,
				 op->before.text.len))
		lockfile_commit(&lock);
	lockfile_rollback(&lock);
}

static int commit_config(struct operation *op)
{
	int error = sparse_config_write(op->repo, &op->config);

	op->report->config_failed = error < 0;
	return error;
}

/* Best effort; the error that led here is the one to tell. */
static void roll_back(struct operation *op, int error)
{
	bool leaving = op->config.enabled == 0;
	struct kept_error first;

	error_keep(&first, error);
	if (!leaving)
		sparse_config_restore(op->repo, &op->config,
				      &op->config_before, op->extended);
	put_patterns_back(op);
	if (op->index)
		checkout_unwrite(op->co, &op->plan.come);
	error_again(&first);
}

/* See the top of operation.c for the order. */
static int commit(struct operation *op, bool with_index)
{
	bool leaving = op->config.enabled == 0;
	int error = commit_patterns(op);

	if (!error && !leaving)
		error = commit_config(op);
	if (!error && with_index)
		error = lockfile_commit(&op->index_lock);
	if (error < 0) {
		roll_back(op, error);
		return error;
	}
	lockfile_rollback(&op->index_lock);
	return leaving ? commit_config(op) : 0;
}

static void run_hook(const struct operation *op)
{
	static const char *const args[] = { "0", "0", NULL };
	struct hook_options opts = { .args = args };

	if (hook_exists(op->repo, "post-index-change"))
		hook_run(op->repo, "post-index-change", &opts);
}

/* As `git clone` and `git worktree add` run it after their checkout. */
static void run_first_hook(const struct operation *op)
{
	char none[HASH_MAX_HEX + 1], head[HASH_MAX_HEX + 1];
	const char *args[] = { none, head, "1", NULL };
	struct hook_options opts = { .args = args };
	struct oid oid = { 0 };
	char *ref = NULL;

	if (!hook_exists(op->repo, "post-checkout"))
		return;
	oid_hex_r(none, &oid, op->repo->algo);
	if (!repo_head(&ref, &oid, op->repo)) {
		oid_hex_r(head, &oid, op->repo->algo);
		hook_run(op->repo, "post-checkout", &opts);
	}
	free(ref);
}

int act(struct operation *op)
{
	bool with_index;
	int error = 0;

	if (op->index)
		error = checkout_write(op->co, &op->plan.come);
	/* Filters that failed, though nothing depended on them, as well. */
	if (op->co)
		strvec_push_all(&op->report->failures,
				checkout_failures(op->co));
	if (error < 0)
		return error;
	error = write_index(op, &with_index);
	if (!error)
		error = commit(op, with_index);
	else if (op->index)
		checkout_unwrite(op->co, &op->plan.come);
	if (error < 0)
		return error;
	op->report->done = true;
	if (with_index)
		run_hook(op);
	if (op->index)
		error = checkout_remove(op->co, &op->plan.gone);
	if (op->index)
		strvec_push_all(&op->report->warnings,
				checkout_warnings(op->co));
	act_report(op);
	if (op->made_index && op->req->is_first)
		run_first_hook(op);
	return error;
}
