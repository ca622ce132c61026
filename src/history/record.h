/* SPDX-License-Identifier: MIT */
/*
 * What the last rewrite moved, for undo: `<git dir>/pare/rewrite`. Its first
 * line is `<ref> <before> <after>`, the second the words that say what it was;
 * then come the other refs that moved, as the first.
 *
 * The refs and the record cannot change at one moment. So the new record
 * stands beside the old one, as `rewrite.pending`, before the refs move, and
 * takes its place afterwards. What is found pending later, since that failed
 * or was cut off, is true if the first ref is where it says; else it was never
 * done.
 */
#ifndef PARE_HISTORY_RECORD_H
#define PARE_HISTORY_RECORD_H

#include "pare/history.h"

/* A ref that moves; zero is for one that is not there. */
struct moved_ref {
	const char *ref;
	struct oid before, after;
};

/* Before the refs move. refs[0] is HEAD's branch, or "HEAD". */
int record_prepare(struct pare_repo *repo, const struct moved_ref *refs,
		   size_t nr, const char *what);
/* After they have moved. */
void record_settle(struct pare_repo *repo);

#endif
