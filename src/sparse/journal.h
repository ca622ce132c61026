/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/journal: a change that is under way, so that after a kill -9
 * the next one can tidy up: locks that were left, and files that were only
 * half written (which would otherwise pass for a person's own).
 *
 *	journal_recover(&said, repo);        first of all
 *	journal_write(op);                   before locks are taken
 *	journal_write(op);                   once more, nothing written yet
 *	journal_open_slots(op);
 *	…
 *	journal_end(op);
 *
 * Beside it, in journal.slots, each thread has the number of the item that it
 * is writing just now. That is a store into memory, where a temporary name and
 * a rename for every file would cost a sixth of the time.
 */
#ifndef PARE_SPARSE_JOURNAL_H
#define PARE_SPARSE_JOURNAL_H

#include <sys/stat.h>

#include "base/strvec.h"
#include "sparse/operation.h"

/*
 * If a change was cut off, put things right and say so in `warnings`. Answers
 * 1 when one is still running, which is left alone (and so must its journal).
 */
int journal_recover(struct strvec *warnings, struct pare_repo *repo);

struct journal {
	struct strbuf text;
	struct stat st;
	bool exists;
	long pid;         /* whose it is */
	bool is_running;
	const char *rest; /* behind the head; NULL: nothing was begun */
};

/* What is noted; release `text`. That nothing is, is no error. */
int journal_read(struct journal *journal, struct pare_repo *repo);
void journal_remove(const struct pare_repo *repo);

/* Is this lock that of the change, so that journal_recover takes it away? */
bool journal_has_lock(const struct journal *journal, const char *lock_path);

/* Note the locks that are held or will be, and what is going to be written. */
int journal_write(const struct operation *op);
void journal_open_slots(struct operation *op);
void journal_end(struct operation *op);

#endif
