/* SPDX-License-Identifier: MIT */
/*
 * Files appear. The items, in index order, are cut into lots of whole
 * directories, so that two threads seldom want the same directory's lock; each
 * thread has its own object database and its own walk. What the filters change
 * and what is too large for memory is left to git (filter.c). Nothing is
 * written over: each file is made with O_EXCL.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/workers.h"
#include "checkout/move.h"
#include "checkout/room.h"
#include "repo/odb.h"

enum { LOT_MIN = 32, LOT_MAX = 512 };

/* Of blobs larger than that there is only one in memory at a time. */
enum { LARGE_BYTES = 32 * 1024 * 1024 };

static pthread_mutex_t large_blob = PTHREAD_MUTEX_INITIALIZER;

struct lot {
	size_t first, last;
};

struct writing {
	struct checkout *co;
	struct checkout_list *list;
	struct lot *lot;
	size_t nr_lots, alloc_lots;
	struct fs_walk *walk; /* one a thread */
	struct odb **odb;     /* one a thread; the first is the repo's */
	size_t threads;
};

static int fail(struct checkout_item *item, enum checkout_step step, int error)
{
	item->status = PARE_PATH_FAILED;
	item->step = (uint8_t)step;
	item->error = error;
	return -1;
}

/* Fill a file that is ours already; its stat goes to *st. */
static int fill_file(int fd, const struct odb_object *blob, struct stat *st)
{
	int rc = fs_write_all(fd, blob->data, blob->len);

	if (!rc)
		rc = fstat(fd, st);
	return rc;
}

static int write_file(int dir, const char *name, struct checkout_item *item,
		      const struct odb_object *blob, struct stat *st)
{
	mode_t mode = !item_is_link(item) && (item->mode & 0100) ? 0777 : 0666;
	int fd, rc, saved;

	fd = fs_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
			       O_CLOEXEC, mode);
	if (fd < 0)
		return fail(item, CHECKOUT_STEP_FILE, errno);
	rc = fill_file(fd, blob, st);
	saved = errno;
	if (close(fd) && !rc) {
		rc = -1;
		saved = errno;
	}
	if (!rc)
		return 0;
	unlinkat(dir, name, 0);
	return fail(item, CHECKOUT_STEP_FILE, saved);
}

/* Of what was just made; what cannot be looked at does not stay. */
static int stat_new(int dir, const char *name, struct stat *st, int flags)
{
	int saved;

	if (!fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW))
		return 0;
	saved = errno;
	unlinkat(dir, name, flags);
	errno = saved;
	return -1;
}

static int write_link(int dir, const char *name, struct checkout_item *item,
		      const struct odb_object *blob, struct stat *st)
{
	if (symlinkat(blob->data, dir, name) || stat_new(dir, name, st, 0))
		return fail(item, CHECKOUT_STEP_LINK, errno);
	return 0;
}

static int write_gitlink(int dir, const char *name, struct checkout_item *item,
			 struct stat *st)
{
	if (mkdirat(dir, name, 0777) || stat_new(dir, name, st, AT_REMOVEDIR))
		return fail(item, CHECKOUT_STEP_DIRECTORY, errno);
	return 0;
}

static int make_from_blob(struct checkout *co, struct odb *odb, int dir,
			  const char *name, struct checkout_item *item,
			  const struct oid *oid, struct stat *st)
{
	struct odb_object blob = { 0 };
	int rc;

	if (odb_read_type(&blob, odb, oid, OBJ_BLOB) < 0)
		return fail(item, CHECKOUT_STEP_BLOB, 0);
	if (item_is_link(item) && co->symlinks)
		rc = write_link(dir, name, item, &blob, st);
	else
		rc = write_file(dir, name, item, &blob, st);
	if (!rc)
		item->size_bytes = blob.len;
	odb_object_release(&blob);
	return rc;
}

/* Git has a large one that is loose in memory piece by piece. */
static bool is_too_large(const struct checkout *co, struct odb *odb,
			 const struct oid *oid, size_t size)
{
	return size > co->big_size_bytes ||
	       (size > LARGE_BYTES && odb_is_loose(odb, oid));
}

