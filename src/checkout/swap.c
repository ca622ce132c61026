/* SPDX-License-Identifier: MIT */
#include "checkout/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "checkout/move.h"
#include "checkout/room.h"

/* The name in our directory. */
struct number {
	char name[24];
};

static struct number number_of(const struct swaps *s, const struct swap *swap)
{
	struct number number;

	snprintf(number.name, sizeof(number.name), "%zu",
		 (size_t)(swap - s->item));
	return number;
}

int swaps_open(struct swaps *s, struct checkout *co, long pid, bool make)
{
	char *name = xstrfmt("swap.%ld", pid);
	int error = repo_pare_path(&s->dir, co->repo, name, make);

	free(name);
	s->co = co;
	if (error < 0)
		return error;
	if (make && (remove_all_at(AT_FDCWD, s->dir) || mkdir(s->dir, 0700)))
		return error_errno("could not make '%s'", s->dir);
	s->fd = fs_open(s->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			0);
	return s->fd < 0 ? error_errno("could not open '%s'", s->dir) : 0;
}

void swaps_close(struct swaps *s)
{
	if (s->dir)
		remove_all_at(AT_FDCWD, s->dir);
	swaps_leave(s);
}

void swaps_leave(struct swaps *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->dir);
	free(s->item);
	*s = (struct swaps)SWAPS_INIT;
}

static struct swap *add(struct swaps *s, const char *path)
{
	struct swap *swap;

	ALLOC_GROW(s->item, s->nr + 1, s->alloc);
	swap = &s->item[s->nr++];
	*swap = (struct swap){ .path = path };
	return swap;
}

void swaps_add(struct swaps *s, struct checkout_item *gone,
	       struct checkout_item *come)
{
	struct swap *swap = add(s, gone ? gone->path : come->path);

	swap->gone = gone;
	swap->come = come;
	swap->was_dir = gone && item_is_gitlink(gone) &&
			gone->status == PARE_PATH_TO_REMOVE;
}

static void mark(struct swap *swap, const struct stat *st)
{
	swap->made = (struct swap_mark){
		.ino = (uint64_t)st->st_ino,
		.size_bytes = (uint64_t)st->st_size,
		.mtime_s = (int64_t)st->st_mtim.tv_sec,
		.mtime_ns = st->st_mtim.tv_nsec,
	};
}

static bool is_made(const struct swap *swap, const struct stat *st)
{
	struct swap now = { .path = NULL };

	mark(&now, st);
	return swap->made.ino == now.made.ino &&
	       swap->made.size_bytes == now.made.size_bytes &&
	       swap->made.mtime_s == now.made.mtime_s &&
	       swap->made.mtime_ns == now.made.mtime_ns;
}

static void make_one(struct swaps *s, struct swap *swap, struct odb *odb)
{
	struct checkout_item *item = swap->come;
	struct stat st;

	if (!item || item->filtered || item_is_gitlink(item))
		return;
	if (!checkout_make_file(s->co, odb, s->fd, number_of(s, swap).name,
				item, &st) &&
	    !item->filtered)
		mark(swap, &st);
}

/* What git made lies under its path in the stage. */
static void take_made(struct swaps *s, struct swap *swap, struct fs_walk *stage)
{
	struct checkout_item *item = swap->come;
	struct number number = number_of(s, swap);
	size_t dir_len;
	const char *name;
	struct stat st;
	int dir;

	if (!item || !item_is_for_git(item))
		return;
	name = item_name(item, &dir_len);
	dir = fs_walk_dir(stage, item->path, dir_len, FS_WALK_OPEN);
	if (dir < 0 || move_at(dir, name, s->fd, number.name) ||
	    fstatat(s->fd, number.name, &st, AT_SYMLINK_NOFOLLOW)) {
		item->status = PARE_PATH_FAILED;
		item->step = CHECKOUT_STEP_FILTER;
		return;
	}
	item->size_bytes = (uint64_t)st.st_size;
	mark(swap, &st);
}

static int make_filtered(struct swaps *s, const struct checkout_list *come)
{
	struct fs_walk stage;
	int error = checkout_make_filtered(s->co, come);

	if (error < 0 || !s->co->stage)
		return error;
	if ((error = fs_walk_init(&stage, s->co->stage)) < 0)
		return error;
	for (size_t i = 0; i < s->nr; i++)
		take_made(s, &s->item[i], &stage);
	fs_walk_release(&stage);
	return 0;
}

