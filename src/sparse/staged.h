/* SPDX-License-Identifier: MIT */
/* Staged changes that leave the work tree with their files. */
#ifndef PARE_SPARSE_STAGED_H
#define PARE_SPARSE_STAGED_H

#include "sparse/operation.h"

/*
 * Name in report->staged what goes and is not as HEAD has it. As long as the
 * index's TREE says that all is as in HEAD, this costs nothing; otherwise git
 * compares.
 */
int staged_find(struct operation *op);

#endif
