/* SPDX-License-Identifier: MIT */
/*
 * An operation on a sparse index: only the directories that the new cone
 * reaches into are opened, and closed again where they may be.
 */
#ifndef PARE_SPARSE_SPARSE_DIRS_H
#define PARE_SPARSE_SPARSE_DIRS_H

#include "index/edit.h"
#include "sparse/operation.h"

/*
 * Make op->index one in which the plan finds every entry it may change, and
 * keep the one on disk in op->disk_index. PARE_EHANDOVER when a tree is not
 * here.
 */
int sparse_dirs_widen(struct operation *op);

/* May the index have to be written in another shape than it has? */
bool sparse_dirs_reshapes(const struct operation *op);

/* Write op->index with `edits`, collapsed if that is wanted. */
int sparse_dirs_write(struct operation *op, const struct index_edits *edits,
		      struct index_write_options *opts);

#endif
