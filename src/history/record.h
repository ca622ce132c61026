/* SPDX-License-Identifier: MIT */
/*
 * What the last rewrite moved, for undo: `<git dir>/pare/rewrite`, two lines,
 * `<ref> <before> <after>` and the words that say what it was.
 */
#ifndef PARE_HISTORY_RECORD_H
#define PARE_HISTORY_RECORD_H

#include "pare/history.h"

int record_write(struct pare_repo *repo, const char *ref,
		 const struct oid *before, const struct oid *after,
		 const char *what);

#endif
