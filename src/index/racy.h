/* SPDX-License-Identifier: MIT */
/*
 * Racy entries: the file may have been changed again within the second in
 * which the index was written, with the same size, and its stat data cannot
 * tell. As long as the index is that old, everybody looks at the content; a
 * rewritten index is younger, so whoever writes it has to look first.
 */
#ifndef PARE_INDEX_RACY_H
#define PARE_INDEX_RACY_H

#include <stdbool.h>

#include "base/fs.h"
#include "pare/index.h"

/*
 * Must the entry be marked (its size set to 0), as its file may differ though
 * the stat data will look the same? Filters are not applied: a file whose
 * stored form is another one is marked, and git compares it later.
 */
bool index_racy_needs_mark(struct fs_walk *worktree,
			   const struct pare_index *index,
			   const struct pare_index_entry *entry);

#endif
