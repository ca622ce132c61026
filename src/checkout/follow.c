/* SPDX-License-Identifier: MIT */
/*
 * The order: the locks and a note of them, the look, the new files beside the
 * old ones, a note of those; then the files change places, and the index comes
 * last. Who is killed is put back by the next one, index and files, unless HEAD
 * has moved meanwhile: then all is done (swap.h, journal.h).
 */
#include "checkout/follow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "checkout/follow_plan.h"
#include "checkout/journal.h"
#include "checkout/kept_index.h"
#include "checkout/room.h"
#include "checkout/swap.h"
#include "repo/fsync.h"
#include "repo/hooks.h"
#include "repo/refs.h"

enum { REFUSED_SHOWN = 5 };

struct follow {
	struct pare_repo *repo;
	const struct follow_options *opts;
	struct lockfile lock;
	struct own_journal journal;
	bool keeps_journal;
	struct pare_index *index, *next; /* `next`: NULL unless it is needed */
	struct follow_plan plan;
	struct checkout *before, *after; /* with the attributes of each */
	const struct checkout_item *blocked; /* the last one, and the answer */
	bool clears;
	struct swaps swaps;
	struct stat committed; /* our index; st_ino 0: not yet */
};

static int take_lock(struct follow *f)
{
	const char *path = pare_repo_index_path(f->repo);
	struct strvec said = STRVEC_INIT;
	int error = journal_recover(&said, f->repo);

	strvec_clear(&said);
	if (error < 0)
		return error;
	f->keeps_journal = !error;
	f->journal.repo = f->repo;
	journal_add_lock(&f->journal, &f->lock, path);
	if (!f->keeps_journal)
		error = lockfile_hold(&f->lock, path);
	else if (!(error = journal_write(&f->journal, NULL)))
		error = lockfile_hold_marked(&f->lock, path);
	if (!error)
		f->lock.sync = repo_syncs_index(f->repo);
	return error;
}

static int open_index(struct follow *f)
{
	int error = pare_index_open(&f->index, pare_repo_index_path(f->repo),
				    f->repo->algo);

	if (error == GIT_ENOTFOUND)
		return error_set(PARE_EHANDOVER, "there is no index");
	if (!error && pare_index_facts(f->index)->nr_unmerged)
		error = error_set(GIT_EUNCOMMITTED,
				  "the index has unmerged paths");
	return error;
}

/* In one line and a hint with the files. */
static int refused(const struct strvec *why)
{
	int error = error_set(GIT_EUNCOMMITTED,
			      "files that are to change have changes of "
			      "their own, or are in the way");

	for (size_t i = 0; i < why->nr && i < REFUSED_SHOWN; i++)
		error_hint("%s", why->v[i]);
	if (why->nr > REFUSED_SHOWN)
		error_hint("and %zu more", why->nr - REFUSED_SHOWN);
	error_hint("nothing was changed; commit them or `git stash` first");
	return error;
}

static int make_plan(struct follow *f, const struct oid *from,
		     const struct oid *to)
{
	int error = follow_plan_make(&f->plan, f->repo, f->index, from, to,
				     &f->opts->wanted);

	if (!error && f->plan.refused.nr)
		error = refused(&f->plan.refused);
	/* Then git looks into each, and checks out what is in it. */
	if (!error && f->plan.has_gitlinks &&
	    pare_repo_config_bool(f->repo, "submodule.recurse", false))
		error = error_set(PARE_EHANDOVER, "submodules are to follow "
				  "(submodule.recurse)");
	return error;
}

/* Attributes are those of the side that a file belongs to. */
static int open_checkouts(struct follow *f)
{
	static const struct index_write_options in_memory;
	const struct pare_index *next = f->index;
	struct checkout_options opts = { .progress = f->opts->progress };
	int error;

	opts.has_attributes = pare_index_facts(f->index)->has_attributes;
	error = checkout_open(&f->before, f->repo, f->index, &opts);
	if (!error && (opts.has_attributes || f->plan.has_attributes)) {
		error = index_apply(&f->next, f->index, &f->plan.edits,
				    &in_memory);
		next = f->next;
	}
	if (error < 0)
		return error;
	opts.has_attributes = pare_index_facts(next)->has_attributes;
	opts.before = f->index;
	return checkout_open(&f->after, f->repo, next, &opts);
}

