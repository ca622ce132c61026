/* SPDX-License-Identifier: MIT */
/* A rewrite as this room has it: the face that commands see, and the range. */
#ifndef PARE_HISTORY_REWRITE_H
#define PARE_HISTORY_REWRITE_H

#include "history/range.h"

struct rewrite {
	struct pare_rewrite face; /* first, so that one is the other */
	struct range range;
};

/* The author line that the options make of the first commit's. */
int rewrite_author(struct strbuf *out, const struct rewrite *rw,
		   const struct pare_apply_options *opts);

/*
 * Ask the pre-rebase hook, with the commit below as the upstream. GIT_EUSER
 * when it refuses.
 */
int rewrite_ask_pre_rebase(const struct rewrite *rw,
			   const struct pare_apply_options *opts);

/* Release what it holds, not itself. */
void rewrite_release(struct rewrite *rw);

#endif
