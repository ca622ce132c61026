/* SPDX-License-Identifier: MIT */
/* Three versions of a text into one, where every diff would say the same. */
#ifndef PARE_HISTORY_TEXT_MERGE_H
#define PARE_HISTORY_TEXT_MERGE_H

#include <stdbool.h>

#include "base/strbuf.h"

struct text {
	const char *data;
	size_t len;
};

/*
 * Append the merge to `out` if it is beyond doubt: what one side changed lies
 * wholly before what the other did. False when it is not (or is no text);
 * that need not be a conflict.
 */
bool text_merge(struct strbuf *out, const struct text *base,
		const struct text *ours, const struct text *theirs);

#endif
