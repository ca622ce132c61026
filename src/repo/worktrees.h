/* SPDX-License-Identifier: MIT */
/*
 * Branches that some worktree has a hand on: by HEAD, by a rebase or bisect
 * that began on them, or by a rebase that is to move them.
 */
#ifndef PARE_REPO_WORKTREES_H
#define PARE_REPO_WORKTREES_H

#include "base/strvec.h"
#include "repo/repo.h"

struct checked_out {
	struct strvec ref;  /* "refs/heads/x" */
	struct strvec path; /* in step: the worktree, as git names it */
	size_t nr_here;     /* the first so many are of this worktree */
};

#define CHECKED_OUT_INIT { .ref = STRVEC_INIT, .path = STRVEC_INIT }

/* A worktree whose files cannot be read has a hand on nothing. */
void repo_checked_out(struct checked_out *out, struct pare_repo *repo);
void checked_out_release(struct checked_out *out);

/* The path of a worktree that has `ref`, or NULL. */
const char *checked_out_at(const struct checked_out *all, const char *ref);
/* The same of worktrees other than this one. */
const char *checked_out_elsewhere(const struct checked_out *all,
				  const char *ref);

#endif
