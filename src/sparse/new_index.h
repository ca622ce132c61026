/* SPDX-License-Identifier: MIT */
/* An index where there is none yet: after `git clone --no-checkout`. */
#ifndef PARE_SPARSE_NEW_INDEX_H
#define PARE_SPARSE_NEW_INDEX_H

#include "sparse/operation.h"

/*
 * Have git read HEAD into an index beside the real one (op->made_index) and
 * open it; on an unborn branch nothing happens, and op->index stays NULL.
 */
int new_index_from_head(struct operation *op);

/* Remove it. */
void new_index_discard(struct operation *op);

#endif
