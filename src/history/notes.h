/* SPDX-License-Identifier: MIT */
/* Notes of commits go with what becomes of them: notes.rewriteRef. */
#ifndef PARE_HISTORY_NOTES_H
#define PARE_HISTORY_NOTES_H

#include "history/record.h"

/* The notes refs that move. */
struct notes_moves {
	struct moved_ref *ref; /* names live in `names` */
	size_t nr;
	struct strvec names;
};

#define NOTES_MOVES_INIT { .names = STRVEC_INIT }

/*
 * Copy the notes along face->map, as `git notes copy --for-rewrite=rebase`
 * does, into one new commit for each notes ref that changes. No ref is moved:
 * that is for the caller, all at once. GIT_EINVALID, with git's words, for a
 * mode that is none.
 */
int notes_rewrite(struct notes_moves *out, struct pare_rewrite *face);
void notes_moves_release(struct notes_moves *moves);

#endif