/* Is there, in the sorted list, a file at path[0..len) or below that goes? */
static bool has_gone(const struct checkout_list *gone, const char *path,
		     size_t len)
{
	size_t low = 0, high = gone->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(gone->item[mid].path, path, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < gone->nr && !strncmp(gone->item[low].path, path, len);
	     low++) {
		char next = gone->item[low].path[len];

		if (gone->item[low].status == PARE_PATH_TO_REMOVE &&
		    (!next || next == '/'))
			return true;
	}
	return false;
}

/* Does what is in the way go first? It may be so for many. */
static bool clears(struct follow *f, const struct checkout_item *come)
{
	const struct checkout_item *last = f->blocked;

	if (!last || last->blocker_len != come->blocker_len ||
	    memcmp(last->path, come->path, come->blocker_len))
		f->clears = has_gone(&f->plan.gone, come->path,
				     come->blocker_len);
	f->blocked = come;
	return f->clears;
}

static bool can_come(struct follow *f, struct checkout_item *come)
{
	if (come->status == PARE_PATH_PRESENT && clears(f, come))
		come->status = PARE_PATH_TO_WRITE;
	return come->status == PARE_PATH_TO_WRITE;
}

static void refuse_blocked(struct follow_plan *plan,
			   const struct checkout_item *come)
{
	char *blocker = xstrndup(come->path, come->blocker_len);
	char *line = xstrfmt("%s: in the way", quoted(blocker));
	struct strvec *refused = &plan->refused;

	/* It may be so for many. */
	if (!refused->nr || strcmp(refused->v[refused->nr - 1], line))
		strvec_push(refused, line);
	free(line);
	free(blocker);
}

/* The new entry's stat data are those of what is there, or will be. */
static void settle_stat(struct follow *f, const struct follow_step *step)
{
	struct index_new_entry *entry =
		&f->plan.edits.change[step->change].entry;

	entry->extended = 0;
	entry->stat = f->plan.come.item[step->come].stat;
}

/*
 * Of one path: what was done before a kill is done; what is not in the work
 * tree, and was not to be, stays away; the rest changes places.
 */
static void settle(struct follow *f, const struct follow_step *step)
{
	struct follow_plan *plan = &f->plan;
	struct checkout_item *gone = step->gone == FOLLOW_NONE ?
		NULL : &plan->gone.item[step->gone];
	struct checkout_item *come = step->come == FOLLOW_NONE ?
		NULL : &plan->come.item[step->come];
	bool is_there = gone && gone->status != PARE_PATH_ABSENT;

	if (step->skipped && !is_there) {
		if (come)
			come->status = PARE_PATH_ABSENT;
	} else if (come && come->status == PARE_PATH_ADOPTED) {
		settle_stat(f, step);
	} else if (is_there && gone->status == PARE_PATH_MODIFIED) {
		strvec_pushf(&plan->refused, "%s: changes", quoted(gone->path));
	} else if (is_there && come) {
		come->status = PARE_PATH_TO_WRITE;
		swaps_add(&f->swaps, gone, come);
	} else if (is_there) {
		swaps_add(&f->swaps, gone, NULL);
	} else if (come && !can_come(f, come)) {
		refuse_blocked(plan, come);
	} else if (come) {
		swaps_add(&f->swaps, NULL, come);
	}
}

static int look(struct follow *f)
{
	int error = open_checkouts(f);

	if (!error)
		error = checkout_check_removals(f->before, &f->plan.gone);
	if (!error)
		error = checkout_check_writes(f->after, &f->plan.come);
	if (error < 0)
		return error;
	for (size_t i = 0; i < f->plan.nr; i++)
		settle(f, &f->plan.step[i]);
	return f->plan.refused.nr ? refused(&f->plan.refused) : 0;
}

/* Why is among the checkout's failures. */
static int explain(struct follow *f, int error)
{
	const struct strvec *failures = checkout_failures(f->after);

	for (size_t i = 0; i < failures->nr && i < REFUSED_SHOWN; i++)
		error_hint("%s", failures->v[i]);
	return error;
}

