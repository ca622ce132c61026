/* SPDX-License-Identifier: MIT */
/*
 * What lies in directories outside of the cone of which nothing is checked
 * out. The index is only read: whatever of it is there keeps its directory.
 */
#include "base/error.h"
#include "sparse/operation.h"
#include "sparse/sparse_dirs.h"

static int read_cone(struct operation *op)
{
	int error = operation_read_config(op);

	if (error < 0)
		return error;
	if (!op->enabled)
		return error_set(GIT_EINVALID, "must be in a sparse-checkout "
					       "to clean directories");
	error = pattern_file_read(&op->before, op->pattern_path,
				  op->config_cone, op->ignore_case);
	if (error < 0)
		return error;
	if (!op->config_cone || !op->before.is_cone)
		return error_set(GIT_EINVALID,
				 "must be in a cone-mode sparse-checkout to "
				 "clean directories");
	if (!op->before.exists)
		return error_set(GIT_EINVALID, "this worktree is not sparse "
				 "(sparse-checkout file may not exist)");
	return 0;
}

static int open_index(struct operation *op)
{
	int error = pare_index_open(&op->index, pare_repo_index_path(op->repo),
				    op->repo->algo);

	if (error == GIT_ENOTFOUND)
		error_clear();
	else if (error < 0)
		return error;
	if (!op->index)
		return 0;
	if (pare_index_facts(op->index)->nr_unmerged)
		return error_set(GIT_EINVALID,
				 "failed to convert index to a sparse index; "
				 "resolve merge conflicts and try again");
	op->sparse_wanted = true;
	return sparse_dirs_widen(op);
}

/* All that is there of the index, wherever it is, is to stay. */
static int plan(struct operation *op)
{
	struct checkout_options co_opts = { 0 };
	struct transition_options opts = { 0 };
	int error = checkout_open(&op->co, op->repo, op->index, &co_opts);

	if (error < 0)
		return error;
	opts.look = opts.disk = op->co;
	error = transition_plan(&op->plan, op->index, &op->cone, &opts);
	for (size_t i = 0; i < op->plan.gone.nr; i++)
		op->plan.gone.item[i].status = PARE_PATH_MODIFIED;
	return error;
}

static int clean_found(struct pare_sparse_cleaned *out, struct operation *op,
		       bool dry_run)
{
	struct checkout_cleaned one = { STRVEC_INIT, STRVEC_INIT };
	struct strvec found = STRVEC_INIT;
	int error = clear_find(&found, op, &out->warnings);

	for (size_t i = 0; i < found.nr && !error; i++) {
		checkout_clean_dir(&one, op->co, found.v[i], dry_run);
		if (one.files.nr || !one.nested.nr)
			strvec_push(&out->dirs, found.v[i]);
		strvec_push_all(&out->files, &one.files);
		strvec_push_all(&out->nested, &one.nested);
		strvec_clear(&one.files);
		strvec_clear(&one.nested);
	}
	strvec_push_all(&out->warnings, checkout_warnings(op->co));
	strvec_clear(&found);
	return error;
}

int pare_sparse_clean_check(struct pare_repo *repo)
{
	struct operation op = { .repo = repo, OPERATION_EMPTY };
	int error = read_cone(&op);

	operation_release(&op);
	return error;
}

int pare_sparse_clean(struct pare_sparse_cleaned *out, struct pare_repo *repo,
		      bool dry_run)
{
	struct operation op = { .repo = repo, OPERATION_EMPTY };
	int error;

	if ((error = read_cone(&op)) < 0)
		goto done;
	op.cone = op.before.cone;
	op.before.cone = (struct cone)CONE_INIT;
	error = open_index(&op);
	if (!error && op.index && !op.cone.full)
		error = plan(&op);
	if (!error && op.co)
		error = clean_found(out, &op, dry_run);
done:
	operation_release(&op);
	return error;
}

void pare_sparse_cleaned_release(struct pare_sparse_cleaned *cleaned)
{
	strvec_clear(&cleaned->dirs);
	strvec_clear(&cleaned->files);
	strvec_clear(&cleaned->nested);
	strvec_clear(&cleaned->warnings);
}
