/* SPDX-License-Identifier: MIT */
/*
 * Looking before anything is changed. Workers look at the items, each with a
 * walk of its own; a file whose stat says nothing is hashed on the spot. What
 * then still differs may be a matter of filters: git says, in one process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/workers.h"
#include "checkout/move.h"
#include "checkout/room.h"
#include "checkout/scratch.h"

enum { CHUNK = 128 };

struct look {
	struct checkout *co;
	struct checkout_list *list;
	struct fs_walk *walk; /* one a thread */
	void (*one)(struct look *l, struct fs_walk *walk,
		    struct checkout_item *item);
	bool may_filter;
};

static int item_dir(struct fs_walk *walk, const struct checkout_item *item)
{
	return fs_walk_dir(walk, item->path,
			   path_dir_len(item->path, item->path_len),
			   FS_WALK_OPEN);
}

static enum index_stat_answer compare_stat(struct checkout *co,
					   const struct checkout_item *item,
					   const struct stat *st)
{
	struct pare_index_entry e = {
		.name = item->path,
		.name_len = item->path_len,
		.stat = item->raw_stat,
		.oid = item->oid,
		.mode = item->mode,
		.flags = item->flags,
		.extended = item->extended,
		.pos = item->pos,
	};

	if (!item->raw_stat)
		return INDEX_STAT_TOUCHED;
	return index_stat_compare(&e, st, co->index, co->stat_options);
}

/*
 * A directory on the way is no directory: behind a link there is nothing of
 * ours, but a file that stands there changes what was, as git has it.
 */
static bool is_behind_link(const struct checkout_item *item,
			   struct fs_walk *walk)
{
	size_t at = walk->path.len ? walk->path.len + 1 : 0;
	struct strbuf part = STRBUF_INIT;
	struct stat st;
	bool is_link;
	int fd;

	if (errno != ENOTDIR && errno != ELOOP)
		return false;
	strbuf_add(&part, item->path + at, strcspn(item->path + at, "/"));
	fd = fs_walk_dir(walk, item->path, walk->path.len, FS_WALK_OPEN);
	is_link = fd >= 0 && !fstatat(fd, part.buf, &st, AT_SYMLINK_NOFOLLOW) &&
		  S_ISLNK(st.st_mode);
	strbuf_release(&part);
	return is_link;
}

static void look_at_removal(struct look *l, struct fs_walk *walk,
			    struct checkout_item *item)
{
	struct stat st;
	int fd = item_dir(walk, item);

	if (fd < 0 ||
	    fstatat(fd, item_name(item, NULL), &st, AT_SYMLINK_NOFOLLOW)) {
		item->status = errno == ENOENT || is_behind_link(item, walk) ?
				       PARE_PATH_ABSENT :
				       PARE_PATH_MODIFIED;
		return;
	}
	index_stat_from(&item->stat, &st);
	item->size_bytes = (uint64_t)st.st_size;
	item->status = PARE_PATH_TO_REMOVE;
	/* As git: only an rmdir is tried. */
	if (item_is_gitlink(item)) {
		item->populated = !is_empty_at(fd, item_name(item, NULL));
		return;
	}
	switch (compare_stat(l->co, item, &st)) {
	case INDEX_STAT_SAME:
		return;
	case INDEX_STAT_RACY:
	case INDEX_STAT_TOUCHED:
		if (content_equals(fd, item_name(item, NULL), &st, item,
				   l->co->repo->algo))
			return;
		item->filtered = l->may_filter && S_ISREG(st.st_mode);
		break;
	case INDEX_STAT_CHANGED:
		break;
	}
	item->status = PARE_PATH_MODIFIED;
}

/* The component at which the walk came to a stop is in the way. */
static void set_blocked(struct checkout_item *item, const struct fs_walk *walk)
{
	size_t at = walk->path.len ? walk->path.len + 1 : 0;
	const char *slash = strchr(item->path + at, '/');

	item->status = PARE_PATH_PRESENT;
	item->blocker_len = slash ? (uint32_t)(slash - item->path) :
				    item->path_len;
}

static bool mode_equals(const struct checkout *co,
			const struct checkout_item *item, const struct stat *st)
{
	if (item_is_link(item))
		return S_ISLNK(st->st_mode) ||
		       (!co->symlinks && S_ISREG(st->st_mode));
	if (!S_ISREG(st->st_mode))
		return false;
	return !(co->stat_options & INDEX_STAT_FILEMODE) ||
	       !((item->mode ^ st->st_mode) & 0100);
}

static void look_at_standing(struct look *l, int fd, const struct stat *st,
			     struct checkout_item *item)
{
	const char *name = item_name(item, NULL);

