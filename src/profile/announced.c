/* SPDX-License-Identifier: MIT */
/* The selection that a change will leave, on disk before it is one. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "profile/selection.h"
#include "repo/repo.h"

static const char name[] = "selection.next";
static struct tempfile *announced; /* by this process */

static void write_next(const struct pare_selection *sel,
		       struct pare_repo *repo)
{
	char *path;

	if (repo_pare_path(&path, repo, name, true) < 0)
		return;
	if (!selection_write(sel, path))
		/* Who can still tidy up leaves no trace. */
		announced = tempfile_register(path);
	free(path);
}

void pare_selection_announce(const struct pare_selection *sel,
			     const struct strvec *dirs, struct pare_repo *repo)
{
	struct pare_selection next = *sel;

	strvec_init(&next.applied);
	strvec_push_all(&next.applied, dirs);
	if (!next.patterns)
		strvec_sort(&next.applied);
	write_next(&next, repo);
	error_clear();
	strvec_clear(&next.applied);
}

void pare_selection_withdraw(struct pare_repo *repo)
{
	char *path;

	if (repo_pare_path(&path, repo, name, false) < 0) {
		error_clear();
		return;
	}
	tempfile_forget(announced);
	announced = NULL;
	unlink(path);
	/* A change that was refused leaves no trace: goes when empty. */
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

void selection_read_next(struct pare_selection *sel, struct pare_repo *repo)
{
	struct pare_selection next;

	/* One without profiles may be announced, too, by an undo. */
	if (!selection_read(&next, repo, name) &&
	    (next.profiles.nr || next.applied.nr)) {
		sel->next = xmalloc(sizeof(next));
		*sel->next = next;
	} else {
		error_clear();
		pare_selection_release(&next);
	}
}

void selection_end_next(struct pare_selection *sel)
{
	struct pare_selection *next = sel->next;

	sel->next = NULL;
	if (next)
		pare_selection_release(next);
	free(next);
}

/* Where git has what it had before, too, nothing has happened yet. */
static bool is_next(const struct pare_selection *sel,
		    const struct strvec *present, bool patterns)
{
	const struct pare_selection *next = sel->next;

	return next->patterns == patterns &&
	       strvec_equal(present, &next->applied) &&
	       !(sel->profiles.nr && sel->patterns == patterns &&
		 strvec_equal(present, &sel->applied));
}

bool pare_selection_settle(struct pare_selection *sel,
			   const struct strvec *present, bool patterns)
{
	struct pare_selection *next = sel->next;
	int fd = sel->lock_fd;

	if (!next)
		return false;
	if (!is_next(sel, present, patterns)) {
		selection_end_next(sel);
		return false;
	}
	sel->next = NULL;
	sel->lock_fd = 0;
	pare_selection_release(sel);
	*sel = *next;
	sel->lock_fd = fd;
	free(next);
	return true;
}
