/* SPDX-License-Identifier: MIT */
/*
 * Files that only git can make: those its filters change and those too large
 * for memory. One `git checkout` of an index that has just these makes them
 * in the stage (stage.c), from where they are renamed into place: git would
 * look at each directory first and then trust its name, and a rename through
 * descriptors neither follows a link nor writes over a file. It also lets
 * drivers that can take several files at a time (Git LFS) do so.
 *
 * A driver shall not notice: it is started where git would start it, in the
 * work tree and with the caller's environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "checkout/move.h"
#include "checkout/room.h"
#include "checkout/scratch.h"

static size_t add_items(struct scratch *s, const struct checkout_list *list)
{
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++) {
		const struct checkout_item *item = &list->item[i];

		if (!item_is_for_git(item))
			continue;
		scratch_add(s, item->mode, item->oid, item->path,
			    item->path_len);
		nr++;
	}
	return nr;
}

/* What git set for itself and a driver would take for the user's. */
static const char *const variables[] = {
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_PARAMETERS",
};

/* The shell text that is put before a driver's command. */
static void format_way_back(struct strbuf *out, struct run *run,
			    const struct pare_repo *repo)
{
	strvec_pushf(&run->env, "PARE_TOP=%s", repo->worktree);
	strbuf_addstr(out, "cd \"$PARE_TOP\" && unset PARE_TOP");
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *name = variables[i], *value = getenv(name);

		if (value && !strcmp(name, "GIT_DIR"))
			value = repo->git_dir;
		else if (value && !strcmp(name, "GIT_WORK_TREE"))
			value = repo->worktree;
		else if (value && !strcmp(name, "GIT_INDEX_FILE"))
			value = repo->index_path;
		if (value) {
			strvec_pushf(&run->env, "PARE_%s=%s", name, value);
			strbuf_addf(out, " && %s=$PARE_%s && export %s",
				    name, name, name);
		} else {
			strbuf_addf(out, " && unset %s", name);
		}
	}
	strbuf_addstr(out, " && ");
}

static void redirect_drivers(struct run *run, struct checkout *co,
			     const struct strbuf *way_back)
{
	static const char *const kinds[] = { "smudge", "process" };

	for (size_t i = 0; i < co->drivers.nr; i++) {
		const char *name = co->drivers.v[i];

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			char *key = xstrfmt("filter.%s.%s", name, kinds[k]);
			const char *command =
				pare_repo_config_get(co->repo, key);

			/* `-c` could not tell such a name from its value. */
			if (command && *command && !strchr(name, '=')) {
				strvec_push(&run->args, "-c");
				strvec_pushf(&run->args, "%s=%s%s", key,
					     way_back->buf, command);
			}
			free(key);
		}
	}
}

/* Commands as they are configured, in what git says of them. */
static void strip_way_back(struct strbuf *text, const struct strbuf *way_back)
{
	char *at = text->buf;

	while ((at = strstr(at, way_back->buf))) {
		memmove(at, at + way_back->len,
			strlen(at + way_back->len) + 1);
		strbuf_setlen(text, text->len - way_back->len);
	}
}

int checkout_keep_complaints(struct checkout *co, const char *text)
{
	struct strvec lines = STRVEC_INIT;
	const char *rest;
	int error = 0;

	strvec_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.nr; i++) {
		if (skip_prefix(lines.v[i], "error: ", &rest))
			strvec_push(&co->failures, rest);
		else if (skip_prefix(lines.v[i], "fatal: ", &rest))
			error = error_set(GIT_ERROR, "%s", quoted(rest));
	}
	strvec_clear(&lines);
	return error;
}

static int run_checkout(struct scratch *s)
{
	struct strbuf err = STRBUF_INIT, way_back = STRBUF_INIT;
	struct run run;
	int rc, error;

	scratch_run_init(s, &run);
	format_way_back(&way_back, &run, s->co->repo);
	redirect_drivers(&run, s->co, &way_back);
	strvec_pushl(&run.args, "checkout", "-q", "--", ".", NULL);
	run.err = &err;
	rc = run_git(&run);
	strip_way_back(&err, &way_back);
	error = rc < 0 ? rc : checkout_keep_complaints(s->co, err.buf);
	strbuf_release(&err);
	strbuf_release(&way_back);
	return error;
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
		if (item_is_for_git(&list->item[i]))
			move_into_place(co, &from, &list->item[i]);
	}
	fs_walk_release(&from);
	return 0;
}

int checkout_make_filtered(struct checkout *co,
			   const struct checkout_list *list)
{
	struct scratch s;
	int error = 0;

	scratch_init(&s, co);
	if (!add_items(&s, list) || (error = checkout_stage(co)) < 0)
		goto done;
	s.top = co->stage;
	if ((error = scratch_add_named(&s, ".gitattributes", true, list)) < 0 ||
	    (error = scratch_make(&s)) < 0)
		goto done;
	error = run_checkout(&s);
done:
	scratch_release(&s);
	return error;
}

int checkout_write_filtered(struct checkout *co, struct checkout_list *list)
{
	int error = checkout_make_filtered(co, list);

	/* Without a stage there are none. */
	return error || !co->stage ? error : move_all(co, list, co->stage);
}
