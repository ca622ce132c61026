/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/journal: a change of the work tree that is under way, so that
 * after a kill -9 the next one can tidy up: locks that were left, and files
 * that were only half written (which would otherwise pass for a person's own).
 *
 *	journal_recover(&said, repo);        first of all
 *	journal_add_lock(&own, &lock, path);
 *	journal_write(&own, NULL);           before locks are taken; one only
 *	journal_write(&own, &come);          once more, nothing written yet
 *	journal_open_slots(&own, co);
 *	…
 *	journal_end(&own);
 *
 * Beside it, in journal.slots, each thread has the number of the item that it
 * is writing just now. That is a store into memory, where a temporary name and
 * a rename for every file would cost a sixth of the time.
 */
#ifndef PARE_CHECKOUT_JOURNAL_H
#define PARE_CHECKOUT_JOURNAL_H

#include <sys/stat.h>

#include "base/lockfile.h"
#include "base/strvec.h"
#include "checkout/checkout.h"
#include "repo/repo.h"

/*
 * If a change was cut off, put things right and say so in `warnings`.
 * GIT_ELOCKED when one is still running; 1 when that is not certain, as a
 * process can have the number of another: it is left alone, and so must its
 * journal.
 */
int journal_recover(struct strvec *warnings, struct pare_repo *repo);

struct swaps;

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

enum { JOURNAL_LOCKS_MAX = 3 };

/* The one of this process. */
struct own_journal {
	struct pare_repo *repo;
	struct {
		const struct lockfile *lock;
		char *path; /* what it is on */
	} lock[JOURNAL_LOCKS_MAX];
	size_t nr_locks;
	struct stat st; /* of the file; st_ino is 0 before it is written */
	struct checkout_slots *slots; /* NULL: there are none */
	const struct swaps *swaps;    /* files that change places, or NULL */
	struct oid head; /* with them: HEAD's commit before it moves */
};

/* A lock that is held or will be; borrowed. */
void journal_add_lock(struct own_journal *own, const struct lockfile *lock,
		      const char *path);
/*
 * Note the locks, and the items of `come` (or NULL) that are TO_WRITE, or what
 * changes places. The first time GIT_ELOCKED if somebody else has begun
 * meanwhile.
 */
int journal_write(struct own_journal *own, const struct checkout_list *come);
void journal_open_slots(struct own_journal *own, struct checkout *co);
/* Remove what was written, release what is held. */
void journal_end(struct own_journal *own);

#endif
