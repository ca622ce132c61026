/* SPDX-License-Identifier: MIT */
/*
 * A change of the selection, acted out so that whatever moment it is killed
 * at, git and the next pare command find one of two states.
 *
 * Files that come are written first; until the index says otherwise git reads
 * them as "present though skipped", which is harmless. Then the pattern file
 * and the configuration, then the index, each by rename. Files that go are
 * removed last: if that is cut off, what is left reads as present again and
 * the next reapply takes it away. Nothing a person wrote is ever the only copy
 * that is removed, since only clean files are.
 *
 * Leaving sparse mode turns it round: the configuration is last, or skipped
 * entries would be left that nothing brings back.
 */
#include "sparse/operation.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "checkout/journal.h"
#include "checkout/trash.h"
#include "repo/config.h"
#include "sparse/act.h"
#include "sparse/new_index.h"
#include "sparse/sparse_dirs.h"
#include "sparse/staged.h"
#include "sparse/undo.h"

int operation_read_config(struct operation *op)
{
	struct pare_repo *repo = op->repo;
	int error = repo_config_load(repo);

	if (error < 0)
		return error;
	op->enabled = pare_repo_config_bool(repo, "core.sparsecheckout", false);
	op->config_cone = pare_repo_config_bool(repo, "core.sparsecheckoutcone",
						false);
	op->ignore_case = pare_repo_config_bool(repo, "core.ignorecase", false);
	op->pattern_path = repo_git_path(repo, "info/sparse-checkout");
	return 0;
}

/* Cone or not after the change; a mode that is set stays. */
static bool cone_after(const struct operation *op)
{
	if (op->req->action == PARE_SPARSE_DISABLE)
		return true;
	if (op->req->cone >= 0)
		return op->req->cone;
	return op->enabled ? op->config_cone : true;
}

static int read_patterns(struct operation *op)
{
	int error = pattern_file_read(&op->before, op->pattern_path,
				      op->enabled ? op->config_cone ||
						    op->req->cone == 1 :
						    op->report->cone,
				      op->ignore_case);

	if (error < 0 || !op->enabled)
		return error;
	if (op->before.is_cone)
		cone_list_all(&op->before.cone, &op->report->dirs_before);
	else
		strvec_push_all(&op->report->dirs_before, &op->before.lines);
	/* What is replaced need not be complained about. */
	if (op->req->action != PARE_SPARSE_SET && !op->req->is_whole &&
	    op->req->action != PARE_SPARSE_DISABLE)
		strvec_push_all(&op->report->warnings, &op->before.warnings);
	return 0;
}

static void choose_config(struct operation *op)
{
	const struct pare_sparse_request *req = op->req;

	op->config = (struct sparse_config){ -1, -1, req->sparse_index };
	if (req->action == PARE_SPARSE_DISABLE) {
		op->config = (struct sparse_config){ 0, 0, 0 };
	} else if (!op->enabled) {
		op->config.enabled = 1;
		op->config.cone = op->report->cone;
	} else if (req->cone >= 0 && op->config_cone != req->cone) {
		op->config.enabled = 1;
		op->config.cone = req->cone;
		op->report->cone_begins = req->cone;
		op->report->cone_ends = !req->cone;
	}
	op->extended = pare_repo_config_bool(
		op->repo, "extensions.worktreeconfig", false);
	op->config_before = (struct sparse_config){
		repo_config_tristate(op->repo, "core.sparsecheckout", -1),
		repo_config_tristate(op->repo, "core.sparsecheckoutcone", -1),
		repo_config_tristate(op->repo, "index.sparse", -1),
	};
}

/*
 * The present patterns must be a cone where they are built upon. To follow a
 * file that is none, though it should be, its lines are taken as patterns.
 */
static int check_patterns(struct operation *op)
{
	enum pare_sparse_action action = op->req->action;
	bool builds = (action == PARE_SPARSE_ADD ||
		       action == PARE_SPARSE_REMOVE) && !op->req->is_whole;

	if (builds && op->enabled && !op->before.exists)
		return error_set(GIT_EINVALID, "unable to load existing "
					       "sparse-checkout patterns");
	if (!op->report->cone || op->before.is_cone || op->req->is_whole ||
	    action == PARE_SPARSE_SET || action == PARE_SPARSE_DISABLE)
		return 0;
	if (builds)
		return error_set(GIT_EINVALID,
				 "existing sparse-checkout patterns do not use "
				 "cone mode");
	op->report->cone = false;
	return 0;
}

/*
 * With conflicts in it git keeps no sparse index: without their trees nothing
 * can become one entry, and who reads `sdir` would try to.
 */
static bool wants_sparse_index(const struct operation *op)
{
	if (op->index && pare_index_facts(op->index)->nr_unmerged)
		return false;
	if (op->req->action == PARE_SPARSE_DISABLE || !op->report->cone)
		return false;
	return op->req->sparse_index >= 0 ?
		       op->req->sparse_index :
		       pare_repo_config_bool(op->repo, "index.sparse", false);
}

