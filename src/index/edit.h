/* SPDX-License-Identifier: MIT */
/*
 * Changing an index: a list of edits against the mapped file, then one pass
 * that copies what stands between them as it is.
 *
 *	struct index_edits edits = INDEX_EDITS_INIT;
 *
 *	index_edit_flags(&edits, first, nr, PARE_INDEX_SKIP_WORKTREE, 0);
 *	index_edit_stat(&edits, pos, &st);
 *	error = index_write(index, &edits, &lock, &opts);   then commit `lock`
 *
 * Edits of one kind are given in ascending order of position, so that the
 * list needs no sorting, and flag runs do not overlap; runs of equal flag edits
 * take no memory of their own.
 */
#ifndef PARE_INDEX_EDIT_H
#define PARE_INDEX_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/lockfile.h"
#include "index/stat.h"
#include "pare/index.h"

struct index_flag_run {
	uint32_t first, nr;
	uint16_t set, clear;
};

struct index_stat_edit {
	uint32_t pos;
	struct index_stat stat;
};

struct index_change;

struct index_edits {
	struct index_flag_run *run;
	size_t nr_runs, alloc_runs;
	struct index_stat_edit *stat;
	size_t nr_stats, alloc_stats;
	struct index_change *change; /* entries taken out and put in */
	size_t nr_changes, alloc_changes;
};

#define INDEX_EDITS_INIT { 0 }

/* Set and clear extended flags of the entries [first, first + nr). */
void index_edit_flags(struct index_edits *edits, uint32_t first, uint32_t nr,
		      uint16_t set, uint16_t clear);

/* Give an entry new stat data. */
void index_edit_stat(struct index_edits *edits, uint32_t pos,
		     const struct index_stat *st);

/* Take an entry out. TREE is invalidated along its path by `invalidate`. */
void index_edit_remove(struct index_edits *edits, uint32_t pos,
		       bool invalidate);

/* An entry to put in; `name` is copied by index_edit_insert. */
struct index_new_entry {
	const char *name;
	size_t name_len;
	uint32_t mode;
	struct oid oid;
	uint16_t flags;    /* stage and assume-valid; length and extended bit
			    * are filled in */
	uint16_t extended;
	struct index_stat stat;
};

/*
 * Put an entry in before `pos` (the number of entries: at the end). Several
 * at one position come in their own order.
 */
void index_edit_insert(struct index_edits *edits, uint32_t pos,
		       const struct index_new_entry *entry, bool invalidate);

struct index_change {
	uint32_t pos;
	uint32_t nr;     /* entries that go, 0: `entry` comes before pos */
	bool invalidate; /* TREE's nodes on the path; else counts follow */
	struct index_new_entry entry;
};

bool index_edits_empty(const struct index_edits *edits);
void index_edits_release(struct index_edits *edits);

struct index_write_options {
	/*
	 * Root of the work tree. An entry as young as the file it was read
	 * from (racy) would look clean for good once a younger index holds
	 * it; its file is compared here, and if it differs, or without a work
	 * tree, the entry's size becomes 0, which makes git look at the
	 * content (not in memory, where the index stays as old as it was).
	 * Entries with skip-worktree or new stat data are left.
	 */
	const char *worktree;
	bool skip_hash;   /* index.skipHash: a null trailer */
	bool sparse;      /* write `sdir` (sparse directories may be in it) */
	bool expand;      /* drop `sdir` */
	uint32_t version; /* 0: as it is (2 and 3 as the flags need) */
	/* A ready TREE extension instead of the one in the file, or NULL. */
	const void *tree;
	size_t tree_len;
	const struct pare_progress *progress; /* may be NULL */
};

/*
 * As index_write, into memory: a new index that owns its bytes and is as old
 * as the one it was made of, or, where opts->worktree had racy entries looked
 * at, has none of those. What the edits made is checked like any file.
 */
int index_apply(struct pare_index **out, const struct pare_index *index,
		const struct index_edits *edits,
		const struct index_write_options *opts);

/*
 * Write the edited index into `lock` (held on the index since before it was
 * mapped); the caller commits. The bytes are those git would write: version 3
 * exactly when an entry has extended flags and the version was below 4, TREE
 * kept (entry counts and invalidations follow the edits), EOIE and IEOT left
 * out, REUC and others kept. UNTR is emptied: its directories are judged by
 * the age of the index that is replaced. FSMN is kept as long as no entry
 * comes or goes: then what it says of a position still belongs to it (a file
 * written since is in the monitor's next answer). `index` may be NULL: the
 * edits' inserts are then the whole index.
 */
int index_write(const struct pare_index *index,
		const struct index_edits *edits, struct lockfile *lock,
		const struct hash_algo *algo,
		const struct index_write_options *opts);

#endif
