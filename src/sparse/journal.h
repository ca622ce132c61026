/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/journal: a change that is under way, so that after a kill -9
 * the next one can tidy up: locks that were left, and files that were only
 * half written (which would otherwise pass for a person's own).
 *
 *	journal_recover(&said, repo);        first of all
 *	journal_write(op);                   before locks are taken
 *	journal_write(op);                   once more, nothing written yet
 *	…
 *	journal_end(op);
 */
#ifndef PARE_SPARSE_JOURNAL_H
#define PARE_SPARSE_JOURNAL_H

#include "base/strvec.h"
#include "sparse/operation.h"

/*
 * If a change was cut off, put things right and say so in `warnings`. Answers
 * 1 when one is still running, which is left alone (and so must its journal).
 */
int journal_recover(struct strvec *warnings, struct pare_repo *repo);

/* Is one noted? The process whose it is, and whether that still runs. */
bool journal_peek(long *pid, bool *running, struct pare_repo *repo);

/* Note the locks that are held or will be, and what is going to be written. */
int journal_write(const struct operation *op);
void journal_end(const struct operation *op);

#endif
