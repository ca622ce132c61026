/* SPDX-License-Identifier: MIT */
/*
 * Making the work tree so.
 *
 * The caller (src/sparse) knows which entries should appear and disappear;
 * this room looks at the disk, says what stands in the way, writes and
 * removes. It never follows a symbolic link below the root of the work tree,
 * never overwrites a file, and leaves the index alone.
 *
 *	checkout_open(&co, repo, index, &opts);
 *	checkout_check_removals(co, &gone);   MODIFIED, TO_REMOVE, ABSENT
 *	checkout_check_writes(co, &come);     PRESENT, ADOPTED, TO_WRITE
 *	checkout_write(co, &come);            WRITTEN with stat, or rolled back
 *	… the index is committed …
 *	checkout_remove(co, &gone);           REMOVED
 *	checkout_close(co);
 */
#ifndef PARE_CHECKOUT_CHECKOUT_H
#define PARE_CHECKOUT_CHECKOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strvec.h"
#include "index/stat.h"
#include "pare/checkout.h"
#include "pare/index.h"
#include "pare/progress.h"
#include "repo/repo.h"

/* One index entry to bring in or take away; sorted by path in a list. */
struct checkout_item {
	const char *path; /* borrowed, NUL-terminated, no slash in front */
	const uint8_t *oid;
	const uint8_t *raw_stat; /* of the index entry, 40 bytes */
	uint32_t path_len;
	uint32_t mode;
	uint32_t pos;  /* in the index */
	uint16_t flags, extended; /* of the index entry */
	uint8_t status; /* enum pare_path_status */
	bool filtered;  /* set here: goes through git's filters */
	bool populated; /* a submodule that is there: its directory stays */
	uint8_t step;   /* when FAILED: what could not be done */
	int error;      /* errno when FAILED */
	/*
	 * Set by checkout_check_writes: the first bytes of `path` that were a
	 * directory already. When PRESENT, the thing in the way has the name
	 * path[0..blocker_len).
	 */
	uint32_t there_len, blocker_len;
	struct index_stat stat; /* when WRITTEN or ADOPTED */
	uint64_t size_bytes;    /* of the file, when it is known */
};

struct checkout_list {
	struct checkout_item *item;
	size_t nr, alloc;
};

struct checkout_item *checkout_list_add(struct checkout_list *list,
					const struct pare_index_entry *entry,
					const char *kept_name);
void checkout_list_release(struct checkout_list *list);

struct checkout_options {
	const struct pare_progress *progress;
	size_t workers;     /* 0: as many as pay (checkout.workers, cores) */
	bool has_attributes; /* the index holds a .gitattributes entry */
	/* The index whose files are in the work tree, when it is another. */
	const struct pare_index *before;
};

struct checkout;

int checkout_open(struct checkout **out, struct pare_repo *repo,
		  const struct pare_index *index,
		  const struct checkout_options *opts);
void checkout_close(struct checkout *co);

/*
 * Is something at this path? For entries with the skip-worktree bit in index
 * order; a missing directory is remembered, so that all that is below it
 * costs no system call. Links on the way count as "not there", the path's own
 * last component is not followed.
 */
bool checkout_is_present(struct checkout *co, const char *path, size_t len);

/*
 * Look at the files that should go. A file whose stat differs but whose
 * content equals the entry (through the filters) counts as clean.
 */
int checkout_check_removals(struct checkout *co, struct checkout_list *list);

/* Look at what stands where files should come. */
int checkout_check_writes(struct checkout *co, struct checkout_list *list);

/* Blob sizes of the items (for a dry run); unknown ones stay UINT64_MAX. */
int checkout_sizes(struct checkout *co, struct checkout_list *list);

/*
 * Where checkout_write notes what each thread has half written: the item's
 * number from 1, or 0. Borrowed; NULL: nowhere.
 */
struct checkout_slots {
	uint32_t item[1024];
};
void checkout_note_in(struct checkout *co, struct checkout_slots *slots);

/*
 * Write all items that are TO_WRITE. Missing blobs of a partial clone are
 * fetched first, in one batch (GIT_ERROR if the remote cannot be reached;
 * nothing was written). If any file cannot be written, all that this call
 * wrote is removed again and PARE_EFILES comes back, or GIT_ERROR with git's
 * last words when a filter that is required failed. What git would say besides
 * (`unable to create file x: …`) is in checkout_failures(), also after a
 * filter that is not required failed and the file was written without it.
 */
int checkout_write(struct checkout *co, struct checkout_list *list);
const struct strvec *checkout_failures(const struct checkout *co);

/* Lines without "warning: " about what checkout_remove had to leave. */
const struct strvec *checkout_warnings(const struct checkout *co);

/* Remove what checkout_write wrote (the index could not be committed). */
void checkout_unwrite(struct checkout *co, struct checkout_list *list);

/*
 * Remove all items that are TO_REMOVE (each looked at once more on the way,
 * its file must still be the one that was checked), and directories that
 * become empty, but not the one the process stands in.
 */
int checkout_remove(struct checkout *co, struct checkout_list *list);

/*
 * A directory that left the cone and whose entries are all skipped: if only
 * ignored files are left in it, they are moved into the trash `trash_id` (or
 * deleted when the trash is off, keep_days 0) and the directory goes.
 * Untracked files or a nested repository keep it.
 */
enum checkout_dir_answer {
	CHECKOUT_DIR_GONE,       /* was not there, or is not any more */
	CHECKOUT_DIR_UNTRACKED,  /* kept: untracked files */
	CHECKOUT_DIR_NESTED,     /* kept: a nested repository */
	CHECKOUT_DIR_CURRENT,    /* kept: the process stands in it */
	CHECKOUT_DIR_FAILED,     /* could not be removed */
};

struct checkout_dir {
	const char *path; /* no trailing slash */
	enum checkout_dir_answer answer;
};

/*
 * All directories at once, so that git is asked once what it ignores.
 * `trashed` gets the paths that were moved. With `dry_run` nothing is touched,
 * and the answers are what would be; tracked files still there do not count.
 */
int checkout_clear_dirs(struct checkout *co, struct checkout_dir *dir,
			size_t nr, const char *trash_id, int keep_days,
			bool dry_run, struct strvec *trashed);

/* The same for one. */
int checkout_clear_dir(enum checkout_dir_answer *answer, struct checkout *co,
		       const char *dir, const char *trash_id, int keep_days,
		       bool dry_run, struct strvec *trashed);

/*
 * Remove a directory and all that is in it for good, or with `dry_run` list
 * it. Repositories of their own stay and are named. What cannot be removed is
 * a warning.
 */
struct checkout_cleaned {
	struct strvec files, nested; /* paths from the root, sorted */
};

void checkout_clean_dir(struct checkout_cleaned *out, struct checkout *co,
			const char *dir, bool dry_run);

#endif
