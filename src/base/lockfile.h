/* SPDX-License-Identifier: MIT */
/*
 * Changing a file as git does: `<file>.lock` made with O_EXCL, written, then
 * renamed over the file. Whoever has the lock may read the file and know that
 * no other git changes it.
 *
 *	struct lockfile lock = LOCKFILE_INIT;
 *
 *	if ((error = lockfile_hold(&lock, path)) < 0)
 *		return error;          names the lock, hints at its age
 *	… read the file, write lock.fd …
 *	error = lockfile_commit(&lock);        close, rename
 *	lockfile_rollback(&lock);              nothing to do after a commit
 *
 * A killed process leaves the old file or the new one. After a loss of power
 * the same holds where `sync` was set; git leaves it out for the index and the
 * pattern file unless core.fsync asks for it, and it costs as much as all the
 * rest when thousands of new files wait to be written with it.
 *
 * Locks held when the process exits, or dies of SIGINT, SIGTERM, SIGHUP,
 * SIGQUIT or SIGPIPE, are removed. Only the main thread takes or ends locks,
 * and it gets the signals (base/thread.h).
 */
#ifndef PARE_BASE_LOCKFILE_H
#define PARE_BASE_LOCKFILE_H

#include <stdbool.h>

#include "base/strbuf.h"

struct lockfile {
	int fd;             /* open for writing, or -1 */
	struct tempfile *temp;
	struct tempfile *mark; /* of lockfile_hold_marked, or NULL */
	char *path;         /* of the file that is locked */
	bool sync;          /* fsync before the rename; set after the hold */
};

#define LOCKFILE_INIT { .fd = -1 }

/*
 * Take the lock. GIT_ELOCKED when it is taken: `Unable to create
 * '<path>.lock': File exists.`, with git's advice as the hint, the lock's age
 * and who has it. Missing directories are not made. A link at `path` is
 * followed, as git does for its config files, unless it leads to what is no
 * file.
 */
int lockfile_hold(struct lockfile *lock, const char *path);

/* The same, but a link at `path` is replaced, not what it points to. */
int lockfile_hold_nofollow(struct lockfile *lock, const char *path);

/*
 * As lockfile_hold, and at no moment is it in doubt whose the lock is, also
 * after a kill -9: it is made as `<path>.<pid>.lock` and gets its own name by
 * link(2). Until lockfile_unmark(), or the end of the lock, that name stays,
 * so who finds both under one inode knows. Without a mark where the file
 * system has no hard links.
 */
int lockfile_hold_marked(struct lockfile *lock, const char *path);
void lockfile_unmark(struct lockfile *lock);

/* Where the links at `path` lead, and the name of the mark of a lock there that
 * the process took; to be freed. */
char *lockfile_real_path(const char *path);
char *lockfile_mark_path(const char *real_path, long pid);

/* Append to the lock file. */
int lockfile_write(struct lockfile *lock, const void *data, size_t len);

/* Put the new content in place. On failure the old one stays. */
int lockfile_commit(struct lockfile *lock);

/* Remove the lock, keep the file. Harmless if nothing is held. */
void lockfile_rollback(struct lockfile *lock);

/* Add as hints to the error how old the lock is and, where that can be known,
 * whose; and what to do about it. */
void lockfile_explain(const char *lock_path);

bool lockfile_is_held(const struct lockfile *lock);

/*
 * Files that must not outlive the process unless said: registered for removal
 * on exit and signals.
 */
struct tempfile *tempfile_register(const char *path);
void tempfile_forget(struct tempfile *temp); /* the file stays */
void tempfile_delete(struct tempfile *temp); /* unlink and forget */
const char *tempfile_path(const struct tempfile *temp);
/* What exit(3) does, for who leaves without it. */
void tempfile_remove_all(void);

/* Write `data` to `path` by lock and rename; a link there is replaced. */
int lockfile_replace(const char *path, const void *data, size_t len);

#endif
