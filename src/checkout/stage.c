/* SPDX-License-Identifier: MIT */
/*
 * A directory of ours in the git directory that git takes for the work tree
 * when it makes files for us. In it are, to begin with, only the attributes
 * files of the real work tree that are not tracked: git looks for attributes
 * in the index when it checks out, and on disk where the index has none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "checkout/move.h"
#include "checkout/room.h"

static const char attributes_name[] = ".gitattributes";

/* A fresh one. */
int checkout_stage(struct checkout *co)
{
	char *name;
	int error;

	if (co->stage)
		return 0;
	name = xstrfmt("write.%ld", (long)getpid());
	error = repo_pare_path(&co->stage, co->repo, name, true);
	free(name);
	if (error < 0)
		return error;
	if (remove_all_at(AT_FDCWD, co->stage) || mkdir(co->stage, 0700)) {
		error = error_errno("could not make '%s'", co->stage);
		free(co->stage);
		co->stage = NULL;
	}
	return error;
}

void checkout_unstage(struct checkout *co)
{
	if (co->stage)
		remove_all_at(AT_FDCWD, co->stage);
	free(co->stage);
	co->stage = NULL;
	co->own_attributes = false;
}

/* 1 when it is. */
static int is_in(const struct pare_index *index, const char *path)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int answer;

	if (!index)
		return 0;
	pare_index_iter_init(&iter, index);
	answer = pare_index_find(&e, &iter, path, strlen(path));
	pare_index_iter_release(&iter);
	return answer;
}

/* Or was, and is about to go. */
static int is_tracked(const struct checkout *co, const char *path)
{
	int answer = is_in(co->index, path);

	return answer ? answer : is_in(co->opts.before, path);
}

/* Copy the file there, dir[0..len) being its directory, into the stage. */
static int copy_attributes(struct checkout *co, int fd, const char *dir,
			   size_t len)
{
	struct fs_walk to;
	int error, sub;

	if ((error = checkout_stage(co)) < 0 ||
	    (error = fs_walk_init(&to, co->stage)) < 0)
		return error;
	sub = fs_walk_dir(&to, dir, len, FS_WALK_CREATE);
	if (sub < 0 ||
	    copy_file_at(fd, attributes_name, sub, attributes_name))
		error = error_errno("could not copy '%s'", attributes_name);
	else
		co->own_attributes = true;
	fs_walk_release(&to);
	return error;
}

static int look_in(struct checkout *co, const char *dir, size_t len)
{
	int fd = fs_walk_dir(&co->walk, dir, len, FS_WALK_OPEN), tracked;
	struct stat st;
	char *path;

	if (fd < 0 || fstatat(fd, attributes_name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return 0;
	path = xstrfmt("%.*s%s%s", (int)len, dir, len ? "/" : "",
		       attributes_name);
	tracked = is_tracked(co, path);
	free(path);
	if (tracked)
		return tracked < 0 ? tracked : 0;
	return copy_attributes(co, fd, dir, len);
}

static size_t shared_len(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	return len;
}

/* Directories above the items that were there before. */
int checkout_stage_attributes(struct checkout *co,
			      const struct checkout_list *list)
{
	const char *last = NULL;
	int error = 0;

	for (size_t i = 0; i < list->nr && !error; i++) {
		const struct checkout_item *item = &list->item[i];
		size_t seen = last ? shared_len(last, item->path) : 0;

		if (item->status != PARE_PATH_TO_WRITE)
			continue;
		if (!last)
			error = look_in(co, "", 0);
		for (size_t at = 1; at <= item->there_len && !error; at++)
			if (item->path[at] == '/' && at >= seen)
				error = look_in(co, item->path, at);
		last = item->path;
	}
	return error;
}
