/* SPDX-License-Identifier: MIT */
/* <git dir>/pare/undo: what was before the last change. */
#ifndef PARE_SPARSE_UNDO_H
#define PARE_SPARSE_UNDO_H

#include <stdbool.h>

#include "base/lockfile.h"
#include "base/strbuf.h"
#include "pare/sparse.h"
#include "repo/repo.h"

struct undo_record {
	bool enabled, cone;     /* the configuration */
	struct strbuf patterns; /* the pattern file */
	struct strbuf trash_id; /* "" when nothing was moved aside */
	bool has_caller;
	struct strbuf caller;   /* the caller's state, when there is one */
};

#define UNDO_RECORD_INIT                                                      \
	{ .patterns = STRBUF_INIT, .trash_id = STRBUF_INIT,                   \
	  .caller = STRBUF_INIT }

/* GIT_ENOTFOUND when there is none, GIT_EINVALID when it is not ours. */
int undo_read(struct undo_record *out, const struct pare_repo *repo);
/*
 * Have it ready in its lock file, so that when the change is done there is
 * only a rename left to go wrong.
 */
int undo_prepare(struct lockfile *lock, const struct undo_record *record,
		 const struct pare_repo *repo);
/* What lies in the trash under this id comes back, as the report says. */
int undo_restore(struct pare_sparse_report *report, struct pare_repo *repo,
		 const char *trash_id);

void undo_release(struct undo_record *record);

#endif