int checkout_make_file(struct checkout *co, struct odb *odb, int dir,
		       const char *name, struct checkout_item *item,
		       struct stat *st)
{
	enum object_type type;
	struct oid oid;
	size_t size;
	int rc;

	oid_read(&oid, item->oid, co->repo->algo);
	if (odb_read_header(&type, &size, odb, &oid) < 0 || type != OBJ_BLOB)
		return fail(item, CHECKOUT_STEP_BLOB, 0);
	if (!item_is_link(item) && is_too_large(co, odb, &oid, size)) {
		item->filtered = true;
		return 0;
	}
	if (size > LARGE_BYTES)
		pthread_mutex_lock(&large_blob);
	rc = make_from_blob(co, odb, dir, name, item, &oid, st);
	if (size > LARGE_BYTES)
		pthread_mutex_unlock(&large_blob);
	return rc;
}

/* Seen by who comes after a kill; the system calls between keep the order. */
static void note(struct writing *w, size_t thread, size_t number)
{
	struct checkout_slots *slots = w->co->slots;

	if (slots && thread < ARRAY_SIZE(slots->item))
		__atomic_store_n(&slots->item[thread], (uint32_t)number,
				 __ATOMIC_RELEASE);
}

static void write_item(struct writing *w, size_t thread,
		       struct checkout_item *item)
{
	size_t dir_len;
	const char *name = item_name(item, &dir_len);
	struct stat st;
	int dir, rc;

	dir = fs_walk_dir(&w->walk[thread], item->path, dir_len,
			  FS_WALK_CREATE);
	if (dir < 0) {
		fail(item, CHECKOUT_STEP_DIRECTORY, errno);
		return;
	}
	/* Empty directories stood in a file's place. */
	if (item->blocker_len && remove_empty_at(dir, name) &&
	    errno != ENOENT) {
		fail(item, CHECKOUT_STEP_FILE, EEXIST);
		return;
	}
	note(w, thread, (size_t)(item - w->list->item) + 1);
	if (item_is_gitlink(item))
		rc = write_gitlink(dir, name, item, &st);
	else
		rc = checkout_make_file(w->co, w->odb[thread], dir, name, item,
					&st);
	note(w, thread, 0);
	if (rc || item->filtered)
		return;
	index_stat_from(&item->stat, &st);
	item->status = PARE_PATH_WRITTEN;
}

static void write_lots(void *ctx, size_t thread, size_t first, size_t last)
{
	struct writing *w = ctx;

	for (size_t l = first; l < last; l++) {
		for (size_t i = w->lot[l].first; i < w->lot[l].last; i++) {
			struct checkout_item *item = &w->list->item[i];

			if (item->status == PARE_PATH_TO_WRITE &&
			    !item->filtered)
				write_item(w, thread, item);
		}
	}
}

static void show_progress(void *ctx, size_t done)
{
	struct writing *w = ctx;

	pare_progress_update(w->co->opts.progress,
			     done ? w->lot[done - 1].last : 0);
}

static bool same_dir(const struct checkout_item *a,
		     const struct checkout_item *b)
{
	return path_same_dir(a->path, a->path_len, b->path, b->path_len);
}

static void cut_into_lots(struct writing *w)
{
	size_t first = 0;

	for (size_t i = 1; i <= w->list->nr; i++) {
		const struct checkout_item *item = w->list->item;
		size_t nr = i - first;

		if (i < w->list->nr && nr < LOT_MAX &&
		    (nr < LOT_MIN || same_dir(&item[i - 1], &item[i])))
			continue;
		ALLOC_GROW(w->lot, w->nr_lots + 1, w->alloc_lots);
		w->lot[w->nr_lots].first = first;
		w->lot[w->nr_lots++].last = i;
		first = i;
	}
}

/*
 * All directories before the first file: ext4 finds room for a directory and
 * for its files in less time than where one comes in the midst of the others.
 * Where it fails, so will the files, and say why.
 */
static void make_directories(struct writing *w)
{
	const struct checkout_item *item = w->list->item, *made = NULL;

	for (size_t i = 0; i < w->list->nr; i++) {
		size_t dir_len;

		if (item[i].status != PARE_PATH_TO_WRITE || item[i].filtered ||
		    (made && same_dir(made, &item[i])))
			continue;
		made = &item[i];
		item_name(made, &dir_len);
		fs_walk_dir(&w->walk[0], made->path, dir_len, FS_WALK_CREATE);
	}
}

