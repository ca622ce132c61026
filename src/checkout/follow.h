/* SPDX-License-Identifier: MIT */
/*
 * Index and work tree go from one tree to another, as `git read-tree -m -u`
 * has it, without following a link and by renames alone: what has changes of
 * its own stays if it need not change, and else nothing is done.
 *
 *	error = follow_begin(&f, repo, &from, &to, &opts);
 *	… refs move …
 *	if (error < 0)
 *		follow_back(f);
 *	follow_end(f);
 */
#ifndef PARE_CHECKOUT_FOLLOW_H
#define PARE_CHECKOUT_FOLLOW_H

#include "checkout/checkout.h"

struct follow;

struct follow_options {
	struct pare_wanted wanted;
	const struct pare_progress *progress;
};

/*
 * Go. GIT_EUNCOMMITTED, with the files as hints, when one that must change has
 * changes of its own or something is in the way of one; PARE_EHANDOVER when
 * git has to do it. After any error all is as before, and *out is NULL; also
 * when a change that was cut off (journal.h) was put right first.
 */
int follow_begin(struct follow **out, struct pare_repo *repo,
		 const struct oid *from, const struct oid *to,
		 const struct follow_options *opts);

/* Back again: GIT_EMODIFIED, and nothing is done, when somebody else has
 * changed the index since. */
int follow_back(struct follow *f);

/* What was there before is not needed any more. NULL is fine. */
void follow_end(struct follow *f);

#endif
