/* SPDX-License-Identifier: MIT */
/* The locks of a change, and what is noted of them for who comes after. */
#include <stdlib.h>

#include "base/error.h"
#include "base/fs.h"
#include "checkout/journal.h"
#include "repo/fsync.h"
#include "sparse/operation.h"

/* With a mark, as long as the journal does not have its number. */
static int hold(struct lockfile *lock, const char *path,
		const struct operation *op)
{
	return op->keeps_journal ? lockfile_hold_marked(lock, path) :
				   lockfile_hold(lock, path);
}

static int begin_journal(struct operation *op)
{
	struct own_journal *own = &op->journal;
	char *undo;
	int error = repo_pare_path(&undo, op->repo, "undo", false);

	if (error < 0)
		return error;
	own->repo = op->repo;
	journal_add_lock(own, &op->index_lock, pare_repo_index_path(op->repo));
	journal_add_lock(own, &op->pattern_lock, op->pattern_path);
	journal_add_lock(own, &op->undo_lock, undo);
	free(undo);
	return journal_write(own, NULL);
}

int operation_take_locks(struct operation *op)
{
	char *info;
	int error;

	if (op->req->dry_run)
		return 0;
	if (op->keeps_journal && (error = begin_journal(op)) < 0)
		return error;
	if (op->write_patterns) {
		info = repo_git_path(op->repo, "info");
		error = fs_mkdirs(info, 0777);
		free(info);
		if (error < 0)
			return error_errno("could not create %s/info",
					   pare_repo_git_dir(op->repo));
		error = hold(&op->pattern_lock, op->pattern_path, op);
		if (error < 0)
			return error;
	}
	error = hold(&op->index_lock, pare_repo_index_path(op->repo), op);
	if (!error)
		op->index_lock.sync = repo_syncs_index(op->repo);
	return error;
}

/* The journal has the locks' numbers then. */
int operation_note(struct operation *op)
{
	int error = journal_write(&op->journal, &op->plan.come);

	if (!error) {
		lockfile_unmark(&op->index_lock);
		lockfile_unmark(&op->pattern_lock);
		if (op->plan.come.nr)
			journal_open_slots(&op->journal, op->co);
	}
	return error;
}
