/* SPDX-License-Identifier: MIT */
/*
 * Which entries of the index change when it goes from one tree to another, and
 * which files with them. Nothing is touched, nor is the disk looked at.
 */
#ifndef PARE_CHECKOUT_FOLLOW_PLAN_H
#define PARE_CHECKOUT_FOLLOW_PLAN_H

#include "base/arena.h"
#include "checkout/checkout.h"
#include "index/edit.h"
#include "repo/odb.h"

enum { FOLLOW_NONE = UINT32_MAX };

/* A path that changes in the work tree. */
struct follow_step {
	uint32_t gone, come; /* items of the lists, or FOLLOW_NONE */
	uint32_t change;     /* of edits.change, the entry of `come` */
	bool skipped;        /* the entry has the skip-worktree bit */
};

struct follow_plan {
	struct index_edits edits;
	struct checkout_list gone, come;
	struct follow_step *step;
	size_t nr, alloc;
	struct strvec refused; /* "a/b: why", when an entry is neither tree's */
	bool has_attributes; /* a .gitattributes changes */
	bool has_gitlinks;
	struct arena names;
};

#define FOLLOW_PLAN_INIT { .refused = STRVEC_INIT, .names = ARENA_INIT }

int follow_plan_make(struct follow_plan *plan, struct pare_repo *repo,
		     const struct pare_index *index, const struct oid *from,
		     const struct oid *to, const struct pare_wanted *wanted);
void follow_plan_release(struct follow_plan *plan);

#endif
