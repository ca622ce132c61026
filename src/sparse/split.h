/* SPDX-License-Identifier: MIT */
/* Taking directories out of a selection. */
#ifndef PARE_SPARSE_SPLIT_H
#define PARE_SPARSE_SPLIT_H

#include "base/strvec.h"
#include "pare/index.h"
#include "repo/repo.h"

struct split {
	struct pare_repo *repo;
	const struct pare_index *index; /* NULL: HEAD says what there is */
	bool ignore_case; /* directories have the spelling of `index` then */
};

/*
 * Take `dir` out of the sorted selection `dirs`: itself, what is below it, and
 * if something above it is selected, that is replaced by the directories
 * beside the way down to `dir` (files directly in a directory on that way
 * stay, as a cone has it, as long as one directory beside is left).
 *
 * A directory that is not selected is named in `warnings`; one whose own
 * files leave because nothing beside is left, too.
 */
int split_remove(struct strvec *dirs, const char *dir,
		 const struct split *split, struct strvec *warnings);

/* Append the directories directly below `dir` ("" is the root). */
int split_children(struct strvec *out, const char *dir, struct pare_repo *repo,
		   const struct pare_index *index);

#endif
