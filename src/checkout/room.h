/* SPDX-License-Identifier: MIT */
/* What the files of this room share; see checkout.h for the face. */
#ifndef PARE_CHECKOUT_ROOM_H
#define PARE_CHECKOUT_ROOM_H

#include "base/fs.h"
#include "checkout/checkout.h"
#include "repo/odb.h"

struct checkout {
	struct pare_repo *repo;
	const struct pare_index *index;
	struct checkout_options opts;
	struct fs_walk walk;
	unsigned stat_options; /* enum index_stat_options */
	bool symlinks;         /* core.symlinks */
	int may_filter;        /* -1: not looked at yet */
	size_t workers;
	uint64_t big_size_bytes; /* core.bigFileThreshold */
	struct strbuf missing; /* the topmost missing directory, with slash */
	struct strvec failures, warnings;
	char *stage;           /* see stage.c; NULL: none was made */
	bool own_attributes;   /* there are some in it */
	struct strvec drivers; /* names of filters that the list needs */
	struct checkout_slots *slots;
};

/* What could not be done to an item that FAILED. */
enum checkout_step {
	CHECKOUT_STEP_NONE,
	CHECKOUT_STEP_DIRECTORY,
	CHECKOUT_STEP_BLOB,
	CHECKOUT_STEP_FILE,
	CHECKOUT_STEP_LINK,
	CHECKOUT_STEP_FILTER,
};

static inline bool item_is_gitlink(const struct checkout_item *item)
{
	return (item->mode & 0170000) == 0160000;
}

static inline bool item_is_link(const struct checkout_item *item)
{
	return (item->mode & 0170000) == 0120000;
}

/* Will git make the file, and we move it into place? */
static inline bool item_is_for_git(const struct checkout_item *item)
{
	return item->status == PARE_PATH_TO_WRITE && item->filtered;
}

/* Is it still the file that was looked at (or written)? */
bool item_is_same_file(const struct checkout_item *item, const struct stat *st);

/* Threads for `nr` items. */
size_t checkout_threads(const struct checkout *co, size_t nr);

/* The last component of the path; its directory has `*dir_len` bytes. */
const char *item_name(const struct checkout_item *item, size_t *dir_len);

/* Could git's filters change any file of this repository? */
bool checkout_may_filter(struct checkout *co);

/* Have all blobs here that writing the list will read. */
int checkout_fetch_missing(struct checkout *co,
			   const struct checkout_list *list);

/* Set `filtered` of the items that are TO_WRITE and need git's hand. */
int checkout_classify(struct checkout *co, struct checkout_list *list);

/*
 * Is the file `name` in `dir` what the item names, byte for byte? `st` is its
 * lstat.
 */
bool content_equals(int dir, const char *name, const struct stat *st,
		    const struct checkout_item *item,
		    const struct hash_algo *algo);

/* Make the stage, unless there is one; remove it with all that is in it. */
int checkout_stage(struct checkout *co);
void checkout_unstage(struct checkout *co);
/* Copy into it the untracked attributes files that bear on the list. */
int checkout_stage_attributes(struct checkout *co,
			      const struct checkout_list *list);

/*
 * Keep what git complained of, `error: ` lines, as failures. If it died, its
 * last words are the error that comes back.
 */
int checkout_keep_complaints(struct checkout *co, const char *text);

/*
 * Make the file (or link) of a blob as `name` in the open directory `dir`;
 * nothing is written over. -1 when the item has FAILED; one that is too large
 * for us becomes `filtered` instead.
 */
int checkout_make_file(struct checkout *co, struct odb *odb, int dir,
		       const char *name, struct checkout_item *item,
		       struct stat *st);
/* PARE_EFILES when any item has; why is then in co->failures. */
int checkout_collect_failures(struct checkout *co,
			      const struct checkout_list *list);

/*
 * The items that are TO_WRITE and `filtered`, by git: in the stage, under
 * their paths, and from there in their places.
 */
int checkout_make_filtered(struct checkout *co,
			   const struct checkout_list *list);
int checkout_write_filtered(struct checkout *co, struct checkout_list *list);

/*
 * Remove the directories above path[0..len) that are empty, up to the one
 * that has `keep_len` bytes, or to one that `next` (or NULL) lies in, or that
 * the process stands in.
 */
void checkout_prune_dirs(struct checkout *co, const char *path, size_t len,
			 size_t keep_len, const char *next);

/*
 * The same for paths that go in their order: above *last, but what `path`
 * lies in, which becomes the last. Begins and ends with NULL.
 */
void checkout_prune_behind(struct checkout *co, const char **last,
			   const char *path);

#endif
