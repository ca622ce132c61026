/* SPDX-License-Identifier: MIT */
/* The stat data of an index entry, and what it says about a file on disk. */
#ifndef PARE_INDEX_STAT_H
#define PARE_INDEX_STAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "pare/index.h"

enum { INDEX_STAT_SIZE = 40 }; /* on disk, ctime to size, mode included */

/* Numbers as the index keeps them, cut to 32 bits each. */
struct index_stat {
	uint32_t ctime_s, ctime_ns, mtime_s, mtime_ns;
	uint32_t dev, ino, uid, gid, size;
};

/*
 * To and from an entry's bytes; of the 40 the mode's four belong to the entry
 * and are left alone.
 */
void index_stat_read(struct index_stat *out, const uint8_t *raw);
void index_stat_write(uint8_t *raw, const struct index_stat *st);
void index_stat_from(struct index_stat *out, const struct stat *st);

enum index_stat_options {
	INDEX_STAT_TRUST_CTIME = 1 << 0, /* core.trustctime, default on */
	INDEX_STAT_MINIMAL = 1 << 1,     /* core.checkStat=minimal */
	INDEX_STAT_FILEMODE = 1 << 2,    /* core.fileMode */
	INDEX_STAT_SYMLINKS = 1 << 3,    /* core.symlinks */
};

enum index_stat_answer {
	INDEX_STAT_SAME,    /* nothing looks changed */
	INDEX_STAT_RACY,    /* as SAME, but as young as the index itself */
	INDEX_STAT_TOUCHED, /* time or inode differ: the content decides */
	INDEX_STAT_CHANGED, /* type, mode or size differ: surely modified */
};

/*
 * git's ie_match_stat (which looks at whole seconds; we look closer where both
 * times have a fraction), with assume-valid and skip-worktree disregarded. A
 * size of 0 in an entry whose blob is not empty (git's mark of a racily clean
 * entry) is TOUCHED. An intent-to-add entry is CHANGED, a gitlink whose
 * directory is there is SAME.
 */
enum index_stat_answer index_stat_compare(const struct pare_index_entry *e,
					  const struct stat *st,
					  const struct pare_index *index,
					  unsigned options);

#endif
