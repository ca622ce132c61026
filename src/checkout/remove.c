/* SPDX-License-Identifier: MIT */
/* Files disappear, and the directories that become empty with them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/quote.h"
#include "checkout/room.h"

/* Does path[0..len) name the directory of the process, or one above it? */
static bool is_current(const struct checkout *co, const char *path, size_t len)
{
	const char *prefix = co->repo->prefix;

	return prefix && !strncmp(prefix, path, len) && prefix[len] == '/';
}

void checkout_prune_dirs(struct checkout *co, const char *path, size_t len,
			 size_t keep_len, const char *next)
{
	while ((len = path_dir_len(path, len)) > keep_len) {
		size_t above = path_dir_len(path, len), at;
		char name[4096];
		int fd;

		if ((next && !strncmp(next, path, len) && next[len] == '/') ||
		    is_current(co, path, len))
			return;
		at = above ? above + 1 : 0;
		if (len - at >= sizeof(name))
			return;
		memcpy(name, path + at, len - at);
		name[len - at] = '\0';
		fs_walk_forget(&co->walk, path, len);
		fd = fs_walk_dir(&co->walk, path, above, FS_WALK_OPEN);
		if (fd < 0 || unlinkat(fd, name, AT_REMOVEDIR))
			return;
	}
}

void checkout_prune_behind(struct checkout *co, const char **last,
			   const char *path)
{
	if (*last)
		checkout_prune_dirs(co, *last, strlen(*last), 0, path);
	*last = path;
}

bool item_is_same_file(const struct checkout_item *item, const struct stat *st)
{
	struct index_stat now;

	index_stat_from(&now, st);
	return !memcmp(&now, &item->stat, sizeof(now));
}

static void remove_gitlink(struct checkout *co, int dir, const char *name,
			   struct checkout_item *item)
{
	if (!unlinkat(dir, name, AT_REMOVEDIR) || errno == ENOENT)
		item->status = PARE_PATH_REMOVED;
	else
		strvec_pushf(&co->warnings, "unable to rmdir '%s': %s",
			     quoted(item->path), strerror(errno));
	item->populated = item->status != PARE_PATH_REMOVED;
}

static void cannot_remove(struct checkout *co, struct checkout_item *item)
{
	item->error = errno;
	strvec_pushf(&co->warnings, "unable to unlink %s: %s",
		     quoted(item->path), strerror(errno));
}

static void remove_item(struct checkout *co, struct checkout_item *item)
{
	size_t dir_len;
	const char *name = item_name(item, &dir_len);
	struct stat st;
	int dir;

	dir = fs_walk_dir(&co->walk, item->path, dir_len, FS_WALK_OPEN);
	if (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
			item->status = PARE_PATH_ABSENT;
		else
			cannot_remove(co, item);
		return;
	}
	if (item_is_gitlink(item)) {
		remove_gitlink(co, dir, name, item);
		return;
	}
	if (!item_is_same_file(item, &st)) {
		item->status = PARE_PATH_MODIFIED;
		return;
	}
	if (!unlinkat(dir, name, 0)) {
		item->status = PARE_PATH_REMOVED;
		return;
	}
	cannot_remove(co, item);
}

static bool leaves(const struct checkout_item *item)
{
	return item->status == PARE_PATH_TO_REMOVE ||
	       item->status == PARE_PATH_ABSENT;
}

int checkout_remove(struct checkout *co, struct checkout_list *list)
{
	const char *last = NULL;

	if (!list->nr)
		return 0;
	pare_progress_start(co->opts.progress, "Removing files", list->nr);
	for (size_t i = 0; i < list->nr; i++) {
		struct checkout_item *item = &list->item[i];

		if (!leaves(item))
			continue;
		checkout_prune_behind(co, &last, item->path);
		if (item->status == PARE_PATH_TO_REMOVE)
			remove_item(co, item);
		if (!(i % 256))
			pare_progress_update(co->opts.progress, i);
	}
	checkout_prune_behind(co, &last, NULL);
	pare_progress_stop(co->opts.progress, true);
	return 0;
}

/* Without what was not made any more: the path as far as its directory is
 * there. */
static size_t made_len(struct checkout *co, const struct checkout_item *item)
{
	size_t len = item->path_len, above;

	while ((above = path_dir_len(item->path, len)) > item->there_len &&
	       fs_walk_dir(&co->walk, item->path, above, FS_WALK_OPEN) < 0)
		len = above;
	return len;
}

/* Only what checkout_write made and nobody has touched since goes. */
void checkout_unwrite(struct checkout *co, struct checkout_list *list)
{
	for (size_t i = list->nr; i-- > 0;) {
		struct checkout_item *item = &list->item[i];
		size_t dir_len;
		const char *name = item_name(item, &dir_len);
		struct stat st;
		int dir;

		if (item->status != PARE_PATH_WRITTEN &&
		    item->status != PARE_PATH_FAILED &&
		    item->status != PARE_PATH_TO_WRITE)
			continue;
		dir = fs_walk_dir(&co->walk, item->path, dir_len,
				  FS_WALK_OPEN);
		if (dir >= 0 && item->status == PARE_PATH_WRITTEN &&
		    !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) &&
		    (item_is_gitlink(item) || item_is_same_file(item, &st)))
			unlinkat(dir, name,
				 item_is_gitlink(item) ? AT_REMOVEDIR : 0);
		if (item->status == PARE_PATH_WRITTEN)
			item->status = PARE_PATH_TO_WRITE;
		checkout_prune_dirs(co, item->path, made_len(co, item),
				    item->there_len, NULL);
	}
}
