/* SPDX-License-Identifier: MIT */
/*
 * From one selection to another: what comes and what goes, entry by entry.
 *
 *	transition_plan(&t, index, &cone, &opts);     one walk over the index
 *	checkout_check_removals(co, &t.gone);
 *	checkout_check_writes(co, &t.come);
 *	transition_edits(&edits, &t);                 before writing, or after
 *
 * Nothing is touched here. Names in the lists live as long as the index is
 * open and the transition is not released.
 */
#ifndef PARE_SPARSE_TRANSITION_H
#define PARE_SPARSE_TRANSITION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/strvec.h"
#include "checkout/checkout.h"
#include "index/edit.h"
#include "pare/index.h"
#include "sparse/cone.h"
#include "sparse/pattern_list.h"

struct positions {
	uint32_t *pos;
	size_t nr, alloc;
};

struct transition {
	struct checkout_list come, gone;
	struct positions healed;  /* skipped, but there: the bit goes */
	struct positions blocked; /* unmerged, or gitlinks outside the cone */
	struct positions hidden;  /* of a new index: outside, get the bit */
	struct strvec unmerged;
	struct arena names;
};

#define TRANSITION_INIT { .unmerged = STRVEC_INIT, .names = ARENA_INIT }

struct transition_options {
	/* Skipped entries whose path is there lose the bit; NULL: none do. */
	struct checkout *look;
	/* With patterns: to see what is there. */
	struct checkout *disk;
	/* Patterns that decide instead of the cone, or NULL. */
	const struct pattern_list *patterns;
	/* The index was made just now, nothing of it is in the work tree. */
	bool nothing_there;
};

int transition_plan(struct transition *t, const struct pare_index *index,
		    const struct cone *cone,
		    const struct transition_options *opts);

/* The flags and stat data that follow from the statuses of the items. */
void transition_edits(struct index_edits *edits, const struct transition *t);

/*
 * Of the entries [first, last), is there any that stays in the work tree (or
 * might, as a gitlink) when the plan is done?
 */
bool transition_keeps(const struct transition *t, uint32_t first,
		      uint32_t last);

/* Does a submodule come or go? */
bool transition_moves_gitlinks(const struct transition *t);

void transition_release(struct transition *t);

#endif