int swaps_make(struct swaps *s, struct checkout_list *come)
{
	const struct pare_progress *progress = s->co->opts.progress;
	struct odb *odb;
	int error = checkout_fetch_missing(s->co, come);

	if (error < 0 || (error = checkout_classify(s->co, come)) < 0 ||
	    (error = repo_odb(&odb, s->co->repo)) < 0)
		goto done;
	pare_progress_start(progress, "Updating files", s->nr);
	for (size_t i = 0; i < s->nr; i++) {
		make_one(s, &s->item[i], odb);
		pare_progress_update(progress, i + 1);
	}
	error = make_filtered(s, come);
	pare_progress_stop(progress, !error);
	if (!error)
		error = checkout_collect_failures(s->co, come);
done:
	checkout_unstage(s->co);
	return error;
}

static int failed(const char *what, const char *path)
{
	if (errno == EXDEV)
		return error_set(PARE_EHANDOVER, "the work tree is on another "
				 "file system than the git directory");
	return error_errno("could not %s %s", what, quoted(path));
}

static int changed(const char *path)
{
	return error_set(GIT_EUNCOMMITTED, "%s has changed meanwhile",
			 quoted(path));
}

static int in_the_way(const char *path)
{
	return error_set(GIT_EUNCOMMITTED, "something is in the way of %s",
			 quoted(path));
}

/* Is what lies in our directory the file that was looked at? */
static bool is_old_one(const struct swaps *s, const struct swap *swap)
{
	const struct index_stat *looked_at = &swap->gone->stat;
	struct index_stat now;
	struct stat st;

	if (fstatat(s->fd, number_of(s, swap).name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	index_stat_from(&now, &st);
	/* A rename is a change of the inode. */
	now.ctime_s = looked_at->ctime_s;
	now.ctime_ns = looked_at->ctime_ns;
	return !memcmp(&now, looked_at, sizeof(now));
}

/*
 * The old file goes into our directory, and the new one, if any, comes in its
 * place; who put another there at the very last moment has that back.
 */
static int take_old(struct swaps *s, struct swap *swap, int dir,
		    const char *name)
{
	struct number number = number_of(s, swap);
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !item_is_same_file(swap->gone, &st))
		return changed(swap->path);
	if (swap->come ? exchange_at(dir, name, s->fd, number.name) :
			 renameat(dir, name, s->fd, number.name))
		return failed(swap->come ? "replace" : "take away", swap->path);
	if (is_old_one(s, swap))
		return 0;
	if (swap->come)
		exchange_at(dir, name, s->fd, number.name);
	else
		move_at(s->fd, number.name, dir, name);
	return changed(swap->path);
}

static int take(struct swaps *s, struct swap *swap)
{
	struct checkout_item *item = swap->gone;
	size_t dir_len;
	const char *name = item_name(item, &dir_len);
	int dir = fs_walk_dir(&s->co->walk, item->path, dir_len, FS_WALK_OPEN);
	int error = 0;

	if (dir < 0)
		return changed(item->path);
	if (!swap->was_dir)
		error = take_old(s, swap, dir, name);
	else if (unlinkat(dir, name, AT_REMOVEDIR))
		return 0; /* as git: what is in it stays */
	if (!error)
		item->status = PARE_PATH_REMOVED;
	return error;
}

static bool is_to_take(const struct swap *swap)
{
	return swap->gone && !swap->come &&
	       swap->gone->status == PARE_PATH_TO_REMOVE;
}

static int take_all(struct swaps *s)
{
	int error = 0;

	for (size_t i = 0; i < s->nr && !error; i++)
		if (is_to_take(&s->item[i]))
			error = take(s, &s->item[i]);
	return error;
}

static struct number dir_number_of(const struct swaps *s,
				   const struct swap *swap)
{
	struct number number;

	snprintf(number.name, sizeof(number.name), "%zu.dir",
		 (size_t)(swap - s->item));
	return number;
}

/* Directories without a file stand in its place. To make them anew would need
 * room, so they are not removed. */
static int take_dir(struct swaps *s, struct swap *swap, int dir,
		    const char *name)
{
	if (!holds_no_file_at(dir, name))
		return errno == ENOENT ? 0 : -1;
	return renameat(dir, name, s->fd, dir_number_of(s, swap).name);
}

static int place(struct swaps *s, struct swap *swap, int dir, const char *name)
{
	struct checkout_item *item = swap->come;

	if (item_is_gitlink(item)) {
		if (mkdirat(dir, name, 0777) && errno != EEXIST)
			return failed("make", item->path);
		return 0;
	}
	if (swap->gone && swap->gone->status == PARE_PATH_TO_REMOVE)
		return take_old(s, swap, dir, name);
	if (item->blocker_len && take_dir(s, swap, dir, name))
		return in_the_way(item->path);
	if (!move_at(s->fd, number_of(s, swap).name, dir, name))
		return 0;
	return errno == EEXIST ? in_the_way(item->path) :
				 failed("write", item->path);
}

static int put(struct swaps *s, struct swap *swap)
{
	struct checkout_item *item = swap->come;
	size_t dir_len;
	const char *name = item_name(item, &dir_len);
	struct stat st;
	int dir = fs_walk_dir(&s->co->walk, item->path, dir_len,
			      FS_WALK_CREATE), error;

	if (dir < 0)
		return failed("make the directory of", item->path);
	if ((error = place(s, swap, dir, name)) < 0)
		return error;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return failed("look at", item->path);
	index_stat_from(&item->stat, &st);
	item->status = PARE_PATH_WRITTEN;
	return 0;
}

int swaps_act(struct swaps *s)
{
	int error = take_all(s);

	for (size_t i = 0; i < s->nr && !error; i++)
		if (s->item[i].come)
			error = put(s, &s->item[i]);
	if (error < 0)
		swaps_back(s);
	return error;
}

/* The directory of the swap's path, and the last component. */
static int dir_of(struct swaps *s, const struct swap *swap, const char **name,
		  enum fs_walk_mode mode)
{
	size_t len = path_dir_len(swap->path, strlen(swap->path));

	*name = swap->path + len + (len > 0);
	return fs_walk_dir(&s->co->walk, swap->path, len, mode);
}

/* The new file goes, and what was there comes, if it was placed. */
static void unplace(struct swaps *s, struct swap *swap, int dir,
		    const char *name)
{
	struct number number = number_of(s, swap);
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		renameat(s->fd, dir_number_of(s, swap).name, dir, name);
		return;
	}
	if (!is_made(swap, &st))
		return;
	exchange_settle(s->fd, number.name);
	if (!fstatat(s->fd, number.name, &st, AT_SYMLINK_NOFOLLOW))
		exchange_at(dir, name, s->fd, number.name);
	else if (!renameat(dir, name, s->fd, number.name))
		renameat(s->fd, dir_number_of(s, swap).name, dir, name);
}

