/* SPDX-License-Identifier: MIT */
/*
 * Files that only git can make: those its filters change and those too large
 * for memory. One `git checkout-index` writes them into a directory of ours
 * in the git directory, from where they are renamed into place: git would
 * look at each directory first and then trust its name, and a rename through
 * descriptors neither follows a link nor writes over a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "checkout/move.h"
#include "checkout/room.h"
#include "checkout/scratch.h"

static bool is_ours(const struct checkout_item *item)
{
	return item->status == PARE_PATH_TO_WRITE && item->filtered;
}

/* The items' paths, each with its NUL. */
static void list_paths(struct strbuf *in, struct scratch *s,
		       const struct checkout_list *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct checkout_item *item = &list->item[i];
		bool attributes = !strcmp(item_name(item, NULL),
					  ".gitattributes");

		if (is_ours(item))
			strbuf_add(in, item->path, item->path_len + 1);
		if (is_ours(item) || attributes)
			scratch_add(s, item->mode, item->oid, item->path,
				    item->path_len);
	}
}

/* What git complained about, a failure a line. */
static void keep_complaints(struct checkout *co, const char *text)
{
	struct strvec lines = STRVEC_INIT;

	strvec_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.nr; i++) {
		const char *rest;

		if (skip_prefix(lines.v[i], "error: ", &rest) ||
		    skip_prefix(lines.v[i], "fatal: ", &rest))
			strvec_push(&co->failures, rest);
	}
	strvec_clear(&lines);
}

static int run_checkout_index(struct scratch *s, const struct strbuf *in,
			      const char *stage)
{
	struct strbuf err = STRBUF_INIT;
	struct run run;
	int rc;

	scratch_run_init(s, &run);
	strvec_pushl(&run.args, "checkout-index", "-q", "-z", "--stdin",
		     "--ignore-skip-worktree-bits", NULL);
	strvec_pushf(&run.args, "--prefix=%s/", stage);
	run.in = in->buf;
	run.in_len = in->len;
	run.err = &err;
	rc = run_git(&run);
	if (rc > 0)
		keep_complaints(s->co, err.buf);
	strbuf_release(&err);
	return rc < 0 ? rc : 0;
}

static void move_into_place(struct checkout *co, struct fs_walk *from,
			    struct checkout_item *item)
{
	size_t dir_len;
	const char *name = item_name(item, &dir_len);
	int src, dst;
	struct stat st;

	item->status = PARE_PATH_FAILED;
	item->step = CHECKOUT_STEP_FILTER;
	src = fs_walk_dir(from, item->path, dir_len, FS_WALK_OPEN);
	if (src < 0 || fstatat(src, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	item->step = CHECKOUT_STEP_DIRECTORY;
	dst = fs_walk_dir(&co->walk, item->path, dir_len, FS_WALK_CREATE);
	if (dst < 0) {
		item->error = errno;
		return;
	}
	item->step = CHECKOUT_STEP_FILE;
	if (item->blocker_len)
		remove_empty_at(dst, name);
	if (move_at(src, name, dst, name) ||
	    fstatat(dst, name, &st, AT_SYMLINK_NOFOLLOW)) {
		item->error = errno;
		return;
	}
	index_stat_from(&item->stat, &st);
	item->size_bytes = (uint64_t)st.st_size;
	item->status = PARE_PATH_WRITTEN;
}

static int move_all(struct checkout *co, struct checkout_list *list,
		    const char *stage)
{
	struct fs_walk from;
	int error = fs_walk_init(&from, stage);

	if (error < 0)
		return error;
	for (size_t i = 0; i < list->nr; i++) {
		if (is_ours(&list->item[i]))
			move_into_place(co, &from, &list->item[i]);
	}
	fs_walk_release(&from);
	return 0;
}

/* A fresh directory beside the index; free(3) its path. */
static int make_stage(char **out, struct checkout *co)
{
	char *name = xstrfmt("write.%ld", (long)getpid());
	int error = repo_pare_path(out, co->repo, name, true);

	free(name);
	if (error < 0)
		return error;
	if (remove_all_at(AT_FDCWD, *out) || mkdir(*out, 0700)) {
		error = error_errno("could not make '%s'", *out);
		free(*out);
		*out = NULL;
	}
	return error;
}

int checkout_write_filtered(struct checkout *co, struct checkout_list *list)
{
	struct strbuf in = STRBUF_INIT;
	struct scratch s;
	char *stage = NULL;
	int error = 0;

	scratch_init(&s, co);
	list_paths(&in, &s, list);
	if (!in.len ||
	    (error = scratch_add_named(&s, ".gitattributes", false)) < 0 ||
	    (error = scratch_make(&s)) < 0 ||
	    (error = make_stage(&stage, co)) < 0 ||
	    (error = run_checkout_index(&s, &in, stage)) < 0)
		goto done;
	error = move_all(co, list, stage);
done:
	if (stage)
		remove_all_at(AT_FDCWD, stage);
	free(stage);
	strbuf_release(&in);
	scratch_release(&s);
	return error;
}
