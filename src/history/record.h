/* SPDX-License-Identifier: MIT */
/*
 * What the last rewrite moved, for undo: `<git dir>/pare/rewrite`. Its first
 * line is `<ref> <before> <after>`, the second the words that say what it was;
 * then come the other refs that moved, as the first.
 */
#ifndef PARE_HISTORY_RECORD_H
#define PARE_HISTORY_RECORD_H

#include "pare/history.h"

/* A ref that moves; zero is for one that is not there. */
struct moved_ref {
	const char *ref;
	struct oid before, after;
};

/* refs[0] is HEAD's branch, or "HEAD". */
int record_write(struct pare_repo *repo, const struct moved_ref *refs,
		 size_t nr, const char *what);

#endif
