/* SPDX-License-Identifier: MIT */
/* What a replay will look at and a partial clone may lack. */
#ifndef PARE_HISTORY_PREFETCH_H
#define PARE_HISTORY_PREFETCH_H

#include "history/range.h"

/*
 * Fetch it, in one go for the contents and in few for the trees: directories
 * in which a commit of the range differs from its first parent, and the files
 * that do, on both sides. Nothing is done in other clones.
 */
int prefetch_range(const struct range *range, struct pare_repo *repo);

#endif