	item->status = PARE_PATH_PRESENT;
	item->blocker_len = item->path_len;
	if (S_ISDIR(st->st_mode)) {
		if (item_is_gitlink(item))
			item->status = PARE_PATH_ADOPTED;
		else if (holds_no_file_at(fd, name))
			item->status = PARE_PATH_TO_WRITE;
	} else if (!item_is_gitlink(item) && mode_equals(l->co, item, st)) {
		if (content_equals(fd, name, st, item, l->co->repo->algo))
			item->status = PARE_PATH_ADOPTED;
		else
			item->filtered = l->may_filter && S_ISREG(st->st_mode);
	}
	index_stat_from(&item->stat, st);
	if (item->status == PARE_PATH_ADOPTED)
		item->size_bytes = (uint64_t)st->st_size;
}

static void look_at_write(struct look *l, struct fs_walk *walk,
			  struct checkout_item *item)
{
	struct stat st;
	int fd = item_dir(walk, item);

	item->there_len = (uint32_t)walk->path.len;
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		set_blocked(item, walk);
	else if (fd < 0 ||
		 fstatat(fd, item_name(item, NULL), &st, AT_SYMLINK_NOFOLLOW))
		item->status = PARE_PATH_TO_WRITE; /* or it will fail there */
	else
		look_at_standing(l, fd, &st, item);
}

static void look_at_range(void *ctx, size_t thread, size_t first, size_t last)
{
	struct look *l = ctx;

	for (size_t i = first; i < last; i++) {
		struct checkout_item *item = &l->list->item[i];

		if (item->status == PARE_PATH_PENDING)
			l->one(l, &l->walk[thread], item);
	}
}

static int check_paths(const struct checkout_list *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct checkout_item *item = &list->item[i];

		if (!path_is_safe(item->path, item->path_len))
			return error_set(GIT_EINVALID, "invalid path %s",
					 quoted(item->path));
	}
	return 0;
}

static int look_at_all(struct look *l)
{
	struct workers_job job = {
		.work = look_at_range, .ctx = l, .nr = l->list->nr,
		.chunk = CHUNK,
		.threads = checkout_threads(l->co, l->list->nr),
	};
	size_t opened = 0;
	int error;

	if ((error = check_paths(l->list)) < 0)
		return error;
	l->may_filter = checkout_may_filter(l->co);
	l->walk = xcalloc(job.threads, sizeof(*l->walk));
	while (!error && opened < job.threads)
		error = fs_walk_init(&l->walk[opened++],
				     l->co->repo->worktree);
	if (!error)
		workers_run(&job);
	while (opened)
		fs_walk_release(&l->walk[--opened]);
	free(l->walk);
	return error;
}

/* The paths in the NUL-terminated list `out`, sorted. */
static void read_names(struct strvec *names, const struct strbuf *out)
{
	const char *p = out->buf, *end = p + out->len;

	for (; p < end; p += strlen(p) + 1)
		strvec_push(names, p);
	strvec_sort(names);
}

static int list_modified(struct strvec *names, struct scratch *s)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	struct run run;
	int rc;

	scratch_run_init(s, &run);
	strvec_pushl(&run.args, "ls-files", "-m", "-z", NULL);
	run.out = &out;
	run.err = &err;
	rc = run_git(&run);
	if (rc > 0 && !(rc = checkout_keep_complaints(s->co, err.buf)))
		rc = error_set(GIT_ERROR, "git ls-files failed");
	if (!rc)
		read_names(names, &out);
	strbuf_release(&out);
	strbuf_release(&err);
	return rc;
}

/*
 * Items marked `filtered` differ as they are; those that are equal once they
 * went through the filters get the status `equal`.
 */
static int ask_git(struct checkout *co, struct checkout_list *list,
		   enum pare_path_status equal)
{
	struct strvec modified = STRVEC_INIT;
	struct scratch s;
	int error = 0;
	size_t nr = 0;

	scratch_init(&s, co);
	for (size_t i = 0; i < list->nr; i++) {
		const struct checkout_item *item = &list->item[i];

		if (!item->filtered)
			continue;
		scratch_add(&s, item->mode, item->oid, item->path,
			    item->path_len);
		nr++;
	}
	if (!nr || (error = scratch_add_named(&s, ".gitattributes", false,
					      NULL)) < 0 ||
	    (error = scratch_make(&s)) < 0 ||
	    (error = list_modified(&modified, &s)) < 0)
		goto done;
	for (size_t i = 0; i < list->nr; i++) {
		struct checkout_item *item = &list->item[i];

		if (item->filtered &&
		    strvec_search(&modified, item->path) < 0)
			item->status = equal;
		item->filtered = false;
	}
done:
	strvec_clear(&modified);
	scratch_release(&s);
	return error;
}

int checkout_check_removals(struct checkout *co, struct checkout_list *list)
{
	struct look l = { .co = co, .list = list, .one = look_at_removal };
	int error = look_at_all(&l);

	return error < 0 ? error : ask_git(co, list, PARE_PATH_TO_REMOVE);
}

int checkout_check_writes(struct checkout *co, struct checkout_list *list)
{
	struct look l = { .co = co, .list = list, .one = look_at_write };
	int error = look_at_all(&l);

	return error < 0 ? error : ask_git(co, list, PARE_PATH_ADOPTED);
}