/* With the directories that were made for it. */
static void unput(struct swaps *s, struct swap *swap)
{
	const char *name;
	int dir = dir_of(s, swap, &name, FS_WALK_OPEN);

	if (dir >= 0 && swap->made.ino)
		unplace(s, swap, dir, name);
	else if (dir >= 0 && swap->come &&
		 swap->come->status == PARE_PATH_WRITTEN)
		unlinkat(dir, name, AT_REMOVEDIR);
	checkout_prune_dirs(s->co, swap->path, strlen(swap->path),
			    swap->come ? swap->come->there_len : 0, NULL);
}

static void untake(struct swaps *s, struct swap *swap)
{
	const char *name;
	int dir = dir_of(s, swap, &name, FS_WALK_CREATE);

	if (dir < 0)
		return;
	if (swap->was_dir) {
		mkdirat(dir, name, 0777);
		return;
	}
	/* That of a file that did not come to be placed. */
	if (holds_no_file_at(dir, name))
		remove_empty_at(dir, name);
	move_at(s->fd, number_of(s, swap).name, dir, name);
}

static bool was_taken(struct swaps *s, const struct swap *swap)
{
	struct stat st;

	return !swap->made.ino &&
	       (swap->was_dir || !fstatat(s->fd, number_of(s, swap).name, &st,
					  AT_SYMLINK_NOFOLLOW));
}

void swaps_back(struct swaps *s)
{
	for (size_t i = s->nr; i-- > 0;)
		if (s->item[i].made.ino || s->item[i].come)
			unput(s, &s->item[i]);
	for (size_t i = s->nr; i-- > 0;)
		if (was_taken(s, &s->item[i]))
			untake(s, &s->item[i]);
}

void swaps_done(struct swaps *s)
{
	const char *last = NULL;

	for (size_t i = 0; i < s->nr; i++) {
		const struct swap *swap = &s->item[i];

		if (!swap->come && !swap->made.ino)
			checkout_prune_behind(s->co, &last, swap->path);
	}
	checkout_prune_behind(s->co, &last, NULL);
}

void swap_format(struct strbuf *out, const struct swap *swap)
{
	const struct swap_mark *made = &swap->made;

	strbuf_addf(out, "swap %" PRIu64 " %" PRIu64 " %" PRId64 " %ld %d %s",
		    made->ino, made->size_bytes, made->mtime_s, made->mtime_ns,
		    swap->was_dir, swap->path);
}

bool swaps_add_text(struct swaps *s, const char *text)
{
	struct swap_mark made;
	struct swap *swap;
	int was_dir, at = 0;

	if (sscanf(text, "swap %" SCNu64 " %" SCNu64 " %" SCNd64 " %ld %d %n",
		   &made.ino, &made.size_bytes, &made.mtime_s, &made.mtime_ns,
		   &was_dir, &at) != 5 ||
	    !at || !path_is_safe(text + at, strlen(text + at)))
		return false;
	swap = add(s, text + at);
	swap->made = made;
	swap->was_dir = was_dir;
	return true;
}
