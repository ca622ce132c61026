/* SPDX-License-Identifier: MIT */
/*
 * Reading `.git/index` without making a copy of it: the file is mapped, and an
 * entry is a view into the map. Format: git's Documentation/gitformat-index,
 * versions 2, 3 and 4, SHA-1 and SHA-256.
 *
 *	if ((error = pare_index_open(&index, path, algo)) < 0)
 *		return error;
 *	pare_index_iter_init(&iter, index);
 *	while ((error = pare_index_next(&entry, &iter)) > 0)
 *		…
 *	pare_index_close(index);
 *
 * Every byte is checked before it is believed: entries that overrun the file,
 * names that are empty or hold a NUL, a wrong order or an impossible prefix
 * are GIT_EINVALID.
 */
#ifndef PARE_INDEX_H
#define PARE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct hash_algo;
struct pare_index;

enum {
	/* struct pare_index_entry.flags, as on disk */
	PARE_INDEX_ASSUME_VALID = 0x8000,
	PARE_INDEX_EXTENDED = 0x4000,
	PARE_INDEX_STAGE_MASK = 0x3000,
	PARE_INDEX_STAGE_SHIFT = 12,
	/* .extended, as on disk */
	PARE_INDEX_SKIP_WORKTREE = 0x4000,
	PARE_INDEX_INTENT_TO_ADD = 0x2000,
};

struct pare_index_entry {
	const char *name; /* NUL-terminated; see pare_index_keep_name */
	size_t name_len;
	const uint8_t *stat; /* index_stat_read() makes numbers of it */
	const uint8_t *oid;  /* raw_size bytes */
	uint32_t mode;
	uint16_t flags;
	uint16_t extended; /* 0 when the entry has none */
	uint32_t pos;      /* 0 for the first entry */
	size_t offset;     /* of the entry in the file */
};

static inline int pare_index_stage(const struct pare_index_entry *e)
{
	return (e->flags & PARE_INDEX_STAGE_MASK) >> PARE_INDEX_STAGE_SHIFT;
}

static inline bool pare_index_skipped(const struct pare_index_entry *e)
{
	return e->extended & PARE_INDEX_SKIP_WORKTREE;
}

/* A sparse directory: a whole tree as one entry, its name ends in a slash. */
static inline bool pare_index_is_sparse_dir(const struct pare_index_entry *e)
{
	return (e->mode & 0170000) == 0040000;
}

/*
 * Map the index at `path`. GIT_ENOTFOUND when there is none. The trailing
 * checksum is not verified here (see pare_index_verify), the structure is, in
 * one pass over all entries (about 30 ms a million) that also learns what
 * pare_index_facts() tells; where a caller only wants to know whether there
 * is any such entry, it need not look itself.
 *
 * PARE_EHANDOVER for a split index (`link`) or another mandatory extension
 * that is not known; the message names it. A file that is cut short by
 * another program while it is mapped ends the process with SIGBUS, as it does
 * git's; git itself never changes an index in place.
 */
int pare_index_open(struct pare_index **out, const char *path,
		    const struct hash_algo *algo);
void pare_index_close(struct pare_index *index);

/* Compare the trailing checksum (a null one is fine): 0 or GIT_EINVALID. */
int pare_index_verify(const struct pare_index *index);

/* What is in it. Counts are of entries. */
struct pare_index_facts {
	uint32_t nr_extended;    /* with a word of extended flags */
	uint32_t nr_skipped;     /* skip-worktree, sparse directories too */
	uint32_t nr_unmerged;    /* stages 1 to 3 */
	uint32_t nr_sparse_dirs;
	uint32_t nr_gitlinks;
	uint32_t nr_racy;        /* in the work tree, as young as the index */
	bool has_attributes;     /* a .gitattributes anywhere */
	bool has_modules;        /* .gitmodules at the root */
};

const struct pare_index_facts *pare_index_facts(const struct pare_index *index);

uint32_t pare_index_version(const struct pare_index *index);
uint32_t pare_index_nr(const struct pare_index *index);
/* Does it hold the `sdir` extension (sparse directories are allowed)? */
bool pare_index_is_sparse(const struct pare_index *index);
/* The content of an optional extension ("TREE"), NULL when there is none. */
const uint8_t *pare_index_extension(const struct pare_index *index,
				    const char *signature, size_t *len);
/* Modification time of the file when it was mapped, for the racy test. */
void pare_index_mtime(const struct pare_index *index, uint32_t *seconds,
		      uint32_t *nanoseconds);

/*
 * Position of the first entry whose name is not below `name` in bytewise
 * order, the number of entries when all are. With "dir/" the first entry of
 * the directory or, in a sparse index, perhaps the directory itself.
 */
uint32_t pare_index_lower_bound(const struct pare_index *index,
				const char *name, size_t len);

struct pare_index_iter {
	const struct pare_index *index;
	const uint8_t *p;
	uint32_t pos;
	char *name; /* version 4: the name so far */
	size_t name_len, name_alloc;
};

void pare_index_iter_init(struct pare_index_iter *iter,
			  const struct pare_index *index);
/*
 * Make `pos` the next entry (at most the number of entries: the end). Costs
 * no more than looking at a few hundred entries, wherever it is.
 */
void pare_index_iter_seek(struct pare_index_iter *iter, uint32_t pos);
/* 1 with the next entry, 0 at the end, GIT_EINVALID for a broken index. */
int pare_index_next(struct pare_index_entry *entry,
		    struct pare_index_iter *iter);
void pare_index_iter_release(struct pare_index_iter *iter);

/*
 * The entry of exactly this name, the first of its stages: 1 with the entry,
 * which lives until the iterator's next call, 0 when there is none. Then
 * entry->pos is where it would be, as of pare_index_lower_bound.
 */
int pare_index_find(struct pare_index_entry *entry,
		    struct pare_index_iter *iter, const char *name,
		    size_t len);

/*
 * Entries that may be passed over at once: does a run of merged, skipped
 * files begin at the iterator, all somewhere below one directory? Then *dir,
 * which lives as long as the index, begins with the directory's name, *len
 * bytes and a slash, and the run ends before *end. Runs are of a few hundred
 * entries; that none is said to begin says nothing.
 */
bool pare_index_quiet_run(const struct pare_index_iter *iter, const char **dir,
			  size_t *len, uint32_t *end);

/*
 * Look at one entry by its position (which must exist). The entry's name lives
 * until the iterator's next call.
 */
int pare_index_entry_at(struct pare_index_entry *entry,
			struct pare_index_iter *iter, uint32_t pos);

/*
 * The name for as long as the index is open: itself in versions 2 and 3, a
 * copy in `arena` in version 4 (where the view ends at the next call).
 */
const char *pare_index_keep_name(const struct pare_index *index,
				 const struct pare_index_entry *entry,
				 struct arena *arena);

#endif
