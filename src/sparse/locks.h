/* SPDX-License-Identifier: MIT */
/* Lock files that stand around: whose they are, and whether anybody's. */
#ifndef PARE_SPARSE_LOCKS_H
#define PARE_SPARSE_LOCKS_H

#include "base/strvec.h"
#include "repo/repo.h"

/* The lock files that there are, of those that our work could meet. */
void locks_find(struct strvec *out, const struct pare_repo *repo);

enum lock_holder {
	LOCK_HELD,    /* a process has it open, or a git runs in here */
	LOCK_UNKNOWN, /* it is young, or there is no /proc to look at */
	LOCK_STALE,   /* old, and nobody is there who could have it */
};

struct lock_answer {
	enum lock_holder holder;
	long pid;         /* when HELD */
	long age_seconds;
};

/* GIT_ENOTFOUND when it is gone. */
int lock_judge(struct lock_answer *out, const struct pare_repo *repo,
	       const char *path);

#endif
