/* SPDX-License-Identifier: MIT */
/* A work tree that is not sparse: which changes make no sense, and why. */
#include "base/error.h"
#include "base/fs.h"
#include "repo/odb.h"
#include "sparse/operation.h"

/* A clone that was cut off early is not sparse yet. */
static int nothing_to_reapply(struct pare_repo *repo)
{
	struct oid tree;
	bool is_new = !fs_exists(pare_repo_index_path(repo)) &&
		      !repo_head_tree(&tree, repo);

	error_set(GIT_EINVALID, "must be in a sparse-checkout to reapply "
				"sparsity patterns");
	if (is_new)
		error_hint("nothing is checked out yet: `git sparse add "
			   "<dir>...` or `git sparse add --profile <profile>` "
			   "begins");
	else
		error_hint("`git sparse set <dir>...` makes a selection");
	return GIT_EINVALID;
}

/* What the words are when there is nothing sparse to work on. */
int operation_check_action(const struct operation *op)
{
	if (op->enabled)
		return 0;
	switch (op->req->action) {
	case PARE_SPARSE_ADD:
		if (!fs_exists(pare_repo_index_path(op->repo)))
			return 0;
		error_set(GIT_EINVALID, "no sparse-checkout to add to");
		error_hint("use `git sparse set <dir>...` to narrow this full "
			   "work tree");
		return GIT_EINVALID;
	case PARE_SPARSE_REMOVE:
		error_set(GIT_EINVALID, "no sparse-checkout to remove from");
		error_hint("use `git sparse set <dir>...` to narrow this full "
			   "work tree");
		return GIT_EINVALID;
	case PARE_SPARSE_REAPPLY:
		return nothing_to_reapply(op->repo);
	default:
		return 0;
	}
}