/* Without an index only `add`, and the first checkout of all, makes one; the
 * rest just writes patterns. */
static int open_index(struct operation *op)
{
	int error = pare_index_open(&op->index, pare_repo_index_path(op->repo),
				    op->repo->algo);

	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = op->req->action == PARE_SPARSE_ADD ||
				(op->req->action == PARE_SPARSE_REAPPLY &&
				 op->req->is_first) ?
				new_index_from_head(op) : 0;
	}
	op->sparse_wanted = wants_sparse_index(op);
	if (op->index && !error) {
		bool is_sparse = pare_index_is_sparse(op->index);

		op->report->index_opened = is_sparse && !op->sparse_wanted;
		op->report->index_closed = !is_sparse && op->sparse_wanted;
	}
	return error;
}

static int plan(struct operation *op)
{
	struct transition_options opts = { .nothing_there = op->made_index };
	struct checkout_options co_opts = {
		.progress = op->req->progress,
	};
	int error;

	if (!op->index)
		return 0;
	if (!op->report->cone)
		opts.patterns = &op->patterns;
	co_opts.has_attributes = pare_index_facts(op->index)->has_attributes;
	error = checkout_open(&op->co, op->repo, op->index, &co_opts);
	if (error < 0)
		return error;
	opts.disk = op->co;
	if (op->enabled && !op->made_index &&
	    !pare_repo_config_bool(op->repo, "sparse."
				   "expectfilesoutsideofpatterns", false))
		opts.look = op->co;
	error = transition_plan(&op->plan, op->index, &op->cone, &opts);
	/* Then git looks into each, and checks out what is in it. */
	if (!error && transition_moves_gitlinks(&op->plan) &&
	    pare_repo_config_bool(op->repo, "submodule.recurse", false))
		error = error_set(
			PARE_EHANDOVER,
			"submodules are to follow (submodule.recurse)");
	if (!error)
		error = checkout_check_removals(op->co, &op->plan.gone);
	if (!error)
		error = checkout_check_writes(op->co, &op->plan.come);
	if (!error)
		error = staged_find(op);
	if (!error)
		strvec_push_all(&op->report->unmerged, &op->plan.unmerged);
	else
		strvec_push_all(&op->report->failures,
				checkout_failures(op->co));
	return error;
}

static int choose(struct operation *op)
{
	if (op->report->cone)
		return target_choose(op);
	target_choose_patterns(op);
	return 0;
}

static int format_patterns(struct operation *op)
{
	if (op->write_patterns && op->report->cone)
		pattern_file_format(&op->text, &op->cone);
	if (op->write_patterns && op->text.len > PATTERN_FILE_BYTES_MAX)
		return error_set(GIT_EINVALID, "the selection would take a "
				 "pattern file of %zu bytes, and git reads "
				 "none of more than %d", op->text.len,
				 PATTERN_FILE_BYTES_MAX);
	return 0;
}

/* All that can be said no to, before anything is written. */
static int prepare(struct operation *op)
{
	int error;

	if ((error = repo_check_format(op->repo)) < 0 ||
	    (error = check_patterns(op)) < 0 ||
	    (error = operation_take_locks(op)) < 0 ||
	    (error = open_index(op)) < 0 ||
	    (error = target_check_words(op)) < 0 ||
	    (error = choose(op)) < 0 ||
	    (error = sparse_dirs_widen(op)) < 0)
		return error;
	if ((error = format_patterns(op)) < 0)
		return error;
	return plan(op);
}

/* Is there a difference worth an undo record? */
static bool selection_changes(const struct operation *op)
{
	if (op->config.enabled >= 0 &&
	    op->config.enabled != (int)op->enabled)
		return true;
	return op->write_patterns &&
	       (!op->before.exists || op->text.len != op->before.text.len ||
		memcmp(op->text.buf, op->before.text.buf, op->text.len));
}

static int remember(struct operation *op)
{
	struct undo_record record = UNDO_RECORD_INIT;
	int error;

	record.enabled = op->enabled;
	record.cone = op->config_cone;
	strbuf_addbuf(&record.patterns, &op->before.text);
	strbuf_addstr(&record.trash_id, op->trash_id);
	if (op->req->caller_state) {
		record.has_caller = true;
		strbuf_addstr(&record.caller, op->req->caller_state);
	}
	error = undo_prepare(&op->undo_lock, &record, op->repo);
	undo_release(&record);
	return error;
}

/* What is left of directories outside; not part of what can be rolled back. */
static int tidy(struct operation *op)
{
	int error = 0;

	if (!op->index)
		return 0;
	error = clear_directories(op);
	if (!error && !op->req->dry_run)
		error = trash_expire(op->repo, op->req->keep_days < 0 ?
						       14 : op->req->keep_days);
	return error;
}

/*
 * Before the undo record is another: who is killed in between, and undoes
 * again, finds the rest here.
 */
static int restore(struct operation *op)
{
	if (!op->req->restore_id || op->req->dry_run)
		return 0;
	return undo_restore(op->report, op->repo, op->req->restore_id);
}

