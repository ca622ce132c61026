/* SPDX-License-Identifier: MIT */
/* A rewrite as this room has it: the face that commands see, and the range. */
#ifndef PARE_HISTORY_REWRITE_H
#define PARE_HISTORY_REWRITE_H

#include "history/range.h"

struct rewrite {
	struct pare_rewrite face; /* first, so that one is the other */
	struct range range;
};

/* Release what it holds, not itself. */
void rewrite_release(struct rewrite *rw);

#endif
