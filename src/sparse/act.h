/* SPDX-License-Identifier: MIT */
/* Acting a plan out, and saying what came of it. */
#ifndef PARE_SPARSE_ACT_H
#define PARE_SPARSE_ACT_H

#include "sparse/operation.h"

/*
 * Write the files, commit pattern file, configuration and index, remove what
 * goes, fill the report. On an error all is as it was.
 */
int act(struct operation *op);

/* Fill the report's counts and lists from the statuses of the plan. */
void act_report(struct operation *op);

#endif