/* Nothing changes but for what goes into the trash, or comes back. */
static int tidy_alone(struct operation *op)
{
	int error = tidy(op), second = restore(op);

	error = error < 0 ? error : second;
	if ((!op->report->trashed.nr && !op->req->caller_changes) ||
	    op->req->is_first)
		return error;
	second = remember(op);
	if (!second)
		second = lockfile_commit(&op->undo_lock);
	return error < 0 ? error : second;
}

/* The change is made; `error` is what went wrong with its last part. */
static int conclude(struct operation *op, bool selection, int error)
{
	int second = restore(op);

	error = error < 0 ? error : second;
	if (op->req->is_first || !(selection || op->report->trashed.nr ||
				   op->req->caller_changes))
		return error;
	second = lockfile_commit(&op->undo_lock);
	return error < 0 ? error : second;
}

static int change(struct operation *op)
{
	struct strbuf id = STRBUF_INIT;
	bool selection;
	int error;

	if ((error = prepare(op)) < 0)
		return error;
	trash_new_id(&id);
	op->trash_id = strbuf_detach(&id, NULL);
	selection = selection_changes(op);
	op->report->changed = selection || op->plan.come.nr ||
			      op->plan.gone.nr || op->report->cone_begins ||
			      op->report->cone_ends;
	if (op->req->dry_run) {
		if (op->index)
			error = checkout_sizes(op->co, &op->plan.come);
		if (!error)
			error = tidy(op);
		act_report(op);
		return error;
	}
	if (!op->report->changed && !op->plan.healed.nr && !op->made_index &&
	    op->config.sparse_index < 0 && op->config.cone < 0 &&
	    !(op->index && sparse_dirs_reshapes(op)))
		return tidy_alone(op);
	if (!op->req->is_first && (error = remember(op)) < 0)
		return error;
	if (op->keeps_journal && (error = operation_note(op)) < 0)
		return error;
	error = act(op);
	if (!error)
		error = tidy(op);
	return op->report->done ? conclude(op, selection, error) : error;
}

/* What git should be told; the reason is kept as the message. */
static int hand_over(struct operation *op)
{
	char *reason = xstrdup(error_message());
	int error = 0;

	lockfile_rollback(&op->index_lock);
	lockfile_rollback(&op->pattern_lock);
	strvec_clear(&op->report->dirs_after);
	if (op->report->action != PARE_SPARSE_SET &&
	    op->report->action != PARE_SPARSE_ADD &&
	    op->report->action != PARE_SPARSE_REMOVE) {
		; /* git reads the pattern file itself */
	} else if (op->report->cone) {
		cone_release(&op->cone);
		error = target_choose(op);
	} else {
		pattern_list_release(&op->patterns);
		strbuf_reset(&op->text);
		target_choose_patterns(op);
	}
	if (op->req->action == PARE_SPARSE_ADD ||
	    op->req->action == PARE_SPARSE_REMOVE)
		op->report->action = PARE_SPARSE_SET;
	if (error >= 0)
		error = error_set(PARE_EHANDOVER, "%s", reason);
	free(reason);
	return error;
}

void operation_release(struct operation *op)
{
	checkout_close(op->co);
	transition_release(&op->plan);
	lockfile_rollback(&op->index_lock);
	lockfile_rollback(&op->pattern_lock);
	lockfile_rollback(&op->undo_lock);
	if (op->keeps_journal)
		journal_end(&op->journal);
	pare_index_close(op->index);
	pare_index_close(op->disk_index);
	new_index_discard(op);
	pattern_file_release(&op->before);
	cone_release(&op->cone);
	pattern_list_release(&op->patterns);
	strbuf_release(&op->text);
	free(op->pattern_path);
	free(op->trash_id);
}

int pare_sparse_recover(struct strvec *warnings, struct pare_repo *repo)
{
	int error = journal_recover(warnings, repo);

	return error < 0 ? error : 0;
}

int pare_sparse_change(struct pare_sparse_report *report,
		       struct pare_repo *repo,
		       const struct pare_sparse_request *req)
{
	struct operation op = {
		.repo = repo, .req = req, .report = report, OPERATION_EMPTY,
	};
	int error;

	pare_sparse_report_init(report);
	if ((error = operation_read_config(&op)) < 0 ||
	    (error = operation_check_action(&op)) < 0)
		goto done;
	if (!req->dry_run) {
		error = journal_recover(&report->warnings, repo);
		if (error < 0)
			goto done;
		op.keeps_journal = !error;
	}
	report->cone = cone_after(&op);
	report->action = req->action;
	if ((error = read_patterns(&op)) < 0)
		goto done;
	choose_config(&op);
	op.write_patterns = req->action == PARE_SPARSE_SET ||
			    req->action == PARE_SPARSE_ADD ||
			    req->action == PARE_SPARSE_REMOVE ||
			    (req->action == PARE_SPARSE_INIT &&
			     !op.before.exists);
	error = change(&op);
	if (error == PARE_EHANDOVER)
		error = hand_over(&op);
done:
	operation_release(&op);
	return error;
}