static int open_threads(struct writing *w)
{
	int error = 0;

	w->walk = xcalloc(w->threads, sizeof(*w->walk));
	w->odb = xcalloc(w->threads, sizeof(*w->odb));
	error = repo_odb(&w->odb[0], w->co->repo);
	for (size_t i = 0; !error && i < w->threads; i++) {
		error = fs_walk_init(&w->walk[i], w->co->repo->worktree);
		if (!error && i)
			error = odb_open(&w->odb[i], w->co->repo);
	}
	return error;
}

static void close_threads(struct writing *w)
{
	for (size_t i = 0; i < w->threads; i++) {
		/* A walk that was never opened has no buffer yet. */
		if (w->walk[i].path.buf)
			fs_walk_release(&w->walk[i]);
		if (i)
			odb_free(w->odb[i]);
	}
	free(w->walk);
	free(w->odb);
	free(w->lot);
}

static void describe(struct checkout *co, const struct checkout_item *item)
{
	const char *path = quoted(item->path), *why = strerror(item->error);
	struct oid oid;

	switch ((enum checkout_step)item->step) {
	case CHECKOUT_STEP_BLOB:
		oid_read(&oid, item->oid, co->repo->algo);
		strvec_pushf(&co->failures, "unable to read sha1 file of %s "
			     "(%s)", path, oid_hex(&oid, co->repo->algo));
		break;
	case CHECKOUT_STEP_DIRECTORY:
		strvec_pushf(&co->failures, "cannot create directory at %s: %s",
			     path, why);
		break;
	case CHECKOUT_STEP_LINK:
		strvec_pushf(&co->failures, "unable to create symlink %s: %s",
			     path, why);
		break;
	case CHECKOUT_STEP_FILE:
		strvec_pushf(&co->failures, "unable to create file %s: %s",
			     path, why);
		break;
	case CHECKOUT_STEP_FILTER:
		strvec_pushf(&co->failures, "git could not write %s", path);
		break;
	case CHECKOUT_STEP_NONE:
		break;
	}
}

int checkout_collect_failures(struct checkout *co,
			      const struct checkout_list *list)
{
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++) {
		if (list->item[i].status != PARE_PATH_FAILED)
			continue;
		describe(co, &list->item[i]);
		nr++;
	}
	if (!nr)
		return 0;
	return error_set(PARE_EFILES, "%zu file%s could not be written", nr,
			 nr == 1 ? "" : "s");
}

static int write_plain(struct checkout *co, struct checkout_list *list)
{
	struct writing w = { .co = co, .list = list };
	struct workers_job job = {
		.work = write_lots, .tick = show_progress, .ctx = &w,
		.chunk = 1,
	};
	int error;

	if (!list->nr)
		return 0;
	w.threads = job.threads = checkout_threads(co, list->nr);
	cut_into_lots(&w);
	job.nr = w.nr_lots;
	error = open_threads(&w);
	if (!error && w.threads > 1)
		make_directories(&w);
	if (!error)
		workers_run(&job);
	close_threads(&w);
	return error;
}

static size_t count_to_write(const struct checkout_list *list)
{
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++)
		nr += list->item[i].status == PARE_PATH_TO_WRITE;
	return nr;
}

void checkout_note_in(struct checkout *co, struct checkout_slots *slots)
{
	co->slots = slots;
}

int checkout_write(struct checkout *co, struct checkout_list *list)
{
	int error;

	strvec_clear(&co->failures);
	if (!count_to_write(list))
		return 0;
	if ((error = checkout_fetch_missing(co, list)) < 0 ||
	    (error = checkout_classify(co, list)) < 0) {
		checkout_unstage(co);
		return error;
	}
	pare_progress_start(co->opts.progress, "Updating files", list->nr);
	error = write_plain(co, list);
	if (!error)
		error = checkout_write_filtered(co, list);
	pare_progress_stop(co->opts.progress, !error);
	checkout_unstage(co);
	if (!error)
		error = checkout_collect_failures(co, list);
	if (error)
		checkout_unwrite(co, list);
	return error;
}
