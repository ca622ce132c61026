/* SPDX-License-Identifier: MIT */
/*
 * The disk, without following links.
 *
 * A struct fs_walk holds the open directories from the root of a tree down to
 * the one used last, so that paths in sorted order cost few system calls and
 * no component is ever resolved through a symbolic link: each step is an
 * openat(2) with O_NOFOLLOW from the directory above, and work is done with
 * the *at functions on the descriptor. A directory replaced by a link between
 * two calls leads to an error, never elsewhere.
 *
 *	struct fs_walk walk;
 *
 *	if ((error = fs_walk_init(&walk, root)) < 0)
 *		return error;
 *	fd = fs_walk_dir(&walk, path, path_dir_len(path, len), FS_WALK_OPEN);
 *	if (fd >= 0)
 *		fstatat(fd, basename, &st, AT_SYMLINK_NOFOLLOW);
 *	fs_walk_release(&walk);
 *
 * One walk belongs to one thread.
 */
#ifndef PARE_BASE_FS_H
#define PARE_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/strbuf.h"

/*
 * open(2) and openat(2), begun again when a signal came in between: on a
 * network that can be.
 */
int fs_openat(int dir, const char *path, int flags, mode_t mode);
int fs_open(const char *path, int flags, mode_t mode);

struct fs_walk {
	struct fs_level *level; /* level[0] is the root */
	size_t nr, alloc;
	struct strbuf path; /* of the deepest open directory, no slash at end */
};

enum fs_walk_mode {
	FS_WALK_OPEN,   /* a missing directory is ENOENT */
	FS_WALK_CREATE, /* missing directories are made, 0777 less umask */
};

/* Open `root`, which may itself be reached through links. */
int fs_walk_init(struct fs_walk *walk, const char *root);
void fs_walk_release(struct fs_walk *walk);

/*
 * The descriptor of the directory path[0..len), relative to the root; it
 * belongs to the walk and is valid until the next call. -1 with errno:
 * ENOENT missing, ENOTDIR or ELOOP when a component is a file or a link.
 * No error message is set: the callers expect all of these.
 */
int fs_walk_dir(struct fs_walk *walk, const char *path, size_t len,
		enum fs_walk_mode mode);

/*
 * Forget open directories at or below `path` (after it was removed or
 * renamed); the next fs_walk_dir opens them anew.
 */
void fs_walk_forget(struct fs_walk *walk, const char *path, size_t len);

/* Make the directories of `path`, itself included; links are followed. */
int fs_mkdirs(const char *path, mode_t mode);

/* Write all of it, through EINTR and short writes; -1 with errno. */
int fs_write_all(int fd, const void *data, size_t len);

/* fsync, honouring core.fsync=none as GIT_TEST_FSYNC=0 does in git's tests. */
int fs_sync(int fd);

/* Does a file (or link, or directory) stand there? Links are not followed. */
bool fs_exists(const char *path);

#endif