/* As long as it is there, the change can be taken back. */
static int note_head(struct follow *f)
{
	char *ref;
	int error = repo_head(&ref, &f->journal.head, f->repo);

	free(ref);
	return error;
}

static int prepare_files(struct follow *f)
{
	int error = swaps_open(&f->swaps, f->after, (long)getpid(), true);

	if (!error)
		error = swaps_make(&f->swaps, &f->plan.come);
	if (error < 0)
		return explain(f, error);
	if (f->keeps_journal && !(error = note_head(f))) {
		f->journal.swaps = &f->swaps;
		error = journal_write(&f->journal, NULL);
		lockfile_unmark(&f->lock);
	}
	return error;
}

static int write_index(struct follow *f)
{
	struct index_write_options opts = {
		.worktree = f->repo->worktree,
		.sparse = pare_index_is_sparse(f->index),
		.skip_hash = pare_repo_config_bool(f->repo, "index.skiphash",
						   false),
	};

	for (size_t i = 0; i < f->plan.nr; i++) {
		const struct follow_step *step = &f->plan.step[i];

		if (step->come != FOLLOW_NONE &&
		    f->plan.come.item[step->come].status == PARE_PATH_WRITTEN)
			settle_stat(f, step);
	}
	return index_write(f->index, &f->plan.edits, &f->lock, f->repo->algo,
			   &opts);
}

static int commit_index(struct follow *f)
{
	struct stat st;
	int error = kept_index_keep(f->swaps.fd, f->repo);

	if (error < 0)
		return error;
	if (fstat(f->lock.fd, &st))
		return error_errno("could not look at the index");
	error = lockfile_commit(&f->lock);
	if (!error)
		f->committed = st;
	return error;
}

static void run_hook(struct follow *f)
{
	/* The work tree has changed, and not only the skip-worktree bits. */
	static const char *const args[] = { "1", "0", NULL };
	struct hook_options opts = { .args = args };

	if (hook_exists(f->repo, "post-index-change"))
		hook_run(f->repo, "post-index-change", &opts);
}

static int act(struct follow *f)
{
	int error;

	if ((error = prepare_files(f)) < 0 ||
	    (error = swaps_act(&f->swaps)) < 0)
		return error;
	error = write_index(f);
	if (!error)
		error = commit_index(f);
	if (error < 0)
		swaps_back(&f->swaps);
	else
		run_hook(f);
	return error;
}

int follow_begin(struct follow **out, struct pare_repo *repo,
		 const struct oid *from, const struct oid *to,
		 const struct follow_options *opts)
{
	struct follow *f = xcalloc(1, sizeof(*f));
	struct kept_error first;
	int error;

	*out = NULL;
	f->repo = repo;
	f->opts = opts;
	f->lock = (struct lockfile)LOCKFILE_INIT;
	f->plan = (struct follow_plan)FOLLOW_PLAN_INIT;
	f->swaps = (struct swaps)SWAPS_INIT;
	if (!(error = take_lock(f)) && !(error = open_index(f)) &&
	    !(error = make_plan(f, from, to)) &&
	    !index_edits_empty(&f->plan.edits) && !(error = look(f)))
		error = act(f);
	if (error < 0) {
		error_keep(&first, error);
		follow_end(f);
		return error_again(&first);
	}
	lockfile_rollback(&f->lock);
	*out = f;
	return 0;
}

int follow_back(struct follow *f)
{
	int error = 0;

	if (f->committed.st_ino)
		error = kept_index_back(f->swaps.fd, f->repo,
					f->committed.st_dev,
					f->committed.st_ino);
	if (!error) {
		swaps_back(&f->swaps);
		f->committed.st_ino = 0;
	}
	return error;
}

void follow_end(struct follow *f)
{
	if (!f)
		return;
	if (f->committed.st_ino)
		swaps_done(&f->swaps);
	lockfile_rollback(&f->lock);
	swaps_close(&f->swaps);
	if (f->keeps_journal)
		journal_end(&f->journal);
	checkout_close(f->before);
	checkout_close(f->after);
	follow_plan_release(&f->plan);
	pare_index_close(f->next);
	pare_index_close(f->index);
	free(f);
}
