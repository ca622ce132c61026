/* SPDX-License-Identifier: MIT */
/* A repository `r` in the sandbox, opened, and lists of its entries. */
#ifndef PARE_TESTS_CHECKOUT_FIXTURE_H
#define PARE_TESTS_CHECKOUT_FIXTURE_H

#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "index/edit.h"
#include "pare/index.h"

struct fixture {
	struct pare_repo *repo;
	struct pare_index *index;
	struct checkout *co;
	struct arena names;
	struct checkout_list list;
};

static inline void must(int error)
{
	if (error < 0)
		fail_msg("%d: %s", error, error_message());
}

/* Open the repository of the current directory; list what is below `dir`. */
static inline void fixture_open_with(struct fixture *f, const char *dir,
				     const struct checkout_options *opts)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;

	memset(f, 0, sizeof(*f));
	must(pare_repo_open(&f->repo, PARE_REPO_NEED_WORKTREE));
	must(pare_index_open(&f->index, pare_repo_index_path(f->repo),
			     f->repo->algo));
	must(checkout_open(&f->co, f->repo, f->index, opts));
	pare_index_iter_init(&iter, f->index);
	while (pare_index_next(&e, &iter) > 0) {
		if (path_is_under(e.name, dir))
			checkout_list_add(&f->list, &e,
					  pare_index_keep_name(f->index, &e,
							       &f->names));
	}
	pare_index_iter_release(&iter);
}

static inline void fixture_open(struct fixture *f, const char *dir)
{
	struct checkout_options opts = { .has_attributes = true };

	fixture_open_with(f, dir, &opts);
}

static inline void fixture_close(struct fixture *f)
{
	checkout_list_release(&f->list);
	checkout_close(f->co);
	pare_index_close(f->index);
	pare_repo_free(f->repo);
	arena_release(&f->names);
}

static inline struct checkout_item *item_at(struct fixture *f,
					    const char *path)
{
	for (size_t i = 0; i < f->list.nr; i++) {
		if (!strcmp(f->list.item[i].path, path))
			return &f->list.item[i];
	}
	fail_msg("%s is not in the list", path);
	return NULL;
}

static inline void assert_status(struct fixture *f, const char *path,
				 enum pare_path_status status)
{
	if (item_at(f, path)->status != status)
		fail_msg("%s: status %d, not %d", path,
			 item_at(f, path)->status, status);
}

/* Give the index the stat data of what was written, as the caller does. */
static inline void fixture_commit_stats(struct fixture *f)
{
	struct lockfile lock = LOCKFILE_INIT;
	struct index_edits edits = INDEX_EDITS_INIT;
	struct index_write_options opts = { 0 };

	for (size_t i = 0; i < f->list.nr; i++) {
		if (f->list.item[i].status == PARE_PATH_WRITTEN)
			index_edit_stat(&edits, f->list.item[i].pos,
					&f->list.item[i].stat);
	}
	must(lockfile_hold(&lock, pare_repo_index_path(f->repo)));
	must(index_write(f->index, &edits, &lock, f->repo->algo, &opts));
	must(lockfile_commit(&lock));
	lockfile_rollback(&lock);
	index_edits_release(&edits);
}

#endif
