/* SPDX-License-Identifier: MIT */
/* Three versions of a file into one, by libgit2 (byte for byte as git). */
#ifndef PARE_REPO_MERGE_FILE_H
#define PARE_REPO_MERGE_FILE_H

#include <stdbool.h>

#include "base/strbuf.h"

enum merge_favor { MERGE_NORMAL, MERGE_UNION };

/*
 * Merge into `out`. Returns 0 when clean, 1 when there were conflicts (`out`
 * is then of no use), negative on error.
 */
int merge_file(struct strbuf *out, const void *base, size_t base_len,
	       const void *ours, size_t ours_len, const void *theirs,
	       size_t theirs_len, enum merge_favor favor);

#endif
