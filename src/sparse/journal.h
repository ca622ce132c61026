/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/journal: a change that is under way, so that after a kill -9
 * the next one can tidy up: locks that were left, and files that were only
 * half written (which would otherwise pass for a person's own).
 *
 *	journal_recover(&said, repo);        first of all
 *	journal_write(op);                   before locks are taken; one only
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
 * If a change was cut off, put things right and say so in `warnings`.
 * GIT_ELOCKED when one is still running; 1 when that is not certain, as a
 * process can have the number of another: it is left alone, and so must its
 * journal.
 */
int journal_recover(struct strvec *warnings, struct pare_repo *repo);

struct journal {
	struct strbuf text;
	struct stat st;
	bool exists;
	long pid;         /* whose it is */
	bool is_running, is_certain;
	const char *rest; /* behind the head; NULL: nothing was begun */
};

/* What is noted; release `text`. That nothing is, is no error. */
int journal_read(struct journal *journal, struct pare_repo *repo);
/* That one; another that has come since stays. */
void journal_remove(const struct pare_repo *repo, const struct stat *which);
/* Set the error for who meets one that is running; returns GIT_ELOCKED. */
int journal_busy(long pid);

/* Is this lock that of the change, so that journal_recover takes it away? */
bool journal_has_lock(const struct journal *journal, const char *lock_path);

/*
 * Note the locks that are held or will be, and what is going to be written.
 * The first time GIT_ELOCKED if somebody else has begun meanwhile.
 */
int journal_write(struct operation *op);
void journal_open_slots(struct operation *op);
void journal_end(struct operation *op);

#endif
