/* SPDX-License-Identifier: MIT */
/* May it be rewritten, and which other branches come along? */
#ifndef PARE_HISTORY_TERMS_H
#define PARE_HISTORY_TERMS_H

#include "history/rewrite.h"

/*
 * Refuse what `terms` do not allow: a branch that another worktree has, one
 * that is protected, commits that the upstream has; with terms->push a branch
 * that has nowhere to go. Fills in the branches and the push target.
 */
int terms_check(struct rewrite *rw, const struct pare_terms *terms);

#endif
