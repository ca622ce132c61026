/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/journal: a change that is under way, so that after a kill -9
 * the next one can tidy up: locks that were left, and files that were only
 * half written (which would otherwise pass for a person's own).
 *
 *	journal_recover(&said, repo);        first, before any lock is taken
 *	journal_begin(op);                   locks are held, nothing written
 *	…
 *	journal_end(op);
 */
#ifndef PARE_SPARSE_JOURNAL_H
#define PARE_SPARSE_JOURNAL_H

#include "base/strvec.h"
#include "sparse/operation.h"

/*
 * If a change was cut off, put things right and say so in `warnings`. One that
 * is still running is left alone.
 */
int journal_recover(struct strvec *warnings, struct pare_repo *repo);

int journal_begin(const struct operation *op);
void journal_end(const struct operation *op);

#endif
